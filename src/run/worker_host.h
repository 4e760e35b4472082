/* SPDX-License-Identifier: MIT */
/*
 * What a job sets of its thread and its memory (job/job_host.h). By the worker's own thread. What
 * took effect is in the outcome's report, as the kernel reports it.
 */
#ifndef RUN_WORKER_HOST_H
#define RUN_WORKER_HOST_H

#include "run/worker_state.h"

/* CPUs, nodes, priorities, locked memory: before anything is mapped or opened, so that helper
 * threads of engines have them too. 0 or -errno with the outcome's error set. */
int worker_host_apply(struct worker *worker);

/* Memory for loop.depth buffers of loop.buffer_bytes. Likewise. */
int worker_host_map_buffers(struct worker *worker);

/* After the buffers were touched and the targets opened. */
void worker_host_report(struct worker *worker);

void worker_host_release(struct worker *worker); /* Buffers and locked memory; safe twice. */

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Records what a worker sends (write_iolog): each I/O when the engine has taken it, with the time
 * of the stamp before, and files as they are opened and closed. In memory that was mapped before
 * the window; once that is full the recording ends, and that is known.
 */
#ifndef RUN_WORKER_RECORD_H
#define RUN_WORKER_RECORD_H

#include "run/worker_state.h"

/* Maps `bytes` at most where the job is recorded; its files are known. 0 or -ENOMEM. */
int worker_record_prepare(struct worker *worker, uint64_t bytes);
void worker_record_start(struct worker *worker); /* times count from now, or the task's start */
/* The engine took the first `count` of the batch. */
void worker_record_sent(struct worker *worker, unsigned count);
/* An fsync(2) of the file service, which began at this time. */
void worker_record_sync(struct worker *worker, unsigned target, uint64_t start_ns);

#endif

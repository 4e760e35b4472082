/* SPDX-License-Identifier: MIT */
/* What becomes of I/Os that failed, by ignore_error and continue_on_error. */
#ifndef RUN_WORKER_FAILURE_H
#define RUN_WORKER_FAILURE_H

#include "run/worker.h"

/*
 * Counts it. Then it is ignored, or passed over (the job goes on, and has failed all the same), or
 * ends the job. Not part of the hot loop: called once an I/O has failed.
 */
void worker_io_failed(struct worker *worker, const struct slot *slot, int error);

/* After the window: a job that passed errors over ends with the first of them. */
void worker_report_passed_over(struct worker *worker);

#endif

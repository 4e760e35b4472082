/* SPDX-License-Identifier: MIT */
/*
 * Plain jobs: one target, reads or writes or both of one size, sequential or uniform offsets, and
 * nothing that is asked of each I/O. What is drawn next needs no question per I/O there, and what
 * is back is counted by the batch. Chosen once, when a worker is prepared; anything out of the
 * ordinary (the end of a pass, a failed or short I/O) goes the way of all other jobs.
 */
#ifndef RUN_WORKER_PLAIN_H
#define RUN_WORKER_PLAIN_H

#include "run/worker_state.h"

/* Sets loop.fill and loop.is_plain where the job is one: after all else that sets loop.fill and
 * loop.note. */
void worker_plain_choose(struct worker *worker);

#endif

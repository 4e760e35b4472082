/* SPDX-License-Identifier: MIT */
/*
 * A worker's limits of latency: max_latency ends the job, latency_target sets the depth by a search
 * (load/depth_search.h).
 */
#ifndef RUN_WORKER_GOAL_H
#define RUN_WORKER_GOAL_H

#include "run/worker_state.h"

/* When the job is prepared, after its slots are made. */
void worker_goal_prepare(struct worker *worker);

/* Holds an I/O against the limits: loop.note, where there are any. */
worker_note worker_goal_note;

/* Whether the job has a latency_target; whether its depth is found before the window is opened. */
bool worker_goal_has_target(const struct worker *worker);
bool worker_goal_searches(const struct worker *worker);

/* Windows at one depth after the other, thrown away, until the depth is found. */
void worker_goal_search(struct worker *worker, worker_loop_call *loop);

/* The window of a job with a target, by that depth or going on with the search. */
void worker_goal_run(struct worker *worker, uint64_t deadline_ns, worker_loop_call *loop);

#endif

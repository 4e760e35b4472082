/* SPDX-License-Identifier: MIT */
/*
 * A worker's limits of latency: max_latency ends the job, latency_target sets the depth by a search
 * (load/depth_search.h). worker.c has the loops that are made of it.
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

/* The depth that the search wants is that of the loop from now on. Where it is lower, nothing is in
 * flight. */
void worker_goal_set_depth(struct worker *worker);

/* Fails the job where all of its I/Os have to be within the target, and one alone is not. */
void worker_goal_check(struct worker *worker);

/* The window is over: its own verdict, unless the depth has changed in it. */
void worker_goal_leave(struct worker *worker);

#endif

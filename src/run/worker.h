/* SPDX-License-Identifier: MIT */
/*
 * One worker: one thread that runs one job clone. It prepares itself on its own thread (rings and
 * first touch want that), waits for the start, runs the hot loop, and leaves its outcome.
 */
#ifndef RUN_WORKER_H
#define RUN_WORKER_H

#include "run/worker_state.h"

/* Opens targets and engine, maps and fills buffers, on the worker's thread. 0 or -errno with the
 * outcome's error set. */
int worker_prepare(struct worker *worker);

/* A zeroed one has nothing open after this: it may be closed and freed without ever being prepared.
 */
void worker_init(struct worker *worker);

/* The hot loop: ramp, window, drain. Returns when the job is over. On the same thread. */
void worker_run(struct worker *worker);

/* The parts of worker_run, for turns.c. The loop sends until the work is done, or the deadline or a
 * stop comes; then it waits until all is back if it `drains`, else it returns with what is in
 * flight. stop_sending forgets I/Os that were drawn and not sent. */
void worker_loop(struct worker *worker, uint64_t deadline_ns, bool drains);
void worker_stop_sending(struct worker *worker);

/* What is in flight is not coming back: the job ends with ETIMEDOUT. */
void worker_miss_unreturned(struct worker *worker, uint64_t now_ns);

/* Closes engine and targets; the outcome stays. Safe after a failed prepare, and twice. */
void worker_close(struct worker *worker);

/* The outcome, by the supervisor, after the thread; its measurements alone: they are NULL then. */
void worker_free(struct worker *worker);
void worker_forget(struct worker *worker);

/* I/Os that the engine was given and that are not back at `now_ns`. By the worker, or by the
 * supervisor while it hangs; of a call that never returned, all that was handed over by it. */
struct worker_unreturned worker_unreturned(const struct worker *worker, uint64_t now_ns);

/* The outcome of a worker that hangs in the kernel, with ETIMEDOUT: a copy of all that it has
 * measured, its window cut off at `now_ns`. The worker, which may wake up, is not touched. */
struct worker_outcome *worker_outcome_of_hung(const struct worker *worker, uint64_t now_ns);
void worker_outcome_free(struct worker_outcome *outcome);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * One worker: one thread that runs one job clone. It prepares itself on its own thread (rings and
 * first touch want that), waits for the start, runs the hot loop, and leaves its outcome.
 */
#ifndef RUN_WORKER_H
#define RUN_WORKER_H

#include <stdatomic.h>

#include "base/arena.h"
#include "run/worker_loop.h"

enum worker_phase {
	WORKER_PREPARING,
	WORKER_READY,   /* waits for the start */
	WORKER_RAMPING, /* startdelay and ramp_time */
	WORKER_MEASURING,
	WORKER_DRAINING, /* nothing new is sent */
	WORKER_DONE,
};

/* Read by the supervisor while the worker runs: relaxed, a turn old at most. */
struct worker_progress {
	_Atomic uint64_t ios;
	_Atomic uint64_t bytes;
	_Atomic int phase;                   /* enum worker_phase */
	_Atomic uint64_t deadline_ns;        /* 0: none */
	_Atomic uint64_t measuring_since_ns; /* 0: not yet */
} __attribute__((aligned(64)));

/* Given by the run before the worker prepares. */
struct worker_task {
	const struct job *job;
	struct target *targets;       /* looked at, regions resolved; the worker opens them */
	struct pattern_spec *regions; /* one per target: where its pattern may go */
	unsigned target_count;
	unsigned pair_count; /* rw=copy: target i is copied to target i + pair_count; else 0 */
	unsigned open_flags; /* of target_open */
	bool takes_turns;    /* turns_run is called in place of worker_run */
	uint64_t pass_bytes; /* issued in one pass; UINT64_MAX: until time is over */
	uint64_t pass_count; /* loops */
	bool wraps;          /* the files' passes start over until pass_bytes are done */
	struct target_guard guard; /* what may be written; what was refused stands in it */
	uint64_t start_ns;         /* the crew's, of a wave; 0: when worker_run is called */
};

/* Left by the worker, to be collected once its thread has ended. */
struct worker_outcome {
	struct worker_measurement *measurement; /* of the window; NULL: it was not prepared */
	struct engine_report report;
	uint64_t file_syncs; /* fsync(2) by the file service, since the job began */
	struct worker_unreturned unreturned;
	bool lacks_costs; /* it hangs: what it would have counted at its end is not known */
	int error;        /* errno that ended it, or that was passed over; 0: none */
	const char *error_message; /* in words */
	const char *error_hint;    /* what to try, or NULL */
	struct arena arena;        /* this thread's: prepare, close */
};

struct worker {
	struct worker_progress progress;
	_Atomic bool must_stop;    /* the supervisor's: send nothing new, drain, end */
	_Atomic bool must_abandon; /* the supervisor's: do not wait for what is in flight */
	_Atomic bool was_nudged;   /* the supervisor's: a signal breaks off its system call */
	struct worker_task task;
	struct worker_loop loop;
	struct worker_outcome outcome;
};

/* Opens targets and engine, maps and fills buffers, on the worker's thread. 0 or -errno with the
 * outcome's error set. */
int worker_prepare(struct worker *worker);

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

void worker_free(struct worker *worker); /* the outcome: by the supervisor, after the thread */

/* Ends the job with this error, the first one wins. */
void worker_fail(struct worker *worker, int error, const char *hint, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* I/Os that the engine was given and that are not back at `now_ns`. By the worker, or by the
 * supervisor while it hangs; of a call that never returned, all that was handed over by it. */
struct worker_unreturned worker_unreturned(const struct worker *worker, uint64_t now_ns);

/* The outcome of a worker that hangs in the kernel, with ETIMEDOUT: a copy of all that it has
 * measured, its window cut off at `now_ns`. The worker, which may wake up, is not touched. */
struct worker_outcome *worker_outcome_of_hung(const struct worker *worker, uint64_t now_ns);
void worker_outcome_free(struct worker_outcome *outcome);

static inline void worker_set_phase(struct worker *worker, enum worker_phase phase)
{
	atomic_store_explicit(&worker->progress.phase, phase, memory_order_release);
}

static inline bool worker_must_stop(struct worker *worker)
{
	return atomic_load_explicit(&worker->must_stop, memory_order_relaxed);
}

static inline bool worker_must_abandon(struct worker *worker)
{
	return atomic_load_explicit(&worker->must_abandon, memory_order_relaxed);
}

#endif

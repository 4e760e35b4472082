/* SPDX-License-Identifier: MIT */
/* A worker's struct, which its parts share: worker.h is for those who run it. */
#ifndef RUN_WORKER_STATE_H
#define RUN_WORKER_STATE_H

#include <stdatomic.h>

#include "base/arena.h"
#include "load/zone_stride.h"
#include "run/log_records.h"
#include "run/verify_plan.h"
#include "run/worker_loop.h"

enum worker_phase {
	WORKER_PREPARING,
	WORKER_READY,   /* waits for the start */
	WORKER_WAITING, /* startdelay */
	WORKER_RAMPING, /* ramp_time */
	WORKER_MEASURING,
	WORKER_VERIFYING, /* reads back, apart from its own I/O */
	WORKER_DRAINING,  /* nothing new is sent */
	WORKER_DONE,
};

/* Read by the supervisor while the worker runs: relaxed, a turn old at most. */
struct worker_progress {
	_Atomic uint64_t ios;
	_Atomic uint64_t bytes;
	_Atomic int phase;                   /* enum worker_phase */
	_Atomic int thread;                  /* its number; 0: not yet */
	_Atomic uint64_t deadline_ns;        /* 0: none */
	_Atomic uint64_t measuring_since_ns; /* 0: not yet */
} __attribute__((aligned(64)));

/* Given by the run before the worker prepares. */
struct worker_task {
	const struct job *job;
	struct target *targets;       /* looked at, regions resolved; the worker opens them */
	struct pattern_spec *regions; /* one per target: where its pattern may go */
	const struct zone_stride_spec *strides; /* one per target; NULL: no zonemode=strided */
	struct zone_table *const *zones;        /* likewise, of zonemode=zbd; shared */
	unsigned target_count;
	unsigned pair_count;      /* rw=copy: target i is copied to target i + pair_count; else 0 */
	unsigned open_flags;      /* of target_open */
	bool takes_turns;         /* turns_run is called in place of worker_run */
	uint64_t pass_bytes;      /* issued in one pass; UINT64_MAX: until time is over */
	uint64_t pass_count;      /* loops */
	bool wraps;               /* the files' passes start over until pass_bytes are done */
	bool takes_what_is_there; /* of files that an earlier job fills: regions end there */
	struct verify_plan verify;
	struct target_guard guard; /* what may be written; what was refused stands in it */
	struct interval_plan intervals;
	uint64_t log_bytes; /* of memory for logs; 0: there are none */
	uint64_t start_ns;  /* the crew's, of a wave; 0: when worker_run is called */
};

/* Left by the worker, to be collected once its thread has ended. */
struct worker_outcome {
	struct worker_measurement *measurement; /* of the window; NULL: it was not prepared */
	struct engine_report report;
	struct worker_priorities *priorities; /* NULL: its I/Os have one priority */
	uint64_t file_syncs; /* fsync(2) by the file service, since the job began */
	struct worker_unreturned unreturned;
	struct {
		unsigned depth; /* in the end; 0: it has no latency_target */
		bool is_met;    /* by the window, or by the last of those in it */
	} latency;
	bool lacks_costs; /* it hangs: what it would have counted at its end is not known */
	int error;        /* errno that ended it, or that was passed over; 0: none */
	const char *error_message; /* in words */
	const char *error_hint;    /* what to try, or NULL */
	struct arena arena;        /* this thread's: prepare, close */
};

struct worker_verify;

struct worker {
	struct worker_progress progress;
	_Atomic bool must_stop;    /* the supervisor's: send nothing new, drain, end */
	_Atomic bool must_abandon; /* the supervisor's: do not wait for what is in flight */
	_Atomic bool was_nudged;   /* the supervisor's: a signal breaks off its system call */
	struct worker_loop loop;   /* what each turn needs comes first in it: in one page, so far */
	struct worker_task task;
	struct worker_intervals intervals;
	struct worker_verify *verify;      /* NULL: nothing is verified */
	struct worker_log log;             /* for the supervisor once the thread has ended */
	struct worker_recording recording; /* likewise */
	struct worker_outcome outcome;
};

/* worker_loop() of worker.h, for those that worker.c calls. */
typedef void worker_loop_call(struct worker *worker, uint64_t deadline_ns, bool drains);

/* Ends the job with this error, the first one wins. */
void worker_fail(struct worker *worker, int error, const char *hint, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

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

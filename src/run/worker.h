/* SPDX-License-Identifier: MIT */
/*
 * One worker: one thread that runs one job clone. It prepares itself on its own thread (rings
 * and first touch want that), waits for the start, runs the hot loop, and leaves its
 * measurements in memory of its own until the thread that made it collects them.
 */
#ifndef RUN_WORKER_H
#define RUN_WORKER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "engine/engine.h"
#include "host/cpu_account.h"
#include "job/job.h"
#include "load/mix.h"
#include "load/pacer.h"
#include "load/payload.h"
#include "run/file_service.h"
#include "run/worker_measurement.h"

enum worker_phase {
	WORKER_PREPARING,
	WORKER_READY,   /* waits for the start */
	WORKER_RAMPING, /* startdelay and ramp_time */
	WORKER_MEASURING,
	WORKER_DRAINING, /* nothing new is sent */
	WORKER_DONE,
};

/* stamp_mask of engines whose submission has no time of its own. */
#define WORKER_STAMP_NEVER UINT32_MAX

/* Sent, and not back when the worker was given up: run/worker_remains.h. */
struct worker_unreturned {
	uint64_t ios;
	uint64_t oldest_ns; /* since when the oldest of them is out */
};

/* What the supervisor reads while the worker runs: relaxed, a turn old at most. */
struct worker_progress {
	_Atomic uint64_t ios;
	_Atomic uint64_t bytes;
	_Atomic int phase;                   /* enum worker_phase */
	_Atomic uint64_t deadline_ns;        /* 0: none */
	_Atomic uint64_t measuring_since_ns; /* 0: not yet */
} __attribute__((aligned(64)));

/* When the I/Os of a job with a rate are due: run/worker_pace.h. */
struct worker_schedule {
	uint64_t seed;
	uint64_t epoch_ns; /* the pacers' 0 */
	uint64_t end_ns;   /* what is due from here on is not sent; UINT64_MAX: none */
	uint64_t now_ns;   /* this turn's */
	bool is_looking;   /* this turn's reap is not to wait: something is due in a moment */
	struct pacer pacers[DATA_DIRECTION_COUNT];
};

struct worker {
	struct worker_progress progress;
	_Atomic bool must_stop;    /* the supervisor's: send nothing new, drain, end */
	_Atomic bool must_abandon; /* the supervisor's: do not wait for what is in flight */
	_Atomic bool was_nudged;   /* the supervisor's: a signal breaks off its system call */

	/* The start that a wave has in common; 0: when worker_run is called. By the crew. */
	uint64_t start_ns;
	/* Given by the run before the worker prepares. */
	const struct job *job;
	struct target *targets;       /* looked at, regions resolved; the worker opens them */
	struct pattern_spec *regions; /* one per target: where its pattern may go */
	unsigned target_count;
	unsigned pair_count; /* rw=copy: target i is copied to target i + pair_count; else 0 */
	unsigned open_flags; /* of target_open */
	uint64_t pass_bytes; /* issued in one pass; UINT64_MAX: until time is over */
	uint64_t pass_count; /* loops */
	bool wraps;          /* the files' passes start over until pass_bytes are done */
	struct target_guard guard; /* of its targets; what is named twice is given */

	/* The hot loop's. */
	struct engine *engine;
	const struct engine_class *class;
	struct slot *slots;
	struct slot **idle;  /* a stack: the warmest first */
	struct slot **batch; /* drawn, not yet taken by the engine */
	struct slot **done;
	unsigned depth;
	unsigned idle_count;
	unsigned batch_count;
	unsigned in_flight;
	unsigned batch_submit;
	unsigned complete_min;
	unsigned complete_max;
	unsigned depth_low;
	uint32_t stamp_mask; /* the time after submission is taken when turn & mask is 0 */
	bool is_exhausted;   /* nothing more to send */
	bool is_draining_to_low;
	bool has_one_target;
	bool keeps_payload; /* buffers stay as they were made */
	bool is_paced;      /* I/Os have their times, in `schedule` */
	bool is_timed;      /* that, or there are pauses */
	uint64_t turn;
	uint64_t bytes_left; /* of this pass */
	uint64_t ios_left;
	uint64_t passes_left;
	struct {
		uint64_t offset;
		uint32_t length;
		uint16_t target;
	} last_trim;           /* trimwrite: the write that follows repeats it */
	unsigned last_written; /* target that a sync operation goes to */
	struct {
		bool is_set;
		uint8_t op;
		uint32_t length;
	} waiting; /* drawn, but its file must wait until another is closed (openfiles) */
	struct worker_schedule schedule;
	struct {
		uint64_t left;     /* I/Os to send until the next pause; no pauses: UINT64_MAX */
		uint64_t until_ns; /* the end of the one that has begun; 0: none has */
	} think;
	struct mix mix;
	struct mix_spec mix_spec;
	struct payload payload;
	struct payload_spec payload_spec;
	struct file_service files;
	struct pattern *whole_files; /* openread, stat: the order of the files; else NULL */
	struct worker_measurement *measurement;      /* one of the two: */
	struct worker_measurement *ramp_measurement; /* thrown away; without a ramp the other */
	struct worker_measurement *window_measurement;

	/* Outcome. */
	struct arena arena; /* this thread's: prepare, close */
	void *buffers;
	size_t buffers_bytes;
	size_t buffer_bytes;
	struct cpu_account *cpu_account;
	int punt_counter;    /* negative: none */
	uint64_t file_syncs; /* fsync(2) by the file service, since the job began */
	struct engine_report report;
	struct {
		uint64_t count; /* failed I/Os that continue_on_error passed over, the ramp's too */
		int error;      /* of the first of them */
		struct slot slot;
	} passed_over;
	struct worker_unreturned unreturned;
	bool lacks_costs; /* it hangs: what it would have counted at its end is not known */
	int error;        /* errno that ended it, or that was passed over; 0: none */
	const char *error_message; /* in words */
	const char *error_hint;    /* what to try, or NULL */
};

/*
 * Opens targets and engine, maps and fills buffers. On the worker's thread. 0 or -errno with
 * error and error_message set.
 */
int worker_prepare(struct worker *worker);

/* The hot loop: ramp, window, drain. Returns when the job is over. On the same thread. */
void worker_run(struct worker *worker);

/*
 * Draws I/Os until the batch is full, there are no idle slots, or nothing can be sent now. Slots
 * that the engine did not take last time stay first. Part of the hot loop: worker_fill.c.
 */
void worker_fill(struct worker *worker);

/* Closes engine and targets; measurements stay. Safe after a failed prepare, and twice. */
void worker_close(struct worker *worker);

/* Frees the measurements and the arena. From the supervisor, after the thread has ended. */
void worker_free(struct worker *worker);

/* The file that a slot's I/O needs open; in rw=copy a sync's target is the destination. */
static inline unsigned worker_file_of(const struct worker *worker, const struct slot *slot)
{
	unsigned count = worker->files.count;

	return slot->target < count ? slot->target : slot->target - count;
}

/* Ends the job with this error, the first one wins. */
void worker_fail(struct worker *worker, int error, const char *hint, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* All files start another pass. 0 or -errno of opening. */
int worker_restart_files(struct worker *worker);

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

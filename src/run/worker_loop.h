/* SPDX-License-Identifier: MIT */
/* The hot loop's state, and the interfaces of its parts: worker_prepare.c fills it in, worker.c
 * turns, worker_fill.c says what is sent next and when, worker_failure.c sees to what goes wrong.
 * All on the worker's thread. Times are clock_now()'s. */
#ifndef RUN_WORKER_LOOP_H
#define RUN_WORKER_LOOP_H

#include "base/clock.h"
#include "base/hot.h"
#include "engine/engine.h"
#include "host/buffer_area.h"
#include "load/depth_search.h"
#include "load/mix.h"
#include "load/payload.h"
#include "run/file_service.h"
#include "run/interval.h"
#include "run/schedule.h"

struct worker;
struct worker_log;
struct worker_zones;
struct worker_priorities;
/* An I/O is back and recorded, at `now`. */
typedef void worker_note(struct worker *worker, const struct slot *slot, uint64_t now);

#define WORKER_STAMP_NEVER UINT32_MAX /* stamp_mask where a submission has no time of its own */
/* Of those that combine calls: one submission in 64 is sent by itself, for a call more. Past so
 * many turns one in 512 is enough. */
enum {
	WORKER_STAMP_SAMPLE = 63,
	WORKER_STAMP_THIN_SAMPLE = 511,
	WORKER_STAMP_DENSE_TURNS = 65536,
};

struct worker_loop {
	struct engine *engine;
	const struct engine_class *class;
	struct slot *slots;
	struct slot **idle;          /* a stack: the warmest first */
	struct slot **batch, **done; /* drawn, not yet taken by the engine; back */
	unsigned slot_count;
	unsigned depth; /* slots that may be in use: fewer where latency_target says so */
	/* Apart: both at once would be set from a constant in memory. */
	unsigned idle_count, in_flight, batch_count;
	unsigned batch_submit, complete_min, complete_max, depth_low;
	uint32_t stamp_mask;          /* the time after submission is taken when turn & mask is 0 */
	bool is_exhausted, is_ending; /* nothing is left to send; all is back: but for syncs */
	bool is_draining_to_low, holds;     /* holds: I/Os hold files (openfiles), or zones */
	bool has_one_target, keeps_payload; /* buffers stay as they were made */
	bool is_paced;                      /* I/Os have their times, in `schedule` */
	bool records_each;           /* that, or there is a `note`: I/Os are recorded one by one */
	bool is_timed, is_recorded;  /* is_paced, to `hold`, or overlap; write_iolog */
	bool is_plain, is_plain_due; /* I/Os of plain_bytes, and with a rate: worker_plain.h */
	uint32_t plain_bytes;
	bool wraps;                                       /* the task's; in the ramp always */
	struct clock_scale clock;                         /* a copy: in its page */
	uint64_t turn, ios_left, passes_left, bytes_left; /* of this pass */
	void (*fill)(struct worker *worker);              /* draws the I/Os of a turn */
	worker_note *note;                                /* is told of each I/O; NULL: nobody */
	struct worker_measurement *measurement;           /* the ramp's, then the outcome's */
	struct histogram *lat[DIRECTION_COUNT];           /* its own, or the current interval's */
	uint64_t interval_ends_ns; /* the current one; UINT64_MAX: there is none */
	uint64_t completed_ns;     /* when something last came back */
	struct worker_gap gap;     /* the longest until then, in this interval */
	struct worker_log *log;    /* NULL: nothing is logged now */
	struct file_service files;
	struct mix mix;
	struct {
		uint64_t offset;
		uint32_t length, target;
	} last_trim;           /* trimwrite: the write that follows repeats it */
	unsigned last_written; /* target that a sync operation goes to */
	struct {
		bool is_set;
		uint8_t op;
		uint32_t length;
	} waiting; /* drawn, but its file must wait until another is closed (openfiles) */
	struct {
		uint64_t *marks, look; /* of each slot: the look that found it idle; NULL: off */
		struct slot *held;     /* drawn: it waits for those in flight that it overlaps */
	} overlap;                     /* serialize_overlap */
	struct worker_schedule schedule;
	struct worker_hold hold;
	struct depth_search search; /* latency_target */
	struct mix_spec mix_spec;
	struct payload payload;
	struct payload_spec payload_spec;
	struct worker_zones *zones;  /* zonemode=zbd; else NULL */
	struct pattern *whole_files; /* openread, stat: the order of the files; else NULL */
	struct worker_priorities *priorities; /* NULL: I/Os have the thread's */
	struct worker_replay *replay;         /* where I/Os come from; NULL: pattern and mix */
	struct worker_measurement *ramp_measurement; /* thrown away; without a ramp the other */
	struct {
		uint64_t count; /* failed I/Os that continue_on_error passed over, the ramp's too */
		int error;      /* of the first of them */
		struct slot slot;
	} passed_over;
	struct buffer_area buffers;
	size_t buffer_bytes;
	void *locked; /* lockmem */
	struct cpu_account *cpu_account;
	int punt_counter; /* negative: none */
};

/* The file that a slot's I/O needs open; in rw=copy a sync's target is the destination. */
static inline unsigned worker_file_of(const struct worker_loop *loop, const struct slot *slot)
{
	unsigned count = loop->files.count;

	return slot->target < count ? slot->target : slot->target - count;
}

/* Counts an I/O that failed. Then it is ignored, or passed over (the job goes on, and has failed
 * all the same), or ends the job. Not part of the hot loop. */
COLD void worker_io_failed(struct worker *worker, const struct slot *slot, int error);

/* After the window: a job that passed errors over ends with the first of them. */
void worker_report_passed_over(struct worker *worker);

#endif

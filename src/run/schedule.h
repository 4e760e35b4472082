/* SPDX-License-Identifier: MIT */
/* Part of a worker's loop: when its I/Os are due, and what holds them back. Times are
 * clock_now()'s.
 */
#ifndef RUN_SCHEDULE_H
#define RUN_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/io_op.h"
#include "load/pacer.h"
#include "run/flow.h"

/* When the I/Os of a job with a rate are due. */
struct worker_schedule {
	uint64_t seed;
	uint64_t epoch_ns;      /* the pacers' 0 */
	uint64_t end_ns;        /* what is due from here on is not sent; UINT64_MAX: none */
	uint64_t now_ns;        /* this turn's, or of the end of the one before */
	enum io_direction next; /* whose next I/O is due first; of replayed logs it says nothing */
	bool has_several;       /* directions */
	bool is_looking;        /* this turn's reap is not to wait: something is due in a moment */
	struct pacer pacers[DATA_DIRECTION_COUNT];
};

static inline uint64_t schedule_due(
	const struct worker_schedule *schedule, enum io_direction direction)
{
	/* By way of int64_t, to which there is an instruction. */
	return schedule->epoch_ns + (uint64_t)(int64_t)schedule->pacers[direction].due_ns;
}

struct floor_sample {
	uint64_t bytes, ios; /* of the direction until then */
	uint64_t taken_ns;   /* 0: none was taken */
};

/* What holds I/Os back that have no times: worker_hold.c's. */
struct worker_hold {
	bool is_limited;   /* rates are limits */
	bool is_held;      /* nothing is to be sent now */
	bool is_pause_due; /* when all is back */
	bool has_floor;
	uint64_t mix_limit; /* of the mix, as it was made */
	uint64_t sent;      /* I/Os, without syncs */
	uint64_t sent_at_pause;
	uint64_t pause_at; /* a pause is due when so many are counted; UINT64_MAX: none by count */
	uint64_t io_since_ns;     /* of thinktime_iotime; 0: since the schedule began */
	uint64_t paused_until_ns; /* of the pause that has begun; 0: none has */
	uint64_t paused_since_ns;
	double cycle_ns;        /* of the time stamp counter, times thinkcycles */
	enum io_direction last; /* sent */
	struct flow_member flow;
	struct floor_sample floor[DATA_DIRECTION_COUNT];
};

#endif

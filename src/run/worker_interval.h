/* SPDX-License-Identifier: MIT */
/*
 * A worker's measurements by intervals of time. It records latencies in a buffer that is of the
 * current interval only; past the interval's end it hands the buffer over to the supervisor and
 * goes on in another: two pointers change, at a stamp that the turn has taken anyway. The
 * supervisor adds what it got to the whole and gives the buffer back, empty. A worker that has no
 * empty one left stays in its buffer: neighbours become one interval, and nothing is lost or waited
 * for.
 *
 * Intervals are numbered from an origin that the workers of an entry of the result have in common.
 */
#ifndef RUN_WORKER_INTERVAL_H
#define RUN_WORKER_INTERVAL_H

#include "run/worker_state.h"

/* Tells the engine what a turn looks at when its call has returned (engine/look_ahead.h): most
 * latencies that are short are near the last of them. */
static inline void worker_look_ahead(struct worker_loop *loop)
{
	enum { NEAR_NS = 2000 };
	const struct histogram *lat = loop->lat[loop->mix_spec.does[DIRECTION_READ] ? 0 : 1];

	if (!loop->engine)
		return;
	loop->engine->ahead[0] = loop;
	loop->engine->ahead[1] = loop->measurement;
	loop->engine->ahead[2] = &lat->summary;
	loop->engine->ahead[3] = &lat->counts[histogram_index(NEAR_NS)];
}

/* What comes back from now on is of this measurement, and of no interval. */
static inline void worker_measure_into(
	struct worker_loop *loop, struct worker_measurement *measurement)
{
	loop->measurement = measurement;
	for (int i = 0; i < DIRECTION_COUNT; i++)
		loop->lat[i] = measurement->directions[i].lat;
	worker_look_ahead(loop);
}

/* By the worker. Allocates where its task has intervals; -ENOMEM. */
int worker_interval_prepare(struct worker *worker);
/* The window is open: from now on latencies are those of intervals. */
void worker_interval_open(struct worker *worker);
/* The first stamp past the current interval's end; so many were in flight at that end. */
void worker_interval_pass(struct worker *worker, uint64_t now_ns, unsigned in_flight);
/* The window is closed: the current interval is the supervisor's, once it knows that. */
void worker_interval_close(struct worker *worker);

/*
 * By the supervisor: adds all that is there to the whole, the outcome's `lat`, and gives it back.
 * `take` is called before with each interval, in their order. While the worker is at work (not
 * `is_over`) those it has handed over; after that the rest.
 */
typedef void worker_interval_taker(void *context, const struct worker_interval *interval);
void worker_interval_collect(
	struct worker *worker, bool is_over, worker_interval_taker *take, void *context);

/* The same of one that hangs, at `now_ns`, into a copy of its measurement: nothing of the worker's
 * changes. */
void worker_interval_collect_hung(const struct worker *worker, uint64_t now_ns,
	struct worker_measurement *whole, worker_interval_taker *take, void *context);

/*
 * By the supervisor, of a worker that has snapshots: all that was measured until the end of the
 * last interval that it collected, CPU time and context switches of the thread alone. NULL: none
 * yet. It stays as it is until the next worker_interval_collect.
 */
const struct worker_measurement *worker_interval_latest(const struct worker *worker);

void worker_interval_free(struct worker *worker);

#endif

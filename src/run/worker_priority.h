/* SPDX-License-Identifier: MIT */
/* I/Os with priorities of their own (cmdprio_…), and their latencies by priority. */
#ifndef RUN_WORKER_PRIORITY_H
#define RUN_WORKER_PRIORITY_H

#include "load/priority_mix.h"
#include "measure/histogram.h"
#include "run/worker_state.h"

/* Of one direction: I/Os of one priority. */
struct worker_priority_lat {
	uint16_t priority;
	struct histogram lat;
};

struct worker_priorities {
	struct priority_mix mix;
	void (*fill)(struct worker *worker); /* the loop's own, which these functions go around */
	worker_note *note;
	uint16_t *of_slots; /* by slot index: engine_setup.priorities */
	struct {
		size_t count;
		struct worker_priority_lat *items; /* the first has mix.base */
	} of[DATA_DIRECTION_COUNT];
};

/* Sets loop.priorities where the job asks for some, after the slots are made. 0 or -errno with the
 * outcome's error set. */
int worker_priority_prepare(struct worker *worker, uint64_t seed);

/* The window begins: what was before it is forgotten. */
void worker_priority_open(struct worker *worker);

/* After all that sets loop.fill and loop.note: each I/O gets its priority when it is drawn, and its
 * latency is counted when it is back. */
void worker_priority_hook(struct worker *worker);

/* Sets loop.fill after that: what it draws gets its priority, too. */
void worker_priority_fill_by(struct worker *worker, void (*fill_by)(struct worker *worker));

#endif

/* SPDX-License-Identifier: MIT */
/* Plain data: a worker's intervals, which worker_interval.h explains. */
#ifndef RUN_INTERVAL_H
#define RUN_INTERVAL_H

#include <stdatomic.h>
#include <stdbool.h>

#include "run/worker_measurement.h"

/* Which intervals a worker has. */
struct interval_plan {
	uint64_t length_ns; /* 0: it has none */
	uint64_t behind_ns; /* the first window of its entry of the result opens so long before */
	bool has_snapshots; /* at the end of each all of the window's measurements are copied */
};

/* Time without a completion, from one to the next, or from or to an end of the window. */
struct worker_gap {
	uint64_t began_ns; /* by clock_now() */
	uint64_t length_ns;
};

struct worker_counts {
	uint64_t ios;
	uint64_t bytes;
	uint64_t errors;
};

/* What was completed in an interval, or in several that became one. */
struct worker_interval {
	uint64_t first; /* the intervals that it is of */
	uint64_t last;
	uint64_t next;      /* the one that is under way; between last and next nothing came back */
	uint64_t in_flight; /* at the end of `last`, and of the empty ones after it */
	bool is_final;      /* the worker has ended */
	struct worker_gap gap;               /* the longest that ended in it */
	struct worker_measurement *snapshot; /* of the window until its end, without lat; or NULL */
	struct worker_counts counts[DIRECTION_COUNT];
	struct histogram lat[DIRECTION_COUNT];
};

/* One is the worker's, the others may be on their way: the supervisor of many workers on few CPUs
 * is late by some intervals of 100 ms. */
enum { WORKER_INTERVAL_BUFFERS = 4 };

struct worker_intervals {
	uint64_t origin_ns;              /* 0: the window was not opened */
	struct worker_interval *current; /* the worker's; NULL: there are none */
	_Atomic uint32_t handed_count;   /* so many were handed over: ring[count % number], */
	_Atomic uint32_t returned_count; /* and so many of them given back, in this order */
	struct worker_interval *ring[WORKER_INTERVAL_BUFFERS];
	struct worker_interval *buffers;               /* memory is used where I/Os are recorded */
	struct worker_counts counted[DIRECTION_COUNT]; /* of the window, before the current one */
	struct cpu_usage used;                         /* by the thread, before the window */
	struct worker_measurement *latest; /* the supervisor's: of the last one it collected */
};

#endif

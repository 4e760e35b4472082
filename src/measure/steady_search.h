/* SPDX-License-Identifier: MIT */
/*
 * ringside's own rule, fed one interval at a time. It looks at times that grow by a tenth; its
 * window is the last half of all that was measured, so that no decay is too slow for it. It
 * declares a steady state after `passes_needed` looks in a row at which the drift over the window
 * is proven to be small; then a fresh window of the same length is measured, whose mean must be
 * that of the last. No look before the gate: a time, and an amount of work.
 */
#ifndef MEASURE_STEADY_SEARCH_H
#define MEASURE_STEADY_SEARCH_H

#include "measure/steady.h"

enum steady_stage {
	STEADY_WORKING,   /* the gate is closed */
	STEADY_LOOKING,   /* no steady state yet */
	STEADY_DECLARED,  /* the fresh window is being measured */
	STEADY_CONFIRMED, /* it is over, and as expected */
};

enum {
	STEADY_FIGURES = 2, /* watched at once: all must pass (IOPS, and p99 as it settles) */
	STEADY_VALUE_LIMIT = 4096, /* then neighbours merge */
};

struct steady_search {
	struct steady_rule rule;
	unsigned figure_count;
	double interval_s; /* of what is added */
	enum steady_stage stage;
	unsigned passes;
	uint64_t added;    /* intervals, in all */
	double next_look;  /* in intervals */
	uint64_t declared; /* intervals at the last declaration; the fresh window begins there */
	uint64_t window;   /* its length in intervals */
	double expected[STEADY_FIGURES];          /* means of the window that was declared steady */
	double fresh[STEADY_FIGURES];             /* sums since then */
	struct steady_drift last[STEADY_FIGURES]; /* of the last look */
	size_t count;                             /* of values */
	unsigned merged; /* intervals in a value, the last one's in `partial` */
	unsigned partial;
	double values[STEADY_FIGURES][STEADY_VALUE_LIMIT];
};

void steady_search_open(struct steady_search *search, const struct steady_rule *rule,
	unsigned figure_count, double interval_s);

/* One more interval: its figures, and the bytes written since the start, it among them. After
 * STEADY_CONFIRMED nothing changes. */
enum steady_stage steady_search_add(
	struct steady_search *search, const double *figures, uint64_t work_bytes);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * latency_target: which depth to try next, by what a window at the last one showed. fio's search
 * (HOWTO "I/O latency"; io_u.c): from 1 it doubles until a window fails, then halves the distance
 * to the depth that failed; where it stands next to that for three windows, it tries one more.
 */
#ifndef LOAD_DEPTH_SEARCH_H
#define LOAD_DEPTH_SEARCH_H

#include <stdbool.h>
#include <stdint.h>

struct depth_search {
	double percentile; /* of the I/Os that must be within the target, in percent */
	unsigned limit;    /* iodepth */
	unsigned depth;    /* to be tried now */
	unsigned low;      /* that was good, */
	unsigned high;     /* and that was not; limit: none was tried yet */
	unsigned stable;   /* good windows next to `high` */
	bool is_met;       /* the last window was good */
	uint64_t ios;      /* of the window that is under way, */
	uint64_t slow;     /* and those that were slower than the target */
};

void depth_search_open(struct depth_search *search, double percentile, unsigned limit);

/* A window begins. Who measures it adds to `ios` and `slow`. */
void depth_search_begin(struct depth_search *search);

/*
 * The window at `depth` is over. False: the depth stays, and is the answer: the largest that was
 * good; or 1, which was not.
 */
bool depth_search_next(struct depth_search *search);

#endif

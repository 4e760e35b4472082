/* SPDX-License-Identifier: MIT */
/*
 * A comparison of several points as one table: a row for each point and contender, in the order in
 * which they were asked for.
 */
#ifndef SESSION_SWEEP_H
#define SESSION_SWEEP_H

#include <stdio.h>

#include "session/grid.h"
#include "session/view.h"

struct sweep_row {
	const struct view *view; /* of its point */
	size_t contender;
};

struct sweep {
	bool compares; /* some point has several contenders */
	size_t row_count;
	struct sweep_row *rows;
};

/* Rows that have figures. Lives as long as `arena`. */
void sweep_make(const struct record *record, struct arena *arena, struct sweep *sweep);

/* The table; `sweep` has rows. */
void report_sweep(const struct sweep *sweep, struct arena *arena, struct grid *grid);

/*
 * As CSV: a column for each key that was varied, the contender, and the level of each metric that
 * was measured (with its interval, of the primary one). 0 or -errno.
 */
int report_sweep_csv(const struct record *record, FILE *stream);

#endif

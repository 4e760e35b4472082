/* SPDX-License-Identifier: MIT */
/*
 * A comparison as it was measured: contenders, run once in every block in a random order, and
 * the figures of every trial. Plain data, made by whoever ran it or read it from a file.
 *
 * The trial is the sample: one fresh process, one number a metric. Nothing here is an average.
 */
#ifndef VERDICT_SESSION_H
#define VERDICT_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "verdict/metric.h"

#define SESSION_NONE ((size_t)-1)

struct contender {
	const char *name;
	bool has_failed; /* for good: nobody waits for its figures, those it has still count */
};

struct trial {
	bool is_valid;          /* ran whole and was not discarded by a guard */
	unsigned position;      /* in its block, as run: 0 is the first */
	unsigned attempt_count; /* 1; 2 where a guard had the slot run again; 0: never run */
	/* Rate of the first fifth of the window against the rest's, minus 1; NAN: not known. */
	double early_excess;
	const double *values; /* one for each metric; NAN: not measured */
};

struct session {
	size_t contender_count;
	const struct contender *contenders;
	size_t reference; /* an index into contenders */
	size_t control;   /* the reference a second time; SESSION_NONE: there is none */
	size_t metric_count;
	const struct metric *metrics;
	size_t primary;             /* metric that was chosen before the run */
	size_t block_count;         /* blocks begun */
	const struct trial *trials; /* block_count * contender_count, one block after the other */
};

const struct trial *session_trial(const struct session *session, size_t block, size_t contender);

/* Scaled (metric.h); NAN where the trial is not valid or did not measure it. */
double session_value(const struct session *session, size_t metric, size_t block, size_t contender);

/* All values a contender has, in the order of the blocks. Returns their number. */
size_t session_values(
	const struct session *session, size_t metric, size_t contender, double *values);

/* contender - other for each block that has both. Returns their number. */
size_t session_differences(const struct session *session, size_t metric, size_t contender,
	size_t other, double *differences);

/* Blocks in which every contender that has not failed has a value of the metric. */
size_t session_whole_blocks(const struct session *session, size_t metric);

#endif

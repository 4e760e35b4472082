/* SPDX-License-Identifier: MIT */
/*
 * Part of result.h, plain data: what was measured of a job by intervals of its window. All of its
 * I/Os are in one interval each, so that counts, and histograms bucket by bucket, add up to those
 * of the job's directions.
 */
#ifndef RESULT_RESULT_SERIES_H
#define RESULT_RESULT_SERIES_H

#include "base/io_op.h"
#include "measure/sparse_histogram.h"

/* More intervals than these are not kept: neighbours become one. */
enum { RESULT_INTERVALS_LIMIT = 2000 };

struct result_interval_direction {
	uint64_t ios; /* completed in it */
	uint64_t bytes;
	uint64_t errors;
	struct sparse_histogram lat; /* as the direction's lat; buckets from the result's arena */
};

struct result_interval {
	uint64_t start_ns;    /* since the window's start */
	uint64_t duration_ns; /* the last ones, and such as became one, are of other lengths */
	uint64_t in_flight;   /* at its end */
	struct result_interval_direction directions[DIRECTION_COUNT];
};

/*
 * The longest time in which nothing came back; the window's start and end count as completions. Of
 * merged clones: in which nothing came back to any of them, as far as that follows from the longest
 * gaps of each.
 */
struct result_gap {
	uint64_t start_ns; /* since the window's start */
	uint64_t duration_ns;
};

struct result_series {
	uint64_t interval_ns; /* 0: there is no series */
	size_t count;
	struct result_interval
		*intervals; /* one after the other, from the window's start to its end */
	struct result_gap longest_gap;
};

#define RESULT_INTERVAL_SCHEMA "ringside-interval/1"

/* An interval as a document of its own. */
struct result_interval_line {
	const char *job;
	uint64_t index;      /* of the job, in the result */
	uint64_t started_ns; /* of its window, since the run's start */
	struct result_interval interval;
};

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The series of a job in columns of equal time, for a picture of a given width. An interval that
 * reaches over several columns is shared out among them by time; no column is shorter than an
 * interval.
 */
#ifndef RESULT_SERIES_COLUMNS_H
#define RESULT_SERIES_COLUMNS_H

#include "result/result.h"

struct series_column {
	double ios_per_second; /* of the directions that were asked for, together */
	uint64_t p99_ns;       /* of the intervals that it has a part of; 0: nothing came back */
};

struct series_columns {
	size_t count; /* 0: there is no series */
	uint64_t length_ns;
	struct series_column *columns;
};

/* `directions`: bits 1 << direction; at most `limit` columns. */
struct series_columns series_columns_make(
	const struct result_job *job, unsigned directions, size_t limit, struct arena *arena);

/*
 * The same as a matrix of latency by time: row 0 is the lowest latencies, a row is
 * `half_octaves` / 2 octaves high; counts[row * column_count + column]. row_count of 0: nothing.
 */
struct series_map {
	size_t column_count;
	size_t row_count;
	uint64_t length_ns;    /* of a column */
	unsigned half_octaves; /* of a row: 1, 2, 4 ... */
	unsigned first;        /* the lowest row begins at 2^(first / 2) ns */
	double *counts;
};

struct series_map series_map_make(const struct result_job *job, unsigned directions,
	size_t column_limit, size_t row_limit, struct arena *arena);

/* The lowest latency of a row, ns. */
double series_map_row_ns(const struct series_map *map, size_t row);

#endif

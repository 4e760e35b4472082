/* SPDX-License-Identifier: MIT */
/*
 * A histogram's buckets that are not empty, and nothing of the others: what is kept of each
 * interval of a run. The same geometry, counts and summary, so that going from one form to the
 * other, and merging, lose nothing.
 */
#ifndef MEASURE_SPARSE_HISTOGRAM_H
#define MEASURE_SPARSE_HISTOGRAM_H

#include <stddef.h>

#include "measure/histogram.h"

enum { SPARSE_INDEX_BITS = 13, SPARSE_COUNT_BITS = 51 };

#define SPARSE_COUNT_LIMIT (1ull << SPARSE_COUNT_BITS) /* 7 years of 10 million I/Os a second */

struct sparse_bucket {
	uint64_t index : SPARSE_INDEX_BITS;
	uint64_t count : SPARSE_COUNT_BITS; /* not 0 */
};

_Static_assert(HISTOGRAM_BUCKETS <= 1 << SPARSE_INDEX_BITS, "an index is no longer");

/* All zero is empty. The buckets are malloc'd, unless whoever filled it in says otherwise. */
struct sparse_histogram {
	struct latency_summary summary;
	size_t count;                  /* of buckets */
	struct sparse_bucket *buckets; /* ascending */
};

/* Adds what was recorded; `from` stays as it is. */
void sparse_histogram_record(struct sparse_histogram *into, const struct histogram *from);
void sparse_histogram_merge(struct sparse_histogram *into, const struct sparse_histogram *from);

/* Adds it to a histogram. */
void sparse_histogram_expand(const struct sparse_histogram *from, struct histogram *into);

/* As histogram_percentile. */
uint64_t sparse_histogram_percentile(const struct sparse_histogram *histogram, double percent);

void sparse_histogram_free(struct sparse_histogram *histogram);

#endif

/* SPDX-License-Identifier: MIT */
/* Buckets in ascending order: merged, counted, and made of a histogram and back. */
#include "measure/sparse_histogram.h"

#include <stdlib.h>
#include <string.h>

/* How many buckets only `from` has. */
static size_t count_new(const struct sparse_histogram *into, const struct sparse_histogram *from)
{
	size_t at = 0, count = 0;

	for (size_t i = 0; i < from->count; i++) {
		while (at < into->count && into->buckets[at].index < from->buckets[i].index)
			at++;
		count += at == into->count || into->buckets[at].index != from->buckets[i].index;
	}
	return count;
}

static void make_room(struct sparse_histogram *histogram, size_t count)
{
	struct sparse_bucket *buckets =
		realloc(histogram->buckets, count * sizeof(*histogram->buckets));

	if (!buckets)
		arena_exhausted();
	histogram->buckets = buckets;
}

/* From the last bucket to the first, so that it is done in place. */
static void merge_buckets(
	struct sparse_histogram *into, const struct sparse_histogram *from, size_t count)
{
	size_t to = count, a = into->count, b = from->count;

	while (b > 0) {
		struct sparse_bucket last = from->buckets[b - 1];

		if (a > 0 && into->buckets[a - 1].index > last.index) {
			last = into->buckets[--a];
		} else {
			b--;
			if (a > 0 && into->buckets[a - 1].index == last.index)
				last.count += into->buckets[--a].count;
		}
		into->buckets[--to] = last;
	}
	into->count = count;
}

void sparse_histogram_merge(struct sparse_histogram *into, const struct sparse_histogram *from)
{
	size_t count = into->count + count_new(into, from);

	histogram_summary_merge(&into->summary, &from->summary);
	if (from->count == 0)
		return;
	if (count > into->count)
		make_room(into, count);
	merge_buckets(into, from, count);
}

void sparse_histogram_record(struct sparse_histogram *into, const struct histogram *from)
{
	struct sparse_bucket buckets[HISTOGRAM_BUCKETS];
	struct sparse_histogram sparse = {.summary = from->summary, .buckets = buckets};
	unsigned last = histogram_index(from->summary.max_ns);

	if (from->summary.count == 0)
		return;
	for (unsigned i = histogram_index(from->summary.min_ns); i <= last; i++) {
		if (from->counts[i] != 0)
			buckets[sparse.count++] =
				(struct sparse_bucket){.index = i, .count = from->counts[i]};
	}
	sparse_histogram_merge(into, &sparse);
}

void sparse_histogram_expand(const struct sparse_histogram *from, struct histogram *into)
{
	histogram_summary_merge(&into->summary, &from->summary);
	for (size_t i = 0; i < from->count; i++)
		into->counts[from->buckets[i].index] += from->buckets[i].count;
}

uint64_t sparse_histogram_percentile(const struct sparse_histogram *histogram, double percent)
{
	uint64_t rank = histogram_rank(percent, histogram->summary.count);
	uint64_t cumulative = 0;
	size_t at = 0;

	if (rank == 0 || histogram->count == 0)
		return histogram->count > 0 ? histogram->summary.min_ns : 0;
	while (at < histogram->count - 1 && cumulative + histogram->buckets[at].count < rank)
		cumulative += histogram->buckets[at++].count;
	return histogram_bucket_latency(&histogram->summary, histogram->buckets[at].index);
}

void sparse_histogram_free(struct sparse_histogram *histogram)
{
	free(histogram->buckets);
	*histogram = (struct sparse_histogram){0};
}

/* SPDX-License-Identifier: MIT */
/* Two series side by side, from end to end of what they have in common. */
#include "cluster/merge_series.h"

#include <stdbool.h>
#include <string.h>
#include <sys/param.h>

struct span {
	uint64_t start_ns, end_ns; /* both 0: none */
};

/* One of the two, as far as it is merged. */
struct side {
	const struct result_series *series;
	uint64_t shift_ns;
	size_t next;
	struct span last;   /* that was taken for this interval of both */
	uint64_t in_flight; /* at its end */
};

static bool has_more(const struct side *side)
{
	return side->next < side->series->count;
}

static struct span next_of(const struct side *side)
{
	const struct result_interval *interval = &side->series->intervals[side->next];
	uint64_t start_ns = side->shift_ns + interval->start_ns;

	return (struct span){start_ns, start_ns + interval->duration_ns};
}

/* For the greater part of the shorter one. */
static bool overlap(const struct span *a, const struct span *b)
{
	uint64_t start = MAX(a->start_ns, b->start_ns), end = MIN(a->end_ns, b->end_ns);
	uint64_t shorter = MIN(a->end_ns - a->start_ns, b->end_ns - b->start_ns);

	return end > start && end - start > shorter / 2;
}

/* The interval's buckets are malloc'd meanwhile. */
static void add(struct result_interval *sum, const struct result_interval *from)
{
	for (int d = 0; d < DIRECTION_COUNT; d++) {
		sum->directions[d].ios += from->directions[d].ios;
		sum->directions[d].bytes += from->directions[d].bytes;
		sum->directions[d].errors += from->directions[d].errors;
		sparse_histogram_merge(&sum->directions[d].lat, &from->directions[d].lat);
	}
}

static void take(struct side *side, struct result_interval *sum)
{
	side->last = next_of(side);
	add(sum, &side->series->intervals[side->next]);
	side->in_flight = side->series->intervals[side->next].in_flight;
	side->next++;
}

/* Takes the next one where it is of the same time as the other's last one. */
static bool take_same(struct side *side, const struct side *other, struct result_interval *sum)
{
	struct span next;

	if (!has_more(side))
		return false;
	next = next_of(side);
	if (!overlap(&next, &other->last))
		return false;
	take(side, sum);
	return true;
}

/* The next interval of the one that ends first, with all of both that cannot be told apart from it.
 * Returns where that ends. */
static uint64_t take_together(struct side *a, struct side *b, struct result_interval *sum)
{
	bool is_a = has_more(a) && (!has_more(b) || next_of(a).end_ns <= next_of(b).end_ns);

	a->last = b->last = (struct span){0};
	a->in_flight = b->in_flight = 0;
	take(is_a ? a : b, sum);
	while (take_same(a, b, sum) || take_same(b, a, sum))
		;
	sum->in_flight = a->in_flight + b->in_flight;
	return MAX(a->last.end_ns, b->last.end_ns);
}

static void keep_buckets(struct result_interval *interval, struct arena *arena)
{
	for (int d = 0; d < DIRECTION_COUNT; d++) {
		struct sparse_histogram *lat = &interval->directions[d].lat;
		struct sparse_histogram kept = *lat;

		kept.buckets = arena_alloc_array(arena, lat->count, sizeof(*kept.buckets));
		if (lat->count > 0)
			memcpy(kept.buckets, lat->buckets, lat->count * sizeof(*kept.buckets));
		sparse_histogram_free(lat);
		*lat = kept;
	}
}

/* In which nothing came back to either. */
static struct result_gap common_gap(
	const struct result_gap *a, uint64_t a_ns, const struct result_gap *b, uint64_t b_ns)
{
	uint64_t start = MAX(a->start_ns + a_ns, b->start_ns + b_ns);
	uint64_t end =
		MIN(a->start_ns + a_ns + a->duration_ns, b->start_ns + b_ns + b->duration_ns);

	return end > start ? (struct result_gap){start, end - start} : (struct result_gap){0};
}

/* Neighbours become one where there are more than a document has. */
static void halve(struct result_series *series, struct arena *arena)
{
	size_t count = 0;

	for (size_t i = 0; i < series->count; i += 2) {
		struct result_interval sum = {.start_ns = series->intervals[i].start_ns};

		for (size_t k = i; k < i + 2 && k < series->count; k++) {
			add(&sum, &series->intervals[k]);
			sum.duration_ns += series->intervals[k].duration_ns;
			sum.in_flight = series->intervals[k].in_flight;
		}
		keep_buckets(&sum, arena);
		series->intervals[count++] = sum;
	}
	series->count = count;
	series->interval_ns *= 2;
}

struct result_series merge_series(const struct result_series *a, uint64_t a_ns,
	const struct result_series *b, uint64_t b_ns, struct arena *arena)
{
	struct side left = {.series = a, .shift_ns = a_ns};
	struct side right = {.series = b, .shift_ns = b_ns};
	struct result_series merged = {.interval_ns = MAX(a->interval_ns, b->interval_ns)};
	uint64_t end_ns = 0;

	if (a->interval_ns == 0 || b->interval_ns == 0)
		return a->interval_ns == 0 ? *b : *a;
	merged.intervals = arena_alloc_array(arena, a->count + b->count, sizeof(*merged.intervals));
	while (has_more(&left) || has_more(&right)) {
		struct result_interval *sum = &merged.intervals[merged.count++];

		sum->start_ns = end_ns;
		end_ns = take_together(&left, &right, sum);
		sum->duration_ns = end_ns - sum->start_ns;
		keep_buckets(sum, arena);
	}
	merged.longest_gap = common_gap(&a->longest_gap, a_ns, &b->longest_gap, b_ns);
	while (merged.count > RESULT_INTERVALS_LIMIT)
		halve(&merged, arena);
	return merged;
}

/* SPDX-License-Identifier: MIT */
/*
 * Latencies in HdrHistogram's geometry (lowest 1 ns, 2 significant digits): 128 steps an octave,
 * so a value is known to 1/128. Values up to 2^40 - 1 ns; longer ones are counted in the last
 * bucket and `max` stays exact. Merging is addition and loses nothing.
 * Source: HdrHistogram_c, hdr_histogram.c (counts_index_for).
 */
#ifndef MEASURE_HISTOGRAM_H
#define MEASURE_HISTOGRAM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

enum {
	HISTOGRAM_STEP_BITS = 7, /* 128 steps an octave */
	HISTOGRAM_VALUE_BITS = 40,
	/* 256 exact values below 2^8, then 32 octaves of 128. */
	HISTOGRAM_BUCKETS = (HISTOGRAM_VALUE_BITS - HISTOGRAM_STEP_BITS + 1) << HISTOGRAM_STEP_BITS,
};

#define HISTOGRAM_GEOMETRY  "hdr/1ns/2digits"
#define HISTOGRAM_MAX_VALUE ((1ull << HISTOGRAM_VALUE_BITS) - 1)

/* Count, extremes and moments: exact, kept beside or without buckets. All zero is empty. */
struct latency_summary {
	uint64_t count;
	uint64_t min_ns; /* valid when count > 0 */
	uint64_t max_ns;
	double sum_ns;
	double sum_squares_ns2;
};

struct histogram {
	struct latency_summary summary;
	uint64_t counts[HISTOGRAM_BUCKETS];
};

static inline unsigned histogram_index(uint64_t value)
{
	uint64_t clipped = value < HISTOGRAM_MAX_VALUE ? value : HISTOGRAM_MAX_VALUE;
	unsigned highest_bit = 63u ^ (unsigned)__builtin_clzll(clipped | 255);
	unsigned shift = highest_bit - 7;

	return (shift << HISTOGRAM_STEP_BITS) + (unsigned)(clipped >> shift);
}

/* Lowest and highest value of a bucket. */
uint64_t histogram_lowest(unsigned index);
uint64_t histogram_highest(unsigned index);

static inline void histogram_summary_add(struct latency_summary *s, uint64_t value, uint64_t count)
{
	double v = (double)(int64_t)value; /* that is cheaper, and 292 years are enough */
	double n = (double)(int64_t)count;

	if (__builtin_expect(s->count == 0 || value < s->min_ns, 0))
		s->min_ns = value;
	if (__builtin_expect(value > s->max_ns, 0))
		s->max_ns = value;
	s->count += count;
	s->sum_ns += v * n;
	s->sum_squares_ns2 += v * v * n;
}

/* Records `count` I/Os of the same latency: a batch seen at one stamp is one call. */
static inline void histogram_record(struct histogram *histogram, uint64_t value, uint64_t count)
{
	histogram->counts[histogram_index(value)] += count;
	histogram_summary_add(&histogram->summary, value, count);
}

void histogram_summary_merge(struct latency_summary *into, const struct latency_summary *from);
double histogram_summary_mean(const struct latency_summary *summary);   /* 0 when empty */
double histogram_summary_stddev(const struct latency_summary *summary); /* population, as fio's */

/* Writes to buckets that `from` has values in, and to no others: the pages of most are not there,
 * as long as nothing is recorded in them. */
void histogram_merge(struct histogram *into, const struct histogram *from);

/* Makes it empty again, and writes to no others either. */
void histogram_clear(struct histogram *histogram);

/* Makes `into`, which may have been in use, the same as `from`. */
void histogram_copy(struct histogram *into, const struct histogram *from);

/*
 * The latency that `percent` % of the I/Os did not exceed: the highest value of the bucket in
 * which the cumulative count reaches ceil(percent / 100 * N), clamped to [min, max]; of the last
 * bucket, which counts what is longer too, it is max.
 * 0 when empty. 0 <= percent <= 100.
 */
uint64_t histogram_percentile(const struct histogram *histogram, double percent);

/* Its parts, for histograms in another form: how many values must be counted until it is reached,
 * and the latency of the bucket in which that happens. */
uint64_t histogram_rank(double percent, uint64_t count);
uint64_t histogram_bucket_latency(const struct latency_summary *summary, unsigned index);

/* True when at least `needed` samples lie above the percentile: count * (1 - p) >= needed. */
bool histogram_supports(const struct histogram *histogram, double percent, double needed);

/*
 * A histogram as HdrHistogram's tools read it: the V2 encoding, deflated, in base64, as it stands
 * in the lines of a histogram log ("HISTFAAA…"). The geometry is the same, so nothing is lost but
 * how far values lie beyond 2^40 ns. The text is from `arena`.
 */
char *histogram_export(const struct histogram *histogram, struct arena *arena);

#endif

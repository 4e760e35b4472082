/* SPDX-License-Identifier: MIT */
/* Histograms of latencies: edges of buckets, merging, percentiles, moments. */
#include "measure/histogram.h"

#include <math.h>

uint64_t histogram_lowest(unsigned index)
{
	unsigned octave = index >> HISTOGRAM_STEP_BITS;
	uint64_t step = index & ((1u << HISTOGRAM_STEP_BITS) - 1);

	/* The first 128 buckets are as wide as the next: one value each. */
	if (octave == 0)
		return index;
	return (step + (1u << HISTOGRAM_STEP_BITS)) << (octave - 1);
}

uint64_t histogram_highest(unsigned index)
{
	return histogram_lowest(index + 1) - 1;
}

void latency_summary_merge(struct latency_summary *into, const struct latency_summary *from)
{
	if (from->count == 0)
		return;
	if (into->count == 0 || from->min_ns < into->min_ns)
		into->min_ns = from->min_ns;
	if (from->max_ns > into->max_ns)
		into->max_ns = from->max_ns;
	into->count += from->count;
	into->sum_ns += from->sum_ns;
	into->sum_squares_ns2 += from->sum_squares_ns2;
}

double latency_summary_mean(const struct latency_summary *summary)
{
	return summary->count > 0 ? summary->sum_ns / (double)summary->count : 0;
}

double latency_summary_stddev(const struct latency_summary *summary)
{
	double mean = latency_summary_mean(summary);
	double variance;

	if (summary->count == 0)
		return 0;
	variance = summary->sum_squares_ns2 / (double)summary->count - mean * mean;
	/* Rounding may leave less than nothing. */
	return variance > 0 ? sqrt(variance) : 0;
}

void histogram_merge(struct histogram *into, const struct histogram *from)
{
	latency_summary_merge(&into->summary, &from->summary);
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++)
		into->counts[i] += from->counts[i];
}

/* ceil(percent / 100 * count), not one too many where only rounding is above the whole number. */
static uint64_t rank_of(double percent, uint64_t count)
{
	double exact = percent * (double)count / 100;
	double rank = ceil(exact - exact * 0x1p-50);

	return percent < 100 && rank < (double)count ? (uint64_t)rank : count;
}

uint64_t histogram_percentile(const struct histogram *histogram, double percent)
{
	const struct latency_summary *summary = &histogram->summary;
	uint64_t rank = rank_of(percent, summary->count);
	uint64_t cumulative = 0;
	unsigned index = 0;
	uint64_t highest;

	if (summary->count == 0)
		return 0;
	while (index < HISTOGRAM_BUCKETS - 1 && cumulative + histogram->counts[index] < rank)
		cumulative += histogram->counts[index++];
	/* The last bucket counts what is longer, too: only max is sure to be no less. */
	if (index == HISTOGRAM_BUCKETS - 1)
		return summary->max_ns;
	highest = histogram_highest(index);
	if (highest < summary->min_ns)
		return summary->min_ns;
	return highest < summary->max_ns ? highest : summary->max_ns;
}

bool histogram_supports(const struct histogram *histogram, double percent, double needed)
{
	double above = (double)histogram->summary.count * (100 - percent) / 100;

	/* 10000 samples do support the 99.9th percentile with 10, though 0.1 is not a double. */
	return above >= needed * (1 - 1e-9);
}

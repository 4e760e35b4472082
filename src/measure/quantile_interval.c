/* SPDX-License-Identifier: MIT */
/* Delete-one-trial jackknife: the merged histogram less one trial is a subtraction of counters. */
#include "measure/quantile_interval.h"

#include <math.h>
#include <sys/param.h>

#include "base/arena.h"
#include "measure/distribution.h"

/*
 * Logarithm of the percentile of `merged` without `left_out`, interpolated within its bucket: the
 * jackknife needs a value that moves with each trial, and bucket limits move in steps.
 */
static double log_percentile_without(
	const struct histogram *merged, const struct histogram *left_out, double percent)
{
	uint64_t total = merged->summary.count - left_out->summary.count;
	double wanted = percent / 100 * (double)total;
	double seen = 0;
	unsigned last = 0;

	if (total == 0)
		return NAN;
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
		double count = (double)(merged->counts[i] - left_out->counts[i]);

		if (count > 0 && seen + count >= wanted) {
			double low = (double)histogram_lowest(i);
			double width = (double)histogram_highest(i) + 1 - low;

			return log(low + width * (wanted - seen) / count);
		}
		if (count > 0)
			last = i;
		seen += count;
	}
	return log((double)histogram_highest(last) + 1);
}

static double jackknife_error(const struct histogram *merged, const struct histogram *const *trials,
	size_t count, double percent, struct arena *arena)
{
	double *without = arena_alloc_array(arena, count, sizeof(*without));
	double mean = 0;
	double squares = 0;

	for (size_t i = 0; i < count; i++) {
		without[i] = log_percentile_without(merged, trials[i], percent);
		mean += without[i] / (double)count;
	}
	for (size_t i = 0; i < count; i++)
		squares += (without[i] - mean) * (without[i] - mean);
	return sqrt(squares * (double)(count - 1) / (double)count);
}

struct estimate quantile_interval(
	const struct histogram *const *trials, size_t count, double percent, double alpha)
{
	struct estimate e = {
		.value = NAN,
		.lo = NAN,
		.hi = NAN,
		.p = NAN,
		.deviation = NAN,
		.count = count,
		.method = ESTIMATE_NONE,
	};
	struct arena arena = {0};
	struct histogram *merged = ARENA_NEW(&arena, struct histogram);

	for (size_t i = 0; i < count; i++)
		histogram_merge(merged, trials[i]);
	if (merged->summary.count > 0)
		e.value = log((double)MAX(histogram_percentile(merged, percent), 1));
	if (count >= ESTIMATE_COUNT_FOR_INTERVAL && merged->summary.count > 0) {
		double error = jackknife_error(merged, trials, count, percent, &arena);
		double half = error * distribution_t_quantile(1 - alpha / 2, (double)count - 1);
		double step = log1p(1.0 / (1 << HISTOGRAM_STEP_BITS));

		if (!isnan(error)) {
			e.lo = e.value - MAX(half, step);
			e.hi = e.value + MAX(half, step);
			e.deviation = error * sqrt((double)count);
			e.method = ESTIMATE_T;
		}
	}
	arena_free(&arena);
	return e;
}

/* SPDX-License-Identifier: MIT */
#include "measure/jackknife.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "measure/distribution.h"

enum { TRIALS_FOR_INTERVAL = 3 };

/* All of them but one; SIZE_MAX: all. */
static double latency_without(const struct histogram *const *trials, size_t count, size_t without,
	double percent, struct histogram *sum)
{
	*sum = (struct histogram){0};
	for (size_t i = 0; i < count; i++) {
		if (i != without)
			histogram_merge(sum, trials[i]);
	}
	if (sum->summary.count == 0)
		return NAN;
	return isnan(percent) ? histogram_summary_mean(&sum->summary)
			      : (double)histogram_percentile(sum, percent);
}

/* Of the logarithm. */
static double standard_error(
	const struct histogram *const *trials, size_t count, double percent, struct histogram *sum)
{
	double mean = 0, squares = 0; /* by Welford */
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		double value, delta;

		if (trials[i]->summary.count == 0)
			continue;
		value = log(fmax(1, latency_without(trials, count, i, percent, sum)));
		delta = value - mean;
		mean += delta / (double)++used;
		squares += delta * (value - mean);
	}
	return sqrt((double)(used - 1) / (double)used * squares);
}

struct jackknife jackknife_latency(
	const struct histogram *const *trials, size_t count, double percent, double alpha)
{
	struct histogram *sum = malloc(sizeof(*sum));
	struct jackknife jackknife = {.lo = NAN, .hi = NAN};
	size_t used = 0;

	if (!sum)
		arena_exhausted();
	for (size_t i = 0; i < count; i++)
		used += trials[i]->summary.count > 0;
	jackknife.value = latency_without(trials, count, SIZE_MAX, percent, sum);
	if (used >= TRIALS_FOR_INTERVAL) {
		double error = standard_error(trials, count, percent, sum);
		double t = distribution_t_quantile(1 - alpha / 2, (double)used - 1);

		jackknife.lo = jackknife.value * exp(-t * error);
		jackknife.hi = jackknife.value * exp(t * error);
	}
	free(sum);
	return jackknife;
}

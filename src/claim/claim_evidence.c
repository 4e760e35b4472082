/* SPDX-License-Identifier: MIT */
#include "claim/claim_evidence.h"

#include <math.h>

#include "base/doubles.h"
#include "measure/distribution.h"

/* A mean as one of many sessions: its variance, and what it adds to the freedom of Welch's t. */
struct mean {
	double value, variance, freedom_share;
};

/*
 * A session is off by `spread`, which is taken for known; what is alone, by as much as one of its
 * blocks, too: machines that wander, drift and change their state within a session do so between
 * two as well.
 */
static struct mean mean_of(
	const struct claim_evidence *evidence, const double *values, size_t count)
{
	double square = doubles_squares(values, count) / (double)(count - 1);
	struct mean mean = {.value = doubles_mean(values, count)};

	mean.variance = square / (double)count;
	if (evidence->is_alone && evidence->spread > 0)
		mean.variance += square;
	mean.freedom_share = mean.variance * mean.variance / (double)(count - 1);
	mean.variance += evidence->spread * evidence->spread;
	return mean;
}

/*
 * By t, where sessions differ or two sides were measured one after the other. Source: Welch,
 * Biometrika 34 (1947) 28, with Satterthwaite's freedom.
 */
static struct estimate estimate_means(
	const struct claim_evidence *evidence, const struct claim_border *border, double alpha)
{
	struct mean left = mean_of(evidence, border->distances, evidence->count);
	struct mean right = {0};
	struct estimate e = {.count = evidence->count, .method = ESTIMATE_T, .deviation = NAN};
	double variance, freedom, error, half;

	if (evidence->other_count > 0)
		right = mean_of(evidence, border->others, evidence->other_count);
	variance = left.variance + right.variance;
	e.value = left.value - right.value;
	freedom = variance * variance / (left.freedom_share + right.freedom_share);
	error = sqrt(variance);
	if (!(error > 0)) { /* counters that are the same in each trial */
		e.lo = e.hi = e.value;
		e.p = e.value == 0 ? 1 : 0;
		return e;
	}
	freedom = fmin(freedom, 1e6); /* beyond it, t is the normal distribution */
	half = error * distribution_t_quantile(1 - alpha / 2, freedom);
	e.lo = e.value - half;
	e.hi = e.value + half;
	e.p = distribution_t_two_sided(e.value / error, freedom);
	return e;
}

struct estimate claim_evidence_estimate(
	const struct claim_evidence *evidence, size_t index, double alpha, double strictest)
{
	const struct claim_border *border = &evidence->borders[index];
	struct estimate paired;

	if (evidence->count < ESTIMATE_COUNT_FOR_INTERVAL ||
		(evidence->other_count > 0 && evidence->other_count < 2))
		return estimate_mean(border->distances, evidence->count, alpha);
	if (evidence->other_count > 0 || evidence->spread > 0)
		return estimate_means(evidence, border, alpha);
	/* The same method at every alpha, so that each interval agrees with the p-value. */
	paired = estimate_paired(border->distances, evidence->count, strictest, 1);
	if (alpha == strictest)
		return paired;
	if (paired.method == ESTIMATE_WILCOXON)
		return estimate_paired(border->distances, evidence->count, alpha, 1);
	return estimate_mean(border->distances, evidence->count, alpha);
}

double claim_evidence_measured(const struct claim_evidence *evidence, size_t index, double distance)
{
	double at = evidence->borders[index].at;

	return evidence->is_log ? at * exp(distance) : at + distance / evidence->unit;
}

bool claim_evidence_is_tie(const struct claim_evidence *evidence)
{
	if (evidence->is_log || evidence->border_count > 1 || evidence->other_count > 0)
		return false;
	for (size_t i = 0; i < evidence->count; i++) {
		if (evidence->borders[0].distances[i] != 0)
			return false;
	}
	return evidence->count > 0;
}

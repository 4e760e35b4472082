/* SPDX-License-Identifier: MIT */
/* Prediction interval over sessions, with a prior for the variance of short baselines. */
#include "measure/prediction.h"

#include <math.h>

#include "base/doubles.h"
#include "measure/distribution.h"

const struct prediction_prior prediction_default_prior = {
	.freedom = 4,
	.deviation = 0.02,
	.session_limit = 10,
};

struct prediction prediction_make(const double *stored, size_t stored_count, const double *today,
	size_t today_count, const struct prediction_prior *prior)
{
	double expected = doubles_mean(stored, stored_count);
	double freedom = (double)stored_count - 1;
	double squares = 0;
	struct prediction made = {
		.expected = expected,
		.difference = doubles_mean(today, today_count) - expected,
	};

	for (size_t i = 0; i < stored_count; i++)
		squares += (stored[i] - expected) * (stored[i] - expected);
	if (prior && stored_count < prior->session_limit) {
		squares += prior->freedom * prior->deviation * prior->deviation;
		freedom += prior->freedom;
	}
	made.freedom = freedom > 0 ? freedom : NAN;
	made.deviation = sqrt(squares / made.freedom);
	made.standard_error =
		made.deviation * sqrt(1 / (double)today_count + 1 / (double)stored_count);
	return made;
}

double prediction_half_width(const struct prediction *prediction, double alpha)
{
	if (isnan(prediction->freedom))
		return NAN;
	return prediction->standard_error *
	       distribution_t_quantile(1 - alpha / 2, prediction->freedom);
}

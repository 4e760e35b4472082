/* SPDX-License-Identifier: MIT */
/* Prediction over sessions: a published example, the prior, and its coverage. */
#include "measure/estimate.h"
#include "test.h"

#include "base/random.h"
#include "near.h"
#include "noise.h"

/* 25 values of mean 100 and deviation 10, upper bound 0.977: 121.46 (Bencher's documentation). */
TEST(published_example_is_reproduced)
{
	double stored[25];
	double today = 100;
	struct prediction p;

	for (int i = 0; i < 12; i++) {
		stored[2 * i] = 100 - 10;
		stored[2 * i + 1] = 100 + 10;
	}
	stored[24] = 100;
	p = estimate_prediction(stored, 25, &today, 1, NULL);
	assert_near(p.deviation, 10, 1e-12);
	assert_near(p.freedom, 24, 0);
	assert_near(
		p.expected + estimate_prediction_half_width(&p, 2 * (1 - 0.977)), 121.46, 0.005);
}

TEST(prior_bridges_short_baselines)
{
	static const double one[] = {5};
	static const double same[] = {5, 5, 5};
	static const double ten[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
	double today[] = {5.01, 5.03};
	struct prediction p = estimate_prediction(one, 1, today, 2, &estimate_default_prior);

	assert_near(p.difference, 0.02, 1e-12);
	assert_near(p.freedom, 4, 0);
	assert_near(p.deviation, 0.02, 1e-15);
	assert_near(p.standard_error, 0.02 * sqrt(1.5), 1e-12);
	p = estimate_prediction(same, 3, today, 1, &estimate_default_prior);
	assert_near(p.freedom, 6, 0);
	assert_near(p.deviation, 0.02 * sqrt(4.0 / 6), 1e-12);
	/* Ten sessions speak for themselves. */
	p = estimate_prediction(ten, 10, today, 1, &estimate_default_prior);
	assert_near(p.freedom, 9, 0);
	assert_near(p.deviation, sqrt(82.5 / 9), 1e-12);
}

TEST(one_session_without_prior_predicts_nothing)
{
	double one = 5;
	struct prediction p = estimate_prediction(&one, 1, &one, 1, NULL);

	assert_near(p.difference, 0, 0);
	assert_true(isnan(p.standard_error) && isnan(p.freedom));
	assert_true(isnan(estimate_prediction_half_width(&p, 0.05)));
}

/* New sessions fall outside as often as the level says, whatever the number of stored ones. */
TEST(prediction_covers_what_it_promises)
{
	static const size_t counts[] = {2, 5, 12};
	struct random random;

	random_init(&random, 11);
	for (size_t c = 0; c < 3; c++) {
		unsigned outside = 0;

		for (int round = 0; round < 10000; round++) {
			double stored[12];
			double today = noise_normal(&random);
			struct prediction p;

			for (size_t i = 0; i < counts[c]; i++)
				stored[i] = noise_normal(&random);
			p = estimate_prediction(stored, counts[c], &today, 1, NULL);
			outside += fabs(p.difference) > estimate_prediction_half_width(&p, 0.05);
		}
		assert_in_range(outside, 412, 588); /* 5 %, four standard errors. */
	}
}

TEST_MAIN(NULL, NULL);

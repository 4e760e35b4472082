/* SPDX-License-Identifier: MIT */
/* The jackknife of a percentile: where it has none, its width, and that it covers the truth. */
#include "measure/quantile_interval.h"

#include <string.h>

#include "base/random.h"
#include "near.h"
#include "noise.h"

enum { TRIALS = 8 };

static struct histogram trials[TRIALS];
static const struct histogram *const pointers[TRIALS] = {
	&trials[0],
	&trials[1],
	&trials[2],
	&trials[3],
	&trials[4],
	&trials[5],
	&trials[6],
	&trials[7],
};

static void clear(void)
{
	memset(trials, 0, sizeof(trials));
}

static void too_few_trials_have_no_interval(void **state)
{
	struct estimate e;

	(void)state; /* cmocka's signature */
	clear();
	e = quantile_interval(pointers, 0, 99, 0.05);
	assert_true(isnan(e.value) && e.method == ESTIMATE_NONE);
	e = quantile_interval(pointers, 3, 99, 0.05);
	assert_true(isnan(e.value) && isnan(e.lo));
	histogram_record(&trials[0], 100, 10);
	histogram_record(&trials[1], 100, 10);
	e = quantile_interval(pointers, 2, 99, 0.05);
	assert_near(e.value, log(100), 1e-12);
	assert_true(isnan(e.lo) && isnan(e.hi) && e.method == ESTIMATE_NONE);
}

static void one_trial_with_everything_has_no_interval(void **state)
{
	struct estimate e;

	(void)state;
	clear();
	histogram_record(&trials[0], 100, 10);
	e = quantile_interval(pointers, 3, 50, 0.05);
	assert_near(e.value, log(100), 1e-12);
	assert_true(isnan(e.lo) && e.method == ESTIMATE_NONE);
}

static void equal_trials_are_known_to_one_step(void **state)
{
	struct estimate e;

	(void)state;
	clear();
	for (int i = 0; i < 5; i++)
		histogram_record(&trials[i], 50000, 1000);
	e = quantile_interval(pointers, 5, 99, 0.05);
	assert_int_equal(e.method, ESTIMATE_T);
	assert_near(e.hi - e.value, log1p(1.0 / 128), 0.001);
	assert_near(e.value - e.lo, log1p(1.0 / 128), 0.001);
}

/* Trials whose scale differs by 8 %: what the interval of merged I/Os would never see. */
static void interval_covers_the_scatter_between_trials(void **state)
{
	enum { ROUNDS = 300, IOS = 2000 };
	const double truth = log(100000) + 2.3263 * 0.3; /* p99 of exp(N(log 100 us, 0.3)) */
	struct random random;
	unsigned missed = 0;

	(void)state;
	random_init(&random, 21);
	for (int turn = 0; turn < ROUNDS; turn++) {
		struct estimate e;

		clear();
		for (int i = 0; i < TRIALS; i++) {
			double scale = log(100000) + 0.08 * noise_normal(&random);

			for (int k = 0; k < IOS; k++) {
				double latency = exp(scale + 0.3 * noise_normal(&random));

				histogram_record(&trials[i], (uint64_t)latency, 1);
			}
		}
		e = quantile_interval(pointers, TRIALS, 99, 0.05);
		assert_true(e.lo < e.value && e.value < e.hi);
		missed += e.lo > truth || e.hi < truth;
	}
	/* 5 % of 300, and four standard errors. */
	assert_in_range(missed, 2, 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(too_few_trials_have_no_interval),
		cmocka_unit_test(one_trial_with_everything_has_no_interval),
		cmocka_unit_test(equal_trials_are_known_to_one_step),
		cmocka_unit_test(interval_covers_the_scatter_between_trials),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

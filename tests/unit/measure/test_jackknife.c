/* SPDX-License-Identifier: MIT */
/* Latencies of several trials together, and intervals by leaving one out. */
#include <math.h>

#include "measure/jackknife.h"
#include "near.h"
#include "noise.h"
#include "simulation.h"
#include "test.h"

enum { TRIALS = 5, IOS = 2000 };

static struct histogram trials[TRIALS];
static const struct histogram *parts[TRIALS];

static void clear(void)
{
	for (int i = 0; i < TRIALS; i++) {
		trials[i] = (struct histogram){0};
		parts[i] = &trials[i];
	}
}

TEST(the_value_is_that_of_all_together)
{
	clear();
	histogram_record(&trials[0], 100, 99);
	histogram_record(&trials[1], 200, 1);
	assert_near(jackknife_latency(parts, 2, 50, 0.05).value, 100, 0);
	assert_near(jackknife_latency(parts, 2, 100, 0.05).value, 200, 0);
	assert_near(jackknife_latency(parts, 2, NAN, 0.05).value, 101, 1e-9);
}

TEST(fewer_than_three_trials_have_no_interval)
{
	clear();
	for (int i = 0; i < 2; i++)
		histogram_record(&trials[i], 100, 10);
	assert_true(isnan(jackknife_latency(parts, 2, 50, 0.05).lo));
	assert_true(isnan(jackknife_latency(parts, 0, 50, 0.05).value));
	/* Nor do three of which one is empty. */
	assert_true(isnan(jackknife_latency(parts, 3, 50, 0.05).hi));
}

/* Means 100, 200, 400 of as many I/Os: leaving one out gives 300, 250, 150. */
TEST(the_interval_is_of_logarithms)
{
	struct jackknife jackknife;
	double logs[] = {log(300), log(250), log(150)}, mean, squares = 0;
	double t = 4.30265272991; /* 2 degrees of freedom */

	clear();
	histogram_record(&trials[0], 100, 10);
	histogram_record(&trials[1], 200, 10);
	histogram_record(&trials[2], 400, 10);
	mean = (logs[0] + logs[1] + logs[2]) / 3;
	for (int i = 0; i < 3; i++)
		squares += (logs[i] - mean) * (logs[i] - mean);
	jackknife = jackknife_latency(parts, 3, NAN, 0.05);
	assert_near(jackknife.value, 700.0 / 3, 1e-9);
	assert_near(jackknife.hi / jackknife.value, exp(t * sqrt(2.0 / 3 * squares)), 1e-6);
	assert_near(jackknife.lo / jackknife.value, exp(-t * sqrt(2.0 / 3 * squares)), 1e-6);
}

/* p99 of exponential latencies whose scale differs from trial to trial by 8 %. */
TEST(the_interval_covers_the_truth)
{
	struct simulation plan = simulation_plan(2000);
	struct random random;
	unsigned missed = 0;
	double truth = 1e5 * log(100);

	random_init(&random, 7);
	for (unsigned r = 0; r < plan.rounds; r++) {
		struct jackknife jackknife;

		clear();
		for (int i = 0; i < TRIALS; i++) {
			double scale = 1e5 * exp(0.08 * noise_normal(&random));

			for (int n = 0; n < IOS; n++)
				histogram_record(&trials[i],
					(uint64_t)(-scale * log(1 - random_unit(&random))), 1);
		}
		jackknife = jackknife_latency(parts, TRIALS, 99, 0.05);
		missed += jackknife.lo > truth || jackknife.hi < truth;
	}
	simulation_at_most(&plan, "missed", 100.0 * missed / plan.rounds, 8);
}

TEST_MAIN(NULL, NULL);

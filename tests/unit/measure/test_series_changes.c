/* SPDX-License-Identifier: MIT */
/* Changes of level that are there are found; in series that only wander, few are. */
#include "measure/series.h"
#include "test.h"

#include <stdbool.h>
#include <stdio.h>

#include "base/random.h"
#include "near.h"
#include "noise.h"
#include "simulation.h"

enum { LENGTH = 50, POINT_LIMIT = 200 };

/* First-order autoregression of standard deviation 1. */
static void fill_wandering(struct random *random, double memory, double *values, size_t count)
{
	double value = noise_normal(random);

	for (size_t i = 0; i < count; i++) {
		values[i] = value;
		value = memory * value + sqrt(1 - memory * memory) * noise_normal(random);
	}
}

/* Share of series with at least one point, in percent; `step` sets in at the middle. */
static double found_percent(
	unsigned series_count, size_t count, double memory, double step, uint64_t seed)
{
	struct change_point_rule rule = series_default_change_rule;
	struct random random;
	unsigned found = 0;

	rule.smallest_step = 0; /* The test alone has to hold. */
	random_init(&random, seed);
	for (unsigned i = 0; i < series_count; i++) {
		double values[POINT_LIMIT];
		struct change_point points[POINT_LIMIT / CHANGE_POINT_MARGIN];

		fill_wandering(&random, memory, values, count);
		for (size_t k = count / 2; k < count; k++)
			values[k] += step;
		rule.seed = i;
		found += series_change_points(values, count, &rule, points) > 0;
	}
	return 100.0 * found / series_count;
}

TEST(steps_are_found_where_they_are)
{
	double values[90];
	struct change_point points[90 / CHANGE_POINT_MARGIN];
	struct random random;
	size_t count;

	random_init(&random, 9);
	for (int i = 0; i < 90; i++)
		values[i] = (i < 30 ? 0 : i < 50 ? -0.05 : 0.01) + 0.01 * noise_normal(&random);
	count = series_change_points(values, 90, &series_default_change_rule, points);
	assert_int_equal(count, 2);
	assert_int_equal(points[0].index, 30);
	assert_int_equal(points[1].index, 50);
	assert_near(points[0].before, 0, 0.006);
	assert_near(points[0].after, -0.05, 0.006);
	assert_near(points[1].before, points[0].after, 0);
	assert_near(points[1].after, 0.01, 0.006);
	assert_true(points[0].p <= 0.01 && points[1].p <= 0.01);
}

TEST(small_steps_are_let_be)
{
	double values[40];
	struct change_point points[40 / CHANGE_POINT_MARGIN];
	struct change_point_rule rule = series_default_change_rule;
	struct random random;

	random_init(&random, 10);
	for (int i = 0; i < 40; i++)
		values[i] = (i < 20 ? 0 : 0.015) + 0.001 * noise_normal(&random);
	assert_int_equal(series_change_points(values, 40, &rule, points), 0);
	rule.smallest_step = 0.01;
	assert_int_equal(series_change_points(values, 40, &rule, points), 1);
	assert_int_equal(points[0].index, 20);
}

TEST(short_and_constant_series_have_none)
{
	static const double constant[20] = {1e9};
	static const double jump[5] = {0, 0, 1, 1, 1};
	double two_levels[20];
	struct change_point points[20 / CHANGE_POINT_MARGIN];

	for (int i = 0; i < 20; i++)
		two_levels[i] = i < 8 ? 13.1 : 13.9;
	assert_int_equal(series_change_points(constant, 0, &series_default_change_rule, points), 0);
	assert_int_equal(series_change_points(jump, 5, &series_default_change_rule, points), 0);
	assert_int_equal(
		series_change_points(constant + 1, 19, &series_default_change_rule, points), 0);
	/* Two constant levels have no noise at all: certain. */
	assert_int_equal(
		series_change_points(two_levels, 20, &series_default_change_rule, points), 1);
	assert_int_equal(points[0].index, 8);
}

TEST(steps_next_to_the_ends_are_found)
{
	static const int places[] = {CHANGE_POINT_MARGIN, 40 - CHANGE_POINT_MARGIN};

	for (int i = 0; i < 2; i++) {
		double values[40];
		struct change_point points[40 / CHANGE_POINT_MARGIN];
		struct random random;

		random_init(&random, 13);
		for (int k = 0; k < 40; k++)
			values[k] = (k < places[i] ? 5 : 5.2) + 0.005 * noise_normal(&random);
		assert_int_equal(
			series_change_points(values, 40, &series_default_change_rule, points), 1);
		assert_int_equal(points[0].index, places[i]);
	}
}

TEST(same_series_gives_the_same_points)
{
	double values[LENGTH], moved[LENGTH];
	struct change_point a[LENGTH], b[LENGTH];
	struct change_point_rule rule = series_default_change_rule;
	struct random random;

	random_init(&random, 12);
	for (int turn = 0; turn < 20; turn++) {
		size_t count;

		fill_wandering(&random, 0.5, values, LENGTH);
		for (int i = 0; i < LENGTH; i++) {
			values[i] += i < 20 ? 0 : 2;
			moved[i] = 4 * values[i] + 1024; /* Exact but for the sum. */
		}
		count = series_change_points(values, LENGTH, &rule, a);
		assert_int_equal(series_change_points(values, LENGTH, &rule, b), count);
		assert_memory_equal(a, b, count * sizeof(*a));
		assert_int_equal(series_change_points(moved, LENGTH, &rule, b), count);
		for (size_t i = 0; i < count; i++)
			assert_int_equal(a[i].index, b[i].index);
	}
}

/* The limits: 3 % of the series without memory, 8 % at a memory of 0.6. */
TEST(few_unchanged_series_show_a_change)
{
	static const struct {
		size_t length;
		double memory, limit;
	} table[] = {
		{LENGTH, 0, 3},
		{LENGTH, 0.3, 5},
		{LENGTH, 0.6, 8},
		{200, 0, 3},
		{200, 0.6, 8},
	};

	struct simulation plan = simulation_plan(1000);

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		double found =
			found_percent(plan.rounds, table[i].length, table[i].memory, 0, 100 + i);

		printf("# %zu values, memory %.1f: %.1f %% of unchanged series (limit %.0f)\n",
			table[i].length, table[i].memory, found, table[i].limit);
		simulation_at_most(&plan, "changes found", found, table[i].limit);
	}
}

TEST(steps_of_two_deviations_are_found)
{
	struct simulation plan = simulation_plan(300);
	double plain = found_percent(plan.rounds, LENGTH, 0, 2, 200);
	double wandering = found_percent(plan.rounds, LENGTH, 0.6, 3, 201);

	printf("# found: 2 deviations %.0f %%, 3 at memory 0.6 %.0f %%\n", plain, wandering);
	simulation_at_least(&plan, "2 deviations found", plain, 97);
	simulation_at_least(&plan, "3 deviations found", wandering, 75);
}

TEST_MAIN(NULL, NULL);

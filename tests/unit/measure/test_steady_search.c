/* SPDX-License-Identifier: MIT */
/* The search: when it looks, what it declares, and what it measures anew. */
#include "measure/steady_search.h"
#include "test.h"

#include "near.h"

static struct steady_search search;

static const struct steady_rule read_rule = {
	.equivalence = 0.05, .range = 0.25, .passes_needed = 2, .least_s = 60};

/* Adds intervals of one second until the stage is another, at most `limit` of them. */
static unsigned add_until(enum steady_stage stage, double value, unsigned limit)
{
	unsigned count = 0;

	while (search.stage != stage && count < limit) {
		double figures[] = {value * (count % 2 ? 1.005 : 0.995), value};

		(void)steady_search_add(&search, figures, 1000 * count);
		count++;
	}
	return count;
}

TEST(a_level_series_is_declared_at_the_second_look_and_measured_anew)
{
	steady_search_open(&search, &read_rule, 1, 1);
	assert_int_equal(add_until(STEADY_LOOKING, 100, 1000), 60);
	assert_int_equal(add_until(STEADY_DECLARED, 100, 1000), 6); /* at 60 and 66 s */
	assert_int_equal(search.window, 33);
	assert_int_equal(add_until(STEADY_CONFIRMED, 100, 1000), 33);
	assert_int_equal(add_until(STEADY_LOOKING, 500, 10), 10); /* no more changes */
	assert_int_equal(search.stage, STEADY_CONFIRMED);
}

TEST(a_fresh_window_that_differs_is_not_confirmed)
{
	steady_search_open(&search, &read_rule, 1, 1);
	(void)add_until(STEADY_DECLARED, 100, 1000);
	assert_int_equal(add_until(STEADY_LOOKING, 94, 1000), 33);
	assert_int_equal(search.passes, 0);
	steady_search_open(&search, &read_rule, 1, 1);
	(void)add_until(STEADY_DECLARED, 100, 1000);
	assert_int_equal(add_until(STEADY_CONFIRMED, 96, 1000), 33);
}

TEST(no_look_before_the_work_is_done)
{
	struct steady_rule rule = steady_rule_of(true, 500000);

	assert_near(rule.least_s, 600, 0);
	assert_int_equal(rule.work_bytes, 1000000);
	assert_int_equal(steady_rule_of(false, 500000).work_bytes, 0);
	assert_near(steady_rule_of(false, 500000).least_s, 60, 0);
	steady_search_open(&search, &rule, 1, 1);
	assert_int_equal(add_until(STEADY_LOOKING, 100, 5000), 1001); /* 1,000 bytes a second */
	rule.work_bytes = 1000;
	steady_search_open(&search, &rule, 1, 1);
	assert_int_equal(add_until(STEADY_LOOKING, 100, 5000), 600);
}

TEST(a_drift_is_never_declared)
{
	steady_search_open(&search, &read_rule, 1, 1);
	for (int i = 0; i < 300; i++) {
		double value = 150 - i / 3.0 + i % 2;

		assert_int_not_equal(steady_search_add(&search, &value, 0), STEADY_DECLARED);
	}
	assert_int_equal(search.stage, STEADY_LOOKING);
	assert_true(search.last[0].share < -0.3);
}

/* Latency settles after the rate. */
TEST(all_figures_must_be_level)
{
	unsigned declared = 0;

	steady_search_open(&search, &read_rule, 2, 1);
	for (int i = 0; i < 1000 && search.stage != STEADY_DECLARED; i++) {
		double figures[] = {
			i % 2 ? 101 : 100, i < 200 ? 3 - 0.01 * i : 1 + 0.001 * (i % 2)};

		(void)steady_search_add(&search, figures, 0);
		declared++;
	}
	/* The last half of 400 s is free of what it was. */
	assert_true(declared > 350 && declared < 500);
	assert_near(search.expected[1], 1, 0.01);
}

/* Means stay what they were, and so does the time of looks. */
TEST(a_long_series_merges_neighbours)
{
	steady_search_open(&search, &read_rule, 1, 1);
	search.rule.passes_needed = 1000;
	for (int i = 0; i < 3 * STEADY_VALUE_LIMIT + 1; i++)
		(void)steady_search_add(&search, (const double[]){i}, 0);
	assert_int_equal(search.merged, 4);
	assert_int_equal(search.count, 3 * STEADY_VALUE_LIMIT / 4);
	assert_near(search.values[0][0], 1.5, 1e-12);
	assert_near(search.values[0][search.count - 1], 3 * STEADY_VALUE_LIMIT - 2.5, 1e-9);
	assert_int_equal(search.partial, 1);
}

TEST_MAIN(NULL, NULL);

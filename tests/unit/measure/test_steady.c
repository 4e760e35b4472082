/* SPDX-License-Identifier: MIT */
/* fio's rule, SNIA's, and the classes, on series whose answers are known. */
#include "measure/steady.h"
#include "test.h"

#include <string.h>

#include "near.h"

enum { SERIES_LIMIT = 2000 };

static const struct steady_limit iops_within_2_percent = {
	.figure = STEADY_IOPS, .is_percent = true, .limit = 2};

TEST(a_deviation_is_the_largest_distance_from_the_mean)
{
	const uint64_t window[] = {100, 102, 98, 101, 99};
	struct steady_limit limit = iops_within_2_percent;
	struct steady_judgement judgement = steady_judge(&limit, window, 5);

	assert_near(judgement.deviation, 2, 0);
	assert_near(judgement.criterion, 2, 1e-12);
	assert_near(judgement.slope, 0, 0);
	assert_false(judgement.is_attained); /* 2 is not below 2 */
	limit.limit = 2.001;
	assert_true(steady_judge(&limit, window, 5).is_attained);
	limit = (struct steady_limit){.figure = STEADY_IOPS, .limit = 2.5};
	assert_true(steady_judge(&limit, window, 5).is_attained);
	limit.limit = 1.5;
	assert_false(steady_judge(&limit, window, 5).is_attained);
}

/* What fio 3.33 measured and decided by itself: its JSON's data, criterion and the rest. */
TEST(fio_decides_the_same_on_the_same_series)
{
	static const struct {
		struct steady_limit limit;
		uint64_t window[5];
		struct steady_judgement by_fio;
	} runs[] = {
		{{STEADY_IOPS, .is_percent = true, .limit = 8}, {713, 748, 768, 811, 780},
			{.deviation = 51, .criterion = 6.675393, .is_attained = true}},
		{{STEADY_BANDWIDTH, .is_slope = true, .is_percent = true, .limit = 2},
			{3166208, 3066874, 3263679, 2973696, 3138493},
			{.slope = -14860.8, .criterion = -0.476035, .is_attained = true}},
		{{STEADY_IOPS, .is_slope = true, .limit = 300}, {755, 774, 798, 740, 738},
			{.slope = -6.8, .criterion = -6.8, .is_attained = true}},
		{{STEADY_IOPS, .is_percent = true, .limit = 0.1}, {607, 627, 629, 580},
			{.deviation = 30.75, .criterion = 5.034793}},
	};

	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		struct steady_judgement ours =
			steady_judge(&runs[i].limit, runs[i].window, runs[i].window[4] ? 5 : 4);

		assert_near(ours.deviation, runs[i].by_fio.deviation, 1e-6);
		assert_near(ours.slope, runs[i].by_fio.slope, 1e-6);
		assert_near(ours.criterion, runs[i].by_fio.criterion, 1e-6);
		assert_int_equal(ours.is_attained, runs[i].by_fio.is_attained);
	}
}

TEST(a_slope_is_by_interval_and_of_the_whole_mean)
{
	const uint64_t up[] = {10, 12, 14, 16, 19}; /* mean 14.2 */
	const uint64_t down[] = {19, 16, 14, 12, 10};
	struct steady_limit limit = {.is_slope = true, .is_percent = true, .limit = 15.8};
	struct steady_judgement judgement = steady_judge(&limit, up, 5);

	assert_near(judgement.slope, 2.2, 1e-12);
	assert_near(judgement.criterion, 100 * 2.2 / 14, 1e-9); /* fio drops the mean's .2 */
	assert_near(judgement.deviation, 0, 0);
	assert_true(judgement.is_attained);
	assert_near(steady_judge(&limit, down, 5).criterion, -100 * 2.2 / 14, 1e-9);
	assert_true(steady_judge(&limit, down, 5).is_attained);
	limit.limit = 15.7;
	assert_false(steady_judge(&limit, down, 5).is_attained);
	limit = (struct steady_limit){.is_slope = true, .limit = 2.21};
	assert_true(steady_judge(&limit, up, 5).is_attained);
}

TEST(nothing_done_is_never_steady_in_percent)
{
	const uint64_t idle[4] = {0};
	struct steady_limit limit = iops_within_2_percent;

	assert_false(steady_judge(&limit, idle, 4).is_attained);
	limit.is_slope = true;
	assert_false(steady_judge(&limit, idle, 4).is_attained);
}

TEST(snia_wants_a_small_range_and_a_flat_line)
{
	const double flat[] = {100, 109, 91, 106, 95};
	const double wide[] = {100, 112, 90, 106, 95};
	const double steep[] = {95, 97, 100, 103, 106};

	assert_true(steady_judge_snia(flat).is_steady);
	assert_false(steady_judge_snia(wide).is_steady); /* 22 of 100.6 */
	assert_near(steady_judge_snia(steep).range_share, 11 / 100.2, 1e-9);
	assert_near(steady_judge_snia(steep).slope_share, 4 * 2.8 / 100.2, 1e-9);
	assert_false(steady_judge_snia(steep).is_steady);
	assert_true(steady_judge_snia_series((const double[]){1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, 10)
			    .is_steady);
	assert_false(steady_judge_snia_series((const double[]){1, 1, 1, 1}, 4).is_steady);
}

static double values[SERIES_LIMIT];

/* Alternates by one part in a hundred, so that no line is exact. */
static void fill(size_t count, double from, double to)
{
	for (size_t i = 0; i < count; i++)
		values[i] = (from + (to - from) * (double)i / (double)(count - 1)) *
			    (i % 2 ? 1.005 : 0.995);
}

TEST(a_drift_is_from_one_end_of_the_window_to_the_other)
{
	fill(1600, 104, 96);
	/* The parts' means are 15 sixteenths of it apart. */
	assert_near(steady_drift_of(values, 1600).share, -0.08 * 15 / 16, 1e-3);
	assert_true(steady_drift_of(values, 1600).error < 0.001);
	assert_near(steady_drift_of(values, 1600).range_share, 0.08 * 15 / 16, 1e-3);
	assert_true(isnan(steady_drift_of(values, 2).share));
}

TEST(a_cycle_has_a_period)
{
	for (size_t i = 0; i < 900; i++)
		values[i] = 100 + 10 * sin(2 * M_PI * (double)i / 45) + (double)(i % 7);
	assert_near(steady_period(values, 900), 45, 4);
	for (size_t i = 0; i < 100; i++)
		values[i] = 100 + 10 * (i % 50 < 10);
	assert_near(steady_period(values, 100), 50, 1);
	fill(400, 100, 90);
	values[77] = 300;
	assert_near(steady_period(values, 400), 0, 0);
}

static const struct steady_rule read_rule = {
	.equivalence = 0.05, .range = 0.25, .passes_needed = 2, .least_s = 60};

static struct steady_state classify(size_t count, bool has_worked)
{
	return steady_classify(values, count, 1, &read_rule, has_worked);
}

TEST(a_series_is_of_one_of_four_classes)
{
	fill(120, 100, 100);
	assert_int_equal(classify(120, true).class, STEADY_STEADY);
	assert_int_equal(classify(120, false).class, STEADY_UNTOLD);
	assert_int_equal(classify(59, true).class, STEADY_UNTOLD); /* below a minute */
	assert_true(classify(120, true).snia.is_steady);
	fill(120, 110, 90);
	assert_int_equal(classify(120, true).class, STEADY_DRIFTING);
	assert_near(classify(120, true).drift_per_minute, -0.2 * 15 / 16 / 2, 2e-3);
	assert_int_equal(classify(20, true).class, STEADY_UNTOLD); /* 3 % */
	fill(20, 200, 100);
	assert_int_equal(classify(20, true).class, STEADY_DRIFTING); /* needs no minute */
	assert_int_equal(classify(9, true).class, STEADY_UNTOLD);
	assert_string_equal(steady_class_name(STEADY_UNTOLD), "too-short");
	assert_string_equal(steady_class_name(STEADY_BIMODAL), "bimodal");
}

TEST(two_levels_are_bimodal_whether_it_jumps_once_or_often)
{
	struct steady_state shown;

	fill(100, 100, 100);
	for (int i = 0; i < 100; i++)
		values[i] *= i % 10 < 3 ? 0.4 : 1;
	shown = classify(100, true);
	assert_int_equal(shown.class, STEADY_BIMODAL);
	assert_near(shown.low, 40, 0.5);
	assert_near(shown.high, 100, 0.5);
	assert_near(shown.low_share, 0.3, 1e-9);
	fill(100, 100, 100);
	for (int i = 60; i < 100; i++)
		values[i] *= 0.2; /* the end of a cache */
	assert_int_equal(classify(100, true).class, STEADY_BIMODAL);
	fill(100, 100, 100);
	for (int i = 0; i < 100; i++)
		values[i] *= i % 2 ? 0.95 : 1; /* too near to be two */
	assert_int_equal(classify(100, true).class, STEADY_STEADY);
	for (int i = 0; i < 100; i++)
		values[i] = 100 + 200 * exp(-i / 20.0); /* passes slowly through all between */
	assert_int_equal(classify(100, true).class, STEADY_DRIFTING);
}

TEST_MAIN(NULL, NULL);

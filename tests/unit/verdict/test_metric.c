/* SPDX-License-Identifier: MIT */
/* Scales, margins and the default thresholds. */
#include "test.h"
#include "verdict/metric.h"

#include "near.h"

static const struct metric iops = {
	"iops", "/s", METRIC_RATE, METRIC_HIGHER_IS_BETTER, METRIC_RATIO};
static const struct metric switches = {
	"switches_per_io", "", METRIC_SWITCHES, METRIC_LOWER_IS_BETTER, METRIC_DIFFERENCE};

TEST(ratios_are_analysed_as_logarithms)
{
	assert_near(metric_scaled(&iops, 1000), log(1000), 1e-15);
	assert_near(metric_level(&iops, metric_scaled(&iops, 1000)), 1000, 1e-9);
	assert_near(metric_effect(&iops, log(1.05)), 0.05, 1e-15);
	assert_near(metric_difference(&iops, -0.2), log(0.8), 1e-15);
	assert_true(isnan(metric_scaled(&iops, 0)));
	assert_true(isnan(metric_scaled(&iops, -1)));
	assert_true(isnan(metric_scaled(&iops, INFINITY)));
	assert_true(isnan(metric_scaled(&iops, NAN)));
}

TEST(plain_differences_stay_plain)
{
	assert_near(metric_scaled(&switches, 0), 0, 0);
	assert_near(metric_level(&switches, 0.5), 0.5, 0);
	assert_near(metric_effect(&switches, -0.25), -0.25, 0);
	assert_near(metric_difference(&switches, 0.25), 0.25, 0);
	assert_true(isnan(metric_scaled(&switches, INFINITY)));
}

TEST(direction_is_that_of_better)
{
	assert_near(metric_direction(&iops), 1, 0);
	assert_near(metric_direction(&switches), -1, 0);
}

TEST(margins_of_plain_metrics_follow_the_level)
{
	assert_near(metric_margin(&iops, 0.02, log(1e6)), 0.02, 0);
	assert_near(metric_margin(&switches, 0.02, 10), 0.2, 1e-15);
	/* At a level of nearly nothing a share of it means nothing. */
	assert_near(metric_margin(&switches, 0.02, 0.001), 0.05, 0);
}

TEST(default_gates_are_the_published_table)
{
	static const struct {
		enum metric_class class;
		double threshold, absolute;
		bool is_gated, is_exact;
		double tail_count;
	} table[METRIC_CLASS_COUNT] = {
		{METRIC_FAULTS, 0, 0, true, true, 0},
		{METRIC_COUNTS, 0.02, 0.02, true, true, 0},
		{METRIC_CPU, 0.05, 0, true, false, 0},
		{METRIC_INSTRUCTIONS, 0.03, 0, true, false, 0},
		{METRIC_RATE, 0.05, 0, true, false, 0},
		{METRIC_TYPICAL, 0.05, 0, true, false, 0},
		{METRIC_TAIL, 0.10, 0, true, false, 30},
		{METRIC_FAR_TAIL, 0.20, 0, false, false, 30},
		{METRIC_EXTREME, INFINITY, 0, false, false, 0},
		{METRIC_SWITCHES, 0.10, 0.05, false, false, 0},
		{METRIC_STALLS, 0, 0.10, true, false, 0},
	};

	for (size_t i = 0; i < METRIC_CLASS_COUNT; i++) {
		const struct metric_gate *gate = metric_gate_of(table[i].class);

		assert_true(gate->threshold == table[i].threshold);
		assert_true(gate->absolute == table[i].absolute);
		assert_int_equal(gate->is_gated, table[i].is_gated);
		assert_int_equal(gate->is_exact, table[i].is_exact);
		assert_true(gate->tail_count == table[i].tail_count);
	}
}

TEST_MAIN(NULL, NULL);

/* SPDX-License-Identifier: MIT */
/* The four verdicts as a table of cases, small sessions, and invariances. */
#include "test.h"
#include "verdict/contrast.h"

#include <string.h>

#include "near.h"
#include "noise.h"
#include "sample_session.h"

static const struct metric iops = {
	"iops", "/s", METRIC_RATE, METRIC_HIGHER_IS_BETTER, METRIC_RATIO};
static const struct metric latency = {
	"lat.p99", "ns", METRIC_TAIL, METRIC_LOWER_IS_BETTER, METRIC_RATIO};
static const struct metric switches = {
	"switches_per_io", "", METRIC_SWITCHES, METRIC_LOWER_IS_BETTER, METRIC_DIFFERENCE};

static struct sample_session sample;

static const struct contrast_rule alpha_4 = {
	.alpha = 0.04,
	.least_effect = 0.01,
	.equivalence = 0.02,
	.block_limit = 200,
};

TEST(verdicts_are_those_of_the_table)
{
	static const struct {
		const struct metric *metric;
		double value, lo, hi; /* as effects */
		double p;
		size_t count;
		enum contrast_mark expected;
	} table[] = {
		{&iops, 0.12, 0.11, 0.13, 0.001, 13, MARK_BETTER},
		{&iops, -0.04, -0.05, -0.03, 0.001, 13, MARK_WORSE},
		{&latency, 0.12, 0.11, 0.13, 0.001, 13, MARK_WORSE},
		{&latency, -0.04, -0.05, -0.03, 0.001, 13, MARK_BETTER},
		/* Significant, but below the least effect: equal if the interval says so. */
		{&iops, 0.004, 0.001, 0.007, 0.001, 13, MARK_EQUIVALENT},
		{&iops, 0.009, 0.0001, 0.021, 0.04, 13, MARK_UNRESOLVED},
		{&iops, 0.0101, 0.005, 0.015, 0.001, 13, MARK_BETTER},
		{&iops, 0.003, -0.012, 0.018, 0.6, 13, MARK_EQUIVALENT},
		{&iops, 0.003, -0.012, 0.021, 0.6, 13, MARK_UNRESOLVED},
		{&iops, 0.003, -0.021, 0.012, 0.6, 13, MARK_UNRESOLVED},
		{&iops, 0.019, -0.02, 0.06, 0.3, 13, MARK_UNRESOLVED},
		/* Its own interval excludes 0, the family's level is not reached. */
		{&iops, 0.05, 0.001, 0.1, 0.12, 13, MARK_UNRESOLVED},
		{&iops, 0.05, 0.04, 0.06, NAN, 13, MARK_UNRESOLVED},
		{&iops, 0.12, 0.11, 0.13, 0.001, 5, MARK_EXPLORATORY},
		{&iops, 0.12, 0.11, 0.13, 0.001, 3, MARK_EXPLORATORY},
		{&iops, 0.12, 0.11, 0.13, 0.001, 6, MARK_BETTER},
		/* A plain scale, reference level 0.2: the class's 0.05 is the margin. */
		{&switches, 0.04, 0.03, 0.045, 0.001, 13, MARK_EQUIVALENT},
		{&switches, 0.06, 0.05, 0.07, 0.001, 13, MARK_WORSE},
		{&switches, -0.19, -0.2, -0.18, 0.001, 13, MARK_BETTER},
		{&switches, 0.01, -0.06, 0.08, 0.8, 13, MARK_UNRESOLVED},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		const struct metric *metric = table[i].metric;
		struct estimate e = {
			.value = metric_difference(metric, table[i].value),
			.lo = metric_difference(metric, table[i].lo),
			.hi = metric_difference(metric, table[i].hi),
			.count = table[i].count,
			.method = ESTIMATE_T,
		};
		enum contrast_mark mark =
			contrast_decide(metric, 0.2, &e, table[i].p, &contrast_rule_default);

		if (mark != table[i].expected)
			fail_msg("case %zu is %s, not %s", i, contrast_mark_name(mark),
				contrast_mark_name(table[i].expected));
	}
}

/* Every contender is `step` per cent faster than the one before, with 0.1 % of noise. */
static void fill(size_t contenders, size_t blocks, double step, uint64_t seed)
{
	struct random random;

	random_init(&random, seed);
	sample_start(&sample, contenders);
	for (size_t b = 0; b < blocks; b++) {
		sample_add_block(&sample);
		for (size_t c = 0; c < contenders; c++)
			sample_set(&sample, c,
				1e5 * exp(step * (double)c + 0.001 * noise_normal(&random)),
				0.5 * (double)c);
	}
}

TEST(few_blocks_make_no_claims)
{
	static const enum contrast_mark expected[] = {MARK_NONE, MARK_NONE, MARK_RANGE,
		MARK_EXPLORATORY, MARK_EXPLORATORY, MARK_EXPLORATORY, MARK_BETTER};
	struct contrast contrasts[2];

	for (size_t blocks = 0; blocks <= 6; blocks++) {
		fill(2, blocks, 0.1, 1);
		contrast_all(&sample.session, 0, &contrast_rule_default, contrasts);
		assert_int_equal(contrasts[1].mark, expected[blocks]);
		assert_int_equal(contrasts[1].difference.count, blocks);
		assert_int_equal(contrasts[0].mark, MARK_NONE);
	}
}

TEST(contrasts_are_against_the_reference)
{
	struct contrast contrasts[4];

	fill(4, 9, 0.1, 2);
	sample.session.reference = 2;
	contrast_all(&sample.session, 0, &contrast_rule_default, contrasts);
	assert_near(contrasts[0].difference.value, -0.2, 0.003);
	assert_near(contrasts[1].difference.value, -0.1, 0.003);
	assert_near(contrasts[3].difference.value, 0.1, 0.003);
	assert_int_equal(contrasts[0].mark, MARK_WORSE);
	assert_int_equal(contrasts[2].mark, MARK_NONE);
	assert_int_equal(contrasts[3].mark, MARK_BETTER);
	assert_near(contrast_reference_level(&sample.session, 0), log(1e5) + 0.2, 0.002);
	/* Exact differences on the plain scale: more switches are worse. */
	contrast_all(&sample.session, 1, &contrast_rule_default, contrasts);
	assert_near(contrasts[3].difference.value, 0.5, 0);
	assert_near(contrasts[3].difference.lo, 0.5, 0);
	assert_int_equal(contrasts[3].mark, MARK_WORSE);
	assert_int_equal(contrasts[0].mark, MARK_BETTER);
}

TEST(control_is_not_in_the_family)
{
	struct contrast with[4], without[3];

	fill(4, 9, 0.0005, 3);
	sample.session.control = 3;
	contrast_all(&sample.session, 0, &contrast_rule_default, with);
	assert_near(with[3].p_adjusted, with[3].difference.p, 0);
	/* Holm over two: the smaller p counts twice. */
	if (with[1].difference.p < with[2].difference.p)
		assert_near(with[1].p_adjusted, fmin(2 * with[1].difference.p, 1), 1e-15);
	else
		assert_near(with[2].p_adjusted, fmin(2 * with[2].difference.p, 1), 1e-15);
	/* The same figures without the control's trials say the same. */
	sample.session.control = SESSION_NONE;
	for (size_t i = 0; i < 9 * 3; i++) {
		size_t from = i / 3 * 4 + i % 3;

		memmove(sample.trials[i].values, sample.trials[from].values,
			sizeof(sample.trials[i].values));
	}
	sample.session.contender_count = 3;
	contrast_all(&sample.session, 0, &contrast_rule_default, without);
	for (size_t c = 1; c < 3; c++)
		assert_near(without[c].p_adjusted, with[c].p_adjusted, 1e-15);
}

/* 2^-7 = 0.0078 reaches a fifth of 4 %, not a sixth: then t, and ranks for the control only. */
TEST(method_follows_the_family)
{
	struct contrast contrasts[SAMPLE_CONTENDERS];

	fill(8, 8, 0.1, 3);
	sample.session.control = 7;
	contrast_all(&sample.session, 0, &contrast_rule_default, contrasts);
	assert_int_equal(contrasts[1].difference.method, ESTIMATE_WILCOXON);
	for (size_t b = 0; b < 8; b++)
		sample_trial(&sample, b, 6)->counts = b < 2; /* No interval: not in the family. */
	contrast_all(&sample.session, 0, &alpha_4, contrasts);
	assert_int_equal(contrasts[1].difference.method, ESTIMATE_WILCOXON);
	for (size_t b = 0; b < 8; b++)
		sample_trial(&sample, b, 6)->counts = b < 3;
	contrast_all(&sample.session, 0, &alpha_4, contrasts);
	assert_int_equal(contrasts[1].difference.method, ESTIMATE_T);
	assert_int_equal(contrasts[7].difference.method, ESTIMATE_WILCOXON);
}

TEST(a_failed_contender_leaves_the_rest_standing)
{
	struct contrast contrasts[3];
	double half_widths[3];

	fill(3, 9, 0.1, 4);
	for (size_t b = 2; b < 9; b++)
		sample_trial(&sample, b, 1)->counts = false;
	assert_int_equal(
		contrast_half_widths(&sample.session, &contrast_rule_default, half_widths), 2);
	assert_true(isnan(half_widths[0]) && half_widths[1] > 0);
	sample.contenders[1].problem = "it failed";
	assert_int_equal(
		contrast_half_widths(&sample.session, &contrast_rule_default, half_widths), 1);
	contrast_all(&sample.session, 0, &contrast_rule_default, contrasts);
	assert_int_equal(contrasts[1].mark, MARK_RANGE);
	assert_int_equal(contrasts[2].mark, MARK_BETTER);
	assert_near(contrasts[2].p_adjusted, contrasts[2].difference.p, 0);
}

TEST(half_widths_are_fractions)
{
	struct contrast contrasts[2];
	double half_width;

	fill(2, 6, 0.1, 5);
	contrast_all(&sample.session, 0, &contrast_rule_default, contrasts);
	contrast_half_widths(&sample.session, &contrast_rule_default, &half_width);
	assert_near(half_width, expm1(estimate_half_width(&contrasts[1].difference)), 1e-15);
	sample.session.primary = 1;
	sample.session.reference = 1;
	contrast_half_widths(&sample.session, &contrast_rule_default, &half_width);
	assert_near(half_width, 0, 0);
	sample.trials[0].values[1] = 0.25; /* Of a reference at 0.5. */
	contrast_all(&sample.session, 1, &contrast_rule_default, contrasts);
	contrast_half_widths(&sample.session, &contrast_rule_default, &half_width);
	assert_near(half_width, estimate_half_width(&contrasts[0].difference) / 0.5, 1e-12);
}

TEST(unresolved_says_how_many_blocks_it_takes)
{
	struct contrast contrast[2];
	struct random random;
	size_t needed = 0;
	unsigned unresolved = 0;

	random_init(&random, 6);
	for (int turn = 0; turn < 50; turn++) {
		sample_start(&sample, 2);
		for (size_t b = 0; b < 9; b++) {
			sample_add_block(&sample);
			for (size_t c = 0; c < 2; c++)
				sample_set(&sample, c, 1e5 * exp(0.03 * noise_normal(&random)), 0);
		}
		contrast_all(&sample.session, 0, &contrast_rule_default, contrast);
		if (contrast[1].mark != MARK_UNRESOLVED)
			continue;
		assert_in_range(contrast[1].blocks_needed, 10, 200);
		needed += contrast[1].blocks_needed;
		unresolved++;
	}
	assert_true(unresolved > 30);
	/* 4.2 % per pair to +-1 to 2 %: of the order of 20 to 90 blocks. */
	assert_in_range(needed / unresolved, 20, 90);
}

TEST(plan_follows_the_widest_interval)
{
	struct random random;
	double half_widths[2];
	size_t blocks;

	random_init(&random, 31);
	sample_start(&sample, 3);
	assert_int_equal(contrast_blocks_for(&sample.session, &contrast_rule_default, 0.01), 200);
	for (size_t b = 0; b < 7; b++) {
		sample_add_block(&sample);
		sample_set(&sample, 0, 1e5, 0);
		sample_set(&sample, 1, 1e5 * exp(0.001 * noise_normal(&random)), 0);
		sample_set(&sample, 2, 1e5 * exp(0.03 * noise_normal(&random)), 0);
	}
	assert_int_equal(
		contrast_half_widths(&sample.session, &contrast_rule_default, half_widths), 2);
	blocks = contrast_blocks_for(&sample.session, &contrast_rule_default, half_widths[1]);
	assert_int_equal(blocks, 7);
	/* Half as wide: four times the blocks, less what t gains by them. */
	blocks = contrast_blocks_for(&sample.session, &contrast_rule_default, half_widths[1] / 2);
	assert_in_range(blocks, 19, 25);
	assert_int_equal(contrast_blocks_for(&sample.session, &contrast_rule_default, 1e-6), 200);
}

/* In other units, in another order of blocks, under other names: the same verdicts. */
TEST(units_order_and_names_do_not_matter)
{
	struct contrast before[4], after[4];

	for (uint64_t seed = 0; seed < 50; seed++) {
		size_t blocks = 3 + seed % 12;

		fill(4, blocks, 0.0008, seed);
		contrast_all(&sample.session, 0, &contrast_rule_default, before);
		for (size_t i = 0; i < blocks * 4; i++)
			sample.trials[i].values[0] *= 1024;
		for (size_t b = 0; b < blocks / 2; b++) {
			for (size_t c = 0; c < 4; c++) {
				double *x = sample.trials[b * 4 + c].values;
				double *y = sample.trials[(blocks - 1 - b) * 4 + c].values;
				double swapped = *x;

				*x = *y;
				*y = swapped;
			}
		}
		/* Contender c is now number 3 - c. */
		for (size_t i = 0; i < blocks * 4; i += 4) {
			for (size_t c = 0; c < 2; c++) {
				double swapped = sample.trials[i + c].values[0];

				sample.trials[i + c].values[0] = sample.trials[i + 3 - c].values[0];
				sample.trials[i + 3 - c].values[0] = swapped;
			}
		}
		sample.session.reference = 3;
		contrast_all(&sample.session, 0, &contrast_rule_default, after);
		for (size_t c = 1; c < 4; c++) {
			assert_int_equal(after[3 - c].mark, before[c].mark);
			assert_near(
				after[3 - c].difference.value, before[c].difference.value, 1e-11);
			assert_near(after[3 - c].difference.lo, before[c].difference.lo, 1e-11);
			assert_near(after[3 - c].p_adjusted, before[c].p_adjusted, 1e-8);
		}
	}
}

TEST(looking_costs_a_fifth_of_the_level)
{
	assert_near(contrast_alpha(true), 0.04, 0);
	assert_near(contrast_alpha(false), 0.05, 0);
}

TEST_MAIN(NULL, NULL);

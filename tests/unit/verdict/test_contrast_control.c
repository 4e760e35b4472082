/* SPDX-License-Identifier: MIT */
/* What a control's difference means for the session. */
#include "test.h"
#include "verdict/contrast.h"

#include "near.h"

static const struct metric iops = {
	"iops", "/s", METRIC_RATE, METRIC_HIGHER_IS_BETTER, METRIC_RATIO};

static struct estimate estimate_of(double value, double lo, double hi, double p)
{
	return (struct estimate){
		.value = log1p(value),
		.lo = log1p(lo),
		.hi = log1p(hi),
		.p = p,
		.count = 9,
		.method = ESTIMATE_WILCOXON,
	};
}

TEST(cases_of_the_judgement)
{
	static const struct {
		double value, lo, hi, p;
		bool has_failed;
	} table[] = {
		{0.004, -0.008, 0.015, 0.4, false},
		{0.03, -0.01, 0.07, 0.1, false},   /* wide: nothing is known against it */
		{0.02, 0.009, 0.031, 0.02, false}, /* touches the half margin of 1 % */
		{0.02, 0.011, 0.029, 0.02, true},  /* wholly outside */
		{-0.02, -0.029, -0.011, 0.02, true},
		{0.011, 0.002, 0.02, 0.009, true}, /* the least effect, and certain */
		{0.011, 0.002, 0.02, 0.011, false},
		{0.009, 0.008, 0.0095, 0.001, false}, /* certain, and small enough */
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct estimate e =
			estimate_of(table[i].value, table[i].lo, table[i].hi, table[i].p);
		struct control control = contrast_control(&iops, 0, &e, &contrast_rule_default);

		assert_true(control.is_judged);
		if (control.has_failed != table[i].has_failed)
			fail_msg("case %zu", i);
	}
}

TEST(floor_is_difference_and_half_width)
{
	struct estimate e = {.value = -0.02,
		.lo = -0.05,
		.hi = 0.01,
		.p = 0.2,
		.count = 9,
		.method = ESTIMATE_T};
	struct control control = contrast_control(&iops, 0, &e, &contrast_rule_default);

	assert_near(control.half_width, expm1(0.03), 1e-15);
	assert_near(control.floor, expm1(0.05), 1e-15);
}

TEST(without_interval_there_is_no_judgement)
{
	struct estimate e = {
		.value = 0.5, .lo = 0.4, .hi = 0.6, .p = NAN, .count = 2, .method = ESTIMATE_RANGE};
	struct control control = contrast_control(&iops, 0, &e, &contrast_rule_default);

	assert_false(control.is_judged);
	assert_false(control.has_failed);
	e = (struct estimate){.value = NAN, .lo = NAN, .hi = NAN, .p = NAN};
	assert_false(contrast_control(&iops, 0, &e, &contrast_rule_default).is_judged);
}

TEST(failed_control_takes_small_claims_back)
{
	struct control control = {.is_judged = true, .has_failed = true, .floor = 0.05};
	struct contrast contrasts[] = {
		{.difference = {.value = log1p(0.04)}, .mark = MARK_BETTER},
		{.difference = {.value = -log1p(0.04)}, .mark = MARK_WORSE},
		{.difference = {.value = log1p(0.001)}, .mark = MARK_EQUIVALENT},
		{.difference = {.value = log1p(0.06)}, .mark = MARK_BETTER},
		{.difference = {.value = log1p(0.04)}, .mark = MARK_EXPLORATORY},
		{.difference = {.value = NAN}, .mark = MARK_NONE},
	};
	static const enum contrast_mark expected[] = {MARK_UNRESOLVED, MARK_UNRESOLVED,
		MARK_UNRESOLVED, MARK_BETTER, MARK_EXPLORATORY, MARK_NONE};

	contrast_demote(&control, &iops, contrasts, 6);
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(contrasts[i].mark, expected[i]);
		assert_int_equal(contrasts[i].is_demoted, i < 3);
	}
}

TEST(sound_control_takes_nothing_back)
{
	struct control control = {.is_judged = true, .has_failed = false, .floor = 0.05};
	struct contrast contrast = {.difference = {.value = log1p(0.04)}, .mark = MARK_BETTER};

	contrast_demote(&control, &iops, &contrast, 1);
	assert_int_equal(contrast.mark, MARK_BETTER);
	assert_false(contrast.is_demoted);
}

TEST_MAIN(NULL, NULL);

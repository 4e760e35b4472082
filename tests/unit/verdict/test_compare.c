/* SPDX-License-Identifier: MIT */
/* From a session to a table: ranks, letters, control, contenders that fail. */
#include "test.h"
#include "verdict/compare.h"

#include <stdio.h>

#include "measure/estimate.h"
#include "near.h"
#include "noise.h"
#include "sample_session.h"

static struct sample_session sample;
static struct arena arena;
static struct comparison comparison;

/* One level a contender, as a fraction above the reference; 0.3 % of noise. */
static void fill(size_t contenders, size_t blocks, const double *levels)
{
	struct random random;

	random_init(&random, 17);
	sample_start(&sample, contenders);
	for (size_t b = 0; b < blocks; b++) {
		sample_add_block(&sample);
		for (size_t c = 0; c < contenders; c++)
			sample_set(&sample, c,
				1e5 * (1 + levels[c]) * exp(0.003 * noise_normal(&random)),
				1 - levels[c]);
	}
}

static void compare(void)
{
	arena_free(&arena);
	compare_session(&sample.session, &contrast_rule_default, &arena, &comparison);
}

static void expect_letters(const char *expected)
{
	char line[200] = "";
	size_t length = 0;

	for (size_t i = 0; i < comparison.rank_count; i++) {
		char text[ESTIMATE_LETTERS_LIMIT + 1];
		size_t c = comparison.ranks[i];

		length += (size_t)snprintf(line + length, sizeof(line) - length, "%s%s:%s",
			i > 0 ? " " : "", sample.contenders[c].name,
			estimate_letters_text(comparison.letters[c], text));
	}
	assert_string_equal(line, expected);
}

TEST(table_ranks_and_groups)
{
	static const double levels[] = {0, 0.2, -0.1, 0.2005, 0.05};
	struct comparison_column *column;

	fill(5, 9, levels);
	compare();
	column = &comparison.columns[0];
	assert_int_equal(comparison.rank_count, 5);
	assert_near(exp(column->levels[1].value), 1.2e5, 300);
	assert_near(column->contrasts[4].difference.value, log(1.05), 0.004);
	assert_int_equal(column->contrasts[2].mark, MARK_WORSE);
	assert_int_equal(column->contrasts[1].mark, MARK_BETTER);
	assert_false(column->control.is_judged);
	assert_int_equal(comparison.letter_count, 4);
	assert_int_equal(comparison.top_count, 2);
	if (comparison.ranks[0] == 1)
		expect_letters("b:A d:A e:B a:C c:D");
	else
		expect_letters("d:A b:A e:B a:C c:D");
	assert_int_equal(comparison.health.slot_count, 45);
}

TEST(winner_stands_alone_and_lower_is_better)
{
	static const double levels[] = {0, 0.1, 0.05};

	fill(3, 6, levels);
	compare();
	expect_letters("b:A c:B a:C");
	assert_int_equal(comparison.top_count, 1);
	/* Fewer switches are better: the same order, by the other metric. */
	sample.session.primary = 1;
	compare();
	expect_letters("b:A c:A a:B");
	sample.metrics[0].sense = METRIC_LOWER_IS_BETTER;
	sample.session.primary = 0;
	compare();
	expect_letters("a:A c:B b:C");
	assert_int_equal(comparison.columns[0].contrasts[1].mark, MARK_WORSE);
}

TEST(no_letters_below_six_blocks)
{
	static const double levels[] = {0, 0.1, 0.05};

	fill(3, 5, levels);
	compare();
	assert_int_equal(comparison.letter_count, 0);
	assert_int_equal(comparison.top_count, 0);
	expect_letters("b: c: a:");
	fill(3, 0, levels);
	compare();
	assert_int_equal(comparison.rank_count, 0);
	assert_int_equal(comparison.letter_count, 0);
}

TEST(control_is_judged_but_not_ranked)
{
	static const double levels[] = {0, 0.1, 0};

	fill(3, 9, levels);
	sample.session.control = 2;
	compare();
	assert_int_equal(comparison.rank_count, 2);
	expect_letters("b:A a:B");
	assert_true(comparison.columns[0].control.is_judged);
	assert_false(comparison.columns[0].control.has_failed);
	assert_true(comparison.columns[0].control.half_width < 0.006);
	assert_int_equal(comparison.columns[0].contrasts[2].mark, MARK_EQUIVALENT);
}

TEST(failed_control_takes_marks_and_letters_back)
{
	static const double levels[] = {0, 0.03, 0.2, 0.05};
	const struct comparison_column *column;

	fill(4, 9, levels);
	sample.session.control = 3; /* a copy that ran 5 % faster */
	compare();
	column = &comparison.columns[0];
	assert_true(column->control.has_failed);
	assert_int_equal(column->contrasts[1].mark, MARK_UNRESOLVED);
	assert_true(column->contrasts[1].is_demoted);
	assert_int_equal(column->contrasts[2].mark, MARK_BETTER);
	/* The control's own mark is the finding. */
	assert_int_equal(column->contrasts[3].mark, MARK_BETTER);
	expect_letters("c:A b:B a:B");
}

TEST(control_may_stand_anywhere)
{
	static const double levels[] = {0.03, 0.05, 0, 0.03, 0.2};
	const struct comparison_column *column;

	fill(5, 9, levels);
	sample.session.control = 1;
	sample.session.reference = 2;
	compare();
	column = &comparison.columns[0];
	assert_true(column->control.has_failed);
	assert_true(column->contrasts[0].is_demoted);
	assert_false(column->contrasts[1].is_demoted);
	assert_true(column->contrasts[3].is_demoted);
	assert_false(column->contrasts[4].is_demoted);
	assert_int_equal(comparison.rank_count, 4);
	assert_int_equal(comparison.top_count, 1);
	assert_int_equal(comparison.letters[4], 1);
	assert_int_equal(comparison.letters[1], 0);
	assert_int_equal(comparison.letters[0] & comparison.letters[2], 2);
}

TEST(failed_contender_keeps_its_figures_without_letter)
{
	static const double levels[] = {0, 0.1, 0.3};

	fill(3, 9, levels);
	for (size_t b = 4; b < 9; b++)
		sample_trial(&sample, b, 2)->counts = false;
	sample.contenders[2].problem = "it failed";
	compare();
	expect_letters("b:A a:B c:");
	assert_int_equal(comparison.columns[0].contrasts[2].mark, MARK_EXPLORATORY);
	assert_int_equal(comparison.columns[0].contrasts[1].mark, MARK_BETTER);
	assert_int_equal(comparison.top_count, 1);
}

/* As when it is broken off in the middle of the sixth block. */
TEST(no_letters_while_one_has_too_few_blocks)
{
	static const double levels[] = {0, 0.1, 0.3};

	fill(3, 6, levels);
	sample_trial(&sample, 5, 2)->counts = false;
	compare();
	assert_int_equal(comparison.letter_count, 0);
	expect_letters("c: b: a:");
}

static int free_arena(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

TEST_MAIN(NULL, free_arena);

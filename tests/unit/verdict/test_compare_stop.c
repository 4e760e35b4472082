/* SPDX-License-Identifier: MIT */
/* When a comparison stops: by widths alone. */
#include "test.h"
#include "verdict/compare.h"

#include "near.h"

/*
 * A field more in the view, say a p-value or a difference, and this does not compile: the rule
 * must not see what would tempt it.
 */
struct only_widths_and_counts {
	size_t block_count;
	bool is_out_of_time;
	size_t width_count;
	const double *half_widths;
};
_Static_assert(sizeof(struct stop_view) == sizeof(struct only_widths_and_counts),
	"the stop rule sees the number of blocks, the time and widths");
_Static_assert(
	_Generic(&compare_stop_decide,
		enum stop_decision (*)(const struct stop_rule *, const struct stop_view *) : 1,
		default : 0),
	"the stop rule sees its view and nothing else");

static enum stop_decision decide(size_t block_count, double widest, bool is_out_of_time)
{
	double half_widths[] = {0.001, widest};
	struct stop_view view = {
		.block_count = block_count,
		.is_out_of_time = is_out_of_time,
		.width_count = 2,
		.half_widths = half_widths,
	};

	return compare_stop_decide(&compare_stop_rule_default, &view);
}

TEST(cases_of_the_rule)
{
	static const struct {
		size_t blocks;
		double widest;
		bool is_out_of_time;
		enum stop_decision expected;
	} table[] = {
		{0, NAN, false, STOP_NOT_YET},
		{5, 0.001, false, STOP_NOT_YET}, /* narrow, but no look */
		{6, 0.01, false, STOP_PRECISE},
		{6, 0.0101, false, STOP_NOT_YET},
		{6, NAN, false, STOP_NOT_YET},
		{7, 0.001, false, STOP_NOT_YET},
		{9, 0.009, false, STOP_PRECISE},
		{13, 0.009, false, STOP_PRECISE},
		{13, 0.03, false, STOP_NOT_YET},
		{20, 0.009, false, STOP_PRECISE},
		{20, 0.3, false, STOP_BLOCK_LIMIT},
		{21, 0.3, false, STOP_BLOCK_LIMIT},
		{7, 0.3, true, STOP_OUT_OF_TIME},
		{9, 0.01, true, STOP_PRECISE},
		{20, 0.3, true, STOP_BLOCK_LIMIT},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		assert_int_equal(decide(table[i].blocks, table[i].widest, table[i].is_out_of_time),
			table[i].expected);
}

TEST(nothing_to_compare_is_not_precise)
{
	struct stop_view view = {.block_count = 6};

	assert_int_equal(compare_stop_decide(&compare_stop_rule_default, &view), STOP_NOT_YET);
}

TEST(looks_are_6_9_13_20)
{
	assert_int_equal(compare_stop_next_look(&compare_stop_rule_default, 0), 6);
	assert_int_equal(compare_stop_next_look(&compare_stop_rule_default, 6), 9);
	assert_int_equal(compare_stop_next_look(&compare_stop_rule_default, 12), 13);
	assert_int_equal(compare_stop_next_look(&compare_stop_rule_default, 13), 20);
	assert_int_equal(compare_stop_next_look(&compare_stop_rule_default, 20), 0);
}

TEST(one_look_is_a_fixed_number_of_blocks)
{
	static const size_t looks[] = {10};
	struct stop_rule rule = {.half_width = 0, .look_count = 1, .looks = looks};
	struct stop_view view = {.block_count = 9};

	assert_false(compare_stop_is_adaptive(&rule));
	assert_true(compare_stop_is_adaptive(&compare_stop_rule_default));
	assert_int_equal(compare_stop_decide(&rule, &view), STOP_NOT_YET);
	view.block_count = 10;
	assert_int_equal(compare_stop_decide(&rule, &view), STOP_BLOCK_LIMIT);
}

TEST_MAIN(NULL, NULL);

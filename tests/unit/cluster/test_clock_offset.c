/* SPDX-License-Identifier: MIT */
/* The lead of another clock, from questions and answers. */
/* covers: src/cluster/clock_offset.c */
#include "cluster/clock_offset.h"
#include "test.h"

/* Asked at `asked`, on its way for `there` and `back`, by a clock that is `lead` before ours. */
static struct clock_sample sample(uint64_t asked, uint64_t there, uint64_t back, int64_t lead)
{
	return (struct clock_sample){
		asked, asked + there + back, (uint64_t)((int64_t)(asked + there) + lead)};
}

TEST(ways_of_one_length_give_the_lead_itself)
{
	const struct clock_sample samples[] = {
		sample(1000, 50, 50, 7000), sample(2000, 60, 60, 7000), sample(3000, 10, 10, 7000)};
	struct clock_offset offset = clock_offset_estimate(samples, 3);

	assert_int_equal(offset.offset_ns, 7000);
	assert_int_equal(offset.error_ns, 10);
}

TEST(a_clock_that_is_behind_has_a_negative_lead)
{
	const struct clock_sample samples[] = {sample(900000, 20, 20, -500000)};

	assert_int_equal(clock_offset_estimate(samples, 1).offset_ns, -500000);
	assert_int_equal(clock_offset_estimate(samples, 1).error_ns, 20);
}

/* Whatever the ways are like, the truth is within the error. */
TEST(late_answers_widen_nothing_and_the_truth_is_within)
{
	struct clock_sample samples[CLOCK_OFFSET_SAMPLES];
	struct clock_offset offset;

	for (uint64_t i = 0; i < CLOCK_OFFSET_SAMPLES; i++)
		samples[i] = sample(i * 100000, 30 + i * i * 100, 20 + (i % 3) * 40000, -123456);
	offset = clock_offset_estimate(samples, CLOCK_OFFSET_SAMPLES);
	assert_true(offset.offset_ns - (int64_t)offset.error_ns <= -123456);
	assert_true(offset.offset_ns + (int64_t)offset.error_ns >= -123456);
	assert_in_range(offset.error_ns, 25, 50);
}

TEST(without_an_answer_nothing_is_known)
{
	assert_true(clock_offset_estimate(NULL, 0).error_ns == UINT64_MAX);
}

TEST_MAIN(NULL, NULL);

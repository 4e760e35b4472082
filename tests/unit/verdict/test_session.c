/* SPDX-License-Identifier: MIT */
/* Values and pairs of a session with gaps. */
#include "test.h"
#include "verdict/session.h"

#include "near.h"
#include "sample_session.h"

static struct sample_session sample;

/* Three contenders, four blocks; c has no value in block 1, b was thrown out in block 2. */
static void fill(void)
{
	sample_start(&sample, 3);
	for (size_t b = 0; b < 4; b++) {
		sample_add_block(&sample);
		for (size_t c = 0; c < 3; c++)
			sample_set(&sample, c, exp((double)(10 * c + b)), (double)c);
	}
	sample.trials[1 * 3 + 2].values[0] = NAN;
	sample_trial(&sample, 2, 1)->counts = false;
}

TEST(values_skip_what_is_missing)
{
	double values[SAMPLE_BLOCKS];

	fill();
	assert_int_equal(session_values(&sample.session, 0, 0, values), 4);
	assert_int_equal(session_values(&sample.session, 0, 1, values), 3);
	assert_near(values[2], 13, 1e-12);
	assert_int_equal(session_values(&sample.session, 0, 2, values), 3);
	assert_near(values[1], 22, 1e-12);
	assert_true(isnan(session_value(&sample.session, 0, 1, 2)));
	assert_true(isnan(session_value(&sample.session, 0, 2, 1)));
	assert_near(session_value(&sample.session, 1, 1, 2), 2, 0);
}

TEST(pairs_need_both_of_a_block)
{
	double differences[SAMPLE_BLOCKS];

	fill();
	assert_int_equal(session_differences(&sample.session, 0, 2, 1, differences), 2);
	assert_near(differences[0], 10, 1e-12);
	assert_near(differences[1], 10, 1e-12);
	assert_int_equal(session_differences(&sample.session, 0, 1, 2, differences), 2);
	assert_near(differences[0], -10, 1e-12);
	assert_int_equal(session_differences(&sample.session, 1, 2, 0, differences), 4);
}

TEST(whole_blocks_do_not_wait_for_the_failed)
{
	fill();
	assert_int_equal(session_whole_blocks(&sample.session, 0), 2);
	assert_int_equal(session_whole_blocks(&sample.session, 1), 3);
	sample.contenders[1].problem = "it failed";
	assert_int_equal(session_whole_blocks(&sample.session, 0), 3);
}

TEST_MAIN(NULL, NULL);

/* SPDX-License-Identifier: MIT */
/* Sets of ranks as text. */
#include "cluster/rank_set.h"
#include "test.h"

static struct arena arena;

static int free_arena(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

TEST_FIXTURE(NULL, free_arena);

TEST(ranks_that_touch_become_a_range)
{
	const char *set = rank_set_of(1, &arena);

	set = rank_set_join(set, rank_set_of(3, &arena), &arena);
	assert_string_equal(set, "1,3");
	set = rank_set_join(set, rank_set_of(2, &arena), &arena);
	assert_string_equal(set, "1-3");
	assert_string_equal(rank_set_join("0-3,7", "2-5,9", &arena), "0-5,7,9");
	assert_string_equal(rank_set_join("5", "5", &arena), "5");
	assert_string_equal(rank_set_join("", "4", &arena), "4");
	assert_string_equal(rank_set_join("0-9", "2", &arena), "0-9");
}

TEST(ranks_are_taken_out)
{
	assert_string_equal(rank_set_less("0-9", "3,5-6", &arena), "0-2,4,7-9");
	assert_string_equal(rank_set_less("0-3", "0-9", &arena), "");
	assert_string_equal(rank_set_less("4-6,8", "0-4", &arena), "5-6,8");
	assert_string_equal(rank_set_less("1,3", "", &arena), "1,3");
	assert_string_equal(rank_set_less("2-8", "1-2,8-9", &arena), "3-7");
}

TEST(sets_are_counted_and_looked_in)
{
	assert_int_equal(rank_set_size(""), 0);
	assert_int_equal(rank_set_size("0-3,7"), 5);
	assert_true(rank_set_has("0-3,7", 2));
	assert_true(rank_set_has("0-3,7", 7));
	assert_false(rank_set_has("0-3,7", 5));
}

TEST_MAIN(NULL, NULL);

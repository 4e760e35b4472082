/* SPDX-License-Identifier: MIT */
/* The tree of ranks that are left. */
#include "cluster/roster.h"
#include "test.h"

static void lose(unsigned rank)
{
	assert_true(roster_lose(&(struct roster_lost){.rank = rank}));
}

static void expect_children(unsigned rank, const unsigned *expected, size_t count)
{
	unsigned children[64];

	assert_int_equal(roster_children(rank, children), count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(children[i], expected[i]);
}

TEST(what_was_below_a_lost_rank_is_below_the_next_above)
{
	roster_open(6, 16);
	assert_int_equal(roster_parent(), 4);
	lose(4);
	assert_int_equal(roster_parent(), 0);
	expect_children(0, (unsigned[]){1, 2, 5, 6, 8}, 5);
	lose(6);
	expect_children(0, (unsigned[]){1, 2, 5, 7, 8}, 5);
	lose(0);
	assert_int_equal(roster_parent(), ROSTER_NONE);
}

TEST(a_loss_is_news_once_and_is_kept)
{
	struct roster_lost lost[2] = {0};

	roster_open(0, 4);
	assert_int_equal(roster_parent(), ROSTER_NONE);
	assert_true(roster_has(2));
	assert_true(roster_lose(&(struct roster_lost){.rank = 2, .silent_ms = 1500}));
	assert_false(roster_lose(&(struct roster_lost){.rank = 2, .silent_ms = 9}));
	assert_false(roster_lose(&(struct roster_lost){.rank = 4, .silent_ms = 9}));
	assert_false(roster_has(2));
	assert_false(roster_has(4));
	assert_int_equal(roster_lost(lost, 2), 1);
	assert_int_equal(lost[0].rank, 2);
	assert_int_equal(lost[0].silent_ms, 1500);
}

/* Whoever is lost, each other rank is the child of its parent and of no other. */
TEST(every_rank_that_is_left_has_one_parent)
{
	enum { COUNT = 64 };

	for (unsigned seed = 1; seed < 50; seed++) {
		unsigned parents[COUNT] = {0}, left = 0, next = seed;

		roster_open(0, COUNT);
		for (int i = 0; i < 20; i++) {
			next = next * 1103515245 + 12345;
			roster_lose(&(struct roster_lost){.rank = 1 + (next >> 16) % (COUNT - 1)});
		}
		for (unsigned rank = 0; rank < COUNT; rank++) {
			unsigned children[COUNT];
			size_t count = roster_has(rank) ? roster_children(rank, children) : 0;

			left += roster_has(rank);
			for (size_t i = 0; i < count; i++)
				parents[children[i]]++;
		}
		for (unsigned rank = 1; rank < COUNT; rank++)
			assert_int_equal(parents[rank], roster_has(rank) ? 1 : 0);
		assert_in_range(left, COUNT - 20, COUNT - 10);
	}
}

TEST_MAIN(NULL, NULL);

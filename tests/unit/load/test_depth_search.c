/* SPDX-License-Identifier: MIT */
/* The search for a depth, on targets that are good up to a known one. */
#include "load/depth_search.h"
#include "test.h"

static struct depth_search search;

static bool next(uint64_t ios, uint64_t slow)
{
	depth_search_begin(&search);
	search.ios += ios;
	search.slow += slow;
	return depth_search_next(&search);
}

/* Windows of 1,000 I/Os, of which 20 are slow beyond `good`. Returns the windows until it stays. */
static unsigned find(double percentile, unsigned limit, unsigned good)
{
	unsigned windows = 1;

	depth_search_open(&search, percentile, limit);
	while (next(1000, search.depth > good ? 20 : 0))
		assert_true(windows++ < 100);
	return windows;
}

TEST(it_doubles_until_a_depth_fails_and_halves_from_there)
{
	const unsigned tried[] = {1, 2, 4, 8, 16, 32, 24, 20, 22, 21};

	depth_search_open(&search, 100, 128);
	for (unsigned i = 0; i < sizeof(tried) / sizeof(tried[0]); i++) {
		assert_int_equal(search.depth, tried[i]);
		(void)next(1000, search.depth > 21 ? 1 : 0);
	}
	assert_int_equal(search.depth, 21);
	assert_true(search.is_met);
}

TEST(the_largest_good_depth_is_found)
{
	static const unsigned goods[] = {1, 2, 3, 7, 8, 21, 63, 100, 128};

	for (unsigned i = 0; i < sizeof(goods) / sizeof(goods[0]); i++) {
		assert_true(find(100, 128, goods[i]) < 20);
		assert_int_equal(search.depth, goods[i]);
		assert_true(search.is_met);
	}
	(void)find(100, 16, 1000);
	assert_int_equal(search.depth, 16);
	assert_int_equal(find(100, 1, 1000), 1); /* an engine that has no queue */
}

TEST(some_may_be_slow_where_the_percentile_allows_it)
{
	(void)find(98, 32, 4);
	assert_int_equal(search.depth, 32); /* 20 of 1,000 are 2 % */
	(void)find(98.01, 32, 4);
	assert_int_equal(search.depth, 4);
}

TEST(one_in_flight_may_be_too_many)
{
	assert_int_equal(find(100, 32, 0), 1);
	assert_int_equal(search.depth, 1);
	assert_false(search.is_met);
	depth_search_open(&search, 50, 32);
	assert_false(next(0, 0)); /* nothing came back */
	assert_false(search.is_met);
}

/* latency_run: a load that allows more after a while gets it. */
TEST(next_to_the_depth_that_failed_it_tries_again)
{
	(void)find(100, 64, 10);
	assert_int_equal(search.depth, 10);
	for (int i = 0; i < 3; i++)
		(void)next(1000, 0);
	assert_int_equal(search.depth, 11);
}

TEST_MAIN(NULL, NULL);

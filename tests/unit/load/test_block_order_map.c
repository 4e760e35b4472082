/* SPDX-License-Identifier: MIT */
/* Free blocks against a list of them. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "load/block_order.h"
#include "test.h"

static const uint64_t counts[] = {
	1, 2, 63, 64, 65, 127, 128, 1000, 4095, 4096, 4097, 64 * 4096 + 1, 300000};

enum { COUNT_OF_COUNTS = sizeof(counts) / sizeof(counts[0]) };

static uint64_t next_of_list(const bool *is_free, uint64_t count, uint64_t from)
{
	for (uint64_t i = 0; i < count; i++) {
		uint64_t block = (from + i) % count;

		if (is_free[block])
			return block;
	}
	return BLOCK_MAP_END;
}

static uint64_t take_of_list(bool *is_free, uint64_t count, uint64_t first, uint64_t limit)
{
	uint64_t taken = 0;

	while (taken < limit && first + taken < count && is_free[first + taken])
		is_free[first + taken++] = false;
	return taken;
}

static void check_against_list(uint64_t count, uint64_t longest, struct random *random)
{
	struct arena arena = {0};
	struct block_map map;
	bool *is_free = malloc(count);
	uint64_t left = count;

	assert_non_null(is_free);
	block_map_init(&map, &arena, count);
	for (int pass = 0; pass < 2; pass++) {
		memset(is_free, true, count);
		left = count;
		while (left > 0) {
			uint64_t from = random_below(random, count);
			uint64_t limit = 1 + random_below(random, longest), taken;
			uint64_t block = block_map_next(&map, from);

			/* Looking along the list takes long where little is left of it. */
			if (count < 5000)
				assert_int_equal(block, next_of_list(is_free, count, from));
			assert_true(block < count && is_free[block]);
			taken = block_map_take(&map, block, limit);
			assert_int_equal(taken, take_of_list(is_free, count, block, limit));
			left -= taken;
			assert_int_equal(map.left, left);
		}
		assert_true(block_map_next(&map, 0) == BLOCK_MAP_END);
		assert_true(block_map_next(&map, count - 1) == BLOCK_MAP_END);
		assert_int_equal(block_map_take(&map, 0, 5), 0);
		block_map_clear(&map);
		assert_int_equal(map.left, count);
	}
	free(is_free);
	arena_free(&arena);
}

TEST(it_is_as_a_list_of_blocks)
{
	static const uint64_t longest[] = {1, 4, 64, 200, 5000};
	struct random random;

	random_init(&random, 7);
	for (size_t i = 0; i < COUNT_OF_COUNTS; i++) {
		for (size_t k = 0; k < sizeof(longest) / sizeof(longest[0]); k++)
			check_against_list(counts[i], longest[k], &random);
	}
}

TEST(a_run_ends_at_what_is_taken_and_at_the_end)
{
	struct arena arena = {0};
	struct block_map map;

	block_map_init(&map, &arena, 1000);
	assert_int_equal(block_map_take(&map, 128, 1), 1);
	assert_int_equal(block_map_take(&map, 128, 1), 0);
	assert_int_equal(block_map_take(&map, 10, 1000), 118);
	assert_int_equal(block_map_take(&map, 990, 64), 10);
	assert_int_equal(block_map_next(&map, 10), 129);
	assert_int_equal(block_map_next(&map, 990), 0);
	arena_free(&arena);
}

TEST(its_memory_is_a_bit_a_block_and_a_64th_of_that)
{
	assert_int_equal(block_map_bytes(1), 8);
	assert_int_equal(block_map_bytes(64), 8);
	assert_int_equal(block_map_bytes(65), 8 * (2 + 1));
	assert_int_equal(block_map_bytes(4097), 8 * (65 + 2 + 1));
	assert_in_range(block_map_bytes(1u << 30), 1 << 27, (1 << 27) + (1 << 27) / 60);
}

TEST_MAIN(NULL, NULL);

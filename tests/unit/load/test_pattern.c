/* SPDX-License-Identifier: MIT */
/* Offsets: sequential, with holes, random, each block once; passes and their ends. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"
#include "unit/load/chi_square.h"
#include "unit/load/pattern_specs.h"

TEST(sequential_goes_block_by_block_and_leaves_the_tail)
{
	struct pattern_spec spec = sequential(10 * KIB);
	struct pattern *pattern = pattern_new(&arena, &spec);

	check_next(pattern, DIRECTION_READ, 0);
	check_next(pattern, DIRECTION_READ, BLOCK);
	check_next(pattern, DIRECTION_READ, PATTERN_END);
	check_next(pattern, DIRECTION_READ, PATTERN_END);
}

TEST(sequential_uses_the_size_of_each_io)
{
	struct pattern_spec spec = sequential(10 * KIB);
	struct pattern *pattern;

	spec.region_offset = 1000;
	pattern = pattern_new(&arena, &spec);
	assert_int_equal(pattern_next(pattern, DIRECTION_READ, 512), 1000);
	assert_int_equal(pattern_next(pattern, DIRECTION_READ, 8192), 1512);
	assert_true(pattern_next(pattern, DIRECTION_READ, 2048) == PATTERN_END);
	assert_int_equal(pattern_next(pattern, DIRECTION_READ, 1536), 9704);
	assert_true(pattern_next(pattern, DIRECTION_READ, 1) == PATTERN_END);
}

TEST(sequential_positions_are_per_direction)
{
	struct pattern_spec spec = sequential(3 * BLOCK);
	struct pattern *pattern = pattern_new(&arena, &spec);

	check_next(pattern, DIRECTION_READ, 0);
	check_next(pattern, DIRECTION_READ, BLOCK);
	check_next(pattern, DIRECTION_WRITE, 0);
	check_next(pattern, DIRECTION_READ, 2 * BLOCK);
	check_next(pattern, DIRECTION_TRIM, 0);
	check_next(pattern, DIRECTION_WRITE, BLOCK);
}

TEST(restart_after_an_end_leaves_other_directions_alone)
{
	struct pattern_spec spec = sequential(2 * BLOCK);
	struct pattern *pattern = pattern_new(&arena, &spec);

	check_next(pattern, DIRECTION_WRITE, 0);
	check_next(pattern, DIRECTION_READ, 0);
	check_next(pattern, DIRECTION_READ, BLOCK);
	check_next(pattern, DIRECTION_READ, PATTERN_END);
	pattern_restart(pattern);
	check_next(pattern, DIRECTION_READ, 0);
	check_next(pattern, DIRECTION_WRITE, BLOCK);
	/* Nothing ended since: all start again. */
	pattern_restart(pattern);
	check_next(pattern, DIRECTION_READ, 0);
	check_next(pattern, DIRECTION_WRITE, 0);
}

TEST(an_end_is_taken_back_where_a_smaller_io_fits)
{
	struct pattern_spec spec = sequential(3 * BLOCK);
	struct pattern *pattern = pattern_new(&arena, &spec);
	struct pattern *random;

	check_next(pattern, DIRECTION_WRITE, 0);
	assert_int_equal(pattern_next(pattern, DIRECTION_READ, 2 * BLOCK), 0);
	assert_true(pattern_next(pattern, DIRECTION_READ, 2 * BLOCK) == PATTERN_END);
	assert_int_equal(pattern_room(pattern, DIRECTION_READ, BLOCK + 1), 0);
	assert_int_equal(pattern_room(pattern, DIRECTION_READ, BLOCK), BLOCK);
	/* Nothing has ended: all start again. */
	pattern_restart(pattern);
	check_next(pattern, DIRECTION_WRITE, 0);
	check_next(pattern, DIRECTION_READ, 0);

	spec = random_any(3 * BLOCK);
	random = pattern_new(&arena, &spec);
	assert_int_equal(pattern_room(random, DIRECTION_READ, 1), 0);
	spec = sequential(3 * BLOCK);
	spec.skip_bytes = BLOCK; /* wraps at its end */
	pattern = pattern_new(&arena, &spec);
	assert_int_equal(pattern_room(pattern, DIRECTION_READ, BLOCK), 0);
}

/* What fio 3.33 does, by its write_iolog, in blocks of 4k. */
static const struct skip_case {
	int64_t skip_bytes;
	uint64_t first, region, file; /* in blocks */
	int places[20];               /* -1: the pass ends */
} skip_cases[] = {
	{4 * KIB, 0, 16, 16, {0, 2, 4, 6, 8, 10, 12, 14, 0, 2, 4}},
	{4 * KIB, 0, 16, 32, {0, 2, 4, 6, 8, 10, 12, 14, -1, 0, 2}},
	{-8 * KIB, 0, 16, 16, {0, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 14, 13}},
	{-4 * KIB, 0, 16, 16, {0, 0, 0, 0}},
	{-12 * KIB, 0, 16, 16, {0, 13, 11, 9, 7, 5, 3, 1, 13, 11, 9}},
	{-8 * KIB, 8, 16, 256, {14, 13, 12, 11, 10, 9, 8, 22, 21, 20, 19, 18, 17, 16, 15, 14}},
	{-8 * KIB, 16, 16, 32, {16, 30, 29, 28, 27, 26, 25, 24}},
	{-8 * KIB, 0, 16, 256, {0, 14, 13, 12, 11, 10, 9, 8, 7}},
};

TEST(skips_go_and_wrap_as_in_fio)
{
	for (size_t i = 0; i < sizeof(skip_cases) / sizeof(skip_cases[0]); i++) {
		const struct skip_case *wanted = &skip_cases[i];
		struct pattern_spec spec = sequential(wanted->region * BLOCK);
		struct pattern *pattern;

		spec.skip_bytes = wanted->skip_bytes;
		spec.region_offset = wanted->first * BLOCK;
		spec.file_bytes = wanted->file * BLOCK;
		pattern = pattern_new(&arena, &spec);
		for (int k = 0; k < 2 || wanted->places[k] != 0; k++) {
			bool ends = wanted->places[k] < 0;

			check_next(pattern, DIRECTION_READ,
				ends ? PATTERN_END : (uint64_t)wanted->places[k] * BLOCK);
			if (ends)
				pattern_restart(pattern);
		}
	}
}

/* size=64k, loops=2: fio goes on where the first loop came to. */
TEST(a_restart_leaves_skips_where_they_are)
{
	struct pattern_spec spec = sequential(64 * KIB);
	struct pattern *pattern;

	spec.skip_bytes = -8 * KIB;
	spec.file_bytes = 64 * KIB;
	pattern = pattern_new(&arena, &spec);
	check_next(pattern, DIRECTION_READ, 0);
	check_next(pattern, DIRECTION_READ, 14 * BLOCK);
	pattern_restart(pattern);
	check_next(pattern, DIRECTION_READ, 13 * BLOCK);
	pattern_rewind(pattern);
	check_next(pattern, DIRECTION_READ, 0);
}

TEST(a_skip_of_any_size_is_no_matter)
{
	static const int64_t skips[] = {INT64_MAX, INT64_MIN + 1, INT64_MAX - 64 * KIB};

	for (size_t i = 0; i < sizeof(skips) / sizeof(skips[0]); i++) {
		struct pattern_spec spec = sequential(64 * KIB);
		struct pattern *pattern;

		spec.skip_bytes = skips[i];
		spec.file_bytes = 64 * KIB;
		pattern = pattern_new(&arena, &spec);
		for (int k = 0; k < 100; k++) {
			uint64_t offset = pattern_next(pattern, DIRECTION_READ, BLOCK);

			assert_true(offset == PATTERN_END || offset + BLOCK <= 64 * KIB);
		}
	}
}

/* A pass in two runs is the same pass: the second begins where the first came to. */
TEST(a_pass_that_was_broken_off_goes_on_in_its_order)
{
	enum { BLOCKS = 1000 };
	static const uint64_t cuts[] = {0, 1, 31, 32, 33, 64, 500, BLOCKS - 1, BLOCKS};
	struct pattern_spec spec = random_once(BLOCKS * BLOCK);
	struct pattern *whole = pattern_new(&arena, &spec);
	uint64_t order[BLOCKS];

	for (size_t i = 0; i < BLOCKS; i++)
		order[i] = pattern_next(whole, DIRECTION_WRITE, BLOCK);
	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		struct pattern *rest;

		spec.visited_blocks = cuts[i];
		rest = pattern_new(&arena, &spec);
		for (size_t k = cuts[i]; k < BLOCKS; k++)
			check_next(rest, DIRECTION_WRITE, order[k]);
		check_next(rest, DIRECTION_WRITE, PATTERN_END);
	}
	/* The pass after it is whole. */
	pattern_restart(whole);
	spec.visited_blocks = BLOCKS - 1;
	whole = pattern_new(&arena, &spec);
	check_next(whole, DIRECTION_WRITE, order[BLOCKS - 1]);
	pattern_restart(whole);
	for (size_t i = 0; i < BLOCKS; i++)
		assert_true(pattern_next(whole, DIRECTION_WRITE, BLOCK) != PATTERN_END);
	check_next(whole, DIRECTION_WRITE, PATTERN_END);
}

TEST(region_too_small_for_one_io_ends_at_once)
{
	struct pattern_spec specs[] = {sequential(BLOCK - 1), random_once(BLOCK - 1),
		random_any(BLOCK - 1), random_any(0), sequential(0)};

	for (size_t i = 0; i < sizeof(specs) / sizeof(specs[0]); i++) {
		struct pattern *pattern;

		specs[i].skip_bytes = specs[i].is_random ? 0 : BLOCK;
		specs[i].file_bytes = specs[i].region_bytes;
		pattern = pattern_new(&arena, &specs[i]);
		check_next(pattern, DIRECTION_READ, PATTERN_END);
		pattern_restart(pattern);
		check_next(pattern, DIRECTION_READ, PATTERN_END);
	}
}

static void check_pass_visits_each_once(struct pattern *pattern, uint64_t first, uint64_t blocks)
{
	uint8_t *visits = calloc(blocks, 1);

	assert_non_null(visits);
	for (uint64_t i = 0; i < blocks; i++) {
		uint64_t offset = pattern_next(pattern, (enum io_direction)(i % 3), BLOCK);

		assert_true(offset >= first && offset != PATTERN_END);
		offset -= first;
		assert_int_equal(offset % BLOCK, 0);
		assert_true(offset / BLOCK < blocks);
		assert_int_equal(visits[offset / BLOCK], 0);
		visits[offset / BLOCK] = 1;
	}
	assert_true(next_read(pattern) == PATTERN_END);
	free(visits);
}

TEST(each_block_is_visited_once_a_pass)
{
	static const uint64_t blocks[] = {1, 2, 3, 7, 64, 1000, 4099};

	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		/* The tail is smaller than a block. */
		struct pattern_spec spec = random_once(blocks[i] * BLOCK + BLOCK - 1);
		struct pattern *pattern;

		spec.region_offset = 12345;
		pattern = pattern_new(&arena, &spec);
		for (int pass = 0; pass < 3; pass++) {
			check_pass_visits_each_once(pattern, 12345, blocks[i]);
			pattern_restart(pattern);
		}
	}
}

static unsigned agreements(struct pattern *a, struct pattern *b, unsigned count)
{
	unsigned same = 0;

	for (unsigned i = 0; i < count; i++)
		same += next_read(a) == next_read(b);
	return same;
}

TEST(restart_makes_another_order_and_rewind_the_first)
{
	struct pattern_spec spec = random_once(1000 * BLOCK);
	struct pattern *pattern = pattern_new(&arena, &spec);
	struct pattern *fresh = pattern_new(&arena, &spec);

	/* After a whole pass, and in the middle of one. */
	while (next_read(pattern) != PATTERN_END)
		;
	pattern_restart(pattern);
	assert_in_range(agreements(pattern, fresh, 500), 0, 7);
	pattern_restart(pattern);
	pattern_rewind(fresh);
	assert_in_range(agreements(pattern, fresh, 1000), 0, 7);
	pattern_rewind(pattern);
	pattern_rewind(fresh);
	assert_int_equal(agreements(pattern, fresh, 1000), 1000);
	check_next(pattern, DIRECTION_READ, PATTERN_END);
}

TEST(rewind_repeats_every_kind)
{
	struct pattern_spec specs[5] = {sequential(100 * BLOCK), random_any(100 * BLOCK),
		random_any(100 * BLOCK), random_any(100 * BLOCK), random_once(100 * BLOCK)};

	specs[2].distribution =
		(struct distribution){DISTRIBUTION_NORMAL, .parameter = 10, .center = -1};
	specs[3].percentage_random[DIRECTION_READ] = 40;
	specs[4].sequence_length = 7;
	for (int i = 0; i < 5; i++) {
		struct pattern *pattern = pattern_new(&arena, &specs[i]);
		struct pattern *fresh = pattern_new(&arena, &specs[i]);

		for (int k = 0; k < 33; k++)
			next_read(pattern);
		pattern_rewind(pattern);
		assert_int_equal(agreements(pattern, fresh, 90), 90);
	}
}

TEST(random_offsets_are_uniform_aligned_and_inside)
{
	enum { BLOCKS = 250, DRAWS = 200000 };
	struct pattern_spec spec = random_any(BLOCKS * BLOCK + 100);
	uint64_t counts[BLOCKS] = {0};
	struct pattern *pattern;

	spec.region_offset = 1 << 20;
	pattern = pattern_new(&arena, &spec);
	for (int i = 0; i < DRAWS; i++) {
		uint64_t offset = next_read(pattern) - (1 << 20);

		assert_int_equal(offset % BLOCK, 0);
		assert_true(offset / BLOCK < BLOCKS);
		counts[offset / BLOCK]++;
	}
	assert_true(fabs(chi_square_even(counts, BLOCKS)) < CHI_SQUARE_LIMIT);
}

TEST(largest_io_fits_at_every_random_offset)
{
	struct pattern_spec specs[2] = {random_any(10 * BLOCK), random_once(10 * BLOCK)};

	for (int i = 0; i < 2; i++) {
		struct pattern *pattern;
		bool visits[8] = {false};

		specs[i].largest_io_bytes = 3 * BLOCK;
		pattern = pattern_new(&arena, &specs[i]);
		for (int k = 0; k < (i == 1 ? 8 : 1000); k++) {
			uint64_t offset = next_read(pattern);

			assert_true(offset + 3 * BLOCK <= 10 * BLOCK);
			visits[offset / BLOCK] = true;
		}
		for (int k = 0; k < 8; k++)
			assert_true(visits[k]);
	}
}

TEST(block_align_above_the_block_size_is_kept)
{
	struct pattern_spec spec = random_once(1024 * KIB);
	struct pattern *pattern;
	unsigned count = 0;
	uint64_t offset;

	spec.block_bytes = 64 * KIB;
	pattern = pattern_new(&arena, &spec);
	while ((offset = next_read(pattern)) != PATTERN_END) {
		assert_int_equal(offset % (64 * KIB), 0);
		count++;
	}
	assert_int_equal(count, 16);
}

TEST(seeds_give_other_offsets)
{
	struct pattern_spec specs[2] = {random_any(1000 * BLOCK), random_any(1000 * BLOCK)};

	specs[1].seed = 2;
	assert_in_range(
		agreements(pattern_new(&arena, &specs[0]), pattern_new(&arena, &specs[1]), 1000), 0,
		7);
}

TEST_MAIN(NULL, free_arena);

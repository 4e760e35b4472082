/* SPDX-License-Identifier: MIT */
/* Offsets that are neither all random nor all sequential, or not uniform. */
#include <math.h>

#include "test.h"
#include "unit/load/pattern_specs.h"

TEST(runs_follow_at_consecutive_offsets)
{
	struct pattern_spec spec = random_any(1000 * BLOCK);
	struct pattern *pattern;
	unsigned length = 1;
	unsigned runs = 1;
	uint64_t last;

	spec.sequence_length = 8;
	pattern = pattern_new(&arena, &spec);
	last = next_read(pattern);
	for (int i = 1; i < 8000; i++) {
		uint64_t offset = next_read(pattern);

		assert_true(offset < 1000 * BLOCK);
		/* Complete, or cut by the end of the region. */
		if (length == 8 || last == 999 * BLOCK) {
			length = 0;
			runs++;
		} else {
			assert_int_equal(offset, last + BLOCK);
		}
		length++;
		last = offset;
	}
	assert_in_range(runs, 1000, 1020);
}

TEST(runs_are_counted_per_direction)
{
	struct pattern_spec spec = random_any(100000 * BLOCK);
	struct pattern *pattern;
	uint64_t reads[4];
	uint64_t writes[4];

	spec.sequence_length = 4;
	pattern = pattern_new(&arena, &spec);
	for (int i = 0; i < 4; i++) {
		reads[i] = pattern_next(pattern, DIRECTION_READ, BLOCK);
		writes[i] = pattern_next(pattern, DIRECTION_WRITE, 2 * BLOCK);
	}
	for (uint64_t i = 1; i < 4; i++) {
		assert_true(reads[i] == reads[0] + i * BLOCK);
		assert_true(writes[i] == writes[0] + i * 2 * BLOCK);
	}
	assert_true(pattern_next(pattern, DIRECTION_READ, BLOCK) != reads[3] + BLOCK);
}

TEST(runs_visit_each_block_once_too)
{
	static const struct {
		uint64_t blocks;
		unsigned length;
	} cases[] = {{64, 8}, {65, 8}, {71, 8}, {1000, 7}, {5, 8}, {1, 8}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pattern_spec spec = random_once(cases[i].blocks * BLOCK);
		uint8_t visits[1000] = {0};
		struct pattern *pattern;

		spec.sequence_length = cases[i].length;
		pattern = pattern_new(&arena, &spec);
		for (uint64_t k = 0; k < cases[i].blocks; k++) {
			uint64_t offset = next_read(pattern);

			assert_true(offset < cases[i].blocks * BLOCK);
			assert_int_equal(visits[offset / BLOCK]++, 0);
		}
		check_next(pattern, DIRECTION_READ, PATTERN_END);
	}
}

TEST(percentage_random_is_the_share_of_jumps)
{
	enum { IOS = 40000 };
	static const enum io_direction directions[] = {DIRECTION_READ, DIRECTION_WRITE};
	static const unsigned percents[] = {25, 90};
	struct pattern_spec spec = random_any(1ull << 40);
	struct pattern *pattern;

	spec.percentage_random[DIRECTION_READ] = percents[0];
	spec.percentage_random[DIRECTION_WRITE] = percents[1];
	pattern = pattern_new(&arena, &spec);
	for (int i = 0; i < 2; i++) {
		double share = percents[i] / 100.0;
		double deviation = sqrt(IOS * share * (1 - share));
		uint64_t last = pattern_next(pattern, directions[i], BLOCK);
		double jumps = 0;

		for (int k = 0; k < IOS; k++) {
			uint64_t offset = pattern_next(pattern, directions[i], BLOCK);

			jumps += offset != last + BLOCK;
			last = offset;
		}
		assert_true(fabs(jumps - IOS * share) < 4 * deviation);
	}
}

TEST(percentage_zero_is_sequential_in_that_direction)
{
	struct pattern_spec spec = random_any(3 * BLOCK);
	struct pattern *pattern;

	spec.percentage_random[DIRECTION_READ] = 0;
	pattern = pattern_new(&arena, &spec);
	for (uint64_t i = 0; i < 3; i++) {
		check_next(pattern, DIRECTION_READ, i * BLOCK);
		assert_true(pattern_next(pattern, DIRECTION_WRITE, BLOCK) < 3 * BLOCK);
	}
	check_next(pattern, DIRECTION_READ, PATTERN_END);
	pattern_restart(pattern);
	check_next(pattern, DIRECTION_READ, 0);

	spec.percentage_random[DIRECTION_WRITE] = 0;
	spec.percentage_random[DIRECTION_TRIM] = 0;
	spec.each_block_once = true;
	pattern = pattern_new(&arena, &spec);
	check_next(pattern, DIRECTION_WRITE, 0);
	check_next(pattern, DIRECTION_WRITE, BLOCK);
	check_next(pattern, DIRECTION_WRITE, 2 * BLOCK);
	check_next(pattern, DIRECTION_WRITE, PATTERN_END);
}

/* A random map and percentage_random: the map is exhausted by the random I/Os alone. */
TEST(percentage_random_with_each_block_once_ends)
{
	struct pattern_spec spec = random_once(500 * BLOCK);
	struct pattern *pattern;
	unsigned count = 0;

	spec.percentage_random[DIRECTION_READ] = 50;
	pattern = pattern_new(&arena, &spec);
	while (next_read(pattern) != PATTERN_END)
		count++;
	assert_in_range(count, 900, 1100);
	pattern_restart(pattern);
	assert_true(next_read(pattern) != PATTERN_END);
}

TEST(distributions_draw_whole_blocks)
{
	static const struct distribution_zone zones[] = {{90, 0, 10 * BLOCK}, {10, 0, 0}};
	struct pattern_spec spec = random_any(100 * BLOCK);
	struct pattern *pattern;
	unsigned hot = 0;

	spec.region_offset = BLOCK;
	/* fio: with a distribution that is not uniform there is no random map. */
	spec.each_block_once = true;
	spec.distribution = (struct distribution){
		DISTRIBUTION_ZONED_ABS, .zones = {{zones, 2}, {zones, 2}, {zones, 2}}};
	pattern = pattern_new(&arena, &spec);
	for (int i = 0; i < 10000; i++) {
		uint64_t offset = next_read(pattern);

		assert_int_equal(offset % BLOCK, 0);
		assert_in_range(offset, BLOCK, 100 * BLOCK);
		hot += offset < 11 * BLOCK;
	}
	assert_in_range(hot, 8880, 9120);
}

/* fio: rw=randread:4 with rw_sequencer=identical reads r0 r0 r0 r0 r11 r11 r11 r11 ... */
TEST(identical_offsets_come_in_runs_of_one_draw)
{
	struct pattern_spec spec = random_once(16 * BLOCK);
	struct pattern *pattern;
	uint64_t visits[16] = {0};

	spec.sequence_length = 4;
	spec.repeats = true;
	pattern = pattern_new(&arena, &spec);
	for (int run = 0; run < 16; run++) {
		uint64_t offset = pattern_next(pattern, DIRECTION_READ, BLOCK);

		assert_int_equal(offset % BLOCK, 0);
		visits[offset / BLOCK]++;
		for (int i = 1; i < 4; i++)
			assert_int_equal(pattern_next(pattern, DIRECTION_READ, BLOCK), offset);
	}
	for (int i = 0; i < 16; i++)
		assert_int_equal(visits[i], 1);
	assert_true(pattern_next(pattern, DIRECTION_READ, BLOCK) == PATTERN_END);
}

/* fio: r0 r0 r0 w0 | r11 r11 w0 w0 | w13 r11 w13 r11: one count, an offset for each direction. */
TEST(identical_offsets_of_directions_count_together)
{
	struct pattern_spec spec = random_any(1024 * BLOCK);
	struct pattern *pattern;
	uint64_t read, write;

	spec.sequence_length = 4;
	spec.repeats = true;
	pattern = pattern_new(&arena, &spec);
	read = pattern_next(pattern, DIRECTION_READ, BLOCK);
	assert_int_equal(pattern_next(pattern, DIRECTION_READ, BLOCK), read);
	assert_int_equal(pattern_next(pattern, DIRECTION_WRITE, BLOCK), 0);
	assert_int_equal(pattern_next(pattern, DIRECTION_READ, BLOCK), read);
	write = pattern_next(pattern, DIRECTION_WRITE, BLOCK);
	assert_int_equal(pattern_next(pattern, DIRECTION_READ, BLOCK), read);
	assert_int_equal(pattern_next(pattern, DIRECTION_WRITE, BLOCK), write);
	pattern_rewind(pattern);
	assert_int_equal(pattern_next(pattern, DIRECTION_READ, BLOCK), read);
}

TEST(sequential_and_random_ios_have_their_own_sizes)
{
	struct pattern_spec spec = random_any(1024 * BLOCK);
	struct pattern *pattern;
	uint64_t end = 0;
	unsigned sequential = 0;

	spec.percentage_random[DIRECTION_READ] = 50;
	spec.largest_io_bytes = 2 * BLOCK;
	spec.sequential_bytes = BLOCK;
	pattern = pattern_new(&arena, &spec);
	for (int i = 0; i < 1000; i++) {
		uint32_t bytes = 2 * BLOCK;
		uint64_t offset = pattern_place(pattern, DIRECTION_READ, &bytes);

		assert_true(bytes == BLOCK || bytes == 2 * BLOCK);
		if (bytes == BLOCK)
			assert_int_equal(offset, end);
		sequential += bytes == BLOCK;
		end = offset + bytes;
	}
	assert_in_range(sequential, 430, 570);
}

TEST_MAIN(NULL, free_arena);

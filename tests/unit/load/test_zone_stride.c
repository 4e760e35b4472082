/* SPDX-License-Identifier: MIT */
/* Zones that a pattern goes through one after the other: orders that fio 3.33 was seen to take. */
#include "load/zone_stride.h"
#include "unit/load/pattern_specs.h"

/* Blocks as fio's write_iolog had them, size=64k bs=4k of a file of 256k. */
enum { REGION = 64 * KIB, FILE_BYTES = 256 * KIB };

static struct zone_stride_spec zones(uint64_t size, uint64_t range, uint64_t skip)
{
	return (struct zone_stride_spec){.zone_bytes = size,
		.range_bytes = range,
		.skip_bytes = skip,
		.end_offset = FILE_BYTES};
}

static uint64_t place(struct pattern *pattern, enum io_direction direction)
{
	uint32_t bytes = BLOCK;
	uint64_t offset = pattern_place(pattern, direction, &bytes);

	assert_int_equal(bytes, BLOCK);
	return offset;
}

/* `numbers` of blocks, -1 at the end. */
static void check_order(
	const struct pattern_spec *spec, struct zone_stride_spec stride, const int *numbers)
{
	struct pattern *pattern = zone_stride_new(&arena, spec, &stride);

	for (; *numbers >= 0; numbers++)
		assert_int_equal(place(pattern, DIRECTION_READ), (uint64_t)*numbers * BLOCK);
}

TEST(a_zone_is_left_for_the_next_at_its_size)
{
	struct pattern_spec spec = sequential(REGION);

	check_order(&spec, zones(16 * KIB, 16 * KIB, 16 * KIB),
		(const int[]){0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27, -1});
}

TEST(a_part_of_each_range_is_done_where_the_size_is_smaller)
{
	struct pattern_spec spec = sequential(REGION);

	check_order(&spec, zones(8 * KIB, 32 * KIB, 0),
		(const int[]){0, 1, 8, 9, 16, 17, 24, 25, 32, 33, 40, -1});
}

TEST(a_range_is_gone_through_again_where_the_size_is_larger)
{
	struct pattern_spec spec = sequential(REGION);

	check_order(&spec, zones(16 * KIB, 8 * KIB, 0),
		(const int[]){0, 1, 0, 1, 2, 3, 2, 3, 4, 5, 4, 5, -1});
}

TEST(zones_begin_at_the_offset_and_go_round_to_it)
{
	struct pattern_spec spec = sequential(REGION);

	spec.region_offset = 200 * KIB;
	check_order(&spec, zones(8 * KIB, 8 * KIB, 20 * KIB),
		(const int[]){50, 51, 57, 58, 50, 51, 57, 58, 50, -1});
}

TEST(a_zone_that_blocks_do_not_fill_ends_with_the_one_that_does)
{
	struct pattern_spec spec = sequential(REGION);

	check_order(&spec, zones(10 * KIB, 10 * KIB, 6 * KIB),
		(const int[]){0, 1, 2, 4, 5, 6, 8, 9, 10, 12, -1});
}

TEST(a_hole_may_lead_out_of_the_zone_once)
{
	struct pattern_spec spec = sequential(REGION);

	spec.skip_bytes = BLOCK;
	check_order(&spec, zones(16 * KIB, 16 * KIB, 0),
		(const int[]){0, 2, 4, 0, 4, 6, 8, 4, 8, 10, 12, 8, 12, -1});
}

TEST(a_step_beyond_all_numbers_leads_to_the_first_zone)
{
	struct pattern_spec spec = sequential(REGION);

	check_order(&spec, zones(8 * KIB, 8 * KIB, UINT64_MAX), (const int[]){0, 1, 0, 1, 0, -1});
	check_order(&spec, zones(8 * KIB, 8 * KIB, UINT64_MAX - 8 * KIB),
		(const int[]){0, 1, 0, 1, 0, -1});
}

TEST(a_pass_ends_at_the_end_of_the_target_and_begins_at_the_first_zone)
{
	struct pattern_spec spec = sequential(FILE_BYTES);
	struct zone_stride_spec stride = zones(64 * KIB, 64 * KIB, 168 * KIB);
	struct pattern *pattern = zone_stride_new(&arena, &spec, &stride);

	for (unsigned i = 0; i < 16; i++)
		assert_int_equal(place(pattern, DIRECTION_READ), i * BLOCK);
	for (unsigned i = 58; i < 64; i++)
		assert_int_equal(place(pattern, DIRECTION_READ), i * BLOCK);
	assert_true(place(pattern, DIRECTION_READ) == PATTERN_END);
	assert_int_equal(pattern_room(pattern, DIRECTION_READ, 1), 0);
	pattern_restart(pattern);
	assert_int_equal(place(pattern, DIRECTION_READ), 0);
}

TEST(what_is_left_at_the_end_is_room_for_a_smaller_block)
{
	struct pattern_spec spec = sequential(FILE_BYTES);
	struct zone_stride_spec stride = zones(64 * KIB, 64 * KIB, 0);
	struct pattern *pattern;
	uint32_t bytes = 40 * KIB;

	stride.end_offset = 50 * KIB;
	pattern = zone_stride_new(&arena, &spec, &stride);
	assert_int_equal(pattern_place(pattern, DIRECTION_READ, &bytes), 0);
	assert_true(pattern_place(pattern, DIRECTION_READ, &bytes) == PATTERN_END);
	assert_int_equal(pattern_room(pattern, DIRECTION_READ, BLOCK), 10 * KIB);
	assert_int_equal(pattern_room(pattern, DIRECTION_READ, 11 * KIB), 0);
}

TEST(directions_share_a_zone_and_have_positions_of_their_own)
{
	struct pattern_spec spec = sequential(REGION);
	struct zone_stride_spec stride = zones(16 * KIB, 16 * KIB, 16 * KIB);
	struct pattern *pattern = zone_stride_new(&arena, &spec, &stride);

	assert_int_equal(place(pattern, DIRECTION_READ), 0);
	assert_int_equal(place(pattern, DIRECTION_READ), 1 * BLOCK);
	assert_int_equal(place(pattern, DIRECTION_WRITE), 0);
	assert_int_equal(place(pattern, DIRECTION_READ), 2 * BLOCK);
	assert_int_equal(place(pattern, DIRECTION_WRITE), 8 * BLOCK);
	assert_int_equal(place(pattern, DIRECTION_READ), 8 * BLOCK);
}

TEST(a_write_that_repeats_its_trim_counts)
{
	struct pattern_spec spec = sequential(REGION);
	struct zone_stride_spec stride = zones(16 * KIB, 16 * KIB, 16 * KIB);
	struct pattern *pattern;

	stride.repeats_trims = true;
	pattern = zone_stride_new(&arena, &spec, &stride);
	assert_int_equal(place(pattern, DIRECTION_TRIM), 0);
	assert_int_equal(place(pattern, DIRECTION_TRIM), 1 * BLOCK);
	assert_int_equal(place(pattern, DIRECTION_TRIM), 8 * BLOCK);
}

/* Each block of each zone `times`, zone by zone. */
static void check_coverage(
	const struct pattern_spec *spec, struct zone_stride_spec stride, unsigned times)
{
	struct pattern *pattern = zone_stride_new(&arena, spec, &stride);
	uint64_t step = stride.range_bytes + stride.skip_bytes;
	unsigned blocks = (unsigned)(stride.range_bytes / BLOCK);
	bool is_in_order = true;

	for (unsigned zone = 0; zone < 4; zone++) {
		unsigned counts[64] = {0};

		for (unsigned i = 0; i < blocks * times; i++) {
			uint64_t at = place(pattern, DIRECTION_READ) - zone * step;

			assert_int_equal(at % BLOCK, 0);
			assert_true(at / BLOCK < blocks);
			/* Once each before any comes again. */
			assert_int_equal(counts[at / BLOCK]++, i / blocks);
			is_in_order = is_in_order && at / BLOCK == i % blocks;
		}
	}
	assert_false(is_in_order);
}

TEST(each_block_of_a_zone_once)
{
	struct pattern_spec spec = random_once(REGION);

	check_coverage(&spec, zones(32 * KIB, 32 * KIB, 12 * KIB), 1);
}

TEST(each_block_of_a_zone_once_in_each_range)
{
	struct pattern_spec spec = random_once(REGION);

	check_coverage(&spec, zones(64 * KIB, 32 * KIB, 12 * KIB), 2);
}

TEST(each_block_of_a_zone_once_with_several_sizes)
{
	struct pattern_spec spec = random_once(REGION);
	struct zone_stride_spec stride = zones(32 * KIB, 32 * KIB, 0);
	struct pattern *pattern;
	unsigned counts[8] = {0};
	uint32_t total = 0;

	spec.has_several_sizes = true;
	spec.largest_io_bytes = 3 * BLOCK;
	pattern = zone_stride_new(&arena, &spec, &stride);
	while (total < 32 * KIB) {
		uint32_t bytes = 3 * BLOCK;
		uint64_t offset = pattern_place(pattern, DIRECTION_READ, &bytes);

		for (uint64_t at = offset; at < offset + bytes; at += BLOCK)
			counts[at / BLOCK]++;
		total += bytes;
	}
	for (unsigned i = 0; i < 8; i++)
		assert_int_equal(counts[i], 1);
}

TEST(random_offsets_that_repeat_stay_in_their_zone)
{
	struct pattern_spec spec = random_any(REGION);
	struct zone_stride_spec stride = zones(32 * KIB, 16 * KIB, 16 * KIB);
	struct pattern *pattern;

	spec.distribution.kind = DISTRIBUTION_ZIPF;
	spec.distribution.parameter = 1.2;
	for (unsigned round = 0; round < 2; round++) {
		pattern = zone_stride_new(&arena, &spec, &stride);
		for (unsigned i = 0; i < 32; i++) {
			uint64_t at = place(pattern, DIRECTION_READ) - i / 8 * 32 * KIB;

			assert_true(at + BLOCK <= 16 * KIB);
		}
		spec.distribution.kind = DISTRIBUTION_UNIFORM;
	}
}

TEST(a_zone_whose_blocks_are_used_up_is_left)
{
	struct pattern_spec spec = random_once(REGION);
	struct zone_stride_spec stride = zones(10 * KIB, 10 * KIB, 6 * KIB);
	struct pattern *pattern = zone_stride_new(&arena, &spec, &stride);

	for (unsigned i = 0; i < 16; i++)
		assert_int_equal(place(pattern, DIRECTION_READ) / (16 * KIB), i / 2);
}

TEST(of_a_zone_that_is_cut_each_block_that_is_left_once)
{
	struct pattern_spec spec = random_once(REGION);
	struct zone_stride_spec stride = zones(32 * KIB, 32 * KIB, 0);
	struct pattern *pattern;
	unsigned seen = 0;

	stride.end_offset = 44 * KIB;
	pattern = zone_stride_new(&arena, &spec, &stride);
	for (unsigned i = 0; i < 8; i++)
		assert_true(place(pattern, DIRECTION_READ) < 32 * KIB);
	for (unsigned i = 0; i < 3; i++)
		seen |= 1u << (place(pattern, DIRECTION_READ) / BLOCK);
	assert_int_equal(seen, 7u << 8);
	assert_true(place(pattern, DIRECTION_READ) == PATTERN_END);
	pattern_restart(pattern);
	assert_true(place(pattern, DIRECTION_READ) < 32 * KIB);
}

TEST(the_span_of_a_pass)
{
	struct pattern_spec spec = sequential(REGION);
	struct zone_stride_spec stride = zones(16 * KIB, 16 * KIB, 32 * KIB);

	/* Four zones of 16k, 48k apart, and a block. */
	assert_int_equal(zone_stride_span(&stride, &spec, REGION), 160 * KIB + BLOCK);
	assert_int_equal(zone_stride_span(&stride, &spec, UINT64_MAX), FILE_BYTES);
	assert_int_equal(zone_stride_span(&stride, &spec, 0), FILE_BYTES);
	assert_int_equal(zone_stride_span(&stride, &spec, 200 * KIB), FILE_BYTES);
	spec.region_offset = 240 * KIB;
	assert_int_equal(zone_stride_span(&stride, &spec, 4 * KIB), 16 * KIB);
	assert_int_equal(zone_stride_bytes(&spec), REGION);
	spec.span_bytes = 5;
	assert_int_equal(zone_stride_bytes(&spec), 5);
}

TEST_MAIN(NULL, free_arena);

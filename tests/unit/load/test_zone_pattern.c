/* SPDX-License-Identifier: MIT */
/* Orders of I/Os in zones with write pointers: those that fio 3.33 was seen to take, where it has
 * any. */
#include "load/zone_pattern.h"
#include "unit/load/pattern_specs.h"

enum { ZONE = 64 * KIB, ZONES = 8, ZONE_BLOCKS = ZONE / BLOCK };

static unsigned resets;

static int reset(void *context, const struct zone *zone)
{
	(void)context;
	(void)zone;
	resets++;
	return 0;
}

struct rig {
	struct zone_use use;
	struct pattern *pattern;
};

/* A target of 8 zones, of which the job uses the first `zones`. */
static void open_rig(struct rig *rig, const struct pattern_spec *spec, struct zone_table *table,
	uint64_t skip_bytes)
{
	const struct zone_pattern_spec zones = {
		.skip_bytes = skip_bytes, .target_offset = ZONES * ZONE};
	struct zone_use use = {
		.table = table,
		.region_offset = spec->region_offset,
		.region_bytes = spec->region_bytes,
		.first_zone = (uint32_t)(spec->region_offset / ZONE),
		.end_zone = (uint32_t)((spec->region_offset + spec->region_bytes) / ZONE),
		.least_bytes = {spec->largest_io_bytes, spec->largest_io_bytes, ZONE},
		.is_random = spec->is_random,
		.writes = true,
		.reset = reset,
	};

	resets = 0;
	rig->use = use;
	assert_int_equal(zone_use_attach(&rig->use), 0);
	rig->pattern = zone_pattern_new(&arena, spec, &zones, &rig->use);
}

static struct zone_table *new_table(uint64_t capacity)
{
	return zone_table_emulate(&arena, ZONES * ZONE, ZONE, capacity);
}

/* The number of the block that an I/O begins at, which is done at once; -1: none. */
static int next(struct rig *rig, enum io_direction direction, uint32_t bytes)
{
	uint64_t offset = pattern_place(rig->pattern, direction, &bytes);

	if (offset == PATTERN_END)
		return -1;
	assert_true(offset < PATTERN_WAITS);
	(void)zone_use_release(&rig->use, direction, offset, bytes, true, true);
	return (int)(offset / BLOCK);
}

TEST(sequential_writes_go_through_the_zones_and_reset_them_the_second_time)
{
	struct pattern_spec spec = sequential(2 * ZONE);
	struct rig rig;

	spec.region_offset = ZONE;
	open_rig(&rig, &spec, new_table(ZONE), 0);
	for (unsigned pass = 0; pass < 2; pass++) {
		for (int i = 0; i < 2 * ZONE_BLOCKS; i++)
			assert_int_equal(next(&rig, DIRECTION_WRITE, BLOCK), ZONE_BLOCKS + i);
		assert_int_equal(next(&rig, DIRECTION_WRITE, BLOCK), -1);
		assert_int_equal(resets, 2 * pass);
		pattern_restart(rig.pattern);
	}
	zone_use_detach(&rig.use);
}

TEST(sequential_writes_leave_what_is_beyond_the_capacity)
{
	struct pattern_spec spec = sequential(2 * ZONE);
	struct rig rig;

	open_rig(&rig, &spec, new_table(3 * BLOCK), 0);
	for (int zone = 0; zone < 2; zone++)
		for (int i = 0; i < 3; i++)
			assert_int_equal(
				next(&rig, DIRECTION_WRITE, BLOCK), zone * ZONE_BLOCKS + i);
	assert_int_equal(next(&rig, DIRECTION_WRITE, BLOCK), -1);
	zone_use_detach(&rig.use);
}

TEST(sequential_writes_leave_a_rest_that_is_less_than_a_block)
{
	struct pattern_spec spec = sequential(2 * ZONE);
	struct rig rig;

	spec.largest_io_bytes = 6 * BLOCK;
	open_rig(&rig, &spec, new_table(ZONE), 0);
	for (int zone = 0; zone < 2; zone++)
		for (int i = 0; i < 2; i++)
			assert_int_equal(
				next(&rig, DIRECTION_WRITE, 6 * BLOCK), zone * ZONE_BLOCKS + 6 * i);
	assert_int_equal(next(&rig, DIRECTION_WRITE, 6 * BLOCK), -1);
	assert_int_equal(resets, 0);
	zone_use_detach(&rig.use);
}

TEST(a_rest_is_written_where_that_is_asked_for)
{
	struct pattern_spec spec = sequential(2 * ZONE);
	struct rig rig;

	spec.largest_io_bytes = 6 * BLOCK;
	open_rig(&rig, &spec, new_table(ZONE), 0);
	rig.use.writes_rests = true;
	for (int i = 0; i < 6; i++) {
		uint32_t bytes = 6 * BLOCK;
		uint64_t offset = pattern_place(rig.pattern, DIRECTION_WRITE, &bytes);

		assert_int_equal(offset, i / 3 * ZONE + i % 3 * 6 * BLOCK);
		assert_int_equal(bytes, i % 3 < 2 ? 6 * BLOCK : 4 * BLOCK);
		(void)zone_use_release(&rig.use, DIRECTION_WRITE, offset, bytes, true, true);
	}
	assert_int_equal(next(&rig, DIRECTION_WRITE, 6 * BLOCK), -1);
	assert_int_equal(resets, 0);
	zone_use_detach(&rig.use);
}

TEST(sequential_reads_skip_what_was_not_written)
{
	struct pattern_spec spec = sequential(4 * ZONE);
	struct rig rig;

	open_rig(&rig, &spec, new_table(ZONE), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(next(&rig, DIRECTION_WRITE, BLOCK), i);
	pattern_restart(rig.pattern);
	rig.use.table->zones[2].written = rig.use.table->zones[2].pointer = 2 * ZONE + BLOCK;
	for (int i = 0; i < 3; i++)
		assert_int_equal(next(&rig, DIRECTION_READ, BLOCK), i);
	assert_int_equal(next(&rig, DIRECTION_READ, BLOCK), 2 * ZONE_BLOCKS);
	assert_int_equal(next(&rig, DIRECTION_READ, BLOCK), -1);
	zone_use_detach(&rig.use);
}

TEST(random_writes_fill_each_zone_in_order_each_block_once)
{
	struct pattern_spec spec = random_once(4 * ZONE);
	int filled[4] = {0};
	struct rig rig;

	open_rig(&rig, &spec, new_table(ZONE), 0);
	for (int i = 0; i < 4 * ZONE_BLOCKS; i++) {
		int block = next(&rig, DIRECTION_WRITE, BLOCK);

		assert_int_equal(block % ZONE_BLOCKS, filled[block / ZONE_BLOCKS]++);
	}
	assert_int_equal(next(&rig, DIRECTION_WRITE, BLOCK), -1);
	assert_int_equal(resets, 0);
	zone_use_detach(&rig.use);
}

TEST(an_io_that_waits_keeps_its_place)
{
	struct pattern_spec spec = random_once(4 * ZONE);
	struct zone_table *table = new_table(ZONE);
	uint32_t bytes = BLOCK;
	unsigned placed = 0, waits = 0;
	uint64_t in_flight = PATTERN_END;
	struct rig rig;

	table->is_ordered = true;
	open_rig(&rig, &spec, table, 0);
	/* Two at a time, where it can be: no draw is lost, or the zones would not be full. */
	while (placed < 4 * ZONE_BLOCKS) {
		uint64_t offset = pattern_place(rig.pattern, DIRECTION_WRITE, &bytes);

		assert_true(offset != PATTERN_END);
		waits += offset == PATTERN_WAITS;
		if (in_flight != PATTERN_END)
			(void)zone_use_release(
				&rig.use, DIRECTION_WRITE, in_flight, BLOCK, true, true);
		in_flight = offset == PATTERN_WAITS ? PATTERN_END : offset;
		placed += offset != PATTERN_WAITS;
	}
	assert_true(waits > 0);
	assert_true(pattern_place(rig.pattern, DIRECTION_WRITE, &bytes) == PATTERN_END);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(table->zones[i].pointer, (i + 1) * ZONE);
	zone_use_detach(&rig.use);
}

TEST(zones_are_skipped_and_gone_round)
{
	struct pattern_spec spec = sequential(4 * ZONE);
	struct rig rig;

	open_rig(&rig, &spec, new_table(ZONE), ZONE);
	for (unsigned round = 0; round < 2; round++)
		for (int zone = 0; zone < 4; zone += 2)
			for (int i = 0; i < ZONE_BLOCKS; i++)
				assert_int_equal(
					next(&rig, DIRECTION_WRITE, BLOCK), zone * ZONE_BLOCKS + i);
	assert_int_equal(resets, 2);
	zone_use_detach(&rig.use);
}

TEST(reads_beyond_the_pointer_skip_to_the_end_of_the_target)
{
	struct pattern_spec spec = sequential(4 * ZONE);
	struct rig rig;

	open_rig(&rig, &spec, new_table(ZONE), 2 * ZONE);
	rig.use.reads_beyond = true;
	rig.use.writes = false;
	for (int zone = 0; zone < 9; zone += 3)
		for (int i = 0; i < ZONE_BLOCKS; i++)
			assert_int_equal(
				next(&rig, DIRECTION_READ, BLOCK), zone % 9 * ZONE_BLOCKS + i);
	assert_int_equal(next(&rig, DIRECTION_READ, BLOCK), 0);
	zone_use_detach(&rig.use);
}

TEST(a_failure_is_left_with_the_use)
{
	struct pattern_spec spec = sequential(2 * ZONE);
	uint32_t bytes = 2 * ZONE;
	struct rig rig;

	open_rig(&rig, &spec, new_table(ZONE), 0);
	assert_true(pattern_place(rig.pattern, DIRECTION_WRITE, &bytes) == PATTERN_WAITS);
	assert_string_equal(rig.use.problem, "a block is larger than a zone");
	zone_use_detach(&rig.use);
}

TEST_MAIN(NULL, free_arena);

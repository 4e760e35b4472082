/* SPDX-License-Identifier: MIT */
/* Zones in the hot loop. covers: src/run/worker_zone.c */
#include "run/worker_zone.h"

#include "fake_worker.h"

enum { ZONE = 16 * BLOCK, ZONES = 4 };

static struct zone_table *table;
static struct arena arena;

static void set_up_zones(enum job_rw mode, bool is_random)
{
	set_up(&fake_class, ZONES * ZONE);
	table = zone_table_emulate(&arena, ZONES * ZONE, ZONE, ZONE);
	job.rw.mode = mode;
	rare.zones.mode = ZONES_ZBD;
	job.norandommap = false;
	region.is_random = region.each_block_once = is_random;
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++)
		region.percentage_random[i] = 100;
	worker.task.zones = &table;
	script.service_ns = 100;
}

/* How many of the I/Os went to a zone where another was still in flight. */
static unsigned count_overlaps(void)
{
	uint64_t sent_ns[ZONES] = {0};
	unsigned overlaps = 0;

	for (unsigned i = 0; i < script.taken; i++) {
		uint64_t *last = &sent_ns[script.offsets[i] / ZONE];

		overlaps += *last != 0 && script.sent_ns[i] < *last + script.service_ns;
		*last = script.sent_ns[i];
	}
	return overlaps;
}

TEST(a_drive_gets_one_write_at_a_time_in_each_zone_in_order)
{
	uint64_t pointers[ZONES] = {0};

	set_up_zones(RW_RANDWRITE, true);
	table->is_ordered = true;
	job.iodepth = job.iodepth_batch_submit = 8;
	assert_int_equal(run(DIRECTION_WRITE)->ios, ZONES * 16);
	assert_int_equal(count_overlaps(), 0);
	assert_in_range(script.most_in_flight, 2, ZONES);
	for (unsigned i = 0; i < script.taken; i++) {
		uint64_t *pointer = &pointers[script.offsets[i] / ZONE];

		assert_int_equal(script.offsets[i] % ZONE, *pointer);
		*pointer += BLOCK;
	}
	assert_int_equal(table->writes_in_flight, 0);
	tear_down();
	assert_null(table->uses);
}

TEST(zones_of_a_file_take_the_whole_depth)
{
	set_up_zones(RW_WRITE, false);
	job.iodepth = job.iodepth_batch_submit = 8;
	assert_int_equal(run(DIRECTION_WRITE)->ios, ZONES * 16);
	assert_int_equal(script.most_in_flight, 8);
	assert_true(count_overlaps() > 0);
	tear_down();
}

TEST(a_mix_writes_before_it_reads)
{
	set_up_zones(RW_RANDRW, true);
	job.rwmixread = 100;
	(void)run(DIRECTION_READ);
	assert_int_equal(script.ops[0], IO_WRITE);
	assert_int_equal(script.ops[1], IO_READ);
	assert_int_equal(script.offsets[1], script.offsets[0]);
	assert_int_equal(worker.loop.measurement->directions[DIRECTION_WRITE].ios, 1);
	tear_down();
}

TEST(resets_are_counted)
{
	set_up_zones(RW_WRITE, false);
	worker.task.pass_count = 3;
	assert_int_equal(run(DIRECTION_WRITE)->ios, 3 * ZONES * 16);
	assert_int_equal(worker.loop.measurement->zone_resets, 2 * ZONES);
	tear_down();
}

TEST(a_failed_write_leaves_the_pointer_for_the_next)
{
	set_up_zones(RW_WRITE, false);
	job.continue_on_error = ERRORS_WRITE;
	script.error_at = 3;
	script.error = EIO;
	(void)run(DIRECTION_WRITE);
	assert_int_equal(script.offsets[2], 2 * BLOCK);
	assert_int_equal(script.offsets[3], 2 * BLOCK);
	tear_down();
}

TEST(a_zone_that_cannot_be_reset_ends_the_job)
{
	set_up_zones(RW_WRITE, false);
	table->is_ordered = true; /* and there is no device */
	worker.task.pass_count = 2;
	(void)run(DIRECTION_WRITE);
	assert_int_equal(worker.outcome.error, EBADF);
	assert_non_null(strstr(worker.outcome.error_message, "a zone cannot be reset"));
	assert_int_equal(script.taken, ZONES * 16);
	tear_down();
}

TEST(nothing_to_read_is_the_end)
{
	set_up_zones(RW_READ, false);
	assert_int_equal(run(DIRECTION_READ)->ios, 0);
	assert_int_equal(worker.outcome.error, 0);
	tear_down();
}

static int free_arena(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

TEST_MAIN(NULL, free_arena);

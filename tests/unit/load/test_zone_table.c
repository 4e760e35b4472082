/* SPDX-License-Identifier: MIT */
/* Zones that workers share, against a drive that is a script: it records resets, and can fail. */
#include "load/zone_table.h"

#include <errno.h>

#include "test.h"

enum { KIB = 1024, BLOCK = 4 * KIB, ZONE = 64 * KIB, ZONES = 8 };

static struct arena arena;

static struct drive {
	unsigned resets, finishes;
	uint64_t last_reset, last_finish;
	int error;
} drive;

static int drive_reset(void *context, const struct zone *zone)
{
	assert_ptr_equal(context, &drive);
	drive.resets++;
	drive.last_reset = zone->start;
	return drive.error;
}

static int drive_finish(void *context, const struct zone *zone)
{
	assert_ptr_equal(context, &drive);
	drive.finishes++;
	drive.last_finish = zone->start;
	return drive.error;
}

static struct zone_table *new_table(void)
{
	drive = (struct drive){0};
	return zone_table_emulate(&arena, ZONES * ZONE, ZONE, ZONE);
}

/* All zones, blocks of 4 KiB, sequential. */
static struct zone_use use_of(struct zone_table *table)
{
	return (struct zone_use){
		.table = table,
		.region_bytes = ZONES * ZONE,
		.end_zone = ZONES,
		.least_bytes = {BLOCK, BLOCK, ZONE},
		.writes = true,
		.reset = drive_reset,
		.finish = drive_finish,
		.context = &drive,
	};
}

static enum zone_choice ask(struct zone_use *use, enum io_direction direction, uint64_t *offset)
{
	uint64_t bytes = direction == DIRECTION_TRIM ? ZONE : BLOCK;
	enum zone_choice choice = zone_use_place(use, direction, offset, &bytes);

	if (choice == ZONE_TAKEN)
		assert_int_equal(bytes, direction == DIRECTION_TRIM ? ZONE : BLOCK);
	return choice;
}

static uint64_t place(struct zone_use *use, enum io_direction direction, uint64_t offset)
{
	assert_int_equal(ask(use, direction, &offset), ZONE_TAKEN);
	return offset;
}

static void finish(struct zone_use *use, enum io_direction direction, uint64_t offset)
{
	(void)zone_use_release(
		use, direction, offset, direction == DIRECTION_TRIM ? ZONE : BLOCK, true, true);
}

/* A write that is done before the next is sent; returns where it went. */
static uint64_t write_one(struct zone_use *use, uint64_t offset)
{
	offset = place(use, DIRECTION_WRITE, offset);
	finish(use, DIRECTION_WRITE, offset);
	return offset;
}

static void write_zone(struct zone_use *use, uint64_t offset)
{
	for (unsigned i = 0; i < ZONE / BLOCK; i++)
		(void)write_one(use, offset);
}

TEST(writes_go_to_the_pointer_of_their_zone)
{
	struct zone_use use = use_of(new_table());

	assert_int_equal(zone_use_attach(&use), 0);
	assert_int_equal(write_one(&use, 3 * ZONE + 5 * BLOCK), 3 * ZONE);
	assert_int_equal(write_one(&use, 3 * ZONE), 3 * ZONE + BLOCK);
	assert_int_equal(write_one(&use, 5 * ZONE), 5 * ZONE);
	assert_int_equal(use.data_bytes, 3 * BLOCK);
	zone_use_detach(&use);
}

TEST(a_write_is_cut_at_the_capacity_of_its_zone)
{
	struct zone_table *table = new_table();
	struct zone_use use = use_of(table);
	uint64_t offset = 0, bytes = 8 * BLOCK;

	table->zones[0].capacity_end = 5 * BLOCK;
	assert_int_equal(zone_use_attach(&use), 0);
	assert_int_equal(zone_use_place(&use, DIRECTION_WRITE, &offset, &bytes), ZONE_TAKEN);
	assert_int_equal(bytes, 5 * BLOCK);
	bytes = ZONE + 1;
	assert_int_equal(zone_use_place(&use, DIRECTION_WRITE, &offset, &bytes), ZONE_FAILED);
	assert_int_equal(use.error, EINVAL);
	zone_use_detach(&use);
}

TEST(a_full_zone_is_reset_when_nothing_is_in_flight_in_it)
{
	struct zone_use use = use_of(new_table());
	uint64_t offset = 0, last;

	assert_int_equal(zone_use_attach(&use), 0);
	for (unsigned i = 0; i < ZONE / BLOCK - 1; i++)
		(void)write_one(&use, 0);
	last = place(&use, DIRECTION_WRITE, 0);
	assert_int_equal(ask(&use, DIRECTION_WRITE, &offset), ZONE_WAITS);
	assert_int_equal(drive.resets, 0);
	finish(&use, DIRECTION_WRITE, last);
	assert_int_equal(place(&use, DIRECTION_WRITE, 0), 0);
	assert_int_equal(drive.resets, 1);
	assert_int_equal(drive.last_reset, 0);
	assert_int_equal(use.data_bytes, BLOCK);
	zone_use_detach(&use);
}

TEST(a_reset_that_fails_is_told)
{
	struct zone_use use = use_of(new_table());
	uint64_t offset = 0;

	assert_int_equal(zone_use_attach(&use), 0);
	write_zone(&use, 0);
	drive.error = -EIO;
	assert_int_equal(ask(&use, DIRECTION_WRITE, &offset), ZONE_FAILED);
	assert_int_equal(use.error, EIO);
	assert_string_equal(use.problem, "a zone cannot be reset");
	zone_use_detach(&use);
}

TEST(a_drive_gets_one_write_at_a_time_in_each_zone)
{
	struct zone_table *table = new_table();
	struct zone_use use = use_of(table);
	uint64_t offset = 0, first;

	assert_int_equal(zone_use_attach(&use), 0);
	/* Zones that are made of a file take many of one worker. */
	first = place(&use, DIRECTION_WRITE, 0);
	assert_int_equal(place(&use, DIRECTION_WRITE, 0), BLOCK);
	finish(&use, DIRECTION_WRITE, first);
	finish(&use, DIRECTION_WRITE, BLOCK);
	table->is_ordered = true;
	first = place(&use, DIRECTION_WRITE, 0);
	assert_int_equal(ask(&use, DIRECTION_WRITE, &offset), ZONE_WAITS);
	assert_int_equal(place(&use, DIRECTION_WRITE, ZONE), ZONE);
	finish(&use, DIRECTION_WRITE, first);
	assert_int_equal(place(&use, DIRECTION_WRITE, 0), first + BLOCK);
	zone_use_detach(&use);
}

TEST(a_zone_with_io_in_flight_belongs_to_one_worker)
{
	struct zone_table *table = new_table();
	struct zone_use one = use_of(table), other = use_of(table);
	uint64_t offset = 0, first;

	assert_int_equal(zone_use_attach(&one), 0);
	assert_int_equal(zone_use_attach(&other), 0);
	(void)write_one(&one, 0);
	first = place(&one, DIRECTION_WRITE, 0);
	assert_int_equal(ask(&other, DIRECTION_WRITE, &offset), ZONE_WAITS);
	offset = 0;
	assert_int_equal(ask(&other, DIRECTION_READ, &offset), ZONE_WAITS);
	finish(&one, DIRECTION_WRITE, first);
	assert_int_equal(place(&other, DIRECTION_WRITE, 0), 2 * BLOCK);
	/* One that ends gives up what it had. */
	offset = 0;
	assert_int_equal(ask(&one, DIRECTION_WRITE, &offset), ZONE_WAITS);
	zone_use_detach(&other);
	assert_int_equal(place(&one, DIRECTION_WRITE, 0), 3 * BLOCK);
	zone_use_detach(&one);
	assert_int_equal(table->writes_in_flight, 0);
}

TEST(a_write_that_fails_or_is_not_sent_leaves_the_pointer)
{
	struct zone_use use = use_of(new_table());

	assert_int_equal(zone_use_attach(&use), 0);
	(void)zone_use_release(
		&use, DIRECTION_WRITE, place(&use, DIRECTION_WRITE, 0), BLOCK, true, false);
	assert_int_equal(use.data_bytes, 0);
	(void)zone_use_release(
		&use, DIRECTION_WRITE, place(&use, DIRECTION_WRITE, 0), BLOCK, false, true);
	assert_int_equal(place(&use, DIRECTION_WRITE, 0), 0);
	zone_use_detach(&use);
}

static int drive_recover(void *context, const struct zone *zone, uint64_t *pointer)
{
	assert_ptr_equal(context, &drive);
	*pointer = zone->start + BLOCK + 512;
	return drive.error;
}

TEST(after_a_failed_write_the_drive_may_be_asked)
{
	struct zone_table *table = new_table();
	struct zone_use use = use_of(table);

	table->is_ordered = true;
	use.recover = drive_recover;
	assert_int_equal(zone_use_attach(&use), 0);
	(void)write_one(&use, ZONE);
	(void)zone_use_release(
		&use, DIRECTION_WRITE, place(&use, DIRECTION_WRITE, ZONE), BLOCK, true, false);
	assert_int_equal(use.data_bytes, BLOCK + 512);
	drive.error = -EIO;
	(void)zone_use_release(
		&use, DIRECTION_WRITE, place(&use, DIRECTION_WRITE, ZONE), BLOCK, true, false);
	assert_int_equal(write_one(&use, ZONE), ZONE + BLOCK + 512);
	zone_use_detach(&use);
}

TEST(reads_go_to_what_was_written)
{
	struct zone_use use = use_of(new_table());
	uint64_t offset = 0, bytes = 8 * BLOCK;

	assert_int_equal(zone_use_attach(&use), 0);
	assert_int_equal(ask(&use, DIRECTION_READ, &offset), ZONE_ENDS);
	for (unsigned i = 0; i < 3; i++)
		(void)write_one(&use, 2 * ZONE);
	/* The next zone that has some, from its start, and not beyond it. */
	offset = BLOCK;
	assert_int_equal(zone_use_place(&use, DIRECTION_READ, &offset, &bytes), ZONE_TAKEN);
	assert_int_equal(offset, 2 * ZONE);
	assert_int_equal(bytes, 3 * BLOCK);
	/* A write is read when it is done. */
	(void)place(&use, DIRECTION_WRITE, 2 * ZONE);
	offset = 2 * ZONE + 3 * BLOCK;
	assert_int_equal(ask(&use, DIRECTION_READ, &offset), ZONE_WAITS);
	offset = 3 * ZONE;
	use.reads_beyond = true;
	assert_int_equal(place(&use, DIRECTION_READ, offset), offset);
	zone_use_detach(&use);
}

TEST(random_reads_go_to_the_nearest_data)
{
	struct zone_use use = use_of(new_table());

	use.is_random = true;
	assert_int_equal(zone_use_attach(&use), 0);
	for (unsigned i = 0; i < 5; i++)
		(void)write_one(&use, 2 * ZONE);
	/* Zone 5 has none, nor have 6, 4, 7 and 3. Of five blocks fio reaches four. */
	for (uint64_t i = 0; i < 16; i++)
		assert_int_equal(place(&use, DIRECTION_READ, 5 * ZONE + i * BLOCK),
			2 * ZONE + i % 4 * BLOCK);
	zone_use_detach(&use);
}

TEST(no_more_zones_are_open_than_may_be)
{
	struct zone_table *table = new_table();
	struct zone_use use = use_of(table);
	uint64_t offset;

	table->open_limit = 2;
	assert_int_equal(zone_use_attach(&use), 0);
	(void)write_one(&use, 6 * ZONE);
	(void)write_one(&use, ZONE);
	assert_int_equal(table->open_count, 2);
	/* The first half of the region stands for the one that was opened first. */
	assert_int_equal(write_one(&use, 0), 6 * ZONE + BLOCK);
	assert_int_equal(write_one(&use, 7 * ZONE), ZONE + BLOCK);
	/* One that is full makes room for the one that is asked for. */
	for (unsigned i = 0; i < ZONE / BLOCK - 2; i++)
		(void)write_one(&use, ZONE);
	assert_int_equal(table->open_count, 1);
	assert_int_equal(write_one(&use, 3 * ZONE), 3 * ZONE);
	assert_int_equal(drive.resets, 0);
	/* Until the last write of it is back it is open. */
	for (unsigned i = 0; i < ZONE / BLOCK - 2; i++)
		(void)write_one(&use, 3 * ZONE);
	offset = place(&use, DIRECTION_WRITE, 3 * ZONE);
	for (unsigned i = 0; i < ZONE / BLOCK - 2; i++)
		(void)write_one(&use, 6 * ZONE);
	finish(&use, DIRECTION_WRITE, offset);
	zone_use_detach(&use);
}

TEST(a_zone_with_too_small_a_rest_is_finished_and_counts_no_more)
{
	struct zone_table *table = new_table();
	struct zone_use use = use_of(table);

	table->open_limit = 1;
	table->is_ordered = true;
	table->zones[0].capacity_end = 2 * BLOCK + 512;
	assert_int_equal(zone_use_attach(&use), 0);
	(void)write_one(&use, 0);
	assert_int_equal(drive.finishes, 0);
	(void)write_one(&use, 0);
	assert_int_equal(drive.finishes, 1);
	assert_int_equal(drive.last_finish, 0);
	assert_int_equal(table->open_count, 0);
	assert_int_equal(write_one(&use, ZONE), ZONE);
	/* One that is full by itself is not. */
	for (unsigned i = 0; i < ZONE / BLOCK - 1; i++)
		(void)write_one(&use, ZONE);
	assert_int_equal(table->open_count, 0);
	assert_int_equal(drive.finishes, 1);
	zone_use_detach(&use);
}

TEST(a_job_has_a_limit_of_its_own)
{
	struct zone_table *table = new_table();
	struct zone_use one = use_of(table), other = use_of(table);

	table->open_limit = 2;
	one.open_limit = other.open_limit = 1;
	assert_int_equal(zone_use_attach(&one), 0);
	assert_int_equal(zone_use_attach(&other), 0);
	assert_int_equal(write_one(&one, 0), 0);
	assert_int_equal(write_one(&one, ZONE), BLOCK);
	assert_int_equal(write_one(&other, 4 * ZONE), 4 * ZONE);
	assert_int_equal(one.open_count, 1);
	assert_int_equal(other.open_count, 1);
	/* Whoever fills it: its opener may open another. */
	for (unsigned i = 0; i < ZONE / BLOCK - 2; i++)
		(void)write_one(&other, 0);
	assert_int_equal(one.open_count, 0);
	assert_int_equal(write_one(&one, ZONE), ZONE);
	zone_use_detach(&one);
	zone_use_detach(&other);
}

TEST(a_job_whose_zones_cannot_be_opened_ends)
{
	struct zone_table *table = new_table();
	struct zone_use one = use_of(table), other = use_of(table);
	uint64_t offset = 4 * ZONE;

	table->open_limit = 1;
	one.region_bytes = other.region_bytes = 4 * ZONE;
	one.end_zone = 4;
	other.region_offset = 4 * ZONE;
	other.first_zone = 4;
	assert_int_equal(zone_use_attach(&one), 0);
	assert_int_equal(zone_use_attach(&other), 0);
	(void)write_one(&one, 0);
	assert_int_equal(ask(&other, DIRECTION_WRITE, &offset), ZONE_ENDS);
	zone_use_detach(&one);
	zone_use_detach(&other);
}

TEST(zones_that_the_drive_has_open_count_and_what_is_too_much_is_finished)
{
	struct zone_table *table = new_table();
	struct zone_use use = use_of(table);

	table->open_limit = 1;
	table->zones[2].was_open = table->zones[5].was_open = true;
	table->zones[2].pointer = table->zones[2].written = 2 * ZONE + BLOCK;
	use.writes = false;
	assert_int_equal(zone_use_attach(&use), 0);
	assert_int_equal(drive.finishes + table->open_count, 0); /* a reader leaves them */
	zone_use_detach(&use);
	use.writes = true;
	assert_int_equal(zone_use_attach(&use), 0);
	assert_int_equal(table->open_count, 1);
	assert_int_equal(drive.finishes, 1);
	assert_int_equal(drive.last_finish, 5 * ZONE);
	assert_int_equal(drive.resets, 0);
	assert_int_equal(write_one(&use, 0), 2 * ZONE + BLOCK);
	zone_use_detach(&use);
}

TEST(zones_are_reset_every_so_often_where_there_are_enough_data)
{
	struct zone_table *table = new_table();
	struct zone_use use = use_of(table);

	use.reset_threshold = 0.25;
	use.reset_interval = 4;
	assert_int_equal(zone_use_attach(&use), 0);
	write_zone(&use, 0);
	write_zone(&use, ZONE);
	assert_int_equal(drive.resets, 0);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(write_one(&use, 2 * ZONE), 2 * ZONE + i * BLOCK);
	assert_int_equal(write_one(&use, 2 * ZONE), 2 * ZONE); /* the fourth */
	assert_int_equal(drive.resets, 1);
	assert_int_equal(drive.last_reset, 2 * ZONE);
	zone_use_detach(&use);
}

TEST(trims_reset_zones_that_have_data)
{
	struct zone_table *table = new_table();
	struct zone_use use = use_of(table);
	uint64_t offset = 0;

	use.is_random = true;
	assert_int_equal(zone_use_attach(&use), 0);
	assert_int_equal(ask(&use, DIRECTION_TRIM, &offset), ZONE_ENDS);
	(void)write_one(&use, 3 * ZONE);
	table->is_ordered = true;
	assert_int_equal(place(&use, DIRECTION_TRIM, 0), 3 * ZONE);
	assert_int_equal(zone_table_trim(table, 3 * ZONE), ZONE_RESETS);
	offset = 3 * ZONE;
	assert_int_equal(ask(&use, DIRECTION_WRITE, &offset), ZONE_WAITS);
	assert_true(zone_use_release(&use, DIRECTION_TRIM, 3 * ZONE, ZONE, true, true));
	assert_int_equal(zone_table_trim(table, 3 * ZONE), ZONE_IS_EMPTY);
	assert_int_equal(use.data_bytes, 0);
	assert_int_equal(drive.resets, 0); /* the engine has sent it */
	offset = BLOCK;
	use.is_random = false;
	assert_int_equal(ask(&use, DIRECTION_TRIM, &offset), ZONE_FAILED);
	zone_use_detach(&use);
}

TEST(conventional_zones_are_written_anywhere_up_to_the_next_that_is_not)
{
	struct zone_table *table = new_table();
	struct zone_use use = use_of(table);
	uint64_t offset = ZONE - BLOCK, bytes = 2 * BLOCK;

	table->zones[0].has_pointer = false;
	table->zones[0].pointer = table->zones[0].written = ZONE;
	assert_int_equal(zone_use_attach(&use), 0);
	assert_int_equal(write_one(&use, 5 * BLOCK), 5 * BLOCK);
	assert_int_equal(place(&use, DIRECTION_READ, 7 * BLOCK), 7 * BLOCK);
	assert_int_equal(zone_use_place(&use, DIRECTION_WRITE, &offset, &bytes), ZONE_TAKEN);
	assert_int_equal(offset, ZONE - BLOCK);
	assert_int_equal(bytes, BLOCK);
	assert_int_equal(zone_table_trim(table, 0), ZONE_DISCARDS);
	assert_false(zone_table_has_pointers(table, 0, ZONE));
	assert_true(zone_table_has_pointers(table, 0, ZONE + 1));
	zone_use_detach(&use);
}

TEST(offline_zones_are_left_out)
{
	struct zone_table *table = new_table();
	struct zone_use use = use_of(table);

	table->zones[0].is_offline = true;
	assert_int_equal(zone_use_attach(&use), 0);
	assert_int_equal(write_one(&use, 0), ZONE);
	assert_int_equal(place(&use, DIRECTION_READ, 0), ZONE);
	zone_use_detach(&use);
}

TEST(a_release_ends_a_wait)
{
	struct zone_table *table = new_table();
	struct zone_use one = use_of(table), other = use_of(table);
	uint64_t offset = 0, first;

	assert_int_equal(zone_use_attach(&one), 0);
	assert_int_equal(zone_use_attach(&other), 0);
	first = place(&one, DIRECTION_WRITE, 0);
	assert_int_equal(ask(&other, DIRECTION_WRITE, &offset), ZONE_WAITS);
	finish(&one, DIRECTION_WRITE, first);
	/* It came between: an hour would be too long. */
	zone_use_wait(&other, 3600ull * 1000 * 1000 * 1000);
	assert_int_equal(place(&other, DIRECTION_WRITE, 0), BLOCK);
	zone_use_detach(&one);
	zone_use_detach(&other);
}

static int free_arena(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

TEST_MAIN(NULL, free_arena);

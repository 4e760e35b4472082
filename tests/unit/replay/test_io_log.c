/* SPDX-License-Identifier: MIT */
/* Entries come back as they were added, in few bytes, from memory and from a file. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "replay/io_log.h"
#include "test.h"

enum { COUNT = 100000 };

static struct io_log_entry draw(struct random *random, uint64_t *now_ns)
{
	static const uint32_t lengths[] = {512, 4096, 4096, 4096, 65536, 1 << 20};
	struct io_log_entry entry = {.op = (uint8_t)random_below(random, IO_LOG_OP_COUNT)};

	*now_ns += random_below(random, 3) * random_below(random, 1000000);
	entry.at_ns = *now_ns;
	entry.file = (uint16_t)random_below(random, 3);
	if (entry.op > IO_TRIM)
		return entry;
	entry.offset = random_below(random, 4) == 0 ? random_next(random) >> 2
						    : random_below(random, 1 << 30) * 512;
	entry.length = lengths[random_below(random, 6)];
	return entry;
}

static void check_round_trip(bool spills)
{
	struct io_log_entry *entries = calloc(COUNT, sizeof(*entries)), entry;
	struct io_log_cursor cursor;
	struct random random;
	struct io_log log;
	uint64_t now_ns = 0;

	random_init(&random, 5);
	assert_int_equal(io_log_open(&log, spills), 0);
	assert_int_equal(log.spill >= 0, spills);
	for (int i = 0; i < 3; i++)
		assert_int_equal(io_log_add_file(&log, (const char *[]){"a", "b", "c"}[i]), i);
	for (int i = 0; i < COUNT; i++) {
		entries[i] = draw(&random, &now_ns);
		assert_int_equal(io_log_add(&log, &entries[i], 0), 0);
	}
	cursor = io_log_begin(&log);
	for (int i = 0; i < COUNT; i++) {
		assert_true(io_log_next(&cursor, &entry));
		assert_int_equal(entry.at_ns, entries[i].at_ns);
		assert_int_equal(entry.offset, entries[i].offset);
		assert_int_equal(entry.length, entries[i].length);
		assert_int_equal(entry.file, entries[i].file);
		assert_int_equal(entry.op, entries[i].op);
	}
	assert_false(io_log_next(&cursor, &entry));
	assert_int_equal(log.duration_ns, now_ns);
	io_log_close(&log);
	free(entries);
}

TEST(entries_come_back_from_memory)
{
	check_round_trip(false);
}

TEST(entries_come_back_from_a_file)
{
	setenv("TMPDIR", "/tmp", 1);
	check_round_trip(true);
}

TEST(a_folder_that_is_missing_is_an_error)
{
	struct io_log log;

	setenv("TMPDIR", "/nowhere/at/all", 1);
	assert_int_equal(io_log_open(&log, true), -ENOENT);
	io_log_close(&log);
	unsetenv("TMPDIR");
}

/* 4k at random offsets of 1 TiB, 10 us apart. */
TEST(a_random_io_takes_less_than_ten_bytes_and_a_sequential_one_three)
{
	struct random random;
	struct io_log log;
	size_t before;

	random_init(&random, 1);
	assert_int_equal(io_log_open(&log, false), 0);
	io_log_add_file(&log, "a");
	for (uint64_t i = 0; i < COUNT; i++)
		io_log_add(&log,
			&(struct io_log_entry){.at_ns = i * 10000,
				.offset = random_below(&random, 1 << 28) * 4096,
				.length = 4096},
			0);
	assert_true(log.used < COUNT * 10);
	before = log.used;
	for (uint64_t i = 0; i < COUNT; i++)
		io_log_add(&log,
			&(struct io_log_entry){
				.at_ns = (COUNT + i) * 10000, .offset = i * 4096, .length = 4096},
			0);
	assert_true(log.used - before < COUNT * 3 + IO_LOG_ENTRY_BYTES);
	io_log_close(&log);
}

TEST(a_fixed_log_is_full_and_keeps_what_it_has)
{
	struct io_log_entry entry = {.length = 4096};
	struct io_log_cursor cursor;
	struct io_log log;
	unsigned count = 0;
	int error = 0;

	assert_int_equal(io_log_open_fixed(&log, 1 << 16), 0);
	io_log_add_file(&log, "a");
	while (error == 0) {
		entry.offset += (uint64_t)1 << 40;
		error = io_log_add(&log, &entry, 0);
		count += error == 0;
	}
	assert_int_equal(error, -ENOSPC);
	assert_true(log.is_full);
	entry.offset = entry.length = 0;
	assert_int_equal(io_log_add(&log, &entry, 0), -ENOSPC);
	cursor = io_log_begin(&log);
	for (unsigned i = 0; i < count; i++)
		assert_true(io_log_next(&cursor, &entry));
	assert_false(io_log_next(&cursor, &entry));
	io_log_close(&log);
}

TEST(many_files_are_found_by_name)
{
	struct io_log log;
	char name[32];

	assert_int_equal(io_log_open(&log, false), 0);
	assert_int_equal(io_log_find_file(&log, "none"), -1);
	for (int i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "file.%d", i);
		assert_int_equal(io_log_add_file(&log, name), i);
	}
	for (int i = 4999; i >= 0; i--) {
		snprintf(name, sizeof(name), "file.%d", i);
		assert_int_equal(io_log_find_file(&log, name), i);
		assert_int_equal(io_log_add_file(&log, name), i);
	}
	assert_int_equal(log.file_count, 5000);
	io_log_close(&log);
}

TEST(there_are_not_more_files_than_a_slot_can_name)
{
	struct io_log log;
	char name[32];

	assert_int_equal(io_log_open(&log, false), 0);
	for (int i = 0; i < IO_LOG_FILE_LIMIT; i++) {
		snprintf(name, sizeof(name), "%d", i);
		assert_int_equal(io_log_add_file(&log, name), i);
	}
	assert_int_equal(io_log_add_file(&log, "one more"), -1);
	assert_int_equal(io_log_add_file(&log, "7"), 7);
	io_log_close(&log);
}

TEST(a_log_knows_its_ranges_and_changes)
{
	const struct io_log_entry entries[] = {
		{.op = IO_LOG_OPEN, .file = 0},
		{.op = IO_READ, .offset = 8192, .length = 4096},
		{.op = IO_WRITE, .offset = 1024, .length = 512},
		{.op = IO_TRIM, .offset = 1 << 20, .length = 100},
		{.op = IO_SYNC},
	};
	struct io_log log;

	assert_int_equal(io_log_open(&log, false), 0);
	io_log_add_file(&log, "a");
	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
		io_log_add(&log, &entries[i], (unsigned)i + 1);
	assert_int_equal(io_log_count(&log), 4);
	assert_int_equal(log.files[0].read_end, 12288);
	assert_int_equal(log.files[0].end, (1 << 20) + 100);
	assert_int_equal(log.files[0].end_line, 4);
	assert_int_equal(log.files[0].used_bits & -log.files[0].used_bits, 512);
	assert_true(log.files[0].is_first_opened);
	assert_false(log.has_changes);
	io_log_add(&log, &(struct io_log_entry){.op = IO_LOG_CLOSE}, 6);
	assert_false(log.has_changes);
	io_log_add(&log, &(struct io_log_entry){.op = IO_LOG_OPEN}, 7);
	assert_true(log.has_changes);
	io_log_close(&log);
}

TEST_MAIN(NULL, NULL);

/* SPDX-License-Identifier: MIT */
/* Which file is next and which are open, with files in a temporary folder. */
#include "run/file_service.h"
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES = 4, SEED = 7, UNIT = 4096 };

static char folder[64];
static char paths[2 * FILES][80];
static struct target targets[2 * FILES];
static struct served_file files[FILES];
static struct file_service service;
static struct arena arena;
static char synced[64]; /* by their numbers; "!" after one that failed */

static void on_sync(void *owner, const struct target *target, uint64_t start_ns, int error)
{
	size_t length = strlen(owner);

	(void)start_ns;
	snprintf(synced + length, sizeof(synced) - length, "%d%s", (int)(target - targets),
		error ? "!" : "");
}

/* Four files of three blocks each; the tests set what the service shall do with them. */
static int start(void **state)
{
	static const struct pattern_spec spec = {
		.region_bytes = 3 * UNIT, .block_bytes = UNIT, .largest_io_bytes = UNIT};

	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/ringside-files.XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	for (unsigned i = 0; i < 2 * FILES; i++) {
		snprintf(paths[i], sizeof(paths[i]), "%s/%u", folder, i);
		close(open(paths[i], O_CREAT | O_WRONLY, 0600));
		targets[i] = (struct target){
			.path = paths[i], .kind = TARGET_FILE, .exists = true, .descriptor = -1};
	}
	for (unsigned i = 0; i < FILES; i++)
		files[i] = (struct served_file){
			.target = &targets[i], .pattern = pattern_new(&arena, &spec)};
	synced[0] = '\0';
	service = (struct file_service){.files = files,
		.count = FILES,
		.open_flags = TARGET_READS | TARGET_WRITES,
		.on_sync = on_sync,
		.owner = synced};
	return 0;
}

static int end(void **state)
{
	(void)state;
	file_service_close(&service);
	for (unsigned i = 0; i < 2 * FILES; i++) {
		assert_int_equal(targets[i].descriptor, -1);
		unlink(paths[i]);
	}
	arena_free(&arena);
	return rmdir(folder);
}

static void open_all(uint64_t seed)
{
	unsigned failed;

	assert_int_equal(file_service_open(&service, &arena, seed, &failed), 0);
}

static void open_all_again(uint64_t seed)
{
	file_service_close(&service);
	service.next_file = service.window_count = service.position = 0;
	open_all(seed);
}

/* The next files, as "001123"; "-" where none can be served now. */
static const char *next(unsigned count)
{
	static char text[64];

	for (unsigned i = 0; i < count; i++) {
		unsigned index = file_service_next(&service);

		text[i] = index == FILE_SERVICE_NONE ? '-' : (char)('0' + index);
	}
	text[count] = '\0';
	return text;
}

/* Which are open, as "01--". */
static const char *open_ones(void)
{
	static char text[FILES + 1];

	for (unsigned i = 0; i < FILES; i++)
		text[i] = targets[i].descriptor >= 0 ? (char)('0' + i) : '-';
	return text;
}

TEST_FIXTURE(start, end);

TEST(each_in_its_turn_for_so_many_ios)
{
	service.type.ios_per_file = 2;
	open_all(SEED);
	assert_false(file_service_counts(&service));
	assert_string_equal(open_ones(), "0123");
	assert_string_equal(next(10), "0011223300");
	/* One whose pass is over is left; the others have their turns whole. */
	assert_string_equal(next(1), "1");
	file_service_finish(&service, 1);
	assert_string_equal(next(7), "2233002");
	file_service_finish(&service, 2);
	file_service_finish(&service, 3);
	assert_string_equal(next(3), "000");
	assert_false(file_service_is_done(&service));
	file_service_finish(&service, 0);
	assert_true(file_service_is_done(&service));
	assert_string_equal(next(2), "--");
	/* All may be open: none needs to be closed. */
	assert_string_equal(open_ones(), "0123");
}

TEST(without_a_number_they_change_at_each_io)
{
	open_all(SEED);
	assert_string_equal(next(6), "012301");
}

TEST(one_after_the_other)
{
	service.type.kind = FILE_SERVICE_SEQUENTIAL;
	open_all(SEED);
	assert_string_equal(next(5), "00000");
	file_service_finish(&service, 0);
	assert_string_equal(next(3), "111");
	file_service_finish(&service, 1);
	file_service_finish(&service, 2);
	assert_string_equal(next(3), "333");
}

/* 400 draws of one in four: 100 +- 6 standard deviations of 8.7. */
TEST(at_random_but_each_as_often)
{
	unsigned counts[FILES] = {0};
	char first[64];

	service.type.kind = FILE_SERVICE_RANDOM;
	service.type.ios_per_file = 2;
	open_all(SEED);
	for (unsigned i = 0; i < 400; i++) {
		unsigned index = file_service_next(&service);

		counts[index]++;
		assert_int_equal(file_service_next(&service), index);
	}
	for (unsigned i = 0; i < FILES; i++)
		assert_in_range(counts[i], 48, 152);
	open_all_again(SEED);
	snprintf(first, sizeof(first), "%s", next(16));
	open_all_again(SEED);
	assert_string_equal(next(16), first);
	open_all_again(SEED + 1);
	assert_string_not_equal(next(16), first);
}

TEST(no_more_are_open_than_may_be)
{
	service.open_limit = 2;
	open_all(SEED);
	assert_true(file_service_counts(&service));
	assert_string_equal(open_ones(), "01--");
	assert_string_equal(next(4), "0101");
	/* 1 is over, but its I/O is not back: nothing can be opened in its place. */
	file_service_hold(&service, 1);
	file_service_hold(&service, 1);
	assert_int_equal(file_service_finish(&service, 1), 0);
	assert_string_equal(next(2), "00");
	assert_string_equal(open_ones(), "01--");
	assert_int_equal(file_service_release(&service, 1), 0);
	assert_string_equal(open_ones(), "01--");
	assert_int_equal(file_service_release(&service, 1), 0);
	assert_string_equal(open_ones(), "0-2-");
	/* 0 is not over: an I/O that is back does not close it. */
	file_service_hold(&service, 0);
	assert_int_equal(file_service_release(&service, 0), 0);
	assert_string_equal(open_ones(), "0-2-");
	file_service_finish(&service, 0);
	assert_string_equal(open_ones(), "--23");
	file_service_hold(&service, 2);
	file_service_hold(&service, 3);
	file_service_finish(&service, 2);
	file_service_finish(&service, 3);
	assert_string_equal(next(1), "-");
	assert_true(file_service_is_done(&service));
	file_service_release(&service, 2);
	file_service_release(&service, 3);
	assert_string_equal(open_ones(), "----");
}

TEST(files_that_wait_are_not_the_end)
{
	service.open_limit = 1;
	open_all(SEED);
	file_service_hold(&service, 0);
	file_service_finish(&service, 0);
	assert_string_equal(next(1), "-");
	assert_false(file_service_is_done(&service));
	file_service_release(&service, 0);
	assert_string_equal(next(2), "11");
}

TEST(another_pass_begins_with_the_first_files)
{
	service.open_limit = 2;
	open_all(SEED);
	file_service_finish(&service, 0);
	file_service_finish(&service, 1);
	assert_string_equal(open_ones(), "--23");
	assert_int_equal(pattern_next(files[2].pattern, DIRECTION_READ, UNIT), 0);
	assert_int_equal(pattern_next(files[2].pattern, DIRECTION_READ, UNIT), UNIT);
	/* 2 and 3 had not come to their ends, and are in the way. */
	assert_int_equal(file_service_restart(&service), 0);
	assert_string_equal(open_ones(), "01--");
	assert_string_equal(next(4), "0101");
	assert_int_equal(pattern_next(files[2].pattern, DIRECTION_READ, UNIT), 0);
	for (unsigned i = 0; i < FILES; i++)
		assert_int_equal(file_service_finish(&service, i), 0);
	assert_true(file_service_is_done(&service));
}

TEST(another_pass_of_all_keeps_them_open)
{
	open_all(SEED);
	for (unsigned i = 0; i < FILES; i++)
		file_service_finish(&service, i);
	assert_int_equal(file_service_restart(&service), 0);
	assert_false(file_service_is_done(&service));
	assert_string_equal(next(5), "01230");
	assert_string_equal(open_ones(), "0123");
}

TEST(the_file_that_cannot_be_opened_is_named)
{
	unsigned failed = 99;

	unlink(paths[2]);
	assert_int_equal(file_service_open(&service, &arena, SEED, &failed), -ENOENT);
	assert_int_equal(failed, 2);
	/* One that is opened later fails whatever made room for it. */
	service.open_limit = 2;
	open_all_again(SEED);
	assert_int_equal(file_service_finish(&service, 0), -ENOENT);
	open_all_again(SEED);
	file_service_hold(&service, 1);
	files[1].is_done = true;
	assert_int_equal(file_service_release(&service, 1), -ENOENT);
}

/* The syncs since the last time. */
static const char *syncs(void)
{
	static char text[sizeof(synced)];

	memcpy(text, synced, sizeof(synced));
	synced[0] = '\0';
	return text;
}

TEST(the_end_syncs_all_that_were_opened)
{
	service.open_limit = 1;
	open_all(SEED);
	file_service_finish(&service, 0);
	/* 0 is closed, 1 is open, 2 and 3 were never opened: nothing is wrong with them. */
	unlink(paths[3]);
	file_service_sync(&service, true);
	assert_string_equal(syncs(), "01");
	assert_string_equal(open_ones(), "-1--");
	file_service_sync(&service, false);
	assert_string_equal(syncs(), "1");
	/* What was written to it is not known to be safe. */
	unlink(paths[0]);
	file_service_sync(&service, true);
	assert_string_equal(syncs(), "0!");
	assert_string_equal(open_ones(), "-1--");
}

TEST(a_file_is_synced_when_it_makes_room)
{
	service.open_limit = 2;
	service.syncs_on_close = true;
	open_all(SEED);
	file_service_hold(&service, 1);
	file_service_finish(&service, 1);
	file_service_finish(&service, 0);
	assert_string_equal(syncs(), "0");
	file_service_release(&service, 1);
	assert_string_equal(syncs(), "1");
	file_service_restart(&service);
	assert_string_equal(syncs(), "23");
	/* The end of the job is not the place for it. */
	file_service_close(&service);
	assert_string_equal(syncs(), "");
}

/* The null engine's: there is nothing to open, and yet each has its turn. */
TEST(files_that_are_none_make_room_too)
{
	for (unsigned i = 0; i < FILES; i++)
		targets[i].kind = TARGET_NONE;
	service.open_limit = 1;
	service.syncs_on_close = true;
	open_all(SEED);
	for (unsigned i = 0; i < FILES; i++) {
		assert_int_equal(file_service_next(&service), i);
		assert_int_equal(file_service_finish(&service, i), 0);
	}
	assert_true(file_service_is_done(&service));
	file_service_sync(&service, true);
	assert_string_equal(syncs(), "");
	assert_int_equal(file_service_restart(&service), 0);
	assert_string_equal(next(2), "00");
}

static int access_mode(const struct target *target)
{
	return fcntl(target->descriptor, F_GETFL) & (O_ACCMODE | O_DSYNC);
}

TEST(a_copy_opens_pairs_and_writes_the_second)
{
	for (unsigned i = 0; i < FILES; i++)
		files[i].destination = &targets[FILES + i];
	service.open_limit = 1;
	service.open_flags = TARGET_READS | TARGET_WRITES | TARGET_DSYNC;
	open_all(SEED);
	assert_int_equal(access_mode(&targets[0]), O_RDONLY);
	assert_int_equal(access_mode(&targets[FILES]), O_RDWR | O_DSYNC);
	file_service_finish(&service, 0);
	assert_int_equal(targets[FILES].descriptor, -1);
	assert_string_equal(open_ones(), "-1--");
	/* The sync is for what was written. */
	unlink(paths[0]);
	file_service_sync(&service, true);
	assert_string_equal(syncs(), "45");
	unlink(paths[FILES]);
	file_service_sync(&service, true);
	assert_string_equal(syncs(), "4!");
}

TEST(files_that_are_made_anew_are_other_files)
{
	struct stat after;

	service.open_flags |= TARGET_CREATE;
	service.open_limit = 2;
	open_all(SEED);
	for (unsigned i = 0; i < FILES; i++)
		assert_int_equal(truncate(paths[i], UNIT), 0);
	(void)pattern_next(files[0].pattern, DIRECTION_WRITE, UNIT);
	/* One that is gone already is no matter. */
	unlink(paths[3]);
	assert_int_equal(file_service_recreate(&service), 0);
	assert_int_equal(service.open_count, 2);
	for (unsigned i = 0; i < FILES; i++) {
		/* Only so many are open, and made; the others come when it is their turn. */
		assert_int_equal(access(paths[i], F_OK), i < 2 ? 0 : -1);
		if (i >= 2)
			continue;
		assert_int_equal(fstat(targets[i].descriptor, &after), 0);
		assert_int_equal(after.st_size, 0);
	}
	assert_int_equal(pattern_next(files[0].pattern, DIRECTION_WRITE, UNIT), 0);
	for (unsigned i = 2; i < FILES; i++)
		close(open(paths[i], O_CREAT | O_WRONLY, 0600));
}

TEST_MAIN(NULL, NULL);

/* SPDX-License-Identifier: MIT */
/* Overrides hold whatever sections say, and leave another engine's options out. */
#include <stdlib.h>
#include <string.h>

#include "job/job_overrides.h"
#include "job/job_set.h"
#include "test.h"

static const char text[] = "[global]\n"
			   "ioengine=io_uring\n"
			   "fixedbufs=1\n"
			   "filename=/dev/zero\n"
			   "size=1m\n"
			   "[a]\n"
			   "bs=4k\n"
			   "[b]\n"
			   "bs=8k\n"
			   "registerfiles\n";

/* What was read, and what was said about it. */
struct reading {
	struct job_set set;
	char *said;
	int rc;
};

static struct reading read_with(const char *const *overrides, size_t count)
{
	struct reading reading = {0};
	struct job_request request = {.overrides = overrides, .override_count = count};
	struct diag diag;
	size_t bytes;
	FILE *stream = open_memstream(&reading.said, &bytes);

	assert_non_null(stream);
	diag_init(&diag, stream);
	reading.rc = job_set_read_text(
		&reading.set, "file", text, strlen(text), job_file_load_path, &request, &diag);
	fclose(stream);
	return reading;
}

static void reading_free(struct reading *reading)
{
	job_set_free(&reading->set);
	free(reading->said);
}

TEST(overrides_go_before_the_section)
{
	static const char *const overrides[] = {"bs=16k", "iodepth=4"};
	struct reading reading = read_with(overrides, 2);

	assert_int_equal(reading.rc, 0);
	assert_int_equal(reading.set.count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(reading.set.jobs[i].given.bs.value[0], 16384);
		assert_int_equal(reading.set.jobs[i].iodepth, 4);
		assert_true(job_sets(&reading.set.jobs[i], "iodepth"));
	}
	reading_free(&reading);
}

/* Written twice, filename names more files: an override names others. */
TEST(files_are_others_not_more)
{
	static const char *const overrides[] = {"filename=/dev/null:/dev/full"};
	struct reading reading = read_with(overrides, 1);
	const struct job_texts *files = &reading.set.jobs[0].filename;

	assert_int_equal(reading.rc, 0);
	assert_int_equal(files->count, 2);
	assert_string_equal(files->texts[0], "/dev/null");
	assert_string_equal(files->texts[1], "/dev/full");
	assert_string_equal(reading.said, "");
	reading_free(&reading);
}

TEST(options_of_the_engine_before_are_left_out)
{
	static const char *const overrides[] = {"ioengine=psync"};
	struct reading reading = read_with(overrides, 1);

	assert_int_equal(reading.rc, 0);
	assert_string_equal(reading.set.jobs[1].ioengine, "psync");
	assert_string_equal(reading.said, "");
	reading_free(&reading);
}

TEST(options_of_the_same_engine_stay)
{
	static const char *const overrides[] = {"ioengine=io_uring", "sqthread_poll=1"};
	struct reading reading = read_with(overrides, 2);
	struct job_setting *settings;
	size_t count, found = 0;

	assert_int_equal(reading.rc, 0);
	count = job_settings(&reading.set.jobs[1], &reading.set.arena, &settings);
	for (size_t i = 0; i < count; i++) {
		if (strcmp(settings[i].key, "registerfiles") == 0 ||
			strcmp(settings[i].key, "fixedbufs") == 0 ||
			strcmp(settings[i].key, "sqthread_poll") == 0)
			found += strcmp(settings[i].value, "1") == 0;
	}
	assert_int_equal(found, 3);
	reading_free(&reading);
}

TEST(an_override_that_its_engine_has_not_is_an_error)
{
	static const char *const overrides[] = {"ioengine=psync", "fixedbufs=1"};
	struct reading reading = read_with(overrides, 2);

	assert_int_not_equal(reading.rc, 0);
	assert_non_null(strstr(reading.said, "contender"));
	assert_non_null(strstr(reading.said, "fixedbufs"));
	reading_free(&reading);
}

TEST_MAIN(NULL, NULL);

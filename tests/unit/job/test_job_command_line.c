/* SPDX-License-Identifier: MIT */
/* job_command_line.c: arguments as sections and entries. */
#include "job_rig.h"
#include "test.h"

#include "job/job_command_line.h"

struct reading {
	struct arena arena;
	struct job_sections sections;
	struct diag diag;
	char *messages;
	size_t room;
};

static void read_options(
	struct reading *reading, size_t file_count, size_t count, const char *const *options)
{
	static const char *const files[] = {"x.job"};
	const struct job_request request = {.files = files,
		.file_count = file_count,
		.options = options,
		.option_count = count};
	FILE *stream;

	*reading = (struct reading){0};
	stream = open_memstream(&reading->messages, &reading->room);
	assert_non_null(stream);
	diag_init(&reading->diag, stream);
	job_command_line_read(&reading->sections, &request, &reading->arena, &reading->diag);
	fclose(stream);
}

static void finish(struct reading *reading)
{
	arena_free(&reading->arena);
	free(reading->messages);
}

TEST(arguments_are_entries_with_places)
{
	static const char *const options[] = {"--bs=4k", "iodepth=8", "--norandommap", "--a=b=c"};
	struct reading reading;
	const struct job_entry *entry;

	read_options(&reading, 1, 4, options);
	assert_true(reading.sections.first->is_global);
	entry = reading.sections.first->entries;
	assert_string_equal(entry->key, "bs");
	assert_string_equal(entry->value, "4k");
	assert_true(entry->is_literal);
	assert_string_equal(entry->place.file, "command line");
	assert_string_equal(entry->place.text, "--bs=4k");
	assert_int_equal(entry->place.column, 3);
	assert_int_equal(entry->value_place.column, 6);
	entry = entry->next;
	assert_string_equal(entry->key, "iodepth");
	assert_int_equal(entry->place.column, 1);
	entry = entry->next;
	assert_string_equal(entry->key, "norandommap");
	assert_null(entry->value);
	entry = entry->next;
	assert_string_equal(entry->value, "b=c");
	finish(&reading);
}

TEST(values_are_not_expanded)
{
	static const char *const options[] = {"--description=${HOME} ; # 1", "--size=1m"};
	const struct job_request request = {.options = options, .option_count = 2};
	struct job_rig rig;

	rig_open(&rig);
	rig_finish(&rig, job_set_read(&rig.set, &request, &rig.diag));
	assert_int_equal(rig.rc, 0);
	assert_string_equal(rig.set.jobs[0].description, "${HOME} ; # 1");
	rig_free(&rig);
}

TEST(names_begin_sections)
{
	static const char *const options[] = {
		"--bs=4k", "--name=a", "--bs=8k", "--name=global", "--bs=16k", "--name=b"};
	static const char *const names[] = {"global", "a", "global", "b"};
	struct reading reading;
	size_t i = 0;

	read_options(&reading, 0, 6, options);
	for (const struct job_section *s = reading.sections.first; s; s = s->next, i++) {
		assert_string_equal(s->name, names[i]);
		assert_int_equal(s->is_global, strcmp(names[i], "global") == 0);
	}
	assert_int_equal(i, 4);
	finish(&reading);
}

TEST(without_files_and_names_it_is_one_job)
{
	static const char *const options[] = {"--bs=4k"};
	struct reading reading;

	read_options(&reading, 0, 1, options);
	assert_string_equal(reading.sections.first->name, "job");
	assert_false(reading.sections.first->is_global);
	finish(&reading);
	read_options(&reading, 1, 1, options);
	assert_true(reading.sections.first->is_global);
	finish(&reading);
	read_options(&reading, 0, 0, options);
	assert_null(reading.sections.first);
	finish(&reading);
}

TEST(arguments_without_a_name_are_refused)
{
	static const char *const options[] = {"--", "--=4k", "", "--name", "--name="};
	struct reading reading;

	read_options(&reading, 0, 5, options);
	assert_int_equal(reading.diag.error_count, 5);
	finish(&reading);
}

TEST_MAIN(NULL, NULL);

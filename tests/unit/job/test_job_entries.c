/* SPDX-License-Identifier: MIT */
/* Job files, the command line and overrides as entries. */
#include <stdlib.h>
#include <string.h>

#include "job/job_entries.h"
#include "job_rig.h"
#include "test.h"

struct reading {
	struct arena arena;
	struct job_sections sections;
	struct diag diag;
	char *messages;
	size_t room;
};

static void read_as(struct reading *reading, const char *name, const char *text)
{
	FILE *stream;

	*reading = (struct reading){0};
	stream = open_memstream(&reading->messages, &reading->room);
	assert_non_null(stream);
	diag_init(&reading->diag, stream);
	job_file_parse(&reading->sections, name, text, strlen(text), rig_load, &reading->arena,
		&reading->diag);
	fclose(stream);
}

static void finish(struct reading *reading)
{
	arena_free(&reading->arena);
	free(reading->messages);
}

TEST(entries_keep_their_places)
{
	struct reading reading;
	const struct job_section *section;
	const struct job_entry *entry;

	read_as(&reading, "t.job", "# head\n [a] ; x\n\tbs = 4k  # c\nflag\n");
	assert_int_equal(reading.diag.error_count, 0);
	section = reading.sections.first;
	assert_string_equal(section->name, "a");
	assert_int_equal(section->place.line, 2);
	assert_int_equal(section->place.column, 3);
	entry = section->entries;
	assert_string_equal(entry->key, "bs");
	assert_string_equal(entry->value, "4k");
	assert_int_equal(entry->place.line, 3);
	assert_int_equal(entry->place.column, 2);
	assert_int_equal(entry->place.length, 2);
	assert_int_equal(entry->value_place.column, 7);
	assert_int_equal(entry->value_place.length, 2);
	assert_string_equal(entry->place.text, "\tbs = 4k  # c");
	entry = entry->next;
	assert_string_equal(entry->key, "flag");
	assert_null(entry->value);
	assert_int_equal(entry->value_place.column, 1);
	assert_null(entry->next);
	assert_null(section->next);
	finish(&reading);
}

TEST(values_keep_equal_signs_and_lose_comments)
{
	struct reading reading;
	const struct job_entry *entry;

	read_as(&reading, "t.job", "[a]\nx=a=b\ny=\nz= #\n");
	entry = reading.sections.first->entries;
	assert_string_equal(entry->value, "a=b");
	assert_string_equal(entry->next->value, "");
	assert_string_equal(entry->next->next->value, "");
	finish(&reading);
}

TEST(global_is_exact_and_sections_may_repeat)
{
	static const char *const names[] = {"global", "a", "global", "globals", "a"};
	struct reading reading;
	const struct job_section *section;
	size_t i = 0;

	read_as(&reading, "t.job", "[global]\n[a]\n[global]\n[globals]\n[a]\n");
	for (section = reading.sections.first; section; section = section->next, i++) {
		assert_string_equal(section->name, names[i]);
		assert_int_equal(section->is_global, strcmp(names[i], "global") == 0);
	}
	assert_int_equal(i, 5);
	finish(&reading);
}

TEST(included_entries_stand_where_the_include_does)
{
	static const char *const keys[] = {"before", "bs", "size", "ioengine", "after"};
	struct reading reading;
	const struct job_entry *entry;
	size_t i = 0;

	read_as(&reading, "folder/t.job", "[a]\nbefore=1\ninclude beside.fio\nafter=1\n");
	assert_int_equal(reading.diag.error_count, 0);
	for (entry = reading.sections.first->entries; entry; entry = entry->next, i++)
		assert_string_equal(entry->key, keys[i]);
	assert_int_equal(i, 5);
	entry = reading.sections.first->entries->next;
	assert_string_equal(entry->place.file, "folder/beside.fio");
	assert_int_equal(entry->place.line, 1);
	assert_string_equal(entry->next->place.file, "common.fio");
	finish(&reading);
}

TEST(words_that_begin_with_include_are_options)
{
	struct reading reading;

	read_as(&reading, "t.job", "[a]\nincluded=1\n");
	assert_int_equal(reading.diag.error_count, 0);
	assert_string_equal(reading.sections.first->entries->key, "included");
	finish(&reading);
}

TEST(files_that_include_each_other_end)
{
	struct reading reading;

	read_as(&reading, "t.job", "[a]\ninclude self.fio\nbs=4k\n");
	assert_int_equal(reading.diag.error_count, 1);
	assert_string_equal(reading.sections.first->entries->key, "bs");
	finish(&reading);
}

TEST(missing_and_unreadable_files_are_said)
{
	static const char *const paths[] = {"/nowhere/t.job", "/tmp"};
	static const char *const causes[] = {"No such file or directory", "Is a directory"};
	struct reading reading;

	for (int i = 0; i < 2; i++) {
		FILE *stream;

		reading = (struct reading){0};
		stream = open_memstream(&reading.messages, &reading.room);
		diag_init(&reading.diag, stream);
		job_file_read(&reading.sections, paths[i], &reading.arena, &reading.diag);
		fclose(stream);
		assert_int_equal(reading.diag.error_count, 1);
		assert_non_null(strstr(reading.messages, paths[i]));
		assert_non_null(strstr(reading.messages, causes[i]));
		finish(&reading);
	}
}

TEST(what_never_ends_is_no_job_file)
{
	struct arena arena = {0};
	size_t length;

	assert_null(job_file_load_path(&arena, "/dev/zero", &length));
	assert_int_equal(errno, EFBIG);
	arena_free(&arena);
}

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

static const char overridden[] = "[global]\n"
				 "ioengine=io_uring\n"
				 "fixedbufs=1\n"
				 "filename=/dev/zero\n"
				 "size=1m\n"
				 "[a]\n"
				 "bs=4k\n"
				 "[b]\n"
				 "bs=8k\n"
				 "registerfiles\n";

static void read_with(struct job_rig *rig, const char *const *overrides, size_t count)
{
	struct job_request request = {.overrides = overrides, .override_count = count};

	rig_read_as(rig, "file", overridden, &request);
}

TEST(overrides_go_before_the_section)
{
	static const char *const overrides[] = {"bs=16k", "iodepth=4"};
	struct job_rig rig;

	read_with(&rig, overrides, 2);
	assert_int_equal(rig.rc, 0);
	assert_int_equal(rig.set.count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(rig.set.jobs[i].given.bs.value[0], 16384);
		assert_int_equal(rig.set.jobs[i].iodepth, 4);
		assert_true(job_sets(&rig.set.jobs[i], "iodepth"));
	}
	rig_free(&rig);
}

/* Written twice, filename names more files: an override names others. */
TEST(files_are_others_not_more)
{
	static const char *const overrides[] = {"filename=/dev/null:/dev/full"};
	const struct job_texts *files;
	struct job_rig rig;

	read_with(&rig, overrides, 1);
	files = &rig.set.jobs[0].filename;
	assert_int_equal(rig.rc, 0);
	assert_int_equal(files->count, 2);
	assert_string_equal(files->texts[0], "/dev/null");
	assert_string_equal(files->texts[1], "/dev/full");
	assert_string_equal(rig.messages, "");
	rig_free(&rig);
}

TEST(options_of_the_engine_before_are_left_out)
{
	static const char *const overrides[] = {"ioengine=psync"};
	struct job_rig rig;

	read_with(&rig, overrides, 1);
	assert_int_equal(rig.rc, 0);
	assert_string_equal(rig.set.jobs[1].ioengine, "psync");
	assert_string_equal(rig.messages, "");
	rig_free(&rig);
}

TEST(options_of_the_same_engine_stay)
{
	static const char *const overrides[] = {"ioengine=io_uring", "sqthread_poll=1"};
	struct job_rig rig;
	struct settings settings;
	size_t found = 0;

	read_with(&rig, overrides, 2);
	assert_int_equal(rig.rc, 0);
	settings = job_settings(&rig.set.jobs[1], &rig.set.arena);
	for (size_t i = 0; i < settings.count; i++) {
		if (strcmp(settings.items[i].key, "registerfiles") == 0 ||
			strcmp(settings.items[i].key, "fixedbufs") == 0 ||
			strcmp(settings.items[i].key, "sqthread_poll") == 0)
			found += strcmp(settings.items[i].value, "1") == 0;
	}
	assert_int_equal(found, 3);
	rig_free(&rig);
}

TEST(an_override_that_its_engine_has_not_is_an_error)
{
	static const char *const overrides[] = {"ioengine=psync", "fixedbufs=1"};
	struct job_rig rig;

	read_with(&rig, overrides, 2);
	assert_int_not_equal(rig.rc, 0);
	assert_non_null(strstr(rig.messages, "contender"));
	assert_non_null(strstr(rig.messages, "fixedbufs"));
	rig_free(&rig);
}

TEST_MAIN(NULL, NULL);

/* SPDX-License-Identifier: MIT */
/* job_file.c: lines, places, sections and includes. */
#include "job_rig.h"
#include "test.h"

#include "job/job_file.h"

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
	assert_true(section->begins_file);
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
		assert_int_equal(section->begins_file, i == 1);
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

TEST_MAIN(NULL, NULL);

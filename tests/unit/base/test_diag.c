/* SPDX-License-Identifier: MIT */
/* Messages, byte by byte. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "test.h"

struct capture {
	struct diag diag;
	char *text;
	size_t bytes;
};

static void start(struct capture *capture)
{
	FILE *stream = open_memstream(&capture->text, &capture->bytes);

	assert_non_null(stream);
	diag_init(&capture->diag, stream);
}

static void expect(struct capture *capture, const char *text)
{
	fclose(capture->diag.stream);
	assert_string_equal(capture->text, text);
	free(capture->text);
}

TEST(error_marks_its_place)
{
	const struct place place = {"jobs/nightly.job", 7, 1, 6, "iodpth = 32"};
	struct capture capture;

	start(&capture);
	diag_error(&capture.diag, &place, "unknown option '%s'", "iodpth");
	diag_hint(&capture.diag, "did you mean '%s'?", "iodepth");
	expect(&capture, "jobs/nightly.job:7:1: error: unknown option 'iodpth'\n"
			 "    7 | iodpth = 32\n"
			 "      | ^~~~~~\n"
			 "hint: did you mean 'iodepth'?\n");
}

static enum diag_kind heard;

static void hear(void *context, enum diag_kind kind, const struct place *place, const char *text)
{
	(void)context;
	(void)place;
	(void)text;
	heard = kind;
}

/* Who hears can tell them apart; who reads and counts cannot. */
TEST(what_fio_does_otherwise_has_a_kind_of_its_own)
{
	struct capture capture;

	start(&capture);
	capture.diag.hear = hear;
	diag_warning_of_fio(&capture.diag, NULL, "one");
	assert_int_equal(heard, DIAG_WARNING_OF_FIO);
	diag_note_of_fio(&capture.diag, NULL, "two");
	assert_int_equal(heard, DIAG_NOTE_OF_FIO);
	assert_int_equal(capture.diag.warning_count, 1);
	capture.diag.drops_notes = true;
	diag_note_of_fio(&capture.diag, NULL, "three");
	diag_hint(&capture.diag, "four");
	expect(&capture, "ringside: warning: one\n"
			 "ringside: note: two\n");
}

TEST(messages_are_counted_by_kind)
{
	struct capture capture;

	start(&capture);
	diag_error(&capture.diag, NULL, "one");
	diag_error(&capture.diag, NULL, "two");
	diag_warning(&capture.diag, NULL, "three");
	diag_note(&capture.diag, NULL, "four");
	diag_hint(&capture.diag, "five");
	assert_int_equal(capture.diag.error_count, 2);
	assert_int_equal(capture.diag.warning_count, 1);
	expect(&capture, "ringside: error: one\n"
			 "ringside: error: two\n"
			 "ringside: warning: three\n"
			 "ringside: note: four\n"
			 "hint: five\n");
}

TEST(notes_are_dropped_with_their_hints)
{
	struct capture capture;

	start(&capture);
	capture.diag.drops_notes = true;
	diag_note(&capture.diag, NULL, "one");
	diag_hint(&capture.diag, "two");
	diag_warning(&capture.diag, NULL, "three");
	diag_hint(&capture.diag, "four");
	expect(&capture, "ringside: warning: three\nhint: four\n");
}

TEST(parts_of_a_place_may_be_missing)
{
	struct capture capture;

	start(&capture);
	diag_error(&capture.diag, &(struct place){.file = "a.job"}, "m");
	diag_error(&capture.diag, &(struct place){.file = "a.job", .line = 3}, "m");
	diag_error(&capture.diag, &(struct place){.file = "a.job", .line = 3, .column = 4}, "m");
	diag_error(
		&capture.diag, &(struct place){.file = "a.job", .line = 12345, .text = "x=1"}, "m");
	expect(&capture, "a.job: error: m\n"
			 "a.job:3: error: m\n"
			 "a.job:3:4: error: m\n"
			 "a.job:12345: error: m\n"
			 "12345 | x=1\n");
}

TEST(command_line_is_marked_without_a_number)
{
	const struct place place = {"command line", 0, 3, 4, "--bs=4q"};
	struct capture capture;

	start(&capture);
	diag_error(&capture.diag, &place, "unknown unit");
	expect(&capture, "command line: error: unknown unit\n"
			 "      | --bs=4q\n"
			 "      |   ^~~~\n");
}

TEST(one_byte_is_one_caret)
{
	const struct place place = {"f", 1, 2, 0, "abc"};
	const struct place single = {"f", 1, 3, 1, "abc"};
	struct capture capture;

	start(&capture);
	diag_note(&capture.diag, &place, "m");
	diag_note(&capture.diag, &single, "m");
	expect(&capture, "f:1:2: note: m\n    1 | abc\n      |  ^\n"
			 "f:1:3: note: m\n    1 | abc\n      |   ^\n");
}

TEST(marks_stay_under_the_line)
{
	const struct place too_long = {"f", 1, 2, 99, "abc"};
	const struct place at_end = {"f", 1, 4, 0, "abc"};
	struct capture capture;

	start(&capture);
	diag_note(&capture.diag, &too_long, "m");
	diag_note(&capture.diag, &at_end, "m");
	expect(&capture, "f:1:2: note: m\n    1 | abc\n      |  ^~\n"
			 "f:1:4: note: m\n    1 | abc\n      |    ^\n");
}

TEST(tabs_and_wide_characters_keep_marks_in_place)
{
	const struct place tab = {"f", 1, 3, 2, "\ta=b"};
	const struct place umlaut = {"f", 1, 5, 3, "gr\xc3\xb6\xc3\x9f=1"};
	struct capture capture;

	start(&capture);
	diag_note(&capture.diag, &tab, "m");
	diag_note(&capture.diag, &umlaut, "m");
	expect(&capture, "f:1:3: note: m\n    1 | \ta=b\n      | \t ^~\n"
			 "f:1:5: note: m\n    1 | gr\xc3\xb6\xc3\x9f=1\n      |    ^~\n");
}

/* What is said of a line of a megabyte is a few lines of a terminal, with the place in it. */
TEST(a_long_line_is_cut_around_its_place)
{
	static const int columns[] = {1, 90, 101, 102, 5000, 999990, 1000000, 1000001, 1000005};
	enum { BYTES = 1000000 };
	char *line = malloc(BYTES + 1);

	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		struct capture capture;
		const struct place place = {"f", 1, columns[i], 3, line};
		const char *marks;

		/* Two bytes a character, the place begins with one. */
		for (int k = 0; k < BYTES; k++)
			line[k] = (k + columns[i]) % 2 ? "\xc3\xa4"[0] : "\xc3\xa4"[1];
		line[BYTES] = '\0';
		if (columns[i] <= BYTES)
			line[columns[i] - 1] = '@';
		start(&capture);
		diag_error(&capture.diag, &place, "%s", line);
		fflush(capture.diag.stream);
		assert_true(strlen(capture.text) < 6000);
		marks = strrchr(capture.text, '^');
		assert_non_null(marks);
		if (columns[i] <= BYTES)
			assert_non_null(strstr(capture.text, "@"));
		fclose(capture.diag.stream);
		free(capture.text);
	}
	free(line);
}

TEST(a_line_of_the_limit_is_whole)
{
	char line[401];
	struct capture capture;

	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	start(&capture);
	diag_error(&capture.diag, &(struct place){"f", 1, 390, 1, line}, "m");
	fflush(capture.diag.stream);
	assert_non_null(strstr(capture.text, line));
	assert_null(strstr(capture.text, "…"));
	fclose(capture.diag.stream);
	free(capture.text);
}

TEST(control_characters_do_not_reach_the_terminal)
{
	const struct place place = {"f", 1, 0, 0, "a\x1b[2J\x7f\rb"};
	struct capture capture;

	start(&capture);
	diag_warning(&capture.diag, &place, "m");
	expect(&capture, "f:1: warning: m\n    1 | a?[2J??b\n");
}

TEST(control_characters_of_names_do_not_either)
{
	const struct place place = {"f\x1b[2J\n", 1, 0, 0, NULL};
	struct capture capture;

	start(&capture);
	diag_warning(&capture.diag, &place, "'%s' is odd\n\tand more", "a\x1b[31m\x7f");
	expect(&capture, "f?[2J?:1: warning: 'a?[31m?' is odd\n\tand more\n");
}

TEST_MAIN(NULL, NULL);

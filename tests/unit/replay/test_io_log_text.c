/* SPDX-License-Identifier: MIT */
/* covers: src/replay/io_log_fill.c */
/* fio's logs as entries; lines that are none have an error with their place. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "replay/io_log_text.h"
#include "test.h"

#define V2 "fio version 2 iolog\n"
#define V3 "fio version 3 iolog\n"

static struct reading {
	struct io_log log;
	char *messages;
	unsigned errors;
	int rc;
} result;

static void read_with(const char *text, const struct io_log_changes *changes)
{
	FILE *stream = fmemopen((void *)(uintptr_t)text, strlen(text), "r"), *said;
	struct diag diag;
	size_t room;

	memset(&result, 0, sizeof(result));
	said = open_memstream(&result.messages, &room);
	diag_init(&diag, said);
	assert_int_equal(io_log_open(&result.log, false), 0);
	result.log.path = "x.log";
	result.rc = io_log_text_read(stream, &result.log, changes, &diag);
	result.errors = diag.error_count;
	fclose(stream);
	fclose(said);
}

static void read_text(const char *text)
{
	static const struct io_log_changes none;

	read_with(text, &none);
}

static void tear_down(void)
{
	io_log_close(&result.log);
	free(result.messages);
}

static void expect_said(const char *text)
{
	if (!strstr(result.messages, text))
		fail_msg("not said: %s\n%s", text, result.messages);
}

/* "R 0 4096 @3000": all entries, in a row. */
static const char *entries(void)
{
	static const char letters[] = "RWTSDocw";
	static char text[512];
	struct io_log_cursor cursor = io_log_begin(&result.log);
	struct io_log_entry entry;
	size_t length = 0;

	*text = '\0';
	while (io_log_next(&cursor, &entry))
		length +=
			(size_t)snprintf(text + length, sizeof(text) - length, "%c%d:%llu+%u@%llu ",
				letters[entry.op], entry.file, (unsigned long long)entry.offset,
				entry.length, (unsigned long long)entry.at_ns);
	return text;
}

TEST(version_3_has_times_from_its_first_line_on)
{
	read_text(V3 "10 a add\n20 a open\n30 a read 0 4096\n45 a write 4096 512\n"
		     "45 a sync 0 0\n50 a datasync 7 0\n60 a trim 512 1024\n70 a close\n");
	assert_int_equal(result.rc, 0);
	assert_string_equal(result.messages, "");
	assert_string_equal(entries(),
		"o0:0+0@10000 R0:0+4096@20000 W0:4096+512@35000 S0:0+0@35000 D0:0+0@40000 "
		"T0:512+1024@50000 c0:0+0@60000 ");
	assert_true(result.log.has_times);
	assert_false(result.log.has_changes);
	tear_down();
}

/* fio: the value is ms since the start, and holds for all that follows. */
TEST(version_2_has_the_times_of_its_waits)
{
	read_text(V2 "a add\na open\na read 0 4096\na wait 500 0\na read 4096 4096\n"
		     "a wait 300 0\na read 8192 4096\na close\n");
	assert_int_equal(result.rc, 0);
	assert_string_equal(entries(),
		"o0:0+0@0 R0:0+4096@0 w0:0+0@500000000 R0:4096+4096@500000000 "
		"w0:0+0@500000000 R0:8192+4096@500000000 c0:0+0@500000000 ");
	assert_false(result.log.has_times);
	tear_down();
}

TEST(options_change_times_and_offsets)
{
	const struct io_log_changes changes = {.time_scale_percent = 200,
		.scale = 3,
		.align = 4096,
		.skips = IO_BIT(DIRECTION_WRITE)};
	const struct io_log_changes halves = {.time_scale_percent = 50};
	const struct io_log_changes none = {.drops_times = true};
	const char *text = V3 "5 a add\n5 a open\n105 a read 100000 4096\n205 a write 0 512\n"
			      "305 a read 4096 512\n";

	read_with(text, &changes);
	assert_string_equal(entries(), "o0:0+0@0 R0:32768+4096@50000 R0:0+512@150000 ");
	tear_down();
	read_with(text, &halves);
	assert_int_equal(result.log.duration_ns, 600000);
	tear_down();
	read_with(text, &none);
	assert_int_equal(result.log.duration_ns, 0);
	assert_false(result.log.has_times);
	assert_int_equal(io_log_count(&result.log), 3);
	tear_down();
	read_with(V2 "a add\na open\na wait 5000 0\na read 0 1\n", &none);
	assert_string_equal(entries(), "o0:0+0@0 R0:0+1@0 ");
	tear_down();
}

TEST(syncs_of_both_kinds_are_skipped_as_one)
{
	const struct io_log_changes syncs = {.skips = IO_BIT(DIRECTION_SYNC)};
	const struct io_log_changes trims = {.skips = IO_BIT(DIRECTION_TRIM)};
	const char *text = V3 "0 a add\n0 a open\n0 a write 0 512\n0 a sync 0 0\n"
			      "0 a datasync 0 0\n0 a trim 0 512\n";

	read_with(text, &syncs);
	assert_string_equal(entries(), "o0:0+0@0 W0:0+512@0 T0:0+512@0 ");
	tear_down();
	read_with(text, &trims);
	assert_string_equal(entries(), "o0:0+0@0 W0:0+512@0 S0:0+0@0 D0:0+0@0 ");
	tear_down();
}

TEST(a_redirected_log_has_one_file_that_stays_open)
{
	const struct io_log_changes changes = {.redirect = "other"};

	read_with(V3 "1 a add\n1 b add\n2 a open\n3 a read 0 512\n4 a close\n5 b read 512 512\n",
		&changes);
	assert_int_equal(result.rc, 0);
	assert_int_equal(result.log.file_count, 1);
	assert_string_equal(result.log.files[0].name, "other");
	assert_true(result.log.files[0].is_first_opened);
	assert_false(result.log.has_changes);
	assert_string_equal(entries(), "R0:0+512@2000 R0:512+512@4000 ");
	tear_down();
}

TEST(a_second_recording_goes_on_where_the_first_ends)
{
	read_text(V3 "1 a add\n2 a open\n12 a read 0 512\n20 a close\n" V3
		     "3 a add\n4 a open\n8 a read 0 512\n");
	assert_int_equal(result.rc, 0);
	expect_said("x.log:6: warning: another recording begins here");
	assert_int_equal(result.log.duration_ns, (19 + 5) * 1000);
	tear_down();
}

TEST(a_wait_of_version_3_is_passed_over_and_said_once)
{
	read_text(V3 "1 a add\n2 a open\n3 a wait 100 0\n4 a wait 100 0\n5 a read 0 512\n");
	assert_int_equal(result.rc, 0);
	expect_said("x.log:4: warning: a log of version 3 has times in place of wait");
	assert_null(strstr(result.messages, "x.log:5"));
	assert_int_equal(io_log_count(&result.log), 1);
	tear_down();
}

TEST(bad_lines_have_their_place_and_a_cure)
{
	static const struct {
		const char *text, *said;
	} cases[] = {
		{"", "x.log: error: the log is empty"},
		{"hello\n", "x.log:1: error: this is no I/O log of fio's"},
		{"fio version 1 iolog\n0 0 4096\n",
			"x.log:1: error: logs of version 1 are not read"},
		{V2 "a read 0 512\n", "x.log:2: error: a was not added"},
		{V2 "a add\na read 0 512\n", "x.log:3: error: a is not open here"},
		{V2 "a add\na open\na close\na read 0 512\n", "x.log:5: error: a is not open here"},
		{V2 "a open\n", "x.log:2: error: a was not added"},
		{V2 "a add\na open\na red 0 512\n", "x.log:4: error: unknown action 'red'"},
		{V2 "a add\na open\na read x 512\n", "x.log:4: error: no offset: 'x'"},
		{V2 "a add\na open\na read 0 -1\n", "x.log:4: error: no length: '-1'"},
		{V2 "a add\na open\na read 0 0\n", "x.log:4: error: an I/O of no bytes"},
		{V2 "a add\na open\na read 0 4294967296\n", "x.log:4: error: no length"},
		{V2 "a add\na open\na read 0 2147483648\n", "larger than a buffer may be"},
		{V2 "a add\na open\na read 18446744073709551615 1\n", "x.log:4: error: no offset"},
		{V2 "a add\na open\na read 9223372036854775807 1\n", "x.log:4: error: no offset"},
		{V2 "a sync\n", "x.log:2: error: no action 'sync' without offset and length"},
		{V2 "a\n", "x.log:2: error: a line of version 2 has not so many words"},
		{V2 "my file read 0 512\n", "a file's name cannot have blanks"},
		{V3 "a add\n", "x.log:2: error: no time in us: 'a'"},
		{V3 "1 a\n", "x.log:2: error: a line of version 3 has not so many words"},
		{V3 "1 a add\n" V2, "x.log:3: error: another version than the first line's"},
		{V2 "a wait 99999999999999 0\n", "x.log:2: error: no time in ms"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		read_text(cases[i].text);
		assert_int_equal(result.rc, -EINVAL);
		assert_true(result.errors > 0);
		expect_said(cases[i].said);
		tear_down();
	}
}

TEST(all_bad_lines_are_counted_and_the_first_are_told)
{
	static const char head[] = V3, line[] = "1 a read 0 512\n";
	char text[sizeof(head) + 50 * sizeof(line)] = V3;

	for (size_t i = 0; i < 50; i++)
		memcpy(text + strlen(head) + i * strlen(line), line, sizeof(line));
	read_text(text);
	assert_int_equal(result.rc, -EINVAL);
	assert_int_equal(result.errors, IO_LOG_ERROR_LIMIT + 1);
	expect_said("x.log:11: error: a was not added");
	expect_said("x.log: error: 40 more lines like these");
	tear_down();
}

TEST(blank_lines_carriage_returns_and_a_missing_last_end_are_no_matter)
{
	read_text("fio version 3 iolog\r\n\n1 a add\r\n  2\ta open \n3 a read 0 512");
	assert_int_equal(result.rc, 0);
	assert_string_equal(entries(), "o0:0+0@1000 R0:0+512@2000 ");
	tear_down();
}

TEST(what_is_written_reads_back)
{
	char *text = NULL;
	size_t bytes;
	FILE *stream = open_memstream(&text, &bytes);
	const struct io_log_entry all[] = {
		{.op = IO_LOG_OPEN},
		{.op = IO_WRITE, .at_ns = 5999, .offset = 1 << 20, .length = 4096},
		{.op = IO_LOG_WAIT, .at_ns = 6000},
		{.op = IO_DATASYNC, .at_ns = 7000},
		{.op = IO_LOG_CLOSE, .at_ns = 8000},
	};

	io_log_text_write_head(stream);
	io_log_text_write_add(stream, "dir/a");
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		io_log_text_write(stream, &all[i], "dir/a");
	fclose(stream);
	assert_string_equal(text, V3 "0 dir/a add\n0 dir/a open\n5 dir/a write 1048576 4096\n"
				     "7 dir/a datasync 0 0\n8 dir/a close\n");
	read_text(text);
	assert_int_equal(result.rc, 0);
	assert_string_equal(entries(), "o0:0+0@0 W0:1048576+4096@5000 D0:0+0@7000 c0:0+0@8000 ");
	tear_down();
	free(text);
}

TEST_MAIN(NULL, NULL);

/* SPDX-License-Identifier: MIT */
/* The live line: when it is due, and what stands on a terminal of 20 columns and in a log. */
#include "fake_clock.h"
#include "run/progress.h"
#include "test.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { COLUMNS = 20 };

static struct progress progress;
static FILE *stream;
static int reader; /* where what was written comes out */

/* A terminal's other end, or a pipe's. */
static void open_stream(bool is_terminal)
{
	const struct winsize size = {.ws_col = COLUMNS, .ws_row = 5};
	int ends[2];

	if (is_terminal) {
		reader = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
		assert_int_equal(grantpt(reader) | unlockpt(reader), 0);
		stream = fopen(ptsname(reader), "r+");
		assert_int_equal(ioctl(reader, TIOCSWINSZ, &size), 0);
	} else {
		assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
		reader = ends[0];
		stream = fdopen(ends[1], "w");
	}
	assert_non_null(stream);
}

static int open_terminal(void **state)
{
	(void)state;
	open_stream(true);
	return 0;
}

static int open_log(void **state)
{
	(void)state;
	open_stream(false);
	return 0;
}

static int close_stream(void **state)
{
	(void)state;
	return fclose(stream) | close(reader);
}

/* What was written since the last time. */
static const char *seen(void)
{
	static char text[4096];
	ssize_t bytes = read(reader, text, sizeof(text) - 1);

	text[bytes > 0 ? bytes : 0] = '\0';
	return text;
}

#define LINE(text) "\r\033[K" text

static void a_terminal_has_one_line_four_times_a_second(void **state)
{
	(void)state;
	progress_init(&progress, stream, false);
	clock_fake_ns += 250 * NS_PER_MS - 1;
	assert_false(progress_show(&progress, "early"));
	clock_fake_ns += 1;
	assert_true(progress_is_due(&progress));
	assert_true(progress_show(&progress, "%d %%", 12));
	assert_string_equal(seen(), LINE("12 %"));
	assert_false(progress_show(&progress, "again"));
	clock_fake_ns += 250 * NS_PER_MS;
	assert_true(progress_show(&progress, "13 %%"));
	assert_string_equal(seen(), LINE("13 %"));
	/* It is wiped once, before anything else is printed. */
	progress_clear(&progress);
	progress_clear(&progress);
	assert_string_equal(seen(), LINE(""));
}

static void a_log_has_a_line_every_ten_seconds(void **state)
{
	(void)state;
	progress_init(&progress, stream, false);
	clock_fake_ns += 10 * NS_PER_S - 1;
	assert_false(progress_show(&progress, "early"));
	clock_fake_ns += 1;
	assert_true(progress_show(&progress, "a line of more than twenty columns"));
	progress_clear(&progress);
	assert_string_equal(seen(), "a line of more than twenty columns\n");
	/* What must be known at once is said at once, and counts as a line. */
	clock_fake_ns += 9 * NS_PER_S;
	progress_announce(&progress, "now");
	clock_fake_ns += 9 * NS_PER_S;
	assert_false(progress_show(&progress, "later"));
	assert_string_equal(seen(), "now\n");
}

static void quiet_is_quiet(void **state)
{
	(void)state;
	progress_init(&progress, stream, true);
	clock_fake_ns += 3600 * NS_PER_S;
	assert_false(progress_is_due(&progress));
	assert_false(progress_show(&progress, "a"));
	progress_announce(&progress, "b");
	progress_clear(&progress);
	assert_string_equal(seen(), "");
}

static void a_line_leaves_the_last_column_free(void **state)
{
	static const struct {
		const char *line;
		const char *shown;
	} cases[] = {
		{"1234567890123456789", "1234567890123456789"},
		{"12345678901234567890", "1234567890123456789"},
		{"123456789012345678901234567890", "1234567890123456789"},
		/* Never the half of a letter. */
		{"123456789012345678µs", "123456789012345678"},
		{"12345678901234567…µ", "12345678901234567"},
	};

	(void)state;
	progress_init(&progress, stream, false);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char expected[64];

		snprintf(expected, sizeof(expected), LINE("%s"), cases[i].shown);
		progress_announce(&progress, "%s", cases[i].line);
		assert_string_equal(seen(), expected);
	}
}

#define ON(kind, name) cmocka_unit_test_setup_teardown(name, open_##kind, close_stream)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(terminal, a_terminal_has_one_line_four_times_a_second),
		ON(log, a_log_has_a_line_every_ten_seconds),
		ON(terminal, quiet_is_quiet),
		ON(terminal, a_line_leaves_the_last_column_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

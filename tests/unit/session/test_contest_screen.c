/* SPDX-License-Identifier: MIT */
/* flavours: address plain */
/* The live screen of a comparison as plain text, of rows whose figures are known. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "session/contest_screen.h"
#include "test.h"

enum { COUNT = 30, ROWS = 18 };

static struct contest_screen_row rows[COUNT];
static struct contest_screen screen;
static struct record_point record;
static struct contest_screen_state now;
static char *text;

static void begin(size_t count)
{
	for (size_t i = 0; i < count; i++)
		rows[i] = (struct contest_screen_row){
			.name = i == 0 ? "psync" : "io_uring",
			.trial_count = 6,
			.level = 1e6 + (double)i,
			.spread = 0.0123,
			.difference = i == 0 ? "reference" : "+20.1% [+3.8%, +49.9%]",
			.p99_ns = 50e3,
			.cpu_ns = 900,
		};
	record = (struct record_point){.primary = VALUE_IOPS};
	now = (struct contest_screen_state){
		.point = "",
		.phase = "block 7",
		.name = rows[1].name,
		.precision = "the widest interval is ±1.2 %",
		.left = "28 s",
		.now = 1,
		.record = &record,
	};
	screen = (struct contest_screen){.command = "compare", .rows = rows, .row_count = count};
}

/* No line is wider than the terminal, and no more of them than there is room for. */
static void show(unsigned columns, bool is_utf8)
{
	const struct page_options options = {.is_utf8 = is_utf8, .columns = columns};
	unsigned lines = 0;
	char *copy, *rest;

	free(text);
	text = contest_screen_text(&screen, &now, &options, ROWS);
	assert_non_null(copy = strdup(text));
	rest = copy;
	for (char *line; (line = strsep(&rest, "\n")); lines += rest != NULL)
		assert_true(page_width(line) <= columns);
	assert_true(lines <= ROWS);
	free(copy);
}

static void assert_has(const char *part)
{
	if (!strstr(text, part))
		fail_msg("no '%s' in\n%s", part, text);
}

static int end(void **state)
{
	(void)state;
	free(text);
	text = NULL;
	return 0;
}

TEST_FIXTURE(NULL, end);

TEST(who_is_measured_and_what_is_known_of_each)
{
	begin(2);
	show(80, true);
	assert_has(" ringside compare   block 7   at most 28 s left\n now io_uring\n");
	assert_has("   psync ");
	assert_has(" > io_uring ");
	assert_has("reference");
	assert_has("+20.1% [+3.8%, +49.9%]");
	assert_has("±1.2 %  ");
	assert_has("the widest interval is ±1.2 %");
}

TEST(before_the_first_block_there_is_a_title_and_no_row)
{
	begin(2);
	screen.row_count = 0;
	now.precision = now.left = "";
	show(80, true);
	assert_has(" ringside compare   block 7\n now io_uring\n");
	assert_null(strstr(text, "trials"));
}

TEST(what_failed_is_told_and_what_is_not_known_is_no_figure)
{
	begin(2);
	rows[0].level = rows[0].spread = rows[0].p99_ns = rows[0].cpu_ns = NAN;
	rows[1].problem = "no such engine";
	show(80, true);
	assert_has("failed");
	assert_null(strstr(text, "nan"));
	assert_null(strstr(text, "+20.1%"));
}

TEST(of_many_those_are_shown_that_there_is_room_for)
{
	begin(COUNT);
	show(80, true);
	assert_has(" 1–10 of 30");
	assert_true(screen.is_cut);
	screen.first = 1000;
	show(80, true);
	assert_has(" 21–30 of 30");
}

TEST(long_and_wide_names_keep_the_figures_in_their_columns)
{
	begin(3);
	rows[0].name = "漢字かな漢字かな漢字かな漢字かな";
	rows[1].name = "a-name-that-is-far-too-long-for-a-terminal-of-eighty-columns.job";
	rows[2].name = "e\033[2Jvil";
	show(80, true);
	assert_null(strstr(text, "\033"));
	assert_has("漢字");
	show(80, false);
	assert_null(strstr(text, "±"));
}

TEST_MAIN(NULL, NULL);

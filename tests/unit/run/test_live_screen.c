/* SPDX-License-Identifier: MIT */
/* flavours: address plain */
/* The rows of the live screen as plain text, of jobs whose figures are known. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "run/live_screen.h"
#include "test.h"

enum { JOBS = 300, ROWS = 18 };

static struct live_job jobs[JOBS];
static struct series_figures all[JOBS][DIRECTION_COUNT], recent[JOBS][DIRECTION_COUNT];
static char names[JOBS][32];
static struct live_jobs now;
static struct live_screen screen;
static struct histogram latencies;
static char *text;

/* 1000 reads of 4 KiB in the last second, each of `p99_us`. */
static void make_job(size_t i, uint64_t p99_us)
{
	memset(&latencies, 0, sizeof(latencies));
	histogram_record(&latencies, 1000 * p99_us, 1000);
	snprintf(names[i], sizeof(names[i]), "job%zu", i);
	recent[i][DIRECTION_READ].counts = (struct worker_counts){1000, 4096000, 0};
	all[i][DIRECTION_READ].counts = (struct worker_counts){5000, 20480000, 0};
	sparse_histogram_record(&recent[i][DIRECTION_READ].lat, &latencies);
	sparse_histogram_record(&all[i][DIRECTION_READ].lat, &latencies);
	jobs[i] = (struct live_job){
		.name = names[i],
		.worker_count = 1,
		.running_count = 1,
		.phase = LIVE_MEASURING,
		.depth = 8,
		.in_flight = 3,
		.left_ns = 100 * NS_PER_S,
		.all = all[i],
		.recent = recent[i],
		.recent_ns = NS_PER_S,
		.worker_cpu_ns = NS_PER_S,
	};
}

static void begin(size_t count)
{
	for (size_t i = 0; i < count; i++)
		make_job(i, 100 + i);
	now = (struct live_jobs){
		.now_ns = 100 * NS_PER_S,
		.elapsed_ns = 5 * NS_PER_S,
		.left_ns = 125 * NS_PER_S,
		.count = count,
		.jobs = jobs,
	};
}

/* A second later. */
static void pass(double cpus, double helper_cpus)
{
	now.now_ns += NS_PER_S;
	now.elapsed_ns += NS_PER_S;
	for (size_t i = 0; i < now.count; i++) {
		jobs[i].worker_cpu_ns += (uint64_t)(cpus * 1e9);
		jobs[i].helper_cpu_ns += (uint64_t)(helper_cpus * 1e9);
	}
}

/* What it shows, no line wider and no more of them than there is room for. */
static const char *show(unsigned columns, unsigned rows, bool is_utf8)
{
	const struct page_options options = {.is_utf8 = is_utf8, .columns = columns};
	unsigned lines = 0;
	char *copy, *rest;

	free(text);
	text = live_screen_text(&screen, &now, &options, rows);
	assert_non_null(copy = strdup(text));
	rest = copy;
	for (char *line; (line = strsep(&rest, "\n")) && rest; lines++)
		assert_in_range(page_width(line), 0, columns);
	assert_in_range(lines, 1, rows);
	free(copy);
	return text;
}

static int finish(void **state)
{
	(void)state;
	for (size_t i = 0; i < JOBS; i++) {
		for (int d = 0; d < DIRECTION_COUNT; d++) {
			sparse_histogram_free(&all[i][d].lat);
			sparse_histogram_free(&recent[i][d].lat);
		}
	}
	memset(all, 0, sizeof(all));
	memset(recent, 0, sizeof(recent));
	live_screen_free(&screen);
	screen = (struct live_screen){0};
	free(text);
	text = NULL;
	return 0;
}

#define assert_has(part)   assert_non_null(strstr(text, part))
#define assert_lacks(part) assert_null(strstr(text, part))

TEST_FIXTURE(NULL, finish);

TEST(a_job_has_its_figures_and_all_their_sum)
{
	begin(2);
	jobs[1].name = "rand read";
	jobs[1].worker_count = 4;
	show(80, ROWS, true);
	assert_has(
		"job0              measuring  1.00k 3.91 MiB/s  100 µs  100 µs     3/8      0\n");
	assert_has("rand read ×4");
	assert_has(
		"all                          2.00k 7.81 MiB/s  100 µs  101 µs              0\n");
	assert_has("2 workers at work   for 5 s   2:05 min left");
}

TEST(after_a_second_there_are_sparks_and_cpu_time_of_helpers)
{
	begin(1);
	show(80, ROWS, true);
	assert_lacks("CPU");
	pass(0.5, 0.25);
	recent[0][DIRECTION_READ].counts.ios = 500;
	show(80, ROWS, true);
	assert_has("CPU 50 %, helpers 25 %, 1:40 min left");
}

TEST(half_of_the_rate_is_half_of_the_height)
{
	begin(1);
	show(80, ROWS, true);
	for (int i = 0; i < 3; i++) {
		recent[0][DIRECTION_READ].counts.ios = i == 1 ? 500 : 1000;
		pass(1, 0);
		show(80, ROWS, true);
	}
	assert_has("█▅█");
	assert_has("IOPS, at most 1.00k in a second");
	show(80, ROWS, false);
	assert_has("#+#");
	assert_lacks("█");
}

TEST(a_wide_terminal_has_it_in_one_line)
{
	begin(2);
	show(120, 38, true);
	pass(1, 0.5);
	show(120, 38, true);
	assert_has("100 %    50 % 1:40 min  █");
	assert_has("IOPS by seconds");
	for (unsigned columns = 81; columns < 120; columns++) {
		show(columns, 38, true);
		assert_true(!strstr(text, "IOPS by") || strstr(text, "IOPS by seconds\n"));
	}
}

TEST(what_has_ended_or_is_to_come_has_no_rate_and_counts_no_more)
{
	begin(3);
	jobs[0].phase = LIVE_ENDED;
	jobs[1].phase = LIVE_FAILED;
	jobs[2].phase = LIVE_TO_COME;
	jobs[2].recent_ns = 0;
	jobs[0].running_count = jobs[1].running_count = jobs[2].running_count = 0;
	all[1][DIRECTION_READ].counts.errors = 7;
	show(80, ROWS, true);
	assert_has("job0              done           –          –  100 µs  100 µs       8      0");
	assert_has("job1              failed         –          –  101 µs  101 µs       8      7");
	assert_has("to come        –");
	assert_has("all                              –          –       –       –              7");
}

TEST(of_300_jobs_the_worst_are_shown_and_the_sum_is_of_all)
{
	begin(JOBS);
	all[17][DIRECTION_READ].counts.errors = 1;
	jobs[250].phase = LIVE_FAILED;
	show(80, ROWS, true);
	assert_has("jobs 1–11 of 300, worst first");
	assert_true(strstr(text, " job250 ") < strstr(text, " job17 "));
	assert_true(strstr(text, " job17 ") < strstr(text, " job299 "));
	assert_true(strstr(text, " job299 ") < strstr(text, " job298 "));
	assert_lacks(" job0 ");
	assert_has("299k"); /* one has failed */
	screen.first = 1000;
	show(80, ROWS, true);
	assert_has("jobs 290–300 of 300");
	assert_has(" job0 ");
}

TEST(a_name_that_is_long_or_has_control_characters_stays_in_its_column)
{
	begin(2);
	jobs[0].name = "a name that is so long that no terminal of 80 columns has room for it";
	jobs[1].name = "bell\a\033[31m";
	show(80, ROWS, true);
	assert_has("a name that is s… measuring");
	assert_lacks("\033");
	assert_lacks("\a");
}

TEST(wide_characters_take_two_columns_in_any_locale)
{
	begin(3);
	jobs[0].name = "漢字かな漢字かな漢字かな";
	jobs[1].name = "漢字";
	show(80, ROWS, true);
	assert_has(" 漢字かな漢字かな… measuring");
	assert_has(" 漢字              measuring");
	assert_has(" job2              measuring");
	show(80, ROWS, false);
	assert_has(" ????              measuring");
}

TEST(times_are_rounded_up_and_what_is_not_known_is_not_shown)
{
	char time[FIGURE_BYTES_OF_TEXT];

	assert_string_equal(live_screen_time(time, 1), "1 s");
	assert_string_equal(live_screen_time(time, 99 * NS_PER_S), "99 s");
	assert_string_equal(live_screen_time(time, 100 * NS_PER_S), "1:40 min");
	assert_string_equal(live_screen_time(time, 7260 * NS_PER_S), "2:01 h");
	assert_string_equal(live_screen_time(time, UINT64_MAX), "");
}

TEST_MAIN(NULL, NULL);

/* SPDX-License-Identifier: MIT */
/* A job over time: the lines of marks, the gap and the map, to the letter, as a terminal can. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "result/result_fields.h"
#include "result/text_series.h"
#include "test.h"
#include "text/page.h"
#include "unit/result/golden.h"
#include "unit/result/on_sample.h"

static struct page_options options;

static int set_up(void **state)
{
	options = (struct page_options){.is_utf8 = true, .columns = 100};
	open_sample(state);
	result.job_count = 1;
	return 0;
}

/* What the parts show, and nothing of the job's block around them. */
static int write_map(const struct result *r, FILE *stream)
{
	struct arena arena = {0};
	struct page page;

	page_open(&page, &options, stream);
	text_series(&r->jobs[0], &arena, &page);
	text_heat_map(&r->jobs[0], &arena, &page);
	arena_free(&arena);
	return page_close(&page);
}

static void assert_has(char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("'%s' is not in:\n%s", part, text);
	free(text);
}

static void assert_lacks(char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("'%s' is in:\n%s", part, text);
	free(text);
}

TEST_FIXTURE(set_up, close_sample);

TEST(a_map_is_as_it_should_be)
{
	assert_golden("heatmap.txt", written(&result, write_map));
}

TEST(ascii_and_colour_say_the_same)
{
	options = (struct page_options){.columns = 100};
	assert_golden("heatmap-ascii.txt", written(&result, write_map));
	options = (struct page_options){.is_utf8 = true, .is_coloured = true, .columns = 100};
	assert_golden("heatmap-colour.txt", written(&result, write_map));
}

/* Nothing came back in the fourth of five intervals, and twice as much in the fifth. */
TEST(a_stall_is_seen_in_the_lines)
{
	assert_has(written(&result, write_map), "  IOPS      ▅▅▅_█  0 to 400k\n");
	assert_has(written(&result, write_map), "  p99       ▁▁▁ ▁  ");
	assert_has(written(&result, write_map),
		"  gap       nothing came back for 105 ms at most, from 295 ms on\n");
}

TEST(of_two_intervals_there_is_only_the_gap)
{
	char *text;

	result.jobs[0].series.count = 2;
	text = written(&result, write_map);
	assert_null(strstr(text, "  IOPS      "));
	assert_has(text, "  gap       ");
}

TEST(without_a_series_nothing_is_shown)
{
	result.jobs[0].series = (struct result_series){0};
	assert_lacks(written(&result, write_map), "  gap  ");
	assert_lacks(written(&result, write_map), "by time");
}

static void make_long(struct result_series *series, size_t count)
{
	const struct result_interval first = series->intervals[0];

	series->intervals = arena_alloc_array(&result.arena, count, sizeof(*series->intervals));
	series->count = count;
	for (size_t i = 0; i < count; i++) {
		series->intervals[i] = first;
		series->intervals[i].start_ns = i * first.duration_ns;
	}
}

TEST(the_map_stands_in_the_page_that_asks_for_it)
{
	char *text = written(&result, write_text);

	assert_null(strstr(text, "latency by time"));
	free(text);
	assert_has(
		written(&result, format_named("heatmap")), "read latency by time, 100 ms a column");
}

TEST(no_line_of_a_narrow_page_is_longer_than_it)
{
	make_long(&result.jobs[0].series, 300);
	for (options.columns = 60; options.columns <= 100; options.columns += 5) {
		char *text = written(&result, write_map);
		char *rest = NULL;

		for (char *line = strtok_r(strstr(text, "  IOPS      "), "\n", &rest); line;
			line = strtok_r(NULL, "\n", &rest))
			assert_true(page_width(line) <= options.columns);
		free(text);
	}
}

static int write_interval(const struct result *r, FILE *stream)
{
	const struct result_interval_line line = {
		.job = "a", .interval = r->jobs[0].series.intervals[r->seed]};

	text_interval(&line, stream);
	return 0;
}

TEST(an_interval_is_a_line)
{
	setenv("LC_ALL", "C", 1);
	result.seed = 4;
	assert_has(written(&result, write_interval),
		"  500 ms    a: read 400k IOPS, 1.53 GiB/s, p50 153 us, p99 202 us, max 2.01 ms\n");
	result.jobs[0].series.intervals[4].directions[DIRECTION_WRITE].errors = 3;
	assert_has(written(&result, write_interval), " max 2.01 ms; write 0 IOPS,");
	assert_has(written(&result, write_interval), " 3 errors\n");
	result.seed = 3;
	assert_has(written(&result, write_interval), "  400 ms    a: 0 IOPS, 32 in flight\n");
}

TEST_MAIN(NULL, NULL);

/* SPDX-License-Identifier: MIT */
/* Points where they belong, in a frame. */
#include <stdlib.h>
#include <string.h>

#include "test.h"
#include "text/plot.h"

static const struct plot_point rising[] = {{25, 1e3}, {50, 1e4}, {100, 1e5}};

static struct plot_series series[] = {{.mark = "A", .count = 3, .points = rising}};

/* malloc'd. */
static char *printed(const struct plot *plot, bool is_utf8)
{
	const struct page_options options = {.is_utf8 = is_utf8, .columns = 60};
	char *text = NULL;
	size_t bytes = 0;
	FILE *stream = open_memstream(&text, &bytes);
	struct page page;

	page_open(&page, &options, stream);
	plot_print(plot, &page);
	assert_int_equal(page_close(&page), 0);
	assert_int_equal(fclose(stream), 0);
	return text;
}

static struct plot plot_of(double limit)
{
	return (struct plot){
		.x_kind = FIGURE_COUNT,
		.y_kind = FIGURE_TIME,
		.x_title = "IOPS",
		.limit = limit,
		.series_count = 1,
		.series = series,
	};
}

TEST(a_line_rises_from_left_to_right)
{
	struct plot plot = plot_of(NAN);
	char *text = printed(&plot, false);
	const char *line = text;
	int rows = 0;

	for (; *line; line = strchr(line, '\n') + 1)
		rows++;
	assert_int_equal(rows, PLOT_ROWS + 2);
	assert_non_null(strstr(text, "     100 us +"));
	assert_non_null(strstr(text, "    1.00 us +"));
	assert_non_null(strstr(text, "  25  "));
	assert_non_null(strstr(text, "100 IOPS\n"));
	/* The greatest x and y stand in the upper right corner. */
	line = strchr(text, 'A');
	assert_non_null(line);
	assert_true(strchr(text, '\n') > line);
	assert_int_equal(line[1], '\n');
	free(text);
}

/* Whatever the points are, two labels tell the scale. */
TEST(one_point_has_a_scale_that_can_be_read)
{
	static const double values[] = {1, 1.1, 3.1, 7.7e7, 9.9e7, 1e8, 1.2e8, 5e8};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		const struct plot_point point = {10, values[i]};
		struct plot_series one = {.mark = "A", .count = 1, .points = &point};
		struct plot plot = plot_of(NAN);
		size_t labels = 0;
		char *text;

		plot.series = &one;
		text = printed(&plot, true);
		for (const char *at = text; (at = strstr(at, "┤")); at++)
			labels++;
		assert_true(labels >= 2);
		assert_non_null(strchr(text, 'A'));
		free(text);
	}
}

TEST(the_limit_is_drawn_across)
{
	struct plot plot = plot_of(2e4);
	char *text = printed(&plot, false);

	assert_non_null(strstr(text, "--------------------"));
	free(text);
	text = printed(&plot, true);
	assert_non_null(strstr(text, "┄┄┄┄┄┄┄┄"));
	assert_non_null(strstr(text, "└──"));
	assert_null(strstr(text, "?"));
	free(text);
}

TEST(no_line_is_longer_than_the_page)
{
	struct plot plot = plot_of(NAN);
	char *text = printed(&plot, false);
	const char *line = text;

	while (*line) {
		const char *end = strchr(line, '\n');

		assert_true(end - line <= 60);
		line = end + 1;
	}
	free(text);
}

TEST(without_points_there_is_nothing)
{
	static const struct plot_point unknown[] = {{10, NAN}, {20, 0}};
	struct plot plot = plot_of(NAN);
	char *text;

	series[0] = (struct plot_series){.mark = "A", .count = 2, .points = unknown};
	text = printed(&plot, true);
	assert_string_equal(text, "");
	free(text);
}

TEST_MAIN(NULL, NULL);

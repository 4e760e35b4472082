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

/* SPDX-License-Identifier: MIT */
/* Tables of texts: one unit a column, aligned, labels cut where the page is narrow. */
#include "session/grid.h"
#include "test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct arena arena;
static struct grid grid;

static int start(void **state)
{
	(void)state;
	grid_init(&grid, &arena, 4);
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

/* As it stands on a page of so many columns; 0: as Markdown. Marks are left out. */
static const char *printed(unsigned columns)
{
	static char text[1024];
	char *raw = NULL, *into = text;
	size_t bytes = 0;
	FILE *stream = open_memstream(&raw, &bytes);
	struct page page = {.stream = stream, .columns = columns};

	if (columns)
		grid_print(&grid, &page);
	else
		grid_print_markdown(&grid, stream);
	fclose(stream);
	for (const char *c = raw; *c; c++) {
		if (*c < PAGE_BOLD[0] || *c > PAGE_PLAIN[0])
			*into++ = *c;
	}
	*into = '\0';
	free(raw);
	return text;
}

static void fill(void)
{
	static const double rates[] = {1200, 980000, NAN};
	static const double times[] = {1500, 0, 250000};
	static const char *const marks[] = {" a", " b", "  "};
	size_t notes;

	grid_add_row(&grid, "psync");
	grid_add_row(&grid, "io_uring+µ");
	grid_add_row(&grid, "x");
	grid_add_figures(&grid, "IOPS", FIGURE_COUNT, "/s", rates, marks);
	notes = grid_add_text(&grid, "note");
	grid_add_figures(&grid, "lat", FIGURE_TIME, NULL, times, NULL);
	grid.cells[1][notes] = "a|µµµ";
}

TEST_FIXTURE(start, end);

TEST(a_column_has_one_unit_and_stands_to_its_side)
{
	fill();
	assert_string_equal(printed(80), "                IOPS  note    lat\n"
					 "                 k/s           µs\n"
					 "  psync       1.20 a         1.50\n"
					 "  io_uring+µ   980 b  a|µµµ     0\n"
					 "  x              –            250\n");
}

TEST(labels_give_way_on_a_narrow_page)
{
	static const double values[] = {5};

	grid_add_row(&grid, "a label of twenty-six lett");
	grid_add_figures(&grid, "n", FIGURE_NUMBER, NULL, values, NULL);
	assert_string_equal(printed(34), "                                 n\n"
					 "  a label of twenty-six lett  5.00\n");
	assert_string_equal(printed(33), "                                n\n"
					 "  a label of twenty-six le…  5.00\n");
	/* Something of it is always seen. */
	assert_string_equal(printed(10), "                   n\n"
					 "  a label of …  5.00\n");
}

TEST(markdown_has_the_same)
{
	fill();
	assert_string_equal(printed(0), "| | IOPS k/s | note | lat µs |\n"
					"|---|--:|:--|--:|\n"
					"| psync | 1.20 a |  | 1.50 |\n"
					"| io\\_uring+µ | 980 b | a\\|µµµ | 0 |\n"
					"| x | –   |  | 250 |\n"
					"\n");
}

TEST_MAIN(NULL, NULL);

/* SPDX-License-Identifier: MIT */
/* Units once a column, alignment, labels that give way; the same as Markdown. */
#include "test.h"
#include "text/grid.h"

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

/* As it stands on a page of so many columns; 0: as Markdown. */
static const char *printed(unsigned columns)
{
	const struct page_options options = {.is_utf8 = true, .columns = columns + 1};
	char *text = NULL;
	const char *copy;
	size_t bytes = 0;
	FILE *stream = open_memstream(&text, &bytes);
	struct page page;

	if (columns) {
		page_open(&page, &options, stream);
		grid_print(&grid, &page);
		assert_int_equal(page_close(&page), 0);
	} else {
		grid_print_markdown(&grid, stream);
	}
	fclose(stream);
	copy = arena_strdup(&arena, text);
	free(text);
	return copy;
}

/* Rows first; texts, and figures with something after them. */
static void fill(void)
{
	static const double rates[] = {1200, 980000, GRID_UNKNOWN};
	static const double times[] = {1500, 0, 250000};
	static const char *const marks[] = {" a", " b" PAGE_PLAIN, "  "};
	struct grid_cell *rate, *note, *time;

	grid_add_row(&grid, "psync");
	grid_add_row(&grid, "io_uring+µ");
	grid_add_row(&grid, "x");
	rate = grid_add_figures(&grid, "IOPS", FIGURE_COUNT, "/s");
	note = grid_add_texts(&grid, "note", true);
	time = grid_add_figures(&grid, "lat", FIGURE_TIME, NULL);
	for (int i = 0; i < 3; i++) {
		rate[i] = (struct grid_cell){.value = rates[i], .text = marks[i]};
		time[i].value = times[i];
	}
	note[1].text = "a|µµµ";
}

/* Columns first. */
static void fill_by_rows(void)
{
	grid.label_title = "job";
	grid_add_figures(&grid, "IOPS", FIGURE_COUNT, NULL);
	grid_add_figures(&grid, "CPU", FIGURE_TIME, "/IO");
	grid_add_figures(&grid, "cores", FIGURE_NUMBER, NULL);
	grid_add_row(&grid, "first|one");
	grid_put(&grid, 804000);
	grid_put(&grid, 1240);
	grid_put(&grid, 1);
	grid_add_row(&grid, "µ");
	grid_put(&grid, 12345678);
	grid_put(&grid, GRID_UNKNOWN);
	grid_put(&grid, GRID_BLANK);
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

TEST(rows_are_filled_from_the_left)
{
	fill_by_rows();
	assert_string_equal(printed(60), "  job         IOPS    CPU  cores\n"
					 "                 M  µs/IO\n"
					 "  first|one  0.804   1.24   1.00\n"
					 "  µ           12.3      –\n");
}

/* 5.69 us, one that is not known, 847 ns, then 262 ms, which would be 262000 us. */
TEST(neighbours_share_a_unit_while_it_fits)
{
	static const double figures[] = {5690, GRID_UNKNOWN, 847, 262e6, 300e6, 40};

	grid.shares_units = true;
	for (int i = 0; i < 6; i++)
		grid_add_figures(&grid, "t", FIGURE_TIME, NULL);
	grid_add_figures(&grid, "n", FIGURE_COUNT, NULL);
	grid_add_row(&grid, "x");
	for (int i = 0; i < 6; i++)
		grid_put(&grid, figures[i]);
	grid_put(&grid, 5);
	assert_string_equal(printed(80), "        t  t      t    t    t   t  n\n"
					 "       µs        µs   ms   ms  ns\n"
					 "  x  5.69  –  0.847  262  300  40  5\n");
	grid.shares_units = false;
	assert_string_equal(printed(80), "        t  t    t    t    t   t  n\n"
					 "       µs      ns   ms   ms  ns\n"
					 "  x  5.69  –  847  262  300  40  5\n");
}

TEST(labels_give_way_to_figures)
{
	fill_by_rows();
	assert_string_equal(printed(31), "  job        IOPS    CPU  cores\n"
					 "                M  µs/IO\n"
					 "  first|o…  0.804   1.24   1.00\n"
					 "  µ          12.3      –\n");
}

TEST(labels_give_way_on_a_narrow_page)
{
	grid.label_least = 12;
	grid_add_row(&grid, "a label of twenty-six lett");
	grid_add_figures(&grid, "n", FIGURE_NUMBER, NULL)->value = 5;
	assert_string_equal(printed(34), "                                 n\n"
					 "  a label of twenty-six lett  5.00\n");
	assert_string_equal(printed(33), "                                n\n"
					 "  a label of twenty-six le…  5.00\n");
	/* Something of it is always seen. */
	assert_string_equal(printed(10), "                   n\n"
					 "  a label of …  5.00\n");
	grid.label_least = 0;
	assert_string_equal(printed(10), "                                 n\n"
					 "  a label of twenty-six lett  5.00\n");
}

TEST(a_column_of_unknowns_has_no_unit)
{
	grid_add_figures(&grid, "mean", FIGURE_TIME, NULL);
	grid_add_row(&grid, "x");
	assert_string_equal(printed(60), "     mean\n\n  x     –\n");
}

TEST(headings_stand_before_their_rows)
{
	grid_add_texts(&grid, "right", false);
	grid.indent = 0;
	grid.label_title = "gate";
	grid.headings[grid_add_row(&grid, "  a")] = "a heading that is long";
	grid_put_text(&grid, "1 µs");
	grid_add_row(&grid, "  b");
	assert_string_equal(printed(60), "gate  right\n"
					 "a heading that is long\n"
					 "  a    1 µs\n"
					 "  b\n");
}

TEST(as_many_columns_as_the_limit_are_shown)
{
	grid_add_row(&grid, "x");
	for (int i = 0; i < GRID_COLUMNS_LIMIT; i++)
		grid_add_figures(&grid, "c", FIGURE_NUMBER, NULL)->value = i;
	assert_int_equal(grid.column_count, GRID_COLUMNS_LIMIT);
	assert_non_null(strstr(printed(300), "  39.0\n"));
}

TEST(markdown_has_the_same)
{
	fill();
	assert_string_equal(printed(0), "| | IOPS k/s | note | lat µs |\n"
					"|---|--:|:--|--:|\n"
					"| psync | 1.20 a |  | 1.50 |\n"
					"| io\\_uring+µ | 980 b | a\\|µµµ | 0 |\n"
					"| x | –   |  | 250 |\n");
}

TEST(markdown_has_units_in_its_head)
{
	fill_by_rows();
	assert_string_equal(printed(0), "| job | IOPS M | CPU µs/IO | cores |\n"
					"|---|--:|--:|--:|\n"
					"| first\\|one | 0.804 | 1.24 | 1.00 |\n"
					"| µ | 12.3 | – |  |\n");
}

TEST_MAIN(NULL, NULL);

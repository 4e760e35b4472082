/* SPDX-License-Identifier: MIT */
/* Units once a column, for text and Markdown. */
#include <stdio.h>
#include <stdlib.h>

#include "result/table.h"
#include "test.h"

static struct arena arena;

static int free_arena(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static char *shown(const struct table *table, unsigned columns)
{
	struct page_options options = {true, false, columns};
	struct page page;
	char *text = NULL;
	size_t bytes = 0;
	FILE *stream = open_memstream(&text, &bytes);

	assert_int_equal(page_open(&page, columns), 0);
	table_print(table, &page);
	assert_int_equal(page_close(&page, &options, stream), 0);
	fclose(stream);
	return text;
}

static void fill(struct table *table)
{
	double *row;

	table_init(table, &arena, 2);
	table->label_title = "job";
	table_add_column(table, "IOPS", FIGURE_COUNT, NULL);
	table_add_column(table, "CPU", FIGURE_TIME, "/IO");
	table_add_column(table, "cores", FIGURE_NUMBER, NULL);
	row = table_add_row(table, "first|one");
	row[0] = 804000;
	row[1] = 1240;
	row[2] = 1;
	row = table_add_row(table, "µ");
	row[0] = 12345678;
	row[2] = TABLE_BLANK;
}

TEST(a_column_has_one_unit)
{
	struct table table;
	char *text;

	fill(&table);
	text = shown(&table, 60);
	assert_string_equal(text, "  job         IOPS    CPU  cores\n"
				  "                 M  µs/IO\n"
				  "  first|one  0.804   1.24   1.00\n"
				  "  µ           12.3      –\n");
	free(text);
}

/* 5.69 us, one that is not known, 847 ns, then 262 ms, which would be 262000 us. */
TEST(neighbours_share_a_unit_while_it_fits)
{
	static const double figures[] = {5690, 0, 847, 262e6, 300e6, 40};
	struct table table;
	double *row;
	char *text;

	table_init(&table, &arena, 1);
	for (int i = 0; i < 6; i++)
		table_add_column(&table, "t", FIGURE_TIME, NULL);
	table_add_column(&table, "n", FIGURE_COUNT, NULL);
	row = table_add_row(&table, "x");
	for (int i = 0; i < 6; i++)
		row[i] = i == 1 ? TABLE_UNKNOWN : figures[i];
	row[6] = 5;
	text = shown(&table, 80);
	assert_string_equal(text, "        t  t      t    t    t   t  n\n"
				  "       µs        µs   ms   ms  ns\n"
				  "  x  5.69  –  0.847  262  300  40  5\n");
	free(text);
}

TEST(labels_give_way_to_figures)
{
	struct table table;
	char *text;

	fill(&table);
	text = shown(&table, 32);
	assert_string_equal(text, "  job        IOPS    CPU  cores\n"
				  "                M  µs/IO\n"
				  "  first|o…  0.804   1.24   1.00\n"
				  "  µ          12.3      –\n");
	free(text);
}

TEST(a_column_of_unknowns_has_no_unit)
{
	struct table table;
	char *text;

	table_init(&table, &arena, 1);
	table_add_column(&table, "mean", FIGURE_TIME, NULL);
	table_add_row(&table, "x");
	text = shown(&table, 60);
	assert_string_equal(text, "     mean\n\n  x     –\n");
	free(text);
}

TEST(columns_beyond_the_limit_are_left_out)
{
	struct table table;

	table_init(&table, &arena, 1);
	for (int i = 0; i < 2 * TABLE_COLUMNS_LIMIT; i++)
		table_add_column(&table, "c", FIGURE_NUMBER, NULL);
	assert_int_equal(table.column_count, TABLE_COLUMNS_LIMIT);
}

static char *markdown(const struct table *table)
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *stream = open_memstream(&text, &bytes);

	table_print_markdown(table, stream);
	fclose(stream);
	return text;
}

TEST(markdown_has_units_in_its_head)
{
	struct table table;
	char *text;

	fill(&table);
	text = markdown(&table);
	assert_string_equal(text, "| job | IOPS M | CPU µs/IO | cores |\n"
				  "|---|--:|--:|--:|\n"
				  "| first\\|one | 0.804 | 1.24 | 1.00 |\n"
				  "| µ | 12.3 | – |  |\n");
	free(text);
}

TEST(markdown_signs_are_escaped)
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *stream = open_memstream(&text, &bytes);

	table_print_markdown_text("a_b*c|d\ne`<i>[x]\\ #~", stream);
	fclose(stream);
	assert_string_equal(text, "a\\_b\\*c\\|d e\\`\\<i\\>\\[x\\]\\\\ \\#\\~");
	free(text);
}

TEST_MAIN(NULL, free_arena);

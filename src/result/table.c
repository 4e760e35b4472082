/* SPDX-License-Identifier: MIT */
/* Tables of figures: units chosen once a column. */
#include "result/table.h"

#include <assert.h>
#include <string.h>

enum { LABEL_BYTES = 256, UNIT_BYTES = 24, LABEL_COLUMNS_LEAST = 8 };

/* A unit that suits its neighbour is kept for figures in these bounds. */
static const double LEAST_IN_UNIT = 0.05;
static const double GREATEST_IN_UNIT = 9999.5;

/* Everything about a column that its cells and its head need. */
struct layout {
	struct figure_unit unit[TABLE_COLUMNS_LIMIT];
	char unit_text[TABLE_COLUMNS_LIMIT][UNIT_BYTES];
	unsigned width[TABLE_COLUMNS_LIMIT];
	unsigned label_width;
};

void table_init(struct table *table, struct arena *arena, size_t row_limit)
{
	*table = (struct table){.row_limit = row_limit};
	table->labels = arena_alloc_array(arena, row_limit, sizeof(*table->labels));
	table->cells = arena_alloc_array(arena, row_limit, sizeof(*table->cells));
}

void table_add_column(
	struct table *table, const char *title, enum figure_kind kind, const char *per)
{
	if (table->column_count < TABLE_COLUMNS_LIMIT)
		table->columns[table->column_count++] = (struct table_column){title, kind, per};
}

double *table_add_row(struct table *table, const char *label)
{
	double *cells;

	assert(table->row_count < table->row_limit);
	cells = table->cells[table->row_count];
	table->labels[table->row_count++] = label;
	for (size_t i = 0; i < TABLE_COLUMNS_LIMIT; i++)
		cells[i] = TABLE_UNKNOWN;
	return cells;
}

/* The least and the greatest figure of a column that is neither 0 nor unknown; greatest 0: none. */
static void column_range(const struct table *table, size_t column, double *least, double *greatest)
{
	*least = INFINITY;
	*greatest = 0;
	for (size_t i = 0; i < table->row_count; i++) {
		double cell = table->cells[i][column];

		if (!isfinite(cell) || cell == 0)
			continue;
		*least = fmin(*least, fabs(cell));
		*greatest = fmax(*greatest, fabs(cell));
	}
}

/* The unit of the column before is kept while it fits: 5.69, 0.847, 1.40 µs compare at a glance. */
static struct figure_unit column_unit(
	const struct table *table, size_t column, const struct figure_unit *before)
{
	enum figure_kind kind = table->columns[column].kind;
	double least, greatest;

	column_range(table, column, &least, &greatest);
	if (greatest == 0)
		return (struct figure_unit){.name = "", .factor = 1, .is_smallest = true};
	if (before && least >= LEAST_IN_UNIT * before->factor &&
		greatest < GREATEST_IN_UNIT * before->factor)
		return *before;
	return figure_unit_between(kind, least, greatest);
}

static char *cell_text(char text[FIGURE_BYTES_OF_TEXT], const struct figure_unit *unit, double cell)
{
	if (isinf(cell))
		text[0] = '\0';
	else
		figure_in_unit(text, unit, cell);
	return text;
}

/* Of the nearest column before of the same kind that has one; NULL: there is none. */
static const struct figure_unit *unit_before(
	const struct table *table, size_t column, const struct layout *layout)
{
	enum figure_kind kind = table->columns[column].kind;

	while (column-- > 0 && table->columns[column].kind == kind) {
		if (layout->unit[column].name[0])
			return &layout->unit[column];
	}
	return NULL;
}

static void lay_out_column(const struct table *table, size_t column, struct layout *layout)
{
	const struct table_column *c = &table->columns[column];
	char text[FIGURE_BYTES_OF_TEXT];
	unsigned width;

	layout->unit[column] = column_unit(table, column, unit_before(table, column, layout));
	snprintf(layout->unit_text[column], UNIT_BYTES, "%s%s", layout->unit[column].name,
		c->per ? c->per : "");
	width = page_width(c->title);
	if (page_width(layout->unit_text[column]) > width)
		width = page_width(layout->unit_text[column]);
	for (size_t i = 0; i < table->row_count; i++) {
		cell_text(text, &layout->unit[column], table->cells[i][column]);
		if (page_width(text) > width)
			width = page_width(text);
	}
	layout->width[column] = width;
}

static void lay_out(const struct table *table, struct layout *layout)
{
	layout->label_width = table->label_title ? page_width(table->label_title) : 0;
	for (size_t i = 0; i < table->column_count; i++)
		lay_out_column(table, i, layout);
	for (size_t i = 0; i < table->row_count; i++) {
		if (page_width(table->labels[i]) > layout->label_width)
			layout->label_width = page_width(table->labels[i]);
	}
}

/* Labels give way, down to a readable rest, when the figures need the room. */
static void fit_labels(const struct table *table, struct layout *layout, unsigned columns)
{
	unsigned taken = 2;

	for (size_t i = 0; i < table->column_count; i++)
		taken += 2 + layout->width[i];
	if (taken + layout->label_width <= columns)
		return;
	layout->label_width =
		columns > taken + LABEL_COLUMNS_LEAST ? columns - taken : LABEL_COLUMNS_LEAST;
}

/* printf's width counts bytes, the screen characters. */
static void put_left(FILE *stream, const char *text, unsigned width)
{
	unsigned taken = page_width(text);

	fprintf(stream, "%s%*s", text, taken < width ? (int)(width - taken) : 0, "");
}

static void put_right(FILE *stream, const char *text, unsigned width)
{
	unsigned taken = page_width(text);

	fprintf(stream, "%*s%s", taken < width ? (int)(width - taken) : 0, "", text);
}

static void print_head(const struct table *table, const struct layout *layout, FILE *stream)
{
	fputs("  " PAGE_DIM, stream);
	put_left(stream, table->label_title ? table->label_title : "", layout->label_width);
	for (size_t i = 0; i < table->column_count; i++)
		put_right(stream, table->columns[i].title, layout->width[i] + 2);
	fputs("\n  ", stream);
	put_left(stream, "", layout->label_width);
	for (size_t i = 0; i < table->column_count; i++)
		put_right(stream, layout->unit_text[i], layout->width[i] + 2);
	fputs(PAGE_PLAIN "\n", stream);
}

void table_print(const struct table *table, struct page *page)
{
	struct layout layout;

	lay_out(table, &layout);
	fit_labels(table, &layout, page->columns);
	print_head(table, &layout, page->stream);
	for (size_t i = 0; i < table->row_count; i++) {
		char label[LABEL_BYTES];
		char text[FIGURE_BYTES_OF_TEXT];

		page_cut(label, sizeof(label), table->labels[i], layout.label_width);
		fputs("  " PAGE_BOLD, page->stream);
		put_left(page->stream, label, layout.label_width);
		fputs(PAGE_PLAIN, page->stream);
		for (size_t j = 0; j < table->column_count; j++)
			put_right(page->stream,
				cell_text(text, &layout.unit[j], table->cells[i][j]),
				layout.width[j] + 2);
		fputc('\n', page->stream);
	}
}

void table_print_markdown_text(const char *text, FILE *stream)
{
	for (; *text; text++) {
		if ((unsigned char)*text < ' ') {
			fputc(' ', stream);
			continue;
		}
		if (strchr("\\`*_[]<>|~#", *text))
			fputc('\\', stream);
		fputc(*text, stream);
	}
}

void table_print_markdown(const struct table *table, FILE *stream)
{
	struct layout layout;
	char text[FIGURE_BYTES_OF_TEXT];

	lay_out(table, &layout);
	fprintf(stream, "| %s |", table->label_title ? table->label_title : "");
	for (size_t i = 0; i < table->column_count; i++)
		fprintf(stream, " %s%s%s |", table->columns[i].title,
			layout.unit_text[i][0] ? " " : "", layout.unit_text[i]);
	fputs("\n|---|", stream);
	for (size_t i = 0; i < table->column_count; i++)
		fputs("--:|", stream);
	fputc('\n', stream);
	for (size_t i = 0; i < table->row_count; i++) {
		fputs("| ", stream);
		table_print_markdown_text(table->labels[i], stream);
		fputs(" |", stream);
		for (size_t j = 0; j < table->column_count; j++)
			fprintf(stream, " %s |",
				cell_text(text, &layout.unit[j], table->cells[i][j]));
		fputc('\n', stream);
	}
}

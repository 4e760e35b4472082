/* SPDX-License-Identifier: MIT */
/* Grids of texts, aligned. */
#include "session/grid.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "result/table.h"

enum { LABEL_BYTES = 256, LABEL_COLUMNS_LEAST = 12 };

void grid_init(struct grid *grid, struct arena *arena, size_t row_limit)
{
	*grid = (struct grid){.arena = arena};
	grid->labels = arena_alloc_array(arena, row_limit, sizeof(*grid->labels));
	grid->cells = arena_alloc_array(arena, row_limit, sizeof(*grid->cells));
}

size_t grid_add_row(struct grid *grid, const char *label)
{
	grid->labels[grid->row_count] = label;
	return grid->row_count++;
}

static size_t add_column(struct grid *grid, const char *title, const char *unit, bool is_left)
{
	assert(grid->column_count < GRID_COLUMNS_LIMIT);
	grid->columns[grid->column_count].title = title;
	grid->columns[grid->column_count].unit = unit;
	grid->columns[grid->column_count].is_left = is_left;
	return grid->column_count++;
}

size_t grid_add_text(struct grid *grid, const char *title)
{
	return add_column(grid, title, "", true);
}

static struct figure_unit common_unit(enum figure_kind kind, const double *values, size_t count)
{
	double least = INFINITY;
	double greatest = 0;

	for (size_t i = 0; i < count; i++) {
		if (!isfinite(values[i]) || values[i] == 0)
			continue;
		least = fmin(least, fabs(values[i]));
		greatest = fmax(greatest, fabs(values[i]));
	}
	if (greatest == 0)
		return (struct figure_unit){.name = "", .factor = 1, .is_smallest = true};
	return figure_unit_between(kind, least, greatest);
}

size_t grid_add_figures(struct grid *grid, const char *title, enum figure_kind kind,
	const char *per, const double *values, const char *const *suffixes)
{
	struct figure_unit unit = common_unit(kind, values, grid->row_count);
	size_t column = add_column(
		grid, title, arena_printf(grid->arena, "%s%s", unit.name, per ? per : ""), false);

	for (size_t i = 0; i < grid->row_count; i++) {
		char text[FIGURE_BYTES_OF_TEXT];

		figure_in_unit(text, &unit, values[i]);
		grid->cells[i][column] =
			arena_printf(grid->arena, "%s%s", text, suffixes ? suffixes[i] : "");
	}
	return column;
}

static const char *cell(const struct grid *grid, size_t row, size_t column)
{
	return grid->cells[row][column] ? grid->cells[row][column] : "";
}

static unsigned column_width(const struct grid *grid, size_t column)
{
	unsigned width = page_width(grid->columns[column].title);

	if (page_width(grid->columns[column].unit) > width)
		width = page_width(grid->columns[column].unit);
	for (size_t i = 0; i < grid->row_count; i++) {
		if (page_width(cell(grid, i, column)) > width)
			width = page_width(cell(grid, i, column));
	}
	return width;
}

static unsigned label_width(const struct grid *grid, const unsigned *widths, unsigned columns)
{
	unsigned taken = 2;
	unsigned width = 0;

	for (size_t i = 0; i < grid->row_count; i++) {
		if (page_width(grid->labels[i]) > width)
			width = page_width(grid->labels[i]);
	}
	for (size_t i = 0; i < grid->column_count; i++)
		taken += 2 + widths[i];
	if (taken + width <= columns)
		return width;
	return columns > taken + LABEL_COLUMNS_LEAST ? columns - taken : LABEL_COLUMNS_LEAST;
}

static void put(FILE *stream, const char *text, unsigned width, bool is_left, bool is_last)
{
	unsigned taken = page_width(text);
	int padding = taken < width ? (int)(width - taken) : 0;

	fprintf(stream, "%*s%s%*s", is_left ? 0 : padding, "", text,
		is_left && !is_last ? padding : 0, "");
}

static void print_row(const struct grid *grid, const unsigned *widths, size_t row, FILE *stream)
{
	for (size_t c = 0; c < grid->column_count; c++) {
		fputs("  ", stream);
		put(stream, cell(grid, row, c), widths[c], grid->columns[c].is_left,
			c + 1 == grid->column_count);
	}
}

/* Two lines; the second only where a column has a unit. */
static void print_head(
	const struct grid *grid, const unsigned *widths, unsigned label, FILE *stream)
{
	bool has_units = false;

	for (size_t c = 0; c < grid->column_count; c++)
		has_units = has_units || *grid->columns[c].unit;
	for (int line = 0; line < 1 + has_units; line++) {
		fprintf(stream, "  " PAGE_DIM "%*s", (int)label, "");
		for (size_t c = 0; c < grid->column_count; c++) {
			fputs("  ", stream);
			put(stream, line ? grid->columns[c].unit : grid->columns[c].title,
				widths[c], grid->columns[c].is_left, c + 1 == grid->column_count);
		}
		fputs(PAGE_PLAIN "\n", stream);
	}
}

void grid_print(const struct grid *grid, struct page *page)
{
	unsigned widths[GRID_COLUMNS_LIMIT];
	unsigned label;

	for (size_t c = 0; c < grid->column_count; c++)
		widths[c] = column_width(grid, c);
	label = label_width(grid, widths, page->columns);
	print_head(grid, widths, label, page->stream);
	for (size_t i = 0; i < grid->row_count; i++) {
		char text[LABEL_BYTES];

		page_cut(text, sizeof(text), grid->labels[i], label);
		fputs("  " PAGE_BOLD, page->stream);
		put(page->stream, text, label, true, false);
		fputs(PAGE_PLAIN, page->stream);
		print_row(grid, widths, i, page->stream);
		fputc('\n', page->stream);
	}
}

/* Without the marks of a page; `table_print_markdown_text` would show them as blanks. */
static void print_markdown_cell(const char *text, FILE *stream)
{
	for (; *text; text++) {
		char one[2] = {*text, '\0'};

		if (*text >= PAGE_BOLD[0] && *text <= PAGE_PLAIN[0])
			continue;
		table_print_markdown_text(one, stream);
	}
}

void grid_print_markdown(const struct grid *grid, FILE *stream)
{
	fputs("| |", stream);
	for (size_t c = 0; c < grid->column_count; c++)
		fprintf(stream, " %s%s%s |", grid->columns[c].title,
			*grid->columns[c].unit ? " " : "", grid->columns[c].unit);
	fputs("\n|---|", stream);
	for (size_t c = 0; c < grid->column_count; c++)
		fputs(grid->columns[c].is_left ? ":--|" : "--:|", stream);
	fputc('\n', stream);
	for (size_t i = 0; i < grid->row_count; i++) {
		fputs("| ", stream);
		print_markdown_cell(grid->labels[i], stream);
		fputs(" |", stream);
		for (size_t c = 0; c < grid->column_count; c++) {
			fputc(' ', stream);
			print_markdown_cell(cell(grid, i, c), stream);
			fputs(" |", stream);
		}
		fputc('\n', stream);
	}
	fputc('\n', stream);
}

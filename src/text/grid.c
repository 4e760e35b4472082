/* SPDX-License-Identifier: MIT */
/* Units chosen once a column, and cells aligned. */
#include "text/grid.h"

#include <assert.h>

enum { LABEL_BYTES = 256 };

/* A unit that suits its neighbour is kept for figures in these bounds. */
static const double LEAST_IN_UNIT = 0.05;
static const double GREATEST_IN_UNIT = 9999.5;

void grid_init(struct grid *grid, struct arena *arena, size_t row_limit)
{
	*grid = (struct grid){
		.arena = arena,
		.label_mark = PAGE_BOLD,
		.label_least = GRID_LABEL_COLUMNS_LEAST,
		.indent = 2,
		.row_limit = row_limit,
		.labels = arena_alloc_array(arena, row_limit, sizeof(char *)),
		.headings = arena_alloc_array(arena, row_limit, sizeof(char *)),
	};
}

size_t grid_add_row(struct grid *grid, const char *label)
{
	assert(grid->row_count < grid->row_limit);
	grid->labels[grid->row_count] = label;
	grid->next_column = 0;
	return grid->row_count++;
}

struct grid_cell *grid_add_figures(
	struct grid *grid, const char *title, enum figure_kind kind, const char *per)
{
	struct grid_column *column = &grid->columns[grid->column_count++];

	assert(grid->column_count <= GRID_COLUMNS_LIMIT);
	*column = (struct grid_column){.title = title, .kind = kind, .per = per};
	column->cells = arena_alloc_array(grid->arena, grid->row_limit, sizeof(*column->cells));
	for (size_t i = 0; i < grid->row_limit; i++)
		column->cells[i].value = GRID_UNKNOWN;
	return column->cells;
}

struct grid_cell *grid_add_texts(struct grid *grid, const char *title, bool is_left)
{
	struct grid_cell *cells = grid_add_figures(grid, title, FIGURE_NUMBER, NULL);

	grid->columns[grid->column_count - 1].is_text = true;
	grid->columns[grid->column_count - 1].is_left = is_left;
	return cells;
}

static struct grid_cell *next_cell(struct grid *grid)
{
	assert(grid->next_column < grid->column_count);
	return &grid->columns[grid->next_column++].cells[grid->row_count - 1];
}

void grid_put(struct grid *grid, double value)
{
	next_cell(grid)->value = value;
}

void grid_put_text(struct grid *grid, const char *text)
{
	next_cell(grid)->text = text;
}

/* The unit of the column before is kept while it fits: 5.69, 0.847, 1.40 µs compare at a glance. */
static struct figure_unit unit_of(
	const struct grid *grid, const struct grid_column *column, const struct figure_unit *before)
{
	double least = INFINITY, greatest = 0;

	for (size_t i = 0; i < grid->row_count; i++) {
		double value = column->cells[i].value;

		if (!isfinite(value) || value == 0)
			continue;
		least = fmin(least, fabs(value));
		greatest = fmax(greatest, fabs(value));
	}
	if (greatest == 0)
		return (struct figure_unit){.name = "", .factor = 1, .is_smallest = true};
	if (before && least >= LEAST_IN_UNIT * before->factor &&
		greatest < GREATEST_IN_UNIT * before->factor)
		return *before;
	return figure_unit_between(column->kind, least, greatest);
}

/* Of the nearest column before of the same kind that has one; NULL: there is none. */
static const struct figure_unit *unit_before(const struct grid *grid, size_t index)
{
	enum figure_kind kind = grid->columns[index].kind;

	while (grid->shares_units && index-- > 0 && grid->columns[index].kind == kind) {
		if (*grid->columns[index].unit.name)
			return &grid->columns[index].unit;
	}
	return NULL;
}

static const char *shown(
	struct arena *arena, const struct grid_column *column, const struct grid_cell *cell)
{
	char text[FIGURE_BYTES_OF_TEXT];
	const char *after = cell->text ? cell->text : "";

	if (column->is_text || isinf(cell->value))
		return after;
	return arena_printf(arena, "%s%s", figure_in_unit(text, &column->unit, cell->value), after);
}

static void widen(unsigned *width, const char *text)
{
	unsigned taken = page_width(text);

	*width = taken > *width ? taken : *width;
}

void grid_lay_out(struct grid *grid)
{
	for (size_t i = 0; i < grid->column_count; i++) {
		struct grid_column *column = &grid->columns[i];

		column->unit = unit_of(grid, column, unit_before(grid, i));
		column->unit_text = arena_printf(
			grid->arena, "%s%s", column->unit.name, column->per ? column->per : "");
		column->width = 0;
		widen(&column->width, column->title);
		widen(&column->width, column->unit_text);
		for (size_t j = 0; j < grid->row_count; j++) {
			column->cells[j].shown = shown(grid->arena, column, &column->cells[j]);
			widen(&column->width, column->cells[j].shown);
		}
	}
}

/* Labels give way, down to a readable rest, when the figures need the room. */
static unsigned label_width(const struct grid *grid, unsigned columns)
{
	unsigned taken = grid->indent;
	unsigned width = 0;

	widen(&width, grid->label_title ? grid->label_title : "");
	for (size_t i = 0; i < grid->row_count; i++)
		widen(&width, grid->labels[i]);
	for (size_t i = 0; i < grid->column_count; i++)
		taken += 2 + grid->columns[i].width;
	if (taken + width <= columns || !grid->label_least)
		return width;
	return columns > taken + grid->label_least ? columns - taken : grid->label_least;
}

/* printf's width counts bytes, the screen characters. */
static void put(FILE *stream, const char *text, unsigned width, bool is_left)
{
	unsigned taken = page_width(text);
	int padding = taken < width ? (int)(width - taken) : 0;

	fprintf(stream, "%*s%s%*s", is_left ? 0 : padding, "", text, is_left ? padding : 0, "");
}

static void put_label(
	const struct grid *grid, const char *mark, const char *text, unsigned width, FILE *stream)
{
	fprintf(stream, "%*s%s", (int)grid->indent, "", mark);
	put(stream, text, width, true);
}

static void print_head(const struct grid *grid, unsigned label, FILE *stream)
{
	bool has_units = false;

	for (size_t c = 0; c < grid->column_count; c++)
		has_units = has_units || grid->columns[c].kind != FIGURE_NUMBER ||
			    *grid->columns[c].unit_text;
	for (int line = 0; line < 1 + has_units; line++) {
		put_label(grid, line ? "" : PAGE_DIM,
			line || !grid->label_title ? "" : grid->label_title, label, stream);
		for (size_t c = 0; c < grid->column_count; c++) {
			const struct grid_column *column = &grid->columns[c];

			fputs("  ", stream);
			put(stream, line ? column->unit_text : column->title, column->width,
				column->is_left);
		}
		fputs(line < has_units ? "\n" : PAGE_PLAIN "\n", stream);
	}
}

void grid_print(struct grid *grid, struct page *page)
{
	unsigned width;

	grid_lay_out(grid);
	width = label_width(grid, page->columns);
	print_head(grid, width, page->stream);
	for (size_t i = 0; i < grid->row_count; i++) {
		char label[LABEL_BYTES];

		if (grid->headings[i])
			fprintf(page->stream, "%s\n", grid->headings[i]);
		page_cut(label, sizeof(label), grid->labels[i], width);
		put_label(grid, grid->label_mark, label, width, page->stream);
		fputs(*grid->label_mark ? PAGE_PLAIN : "", page->stream);
		for (size_t c = 0; c < grid->column_count; c++) {
			fputs("  ", page->stream);
			put(page->stream, grid->columns[c].cells[i].shown, grid->columns[c].width,
				grid->columns[c].is_left);
		}
		fputc('\n', page->stream);
	}
}

void grid_print_markdown(struct grid *grid, FILE *stream)
{
	grid_lay_out(grid);
	fputs("| ", stream);
	if (grid->label_title)
		fprintf(stream, "%s ", grid->label_title);
	fputc('|', stream);
	for (size_t c = 0; c < grid->column_count; c++)
		fprintf(stream, " %s%s%s |", grid->columns[c].title,
			*grid->columns[c].unit_text ? " " : "", grid->columns[c].unit_text);
	fputs("\n|---|", stream);
	for (size_t c = 0; c < grid->column_count; c++)
		fputs(grid->columns[c].is_left ? ":--|" : "--:|", stream);
	fputc('\n', stream);
	for (size_t i = 0; i < grid->row_count; i++) {
		page_markdown(stream, "| ", grid->labels[i], " |");
		for (size_t c = 0; c < grid->column_count; c++)
			page_markdown(stream, " ", grid->columns[c].cells[i].shown, " |");
		fputc('\n', stream);
	}
}

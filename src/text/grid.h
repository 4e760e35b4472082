/* SPDX-License-Identifier: MIT */
/*
 * A table: labelled rows, and columns of texts or of figures with one unit, which stands in the
 * head. It is shown on a page, aligned, and as Markdown.
 */
#ifndef TEXT_GRID_H
#define TEXT_GRID_H

#include <math.h>
#include <stddef.h>
#include <stdio.h>

#include "base/arena.h"
#include "text/figure.h"
#include "text/page.h"

/* Figures: any finite value, or */
#define GRID_UNKNOWN NAN      /* shown "–" */
#define GRID_BLANK   INFINITY /* nothing belongs here */

enum { GRID_COLUMNS_LIMIT = 40, GRID_LABEL_COLUMNS_LEAST = 8 };

struct grid_cell {
	double value; /* of a figure; at first GRID_UNKNOWN */
	const char
		*text; /* the text, or what stands after the figure; NULL: none. May have marks */
	const char *shown; /* by grid_lay_out */
};

struct grid_column {
	const char *title;
	enum figure_kind kind;
	const char *per; /* after the unit: "/IO"; or NULL */
	bool is_text;
	bool is_left; /* figures stand to the right */
	struct grid_cell *cells;
	struct figure_unit unit; /* this and the rest by grid_lay_out */
	const char *unit_text;
	unsigned width;
};

struct grid {
	struct arena *arena;
	const char *label_title; /* over the labels, or NULL */
	const char *label_mark;  /* at first PAGE_BOLD */
	unsigned label_least;    /* columns that a narrow page leaves of labels; 0: all */
	unsigned indent;         /* at first 2 */
	bool shares_units;       /* a column takes the unit of the one before while it fits */
	size_t row_limit, row_count, column_count;
	size_t next_column; /* of the last row to be put */
	const char **labels;
	const char **headings; /* of each row: a line before it, or NULL */
	struct grid_column columns[GRID_COLUMNS_LIMIT];
};

/* No columns and no rows yet, with room for `row_limit` rows. All texts are kept, not copied. */
void grid_init(struct grid *grid, struct arena *arena, size_t row_limit);

/* Rows and columns are added in any order. Returns the row's index. */
size_t grid_add_row(struct grid *grid, const char *label);

/* Both return the cells, one for each row. */
struct grid_cell *grid_add_texts(struct grid *grid, const char *title, bool is_left);
struct grid_cell *grid_add_figures(
	struct grid *grid, const char *title, enum figure_kind kind, const char *per);

/* A figure or text of the last row: of its first column, then of the next. */
void grid_put(struct grid *grid, double value);
void grid_put_text(struct grid *grid, const char *text);

/* Units, texts and widths: for the two below, and for tests. */
void grid_lay_out(struct grid *grid);

/* The unit's line is left out where no column can have one. */
void grid_print(struct grid *grid, struct page *page);
void grid_print_markdown(struct grid *grid, FILE *stream);

#endif

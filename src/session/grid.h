/* SPDX-License-Identifier: MIT */
/*
 * A table whose cells are texts, because figures carry marks there: labelled rows, columns with a
 * title and a unit. Shown as text and as Markdown.
 */
#ifndef SESSION_GRID_H
#define SESSION_GRID_H

#include <stddef.h>
#include <stdio.h>

#include "base/arena.h"
#include "text/figure.h"
#include "text/page.h"

enum { GRID_COLUMNS_LIMIT = 40 };

struct grid {
	struct arena *arena;
	size_t column_count;
	struct {
		const char *title;
		const char *unit;
		bool is_left; /* texts; figures stand to the right */
	} columns[GRID_COLUMNS_LIMIT];
	size_t row_count;
	const char **labels;
	const char *(*cells)[GRID_COLUMNS_LIMIT]; /* NULL: empty; may hold marks of page.h */
};

void grid_init(struct grid *grid, struct arena *arena, size_t row_limit);

/* Rows first, then columns. Label and texts are kept. Returns the row's index. */
size_t grid_add_row(struct grid *grid, const char *label);

/* Returns the column's index; titles beyond the limit are our mistake. */
size_t grid_add_text(struct grid *grid, const char *title);

/*
 * A column of figures with one unit for all; `values` has one for each row (NAN: "–"), `suffixes`
 * (may be NULL) a text after each, of one width.
 */
size_t grid_add_figures(struct grid *grid, const char *title, enum figure_kind kind,
	const char *per, const double *values, const char *const *suffixes);

/* Labels give way where the page is too narrow. */
void grid_print(const struct grid *grid, struct page *page);
void grid_print_markdown(const struct grid *grid, FILE *stream);

#endif

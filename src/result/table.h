/* SPDX-License-Identifier: MIT */
/*
 * A table of figures: labelled rows, columns that each have one unit, which stands in the head.
 * The same table is shown as text and as Markdown.
 */
#ifndef RESULT_TABLE_H
#define RESULT_TABLE_H

#include <math.h>
#include <stddef.h>

#include "base/arena.h"
#include "text/figure.h"
#include "text/page.h"

/* Cells: any finite value, or */
#define TABLE_UNKNOWN NAN      /* printed "–" */
#define TABLE_BLANK   INFINITY /* nothing belongs here */

enum { TABLE_COLUMNS_LIMIT = 24 };

struct table_column {
	const char *title;
	enum figure_kind kind;
	const char *per; /* after the unit: "/IO"; or NULL */
};

struct table {
	const char *label_title; /* over the labels, or NULL */
	size_t column_count;
	struct table_column columns[TABLE_COLUMNS_LIMIT];
	size_t row_count;
	size_t row_limit;
	const char **labels;
	double (*cells)[TABLE_COLUMNS_LIMIT];
};

/* No columns and no rows yet, with room for `row_limit` rows. */
void table_init(struct table *table, struct arena *arena, size_t row_limit);

/* `title` and `per` are kept, not copied; beyond the limit the column is not added. */
void table_add_column(
	struct table *table, const char *title, enum figure_kind kind, const char *per);

/* A new row of unknown cells; returns them. `label` is kept. */
double *table_add_row(struct table *table, const char *label);

/* Aligned, two lines of head; labels are cut where the page would be too narrow. */
void table_print(const struct table *table, struct page *page);

void table_print_markdown(const struct table *table, FILE *stream);

/* `text` with what Markdown would read as a sign (| * _ ` < [ and such) escaped, on one line. */
void table_print_markdown_text(const char *text, FILE *stream);

#endif

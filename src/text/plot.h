/* SPDX-License-Identifier: MIT */
/*
 * Lines in a frame of characters: x on a straight scale from 0, y on a logarithmic one. Marks stand
 * at the points, dots between those of a series.
 */
#ifndef TEXT_PLOT_H
#define TEXT_PLOT_H

#include <math.h>
#include <stddef.h>

#include "base/arena.h"
#include "text/figure.h"
#include "text/page.h"

enum { PLOT_ROWS = 12, PLOT_COLUMNS_MOST = 72 };

struct plot_point {
	double x, y; /* of y only what is above 0 is drawn */
};

struct plot_series {
	const char *mark; /* one character, UTF-8 */
	size_t count;
	const struct plot_point *points; /* by x, ascending */
};

struct plot {
	enum figure_kind x_kind, y_kind;
	const char *x_title; /* at the end of the axis: "IOPS offered" */
	double limit;        /* a line across at this y; NAN: none */
	size_t series_count;
	const struct plot_series *series;
};

/* Nothing where there are no points. */
void plot_print(const struct plot *plot, struct page *page);

#endif

/* SPDX-License-Identifier: MIT */
#include "text/plot.h"

#include <stdbool.h>
#include <string.h>
#include <sys/param.h>

enum {
	LABEL_COLUMNS = 9,
	X_LABELS = 4,
	MARGIN = 14, /* left of the frame, and a little on the right */
};

#define HEADROOM 1.15 /* above the greatest and below the least */

struct canvas {
	int columns;
	double x_most, y_least, y_most;
	const char *cells[PLOT_ROWS][PLOT_COLUMNS_MOST];
};

/* Labels are 1, 2 or 5 times a power of ten: the greatest of them that is not above y, ... */
static double step_below(double y)
{
	double power = pow(10, floor(log10(y)));

	return y >= 5 * power ? 5 * power : y >= 2 * power ? 2 * power : power;
}

/* ... and the least above it. */
static double step_above(double y)
{
	double power = pow(10, floor(log10(y)));

	return y >= 5 * power ? 10 * power : y >= 2 * power ? 5 * power : 2 * power;
}

/* Nothing can be read from a scale with one label, or none: it goes on to the next. */
static void widen(struct canvas *canvas)
{
	if (step_above(step_above(step_below(canvas->y_least))) <= canvas->y_most)
		return;
	canvas->y_least = step_below(canvas->y_least);
	if (step_below(canvas->y_most) < canvas->y_most)
		canvas->y_most = step_above(canvas->y_most);
}

static bool find_range(const struct plot *plot, struct canvas *canvas)
{
	canvas->y_least = isnan(plot->limit) ? INFINITY : plot->limit;
	canvas->y_most = isnan(plot->limit) ? 0 : plot->limit;
	for (size_t s = 0; s < plot->series_count; s++) {
		for (size_t i = 0; i < plot->series[s].count; i++) {
			const struct plot_point *point = &plot->series[s].points[i];

			if (!(point->y > 0) || !isfinite(point->y))
				continue;
			canvas->x_most = fmax(canvas->x_most, point->x);
			canvas->y_least = fmin(canvas->y_least, point->y);
			canvas->y_most = fmax(canvas->y_most, point->y);
		}
	}
	canvas->y_least /= HEADROOM;
	canvas->y_most *= HEADROOM;
	if (!(canvas->x_most > 0))
		return false;
	widen(canvas);
	return true;
}

static int column_of(const struct canvas *canvas, double x)
{
	return MIN(canvas->columns - 1, (int)lround(x / canvas->x_most * (canvas->columns - 1)));
}

static int row_of(const struct canvas *canvas, double y)
{
	double share = log(y / canvas->y_least) / log(canvas->y_most / canvas->y_least);

	return MAX(0, MIN(PLOT_ROWS - 1, (int)lround((1 - share) * (PLOT_ROWS - 1))));
}

static void put(struct canvas *canvas, double x, double y, const char *mark)
{
	canvas->cells[row_of(canvas, y)][column_of(canvas, x)] = mark;
}

/* A dot in each column between two points. */
static void join(struct canvas *canvas, const struct plot_point *a, const struct plot_point *b)
{
	int from = column_of(canvas, a->x), to = column_of(canvas, b->x);

	for (int column = from + 1; column < to; column++) {
		double share = (double)(column - from) / (to - from);
		double y = exp(log(a->y) + share * (log(b->y) - log(a->y)));

		canvas->cells[row_of(canvas, y)][column] = "·";
	}
}

static bool is_drawn(const struct plot_point *point)
{
	return point->y > 0 && isfinite(point->y);
}

/* Dots first, so that no mark is hidden by those of another series. */
static void draw(const struct plot *plot, struct canvas *canvas)
{
	for (int c = 0; !isnan(plot->limit) && c < canvas->columns; c++)
		canvas->cells[row_of(canvas, plot->limit)][c] = "┄";
	for (size_t s = 0; s < plot->series_count; s++) {
		const struct plot_point *before = NULL;

		for (size_t i = 0; i < plot->series[s].count; i++) {
			const struct plot_point *point = &plot->series[s].points[i];

			if (!is_drawn(point))
				continue;
			if (before)
				join(canvas, before, point);
			before = point;
		}
	}
	for (size_t s = plot->series_count; s-- > 0;) {
		for (size_t i = 0; i < plot->series[s].count; i++) {
			const struct plot_point *point = &plot->series[s].points[i];

			if (is_drawn(point))
				put(canvas, point->x, point->y, plot->series[s].mark);
		}
	}
}

/* The label that belongs to the row; NAN: none. */
static double tick_of(const struct canvas *canvas, int row)
{
	for (double y = step_below(canvas->y_least); y <= canvas->y_most; y = step_above(y)) {
		if (y >= canvas->y_least && row_of(canvas, y) == row)
			return y;
	}
	return NAN;
}

static void print_rows(const struct plot *plot, const struct canvas *canvas, struct page *page)
{
	for (int row = 0; row < PLOT_ROWS; row++) {
		double tick = tick_of(canvas, row);
		char label[FIGURE_BYTES_OF_TEXT] = "";

		if (!isnan(tick))
			figure_text(label, plot->y_kind, tick);
		fprintf(page->stream, "  %*s%s %s", LABEL_COLUMNS - (int)page_width(label), "",
			label, isnan(tick) ? "│" : "┤");
		for (int c = 0; c < canvas->columns; c++)
			fputs(canvas->cells[row][c] ? canvas->cells[row][c] : " ", page->stream);
		fputc('\n', page->stream);
	}
}

/* A quarter, a half, … of the greatest x, each ending below its place. */
static void print_axis(const struct plot *plot, const struct canvas *canvas, struct page *page)
{
	int at = 0;

	fprintf(page->stream, "  %*s └", LABEL_COLUMNS, "");
	for (int c = 0; c < canvas->columns; c++)
		fputs("─", page->stream);
	fprintf(page->stream, "\n  %*s 0", LABEL_COLUMNS, "");
	for (int i = 1; i <= X_LABELS; i++) {
		double x = canvas->x_most * i / X_LABELS;
		char label[FIGURE_BYTES_OF_TEXT];
		int end = column_of(canvas, x) + 1;

		figure_text(label, plot->x_kind, x);
		at += fprintf(page->stream, "%*s%s", MAX(1, end - at - (int)page_width(label)), "",
			label);
	}
	fprintf(page->stream, " %s\n", plot->x_title);
}

void plot_print(const struct plot *plot, struct page *page)
{
	struct canvas canvas = {0};
	unsigned title = page_width(plot->x_title);

	if (!find_range(plot, &canvas))
		return;
	canvas.columns = MIN(PLOT_COLUMNS_MOST, (int)page->columns - MARGIN - (int)title);
	canvas.columns = MAX(canvas.columns, 2 * X_LABELS);
	draw(plot, &canvas);
	print_rows(plot, &canvas, page);
	print_axis(plot, &canvas, page);
}

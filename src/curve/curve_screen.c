/* SPDX-License-Identifier: MIT */
#include "curve/curve_screen.h"

#include <math.h>

#include "text/grid.h"

size_t curve_screen_count(const struct curve *curve)
{
	size_t count = 0;

	for (size_t l = 0; l < curve->line_count; l++)
		count += 1 + curve->lines[l].point_count;
	return count;
}

struct columns {
	struct grid_cell *trials, *done, *p50, *p99, *saturated;
};

static double known(double value)
{
	return isfinite(value) ? value : GRID_UNKNOWN;
}

static void put_line(const struct curve_line *line, const struct columns *columns, size_t row)
{
	columns->done[row].value = known(line->most.value);
	columns->p50[row].value = GRID_BLANK;
	columns->p99[row].value = known(line->most_p99.value);
	columns->saturated[row].text = line->problem ? "failed" : "without a rate";
}

static void put_point(const struct curve_point *point, const struct columns *columns, size_t row,
	struct arena *arena)
{
	columns->trials[row].text = arena_printf(arena, "%zu", point->trial_count);
	columns->done[row].value = known(point->levels[CURVE_ACHIEVED].value);
	columns->p50[row].value = known(point->levels[CURVE_P50].value);
	columns->p99[row].value = known(point->levels[CURVE_P99].value);
	columns->saturated[row].text = point->is_saturated ? "saturated" : "";
}

static const char *load_label(
	const struct curve_point *point, const struct curve_point *now, struct arena *arena)
{
	char load[FIGURE_BYTES_OF_TEXT];

	return arena_printf(arena, "%s%s/s", point == now ? "  > " : "    ",
		figure_text(load, FIGURE_COUNT, point->offered));
}

void curve_screen_put(const struct curve *curve, const struct curve_point *now, struct page *page,
	size_t first, size_t count)
{
	struct arena arena = {0};
	struct grid grid;
	struct columns columns;
	size_t at = 0, row = 0;

	grid_init(&grid, &arena, count);
	grid.indent = 1;
	grid.label_title = "offered";
	grid.label_least = GRID_LABEL_COLUMNS_LEAST;
	columns.trials = grid_add_texts(&grid, "trials", false);
	columns.done = grid_add_figures(&grid, "done", FIGURE_COUNT, "/s");
	columns.p50 = grid_add_figures(&grid, "p50", FIGURE_TIME, NULL);
	columns.p99 = grid_add_figures(&grid, "p99", FIGURE_TIME, NULL);
	columns.saturated = grid_add_texts(&grid, "", true);
	for (size_t l = 0; l < curve->line_count; l++) {
		const struct curve_line *line = &curve->lines[l];

		if (at++ >= first && row < count) {
			grid_add_row(&grid, line->name);
			put_line(line, &columns, row++);
		}
		for (size_t i = 0; i < line->point_count; i++) {
			if (at++ < first || row >= count)
				continue;
			grid_add_row(&grid, load_label(&line->points[i], now, &arena));
			put_point(&line->points[i], &columns, row++, &arena);
		}
	}
	grid_print(&grid, page);
	arena_free(&arena);
}

/* SPDX-License-Identifier: MIT */
/* The tables of a point. */
#include <math.h>

#include "measure/estimate.h"
#include "session/report.h"

enum { NAME_COLUMNS = 16 }; /* of the reference, at the head of a column */

struct rows {
	size_t count;
	size_t *contenders;
};

static double *levels(const struct view *view, const struct rows *rows, enum trial_value value)
{
	double *figures = arena_alloc_array(view->arena, rows->count, sizeof(*figures));

	for (size_t i = 0; i < rows->count; i++)
		figures[i] = view_level(view, value, rows->contenders[i]);
	return figures;
}

/* After a figure; a blank where there is none, so that digits stay aligned. */
static const char *mark_of(const struct view *view, size_t c, enum trial_value value)
{
	const struct contrast *contrast = view_contrast(view, value, c);
	const char *mark = view_mark(contrast->mark);
	bool claims = c != view->point->control &&
		      (contrast->mark == MARK_BETTER || contrast->mark == MARK_WORSE);

	if (view_is_thin(view, value, c))
		return "?";
	return claims && *mark ? mark : " ";
}

static const char *const *marks(
	const struct view *view, const struct rows *rows, enum trial_value value)
{
	const char **texts = arena_alloc_array(view->arena, rows->count, sizeof(*texts));

	for (size_t i = 0; i < rows->count; i++)
		texts[i] = mark_of(view, rows->contenders[i], value);
	return texts;
}

static void add_marked(const struct view *view, const struct rows *rows, struct grid *grid,
	const char *title, enum figure_kind kind, enum trial_value value)
{
	grid_add_figures(
		grid, title, kind, NULL, levels(view, rows, value), marks(view, rows, value));
}

static void add_plain(const struct view *view, const struct rows *rows, struct grid *grid,
	const char *title, enum figure_kind kind, enum trial_value value)
{
	grid_add_figures(grid, title, kind, NULL, levels(view, rows, value), NULL);
}

/* A part of the CPU time per I/O. */
static void add_part(const struct view *view, const struct rows *rows, struct grid *grid,
	const char *title, enum trial_value part)
{
	double *figures = levels(view, rows, VALUE_CPU_PER_IO);

	for (size_t i = 0; i < rows->count; i++)
		figures[i] *= view_share(view, part, VALUE_CPU_PER_IO, rows->contenders[i]);
	grid_add_figures(grid, title, FIGURE_TIME, NULL, figures, NULL);
}

/* In a unit of its own: a share as percent, a rare event by the thousand. */
static void add_scaled(const struct view *view, const struct rows *rows, struct grid *grid,
	const char *title, const char *unit, double factor, enum trial_value value)
{
	double *figures = levels(view, rows, value);

	for (size_t i = 0; i < rows->count; i++)
		figures[i] *= factor;
	grid_add_figures(grid, title, FIGURE_NUMBER, unit, figures, NULL);
}

static bool is_known(const struct view *view, const struct rows *rows, enum trial_value value)
{
	for (size_t i = 0; i < rows->count; i++) {
		if (!isnan(view_level(view, value, rows->contenders[i])))
			return true;
	}
	return false;
}

/* Whether it is more than 0 for somebody. */
static bool has_any(const struct view *view, const struct rows *rows, enum trial_value value)
{
	for (size_t i = 0; i < rows->count; i++) {
		if (view_level(view, value, rows->contenders[i]) > 0)
			return true;
	}
	return false;
}

static struct rows begin(const struct view *view, struct grid *grid)
{
	struct rows rows;

	rows.count = view_rows(view, &rows.contenders);
	grid_init(grid, view->arena, rows.count);
	for (size_t i = 0; i < rows.count; i++)
		grid_add_row(grid, view_label(view, rows.contenders[i]));
	return rows;
}

static const char *spread_of(const struct view *view, size_t c)
{
	double spread = view_spread(view, view->point->primary, c);

	if (isnan(spread))
		return "–";
	if (spread > FIGURE_WIDTH_MOST)
		return ">100%";
	return arena_printf(view->arena, "%.1f%%", spread * 100);
}

static void add_spread(const struct view *view, const struct rows *rows, struct grid *grid)
{
	size_t column = grid_add_text(grid, "±");

	grid->columns[column].is_left = false;
	for (size_t i = 0; i < rows->count; i++)
		grid->cells[i][column] = spread_of(view, rows->contenders[i]);
}

static void add_differences(const struct view *view, const struct rows *rows, struct grid *grid)
{
	const char *name = view_name(view, view->point->reference);
	char cut[4 * NAME_COLUMNS + 1];
	size_t column = grid_add_text(grid,
		arena_printf(view->arena, "vs %s", page_cut(cut, sizeof(cut), name, NAME_COLUMNS)));

	for (size_t i = 0; i < rows->count; i++)
		grid->cells[i][column] =
			view_difference(view, view->point->primary, rows->contenders[i]);
}

static void add_letters(const struct view *view, const struct rows *rows, struct grid *grid)
{
	size_t column;

	if (view->comparison.letter_count == 0)
		return;
	column = grid_add_text(grid, "grp");
	for (size_t i = 0; i < rows->count; i++) {
		char text[ESTIMATE_LETTERS_LIMIT + 1];
		uint64_t letters = view->comparison.letters[rows->contenders[i]];

		grid->cells[i][column] =
			arena_strdup(view->arena, estimate_letters_text(letters, text));
	}
}

static enum figure_kind kind_of(enum trial_value value)
{
	switch (trial_value_metrics[value].unit[0]) {
	case 'n':
		return FIGURE_TIME;
	case 'B':
		return FIGURE_BANDWIDTH;
	case '/':
		return FIGURE_COUNT;
	default:
		return FIGURE_NUMBER;
	}
}

/* Five figures of each direction, where there is more than one. */
static void add_directions(const struct view *view, const struct rows *rows, struct grid *grid)
{
	static const char *const titles[VALUES_OF_DIRECTION] = {
		"IOPS", "bw", "p50", "p99", "p99.9"};

	for (int d = 0; d < DATA_DIRECTION_COUNT; d++) {
		const char *direction = io_direction_name((enum io_direction)d);

		for (int i = 0; i < VALUES_OF_DIRECTION; i++) {
			enum trial_value value = VALUE_READ_IOPS + d * VALUES_OF_DIRECTION + i;

			if (is_known(view, rows, value))
				add_marked(view, rows, grid,
					arena_printf(view->arena, "%s %s", direction, titles[i]),
					kind_of(value), value);
		}
	}
}

/* Latencies of fsync and fdatasync, which are in no latency of writes. */
static void add_syncs(
	const struct view *view, const struct rows *rows, struct grid *grid, bool is_wide)
{
	static const char *const titles[] = {
		"syncs", "sync mean", "sync p50", "sync p99", "sync p99.9"};

	for (int v = VALUE_SYNC_IOPS; v <= VALUE_SYNC_P999; v++) {
		bool is_shown = is_wide || v == VALUE_SYNC_P50;
		enum trial_value value = (enum trial_value)v;

		if (is_shown && is_known(view, rows, value))
			add_marked(view, rows, grid, titles[v - VALUE_SYNC_IOPS], kind_of(value),
				value);
	}
}

/* "IOPS" for the usual one. */
static const char *primary_title(enum trial_value value)
{
	return value == VALUE_IOPS ? "IOPS" : trial_value_metrics[value].name;
}

void report_figures(const struct view *view, bool is_wide, struct grid *grid)
{
	struct rows rows = begin(view, grid);
	enum trial_value primary = view->point->primary;

	add_plain(view, &rows, grid, primary_title(primary), kind_of(primary), primary);
	add_spread(view, &rows, grid);
	add_differences(view, &rows, grid);
	add_letters(view, &rows, grid);
	if (primary != VALUE_IOPS)
		add_marked(view, &rows, grid, "IOPS", FIGURE_COUNT, VALUE_IOPS);
	if (is_wide)
		add_marked(view, &rows, grid, "bandwidth", FIGURE_BANDWIDTH, VALUE_BANDWIDTH);
	add_marked(view, &rows, grid, "p50", FIGURE_TIME, VALUE_LAT_P50);
	add_marked(view, &rows, grid, "p99", FIGURE_TIME, VALUE_LAT_P99);
	add_marked(view, &rows, grid, "p99.9", FIGURE_TIME, VALUE_LAT_P999);
	add_syncs(view, &rows, grid, is_wide);
	add_marked(view, &rows, grid, "cores", FIGURE_NUMBER, VALUE_CORES);
	if (is_wide)
		add_directions(view, &rows, grid);
}

void report_costs(const struct view *view, struct grid *grid)
{
	struct rows rows = begin(view, grid);

	add_plain(view, &rows, grid, "IOPS/core", FIGURE_COUNT, VALUE_IOPS_PER_CORE);
	add_plain(view, &rows, grid, "CPU/IO", FIGURE_TIME, VALUE_CPU_PER_IO);
	add_part(view, &rows, grid, "user", VALUE_USER_PER_IO);
	add_part(view, &rows, grid, "system", VALUE_SYSTEM_PER_IO);
	add_part(view, &rows, grid, "helper", VALUE_HELPER_PER_IO);
	add_scaled(view, &rows, grid, "calls", "/IO", 1, VALUE_SYSCALLS_PER_IO);
	add_scaled(view, &rows, grid, "csw", "/1000", 1000, VALUE_SWITCHES_PER_IO);
	if (has_any(view, &rows, VALUE_PUNTS_PER_IO))
		add_scaled(view, &rows, grid, "punts", "/IO", 1, VALUE_PUNTS_PER_IO);
	add_scaled(view, &rows, grid, "submit", "%", 100, VALUE_SUBMIT_SHARE);
	add_plain(view, &rows, grid, "batch", FIGURE_NUMBER, VALUE_BATCH_SUBMIT);
	add_plain(view, &rows, grid, "depth", FIGURE_NUMBER, VALUE_DEPTH);
}

static void add_sweep_column(const struct view_sweep *sweep, struct grid *grid, const char *title,
	enum figure_kind kind, enum trial_value value)
{
	double *figures = arena_alloc_array(grid->arena, sweep->row_count, sizeof(*figures));
	const char **texts = arena_alloc_array(grid->arena, sweep->row_count, sizeof(*texts));

	for (size_t i = 0; i < sweep->row_count; i++) {
		const struct view_sweep_row *row = &sweep->rows[i];

		figures[i] = view_level(row->view, value, row->contender);
		texts[i] = mark_of(row->view, row->contender, value);
	}
	grid_add_figures(grid, title, kind, NULL, figures, texts);
}

void report_sweep(const struct view_sweep *sweep, struct arena *arena, struct grid *grid)
{
	enum trial_value primary = sweep->rows[0].view->point->primary;
	size_t names = SIZE_MAX, spreads, differences = SIZE_MAX;

	grid_init(grid, arena, sweep->row_count);
	for (size_t i = 0; i < sweep->row_count; i++)
		grid_add_row(grid, sweep->rows[i].view->point->name);
	if (sweep->compares)
		names = grid_add_text(grid, "contender");
	add_sweep_column(sweep, grid, primary_title(primary), kind_of(primary), primary);
	spreads = grid_add_text(grid, "±");
	grid->columns[spreads].is_left = false;
	if (sweep->compares)
		differences = grid_add_text(grid, "vs ref");
	for (size_t i = 0; i < sweep->row_count; i++) {
		const struct view_sweep_row *row = &sweep->rows[i];

		grid->cells[i][spreads] = spread_of(row->view, row->contender);
		if (!sweep->compares)
			continue;
		grid->cells[i][names] = view_label(row->view, row->contender);
		grid->cells[i][differences] = view_difference(row->view, primary, row->contender);
	}
	if (primary != VALUE_IOPS)
		add_sweep_column(sweep, grid, "IOPS", FIGURE_COUNT, VALUE_IOPS);
	add_sweep_column(sweep, grid, "BW", FIGURE_BANDWIDTH, VALUE_BANDWIDTH);
	add_sweep_column(sweep, grid, "p50", FIGURE_TIME, VALUE_LAT_P50);
	add_sweep_column(sweep, grid, "p99", FIGURE_TIME, VALUE_LAT_P99);
	add_sweep_column(sweep, grid, "CPU/IO", FIGURE_TIME, VALUE_CPU_PER_IO);
}

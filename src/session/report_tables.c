/* SPDX-License-Identifier: MIT */
/* The tables of a point. */
#include <math.h>

#include "measure/estimate.h"
#include "session/report.h"

/* Of the reference, at the head of a column; of labels on a narrow page. */
enum { NAME_COLUMNS = 16, NAME_COLUMNS_LEAST = 12 };

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

/* A column of a value, a row for each of `rows`. */
static struct grid_cell *add_plain(
	const struct view_sweep *rows, struct grid *grid, const char *title, enum trial_value value)
{
	struct grid_cell *cells = grid_add_figures(
		grid, title, figure_kind_of(trial_value_metrics[value].unit), NULL);

	for (size_t i = 0; i < rows->row_count; i++) {
		double level = view_level(rows->rows[i].view, value, rows->rows[i].contender);

		cells[i].value = isfinite(level) ? level : GRID_UNKNOWN;
	}
	return cells;
}

static void add_marked(
	const struct view_sweep *rows, struct grid *grid, const char *title, enum trial_value value)
{
	struct grid_cell *cells = add_plain(rows, grid, title, value);

	for (size_t i = 0; i < rows->row_count; i++)
		cells[i].text = mark_of(rows->rows[i].view, rows->rows[i].contender, value);
}

/* A part of the CPU time per I/O. */
static void add_part(
	const struct view_sweep *rows, struct grid *grid, const char *title, enum trial_value part)
{
	struct grid_cell *cells = add_plain(rows, grid, title, VALUE_CPU_PER_IO);

	for (size_t i = 0; i < rows->row_count; i++)
		cells[i].value *= view_share(
			rows->rows[i].view, part, VALUE_CPU_PER_IO, rows->rows[i].contender);
}

/* In a unit of its own: a share as percent, a rare event by the thousand. */
static void add_scaled(const struct view_sweep *rows, struct grid *grid, const char *title,
	const char *unit, double factor, enum trial_value value)
{
	struct grid_cell *cells = add_plain(rows, grid, title, value);

	grid->columns[grid->column_count - 1].per = unit;
	for (size_t i = 0; i < rows->row_count; i++)
		cells[i].value *= factor;
}

/* Whether it is more than 0 for somebody. */
static bool has_any(const struct view_sweep *rows, enum trial_value value)
{
	for (size_t i = 0; i < rows->row_count; i++) {
		if (view_level(rows->rows[i].view, value, rows->rows[i].contender) > 0)
			return true;
	}
	return false;
}

static void begin(struct grid *grid, struct arena *arena, size_t row_count)
{
	grid_init(grid, arena, row_count);
	grid->label_least = NAME_COLUMNS_LEAST;
}

/* The rows of a point are those of a sweep that has no other. */
static struct view_sweep begin_point(const struct view *view, struct grid *grid)
{
	size_t *contenders;
	struct view_sweep rows = {.row_count = view_rows(view, &contenders)};

	rows.rows = arena_alloc_array(view->arena, rows.row_count, sizeof(*rows.rows));
	begin(grid, view->arena, rows.row_count);
	for (size_t i = 0; i < rows.row_count; i++) {
		rows.rows[i] = (struct view_sweep_row){view, contenders[i]};
		grid_add_row(grid, view_label(view, contenders[i]));
	}
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

static void add_spread(const struct view_sweep *rows, struct grid *grid)
{
	struct grid_cell *cells = grid_add_texts(grid, "±", false);

	for (size_t i = 0; i < rows->row_count; i++)
		cells[i].text = spread_of(rows->rows[i].view, rows->rows[i].contender);
}

static void add_differences(const struct view_sweep *rows, struct grid *grid, const char *title)
{
	struct grid_cell *cells = grid_add_texts(grid, title, true);

	for (size_t i = 0; i < rows->row_count; i++)
		cells[i].text = view_difference(rows->rows[i].view,
			rows->rows[i].view->point->primary, rows->rows[i].contender);
}

/* "vs io_uring" */
static const char *reference_title(const struct view *view)
{
	char cut[4 * NAME_COLUMNS + 1];

	return arena_printf(view->arena, "vs %s",
		page_cut(cut, sizeof(cut), view_name(view, view->point->reference), NAME_COLUMNS));
}

static void add_letters(const struct view *view, const struct view_sweep *rows, struct grid *grid)
{
	struct grid_cell *cells;

	if (view->comparison.letter_count == 0)
		return;
	cells = grid_add_texts(grid, "grp", true);
	for (size_t i = 0; i < rows->row_count; i++) {
		char text[ESTIMATE_LETTERS_LIMIT + 1];
		uint64_t letters = view->comparison.letters[rows->rows[i].contender];

		cells[i].text = arena_strdup(view->arena, estimate_letters_text(letters, text));
	}
}

/* Five figures of each direction, where there is more than one. */
static void add_directions(const struct view_sweep *rows, struct grid *grid)
{
	static const char *const titles[VALUES_OF_DIRECTION] = {
		"IOPS", "bw", "p50", "p99", "p99.9"};

	for (int d = 0; d < DATA_DIRECTION_COUNT; d++) {
		const char *direction = io_direction_name((enum io_direction)d);

		for (int i = 0; i < VALUES_OF_DIRECTION; i++) {
			enum trial_value value = VALUE_READ_IOPS + d * VALUES_OF_DIRECTION + i;

			if (view_sweep_has(rows, value))
				add_marked(rows, grid,
					arena_printf(grid->arena, "%s %s", direction, titles[i]),
					value);
		}
	}
}

/* Latencies of fsync and fdatasync, which are in no latency of writes. */
static void add_syncs(const struct view_sweep *rows, struct grid *grid, bool is_wide)
{
	static const char *const titles[] = {
		"syncs", "sync mean", "sync p50", "sync p99", "sync p99.9"};

	for (int v = VALUE_SYNC_IOPS; v <= VALUE_SYNC_P999; v++) {
		bool is_shown = is_wide || v == VALUE_SYNC_P50;
		enum trial_value value = (enum trial_value)v;

		if (is_shown && view_sweep_has(rows, value))
			add_marked(rows, grid, titles[v - VALUE_SYNC_IOPS], value);
	}
}

/* "IOPS" for the usual one. */
static const char *primary_title(enum trial_value value)
{
	return value == VALUE_IOPS ? "IOPS" : trial_value_metrics[value].name;
}

void report_figures(const struct view *view, bool is_wide, struct grid *grid)
{
	struct view_sweep rows = begin_point(view, grid);
	enum trial_value primary = view->point->primary;

	add_plain(&rows, grid, primary_title(primary), primary);
	add_spread(&rows, grid);
	add_differences(&rows, grid, reference_title(view));
	add_letters(view, &rows, grid);
	if (primary != VALUE_IOPS)
		add_marked(&rows, grid, "IOPS", VALUE_IOPS);
	if (is_wide)
		add_marked(&rows, grid, "bandwidth", VALUE_BANDWIDTH);
	add_marked(&rows, grid, "p50", VALUE_LAT_P50);
	add_marked(&rows, grid, "p99", VALUE_LAT_P99);
	add_marked(&rows, grid, "p99.9", VALUE_LAT_P999);
	add_syncs(&rows, grid, is_wide);
	add_marked(&rows, grid, "cores", VALUE_CORES);
	if (is_wide)
		add_directions(&rows, grid);
}

/* Where the kernel's are not known, those of user mode. */
static void add_counted(const struct view_sweep *rows, struct grid *grid)
{
	if (has_any(rows, VALUE_INSTRUCTIONS_PER_IO))
		add_scaled(rows, grid, "instr", "/IO", 1, VALUE_INSTRUCTIONS_PER_IO);
	else if (has_any(rows, VALUE_USER_INSTRUCTIONS_PER_IO))
		add_scaled(rows, grid, "user instr", "/IO", 1, VALUE_USER_INSTRUCTIONS_PER_IO);
	if (has_any(rows, VALUE_CYCLES_PER_IO))
		add_scaled(rows, grid, "cycles", "/IO", 1, VALUE_CYCLES_PER_IO);
}

void report_costs(const struct view *view, struct grid *grid)
{
	struct view_sweep rows = begin_point(view, grid);

	add_plain(&rows, grid, "IOPS/core", VALUE_IOPS_PER_CORE);
	add_plain(&rows, grid, "CPU/IO", VALUE_CPU_PER_IO);
	add_part(&rows, grid, "user", VALUE_USER_PER_IO);
	add_part(&rows, grid, "system", VALUE_SYSTEM_PER_IO);
	add_part(&rows, grid, "helper", VALUE_HELPER_PER_IO);
	add_counted(&rows, grid);
	add_scaled(&rows, grid, "calls", "/IO", 1, VALUE_SYSCALLS_PER_IO);
	add_scaled(&rows, grid, "csw", "/1000", 1000, VALUE_SWITCHES_PER_IO);
	if (has_any(&rows, VALUE_PUNTS_PER_IO))
		add_scaled(&rows, grid, "punts", "/IO", 1, VALUE_PUNTS_PER_IO);
	add_scaled(&rows, grid, "submit", "%", 100, VALUE_SUBMIT_SHARE);
	add_plain(&rows, grid, "batch", VALUE_BATCH_SUBMIT);
	add_plain(&rows, grid, "depth", VALUE_DEPTH);
}

void report_sweep(const struct view_sweep *sweep, struct arena *arena, struct grid *grid)
{
	enum trial_value primary = sweep->rows[0].view->point->primary;

	begin(grid, arena, sweep->row_count);
	for (size_t i = 0; i < sweep->row_count; i++)
		grid_add_row(grid, sweep->rows[i].view->point->name);
	if (sweep->compares) {
		struct grid_cell *names = grid_add_texts(grid, "contender", true);

		for (size_t i = 0; i < sweep->row_count; i++)
			names[i].text = view_label(sweep->rows[i].view, sweep->rows[i].contender);
	}
	add_marked(sweep, grid, primary_title(primary), primary);
	add_spread(sweep, grid);
	if (sweep->compares)
		add_differences(sweep, grid, "vs ref");
	if (primary != VALUE_IOPS)
		add_marked(sweep, grid, "IOPS", VALUE_IOPS);
	add_marked(sweep, grid, "BW", VALUE_BANDWIDTH);
	add_marked(sweep, grid, "p50", VALUE_LAT_P50);
	add_marked(sweep, grid, "p99", VALUE_LAT_P99);
	add_marked(sweep, grid, "CPU/IO", VALUE_CPU_PER_IO);
}

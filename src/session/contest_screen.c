/* SPDX-License-Identifier: MIT */
/* From a record to rows. */
#include "session/contest_screen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include "base/clock.h"
#include "run/live_screen.h"
#include "run/stop_signal.h"
#include "session/view.h"
#include "text/grid.h"
#include "text/screen.h"

#define POLL_NS (100 * NS_PER_MS)
#define DRAW_NS NS_PER_S /* trials want the CPUs for themselves */

enum { OTHER_ROWS = 8 }; /* title, what is measured, the grid's heads; below it a blank, the rest */

void contest_screen_open(struct contest_screen *screen, const char *command, struct diag *diag)
{
	*screen = (struct contest_screen){.command = command};
	screen->is_open = live_screen_begin(diag);
	(void)contest_screen_poll(screen, diag);
}

void contest_screen_close(struct contest_screen *screen)
{
	if (screen->is_open)
		screen_close();
	screen->is_open = false;
	arena_free(&screen->arena);
}

/* No verdict: that is for the end. */
static const char *difference_of(const struct view *view, size_t c)
{
	enum trial_value value = view->point->primary;
	const struct contrast *contrast = view_contrast(view, value, c);
	const struct estimate *difference = &contrast->difference;

	if (c == view->point->reference)
		return "reference";
	if (isnan(difference->value))
		return "";
	if (isnan(difference->lo) || contrast->mark == MARK_RANGE)
		return view_effect(view, value, difference->value);
	if (view_is_unknown(value, difference))
		return "unknown (±>100%)";
	return arena_printf(view->arena, "%s [%s, %s]", view_effect(view, value, difference->value),
		view_effect(view, value, difference->lo), view_effect(view, value, difference->hi));
}

static size_t count_trials(const struct record_point *point, size_t contender)
{
	size_t count = 0;

	for (size_t i = 0; i < point->trial_count; i++)
		count += point->trials[i].contender == contender && point->trials[i].counts;
	return count;
}

static void fill_in(
	struct contest_screen_row *row, const struct view *view, size_t c, struct arena *arena)
{
	const struct record_point *point = view->point;

	*row = (struct contest_screen_row){
		.name = arena_strdup(arena, point->contenders[c].name),
		.problem = arena_strdup(arena, point->contenders[c].problem),
		.trial_count = count_trials(point, c),
		.difference = "",
		.level = NAN,
		.spread = NAN,
		.p99_ns = NAN,
		.cpu_ns = NAN,
	};
	if (!view->has_figures)
		return;
	row->level = view_level(view, point->primary, c);
	row->spread = view_spread(view, point->primary, c);
	row->difference = arena_strdup(arena, difference_of(view, c));
	row->p99_ns = view_level(view, VALUE_LAT_P99, c);
	row->cpu_ns = view_level(view, VALUE_CPU_PER_IO, c);
}

void contest_screen_learn(struct contest_screen *screen, const struct record *record,
	const struct record_point *point)
{
	struct arena arena = {0};
	struct view view;

	if (!screen->is_open)
		return;
	view_make(&view, record, point, &arena);
	arena_free(&screen->arena);
	screen->row_count = point->contender_count;
	screen->rows =
		arena_alloc_array(&screen->arena, point->contender_count, sizeof(*screen->rows));
	for (size_t c = 0; c < point->contender_count; c++)
		fill_in(&screen->rows[c], &view, c, &screen->arena);
	arena_free(&arena);
}

bool contest_screen_poll(struct contest_screen *screen, struct diag *diag)
{
	uint64_t now = clock_now();

	if (!screen->is_open || now - screen->polled_ns < POLL_NS)
		return false;
	screen->polled_ns = now;
	if (live_screen_take_events(&screen->is_open, &screen->first, screen->shown_count, diag))
		screen->drawn_ns = 0;
	return screen_is_up() && now - screen->drawn_ns >= DRAW_NS;
}

/* "0.81 %" behind a level, or nothing. */
static const char *spread_text(const struct contest_screen_row *row, struct arena *arena)
{
	char text[FIGURE_BYTES_OF_TEXT];

	return isnan(row->spread) ? ""
				  : arena_printf(arena, "±%s", figure_width(text, row->spread));
}

static const char *label_of(
	const struct contest_screen *screen, size_t c, size_t now, struct arena *arena)
{
	return arena_printf(arena, "%s%s", c == now ? "> " : "  ", screen->rows[c].name);
}

static void put_contenders(struct contest_screen *screen, const struct contest_screen_state *state,
	struct page *page, size_t room)
{
	enum trial_value primary = state->record->primary;
	const struct metric *metric = &trial_value_metrics[primary];
	struct arena arena = {0};
	struct grid grid;
	struct grid_cell *trials, *levels, *spreads, *differences, *p99, *cpu;

	grid_init(&grid, &arena, room);
	grid.indent = 1;
	grid.label_least = GRID_LABEL_COLUMNS_LEAST;
	trials = grid_add_texts(&grid, "trials", false);
	levels = grid_add_figures(&grid, metric->name, figure_kind_of(metric->unit), NULL);
	spreads = grid_add_texts(&grid, "", true);
	differences = grid_add_texts(&grid, "difference", true);
	p99 = grid_add_figures(&grid, "p99", FIGURE_TIME, NULL);
	cpu = grid_add_figures(&grid, "CPU", FIGURE_TIME, "/IO");
	for (size_t i = 0; i < room && screen->first + i < screen->row_count; i++) {
		size_t c = screen->first + i;
		const struct contest_screen_row *row = &screen->rows[c];

		grid_add_row(&grid, label_of(screen, c, state->now, &arena));
		trials[i].text = arena_printf(&arena, "%zu", row->trial_count);
		levels[i].value = isfinite(row->level) ? row->level : GRID_UNKNOWN;
		spreads[i].text = spread_text(row, &arena);
		differences[i].text = row->problem ? "failed" : row->difference;
		p99[i].value = isfinite(row->p99_ns) ? row->p99_ns : GRID_UNKNOWN;
		cpu[i].value = isfinite(row->cpu_ns) ? row->cpu_ns : GRID_UNKNOWN;
	}
	grid_print(&grid, page);
	arena_free(&arena);
}

static void put_page(struct contest_screen *screen, const struct contest_screen_state *state,
	struct page *page, size_t room)
{
	FILE *stream = page->stream;
	size_t count = screen->count_rows ? screen->count_rows(screen->context) : screen->row_count;

	screen->shown_count = MIN(room, count);
	screen->is_cut = screen->shown_count < count;
	screen->first = MIN(screen->first, count - screen->shown_count);
	fprintf(stream, PAGE_BOLD " ringside %s" PAGE_PLAIN, screen->command);
	fprintf(stream, "%s%s   %s", *state->point ? "   " : "", state->point, state->phase);
	if (*state->left)
		fprintf(stream, "   " PAGE_BOLD "at most %s left" PAGE_PLAIN, state->left);
	fputs(stop_signal_number() != 0 ? "   ending\n" : "\n", stream);
	fprintf(stream, " now %s\n\n", state->name);
	if (screen->put_rows)
		screen->put_rows(screen->context, page, screen->first, screen->shown_count);
	else if (count > 0)
		put_contenders(screen, state, page, screen->shown_count);
	if (screen->shown_count < count)
		fprintf(stream, PAGE_DIM " %zu–%zu of %zu" PAGE_PLAIN, screen->first + 1,
			screen->first + screen->shown_count, count);
	fprintf(stream, "\n%s%s\n", *state->precision ? " " : "", state->precision);
}

char *contest_screen_text(struct contest_screen *screen, const struct contest_screen_state *state,
	const struct page_options *options, unsigned rows)
{
	struct page page;

	page_open(&page, options, NULL);
	put_page(screen, state, &page, rows - OTHER_ROWS);
	return page_close_text(&page);
}

void contest_screen_draw(struct contest_screen *screen, const struct contest_screen_state *state)
{
	struct page_options options = screen_page_options();
	char *text = contest_screen_text(screen, state, &options, screen_rows());

	screen->drawn_ns = clock_now();
	screen_show(text, screen->is_cut ? "arrows scroll" : NULL);
	free(text);
}

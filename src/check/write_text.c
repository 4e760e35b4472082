/* SPDX-License-Identifier: MIT */
/* The report as a screen of text. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "check/check.h"
#include "check/check_text.h"
#include "text/grid.h"

enum { NAME_COLUMNS_LIMIT = 40 };

static const char *mark_of(enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_FAIL:
	case OUTCOME_ERROR:
		return PAGE_RED;
	case OUTCOME_INCONCLUSIVE:
	case OUTCOME_INCOMPARABLE:
		return PAGE_YELLOW;
	case OUTCOME_SKIPPED:
		return PAGE_DIM;
	default:
		return PAGE_BOLD;
	}
}

/* A row about the job as a whole: it cannot be judged. */
static bool is_whole_job(const struct check_gate *gate)
{
	return strcmp(gate->name, gate->contender) == 0;
}

static const char *name_of(const struct check_gate *gate, struct arena *arena)
{
	size_t bytes = strlen(gate->name) + sizeof("…");

	if (!is_whole_job(gate))
		return arena_printf(arena, "  %s", gate->metric->name);
	return page_cut(arena_alloc(arena, bytes), bytes, gate->name, NAME_COLUMNS_LIMIT);
}

static void put_figures(const struct check_gate *gate, struct grid *grid)
{
	struct arena *arena = grid->arena;
	bool is_asserted = gate->kind == GATE_ASSERTED;

	grid_put_text(grid, gate->is_anchor ? "anchor" : outcome_gate_kind_name(gate->kind));
	grid_put_text(grid, is_asserted ? "" : check_text_level(gate, gate->before, arena));
	grid_put_text(grid, check_text_level(gate, gate->now, arena));
	grid_put_text(grid, is_asserted ? "" : check_text_change(gate, gate->change, arena));
	grid_put_text(grid, check_text_bounds(gate, arena));
	grid_put_text(grid, check_text_tolerance(gate, arena));
	grid_put_text(grid, check_text_smallest(gate, arena));
}

static void print_gates(const struct check *report, struct page *page, struct arena *arena)
{
	static const char *const titles[] = {"before", "now", "change", "bounds", "limit", "sees"};
	struct grid_cell *outcomes;
	struct grid grid;

	grid_init(&grid, arena, report->gate_count);
	grid.label_title = "gate";
	grid.label_mark = "";
	grid.label_least = grid.indent = 0;
	grid_add_texts(&grid, "kind", true);
	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		grid_add_texts(&grid, titles[i], false);
	outcomes = grid_add_texts(&grid, "outcome", true);
	for (size_t i = 0; i < report->gate_count; i++) {
		const struct check_gate *gate = &report->gates[i];

		grid_add_row(&grid, name_of(gate, arena));
		outcomes[i].text = arena_printf(arena, "%s%s" PAGE_PLAIN, mark_of(gate->outcome),
			outcome_name(gate->outcome));
		if (is_whole_job(gate))
			continue;
		put_figures(gate, &grid);
		if (i == 0 || strcmp(gate[-1].contender, gate->contender) != 0)
			grid.headings[i] = gate->contender;
	}
	grid_print(&grid, page);
}

static void print_notes(const struct check *report, struct page *page, struct arena *arena)
{
	const char **notes = check_text_notes(report, arena);

	if (notes[0])
		fputc('\n', page->stream);
	for (size_t i = 0; notes[i]; i++)
		page_note(page, PAGE_DIM, i == 0 ? "notes" : "", notes[i]);
}

int check_write_text_with(
	const struct check *report, const struct page_options *options, FILE *stream)
{
	struct arena arena = {0};
	struct page page;

	page_open(&page, options, stream);
	fprintf(page.stream, PAGE_BOLD "%s" PAGE_PLAIN "%s\n\n", report->title,
		check_text_against(report, &arena));
	if (report->gate_count > 0)
		print_gates(report, &page, &arena);
	print_notes(report, &page, &arena);
	fprintf(page.stream, "\n%s%s" PAGE_PLAIN ": %s\n",
		mark_of(report->exit_code == EXIT_DONE           ? OUTCOME_PASS
			: report->exit_code == EXIT_INCONCLUSIVE ? OUTCOME_INCONCLUSIVE
								 : OUTCOME_FAIL),
		check_verdict(report), check_text_counts(report, &arena));
	arena_free(&arena);
	return page_close(&page);
}

int check_write_text(const struct check *report, FILE *stream)
{
	return check_write_text_with(report, NULL, stream);
}

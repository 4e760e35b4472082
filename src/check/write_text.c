/* SPDX-License-Identifier: MIT */
/* The report as a screen of text. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "check/check.h"
#include "check/check_text.h"
#include "text/grid.h"

enum { NAME_COLUMNS_LIMIT = 40, NAMES_LIMIT = 3 };

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

/* Exact gates have two limits, a share and an amount: the one that counts. */
static const char *limit_of(const struct check_gate *gate, struct arena *arena)
{
	if (gate->kind != GATE_EXACT || !isfinite(gate->before))
		return check_text_limit(gate, arena);
	return arena_printf(arena, "%s%.3g",
		gate->metric->sense == METRIC_HIGHER_IS_BETTER ? "-" : "+",
		fmax(gate->threshold * fabs(gate->before), gate->absolute));
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
	grid_put_text(grid, limit_of(gate, arena));
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

/* Whether an earlier gate has the same reason, and so told it for this one as well. */
static bool is_told(const struct check *report, size_t gate)
{
	for (size_t i = 0; i < gate; i++) {
		if (report->gates[i].reason &&
			strcmp(report->gates[i].reason, report->gates[gate].reason) == 0)
			return true;
	}
	return false;
}

/* "a, b and 9 more: why" of all gates that have the reason of this one. */
static const char *reason_of(const struct check *report, size_t gate, struct arena *arena)
{
	const char *reason = report->gates[gate].reason;
	const char *names = "";
	size_t named = 0, more = 0;

	for (size_t i = gate; i < report->gate_count; i++) {
		if (!report->gates[i].reason || strcmp(report->gates[i].reason, reason) != 0)
			continue;
		if (named < NAMES_LIMIT)
			names = arena_printf(
				arena, "%s%s%s", names, named++ ? ", " : "", report->gates[i].name);
		else
			more++;
	}
	if (more > 0)
		names = arena_printf(arena, "%s and %zu more", names, more);
	return arena_printf(arena, "%s: %s", names, reason);
}

/* Under "notes", wrapped; `text` NULL: nothing. */
static void print_note(struct page *page, const char *text, bool *is_first)
{
	if (!text)
		return;
	if (*is_first)
		fputc('\n', page->stream);
	page_note(page, PAGE_DIM, *is_first ? "notes" : "", text);
	*is_first = false;
}

static void print_notes(const struct check *report, struct page *page, struct arena *arena)
{
	bool is_first = true;

	for (size_t i = 0; i < report->gate_count; i++) {
		if (report->gates[i].reason && !is_told(report, i))
			print_note(page, reason_of(report, i, arena), &is_first);
	}
	print_note(page, check_text_changes("another machine", &report->hard, arena), &is_first);
	print_note(page, check_text_changes("changed since the baseline", &report->soft, arena),
		&is_first);
	for (size_t i = 0; i < report->note_count; i++)
		print_note(page, report->notes[i], &is_first);
}

/* "a" or "a and 2 more": what contenders are held against; NULL: nothing. */
static const char *references_of(const struct check_session *today, struct arena *arena)
{
	const char *first = NULL;
	size_t count = 0;

	for (size_t i = 0; i < today->contender_count; i++) {
		const char *found = check_session_reference_of(today, &today->contenders[i]);

		count += found && (!first || strcmp(found, first) != 0);
		first = first ? first : found;
	}
	return count > 1 ? arena_printf(arena, "%s and %zu more", first, count - 1) : first;
}

int check_write_text(const struct check *report, FILE *stream)
{
	struct arena arena = {0};
	const char *references = report->today ? references_of(report->today, &arena) : NULL;
	struct page page;

	page_open(&page, NULL, stream);
	fprintf(page.stream, PAGE_BOLD "%s" PAGE_PLAIN, report->title);
	if (report->baseline)
		fprintf(page.stream, " against %s (%zu session%s)", report->baseline,
			report->session_count, report->session_count == 1 ? "" : "s");
	else if (references)
		fprintf(page.stream, " against %s in the same session", references);
	fprintf(page.stream, "\n\n");
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

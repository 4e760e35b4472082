/* SPDX-License-Identifier: MIT */
/* Wording of gates. */
#include "check/check_text.h"

#include <math.h>
#include <string.h>

#include "text/figure.h"

enum { NAMES_LIMIT = 3 };

const char *check_text_level(const struct check_gate *gate, double value, struct arena *arena)
{
	char text[FIGURE_BYTES_OF_TEXT];
	enum figure_kind kind = figure_kind_of(gate->metric->unit);

	if (!isfinite(value))
		return FIGURE_UNKNOWN;
	if (gate->kind == GATE_RELATIVE && gate->metric->scale == METRIC_RATIO)
		return arena_printf(arena, "%s×", figure_digits(text, value));
	return arena_printf(
		arena, "%s%s", figure_text(text, kind, value), kind == FIGURE_COUNT ? "/s" : "");
}

static bool is_fraction(const struct check_gate *gate)
{
	return gate->metric->scale == METRIC_RATIO && gate->kind != GATE_EXACT;
}

/* For ratios: a factor of two more or less than the figure shown. */
static bool is_too_wide(const struct check_gate *gate)
{
	return sqrt((1 + gate->change_hi) / (1 + gate->change_lo)) - 1 > FIGURE_WIDTH_MOST;
}

const char *check_text_change(const struct check_gate *gate, double change, struct arena *arena)
{
	if (!isfinite(change))
		return FIGURE_UNKNOWN;
	if (is_fraction(gate))
		return arena_printf(arena, "%+.1f %%", 100 * change);
	if (gate->kind == GATE_EXACT && gate->before > 0)
		return arena_printf(arena, "%+.1f %%", 100 * change / gate->before);
	return arena_printf(arena, "%+.3g", change);
}

const char *check_text_bounds(const struct check_gate *gate, struct arena *arena)
{
	if (!isfinite(gate->change_lo) || !isfinite(gate->change_hi))
		return "";
	if (is_fraction(gate) && is_too_wide(gate))
		return "[unknown]";
	if (is_fraction(gate))
		return arena_printf(
			arena, "[%.1f, %.1f]", 100 * gate->change_lo, 100 * gate->change_hi);
	return arena_printf(arena, "[%.3g, %.3g]", gate->change_lo, gate->change_hi);
}

const char *check_text_limit(const struct check_gate *gate, struct arena *arena)
{
	const char *sign = gate->metric->sense == METRIC_HIGHER_IS_BETTER ? "-" : "+";

	if (gate->kind == GATE_ASSERTED)
		return arena_printf(arena, "%s %s", gate->relation == GATE_AT_LEAST ? ">=" : "<=",
			check_text_level(gate, gate->limit, arena));
	if (!isfinite(gate->threshold) || gate->metric->class == METRIC_FAULTS)
		return "";
	if (gate->metric->class == METRIC_STALLS)
		return arena_printf(arena, "%s%.3g", sign, gate->absolute);
	if (gate->absolute > 0)
		return arena_printf(
			arena, "%s%.3g %% or %.3g", sign, 100 * gate->threshold, gate->absolute);
	return arena_printf(arena, "%s%.3g %%", sign, 100 * gate->threshold);
}

const char *check_text_tolerance(const struct check_gate *gate, struct arena *arena)
{
	if (gate->kind != GATE_EXACT || !isfinite(gate->before))
		return check_text_limit(gate, arena);
	return arena_printf(arena, "%s%.3g",
		gate->metric->sense == METRIC_HIGHER_IS_BETTER ? "-" : "+",
		fmax(gate->threshold * fabs(gate->before), gate->absolute));
}

const char *check_text_smallest(const struct check_gate *gate, struct arena *arena)
{
	if (!isfinite(gate->smallest_loss))
		return gate->kind == GATE_EXACT || gate->kind == GATE_ASSERTED ? ""
									       : FIGURE_UNKNOWN;
	if (is_fraction(gate) && gate->smallest_loss > FIGURE_WIDTH_MOST)
		return ">100 %";
	if (is_fraction(gate))
		return arena_printf(arena, "%.1f %%", 100 * gate->smallest_loss);
	return arena_printf(arena, "%.3g", gate->smallest_loss);
}

const char *check_text_sentence(const struct check_gate *gate, struct arena *arena)
{
	const char *bounds = check_text_bounds(gate, arena);
	const char *limit = check_text_limit(gate, arena);
	const char *smallest = check_text_smallest(gate, arena);
	const char *reason = gate->reason ? gate->reason : "";
	const char *text;

	if (gate->kind == GATE_ASSERTED)
		text = arena_printf(arena, "%s is %s, limit %s", gate->name,
			check_text_level(gate, gate->now, arena), limit);
	else if (!isfinite(gate->change))
		text = gate->name;
	else
		text = arena_printf(arena, "%s %s%s%s, limit %s%s%s", gate->name,
			check_text_change(gate, gate->change, arena), *bounds ? " " : "", bounds,
			limit, *smallest ? ", sees " : "", smallest);
	return *reason ? arena_printf(arena, "%s: %s", text, reason) : text;
}

const char *check_text_changes(
	const char *title, const struct check_changes *changes, struct arena *arena)
{
	const char *text = title;

	for (size_t i = 0; i < changes->count; i++) {
		const struct check_change *change = &changes->items[i];

		text = arena_printf(arena, "%s%s%s %s -> %s%s", text, i ? ", " : ": ", change->key,
			change->before ? change->before : "(unknown)",
			change->now ? change->now : "(unknown)",
			change->is_allowed ? " (allowed)" : "");
	}
	return changes->count > 0 ? text : NULL;
}

/* The option that made another exit code of what was found. */
static const char *policy_of(const struct check *report)
{
	if (report->exit_code == EXIT_DONE)
		return "--inconclusive=pass";
	return report->policy.inconclusive == INCONCLUSIVE_FAILS &&
			       check_count(report, OUTCOME_INCONCLUSIVE) > 0
		       ? "--inconclusive=fail"
		       : "--improved=fail";
}

const char *check_text_counts(const struct check *report, struct arena *arena)
{
	const char *text = NULL;

	for (size_t i = 0; i < OUTCOME_COUNT; i++) {
		size_t count = check_count(report, outcome_order[i]);

		if (count > 0)
			text = arena_printf(arena, "%s%s%zu %s", text ? text : "", text ? ", " : "",
				count, outcome_name(outcome_order[i]));
	}
	if (!text)
		return "no gate";
	if (report->exit_code < 128 && report->exit_code != (int)report->finding)
		text = arena_printf(arena, "%s; exit code %d by %s", text, report->exit_code,
			policy_of(report));
	return text;
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

static void add_note(const char ***notes, const char *text)
{
	if (text)
		*(*notes)++ = text;
}

const char **check_text_notes(const struct check *report, struct arena *arena)
{
	enum { CHANGES = 2, END = 1 };
	const char **notes = arena_alloc_array(
		arena, report->gate_count + CHANGES + report->note_count + END, sizeof(*notes));
	const char **next = notes;

	for (size_t i = 0; i < report->gate_count; i++) {
		if (report->gates[i].reason && !is_told(report, i))
			add_note(&next, reason_of(report, i, arena));
	}
	add_note(&next, check_text_changes("another machine", &report->hard, arena));
	add_note(&next, check_text_changes("changed since the baseline", &report->soft, arena));
	for (size_t i = 0; i < report->note_count; i++)
		add_note(&next, report->notes[i]);
	*next = NULL;
	return notes;
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

const char *check_text_against(const struct check *report, struct arena *arena)
{
	const char *references = report->today ? references_of(report->today, arena) : NULL;

	if (report->baseline)
		return arena_printf(arena, " against %s (%zu session%s)", report->baseline,
			report->session_count, report->session_count == 1 ? "" : "s");
	return references ? arena_printf(arena, " against %s in the same session", references) : "";
}

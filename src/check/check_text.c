/* SPDX-License-Identifier: MIT */
/* Wording of gates. */
#include "check/check_text.h"

#include <math.h>
#include <string.h>

#include "text/figure.h"

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

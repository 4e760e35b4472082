/* SPDX-License-Identifier: MIT */
/* Verdicts on differences, and what the control takes back of them. */
#include "verdict/contrast.h"

#include <math.h>
#include <sys/param.h>

#include "base/arena.h"
#include "measure/distribution.h"

const struct contrast_rule contrast_rule_default = {
	.alpha = 0.05,
	.least_effect = 0.01,
	.equivalence = 0.02,
	.block_limit = 200,
};

double contrast_alpha(bool is_adaptive)
{
	return is_adaptive ? 0.04 : 0.05;
}

const char *contrast_mark_name(enum contrast_mark mark)
{
	static const char *const names[] = {
		[MARK_NONE] = "none",
		[MARK_RANGE] = "range",
		[MARK_EXPLORATORY] = "exploratory",
		[MARK_BETTER] = "better",
		[MARK_WORSE] = "worse",
		[MARK_EQUIVALENT] = "equivalent",
		[MARK_UNRESOLVED] = "unresolved",
	};

	return names[mark];
}

enum contrast_mark contrast_decide(const struct metric *metric, double reference_level,
	const struct estimate *difference, double p_adjusted, const struct contrast_rule *rule)
{
	double effect = metric_effect(metric, difference->value);
	double least = metric_margin(metric, rule->least_effect, reference_level);
	double margin = metric_margin(metric, rule->equivalence, reference_level);

	if (difference->method == ESTIMATE_NONE)
		return MARK_NONE;
	if (difference->method == ESTIMATE_RANGE)
		return MARK_RANGE;
	if (difference->count < CONTRAST_COUNT_FOR_CLAIM)
		return MARK_EXPLORATORY;
	if (p_adjusted <= rule->alpha && fabs(effect) >= least)
		return effect * metric_direction(metric) > 0 ? MARK_BETTER : MARK_WORSE;
	if (metric_effect(metric, difference->lo) > -margin &&
		metric_effect(metric, difference->hi) < margin)
		return MARK_EQUIVALENT;
	return MARK_UNRESOLVED;
}

/*
 * Of one pair, as the interval shows it: a few wild trials widen an interval of ranks less than
 * they widen the deviation of the data.
 */
static double implied_deviation(const struct estimate *difference, double alpha)
{
	double count = (double)difference->count;

	return estimate_half_width(difference) * sqrt(count) /
	       distribution_t_quantile(1 - alpha / 2, count - 1);
}

/*
 * Blocks until a difference like this one is shown (its interval excludes 0) or excluded (lies
 * within the margin), whichever is nearer.
 */
static size_t blocks_needed(const struct metric *metric, double reference_level,
	const struct estimate *difference, const struct contrast_rule *rule)
{
	size_t count = difference->count;
	double distance = fabs(difference->value);
	double margin = metric_difference(
		metric, metric_margin(metric, rule->equivalence, reference_level));
	double least = metric_difference(
		metric, metric_margin(metric, rule->least_effect, reference_level));
	double wanted = margin - distance;
	size_t needed;

	if (distance >= least)
		wanted = MAX(wanted, distance);
	needed = estimate_count_needed(implied_deviation(difference, rule->alpha), wanted,
		rule->alpha, count, rule->block_limit);
	return MIN(MAX(needed, count + 1), rule->block_limit);
}

double contrast_reference_level(const struct session *session, size_t metric)
{
	struct arena arena = {0};
	double *values = arena_alloc_array(&arena, session->block_count, sizeof(*values));
	size_t count = session_values(session, metric, session->reference, values);
	double level = estimate_mean(values, count, 0.05).value;

	arena_free(&arena);
	return level;
}

static bool is_compared(const struct session *session, size_t contender)
{
	return contender != session->reference && contender != session->control;
}

/* How many contenders share the level: those that have enough blocks for an interval. */
static size_t count_comparisons(const struct session *session, size_t metric, double *scratch)
{
	size_t comparisons = 0;

	for (size_t c = 0; c < session->contender_count; c++) {
		if (is_compared(session, c) &&
			session_differences(session, metric, c, session->reference, scratch) >=
				ESTIMATE_COUNT_FOR_INTERVAL)
			comparisons++;
	}
	return comparisons;
}

static struct estimate estimate_difference(const struct session *session, size_t metric,
	size_t contender, const struct contrast_rule *rule, size_t comparisons, double *scratch)
{
	size_t count = session_differences(session, metric, contender, session->reference, scratch);

	return estimate_paired(
		scratch, count, rule->alpha, contender == session->control ? 1 : comparisons);
}

void contrast_all(const struct session *session, size_t metric, const struct contrast_rule *rule,
	struct contrast *contrasts)
{
	const struct metric *kind = &session->metrics[metric];
	size_t count = session->contender_count;
	double level = contrast_reference_level(session, metric);
	struct arena arena = {0};
	double *differences = arena_alloc_array(&arena, session->block_count, sizeof(double));
	double *p = arena_alloc_array(&arena, count, sizeof(*p));
	double *adjusted = arena_alloc_array(&arena, count, sizeof(*adjusted));
	size_t comparisons = count_comparisons(session, metric, differences);

	for (size_t c = 0; c < count; c++) {
		contrasts[c] = (struct contrast){0};
		if (c == session->reference)
			contrasts[c].difference = estimate_paired(NULL, 0, rule->alpha, 1);
		else
			contrasts[c].difference = estimate_difference(
				session, metric, c, rule, comparisons, differences);
		p[c] = is_compared(session, c) ? contrasts[c].difference.p : NAN;
	}
	estimate_holm(p, count, adjusted);
	for (size_t c = 0; c < count; c++) {
		struct contrast *contrast = &contrasts[c];

		/* The control stands for itself: it is no claim about a contender. */
		contrast->p_adjusted = c == session->control ? contrast->difference.p : adjusted[c];
		contrast->mark = contrast_decide(
			kind, level, &contrast->difference, contrast->p_adjusted, rule);
		if (contrast->mark == MARK_UNRESOLVED)
			contrast->blocks_needed =
				blocks_needed(kind, level, &contrast->difference, rule);
	}
	arena_free(&arena);
}

size_t contrast_half_widths(
	const struct session *session, const struct contrast_rule *rule, double *half_widths)
{
	const struct metric *metric = &session->metrics[session->primary];
	struct arena arena = {0};
	double *differences = arena_alloc_array(&arena, session->block_count, sizeof(double));
	size_t comparisons = count_comparisons(session, session->primary, differences);
	double unit = metric->scale == METRIC_RATIO
			      ? 1
			      : fabs(contrast_reference_level(session, session->primary));
	size_t count = 0;

	for (size_t c = 0; c < session->contender_count; c++) {
		struct estimate e;

		if (!is_compared(session, c) || session->contenders[c].problem)
			continue;
		e = estimate_difference(
			session, session->primary, c, rule, comparisons, differences);
		half_widths[count++] = metric_effect(metric, estimate_half_width(&e)) / unit;
	}
	arena_free(&arena);
	return count;
}

size_t contrast_blocks_for(
	const struct session *session, const struct contrast_rule *rule, double half_width)
{
	const struct metric *metric = &session->metrics[session->primary];
	struct arena arena = {0};
	double *half_widths = arena_alloc_array(&arena, session->contender_count, sizeof(double));
	size_t count = contrast_half_widths(session, rule, half_widths);
	size_t blocks = session_whole_blocks(session, session->primary);
	size_t most = 0;

	for (size_t i = 0; i < count; i++) {
		struct estimate widest = {
			.lo = -metric_difference(metric, half_widths[i]),
			.hi = metric_difference(metric, half_widths[i]),
			.count = blocks,
			.method = ESTIMATE_T,
		};
		size_t needed = estimate_count_needed(implied_deviation(&widest, rule->alpha),
			metric_difference(metric, half_width), rule->alpha, blocks,
			rule->block_limit);

		most = MAX(most, needed);
	}
	arena_free(&arena);
	return count > 0 ? most : rule->block_limit;
}

#define CERTAIN_P 0.01

struct control contrast_control(const struct metric *metric, double reference_level,
	const struct estimate *difference, const struct contrast_rule *rule)
{
	double margin = metric_margin(metric, rule->equivalence, reference_level) / 2;
	double least = metric_margin(metric, rule->least_effect, reference_level);
	double half = estimate_half_width(difference);
	struct control control = {.half_width = NAN, .floor = NAN};

	if (isnan(half))
		return control;
	control.is_judged = true;
	control.half_width = metric_effect(metric, half);
	control.floor = metric_effect(metric, fabs(difference->value) + half);
	control.has_failed = metric_effect(metric, difference->lo) > margin ||
			     metric_effect(metric, difference->hi) < -margin ||
			     (fabs(metric_effect(metric, difference->value)) > least &&
				     difference->p < CERTAIN_P);
	return control;
}

void contrast_demote(const struct control *control, const struct metric *metric,
	struct contrast *contrasts, size_t count)
{
	if (!control->has_failed)
		return;
	for (size_t i = 0; i < count; i++) {
		struct contrast *contrast = &contrasts[i];
		bool is_claim = contrast->mark == MARK_BETTER || contrast->mark == MARK_WORSE ||
				contrast->mark == MARK_EQUIVALENT;

		if (is_claim &&
			metric_effect(metric, fabs(contrast->difference.value)) < control->floor) {
			contrast->mark = MARK_UNRESOLVED;
			contrast->is_demoted = true;
		}
	}
}

/* SPDX-License-Identifier: MIT */
/* Evidence for a loss, the decision on one gate, screening and confirming a suite. */
#include "verdict/regress.h"

#include <math.h>
#include <sys/param.h>

#include "base/arena.h"
#include "measure/distribution.h"

/* One stored session shows no spread: it accuses nobody of less than so many deviations. */
#define LONELY_SESSION_DEVIATIONS 4

static const size_t default_looks[] = {7, 9, 13, 20};

const struct regress_rule regress_rule_default = {
	.alpha = 0.01,
	.screen_alpha = 0.05,
	.look_count = sizeof(default_looks) / sizeof(*default_looks),
	.looks = default_looks,
	.confirm_blocks = 12,
};

const struct prediction_prior *regress_prior_of(enum metric_class class)
{
	static const struct prediction_prior instructions = {
		.freedom = 4,
		.deviation = 0.002,
		.session_limit = 10,
	};

	return class == METRIC_INSTRUCTIONS ? &instructions : &estimate_default_prior;
}

/*
 * The standard error that the interval implies: for t its own, for ranks what a t interval of
 * the same width would have.
 */
static double smallest_effect_of(const struct estimate *estimate, double alpha)
{
	double freedom = (double)estimate->count - 1;
	double half = estimate_half_width(estimate);

	if (isnan(half))
		return NAN;
	return estimate_smallest_effect(
		half / distribution_t_quantile(1 - alpha, freedom), freedom, alpha);
}

struct regress_evidence regress_from_pairs(const struct metric *metric, const double *differences,
	size_t count, size_t gate_count, const struct regress_rule *rule)
{
	struct estimate e = estimate_paired(differences, count, 2 * rule->alpha, gate_count);
	bool is_better_up = metric->sense == METRIC_HIGHER_IS_BETTER;
	struct regress_evidence evidence = {
		.worsening = -metric_direction(metric) * e.value,
		.lo = NAN,
		.hi = NAN,
		.p_worse = NAN,
		.smallest_effect = smallest_effect_of(&e, rule->alpha),
		.count = count,
		.method = e.method,
		.may_fail = true,
	};

	/* Two values have a range, which is no evidence. */
	if (count < ESTIMATE_COUNT_FOR_INTERVAL)
		return evidence;
	evidence.lo = is_better_up ? -e.hi : e.lo;
	evidence.hi = is_better_up ? -e.lo : e.hi;
	evidence.p_worse = evidence.worsening > 0 ? e.p / 2 : 1 - e.p / 2;
	return evidence;
}

struct regress_evidence regress_from_sessions(const struct metric *metric, const double *stored,
	size_t stored_count, const double *today, size_t today_count,
	const struct prediction_prior *prior, double threshold, double extra_variance,
	const struct regress_rule *rule)
{
	struct prediction prediction =
		estimate_prediction(stored, stored_count, today, today_count, prior);
	double half;
	struct regress_evidence evidence = {
		.worsening = -metric_direction(metric) * prediction.difference,
		.lo = NAN,
		.hi = NAN,
		.p_worse = NAN,
		.smallest_effect = NAN,
		.count = stored_count,
		.method = ESTIMATE_T,
		.may_fail = stored_count > 1,
	};

	prediction.standard_error =
		sqrt(prediction.standard_error * prediction.standard_error + extra_variance);
	half = estimate_prediction_half_width(&prediction, 2 * rule->alpha);
	if (isnan(half))
		return evidence;
	if (stored_count == 1 && prior)
		evidence.may_fail = threshold >= LONELY_SESSION_DEVIATIONS * prior->deviation;
	evidence.lo = evidence.worsening - half;
	evidence.hi = evidence.worsening + half;
	evidence.p_worse = distribution_t_cdf(
		-evidence.worsening / prediction.standard_error, prediction.freedom);
	evidence.smallest_effect = estimate_smallest_effect(
		prediction.standard_error, prediction.freedom, rule->alpha);
	return evidence;
}

double regress_threshold(
	const struct metric *metric, double fraction, double absolute, double reference_level)
{
	if (metric->scale != METRIC_RATIO)
		return MAX(fraction * fabs(reference_level), absolute);
	if (metric->sense == METRIC_LOWER_IS_BETTER)
		return log1p(fraction);
	return fraction < 1 ? -log1p(-fraction) : INFINITY;
}

double regress_loss(const struct metric *metric, double worsening)
{
	return fabs(metric_effect(metric, -metric_direction(metric) * worsening));
}

enum outcome regress_decide(const struct regress_evidence *evidence, double threshold)
{
	if (evidence->lo > 0 && evidence->worsening > threshold / 2)
		return evidence->may_fail ? OUTCOME_FAIL : OUTCOME_INCONCLUSIVE;
	/* What may not accuse may not praise: a baseline would be raised by chance. */
	if (evidence->hi < 0 && evidence->worsening < -threshold / 2 && evidence->may_fail)
		return OUTCOME_IMPROVED;
	/* Comparisons with NAN are false: no evidence never gets here. */
	return evidence->hi < threshold ? OUTCOME_PASS : OUTCOME_INCONCLUSIVE;
}

bool regress_is_small_loss(const struct regress_evidence *evidence)
{
	return evidence->lo > 0;
}

enum regress_screen regress_screen(
	const struct regress_evidence *evidence, double threshold, const struct regress_rule *rule)
{
	if (evidence->may_fail && evidence->p_worse <= rule->screen_alpha &&
		evidence->worsening > threshold / 2)
		return SCREEN_CANDIDATE;
	if (regress_decide(evidence, threshold) == OUTCOME_INCONCLUSIVE)
		return SCREEN_UNSETTLED;
	return SCREEN_SETTLED;
}

size_t regress_next_look(const struct regress_rule *rule, size_t block_count)
{
	for (size_t i = 0; i < rule->look_count; i++) {
		if (rule->looks[i] > block_count)
			return rule->looks[i];
	}
	return 0;
}

void regress_confirm(const struct regress_evidence *evidence, const double *thresholds,
	size_t count, const struct regress_rule *rule, enum outcome *outcomes)
{
	struct arena arena = {0};
	double *p = arena_alloc_array(&arena, count, sizeof(*p));
	double *adjusted = arena_alloc_array(&arena, count, sizeof(*adjusted));

	for (size_t i = 0; i < count; i++)
		p[i] = evidence[i].p_worse;
	estimate_holm(p, count, adjusted);
	for (size_t i = 0; i < count; i++) {
		outcomes[i] = regress_decide(&evidence[i], thresholds[i]);
		if (outcomes[i] == OUTCOME_FAIL && !(adjusted[i] <= rule->alpha))
			outcomes[i] = OUTCOME_INCONCLUSIVE;
	}
	arena_free(&arena);
}

bool regress_control_failed(const struct regress_evidence *control, double threshold)
{
	enum outcome outcome = regress_decide(control, threshold);

	return outcome == OUTCOME_FAIL || outcome == OUTCOME_IMPROVED;
}

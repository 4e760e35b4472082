/* SPDX-License-Identifier: MIT */
/* Judges a session by the difference between two equal contenders. */
#include "verdict/control.h"

#include <math.h>

#define CERTAIN_P 0.01

struct control control_judge(const struct metric *metric, double reference_level,
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

void control_demote(const struct control *control, const struct metric *metric,
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

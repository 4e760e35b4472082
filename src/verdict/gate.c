/* SPDX-License-Identifier: MIT */
/* Exact and asserted gates. */
#include "verdict/gate.h"

#include <math.h>
#include <sys/param.h>

const char *gate_kind_name(enum gate_kind kind)
{
	static const char *const names[GATE_KIND_COUNT] = {
		[GATE_EXACT] = "exact",
		[GATE_PAIRED] = "paired",
		[GATE_RELATIVE] = "relative",
		[GATE_ABSOLUTE] = "absolute",
		[GATE_ASSERTED] = "asserted",
	};

	return names[kind];
}

enum outcome gate_exact(
	const struct metric *metric, double stored, double today, double fraction, double absolute)
{
	double worsening = -metric_direction(metric) * (today - stored);
	double limit = MAX(fraction * fabs(stored), absolute);

	if (isnan(worsening))
		return OUTCOME_INCONCLUSIVE;
	if (worsening > limit)
		return OUTCOME_FAIL;
	return worsening < -limit ? OUTCOME_IMPROVED : OUTCOME_PASS;
}

enum outcome gate_asserted(const struct metric *metric, const struct estimate *level,
	enum gate_relation relation, double limit)
{
	double sign = relation == GATE_AT_LEAST ? 1 : -1;
	double worst = sign * (relation == GATE_AT_LEAST ? level->lo : level->hi);
	double best = sign * (relation == GATE_AT_LEAST ? level->hi : level->lo);

	if (level->method != ESTIMATE_T) {
		if (!metric_gate_of(metric->class)->is_exact)
			return OUTCOME_INCONCLUSIVE;
		worst = best = sign * level->value;
	}
	if (worst >= sign * limit)
		return OUTCOME_PASS;
	return best < sign * limit ? OUTCOME_FAIL : OUTCOME_INCONCLUSIVE;
}

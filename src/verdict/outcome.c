/* SPDX-License-Identifier: MIT */
/* Outcomes of gates without statistics, and from all outcomes to an exit code. */
#include "verdict/outcome.h"

#include <math.h>
#include <sys/param.h>

enum { BISECT_SKIP = 125, BISECT_ABORT = 129 };

const enum outcome outcome_order[OUTCOME_COUNT] = {
	OUTCOME_ERROR,
	OUTCOME_FAIL,
	OUTCOME_INCOMPARABLE,
	OUTCOME_INCONCLUSIVE,
	OUTCOME_IMPROVED,
	OUTCOME_PASS,
	OUTCOME_SKIPPED,
};

const char *outcome_name(enum outcome outcome)
{
	static const char *const names[] = {
		[OUTCOME_PASS] = "pass",
		[OUTCOME_IMPROVED] = "improved",
		[OUTCOME_FAIL] = "regression",
		[OUTCOME_INCONCLUSIVE] = "inconclusive",
		[OUTCOME_SKIPPED] = "skipped",
		[OUTCOME_INCOMPARABLE] = "incomparable",
		[OUTCOME_ERROR] = "error",
	};

	return names[outcome];
}

static enum exit_code code_of(enum outcome outcome, const struct outcome_policy *policy)
{
	switch (outcome) {
	case OUTCOME_PASS:
	case OUTCOME_SKIPPED:
		return EXIT_DONE;
	case OUTCOME_IMPROVED:
		return policy->improved == IMPROVED_FAILS ? EXIT_REGRESSION : EXIT_DONE;
	case OUTCOME_FAIL:
		return EXIT_REGRESSION;
	case OUTCOME_INCONCLUSIVE:
		if (policy->inconclusive == INCONCLUSIVE_PASSES)
			return EXIT_DONE;
		if (policy->inconclusive == INCONCLUSIVE_FAILS)
			return EXIT_REGRESSION;
		return EXIT_INCONCLUSIVE;
	case OUTCOME_INCOMPARABLE:
		return EXIT_INCOMPARABLE;
	case OUTCOME_ERROR:
		return EXIT_RUN_FAILED;
	}
	return EXIT_RUN_FAILED;
}

static bool is_worse(enum exit_code code, enum exit_code than)
{
	static const int severity[] = {
		[EXIT_DONE] = 0,
		[EXIT_INCONCLUSIVE] = 1,
		[EXIT_INCOMPARABLE] = 2,
		[EXIT_REGRESSION] = 3,
		[EXIT_RUN_FAILED] = 4,
	};

	return severity[code] > severity[than];
}

enum exit_code outcome_exit_code(
	const enum outcome *outcomes, size_t count, const struct outcome_policy *policy)
{
	enum exit_code worst = EXIT_DONE;
	size_t judged = 0;

	for (size_t i = 0; i < count; i++) {
		enum exit_code code = code_of(outcomes[i], policy);

		judged += outcomes[i] != OUTCOME_SKIPPED;
		if (is_worse(code, worst))
			worst = code;
	}
	return judged > 0 ? worst : EXIT_INCOMPARABLE;
}

int outcome_bisect_code(int exit_code)
{
	switch (exit_code) {
	case EXIT_BAD_REQUEST:
		return BISECT_ABORT;
	case EXIT_INCONCLUSIVE:
	case EXIT_INCOMPARABLE:
	case EXIT_RUN_FAILED:
		return BISECT_SKIP;
	default:
		return exit_code;
	}
}

const char *outcome_gate_kind_name(enum gate_kind kind)
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

enum outcome outcome_gate_exact(
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

enum outcome outcome_gate_asserted(const struct metric *metric, const struct estimate *level,
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

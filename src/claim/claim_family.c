/* SPDX-License-Identifier: MIT */
/*
 * Holm's step-down over tests of "the truth lies on the border". The interval of each test has the
 * level of the step at which it was decided, so that it lies on one side of the border exactly when
 * the test says so.
 */
#include "claim/claim_family.h"

#include <math.h>

#include "base/doubles.h"
#include "claim/claim_evidence.h"
#include "measure/distribution.h"
#include "verdict/contrast.h"

struct family {
	double alpha;
	size_t count;
	struct claim_test *const *tests;
	size_t tested;     /* that are judged */
	size_t shown;      /* whose p is small enough */
	const double *p;   /* of all, NAN: not judged */
	double *ascending; /* of those tested */
	struct arena *arena;
};

/*
 * The border that decides, and its p: the nearest; but what lies between two must be shown to be
 * off both.
 */
static size_t test_borders(const struct claim_evidence *evidence, double strictest, double *p)
{
	double values[2] = {0}, each[2] = {0};
	size_t nearest;

	for (size_t i = 0; i < evidence->border_count; i++) {
		struct estimate e = claim_evidence_estimate(evidence, i, strictest, strictest);

		values[i] = e.value;
		each[i] = e.p;
	}
	nearest = evidence->border_count == 2 && fabs(values[1]) < fabs(values[0]);
	*p = each[nearest];
	if (evidence->border_count == 2 && values[0] > 0 && values[1] < 0)
		*p = fmax(each[0], each[1]);
	return nearest;
}

/* Of a test with this p; `shown` and all before it in the order of p are beyond their step. */
static double step_alpha(const struct family *family, double p, bool is_shown)
{
	size_t before = 0;

	if (!is_shown)
		before = family->shown;
	else
		while (before < family->tested && family->ascending[before] < p)
			before++;
	return family->alpha / (double)(family->tested > before ? family->tested - before : 1);
}

static double strictest_alpha(const struct family *family)
{
	return family->alpha / (double)(family->tested > 0 ? family->tested : 1);
}

/* Blocks in all until a distance like this one is shown, about. */
static size_t blocks_needed(
	const struct claim_evidence *evidence, const struct estimate *e, double alpha)
{
	size_t limit = contrast_rule_default.block_limit, count = e->count, needed;
	double deviation = estimate_half_width(e) * sqrt((double)count) /
			   distribution_t_quantile(1 - alpha / 2, (double)count - 1);

	/* Sessions differ however many blocks they have. */
	if (evidence->is_alone || fabs(e->value) < 2 * evidence->spread)
		return 0;
	needed = estimate_count_needed(deviation, fabs(e->value), alpha, count, limit);
	return needed > count ? needed : count + 1;
}

static enum claim_verdict side_of(const struct claim_evidence *evidence, const double *values)
{
	bool holds = values[0] < 0;

	if (evidence->relation == CLAIM_AT_LEAST)
		holds = values[0] > 0;
	else if (evidence->relation == CLAIM_WITHIN)
		holds = values[0] > 0 && values[1] < 0;
	return holds ? CLAIM_CONFIRMED : CLAIM_REFUTED;
}

/* Whether the border is no farther from the interval than its level drifted. */
static bool drift_reaches(const struct claim_evidence *evidence, const struct estimate *e)
{
	return evidence->drift > 0 && e->lo - evidence->drift < 0 && e->hi + evidence->drift > 0;
}

static const char *drift_reason(const struct family *family, const struct claim_evidence *evidence)
{
	return arena_printf(
		family->arena, "%s: the border is within its reach", evidence->drift_text);
}

/* The verdict of a test whose interval excludes the border. */
static void decide_shown(
	const struct family *family, struct claim_test *test, const struct estimate *e)
{
	const struct claim_evidence *evidence = test->evidence;
	double values[2] = {0};

	if (fabs(e->value) < evidence->least) {
		test->reason = "it is so near to the border that neither side is claimed";
		return;
	}
	if (fabs(e->value) < evidence->floor) {
		test->reason = arena_printf(family->arena,
			"the control, the reference a second time, differs from it by %+.2g %%: "
			"this session cannot tell such a distance from its own error",
			100 * evidence->control_effect);
		return;
	}
	if (drift_reaches(evidence, e)) {
		test->reason = drift_reason(family, evidence);
		return;
	}
	for (size_t i = 0; i < evidence->border_count; i++)
		values[i] =
			claim_evidence_estimate(evidence, i, test->alpha, strictest_alpha(family))
				.value;
	test->verdict = side_of(evidence, values);
}

static void show(struct family *family, struct claim_test *test, size_t border, double p)
{
	const struct claim_evidence *evidence = test->evidence;
	bool is_shown = test->p_adjusted <= family->alpha;
	struct estimate e;

	test->alpha = step_alpha(family, p, is_shown);
	e = claim_evidence_estimate(evidence, border, test->alpha, strictest_alpha(family));
	test->measured = claim_evidence_measured(evidence, border, e.value);
	test->lo = test->hi = NAN;
	if (e.count >= ESTIMATE_COUNT_FOR_INTERVAL) {
		test->lo = claim_evidence_measured(evidence, border, e.lo);
		test->hi = claim_evidence_measured(evidence, border, e.hi);
	}
	if (!evidence->is_judged)
		return;
	test->verdict = CLAIM_NOT_RESOLVED;
	test->reason = NULL;
	test->blocks_needed = 0;
	if (is_shown)
		decide_shown(family, test, &e);
	else if (drift_reaches(evidence, &e))
		test->reason = drift_reason(family, evidence);
	else
		test->blocks_needed = blocks_needed(evidence, &e, test->alpha);
}

void claim_family_judge(
	struct claim_test *const *tests, size_t count, double alpha, struct arena *arena)
{
	AUTO_ARENA struct arena scratch = {0};
	double *p = arena_alloc_array(&scratch, count, sizeof(*p));
	double *adjusted = arena_alloc_array(&scratch, count, sizeof(*adjusted));
	size_t *borders = arena_alloc_array(&scratch, count, sizeof(*borders));
	struct family family = {.alpha = alpha, .count = count, .tests = tests, .arena = arena};

	family.ascending = arena_alloc_array(&scratch, count, sizeof(double));
	for (size_t i = 0; i < count; i++)
		family.tested += tests[i]->evidence && tests[i]->evidence->is_judged;
	for (size_t i = 0, n = 0; i < count; i++) {
		p[i] = NAN;
		if (!tests[i]->evidence)
			continue;
		borders[i] = test_borders(tests[i]->evidence, strictest_alpha(&family), &p[i]);
		if (tests[i]->evidence->is_judged)
			family.ascending[n++] = p[i];
		else
			p[i] = NAN;
	}
	doubles_sort(family.ascending, family.tested);
	estimate_holm(p, count, adjusted);
	for (size_t i = 0; i < count; i++)
		family.shown += adjusted[i] <= alpha;
	for (size_t i = 0; i < count; i++) {
		if (!tests[i]->evidence)
			continue;
		tests[i]->p = p[i];
		tests[i]->p_adjusted = adjusted[i];
		show(&family, tests[i], borders[i], p[i]);
	}
}

/* SPDX-License-Identifier: MIT */
/*
 * From figures to gates: which there are, what each is held against, the evidence, the outcome.
 * Pure: no clock, no file, no trial is made here. Who can make fresh trials judges in stages
 * (judge_screen, judge_confirm); stored results are judged by what there is (judge_all).
 */
#ifndef CHECK_JUDGE_H
#define CHECK_JUDGE_H

#include <stdbool.h>
#include <stddef.h>

#include "check/assertion.h"
#include "check/baseline.h"
#include "check/check.h"
#include "verdict/regress.h"

struct judge_settings {
	size_t threshold_count; /* over those of the baseline, over defaults */
	const struct baseline_threshold *thresholds;
	size_t assertion_count;
	const struct assertion *assertions;
	size_t allowed_count; /* --allow-env: facts that may differ */
	const char *const *allowed;
	bool allows_disturbed; /* disturbed trials that a stored baseline did not have count */
	bool compares_jobs;    /* false: options of the jobs may differ (--allow-job) */
};

struct judge_case {  /* a gate that needs evidence */
	size_t gate; /* index into the report's gates */
	struct regress_evidence evidence;
	double threshold; /* on the scale of the analysis */
	enum regress_screen screen;
};

struct judge {
	struct check *report;
	const struct judge_settings *settings;
	size_t case_count;
	struct judge_case *cases;
	bool is_disturbed; /* control failed, or too many trials run again: nothing may be said */
};

/*
 * Makes the gates of `today` (sessions of one check, at least one) against the baseline, or, with
 * `baseline` NULL, of each arm against the reference of the same session. Exact, asserted and
 * incomparable gates are judged at once.
 */
void judge_begin(struct judge *judge, struct check *report, const struct judge_settings *settings,
	const struct baseline *baseline, const struct sample *today, size_t today_count);

/*
 * What is known before a trial is made: `today` has jobs and a machine, and no trials. Arms of the
 * baseline that cannot be judged (of another job, or of another machine where no ratio is judged)
 * become incomparable gates; returns how many arms are left to judge.
 */
size_t judge_foresee(struct check *report, const struct judge_settings *settings,
	const struct baseline *baseline, const struct sample *today);

/* All cases as one family, by what there is. */
void judge_all(struct judge *judge);

/* Screens by what there is: returns how many are unsettled; candidates need fresh trials. */
size_t judge_screen(struct judge *judge);
size_t judge_candidates(const struct judge *judge);

/*
 * Ends a screened judgement: candidates by `fresh` alone (the same gates, made of fresh trials;
 * NULL where there is no candidate), settled ones as they are, unsettled ones inconclusive. Nothing
 * of `fresh` is kept: its report may be freed.
 */
void judge_confirm(struct judge *judge, const struct judge *fresh);

/* Whether a name (of a threshold) is one of the report's gates or its metric. */
bool judge_has_gate(const struct check *report, const char *name);

/* Whether there is a gate of this metric when nobody names others. */
bool judge_is_default(enum trial_value metric);

#endif

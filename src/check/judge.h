/* SPDX-License-Identifier: MIT */
/*
 * From figures to gates: which there are, what each is held against, and its evidence; decide.h has
 * how they end. Pure: no clock, no file, no trial is made here.
 */
#ifndef CHECK_JUDGE_H
#define CHECK_JUDGE_H

#include <stdbool.h>
#include <stddef.h>

#include "check/decide.h"
#include "check/limit.h"

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

/*
 * Makes the gates of `today` (sessions of one check, at least one) against the baseline, or, with
 * `baseline` NULL, of each contender against the reference of the same session. Exact, asserted and
 * incomparable gates are decided at once; cases are left to decide_all or decide_screen.
 */
void judge_begin(struct judgement *judgement, struct check *report,
	const struct judge_settings *settings, const struct baseline *baseline,
	const struct check_session *today, size_t today_count);

/*
 * Judges before any trial runs: `today` has jobs and a machine, and no trials. Contenders of the
 * baseline that cannot be judged (of another job, or of another machine where no ratio is judged)
 * become incomparable gates; returns how many contenders are left to judge.
 */
size_t judge_foresee(struct check *report, const struct judge_settings *settings,
	const struct baseline *baseline, const struct check_session *today);

/* Whether a name (of a threshold) is one of the report's gates or its metric. */
bool judge_has_gate(const struct check *report, const char *name);

/* Whether there is a gate of this metric when nobody names others. */
bool judge_is_default(enum trial_value metric);

#endif

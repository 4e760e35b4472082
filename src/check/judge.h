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
#include "job/job_goal_types.h"

/* assert=read.iops>=500k,read.lat.p99<=200us */
struct assertion {
	const char *contender; /* the job that it is about */
	enum trial_value metric;
	enum gate_relation relation;
	double limit; /* in the metric's unit */
};

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

/* limit.c: limits that users set for gates, by --threshold and the assert option of a job. */

/*
 * How much worse a gate lets its figure get: "read.iops=3%", "randread.read.lat.p99=12.5%". 0, or
 * -EINVAL, reported.
 */
int limit_parse_threshold(const char *text, struct baseline_threshold *threshold,
	struct arena *arena, struct diag *diag);

/* Whether a threshold's name is the gate's, with or without the contender. */
bool limit_names_gate(const char *threshold, const char *contender, const char *metric);

/* The smallest threshold of any ratio: the default, or one of these or of the baseline's. */
double limit_smallest(const struct judge_settings *settings, const struct baseline *baseline);

/*
 * Resolves those of one job, already parsed; a metric that does not exist is reported at `place`.
 * Returns 0 or -EINVAL; `assertions` has room for all.
 */
int limit_resolve_assertions(const struct job_assertions *parsed, const char *contender,
	const struct place *place, struct assertion *assertions, struct diag *diag);

/* comparable.c: whether two sessions may be compared: the same jobs, the same machine. */

/*
 * The differences that make it another job, in words ("another job: bs was 4k, is 8k, …");
 * NULL: nothing. Options that do not change what is measured (names, descriptions, what is printed)
 * may differ, and one that is told by one side only and is at its default: the other did not have
 * it. Between ringside and fio only what both write alike is compared.
 */
const char *comparable_jobs(const struct check_session *before, const struct check_session *now,
	const char *contender, struct arena *arena);

/* Facts that differ. A fact that one side does not know, or has not, differs. */
void comparable_environment(const struct settings *before, const struct settings *now,
	const char *const *allowed, size_t allowed_count, struct check_changes *changes,
	struct arena *arena);

#endif

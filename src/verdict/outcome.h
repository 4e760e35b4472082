/* SPDX-License-Identifier: MIT */
/*
 * How a gate ends, and what the process says about all of them: one exit code, worst first. Exit
 * codes are API (base/diag.h).
 */
#ifndef VERDICT_OUTCOME_H
#define VERDICT_OUTCOME_H

#include <stddef.h>

#include "base/diag.h"
#include "measure/estimate.h"
#include "verdict/metric.h"

enum outcome {
	OUTCOME_PASS, /* a loss of the threshold is excluded */
	OUTCOME_IMPROVED,
	OUTCOME_FAIL,
	OUTCOME_INCONCLUSIVE, /* no evidence either way: never a pass */
	OUTCOME_SKIPPED,      /* another machine: not judged, while other gates still are */
	OUTCOME_INCOMPARABLE, /* another job or schema: nothing may be judged */
	OUTCOME_ERROR, /* I/O error, short I/O, a run that failed (strict_engine among the reasons)
			*/
};

enum { OUTCOME_COUNT = OUTCOME_ERROR + 1 };

/* In which reports list them: bad news first. */
extern const enum outcome outcome_order[OUTCOME_COUNT];

enum outcome_inconclusive { INCONCLUSIVE_STANDS, INCONCLUSIVE_PASSES, INCONCLUSIVE_FAILS };
/* It fails for teams that insist on updating their baseline. */
enum outcome_improved { IMPROVED_PASSES, IMPROVED_FAILS };

struct outcome_policy { /* --inconclusive, --improved=fail; all zero is the default */
	enum outcome_inconclusive inconclusive;
	enum outcome_improved improved;
};

/*
 * ERROR 5, FAIL 1, INCOMPARABLE 4, INCONCLUSIVE 3, else 0. Where every gate was skipped, or
 * there was none, nothing was compared: 4.
 */
enum exit_code outcome_exit_code(
	const enum outcome *outcomes, size_t count, const struct outcome_policy *policy);

/*
 * For `git bisect run`: 0 good, 1 bad, 125 "cannot be tested" for what no commit is to blame
 * for; a bad request is 129, which stops the bisection. Other codes (signals) are kept.
 */
int outcome_bisect_code(int exit_code);

/* "pass", "improved", "regression", "inconclusive", "skipped", "incomparable", "error". */
const char *outcome_name(enum outcome outcome);

/*
 * The gates that need no statistics of differences: figures that are the same every time, and
 * limits that a job file sets (assert=read.iops>=500k). The other kinds are judged by regress.h.
 */
enum gate_kind {
	GATE_EXACT,    /* system calls per I/O, bytes: judged as they are */
	GATE_PAIRED,   /* against a reference in the same session */
	GATE_RELATIVE, /* today's ratio to the reference against stored ratios: other machines too
			*/
	GATE_ABSOLUTE, /* today's figure against stored ones: this machine only */
	GATE_ASSERTED, /* a limit in the job file */
	GATE_KIND_COUNT,
};

/* "exact", "paired", "relative", "absolute", "asserted". */
const char *outcome_gate_kind_name(enum gate_kind kind);

/*
 * Exact: values in the metric's own unit. FAIL when it worsened by more than `fraction` of the
 * stored value and by more than `absolute`; IMPROVED mirrored. INCONCLUSIVE where one is missing.
 */
enum outcome outcome_gate_exact(
	const struct metric *metric, double stored, double today, double fraction, double absolute);

enum gate_relation { GATE_AT_LEAST, GATE_AT_MOST };

/*
 * Asserted: PASS when the whole interval keeps the limit (scaled, as the level is), FAIL when
 * none of it does. One trial is no interval, and enough only for metrics that are exact.
 */
enum outcome outcome_gate_asserted(const struct metric *metric, const struct estimate *level,
	enum gate_relation relation, double limit);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * How a gate ends, and what the process says about all of them: one exit code, worst first. Exit
 * codes are API (base/diag.h).
 */
#ifndef VERDICT_OUTCOME_H
#define VERDICT_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"

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

struct outcome_policy { /* --inconclusive, --improved=fail; all zero is the default */
	enum outcome_inconclusive inconclusive;
	bool improved_fails; /* for teams that insist on updating their baseline */
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

#endif

/* SPDX-License-Identifier: MIT */
/*
 * A check from the first trial to the verdict. Blocks of all jobs are screened; what looks like a
 * loss is confirmed, or not, by fresh blocks alone, after a pause where it is held against a
 * baseline. So a suite of gates gives few false alarms, and finds what is there.
 */
#ifndef CHECK_CONDUCT_H
#define CHECK_CONDUCT_H

#include "check/judge.h"
#include "check/trials.h"

struct conduct_request {
	struct trials_request trials;
	const struct baseline *baseline; /* NULL: against references in the same session */
	size_t blocks;                   /* 0: as many as it takes, 7 to 20 */
	struct judge_settings settings;
	struct outcome_policy policy;
	const char *commit;
};

/* Fills the report, exit code included. 0, or -errno, reported: then there is no report. */
int conduct_check(struct check *report, const struct trials_plan *plan,
	const struct conduct_request *request, struct diag *diag);

/*
 * A session for a baseline: *sample lives in `arena`. An enum exit_code, not 0: reported; or
 * 128 + n: signal n ended it.
 */
int conduct_session(const struct trials_plan *plan, const struct trials_request *request,
	size_t blocks, struct sample *sample, struct arena *arena, struct diag *diag);

#endif

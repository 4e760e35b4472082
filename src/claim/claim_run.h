/* SPDX-License-Identifier: MIT */
/*
 * Tests claims: a session for each, one after the other, and then the verdicts, of all together. A
 * signal ends it, and what was measured is judged.
 */
#ifndef CLAIM_CLAIM_RUN_H
#define CLAIM_CLAIM_RUN_H

#include "claim/claim_plan.h"
#include "claim/claims.h"

/*
 * Fills in `claims`, whose head (arguments, seed, is_exploratory) stands there; the plan lives as
 * long. After each claim the document is saved (to `save_path`, unless NULL) as it is by then. An
 * exit code: 5 when a contender went wrong, 4 when nothing could be tested here, 128+n on a signal;
 * verdicts are none of its business.
 */
int claim_run(struct claims *claims, const struct claim_plan *plan, const char *save_path,
	struct diag *diag);

/* What claims require that are to hold: 1 where one is refuted, 3 not resolved, 4 not testable. */
int claim_run_require(const struct claims *claims);

#endif

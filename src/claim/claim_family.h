/* SPDX-License-Identifier: MIT */
/*
 * All tests of a run as one family: with the truth of each on its border, at most `alpha` of runs
 * have any verdict that is confirmed or refuted.
 */
#ifndef CLAIM_CLAIM_FAMILY_H
#define CLAIM_CLAIM_FAMILY_H

#include "base/arena.h"
#include "claim/claim_outcome.h"

/*
 * Fills in what depends on alpha, of tests that have evidence: p, intervals, and, where they are to
 * be judged, verdicts and reasons (texts of the arena).
 */
void claim_family_judge(
	struct claim_test *const *tests, size_t count, double alpha, struct arena *arena);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * From records to verdicts, in two steps, since tests of all files of a run are one family: what
 * each record shows, and then, of all together, what holds. Pure functions.
 */
#ifndef CLAIM_CLAIM_JUDGE_H
#define CLAIM_CLAIM_JUDGE_H

#include "base/arena.h"
#include "claim/claim_outcome.h"
#include "session/record.h"

/*
 * What a record of its session shows of a claim's lines: every test, its level or difference by
 * blocks, and why it cannot be judged where it cannot. Verdicts are provisional. The outcome lives
 * as long as arena, claim and record.
 */
void claim_judge_measure(struct claim_outcome *outcome, const struct claim *claim,
	const struct record *record, struct arena *arena);

/* Nothing was run: every line is not testable here, for this reason. */
void claim_judge_refuse(struct claim_outcome *outcome, const struct claim *claim,
	const char *obstacle, struct arena *arena);

/*
 * The verdicts of all tests of all outcomes, as one family: fills in everything that follows from
 * alpha. May be called again when there are more.
 */
void claim_judge_all(struct claim_outcome *const *outcomes, size_t count, struct arena *arena);

/* Of a line, by those of its tests. */
enum claim_verdict claim_line_verdict(const struct claim_line_outcome *line);

#endif

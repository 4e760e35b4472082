/* SPDX-License-Identifier: MIT */
/*
 * A line of a claim, from text:
 *
 *     [at(KEY=VALUE, …):] TERM <= TERM | TERM <= LEVEL | TERM within N% of TERM or LEVEL
 *     TERM: SIDE, N * SIDE or SIDE * N, where N is a number or a percentage
 *     SIDE: CONTENDER.METRIC or CONTENDER@KEY=VALUE.METRIC
 *
 * "<" is read as "<=", and ">" as ">=". Names of contenders and values stand in single quotes where
 * they have other characters than letters, digits, "_", "+" and "-". Metrics are those of
 * trial_value_find; "cpu.total_ns_per_io" is another name of "cpu_ns_per_io".
 */
#ifndef CLAIM_CLAIM_LINE_H
#define CLAIM_CLAIM_LINE_H

#include "base/arena.h"
#include "claim/claim.h"

/*
 * `place` is that of `text`. Contenders and points are looked for in `claim`. 0, or -EINVAL,
 * reported.
 */
int claim_line_read(struct claim_line *line, const char *text, const struct place *place,
	const struct claim *claim, struct arena *arena, struct diag *diag);

/* A metric by one of trial_value_find's names or by a claim's; VALUE_COUNT: there is none. */
enum trial_value claim_line_metric(const char *name);

#endif

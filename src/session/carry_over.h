/* SPDX-License-Identifier: MIT */
/*
 * Carry-over: what a turn leaves behind for the next one (alternation.h), found in the reference
 * and its control, which are the same. In a round in which one of the two had its turn after one
 * of its own kind, and the other after another contender, the difference of their rates is that
 * contender's carry-over. The order is drawn for each round: which of the two it was that followed
 * its own kind is a coin of that round alone, so the differences have no mean where nothing is left
 * behind, whatever the noise is like.
 *
 * In rounds of n players each follows any other one equally often, so carry-over d of a contender
 * moves its ratio to the reference by d / (n - 1). A session gives up turns when that is shown to
 * be more than a limit: the interval of d, Wilcoxon's of all rounds, lies beyond it (1 % one-sided,
 * Bonferroni's correction for contenders and looks). Looks are after 3 and 7 blocks. Sessions
 * without carry-over are given up in less than 1 % (test_alternation_simulation.c).
 *
 * Without a control, or another contender, nothing is known. Where many take part, a contender has
 * few such rounds; then those of all others together, for which the same holds, can still tell.
 */
#ifndef SESSION_CARRY_OVER_H
#define SESSION_CARRY_OVER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "measure/estimate.h"

struct carry_over_series;

struct carry_over {
	struct arena arena;
	size_t player_count;
	size_t playing_count;             /* of them, those that take part; the control, too */
	struct carry_over_series *series; /* one a player, and of all others together */
};

struct carry_over_finding {
	size_t player;              /* whose turns leave something behind; SESSION_NONE: others' */
	struct estimate difference; /* rate after its own kind against that after it, logarithm */
};

void carry_over_init(struct carry_over *carry_over, size_t player_count, size_t playing_count);
void carry_over_free(struct carry_over *carry_over);

/* One round; `player` had its turn before the one that did not follow its own kind. */
void carry_over_add(struct carry_over *carry_over, size_t player, double difference);

/* Whether so many blocks are a look. */
bool carry_over_is_due(size_t block_count);

/* Whether it is shown to move a ratio by more than `limit` (0.01: 1 %), and the largest. */
bool carry_over_find(
	const struct carry_over *carry_over, double limit, struct carry_over_finding *finding);

#endif

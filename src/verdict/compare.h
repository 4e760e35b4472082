/* SPDX-License-Identifier: MIT */
/*
 * A whole session as a table: levels, differences to the reference with their verdicts, ranks and
 * letter groups. From here on nothing needs to be calculated, only said.
 */
#ifndef VERDICT_COMPARE_H
#define VERDICT_COMPARE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "verdict/contrast.h"
#include "verdict/control.h"
#include "verdict/health.h"
#include "verdict/session.h"

/* One metric; arrays have one entry a contender, in the session's order. */
struct comparison_column {
	struct estimate *levels;    /* scaled; intervals hold the session's drift as well */
	struct contrast *contrasts; /* after the control's objections */
	struct control control;     /* is_judged false where there is none */
};

struct comparison {
	struct comparison_column *columns; /* one a metric */
	/*
	 * By the primary metric: contenders with figures, best first and those that failed last,
	 * without the control; letters by contender (0: none, as of those that failed). Contenders
	 * that share one were not shown to differ.
	 */
	size_t rank_count;
	size_t *ranks;
	size_t letter_count; /* 0: fewer than 6 blocks, or letters do not suffice */
	uint64_t *letters;
	size_t top_count; /* how many have the letter A: 1 is a winner, more are tied */
	struct health health;
};

/* `comparison` and its arrays live as long as `arena`. */
void compare_session(const struct session *session, const struct contrast_rule *rule,
	struct arena *arena, struct comparison *comparison);

#endif

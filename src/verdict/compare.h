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

/*
 * When a comparison has run long enough. The rule looks at how wide the intervals are, and at
 * nothing else: no difference, no test result gets in here, because stopping when something
 * looks significant makes four false claims out of one. It looks at few fixed points only.
 */
struct stop_rule {
	double half_width; /* enough: 0.01 is +-1 % */
	size_t look_count;
	const size_t *looks; /* blocks after which to look, ascending; the last one ends it */
};

struct stop_view {
	size_t block_count; /* whole blocks */
	bool is_out_of_time;
	size_t width_count;
	const double *half_widths; /* one a reported difference; NAN: it has no interval yet */
};

enum stop_decision {
	STOP_NOT_YET,
	STOP_PRECISE,
	STOP_BLOCK_LIMIT,
	STOP_OUT_OF_TIME,
};

/*
 * Looks at 6, 9, 13 and 20 blocks for +-1 %: half the margin within which contrast.h calls
 * contenders equal, so that those which are come to lie within. Of equal ones with 1 % of noise,
 * 96 % are shown to be by the 13th block; with +-2.5 % it was 56 %, and never more than chance.
 */
extern const struct stop_rule compare_stop_rule_default;

enum stop_decision compare_stop_decide(const struct stop_rule *rule, const struct stop_view *view);

/* The next look after so many blocks; 0 when there is none. */
size_t compare_stop_next_look(const struct stop_rule *rule, size_t block_count);

/* Whether the number of blocks depends on the data: intervals then take compare_alpha(). */
bool compare_stop_is_adaptive(const struct stop_rule *rule);

#endif

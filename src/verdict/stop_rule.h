/* SPDX-License-Identifier: MIT */
/*
 * When a comparison has run long enough. The rule looks at how wide the intervals are, and at
 * nothing else: no difference, no test result gets in here, because stopping when something
 * looks significant makes four false claims out of one. It looks at few fixed points only.
 */
#ifndef VERDICT_STOP_RULE_H
#define VERDICT_STOP_RULE_H

#include <stdbool.h>
#include <stddef.h>

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
extern const struct stop_rule stop_rule_default;

enum stop_decision stop_rule_decide(const struct stop_rule *rule, const struct stop_view *view);

/* The next look after so many blocks; 0 when there is none. */
size_t stop_rule_next_look(const struct stop_rule *rule, size_t block_count);

/* Whether the number of blocks depends on the data: intervals then take compare_alpha(). */
bool stop_rule_is_adaptive(const struct stop_rule *rule);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What the control says. It is the reference a second time, run like any contender, so that its
 * difference is known to be nothing: what is measured instead is the session's own error.
 */
#ifndef VERDICT_CONTROL_H
#define VERDICT_CONTROL_H

#include <stdbool.h>
#include <stddef.h>

#include "verdict/contrast.h"

struct control {
	bool is_judged;    /* there is a control and it has an interval */
	bool has_failed;   /* this session cannot support comparisons below `floor` */
	double half_width; /* of its interval, as an effect: the noise floor to print */
	double floor;      /* |difference| + half-width, as an effect */
};

/*
 * Failed: the interval lies wholly outside half the equivalence margin, or the difference
 * reaches the least effect with p < 0.01.
 */
struct control control_judge(const struct metric *metric, double reference_level,
	const struct estimate *difference, const struct contrast_rule *rule);

/*
 * Takes back what a failed control does not let stand: every better, worse or equivalent below
 * its floor becomes unresolved.
 */
void control_demote(const struct control *control, const struct metric *metric,
	struct contrast *contrasts, size_t count);

#endif

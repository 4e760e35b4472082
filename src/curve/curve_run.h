/* SPDX-License-Identifier: MIT */
/*
 * The procedure of a curve. Every line is primed and has a few trials without a rate, which tell
 * its maximum. Blocks follow: in each, every load of every line has one trial, in an order drawn
 * for that block alone. Then loads are tried for the limit (slo.h), all lines in turn. Trials and
 * guards are those of a comparison (session/contest.h).
 */
#ifndef CURVE_CURVE_RUN_H
#define CURVE_CURVE_RUN_H

#include "curve/curve.h"
#include "curve/curve_plan.h"

/*
 * Fills the curve, of which the caller has set seed, arguments and start. What was measured stands
 * in it whatever happens. An enum exit_code, or 128 + n: signal n ended it. What goes wrong is
 * reported or stands in the lines.
 */
int curve_run(struct curve *curve, const struct curve_plan *plan,
	const struct curve_options *options, struct diag *diag);

#endif

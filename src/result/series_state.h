/* SPDX-License-Identifier: MIT */
/* Whether a series is that of a drive at rest, by measure/steady.h. */
#ifndef RESULT_SERIES_STATE_H
#define RESULT_SERIES_STATE_H

#include "result/result.h"

/* Fills in the rest of a state of which it is known what it is of, and whether the job has worked.
 */
void series_state_classify(struct result_state *state, const struct result_series *series,
	const struct steady_rule *rule, struct arena *arena);

#endif

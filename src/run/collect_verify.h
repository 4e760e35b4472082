/* SPDX-License-Identifier: MIT */
/* What a worker's verification came to, as a part of the result. */
#ifndef RUN_COLLECT_VERIFY_H
#define RUN_COLLECT_VERIFY_H

#include "result/result.h"
#include "run/plan.h"
#include "run/worker_state.h"

/* Nothing where the job does not verify. Not of one that hangs: what it found is its own. */
void collect_verify(struct result *result, struct result_job *job,
	const struct planned_job *planned, const struct worker *worker);

#endif

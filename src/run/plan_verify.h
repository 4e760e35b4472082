/* SPDX-License-Identifier: MIT */
/* What verification asks of a plan whose regions are resolved. */
#ifndef RUN_PLAN_VERIFY_H
#define RUN_PLAN_VERIFY_H

#include "run/plan.h"
#include "verify/verify_block.h"

/*
 * Gives each job that verifies its place in the run, and what its log is made of. 0, or -EINVAL,
 * reported, where two jobs that run at once write the same blocks, and one of them verifies.
 */
int plan_verify_make(struct plan *plan, struct diag *diag);

/*
 * All logs of a run are narrow where they need more than a quarter of `available_bytes` otherwise.
 * 0, or -EINVAL, reported, where they need more than half of it all the same.
 */
int plan_verify_check_memory(struct plan *plan, uint64_t available_bytes, struct diag *diag);
uint64_t plan_verify_log_bytes(const struct planned_job *planned);

/* Whether it is known of the job's blocks what must be there: it writes and verifies. */
bool plan_verify_has_log(const struct job *job);

/* What its blocks look like. */
void plan_verify_format(
	const struct job *job, const struct verify_plan *plan, struct verify_format *format);

#endif

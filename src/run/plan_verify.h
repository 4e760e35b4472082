/* SPDX-License-Identifier: MIT */
/* What verification asks of a plan whose regions are resolved. */
#ifndef RUN_PLAN_VERIFY_H
#define RUN_PLAN_VERIFY_H

#include "run/plan.h"

/*
 * Gives each job that verifies its place in the run, and what its log is made of. 0, or -EINVAL,
 * reported, where two jobs that run at once write the same blocks, and one of them verifies.
 */
int plan_verify_make(struct plan *plan, struct diag *diag);

/* Memory of the log; all of a run's logs are narrow where they need more than a quarter of
 * `available_bytes` otherwise. */
void plan_verify_choose_width(struct plan *plan, uint64_t available_bytes);
uint64_t plan_verify_log_bytes(const struct planned_job *planned);

#endif

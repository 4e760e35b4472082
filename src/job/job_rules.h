/* SPDX-License-Identifier: MIT */
/*
 * Rules across options, for a job that is bound and not expanded yet. Rules that depend on the
 * target (its size, its alignment) are checked by the run. A message about an entry of [global] is
 * given once, not for each job.
 */
#ifndef JOB_JOB_RULES_H
#define JOB_JOB_RULES_H

#include "job/job.h"

/*
 * Makes values effective that depend on others, as fio does: block sizes, batches, the random map.
 * Never fails; notes and warnings say what it changed.
 */
void job_resolve(struct job *job, struct diag *diag);

/* Reports what cannot be run. */
void job_check(const struct job *job, struct diag *diag);

#endif

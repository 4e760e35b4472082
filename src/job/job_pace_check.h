/* SPDX-License-Identifier: MIT */
/* Rules across the options of rates and pauses. */
#ifndef JOB_JOB_PACE_CHECK_H
#define JOB_JOB_PACE_CHECK_H

#include "job/job.h"

/* Reports what cannot be run. */
void job_pace_check(const struct job *job, struct diag *diag);

#endif

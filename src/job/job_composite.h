/* SPDX-License-Identifier: MIT */
/* Rules of rw=openread, copy and stat. */
#ifndef JOB_JOB_COMPOSITE_H
#define JOB_JOB_COMPOSITE_H

#include "base/diag.h"
#include "job/job.h"

/* What the job sets and its operation cannot honour: errors to diag. */
void job_composite_check(const struct job *job, struct diag *diag);

#endif

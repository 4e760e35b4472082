/* SPDX-License-Identifier: MIT */
/* Rules of job_options_host.c's options. */
#ifndef JOB_JOB_HOST_RULES_H
#define JOB_JOB_HOST_RULES_H

#include "base/diag.h"
#include "job/job.h"

/* Texts to nodes, prio to what ioprio_set(2) takes; atomic=1 is direct. */
void job_host_rules_resolve(struct job *job, struct arena *arena, struct diag *diag);

void job_host_rules_check(const struct job *job, struct diag *diag);

#endif

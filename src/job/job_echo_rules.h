/* SPDX-License-Identifier: MIT */
/* Rules of rw=echo, for job_rules.c. */
#ifndef JOB_JOB_ECHO_RULES_H
#define JOB_JOB_ECHO_RULES_H

#include "job/job.h"

/* What cannot be run with rw=echo, or without it. Reported, each option once. */
void job_echo_rules_check(const struct job *job, struct diag *diag);

#endif

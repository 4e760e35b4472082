/* SPDX-License-Identifier: MIT */
/* What a job's verification does, and rules across its options. */
#ifndef JOB_JOB_VERIFY_RULES_H
#define JOB_JOB_VERIFY_RULES_H

#include "job/job.h"

/* Whether the job reads what it has written; whether it trims some of it. */
bool job_verify_rules_reads_back(const struct job *job);
bool job_verify_rules_trims(const struct job *job);

/* For job_rules.c: whether a pattern alone asks for it; verify_interval by the block sizes. */
void job_verify_rules_resolve(struct job *job, struct arena *arena);

/* For job_rules.c: reports what cannot be run, and what has no effect, each option once. */
void job_verify_rules_check(const struct job *job, struct diag *diag);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Rules across options, for a job that is bound and not expanded yet. job_resolve makes the values
 * effective that depend on others, as fio does, and says what it changed; job_check then says what
 * cannot be run. What depends on the target (its size, its alignment) is looked at by the run.
 */
#ifndef JOB_JOB_CHECK_H
#define JOB_JOB_CHECK_H

#include "job/job.h"

/* What messages are about. One about an entry of [global] is given once, not for each job. */
enum job_rule {
	RULE_HIDDEN, /* another option goes before it */
	RULE_MAP,    /* each block once */
	RULE_CUT,    /* to iodepth */
	RULE_NO_WRITES,
	RULE_OWN_WAY, /* ringside does it otherwise */
	RULE_ENGINE,
	RULE_READONLY,
	RULE_TIME,
	RULE_ALIGNMENT,
	RULE_AMOUNT,
	RULE_TRIMWRITE,
	RULE_CPUS,
	RULE_NAMES,
	RULE_COMPOSITE,
	RULE_PACE,
};

/* Whether a message about this option is to be given, which it then is taken for. */
bool job_is_news(const struct job *job, const char *option, enum job_rule rule);

/* The option that block sizes come from: "bssplit", "bsrange" or "bs". */
const char *job_size_option(const struct job *job);

/* Block sizes, batches, the random map. Never fails; notes and warnings go to diag. */
void job_resolve(struct job *job, struct diag *diag);

/* Errors go to diag. */
void job_check(const struct job *job, struct diag *diag);

#endif

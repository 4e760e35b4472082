/* SPDX-License-Identifier: MIT */
/*
 * Messages about an option of a job. An entry of [global] holds for many jobs and is told about
 * once: it gets one message of each subject at most.
 */
#ifndef JOB_JOB_SAY_H
#define JOB_JOB_SAY_H

#include <stdbool.h>

#include "base/diag.h"
#include "job/job.h"

/* Subjects. */
enum rule {
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
	RULE_CPUS,
	RULE_NAMES,
	RULE_COMPOSITE,
	RULE_PACE,
	RULE_STEADY,
	RULE_LATENCY,
	RULE_LOGS,
	RULE_ZONES,
	RULE_VERIFY,
	RULE_REPLAY,
	RULE_USE, /* how it goes over its files */
	RULE_RANKS,
};

typedef void job_report(struct diag *diag, const struct place *place, const char *format, ...);

/* Whether a message about this option is to be given, which it then is taken for. */
bool job_say_is_news(const struct job *job, const char *option, enum rule rule);

/* An error, a warning or a note about an option, unless there was one. Returns whether it is given.
 */
bool job_say(job_report *how, const struct job *job, struct diag *diag, const char *option,
	enum rule rule, const char *format, ...) __attribute__((format(printf, 6, 7)));

#endif

/* SPDX-License-Identifier: MIT */
/* Limits that users set for gates: --threshold and the assert option of a job. */
#ifndef CHECK_LIMIT_H
#define CHECK_LIMIT_H

#include <stddef.h>

#include "base/arena.h"
#include "base/diag.h"
#include "check/baseline.h"
#include "job/job_types.h"
#include "verdict/outcome.h"
#include "verdict/trial_values.h"

/*
 * How much worse a gate lets its figure get: "read.iops=3%", "randread.read.lat.p99=12.5%". 0, or
 * -EINVAL, reported.
 */
int limit_parse_threshold(const char *text, struct baseline_threshold *threshold,
	struct arena *arena, struct diag *diag);

/* Whether a threshold's name is the gate's, with or without the contender. */
bool limit_names_gate(const char *threshold, const char *contender, const char *metric);

/* assert=read.iops>=500k,read.lat.p99<=200us */
struct assertion {
	const char *contender; /* the job that it is about */
	enum trial_value metric;
	enum gate_relation relation;
	double limit; /* in the metric's unit */
};

/*
 * Resolves those of one job, already parsed; a metric that does not exist is reported at `place`.
 * Returns 0 or -EINVAL; `assertions` has room for all.
 */
int limit_resolve_assertions(const struct job_assertions *parsed, const char *contender,
	const struct place *place, struct assertion *assertions, struct diag *diag);

#endif

/* SPDX-License-Identifier: MIT */
/* Limits that a job file sets: assert=read.iops>=500k, read.lat.p99<=200us. */
#ifndef CHECK_ASSERTION_H
#define CHECK_ASSERTION_H

#include <stddef.h>

#include "base/arena.h"
#include "base/diag.h"
#include "job/job_types.h"
#include "verdict/gate.h"
#include "verdict/trial_values.h"

struct assertion {
	const char *arm; /* the job that it is about */
	enum trial_value metric;
	enum gate_relation relation;
	double limit; /* in the metric's unit */
};

/*
 * Of one job, already parsed; a metric that does not exist is reported at `place`. Returns 0 or
 * -EINVAL; `assertions` has room for all.
 */
int assertion_resolve(const struct job_assertions *parsed, const char *arm,
	const struct place *place, struct assertion *assertions, struct diag *diag);

#endif

/* SPDX-License-Identifier: MIT */
/* The job option `assert`: limits that `ringside check` holds the job's figures to. */
#ifndef JOB_JOB_ASSERT_H
#define JOB_JOB_ASSERT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "option/option.h"

struct job_assertion {
	const char *metric; /* "read.iops": whether there is such a metric is not known here */
	const char *value;  /* as written: "500k" */
	bool is_at_least;   /* >=, else <= */
	double limit;       /* in the metric's unit: /s, B/s, ns, or none */
};

struct job_assertions { /* count 0: none */
	size_t count;
	struct job_assertion *items;
};

/*
 * "read.iops>=500k, read.lat.p99<=200us": k, M, G of rates are powers of 1000 (as results print
 * them), of bandwidths powers of 1024; latencies and times need a unit. `field` is a struct
 * job_assertions.
 */
int job_assert_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem);
const char *job_assert_print(const void *field, struct arena *arena);

#endif

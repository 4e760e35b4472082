/* SPDX-License-Identifier: MIT */
/* Part of job.h, plain data: options that end a job, or set its depth, by what it measures. */
#ifndef JOB_JOB_GOAL_TYPES_H
#define JOB_JOB_GOAL_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/io_op.h"
#include "measure/steady.h"

struct job_steady { /* steadystate */
	struct steady_limit limit;
	uint64_t duration_ns; /* 0: nothing is judged */
	uint64_t ramp_time_ns;
	uint64_t check_interval_ns;
};

struct job_latency {        /* latency_target, latency_window, ...; max_latency */
	uint64_t target_ns; /* 0: the depth is iodepth */
	uint64_t window_ns;
	double percentile;
	bool runs_on;                          /* latency_run: the depth goes on changing */
	uint64_t max_ns[DATA_DIRECTION_COUNT]; /* 0: none */
};

/* assert: limits that `ringside check` holds the job's figures to. */
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

#endif

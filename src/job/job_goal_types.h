/* SPDX-License-Identifier: MIT */
/* Part of job.h, plain data: options that end a job, or set its depth, by what it measures. */
#ifndef JOB_JOB_GOAL_TYPES_H
#define JOB_JOB_GOAL_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include "measure/steady.h"

struct job_steady { /* steadystate */
	struct steady_limit limit;
	uint64_t duration_ns; /* 0: nothing is judged */
	uint64_t ramp_time_ns;
	uint64_t check_interval_ns;
};

#endif

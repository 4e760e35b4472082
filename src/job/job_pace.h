/* SPDX-License-Identifier: MIT */
/* Part of job.h, plain data: what holds a job's I/Os back, but for the rates themselves. */
#ifndef JOB_JOB_PACE_H
#define JOB_JOB_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "job/job_types.h"

enum job_think_type { THINK_COMPLETE, THINK_ISSUE };
enum job_submit_mode { SUBMIT_INLINE, SUBMIT_OFFLOAD };

struct job_think {          /* thinktime */
	uint64_t time_ns;   /* 0: no pauses */
	uint64_t spin_ns;   /* of it, spent awake */
	uint64_t iotime_ns; /* I/O between two pauses; 0: blocks count */
	uint64_t cycles;    /* of the time stamp counter, after each I/O */
	uint32_t blocks;    /* I/Os between two pauses */
	int blocks_type;    /* enum job_think_type */
	bool rate_ignores;  /* rate_ignore_thinktime: the rate has no pauses to make up for */
};

struct job_floor {               /* rate_min: below it the job fails */
	struct job_triple bytes; /* a second */
	struct job_triple ios;
	uint64_t cycle_ns; /* judged over so long */
};

struct job_flow {
	uint32_t weight; /* 0: in none */
	uint32_t id;
	uint64_t sleep_ns;
};

struct job_pace {
	struct job_think think;
	struct job_floor floor;
	struct job_flow flow;
	int submit_mode; /* enum job_submit_mode */
};

#endif

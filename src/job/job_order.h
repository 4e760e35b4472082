/* SPDX-License-Identifier: MIT */
/* Part of job.h, plain data: what happens before, after and in place of a job's I/O. */
#ifndef JOB_JOB_ORDER_H
#define JOB_JOB_ORDER_H

#include <stdbool.h>

struct job_order {
	bool create_only; /* files are laid out; no I/O */
};

#endif

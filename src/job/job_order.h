/* SPDX-License-Identifier: MIT */
/* Part of job.h, plain data: how a job hangs together with others, and what replaces its I/O. */
#ifndef JOB_JOB_ORDER_H
#define JOB_JOB_ORDER_H

#include <stdbool.h>

#include "job/job_types.h"

struct job_order {
	struct job_range startdelay; /* ns; each clone draws one of them */
	const char *wait_for;        /* name of a job before it; or NULL */
	const char *contender;       /* in sessions, of all sections of that name; or NULL */
	const char *exec_prerun;     /* commands, or NULL */
	const char *exec_postrun;
	bool create_only; /* files are laid out; no I/O */
	bool exitall;     /* of one job, it holds for the end of any; as in fio */
	bool exitall_on_error;
	int exit_what; /* enum job_exit */
};

#endif

/* SPDX-License-Identifier: MIT */
/* Job sets out of memory: for tests and fuzzing. Everybody else calls job_set_read of job.h. */
#ifndef JOB_JOB_SET_H
#define JOB_JOB_SET_H

#include "job/job.h"
#include "job/job_file.h"

/*
 * As job_set_read for one file of the name `name`, which holds `text`; `load` reads what it
 * includes. request->files is not looked at.
 */
int job_set_read_text(struct job_set *set, const char *name, const char *text, size_t length,
	job_file_load *load, const struct job_request *request, struct diag *diag);

#endif

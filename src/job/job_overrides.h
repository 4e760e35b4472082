/* SPDX-License-Identifier: MIT */
/* Options that hold whatever a job's section says: what makes another contender of a job. */
#ifndef JOB_JOB_OVERRIDES_H
#define JOB_JOB_OVERRIDES_H

#include "job/job.h"
#include "job/job_file.h"

/* Appends request->overrides to every job section; before the sections are examined. */
void job_overrides_add(
	struct job_sections *sections, const struct job_request *request, struct arena *arena);

/*
 * What an override replaces and would otherwise only add to (filename) is left out. So are, where
 * it names another engine, options that belonged to the one in the section and that the new one
 * has not, as if they were not written: no error. After the sections were examined.
 */
void job_overrides_drop(struct job_sections *sections, const struct job_request *request);

#endif

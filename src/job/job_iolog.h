/* SPDX-License-Identifier: MIT */
/*
 * The logs that a job replays, and what they make of it: they decide what is done to which files,
 * in place of rw, bs and size.
 */
#ifndef JOB_JOB_IOLOG_H
#define JOB_JOB_IOLOG_H

#include "job/job.h"

/* Logs that were read, each once, for all jobs of a set; the set's to close. */
struct job_iologs {
	struct job_iolog *first;
};

/*
 * Reads the logs of a job that is bound, where it has any: its directions and, of a blktrace file,
 * its depth follow from them. Every problem is reported. Regular files and pipes are opened and
 * read to their end.
 */
void job_iolog_load(
	struct job *job, struct job_iologs *logs, struct arena *arena, struct diag *diag);
void job_iolog_close(struct job_iologs *logs);

/* After job_resolve: sizes and amounts are the logs'. Notes say which options have no effect. */
void job_iolog_resolve(struct job *job, struct arena *arena, struct diag *diag);

/* Reports what does not go together. */
void job_iolog_check(const struct job *job, struct diag *diag);

/* The log of a clone: its own directions and sizes. */
void job_iolog_assign(struct job *clone, struct arena *arena);

/* The files that its log names. */
struct job_texts job_iolog_files(const struct job *clone, struct arena *arena);

#endif

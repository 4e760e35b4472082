/* SPDX-License-Identifier: MIT */
/* All jobs of a run, read from job files and command-line options. */
#ifndef JOB_JOB_SET_H
#define JOB_JOB_SET_H

#include "job/job_iolog.h"

/* fio's (FIO_RANDSEED): what random numbers start from where nothing else is asked for. */
#define JOB_DEFAULT_SEED 0x89u

struct job_set {
	struct arena arena;
	size_t count;
	struct job *jobs;               /* clones expanded, in the order they were written */
	uint64_t seed;                  /* of the whole run */
	struct job_ranks ranks;         /* as in the request */
	struct job_variables variables; /* that the files took out of the environment */
	struct job_iologs logs;         /* of read_iolog */
};

/*
 * Reads, resolves and checks. Every problem goes to diag; returns 0, or -EINVAL when there was
 * an error (nothing has been written; opened were the logs of read_iolog only, to be read). The set
 * is freed by job_set_free either way.
 *
 * Command-line options with files act as a [global] before the files, as in fio; without files
 * they make a job, and another after each further --name.
 */
int job_set_read(struct job_set *set, const struct job_request *request, struct diag *diag);
void job_set_free(struct job_set *set);

/*
 * As job_set_read for one file of the name `name`, which holds `text`; `load` reads what it
 * includes. request->files is not looked at, and logs of read_iolog are not read. For tests and
 * fuzzing.
 */
int job_set_read_text(struct job_set *set, const char *name, const char *text, size_t length,
	job_file_load *load, const struct job_request *request, struct diag *diag);

#endif

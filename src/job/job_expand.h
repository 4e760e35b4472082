/* SPDX-License-Identifier: MIT */
/*
 * From jobs as they are written to jobs as they run: numjobs clones of each, with their file
 * names, seeds, reporting groups and waves.
 */
#ifndef JOB_JOB_EXPAND_H
#define JOB_JOB_EXPAND_H

#include "job/job.h"

/* fio's (FIO_RANDSEED): what random numbers start from where nobody says otherwise. */
#define JOB_DEFAULT_SEED 0x89u

/*
 * Fills set->jobs, count and seed from `count` bound and checked jobs; `is_walled[i]` has job i
 * wait for those before it, as the first one of a further file does. Looks at section names that
 * may be devices (stat only). Errors go to diag: too many clones or files.
 */
void job_expand(struct job_set *set, const struct job *jobs, const bool *is_walled, size_t count,
	struct diag *diag);

#endif

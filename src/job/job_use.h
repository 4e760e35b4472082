/* SPDX-License-Identifier: MIT */
/* How a job uses its files (job_access.h): what is implied, and what cannot be run. */
#ifndef JOB_JOB_USE_H
#define JOB_JOB_USE_H

#include "base/arena.h"
#include "base/diag.h"
#include "job/job.h"

/* Once block sizes are resolved, before the map is. */
void job_use_resolve(struct job *job, struct arena *arena, struct diag *diag);
void job_use_check(const struct job *job, struct diag *diag);

/*
 * Adds the files and block devices of opendir's folder, and of those in it, to `names`, in the
 * order of their names. 0 or -errno, reported; -ENOENT where there are none.
 */
int job_use_add_folder(
	const struct job *job, struct job_texts *names, struct arena *arena, struct diag *diag);

/* trimwrite in order, with blocks of two sizes: each goes its own way, as in fio. */
bool job_use_writes_apart(const struct job *job);

/* A buffer has room for it: the largest read or write; 1 for a job that only trims. */
uint64_t job_use_buffer_bytes(const struct job *job);

/* fill_device without size: the region has no end, and whatever fits is written. */
bool job_use_fills(const struct job *job);

/* The advice for posix_fadvise(2), or -1: none. */
int job_use_advice(const struct job *job);

#endif

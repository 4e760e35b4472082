/* SPDX-License-Identifier: MIT */
/* The targets of every job of a run, looked at and guarded, and their regions resolved to bytes.
 * Nothing is opened for writing or created; all problems are reported, not the first only. */
#ifndef RUN_PLAN_H
#define RUN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "engine/target.h"
#include "job/job_set.h"
#include "run/planned_job.h"

enum { PLAN_BUFFER_ALIGN = 4096 }; /* of the workers' buffers */

struct plan {
	struct arena arena;
	size_t count;
	struct planned_job *jobs;  /* as in the job set */
	size_t failed_job;         /* after plan_lay_out failed: whose file it was, */
	const char *failure;       /* and why, in words; NULL: it did not fail */
	struct target_guard guard; /* of the targets, until workers have them */
};

struct plan_request {
	const struct job_set *set;
	struct write_guard allowed;
};

/* 0, or -EINVAL, reported: nothing may be run then. */
int plan_make(struct plan *plan, const struct plan_request *request, struct diag *diag);
void plan_free(struct plan *plan);

/*
 * 0, or -EINVAL, reported, when the buffers and maps of what runs at once are more than
 * `available_bytes`: they are filled before the start, and the kernel would not refuse them but
 * kill some program to make room.
 */
int plan_check_memory(const struct plan *plan, uint64_t available_bytes, struct diag *diag);

/*
 * Lays out the files (create, extend with real data, fsync), or looks for holes where they stay as
 * they are. `on_progress` as target_layout's. 0 or -errno, reported; -EINTR when that stopped it.
 */
int plan_lay_out(struct plan *plan, struct diag *diag,
	bool (*on_progress)(void *, const char *, uint64_t, uint64_t), void *context);

/*
 * The write guard's answers about all targets of these jobs, which are not planned here: 0, or
 * -EINVAL, reported, when one may not be written, or is a node that may not even be opened. Other
 * problems of the jobs are not looked for.
 */
int plan_guard_jobs(
	const struct job *jobs, size_t count, const struct write_guard *allowed, struct diag *diag);

unsigned plan_depth(const struct job *job); /* iodepth as the engine takes it */

/* Whether the run may make this file longer or fill its holes: not one that was there and is only
 * read, unless overwrite=1 was set. */
bool plan_may_change(const struct planned_job *planned, unsigned index);

/* Fills the region of a target that has been looked at: its place and its pattern. A destination's
 * is its source's, which is resolved before. 0, or -EINVAL, reported. */
int plan_region(struct plan *plan, struct planned_job *planned, unsigned index, struct diag *diag);

void plan_amount(struct planned_job *planned); /* of a pass, once all regions are known */

#endif

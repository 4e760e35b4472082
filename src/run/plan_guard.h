/* SPDX-License-Identifier: MIT */
/* The write guard's answers about the targets of jobs, for a plan and for a comparison. */
#ifndef RUN_PLAN_GUARD_H
#define RUN_PLAN_GUARD_H

#include "run/plan.h"

/* 0, or -EINVAL, reported. A file that is only read is asked about too: a layout would write it. */
int plan_guard_target(
	struct plan *plan, struct planned_job *planned, unsigned index, struct diag *diag);

/*
 * The same for all targets of these jobs, which are not planned here: 0, or -EINVAL, reported, when
 * one may not be written, or is a node that may not even be opened. Other problems of the jobs are
 * not looked for.
 */
int plan_guard_jobs(
	const struct job *jobs, size_t count, const struct write_guard *allowed, struct diag *diag);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The contenders of a comparison. A contender is a job, or jobs that run together; contenders in
 * one table are a point. In job files, each section is a contender, but sections of one contender=
 * are one; or each file is. With engines or a ladder, variants of each are, and each is a point.
 * Values to vary are crossed with all that: a point for each.
 */
#ifndef SESSION_CONTENDER_H
#define SESSION_CONTENDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/diag.h"
#include "host/write_guard.h"
#include "job/job_set.h"

struct contender_setup {
	const char *name;                  /* unique in its point */
	const char *program;               /* the ringside that runs its trials; NULL: this one */
	const struct job *job;             /* its first clone; NULL: it is refused */
	const struct job *const *together; /* first clones of more jobs that run with it */
	size_t together_count;
	const char *refusal;   /* why, in words */
	bool is_optional;      /* part of a preset, not named: it may be refused */
	const char *reference; /* its own, by name; NULL: the point's, or none */
};

/* All its jobs (their first clones); 0 and none where it is refused. */
size_t contender_job_count(const struct contender_setup *setup);
const struct job *contender_job(const struct contender_setup *setup, size_t index);

bool contender_writes(const struct contender_setup *setup); /* one of its jobs does */

struct contender_point {
	const char *name; /* "bs=4k iodepth=8", "randread iodepth=8"; "" when there is one only */
	size_t count;
	struct contender_setup *contenders;
	size_t reference; /* index into contenders; SIZE_MAX: whichever is the first to run */
	bool has_own_references; /* contenders name theirs, or have none: the point's is for the
				    control alone */
};

struct contender_plan {
	struct arena arena;
	size_t set_count;
	struct job_set *sets;
	size_t point_count;
	struct contender_point *points;
};

struct contender_request {
	struct job_request job;
	/*
	 * "psync,io_uring+fixedbufs+iodepth=8", or "all": every engine, and io_uring with fixed
	 * buffers and files and with SQPOLL. NULL: the sections.
	 */
	const char *engines;
	const char *const *groups; /* job files: each is a contender, its sections run together */
	size_t group_count;
	bool is_ladder;          /* io_uring, one thing more at each step */
	const char *const *vary; /* "iodepth=1,8": "\," is a comma in a value */
	size_t vary_count;
	const char *reference; /* name; NULL: the first that runs */
	const char *program;   /* of all contenders; NULL: this ringside */
	bool is_repeated;      /* the same jobs were read before: warnings were said then */
};

/*
 * Reads the jobs of every contender. 0, or -EINVAL with everything said to diag: a job that is
 * wrong, or that no contender can run with one of the values to vary; a contender that was asked
 * for and cannot be; a reference that is none of them.
 */
int contender_plan_make(
	struct contender_plan *plan, const struct contender_request *request, struct diag *diag);
/*
 * Asks the write guard about everything that the jobs would write, before the first trial does. 0,
 * or -EINVAL, reported.
 */
int contender_plan_guard(
	const struct contender_plan *plan, const struct write_guard *allowed, struct diag *diag);

void contender_plan_free(struct contender_plan *plan);

/*
 * The command line that makes this plan again: the arguments, and before them, as in a shell, what
 * the job files took out of the environment. Variables are copied into the arena, arguments not.
 */
const char **contender_command(const struct contender_plan *plan, const char *const *arguments,
	size_t argument_count, struct arena *arena, size_t *count);

#endif

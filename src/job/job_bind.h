/* SPDX-License-Identifier: MIT */
/*
 * From entries to a typed job. Entries are examined once, where they stand, so that a problem in
 * [global] is reported once and not for each job; then they are applied, in the order defaults,
 * [global]s, section. Which engine a job has is known before its options are looked at, wherever
 * in the file ioengine stands.
 */
#ifndef JOB_JOB_BIND_H
#define JOB_JOB_BIND_H

#include "job/job.h"

struct job_recipe;

struct job_binder {
	struct arena *arena;
	struct diag *diag;
	struct job *scratch;  /* where values are tried */
	struct job *defaults; /* what every job begins with */
	/* Defaults and [global]s of `recipe`, which jobs one after the other have in common. */
	struct job *common;
	const struct job_recipe *recipe;
	bool is_common_decimal;
	/* Of a job, and of `common`: the last entry that set each option of a table; or NULL. */
	struct job_entry **set, **common_set;
	size_t option_count;
	struct job_variables used;
	struct job_ranks ranks;
	bool has_warned_of_units;
	bool is_decimal; /* kb_base=1000, of the [global]s so far */
};

/* The sections that make a job: [global]s that hold for it, in their order, and its own. */
struct job_recipe {
	struct job_section *const *globals; /* others of the file may have the same array */
	size_t global_count;
	struct job_section *section;
	bool is_walled; /* first of a further file: waits for the jobs before it */
};

void job_binder_init(struct job_binder *binder, struct arena *arena, struct diag *diag);

/* Expands and tries the entries of a section, and reports. Once for each section. */
void job_bind_examine(struct job_binder *binder, struct job_section *section);

/* Makes the job out of examined sections. Bad values are reported and left at their defaults. */
void job_bind(struct job_binder *binder, const struct job_recipe *recipe, struct job *job);

/* io_submit_mode=offload: an engine that does one I/O at a time gives way to one with threads. */
void job_bind_offload(struct job_binder *binder, struct job *job);

/* Reports options of a [global] that belong to engines which no job has. After the last bind. */
void job_bind_report_unused(struct job_binder *binder, const struct job_section *global);

size_t job_count_options(const struct option_table *table); /* NULL: 0 */

/* "io_uring, pvsync2": the engines that `has` says yes of; it may be NULL. NULL: there is none. */
typedef bool job_engine_has(const struct engine_class *engine, const void *what);
const char *job_list_engines(job_engine_has *has, const void *what, struct arena *arena);

/*
 * job_rules.c: rules across options, for a job that is bound and not expanded yet. Rules that
 * depend on the target (its size, its alignment) are checked by the run. A message about an entry
 * of [global] is given once, not for each job.
 */

/*
 * Makes values effective that depend on others, as fio does: block sizes, batches, the random map.
 * Never fails; notes and warnings say what it changed.
 */
void job_resolve(struct job *job, struct arena *arena, struct diag *diag);

/* Reports what cannot be run. */
void job_check(const struct job *job, struct diag *diag);

/*
 * job_variables.c: text that is replaced in a value: ${VAR} and ${VAR:-default} out of the
 * environment, and fio's keywords $ncpus, $pagesize and $mb_memory, and $rank, $ranks and
 * $hostname of a run on many hosts, with which numbers may be computed ("numjobs=$ncpus/2",
 * "size=2*$mb_memory*1048576").
 */

/*
 * The value with its variables replaced, those that are set added to *used; a default may hold
 * variables itself. A variable's value is not expanded again. NULL with *problem filled
 * where a variable is not set and has no default (fio puts nothing in its place), or is not written
 * as one.
 */
const char *job_variables_expand(const char *value, struct job_variables *used, struct arena *arena,
	struct option_problem *problem);

/*
 * The value with keywords replaced. Where one was, and the option takes a number, what is left is
 * computed: whole numbers, + - * / % and parentheses. NULL with *problem filled where that fails.
 * Names of targets keep $rank, $ranks and $hostname until a clone's names are made: with reorder
 * they are another rank's.
 */
const char *job_keywords_expand(const struct option *option, const char *value,
	const struct job_ranks *ranks, struct arena *arena, struct option_problem *problem);

/*
 * Computes `text`, all of it; division drops the remainder. Returns 0, or -EINVAL with *problem
 * in words that follow the expression: "cannot be computed", "is too large".
 */
int job_arithmetic(const char *text, int64_t *result, const char **problem);

#endif

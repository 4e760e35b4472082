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
#include "job/job_variables.h"

struct job_binder {
	struct arena *arena;
	struct diag *diag;
	struct job *scratch; /* where values are tried */
	struct job_variables used;
	bool has_warned_of_units;
};

/* The sections that make a job: [global]s that hold for it, in their order, and its own. */
struct job_recipe {
	struct job_section **globals;
	size_t global_count;
	struct job_section *section;
	bool is_walled; /* first of a further file: waits for the jobs before it */
};

void job_binder_init(struct job_binder *binder, struct arena *arena, struct diag *diag);

/* Expands and tries the entries of a section, and reports. Once for each section. */
void job_bind_examine(struct job_binder *binder, struct job_section *section);

/* Makes the job out of examined sections. Bad values are reported and left at their defaults. */
void job_bind(struct job_binder *binder, const struct job_recipe *recipe, struct job *job);

/* Reports options of a [global] that belong to engines which no job has. After the last bind. */
void job_bind_report_unused(struct job_binder *binder, const struct job_section *global);

size_t job_count_options(const struct option_table *table); /* NULL: 0 */

/* "io_uring, pvsync2": the engines that `has` says yes of; it may be NULL. NULL: there is none. */
typedef bool job_engine_has(const struct engine_class *engine, const void *what);
const char *job_list_engines(job_engine_has *has, const void *what, struct arena *arena);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * THE table: every option of a job, under fio's name and with fio's default. It gives the key in
 * job files, the flag on the command line, `help`, the man page and the JSON schema. Its rows stand
 * in job_options_*.c; options that fio has and ringside has not, in job_unsupported.c.
 */
#include <assert.h>

#include "job/job_option_rows.h"

static const struct option *const parts[] = {
	job_options_workload,
	job_options_zone,
	job_options_echo,
	job_options_job,
	job_options_host,
	job_options_time,
	job_options_pace,
	job_options_measure,
	job_options_replay,
	job_options_verify,
	NULL,
};

enum { OPTION_LIMIT = 512 };

/* All rows, one after the other: others have arrays beside it, with an element for each. */
static struct option joined[OPTION_LIMIT];
static struct option_index names;
const struct option_table job_option_table = {.options = joined,
	.struct_bytes = sizeof(struct job),
	.index = &names,
	.part = offsetof(struct job, rare),
	.part_bytes = sizeof(struct job_rare)};

__attribute__((constructor)) static void join_parts(void)
{
	size_t count = 0;

	for (const struct option *const *part = parts; *part; part++)
		for (const struct option *row = *part; row->name; row++) {
			assert(count + 1 < OPTION_LIMIT);
			joined[count++] = *row;
		}
	option_index_fill(&names, joined);
}

/* SPDX-License-Identifier: MIT */
/* What follows from a job's rank (job_part.h): its names, and whose data it reads. */
#ifndef JOB_JOB_RANKS_H
#define JOB_JOB_RANKS_H

#include "base/diag.h"
#include "job/job_part.h"
#include "option/option.h"

struct job;
struct job_entry;

static inline bool job_ranks_are_several(const struct job_ranks *ranks)
{
	return ranks->count > 1;
}

/* Whether they are on more than one host. */
bool job_ranks_have_hosts(const struct job_ranks *ranks);

/* The ranks of one host: how many, and the place of `rank` among those of its own. */
struct job_ranks_group {
	uint32_t index, count;
};
struct job_ranks_group job_ranks_on_host(const struct job_ranks *ranks, uint32_t rank);

/*
 * Whose data `rank` reads with reorder=`distance`: as IOR's -C, those of a rank that is so many
 * hosts further, so that no page cache has them; on a single host, of one so many ranks further.
 * Each rank's data are read by exactly one.
 */
uint32_t job_ranks_reordered(const struct job_ranks *ranks, uint32_t rank, uint32_t distance);

/* What a name is made of: whether each rank has another, each host, or all have the same. */
enum job_name_scope { NAME_OF_ALL, NAME_OF_HOST, NAME_OF_RANK };
enum job_name_scope job_ranks_scope(const char *name);

/* Whether the option names targets: then its words are replaced when a clone's names are made. */
bool job_ranks_name_targets(const struct option *option);

/* The first other option whose value is each rank's or each host's own; NULL: there is none. */
const struct job_entry *job_ranks_own_value(const struct job *job);

/* $rank, $ranks and $hostname replaced, as those of `rank`. */
const char *job_ranks_expand(
	const struct job_ranks *ranks, uint32_t rank, const char *text, struct arena *arena);

/*
 * "R/N", and after a colon the hosts of ranks 0 to N-1 in their order, "a*4,b*4" for four of each:
 * of --rank, by which a process is told who it is. For the table of options.
 */
int job_ranks_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem);
const char *job_ranks_print(const void *field, struct arena *arena);

/* What a job asks for that no number of ranks can do. */
void job_ranks_check(const struct job *job, struct diag *diag);

#endif

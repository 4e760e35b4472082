/* SPDX-License-Identifier: MIT */
/* bs, bsrange, bssplit and blockalign: their texts, and what the three together mean. */
#ifndef JOB_JOB_BLOCK_SIZES_H
#define JOB_JOB_BLOCK_SIZES_H

#include "job/job.h"

/* The kernel moves no more in one call: MAX_RW_COUNT, include/linux/fs.h, with 4 KiB pages. */
#define JOB_BLOCK_BYTES_LIMIT 0x7ffff000u

/* struct job_triple of bytes: "8k", "8k,32k,". */
int job_sizes_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem);
const char *job_sizes_print(const void *field, struct arena *arena);

/* struct job_ranges: "1k-4k,2k:8k". */
int job_bsrange_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem);
const char *job_bsrange_print(const void *field, struct arena *arena);

/*
 * struct job_splits: "4k/60:64k/40". Sizes without a percentage share what is left; more than 100
 * is an error, less too where no size could take the rest.
 */
int job_bssplit_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem);
const char *job_bssplit_print(const void *field, struct arena *arena);

/* given.bs, bsrange and bssplit to block_sizes. */
void job_block_sizes_resolve(struct job *job);

#endif

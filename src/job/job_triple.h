/* SPDX-License-Identifier: MIT */
/*
 * fio's lists "read,write,trim" (bs=8k,32k). An empty item leaves its direction as it was; a last
 * item that no comma follows holds for the directions after it too.
 */
#ifndef JOB_JOB_TRIPLE_H
#define JOB_JOB_TRIPLE_H

#include <stddef.h>

#include "job/job.h"
#include "job/job_values.h"

/* The kernel moves no more in one call: MAX_RW_COUNT, include/linux/fs.h, with 4 KiB pages. */
#define JOB_BLOCK_BYTES_LIMIT 0x7ffff000u

/*
 * Reads a list into items[DATA_DIRECTION_COUNT], each `item_bytes` large. `parse` reads one item;
 * its problem's offsets count from the item's start. 0 or -EINVAL.
 */
int job_triple_parse(const char *value, void *items, size_t item_bytes, job_parse *parse,
	struct arena *arena, struct option_problem *problem);

/*
 * The list as text that reads back; NULL when nothing is set. One item when all are equal.
 * `print` gives the text of one item; NULL when it is unset.
 */
const char *job_triple_print(
	const void *items, size_t item_bytes, job_print_value *print, struct arena *arena);

/* Lists of "thing/percent" that bssplit and zoned distributions are: "4k/60:64k/40". */

/* "first/second", not looked into. `second` is "" where there is none. */
struct job_pair {
	const char *first;
	const char *second;
	size_t at; /* of the pair in the list */
	size_t length;
};

/* Splits at ":"; an empty pair at the end, as in "50/5:50/", is none. Returns their number. */
size_t job_pairs_split(const char *text, struct arena *arena, struct job_pair **pairs);

/* A percentage, with or without "%"; "" is a missing one, -1. 0 or -EINVAL, offsets from `text`. */
int job_percent_parse(const char *text, double *percent, struct option_problem *problem);

enum job_share_rule {
	SHARES_MAKE_100, /* what is given must add up to 100 where nothing is missing */
	SHARES_AT_MOST_100,
};

/*
 * Gives missing percentages (-1) equal parts of what is left of 100. Sums that three thirds of 33
 * make are taken for 100. 0 or -EINVAL with *problem.
 */
int job_shares_fill(double *percents, size_t count, enum job_share_rule rule, struct arena *arena,
	struct option_problem *problem);

/* given.bs, bsrange and bssplit to block_sizes. */
void job_block_sizes_resolve(struct job *job);

#endif

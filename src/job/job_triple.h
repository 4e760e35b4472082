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

/* given.bs, bsrange and bssplit to block_sizes. */
void job_block_sizes_resolve(struct job *job);

#endif

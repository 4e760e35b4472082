/* SPDX-License-Identifier: MIT */
/*
 * fio's lists "read,write,trim" (bs=8k,32k). An empty item leaves its direction as it was; a last
 * item that no comma follows holds for the directions after it too.
 */
#ifndef JOB_JOB_TRIPLE_H
#define JOB_JOB_TRIPLE_H

#include <stddef.h>

#include "base/arena.h"
#include "option/option.h"

/* One item to its place. 0 or -EINVAL with *problem, offsets counted from the item's start. */
typedef int job_parse_item(
	const char *text, void *item, struct arena *arena, struct option_problem *problem);

/* Reads a list into items[DATA_DIRECTION_COUNT], each `item_bytes` large. 0 or -EINVAL. */
int job_triple_parse(const char *value, void *items, size_t item_bytes, job_parse_item *parse,
	struct arena *arena, struct option_problem *problem);

/* The text of one item; NULL when it is unset. */
typedef const char *job_print_item(const void *item, struct arena *arena);

/* The list as text that reads back; NULL when nothing is set. One item when all are equal. */
const char *job_triple_print(
	const void *items, size_t item_bytes, job_print_item *print, struct arena *arena);

/* Fills *problem; returns -EINVAL. `at` and `length` as in option.h. */
int job_refuse(struct option_problem *problem, const char *what, const char *hint, size_t at,
	size_t length);

#endif

/* SPDX-License-Identifier: MIT */
/* Lists of "thing/percent" that fio's bssplit and zoned distributions are: "4k/60:64k/40". */
#ifndef JOB_JOB_SHARES_H
#define JOB_JOB_SHARES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "option/option.h"

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

/* "33.3", as short as reads back. */
const char *job_percent_print(double percent, struct arena *arena);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * random_distribution: "random", "zipf:1.2[:center]", "pareto:0.2[:center]", "normal:20[:center]",
 * "zoned:60/10:40/90", "zoned_abs:60/20g:40/100g". Binds to struct distribution.
 */
#ifndef JOB_JOB_DISTRIBUTION_H
#define JOB_JOB_DISTRIBUTION_H

#include "base/arena.h"
#include "option/option.h"

int job_distribution_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem);
const char *job_distribution_print(const void *field, struct arena *arena);

#endif

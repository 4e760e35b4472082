/* SPDX-License-Identifier: MIT */
/*
 * Text that is replaced in a value: ${VAR} and ${VAR:-default} out of the environment,
 * and fio's keywords $ncpus, $pagesize and $mb_memory, with which numbers may be computed
 * ("numjobs=$ncpus/2", "size=2*$mb_memory*1048576").
 */
#ifndef JOB_JOB_VARIABLES_H
#define JOB_JOB_VARIABLES_H

#include <stdint.h>

#include "base/arena.h"
#include "job/job_types.h"
#include "option/option.h"

/*
 * The value with its variables replaced, those that are set added to *used; a default may hold
 * variables itself. A variable's value is not expanded again. NULL with *problem filled
 * where a variable is not set and has no default (fio puts nothing in its place), or is not written
 * as one.
 */
const char *job_variables_expand(const char *value, struct job_variables *used, struct arena *arena,
	struct option_problem *problem);

/*
 * The value with fio's keywords replaced. Where one was, and the option takes a number, what is
 * left is computed: whole numbers, + - * / % and parentheses. NULL with *problem filled where
 * that fails.
 */
const char *job_keywords_expand(const struct option *option, const char *value, struct arena *arena,
	struct option_problem *problem);

/*
 * Computes `text`, all of it; division drops the remainder. Returns 0, or -EINVAL with *problem
 * in words that follow the expression: "cannot be computed", "is too large".
 */
int job_arithmetic(const char *text, int64_t *result, const char **problem);

#endif

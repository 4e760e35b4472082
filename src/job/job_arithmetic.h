/* SPDX-License-Identifier: MIT */
/* Whole numbers with + - * / % and parentheses, for values such as "8*$mb_memory". */
#ifndef JOB_JOB_ARITHMETIC_H
#define JOB_JOB_ARITHMETIC_H

#include <stdint.h>

/*
 * Computes `text`, all of it; division drops the remainder. Returns 0, or -EINVAL with *problem
 * in words that follow the expression: "cannot be computed", "is too large".
 */
int job_arithmetic(const char *text, int64_t *result, const char **problem);

#endif

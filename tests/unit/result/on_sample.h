/* SPDX-License-Identifier: MIT */
/* The result of sample.h for each test of a program. After cmocka.h. */
#ifndef TESTS_UNIT_RESULT_ON_SAMPLE_H
#define TESTS_UNIT_RESULT_ON_SAMPLE_H

#include "unit/result/sample.h"

static struct result result;

static inline int open_sample(void **state)
{
	(void)state;
	sample_result(&result);
	return 0;
}

static inline int close_sample(void **state)
{
	(void)state;
	result_free(&result);
	return 0;
}

#endif

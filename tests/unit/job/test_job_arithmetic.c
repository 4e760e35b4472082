/* SPDX-License-Identifier: MIT */
/* job_arithmetic.c: precedence, limits, and what cannot be computed. */
#include <errno.h>
#include <string.h>

#include "job/job_arithmetic.h"
#include "test.h"

TEST(expressions_are_computed)
{
	static const struct {
		const char *text;
		int64_t result;
	} good[] = {
		{"7", 7},
		{"2+3*4", 14},
		{"(2+3)*4", 20},
		{"2*3+4", 10},
		{"10-3-2", 5},
		{"100/10/5", 2},
		{"7/2", 3},
		{"7%4*2", 6},
		{" 8 * 16 ", 128},
		{"((1))", 1},
		{"2-5", -3},
		{"9223372036854775807", INT64_MAX},
	};
	const char *problem;
	int64_t result;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(job_arithmetic(good[i].text, &result, &problem), 0);
		assert_int_equal(result, good[i].result);
	}
}

TEST(others_are_refused)
{
	static const struct {
		const char *text;
		const char *problem;
	} bad[] = {
		{"", "cannot be computed"},
		{"+", "cannot be computed"},
		{"1+", "cannot be computed"},
		{"(1", "cannot be computed"},
		{"1)", "cannot be computed"},
		{"1 2", "cannot be computed"},
		{"2*x", "cannot be computed"},
		{"1/0", "divides by zero"},
		{"5%(3-3)", "divides by zero"},
		{"9223372036854775808", "is too large"},
		{"9223372036854775807+1", "is too large"},
		{"9223372036854775807*2", "is too large"},
		{"(0-9223372036854775807-1)/(0-1)", "is too large"},
	};
	const char *problem;
	char nested[200];
	int64_t result;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(job_arithmetic(bad[i].text, &result, &problem), -EINVAL);
		assert_string_equal(problem, bad[i].problem);
	}
	memset(nested, '(', sizeof(nested) - 1);
	nested[sizeof(nested) - 1] = '\0';
	assert_int_equal(job_arithmetic(nested, &result, &problem), -EINVAL);
	assert_string_equal(problem, "is nested too deep");
}

TEST_MAIN(NULL, NULL);

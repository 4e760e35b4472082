/* SPDX-License-Identifier: MIT */
/* cmocka compares floats only as floats; these are doubles, with the figures in the message. */
#ifndef TESTS_NEAR_H
#define TESTS_NEAR_H

#include <math.h>

#include "test.h"

#define assert_near(actual, expected, tolerance)                                                   \
	do {                                                                                       \
		double near_actual = (actual);                                                     \
		double near_expected = (expected);                                                 \
                                                                                                   \
		if (!(fabs(near_actual - near_expected) <= (tolerance)))                           \
			fail_msg("%s is %.12g, not %.12g", #actual, near_actual, near_expected);   \
	} while (0)

#endif

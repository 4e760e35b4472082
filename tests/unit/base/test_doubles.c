/* SPDX-License-Identifier: MIT */
#include "base/doubles.h"
#include "test.h"

#include <math.h>

TEST(the_mean_of_nothing_is_no_number)
{
	static const double values[] = {1, 2, 6};

	assert_true(doubles_mean(values, 3) == 3);
	assert_true(doubles_mean(values, 1) == 1);
	assert_true(isnan(doubles_mean(values, 0)));
	assert_true(doubles_squares(values, 3) == 14);
	assert_true(doubles_squares(values, 1) == 0 && doubles_squares(values, 0) == 0);
}

TEST(sorting_goes_by_value)
{
	double values[] = {0.25, -1e300, INFINITY, 0.125, -INFINITY, 1e-300};
	static const double sorted[] = {-INFINITY, -1e300, 1e-300, 0.125, 0.25, INFINITY};

	doubles_sort(values, 6);
	for (size_t i = 0; i < 6; i++)
		assert_true(values[i] == sorted[i]);
	doubles_sort(values, 0);
}

TEST_MAIN(NULL, NULL);

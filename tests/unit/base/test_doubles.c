/* SPDX-License-Identifier: MIT */
#include "base/doubles.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void the_mean_of_nothing_is_no_number(void **state)
{
	static const double values[] = {1, 2, 6};

	(void)state;
	assert_true(doubles_mean(values, 3) == 3);
	assert_true(doubles_mean(values, 1) == 1);
	assert_true(isnan(doubles_mean(values, 0)));
}

static void sorting_goes_by_value(void **state)
{
	double values[] = {0.25, -1e300, INFINITY, 0.125, -INFINITY, 1e-300};
	static const double sorted[] = {-INFINITY, -1e300, 1e-300, 0.125, 0.25, INFINITY};

	(void)state;
	doubles_sort(values, 6);
	for (size_t i = 0; i < 6; i++)
		assert_true(values[i] == sorted[i]);
	doubles_sort(values, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_mean_of_nothing_is_no_number),
		cmocka_unit_test(sorting_goes_by_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

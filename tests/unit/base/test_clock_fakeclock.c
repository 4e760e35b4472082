/* SPDX-License-Identifier: MIT */
/* The clock of the hot loop's tests stands until it is moved. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"

static void time_stands_in_a_variable(void **state)
{
	(void)state;
	clock_init();
	clock_calibrate();
	clock_fake_ns = 42;
	assert_int_equal(clock_now(), 42);
	assert_int_equal(clock_now(), 42);
	clock_fake_ns += NS_PER_S;
	assert_int_equal(clock_now(), 42 + NS_PER_S);
	assert_string_equal(clock_source(), "fake");
	assert_true(clock_drift_ppm() == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(time_stands_in_a_variable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

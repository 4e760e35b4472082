/* SPDX-License-Identifier: MIT */
/* The clock of the hot loop's tests stands until it is moved. */
#include "fake_clock.h"
#include "test.h"

TEST(time_stands_in_a_variable)
{
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

TEST_MAIN(NULL, NULL);

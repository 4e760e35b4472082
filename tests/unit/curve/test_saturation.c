/* SPDX-License-Identifier: MIT */
/* When a load is not done, and why. */
#include <math.h>

#include "curve/saturation.h"
#include "test.h"

/* 1.5 s at 10,000 a second. */
static struct saturation_view view_of(double done)
{
	return (struct saturation_view){
		.offered = 10000,
		.window_s = 1.5,
		.done = done,
		.p99_ns = 100e3,
		.lag_p99_ns = 1e3,
		.service_max_ns = 200e3,
		.full_share = 1,
		.taken = 0.5,
		.busy = 0.3,
	};
}

TEST(two_percent_less_is_saturated)
{
	struct saturation_view view = view_of(14702);

	assert_false(saturation_is(&view));
	view.done = 14698;
	assert_true(saturation_is(&view));
}

/* Random arrivals: 15,000 +- 122. */
TEST(chance_is_not_saturation)
{
	struct saturation_view view = view_of(14698);

	view.is_poisson = true;
	assert_false(saturation_is(&view));
	view.done = 15000 - 300 - 1 - 368;
	assert_true(saturation_is(&view));
}

TEST(a_load_that_is_done_in_time_has_no_limit)
{
	struct saturation_view view = view_of(15000);

	assert_int_equal(saturation_find(&view), SATURATION_NONE);
	/* Late by less than a tenth of the response time, or by less than 50 us. */
	view.lag_p99_ns = 60e3;
	view.p99_ns = 700e3;
	assert_int_equal(saturation_find(&view), SATURATION_NONE);
	view.lag_p99_ns = 49e3;
	view.p99_ns = 60e3;
	assert_int_equal(saturation_find(&view), SATURATION_NONE);
}

TEST(the_limit_of_what_is_not_done)
{
	struct saturation_view view = view_of(12000);

	view.taken = 0.95;
	assert_int_equal(saturation_find(&view), SATURATION_TARGET);
	view.busy = 0.93;
	assert_int_equal(saturation_find(&view), SATURATION_CPU);
	view.busy = 0.3;
	view.taken = 0.4;
	assert_int_equal(saturation_find(&view), SATURATION_GENERATOR);
}

TEST(the_limit_of_what_is_late)
{
	struct saturation_view view = view_of(15000);

	view.lag_p99_ns = view.p99_ns = 900e3;
	assert_int_equal(saturation_find(&view), SATURATION_TARGET); /* half of the places */
	view.taken = 0.1;
	assert_int_equal(saturation_find(&view), SATURATION_GENERATOR);
	view.service_max_ns = 800e3; /* they waited for one that took so long */
	assert_int_equal(saturation_find(&view), SATURATION_TARGET);
	view.full_share = 0.1; /* but there was room beside it */
	assert_int_equal(saturation_find(&view), SATURATION_GENERATOR);
}

TEST_MAIN(NULL, NULL);

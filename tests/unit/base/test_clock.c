/* SPDX-License-Identifier: MIT */
/* The real clock: its order and its agreement with the kernel's, never how long something took. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "test.h"

/* Generous: a calibration over 2 ms that an interrupt hit on both sides is 100 ppm off. */
#define DRIFT_LIMIT_PPM 2000

TEST(clock_is_usable_before_it_is_initialised)
{
	uint64_t before = clock_monotonic();
	uint64_t now = clock_now();

	assert_string_equal(clock_source(), "clock_gettime");
	assert_in_range(now, before, clock_monotonic());
	assert_true(clock_drift_ppm() == 0);
}

TEST(calibrated_clock_names_its_source)
{
	clock_init();
	clock_calibrate();
	assert_string_equal(clock_source(), clock_scale.uses_tsc ? "tsc" : "clock_gettime");
	if (!clock_scale.uses_tsc) {
		print_message("no invariant TSC that the kernel trusts\n");
		skip();
	}
	assert_true(clock_scale.multiplier > 0);
}

TEST(time_never_runs_back)
{
	uint64_t last = clock_now();

	for (int i = 0; i < 1000000; i++) {
		uint64_t now = clock_now();

		assert_true(now >= last);
		last = now;
	}
}

TEST(both_clocks_agree)
{
	uint64_t start = clock_monotonic();
	uint64_t tsc = clock_now();
	double allowed_ns = 1000;
	uint64_t end = clock_monotonic();

	allowed_ns += (double)(end - clock_scale.base_ns) * DRIFT_LIMIT_PPM / 1e6;
	assert_true((double)tsc > (double)start - allowed_ns);
	assert_true((double)tsc < (double)end + allowed_ns);
	assert_true(fabs(clock_drift_ppm()) < DRIFT_LIMIT_PPM);
}

TEST(drift_shows_a_wrong_scale)
{
	struct clock_scale right = clock_scale;
	double drift_ppm;

	if (!right.uses_tsc) {
		print_message("skipped: the clock is not the TSC here\n");
		skip();
	}
	clock_scale.multiplier += clock_scale.multiplier / 100; /* 1% fast: 10,000 ppm */
	drift_ppm = clock_drift_ppm();
	clock_scale = right;
	assert_true(fabs(drift_ppm - 10000) < DRIFT_LIMIT_PPM);
}

TEST(waiting_ends_when_it_is_time)
{
	uint64_t end_ns = clock_now() + 2 * CLOCK_SPIN_NS;

	/* It looked at the clock at the end only. */
	assert_true(clock_wait_until(end_ns) <= CLOCK_SPIN_NS);
	assert_true(clock_now() >= end_ns);
	assert_int_equal(clock_wait_until(end_ns), 0);
}

TEST_MAIN(NULL, NULL);

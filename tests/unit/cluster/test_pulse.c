/* SPDX-License-Identifier: MIT */
/* When a rank that is heard is lost all the same. */
#include "cluster/pulse.h"
#include "test.h"

#define SEEN (1000 * NS_PER_S)

TEST(who_is_stuck_is_waited_for_without_a_stop)
{
	const struct pulse_main main = {.seen_ns = SEEN};

	assert_int_equal(pulse_stuck_ms(&main, SEEN + 3600 * NS_PER_S), 0);
}

TEST(who_is_stuck_has_ten_seconds_from_the_stop_on)
{
	const struct pulse_main main = {.seen_ns = SEEN, .stopped_ns = SEEN + 100 * NS_PER_S};

	assert_int_equal(pulse_stuck_ms(&main, SEEN + 109 * NS_PER_S), 0);
	assert_int_equal(pulse_stuck_ms(&main, SEEN + 110 * NS_PER_S), 110000);
}

TEST(who_came_back_after_the_stop_has_ten_seconds_from_then_on)
{
	const struct pulse_main main = {.seen_ns = SEEN, .stopped_ns = SEEN - 100 * NS_PER_S};

	assert_int_equal(pulse_stuck_ms(&main, SEEN + 9 * NS_PER_S), 0);
	assert_int_equal(pulse_stuck_ms(&main, SEEN + 10 * NS_PER_S), 10000);
	assert_int_equal(pulse_stuck_ms(&main, SEEN - 1), 0);
}

TEST(who_measured_has_a_minute_without_a_stop)
{
	const struct pulse_main main = {.seen_ns = SEEN, .is_at_work = true};

	assert_int_equal(pulse_stuck_ms(&main, SEEN + 59 * NS_PER_S), 0);
	assert_int_equal(pulse_stuck_ms(&main, SEEN + 60 * NS_PER_S), 60000);
}

TEST(who_writes_the_result_may_take_its_time)
{
	const struct pulse_main main = {
		.seen_ns = SEEN, .stopped_ns = SEEN, .is_at_work = true, .is_exempt = true};

	assert_int_equal(pulse_stuck_ms(&main, SEEN + 3600 * NS_PER_S), 0);
}

TEST_MAIN(NULL, NULL);

/* SPDX-License-Identifier: MIT */
/* The last second of what workers hand over, in numbers that are known. */
#include <string.h>

#include "base/clock.h"
#include "run/job_recent.h"
#include "test.h"

static struct job_recent recent;
static struct worker_interval interval;
static struct series_figures second[DIRECTION_COUNT];

static void hand_over(unsigned worker, uint64_t first, uint64_t last, uint64_t ios, uint64_t ns)
{
	memset(&interval, 0, sizeof(interval));
	interval.first = first;
	interval.last = last;
	interval.next = last + 1;
	interval.in_flight = worker + 1;
	interval.counts[DIRECTION_READ] = (struct worker_counts){ios, 4096 * ios, 1};
	histogram_record(&interval.lat[DIRECTION_READ], ns, ios);
	job_recent_add(&recent, worker, &interval);
}

static const struct series_figures *reads(uint64_t length_ns)
{
	for (int d = 0; d < DIRECTION_COUNT; d++)
		sparse_histogram_free(&second[d].lat);
	memset(second, 0, sizeof(second));
	assert_int_equal(job_recent_second(&recent, second), length_ns);
	return &second[DIRECTION_READ];
}

static int finish(void **state)
{
	(void)state;
	for (int d = 0; d < DIRECTION_COUNT; d++)
		sparse_histogram_free(&second[d].lat);
	memset(second, 0, sizeof(second));
	job_recent_free(&recent);
	return 0;
}

TEST_FIXTURE(NULL, finish);

TEST(nothing_is_known_before_all_workers_have_handed_over)
{
	job_recent_init(&recent, 2, NS_PER_S);
	(void)reads(0);
	hand_over(0, 0, 0, 10, 100);
	assert_int_equal(reads(0)->counts.ios, 0);
	hand_over(1, 0, 0, 5, 200);
	assert_int_equal(reads(NS_PER_S)->counts.ios, 15);
	assert_int_equal(job_recent_in_flight(&recent), 3);
}

TEST(the_last_second_is_of_ten_short_intervals_or_of_a_long_one)
{
	job_recent_init(&recent, 1, 100 * NS_PER_MS);
	for (uint64_t i = 0; i < 50; i++)
		hand_over(0, i, i, i, 1000 * (i + 1));
	assert_int_equal(
		reads(NS_PER_S)->counts.ios, 40 + 41 + 42 + 43 + 44 + 45 + 46 + 47 + 48 + 49);
	assert_int_equal(reads(NS_PER_S)->counts.errors, 10);
	assert_int_equal(second[DIRECTION_READ].lat.summary.min_ns, 41000);
	assert_int_equal(recent.all[DIRECTION_READ].counts.ios, 49 * 50 / 2);
	assert_int_equal(recent.all[DIRECTION_READ].lat.summary.count, 49 * 50 / 2);
	job_recent_free(&recent);
	job_recent_init(&recent, 1, 10 * NS_PER_S);
	hand_over(0, 0, 0, 7, 1);
	assert_int_equal(reads(10 * NS_PER_S)->counts.bytes, 7 * 4096);
}

TEST(a_worker_that_hangs_is_not_waited_for_and_nothing_old_is_told)
{
	job_recent_init(&recent, 2, NS_PER_S);
	hand_over(1, 0, 0, 1, 1);
	for (uint64_t i = 0; i < 100; i++)
		hand_over(0, i, i, 10, 1);
	assert_int_equal(job_recent_known(&recent), 100 - JOB_RECENT_LATE);
	assert_int_equal(reads(NS_PER_S)->counts.ios, 10);
	hand_over(1, 1, 99, 5000, 1); /* it wakes up: all that became one is in the last */
	assert_int_equal(reads(NS_PER_S)->counts.ios, 5010);
}

TEST(one_that_has_ended_holds_up_nobody_and_has_nothing_in_flight)
{
	job_recent_init(&recent, 2, NS_PER_S);
	hand_over(0, 0, 0, 1, 1);
	hand_over(1, 0, 0, 1, 1);
	job_recent_end_worker(&recent, 1);
	hand_over(0, 1, 1, 3, 1);
	assert_int_equal(reads(NS_PER_S)->counts.ios, 3);
	assert_int_equal(job_recent_in_flight(&recent), 1);
}

TEST_MAIN(NULL, NULL);

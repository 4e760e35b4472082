/* SPDX-License-Identifier: MIT */
/* A series of several workers: figures that add up, fewer intervals without loss, common gaps. */
#include <string.h>

#include "run/job_series.h"
#include "test.h"

enum { LENGTH = 100, ORIGIN = 5000, NO_LIMIT = 2000 };

static struct job_series series;
static struct arena arena;
static struct histogram all[DIRECTION_COUNT]; /* that was added */

static int close_series(void **state)
{
	(void)state;
	job_series_free(&series);
	arena_free(&arena);
	memset(all, 0, sizeof(all));
	return 0;
}

TEST_FIXTURE(NULL, close_series);

/* `ios` reads in intervals first..last, and one write in each of them. */
static void add(unsigned worker, uint64_t first, uint64_t last, uint64_t next, uint64_t ios)
{
	static struct worker_interval interval;

	memset(&interval, 0, sizeof(interval));
	interval.first = first;
	interval.last = last;
	interval.next = next;
	interval.in_flight = 7;
	interval.counts[DIRECTION_READ] = (struct worker_counts){ios, ios * 10, 1};
	interval.counts[DIRECTION_WRITE] = (struct worker_counts){1, 3, 0};
	for (uint64_t i = 0; i < ios; i++)
		histogram_record(&interval.lat[DIRECTION_READ], 100 + first * 10 + i, 1);
	histogram_record(&interval.lat[DIRECTION_WRITE], 9999, 1);
	for (int d = 0; d < DIRECTION_COUNT; d++)
		histogram_merge(&all[d], &interval.lat[d]);
	job_series_add(&series, worker, &interval);
}

static void add_gap(unsigned worker, uint64_t index, uint64_t began_ns, uint64_t length_ns)
{
	static struct worker_interval interval;

	memset(&interval, 0, sizeof(interval));
	interval.first = interval.last = index;
	interval.next = index + 1;
	interval.gap = (struct worker_gap){ORIGIN + began_ns, length_ns};
	job_series_add(&series, worker, &interval);
}

static void end(unsigned worker, uint64_t from_ns, uint64_t to_ns)
{
	job_series_end_worker(&series, worker, ORIGIN + from_ns, ORIGIN + to_ns);
}

static void assert_all_there(const struct result_series *result)
{
	static struct histogram sum[DIRECTION_COUNT];
	uint64_t ios = 0, end_ns = 0;

	memset(sum, 0, sizeof(sum));
	for (size_t i = 0; i < result->count; i++) {
		assert_int_equal(result->intervals[i].start_ns, end_ns);
		end_ns += result->intervals[i].duration_ns;
		ios += result->intervals[i].directions[DIRECTION_READ].ios;
		for (int d = 0; d < DIRECTION_COUNT; d++)
			sparse_histogram_expand(&result->intervals[i].directions[d].lat, &sum[d]);
	}
	for (int d = 0; d < DIRECTION_COUNT; d++)
		assert_memory_equal(sum[d].counts, all[d].counts, sizeof(sum[d].counts));
	assert_int_equal(ios, all[DIRECTION_READ].summary.count);
}

static struct result_series finish(void)
{
	return job_series_finish(&series, ORIGIN, &arena);
}

TEST(workers_are_added_by_intervals)
{
	struct result_series result;

	job_series_init(&series, 2, LENGTH, 1, NO_LIMIT);
	add(0, 0, 0, 1, 5);
	add(1, 0, 0, 1, 3);
	add(0, 1, 1, 2, 10);
	add(1, 1, 1, 2, 20);
	end(0, 0, 200);
	end(1, 0, 200);
	result = finish();
	assert_int_equal(result.interval_ns, LENGTH);
	assert_int_equal(result.count, 2);
	assert_int_equal(result.intervals[0].directions[DIRECTION_READ].ios, 8);
	assert_int_equal(result.intervals[0].directions[DIRECTION_READ].bytes, 80);
	assert_int_equal(result.intervals[0].directions[DIRECTION_READ].errors, 2);
	assert_int_equal(result.intervals[0].in_flight, 14);
	assert_int_equal(result.intervals[1].directions[DIRECTION_READ].ios, 30);
	assert_int_equal(result.intervals[1].directions[DIRECTION_READ].lat.summary.max_ns, 129);
	assert_all_there(&result);
}

/* 3.5 intervals of nothing: three that are empty, with all in flight. */
TEST(empty_intervals_are_there)
{
	struct result_series result;

	job_series_init(&series, 1, LENGTH, 1, NO_LIMIT);
	add(0, 0, 0, 4, 5);
	add(0, 4, 4, 5, 5);
	end(0, 0, 500);
	result = finish();
	assert_int_equal(result.count, 5);
	for (unsigned i = 1; i < 4; i++) {
		assert_int_equal(result.intervals[i].directions[DIRECTION_READ].ios, 0);
		assert_int_equal(result.intervals[i].duration_ns, LENGTH);
		assert_int_equal(result.intervals[i].in_flight, 7);
	}
	assert_all_there(&result);
}

TEST(what_one_worker_could_not_tell_apart_is_one_for_all)
{
	struct result_series result;

	job_series_init(&series, 2, LENGTH, 1, NO_LIMIT);
	for (unsigned i = 0; i < 5; i++)
		add(0, i, i, i + 1, 1);
	add(1, 0, 0, 1, 1);
	add(1, 1, 3, 4, 30);
	add(1, 4, 4, 5, 1);
	end(0, 0, 500);
	end(1, 0, 500);
	result = finish();
	assert_int_equal(result.count, 3);
	assert_int_equal(result.intervals[1].start_ns, 100);
	assert_int_equal(result.intervals[1].duration_ns, 300);
	assert_int_equal(result.intervals[1].directions[DIRECTION_READ].ios, 33);
	assert_int_equal(result.intervals[1].in_flight, 14);
	assert_all_there(&result);
}

TEST(no_more_than_the_limit_are_kept_and_nothing_is_lost)
{
	struct result_series result;

	job_series_init(&series, 2, LENGTH, 1, 16);
	for (unsigned i = 0; i < 1000; i++) {
		add(0, i, i, i + 1, 1 + i % 7);
		if (i % 3 == 0)
			add(1, i, i, i + 3, 2);
		assert_in_range(series.count, 1, 16);
	}
	end(0, 0, 1000 * LENGTH);
	end(1, 0, 1000 * LENGTH);
	result = finish();
	assert_int_equal(result.interval_ns, 64 * LENGTH);
	assert_int_equal(result.count, 16);
	assert_int_equal(result.intervals[15].duration_ns, 40 * LENGTH);
	assert_int_equal(result.intervals[3].in_flight, 14);
	assert_all_there(&result);
}

/* A run of an odd number of intervals is made fewer while more come. */
TEST(in_flight_is_that_of_the_end_whatever_was_merged)
{
	struct result_series result;

	job_series_init(&series, 1, LENGTH, 2, 4);
	for (unsigned i = 0; i < 15; i++)
		add(0, i, i, i + 1, 1);
	end(0, 0, 15 * LENGTH);
	result = finish();
	assert_int_equal(result.interval_ns, 4 * LENGTH);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(result.intervals[i].in_flight, 7);
	assert_all_there(&result);
}

/* Three when the fourth reaches far: what was in flight at the end of the third is told no more. */
TEST(in_flight_within_what_became_one_is_forgotten)
{
	struct result_series result;

	job_series_init(&series, 1, LENGTH, 1, 4);
	for (unsigned i = 0; i < 3; i++)
		add(0, i, i, i + 1, 1);
	add(0, 3, 3, 9, 1);
	end(0, 0, 12 * LENGTH);
	result = finish();
	assert_int_equal(result.count, 3);
	assert_int_equal(result.intervals[0].in_flight, 7);
	assert_int_equal(result.intervals[1].in_flight, 7);
	assert_all_there(&result);
}

TEST(a_short_rest_belongs_to_the_interval_before)
{
	struct result_series result;

	job_series_init(&series, 1, LENGTH, 1, NO_LIMIT);
	add(0, 0, 0, 1, 5);
	add(0, 1, 1, 2, 5);
	add(0, 2, 2, 3, 1);
	end(0, 0, 249);
	result = finish();
	assert_int_equal(result.count, 2);
	assert_int_equal(result.intervals[1].duration_ns, 149);
	assert_int_equal(result.intervals[1].directions[DIRECTION_READ].ios, 6);
	assert_all_there(&result);
}

TEST(a_rest_of_half_an_interval_is_one)
{
	struct result_series result;

	job_series_init(&series, 1, LENGTH, 1, NO_LIMIT);
	add(0, 0, 0, 1, 5);
	end(0, 0, 150);
	result = finish();
	assert_int_equal(result.count, 2);
	assert_int_equal(result.intervals[1].duration_ns, 50);
	assert_int_equal(result.intervals[1].directions[DIRECTION_READ].ios, 0);
}

/* The one that was to open the first window did not start: time begins with the other's. */
TEST(the_series_begins_with_the_first_window)
{
	struct result_series result;

	job_series_init(&series, 2, LENGTH, 1, NO_LIMIT);
	job_series_end_worker(&series, 0, 0, 0);
	add(1, 2, 2, 3, 4);
	add(1, 3, 3, 4, 4);
	end(1, 250, 400);
	result = finish();
	assert_int_equal(result.count, 2);
	assert_int_equal(result.intervals[0].duration_ns, 50);
	assert_int_equal(result.intervals[1].start_ns, 50);
	assert_all_there(&result);
}

TEST(without_a_window_there_is_no_series)
{
	job_series_init(&series, 1, LENGTH, 1, NO_LIMIT);
	job_series_end_worker(&series, 0, 0, 0);
	assert_int_equal(finish().interval_ns, 0);
}

TEST(known_is_what_all_have_passed)
{
	job_series_init(&series, 2, LENGTH, 1, NO_LIMIT);
	assert_int_equal(job_series_known(&series), 0);
	add(0, 0, 0, 3, 1);
	assert_int_equal(job_series_known(&series), 0);
	add(1, 0, 0, 1, 1);
	assert_int_equal(job_series_known(&series), 1);
	end(1, 0, 150);
	assert_int_equal(job_series_known(&series), 3);
}

TEST(the_longest_gap_of_one_worker_is_exact)
{
	struct result_series result;

	job_series_init(&series, 1, LENGTH, 1, NO_LIMIT);
	add_gap(0, 0, 10, 30);
	add_gap(0, 4, 80, 350);
	add_gap(0, 5, 500, 40);
	end(0, 0, 600);
	result = finish();
	assert_int_equal(result.longest_gap.start_ns, 80);
	assert_int_equal(result.longest_gap.duration_ns, 350);
}

/* Each of them waits for a CPU at times; the device stood still from 200 to 280. */
TEST(the_longest_gap_of_several_is_common_to_all)
{
	struct result_series result;

	job_series_init(&series, 2, LENGTH, 1, NO_LIMIT);
	add_gap(0, 0, 0, 90);
	add_gap(1, 1, 95, 100);
	add_gap(0, 2, 200, 85);
	add_gap(1, 2, 198, 82);
	end(0, 0, 300);
	end(1, 0, 300);
	result = finish();
	assert_int_equal(result.longest_gap.start_ns, 200);
	assert_int_equal(result.longest_gap.duration_ns, 80);
}

/* What is over, or was not begun, completes nothing. */
TEST(a_gap_counts_while_others_are_over)
{
	struct result_series result;

	job_series_init(&series, 2, LENGTH, 1, NO_LIMIT);
	add_gap(0, 2, 190, 60);
	add_gap(1, 4, 300, 120);
	end(0, 0, 310);
	end(1, 200, 500);
	result = finish();
	assert_int_equal(result.longest_gap.start_ns, 310);
	assert_int_equal(result.longest_gap.duration_ns, 110);
}

/* Thousands of jobs have a series each. */
TEST(room_is_made_as_it_is_needed)
{
	job_series_init(&series, 1, LENGTH, 1, NO_LIMIT);
	add_gap(0, 0, 10, 5);
	assert_int_equal(series.room, 1);
	assert_int_equal(series.workers[0].gap_room, 1);
	for (unsigned i = 1; i < 100; i++)
		add_gap(0, i, i * LENGTH, 5);
	assert_true(series.room < 200);
	assert_int_equal(series.workers[0].gap_room, JOB_SERIES_GAPS);
	end(0, 0, 100 * LENGTH);
	(void)finish();
}

TEST(the_longest_of_many_gaps_are_kept)
{
	struct result_series result;

	job_series_init(&series, 1, LENGTH, 1, NO_LIMIT);
	for (unsigned i = 0; i < 500; i++)
		add_gap(0, i, i * LENGTH, i == 3 ? 99 : 1 + i % 50);
	end(0, 0, 500 * LENGTH);
	result = finish();
	assert_int_equal(result.longest_gap.start_ns, 300);
	assert_int_equal(result.longest_gap.duration_ns, 99);
}

TEST_MAIN(NULL, NULL);

/* SPDX-License-Identifier: MIT */
/* Series of two ranks as one. */
#include "cluster/merge_series.h"

#include <string.h>

#include "test.h"

static struct arena arena;

static int free_arena(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

TEST_FIXTURE(NULL, free_arena);

/* Intervals of 100, the last one as it comes; each has `ios` reads of the latency `lat`. */
static struct result_series series_of(uint64_t end, uint64_t ios, uint64_t lat)
{
	struct result_series series = {.interval_ns = 100};

	series.count = (end + 99) / 100;
	series.intervals = arena_alloc_array(&arena, series.count, sizeof(*series.intervals));
	for (size_t i = 0; i < series.count; i++) {
		struct result_interval *interval = &series.intervals[i];
		struct result_interval_direction *reads = &interval->directions[DIRECTION_READ];

		interval->start_ns = i * 100;
		interval->duration_ns = i + 1 < series.count ? 100 : end - i * 100;
		interval->in_flight = 1 + i;
		*reads = (struct result_interval_direction){.ios = ios, .bytes = ios * 4096};
		reads->lat.count = 1;
		reads->lat.buckets = ARENA_NEW(&arena, struct sparse_bucket);
		reads->lat.buckets[0] = (struct sparse_bucket){lat, ios};
		reads->lat.summary = (struct latency_summary){
			.count = ios, .min_ns = lat, .max_ns = lat, .sum_ns = (double)(lat * ios)};
	}
	return series;
}

static void assert_follows(const struct result_series *series, uint64_t end, uint64_t ios)
{
	uint64_t at = 0, sum = 0, counted = 0;

	for (size_t i = 0; i < series->count; i++) {
		const struct result_interval *interval = &series->intervals[i];
		const struct sparse_histogram *lat = &interval->directions[DIRECTION_READ].lat;

		assert_int_equal(interval->start_ns, at);
		at += interval->duration_ns;
		sum += interval->directions[DIRECTION_READ].ios;
		for (size_t k = 0; k < lat->count; k++)
			counted += lat->buckets[k].count;
	}
	assert_int_equal(at, end);
	assert_int_equal(sum, ios);
	assert_int_equal(counted, ios);
}

TEST(intervals_of_one_time_are_added)
{
	struct result_series a = series_of(300, 5, 10), b = series_of(300, 7, 20);
	struct result_series sum = merge_series(&a, 0, &b, 0, &arena);

	assert_int_equal(sum.count, 3);
	assert_follows(&sum, 300, 36);
	assert_int_equal(sum.intervals[1].directions[DIRECTION_READ].ios, 12);
	assert_int_equal(sum.intervals[1].in_flight, 4);
	assert_int_equal(sum.intervals[1].directions[DIRECTION_READ].lat.count, 2);
	/* Those that were merged stay as they were. */
	assert_int_equal(a.intervals[1].directions[DIRECTION_READ].lat.count, 1);
}

TEST(ends_that_are_apart_stay_within_the_last_interval)
{
	struct result_series a = series_of(230, 5, 10), b = series_of(290, 7, 20);
	struct result_series sum = merge_series(&a, 0, &b, 0, &arena);

	assert_int_equal(sum.count, 3);
	assert_follows(&sum, 290, 36);
}

TEST(one_that_goes_on_has_the_rest_for_itself)
{
	struct result_series a = series_of(200, 5, 10), b = series_of(500, 7, 20);
	struct result_series sum = merge_series(&a, 0, &b, 0, &arena);

	assert_int_equal(sum.count, 5);
	assert_follows(&sum, 500, 45);
	assert_int_equal(sum.intervals[4].directions[DIRECTION_READ].ios, 7);
	assert_int_equal(sum.intervals[4].in_flight, 5);
}

TEST(starts_that_are_apart_keep_their_distance)
{
	struct result_series a = series_of(300, 5, 10), b = series_of(300, 7, 20);
	struct result_series sum = merge_series(&a, 0, &b, 210, &arena);

	assert_follows(&sum, 510, 36);
	assert_int_equal(sum.intervals[0].directions[DIRECTION_READ].ios, 5);
	assert_int_equal(sum.intervals[2].directions[DIRECTION_READ].ios, 12);
}

/* Of one that could not tell two apart neither can be told apart. */
TEST(intervals_of_several_are_those_of_both)
{
	struct result_series a = series_of(400, 5, 10), b = series_of(400, 7, 20), sum;

	b.intervals[1].duration_ns = 200;
	b.intervals[2] = b.intervals[3];
	b.count = 3;
	sum = merge_series(&a, 0, &b, 0, &arena);
	assert_int_equal(sum.count, 3);
	assert_follows(&sum, 400, 41);
	assert_int_equal(sum.intervals[1].directions[DIRECTION_READ].ios, 17);
	sum = merge_series(&b, 0, &a, 0, &arena);
	assert_int_equal(sum.count, 3);
}

TEST(intervals_of_double_length_are_two_of_the_other)
{
	struct result_series a = series_of(800, 5, 10), b = series_of(400, 7, 20), sum;

	b.interval_ns = 200;
	for (size_t i = 0; i < b.count; i++) {
		b.intervals[i].start_ns *= 2;
		b.intervals[i].duration_ns *= 2;
	}
	sum = merge_series(&a, 0, &b, 0, &arena);
	assert_int_equal(sum.interval_ns, 200);
	assert_int_equal(sum.count, 4);
	assert_follows(&sum, 800, 68);
}

TEST(a_rank_without_a_series_adds_nothing)
{
	struct result_series a = series_of(300, 5, 10), none = {0};
	struct result_series sum = merge_series(&a, 0, &none, 0, &arena);

	assert_follows(&sum, 300, 15);
	sum = merge_series(&none, 0, &a, 0, &arena);
	assert_follows(&sum, 300, 15);
}

TEST(more_intervals_than_a_document_has_become_fewer)
{
	struct result_series a = series_of(100 * RESULT_INTERVALS_LIMIT, 5, 10);
	struct result_series b = series_of(100 * RESULT_INTERVALS_LIMIT, 7, 20);
	struct result_series sum = merge_series(&a, 0, &b, 100 * RESULT_INTERVALS_LIMIT, &arena);

	assert_true(sum.count <= RESULT_INTERVALS_LIMIT);
	assert_int_equal(sum.interval_ns, 200);
	assert_follows(&sum, 200 * RESULT_INTERVALS_LIMIT, 12 * RESULT_INTERVALS_LIMIT);
}

/* In which nothing came back to either. */
TEST(the_longest_gap_is_what_both_have)
{
	struct result_series a = series_of(300, 5, 10), b = series_of(300, 7, 20), sum;

	a.longest_gap = (struct result_gap){50, 100};
	b.longest_gap = (struct result_gap){120, 100};
	sum = merge_series(&a, 0, &b, 0, &arena);
	assert_int_equal(sum.longest_gap.start_ns, 120);
	assert_int_equal(sum.longest_gap.duration_ns, 30);
	sum = merge_series(&a, 0, &b, 90, &arena);
	assert_int_equal(sum.longest_gap.duration_ns, 0);
}

TEST_MAIN(NULL, NULL);

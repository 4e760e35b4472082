/* SPDX-License-Identifier: MIT */
/* The geometry at every edge, and that nothing is lost: counts, extremes, moments, percentiles. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/random.h"
#include "measure/histogram.h"
#include "test.h"

static struct histogram histogram;

static int empty_histogram(void **state)
{
	(void)state;
	memset(&histogram, 0, sizeof(histogram));
	return 0;
}

static void record_each(const uint64_t *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		histogram_record(&histogram, values[i], 1);
}

TEST_FIXTURE(empty_histogram, NULL);

/* Pages of `bytes` bytes that memory was made for. */
static size_t count_pages(void *memory, size_t bytes)
{
	unsigned char there[32];
	size_t count = 0, page = (size_t)sysconf(_SC_PAGESIZE);

	assert_true(bytes <= page * sizeof(there));
	assert_int_equal(mincore(memory, bytes, there), 0);
	for (size_t i = 0; i < (bytes + page - 1) / page; i++)
		count += there[i] & 1;
	return count;
}

TEST(memory_is_used_where_values_lie)
{
	struct histogram *sum = mmap(
		NULL, sizeof(*sum), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(sum != MAP_FAILED);
	record_each((const uint64_t[]){1000, 1100, HISTOGRAM_MAX_VALUE}, 3);
	histogram_merge(sum, &histogram);
	assert_true(count_pages(sum, sizeof(*sum)) <= 3);
	histogram_record(sum, 1000000, 1);
	histogram_copy(sum, &histogram);
	assert_memory_equal(sum, &histogram, sizeof(histogram));
	munmap(sum, sizeof(*sum));
}

TEST(buckets_follow_each_other_without_gaps)
{
	assert_int_equal(histogram_lowest(0), 0);
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
		assert_true(histogram_highest(i) >= histogram_lowest(i));
		if (i > 0)
			assert_true(histogram_lowest(i) == histogram_highest(i - 1) + 1);
	}
	assert_true(histogram_highest(HISTOGRAM_BUCKETS - 1) == HISTOGRAM_MAX_VALUE);
}

TEST(index_of_every_edge_is_its_bucket)
{
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
		uint64_t lowest = histogram_lowest(i);
		uint64_t highest = histogram_highest(i);

		assert_int_equal(histogram_index(lowest), i);
		assert_int_equal(histogram_index(highest), i);
		assert_int_equal(histogram_index(lowest + (highest - lowest) / 2), i);
	}
}

TEST(error_is_at_most_a_128th_at_every_edge)
{
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
		uint64_t lowest = histogram_lowest(i);

		/* Below 256 ns values are exact. */
		assert_true((histogram_highest(i) - lowest) * 128 < (lowest > 0 ? lowest : 1));
		if (lowest < 256)
			assert_true(histogram_highest(i) == lowest);
	}
}

TEST(powers_of_two_begin_buckets)
{
	for (unsigned bit = 0; bit < HISTOGRAM_VALUE_BITS; bit++)
		assert_true(histogram_lowest(histogram_index(1ull << bit)) == 1ull << bit);
}

TEST(values_beyond_the_range_are_counted_last)
{
	static const uint64_t values[] = {HISTOGRAM_MAX_VALUE, HISTOGRAM_MAX_VALUE + 1, UINT64_MAX};

	record_each(values, 3);
	assert_int_equal(histogram.counts[HISTOGRAM_BUCKETS - 1], 3);
	assert_true(histogram.summary.max_ns == UINT64_MAX);
	assert_true(histogram.summary.min_ns == HISTOGRAM_MAX_VALUE);
	/* At most this long: nothing less is sure of the median. */
	assert_true(histogram_percentile(&histogram, 50) == UINT64_MAX);
}

TEST(empty_histogram_says_zero)
{
	assert_int_equal(histogram_percentile(&histogram, 0), 0);
	assert_int_equal(histogram_percentile(&histogram, 50), 0);
	assert_int_equal(histogram_percentile(&histogram, 100), 0);
	assert_true(histogram_summary_mean(&histogram.summary) == 0);
	assert_true(histogram_summary_stddev(&histogram.summary) == 0);
	assert_false(histogram_supports(&histogram, 50, 1));
}

TEST(one_value_is_every_percentile)
{
	static const double percents[] = {0, 0.001, 50, 99.9999, 100};

	histogram_record(&histogram, 1000003, 1);
	for (size_t i = 0; i < sizeof(percents) / sizeof(percents[0]); i++)
		assert_int_equal(histogram_percentile(&histogram, percents[i]), 1000003);
	assert_true(histogram_summary_mean(&histogram.summary) == 1000003);
	assert_true(histogram_summary_stddev(&histogram.summary) == 0);
}

/* The values 1..200 are exact: percentiles are their ranks. */
TEST(percentile_is_the_value_of_its_rank)
{
	static const struct {
		double percent;
		uint64_t value;
	} expected[] = {{0, 1}, {0.1, 1}, {0.5, 1}, {0.6, 2}, {25, 50}, {50, 100}, {50.1, 101},
		{99, 198}, {99.5, 199}, {99.51, 200}, {100, 200}};

	for (uint64_t value = 200; value > 0; value--)
		histogram_record(&histogram, value, 1);
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
		assert_int_equal(
			histogram_percentile(&histogram, expected[i].percent), expected[i].value);
}

/* 99.9 % of 1000 is 999, though 99.9 * 1000 / 100 in doubles may be more or less than that. */
TEST(percentiles_are_not_moved_by_rounding)
{
	static const struct {
		double percent;
		uint64_t count;
		uint64_t below;
	} cases[] = {{99.9, 1000, 999}, {99.99, 10000, 9999}, {99.9, 10000000, 9990000},
		{0.1, 1000, 1}, {33.3, 1000, 333}, {70, 10, 7}, {57, 100, 57},
		{99.999, 100000, 99999}, {99.9, 170000000, 169830000}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t below = cases[i].below;

		empty_histogram(NULL);
		histogram_record(&histogram, 10, below);
		histogram_record(&histogram, 20, cases[i].count - below);
		assert_int_equal(histogram_percentile(&histogram, cases[i].percent), 10);
		/* One less below, and it is the other. */
		empty_histogram(NULL);
		histogram_record(&histogram, 10, below - 1);
		histogram_record(&histogram, 20, cases[i].count - below + 1);
		assert_int_equal(histogram_percentile(&histogram, cases[i].percent), 20);
	}
}

TEST(percentile_is_the_highest_of_its_bucket_within_the_extremes)
{
	static const uint64_t values[] = {100001, 100002, 5000000, 7000001};

	record_each(values, 4);
	assert_int_equal(
		histogram_percentile(&histogram, 50), histogram_highest(histogram_index(100001)));
	assert_int_equal(
		histogram_percentile(&histogram, 75), histogram_highest(histogram_index(5000000)));
	assert_int_equal(histogram_percentile(&histogram, 100), 7000001);
	assert_int_equal(histogram_percentile(&histogram, 0), 100001);
}

TEST(hundredth_percentile_is_max_for_any_count)
{
	histogram_record(&histogram, 5, 1ull << 60);
	histogram_record(&histogram, 7000001, 1);
	assert_int_equal(histogram_percentile(&histogram, 100), 7000001);
}

static int compare_values(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a;
	uint64_t right = *(const uint64_t *)b;

	return left < right ? -1 : left > right;
}

TEST(percentiles_of_many_values_are_within_a_128th)
{
	enum { COUNT = 20000 };
	static uint64_t values[COUNT];
	struct random random;

	random_init(&random, 1);
	for (int i = 0; i < COUNT; i++)
		values[i] = (uint64_t)exp(random_unit(&random) * 25);
	record_each(values, COUNT);
	qsort(values, COUNT, sizeof(values[0]), compare_values);
	for (int tenths = 1; tenths <= 1000; tenths++) {
		uint64_t exact = values[COUNT / 1000 * tenths - 1];
		uint64_t found = histogram_percentile(&histogram, tenths / 10.0);

		assert_true(found >= exact);
		assert_true(found - exact <= exact / 128);
	}
}

TEST(merge_is_recording_all)
{
	static struct histogram parts[3];
	static struct histogram merged;
	struct random random;

	memset(parts, 0, sizeof(parts));
	memset(&merged, 0, sizeof(merged));
	random_init(&random, 2);
	/* parts[2] stays empty. Values below 2^19: sums of squares are whole numbers, so exact. */
	for (int i = 0; i < 10000; i++) {
		uint64_t value = 5 + (random_next(&random) >> (46 + random_below(&random, 18)));
		uint64_t count = 1 + random_below(&random, 3);

		histogram_record(&histogram, value, count);
		histogram_record(&parts[i % 2], value, count);
	}
	for (int i = 2; i >= 0; i--)
		histogram_merge(&merged, &parts[i]);
	assert_memory_equal(&merged, &histogram, sizeof(merged));
	histogram_merge(&merged, &parts[2]);
	assert_memory_equal(&merged, &histogram, sizeof(merged));
}

TEST(moments_are_exact)
{
	static const uint64_t values[] = {2, 4, 4, 4, 5, 5, 7, 9};

	record_each(values, 8);
	assert_int_equal(histogram.summary.count, 8);
	assert_int_equal(histogram.summary.min_ns, 2);
	assert_int_equal(histogram.summary.max_ns, 9);
	assert_true(histogram_summary_mean(&histogram.summary) == 5);
	assert_true(histogram_summary_stddev(&histogram.summary) == 2);
}

TEST(deviation_of_equal_values_is_about_zero_and_no_nan)
{
	for (uint64_t value = 123456789; value < 123456789 + 50; value++) {
		double deviation;

		empty_histogram(NULL);
		for (int i = 0; i < 1000; i++)
			histogram_record(&histogram, value, 7);
		deviation = histogram_summary_stddev(&histogram.summary);
		assert_true(deviation >= 0 && deviation < 100);
		assert_true(histogram_summary_mean(&histogram.summary) == (double)value);
	}
}

TEST(count_stands_for_as_many_records)
{
	static struct histogram one_by_one;

	memset(&one_by_one, 0, sizeof(one_by_one));
	histogram_record(&histogram, 777, 32);
	histogram_record(&histogram, 5, 2);
	for (int i = 0; i < 32; i++)
		histogram_record(&one_by_one, 777, 1);
	histogram_record(&one_by_one, 5, 1);
	histogram_record(&one_by_one, 5, 1);
	assert_memory_equal(&histogram, &one_by_one, sizeof(histogram));
}

TEST(zero_is_a_latency)
{
	histogram_record(&histogram, 3, 1);
	histogram_record(&histogram, 0, 1);
	assert_int_equal(histogram.summary.min_ns, 0);
	assert_int_equal(histogram_percentile(&histogram, 50), 0);
	assert_int_equal(histogram_percentile(&histogram, 51), 3);
}

TEST(percentile_is_supported_by_samples_above_it)
{
	histogram_record(&histogram, 100, 9999);
	assert_false(histogram_supports(&histogram, 99.9, 10));
	histogram_record(&histogram, 100, 1);
	assert_true(histogram_supports(&histogram, 99.9, 10));
	assert_false(histogram_supports(&histogram, 99.99, 10));
	assert_true(histogram_supports(&histogram, 99.99, 1));
	assert_true(histogram_supports(&histogram, 50, 5000));
	assert_false(histogram_supports(&histogram, 50, 5001));
	assert_false(histogram_supports(&histogram, 100, 1));
}

TEST(a_cleared_histogram_is_all_zero)
{
	struct histogram empty = {0};

	record_each((const uint64_t[]){77, 1000, 123456789, HISTOGRAM_MAX_VALUE * 2}, 4);
	histogram_clear(&histogram);
	assert_memory_equal(&histogram, &empty, sizeof(empty));
	histogram_clear(&histogram);
	assert_memory_equal(&histogram, &empty, sizeof(empty));
}

TEST_MAIN(NULL, NULL);

/* SPDX-License-Identifier: MIT */
/* The sparse form: the same counts, whatever is merged with what, and the same percentiles. */
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "measure/sparse_histogram.h"
#include "test.h"

static struct random numbers;

static struct histogram *random_histogram(unsigned count)
{
	struct histogram *histogram = calloc(1, sizeof(*histogram));

	assert_non_null(histogram);
	for (unsigned i = 0; i < count; i++)
		histogram_record(histogram,
			random_next(&numbers) >> (20 + random_next(&numbers) % 44),
			1 + random_next(&numbers) % 5);
	return histogram;
}

static void assert_same(const struct sparse_histogram *sparse, const struct histogram *dense)
{
	struct histogram *back = calloc(1, sizeof(*back));

	assert_non_null(back);
	sparse_histogram_expand(sparse, back);
	assert_memory_equal(back->counts, dense->counts, sizeof(back->counts));
	assert_int_equal(back->summary.count, dense->summary.count);
	assert_int_equal(back->summary.min_ns, dense->summary.min_ns);
	assert_int_equal(back->summary.max_ns, dense->summary.max_ns);
	for (size_t i = 0; i < sparse->count; i++) {
		assert_true(sparse->buckets[i].count > 0);
		assert_true(i == 0 || sparse->buckets[i].index > sparse->buckets[i - 1].index);
	}
	free(back);
}

TEST(what_is_merged_is_what_all_recorded)
{
	random_init(&numbers, 17);
	for (unsigned round = 0; round < 200; round++) {
		struct sparse_histogram sum = {0};
		struct histogram *all = calloc(1, sizeof(*all));

		assert_non_null(all);
		for (unsigned part = 0; part < 5; part++) {
			struct histogram *histogram =
				random_histogram((unsigned)(random_next(&numbers) % 40));
			struct sparse_histogram sparse = {0};

			histogram_merge(all, histogram);
			sparse_histogram_record(&sparse, histogram);
			assert_same(&sparse, histogram);
			sparse_histogram_merge(&sum, &sparse);
			assert_same(&sum, all);
			sparse_histogram_free(&sparse);
			free(histogram);
		}
		sparse_histogram_free(&sum);
		free(all);
	}
}

TEST(percentiles_are_those_of_the_full_form)
{
	static const double percents[] = {0, 1, 50, 90, 99, 99.9, 99.999, 100};

	random_init(&numbers, 3);
	for (unsigned round = 0; round < 100; round++) {
		struct histogram *histogram = random_histogram(1 + round);
		struct sparse_histogram sparse = {0};

		if (round % 10 == 0)
			histogram_record(histogram, HISTOGRAM_MAX_VALUE * 4, 1);
		sparse_histogram_record(&sparse, histogram);
		for (unsigned i = 0; i < sizeof(percents) / sizeof(percents[0]); i++)
			assert_int_equal(sparse_histogram_percentile(&sparse, percents[i]),
				histogram_percentile(histogram, percents[i]));
		sparse_histogram_free(&sparse);
		free(histogram);
	}
}

TEST(nothing_recorded_is_nothing)
{
	struct histogram *empty = calloc(1, sizeof(*empty));
	struct sparse_histogram sparse = {0};

	assert_non_null(empty);
	sparse_histogram_record(&sparse, empty);
	sparse_histogram_merge(&sparse, &sparse);
	assert_int_equal(sparse.count, 0);
	assert_null(sparse.buckets);
	assert_int_equal(sparse_histogram_percentile(&sparse, 99), 0);
	free(empty);
}

TEST(counts_beyond_32_bits_are_exact)
{
	struct histogram *histogram = calloc(1, sizeof(*histogram));
	struct sparse_histogram sparse = {0};

	assert_non_null(histogram);
	histogram_record(histogram, 1000, (1ull << 50) - 1);
	sparse_histogram_record(&sparse, histogram);
	histogram_clear(histogram);
	histogram_record(histogram, 1000, 1);
	sparse_histogram_record(&sparse, histogram);
	assert_int_equal(sparse.count, 1);
	assert_true(sparse.buckets[0].count == 1ull << 50);
	sparse_histogram_free(&sparse);
	free(histogram);
}

TEST_MAIN(NULL, NULL);

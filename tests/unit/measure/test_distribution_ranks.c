/* SPDX-License-Identifier: MIT */
/* Signed ranks: published order indices, counts against enumeration, the normal continuation. */
#include "measure/distribution.h"
#include "test.h"

#include "near.h"

TEST(interval_indices_are_the_published_ones)
{
	static const struct {
		size_t n, index;
		double confidence;
	} table[] = {
		{6, 1, .9688},
		{7, 3, .9531},
		{8, 4, .9609},
		{9, 6, .9609},
		{10, 9, .9512},
		{11, 11, .9580},
		{12, 14, .9575},
		{13, 18, .9521},
		{15, 26, .9521},
		{20, 53, .9516},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		size_t index = distribution_rank_index(table[i].n, 0.05);

		assert_int_equal(index, table[i].index);
		assert_near(1 - 2 * distribution_rank_cdf(table[i].n, index - 1),
			table[i].confidence, 5e-5);
	}
	assert_int_equal(distribution_rank_index(5, 0.05), 0);
	assert_int_equal(distribution_rank_index(0, 0.05), 0);
}

TEST(counts_are_those_of_all_subsets)
{
	uint64_t counts[79];
	uint64_t by_hand[79] = {0};

	for (unsigned subset = 0; subset < 1u << 12; subset++) {
		unsigned sum = 0;

		for (unsigned i = 0; i < 12; i++)
			sum += subset >> i & 1 ? i + 1 : 0;
		by_hand[sum]++;
	}
	distribution_rank_counts(12, 78, counts);
	assert_memory_equal(counts, by_hand, sizeof(counts));
}

TEST(sixty_pairs_are_counted_whole)
{
	static uint64_t counts[DISTRIBUTION_RANK_SUM_LIMIT + 1];
	uint64_t total = 0;

	distribution_rank_counts(60, DISTRIBUTION_RANK_SUM_LIMIT, counts);
	for (size_t i = 0; i <= DISTRIBUTION_RANK_SUM_LIMIT; i++) {
		total += counts[i];
		assert_int_equal(counts[i], counts[DISTRIBUTION_RANK_SUM_LIMIT - i]);
	}
	assert_int_equal(total, 1ull << 60);
	assert_near(distribution_rank_cdf(60, DISTRIBUTION_RANK_SUM_LIMIT), 1, 0);
}

TEST(approximation_continues_the_exact_law)
{
	/* The exact index grows by about 29 from 59 to 60 pairs; the approximation goes on so. */
	size_t at_58 = distribution_rank_index(58, 0.05);
	size_t at_60 = distribution_rank_index(60, 0.05);
	size_t at_62 = distribution_rank_index(62, 0.05);

	assert_in_range(at_62 - at_60, at_60 - at_58 - 1, at_60 - at_58 + 3);
	assert_true(2 * distribution_rank_cdf(62, at_62 - 1) <= 0.05);
	assert_true(2 * distribution_rank_cdf(62, at_62) > 0.05);
	assert_near(distribution_rank_cdf(61, 61 * 62 / 4), 0.5, 0.002);
}

TEST_MAIN(NULL, NULL);

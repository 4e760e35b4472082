/* SPDX-License-Identifier: MIT */
/* Each number once, for every size; and an order that statistics cannot tell from a random one. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "load/block_order.h"
#include "test.h"
#include "unit/load/chi_square.h"

static void check_visits_each_once(uint64_t count, uint64_t seed)
{
	struct permutation_walk walk;
	uint8_t *visits = calloc(count, 1);
	uint64_t number;

	assert_non_null(visits);
	block_walk_init(&walk, count, seed);
	for (uint64_t i = 0; i < count; i++) {
		assert_false(block_walk_is_over(&walk));
		number = block_walk_next(&walk);
		assert_true(number < count);
		assert_int_equal(visits[number], 0);
		visits[number] = 1;
	}
	assert_true(block_walk_is_over(&walk));
	assert_true(block_walk_next(&walk) == PERMUTATION_END);
	assert_true(block_walk_next(&walk) == PERMUTATION_END);
	free(visits);
}

TEST(walk_visits_each_once_for_every_small_count)
{
	for (uint64_t count = 1; count <= 2000; count++) {
		check_visits_each_once(count, count);
		check_visits_each_once(count, ~count);
	}
}

TEST(walk_visits_each_once_for_large_odd_counts)
{
	static const uint64_t counts[] = {65535, 65536, 65537, 99991, 131071, 1000003, 2097153};

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		check_visits_each_once(counts[i], 7);
}

TEST(empty_walk_is_over_at_once)
{
	struct permutation_walk walk;

	block_walk_init(&walk, 0, 1);
	assert_true(block_walk_is_over(&walk));
	assert_true(block_walk_next(&walk) == PERMUTATION_END);
}

TEST(huge_counts_stay_in_range_without_repeats)
{
	enum { SAMPLES = 4096 };
	static const uint64_t counts[] = {
		(1ull << 52) - 1, 1ull << 52, (1ull << 40) + 1, 1ull << 63};

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct permutation_walk walk;
		uint64_t upper_half = 0;
		uint64_t number;

		block_walk_init(&walk, counts[i], i);
		for (int k = 0; k < SAMPLES; k++) {
			number = block_walk_next(&walk);
			assert_true(number < counts[i]);
			upper_half += number >= counts[i] / 2;
		}
		/* Six deviations of a fair coin. */
		assert_in_range(upper_half, SAMPLES / 2 - 192, SAMPLES / 2 + 192);
	}
}

TEST(permutation_at_is_a_bijection)
{
	for (uint64_t count = 1; count <= 700; count++) {
		struct permutation permutation;
		uint8_t visits[700] = {0};

		block_permutation_init(&permutation, count, 3);
		for (uint64_t i = 0; i < count; i++) {
			uint64_t place = block_permutation_at(&permutation, i);

			assert_true(place < count);
			assert_int_equal(visits[place], 0);
			visits[place] = 1;
		}
	}
}

TEST(seeds_give_other_orders_and_the_same_seed_the_same)
{
	enum { COUNT = 1000 };
	struct permutation_walk first, same, other;
	unsigned fixed_points = 0;

	block_walk_init(&first, COUNT, 1);
	block_walk_init(&same, COUNT, 1);
	block_walk_init(&other, COUNT, 2);
	for (int i = 0; i < COUNT; i++) {
		uint64_t a, b, c;

		a = block_walk_next(&first);
		b = block_walk_next(&same);
		c = block_walk_next(&other);
		assert_int_equal(a, b);
		fixed_points += a == c;
	}
	/* Two random orders agree in one place on average. */
	assert_in_range(fixed_points, 0, 7);
}

/* Each number is found in each eighth of the walk as often as in any other, over many seeds. */
TEST(every_place_is_as_likely_for_every_number)
{
	enum { SEEDS = 4000, EIGHTHS = 8 };
	static const uint64_t counts[] = {16, 40, 136, 256, 400};

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		uint64_t count = counts[i];
		static uint64_t seen[400][EIGHTHS];
		double sum = 0;

		memset(seen, 0, sizeof(seen));
		for (uint64_t seed = 0; seed < SEEDS; seed++) {
			struct permutation_walk walk;
			uint64_t number;

			block_walk_init(&walk, count, seed);
			for (uint64_t k = 0; k < count; k++) {
				number = block_walk_next(&walk);
				seen[number][k * EIGHTHS / count]++;
			}
		}
		for (uint64_t number = 0; number < count; number++)
			sum += chi_square_even(seen[number], EIGHTHS);
		assert_true(fabs(sum / sqrt((double)count)) < CHI_SQUARE_LIMIT);
	}
}

/* How far apart the 1st and 2nd (lag 1), the 1st and 3rd (lag 2) number are, in 32 classes. */
static double lag_score(uint64_t count, uint64_t seed, unsigned lag)
{
	enum { CLASSES = 32, SAMPLES = 60000 };
	struct permutation_walk walk;
	uint64_t counts[CLASSES] = {0};
	uint64_t last[2] = {0};
	uint64_t number;

	block_walk_init(&walk, count, seed);
	for (uint64_t i = 0; i < SAMPLES && (number = block_walk_next(&walk)) != PERMUTATION_END;
		i++) {
		uint64_t before = last[(i - lag) & 1];

		if (i >= lag) {
			uint64_t distance = (number + count - before) % count;

			counts[(unsigned)((double)distance / (double)count * CLASSES)]++;
		}
		last[i & 1] = number;
	}
	return chi_square_even(counts, CLASSES);
}

TEST(neighbours_in_the_walk_are_independent)
{
	for (unsigned bits = 9; bits <= 52; bits++) {
		uint64_t counts[3] = {1ull << bits, (1ull << bits) - (1ull << (bits - 3)) + 1,
			(1ull << (bits - 1)) + 1};
		double sum[2] = {0, 0};

		for (unsigned i = 0; i < 3; i++) {
			for (unsigned lag = 1; lag <= 2; lag++) {
				double score = lag_score(counts[i], bits * 31 + i, lag);

				assert_true(fabs(score) < 4);
				sum[lag - 1] += score;
			}
		}
		assert_true(fabs(sum[0]) / sqrt(3) < CHI_SQUARE_LIMIT);
		assert_true(fabs(sum[1]) / sqrt(3) < CHI_SQUARE_LIMIT);
	}
}

TEST(neighbours_in_short_walks_are_independent)
{
	enum { SEEDS = 400 };
	static const uint64_t counts[] = {136, 205, 256};

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		double sum = 0;

		for (uint64_t seed = 0; seed < SEEDS; seed++)
			sum += lag_score(counts[i], seed, 1);
		/* The score is a normal one only about: few numbers in each class. */
		assert_true(fabs(sum) / sqrt(SEEDS) < 4);
	}
}

TEST(serial_correlation_is_low)
{
	static const uint64_t counts[] = {1000, 4096, 65536, 100003, 1ull << 20, 1ull << 34};

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct permutation_walk walk;
		uint64_t number;
		double last = 0;
		double products = 0;
		double squares = 0;
		uint64_t samples = 0;

		block_walk_init(&walk, counts[i], 11);
		while (samples < 100000 && (number = block_walk_next(&walk)) != PERMUTATION_END) {
			double centred = (double)number / (double)counts[i] - 0.5;

			products += samples > 0 ? centred * last : 0;
			squares += centred * centred;
			last = centred;
			samples++;
		}
		assert_true(fabs(products / squares) * sqrt((double)samples) < 3.5);
	}
}

/* Numbers drawn without replacement: variances are (1 - 1/2) of those with replacement. */
TEST(first_half_of_the_walk_covers_the_range_evenly)
{
	enum { REGIONS = 64 };
	static const uint64_t counts[] = {6400, 65536, 102400, 700032};

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct permutation_walk walk;
		double expected = (double)counts[i] / 2 / REGIONS;
		uint64_t regions[REGIONS] = {0};
		double statistic = 0;
		uint64_t number;

		block_walk_init(&walk, counts[i], 5);
		for (uint64_t k = 0; k < counts[i] / 2; k++) {
			number = block_walk_next(&walk);
			regions[number * REGIONS / counts[i]]++;
		}
		for (int k = 0; k < REGIONS; k++) {
			double difference = (double)regions[k] - expected;

			statistic += difference * difference / (expected * 0.5);
		}
		assert_true(fabs(chi_square_score(statistic, REGIONS - 1)) < CHI_SQUARE_LIMIT);
	}
}

TEST_MAIN(NULL, NULL);

/* SPDX-License-Identifier: MIT */
/* Draws against the theory of each distribution, by chi-square with fixed seeds. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "load/distribution.h"
#include "test.h"
#include "unit/load/chi_square.h"

enum { BLOCKS = 1000, DRAWS = 300000, BLOCK_BYTES = 4096 };

struct fixture {
	struct arena arena;
	struct distribution_sampler sampler;
	struct random random;
};

static void begin(struct fixture *fixture, const struct distribution *distribution, uint64_t count)
{
	*fixture = (struct fixture){0};
	distribution_sampler_init(
		&fixture->sampler, &fixture->arena, distribution, count, BLOCK_BYTES, 42);
	random_init(&fixture->random, 7);
}

static void draw_many(struct fixture *fixture, uint64_t *counts, uint64_t count)
{
	memset(counts, 0, count * sizeof(*counts));
	for (int i = 0; i < DRAWS; i++) {
		uint64_t block =
			distribution_draw(&fixture->sampler, &fixture->random, DIRECTION_READ);

		assert_true(block < count);
		counts[block]++;
	}
}

/* The block that a rank of zipf or pareto is scattered to. */
static uint64_t place_of(const struct distribution_sampler *sampler, uint64_t rank)
{
	return (block_permutation_at(&sampler->scatter, rank) + sampler->scatter_shift) %
	       sampler->count;
}

/* Joins neighbouring cells until at least 20 draws are expected in each. */
static double score_of(const uint64_t *counts, const double *shares, size_t cells)
{
	static uint64_t joined_counts[BLOCKS];
	static double joined_shares[BLOCKS];
	size_t joined = 0;
	double share = 0;
	uint64_t count = 0;

	for (size_t i = 0; i < cells; i++) {
		share += shares[i];
		count += counts[i];
		if (share * DRAWS < 20)
			continue;
		joined_shares[joined] = share;
		joined_counts[joined++] = count;
		share = 0;
		count = 0;
	}
	joined_shares[joined - 1] += share;
	joined_counts[joined - 1] += count;
	return chi_square(joined_counts, joined_shares, joined);
}

static void check_ranks(struct fixture *fixture, const double *shares)
{
	static uint64_t counts[BLOCKS];
	static uint64_t ranks[BLOCKS];

	draw_many(fixture, counts, BLOCKS);
	for (uint64_t rank = 0; rank < BLOCKS; rank++)
		ranks[rank] = counts[place_of(&fixture->sampler, rank)];
	assert_true(fabs(score_of(ranks, shares, BLOCKS)) < CHI_SQUARE_LIMIT);
}

TEST(zipf_follows_its_law)
{
	static const double thetas[] = {0.1, 0.5, 0.9, 0.99, 1.000001, 1.01, 1.2, 2, 3.5};
	static double shares[BLOCKS];

	for (size_t i = 0; i < sizeof(thetas) / sizeof(thetas[0]); i++) {
		struct distribution zipf = {
			DISTRIBUTION_ZIPF, .parameter = thetas[i], .center = -1};
		struct fixture fixture;
		double sum = 0;

		for (int k = 0; k < BLOCKS; k++)
			sum += shares[k] = pow(k + 1, -thetas[i]);
		for (int k = 0; k < BLOCKS; k++)
			shares[k] /= sum;
		begin(&fixture, &zipf, BLOCKS);
		check_ranks(&fixture, shares);
	}
}

/* Sum of k^-theta for k = 1..count by Euler and Maclaurin from 1000 on. */
static double harmonic(double theta, double count)
{
	double first = 1000;
	double sum = 0;

	for (double k = 1; k < first; k++)
		sum += pow(k, -theta);
	sum += (pow(count, 1 - theta) - pow(first, 1 - theta)) / (1 - theta);
	return sum + (pow(first, -theta) + pow(count, -theta)) / 2 +
	       theta * pow(first, -theta - 1) / 12;
}

TEST(zipf_is_exact_over_huge_regions)
{
	enum { RANKS = 64 };
	static const uint64_t blocks[] = {1ull << 30, (1ull << 40) + 1, 1ull << 50};

	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		struct distribution zipf = {DISTRIBUTION_ZIPF, .parameter = 1.1, .center = -1};
		struct fixture fixture;
		uint64_t counts[RANKS + 1] = {0};
		double shares[RANKS + 1];
		double sum = harmonic(1.1, (double)blocks[i]);

		begin(&fixture, &zipf, blocks[i]);
		shares[RANKS] = 1;
		for (int k = 0; k < RANKS; k++) {
			shares[k] = pow(k + 1, -1.1) / sum;
			shares[RANKS] -= shares[k];
		}
		for (int k = 0; k < DRAWS; k++) {
			uint64_t block = distribution_draw(
				&fixture.sampler, &fixture.random, DIRECTION_READ);
			int rank = 0;

			assert_true(block < blocks[i]);
			while (rank < RANKS && place_of(&fixture.sampler, (uint64_t)rank) != block)
				rank++;
			counts[rank]++;
		}
		assert_true(fabs(chi_square(counts, shares, RANKS + 1)) < CHI_SQUARE_LIMIT);
	}
}

TEST(pareto_follows_fios_formula)
{
	static const double parameters[] = {0.05, 0.2, 0.5, 0.9};
	static double shares[BLOCKS];

	for (size_t i = 0; i < sizeof(parameters) / sizeof(parameters[0]); i++) {
		struct distribution pareto = {
			DISTRIBUTION_PARETO, .parameter = parameters[i], .center = -1};
		double power = log(parameters[i]) / log(1 - parameters[i]);
		struct fixture fixture;

		for (int k = 0; k < BLOCKS; k++)
			shares[k] = pow((k + 1.0) / BLOCKS, 1 / power) -
				    pow((double)k / BLOCKS, 1 / power);
		begin(&fixture, &pareto, BLOCKS);
		check_ranks(&fixture, shares);
	}
}

/* The meaning of fio's parameter: with 0.2, a fifth of the blocks gets four fifths. */
TEST(pareto_gives_a_share_of_blocks_the_rest_of_accesses)
{
	struct distribution pareto = {DISTRIBUTION_PARETO, .parameter = 0.2, .center = -1};
	struct fixture fixture;
	static uint64_t counts[BLOCKS];
	uint64_t hot = 0;

	begin(&fixture, &pareto, BLOCKS);
	draw_many(&fixture, counts, BLOCKS);
	for (uint64_t rank = 0; rank < BLOCKS / 5; rank++)
		hot += counts[place_of(&fixture.sampler, rank)];
	assert_in_range(hot, DRAWS / 10 * 8 - 1100, DRAWS / 10 * 8 + 1100);
}

static uint64_t hottest(struct fixture *fixture, uint64_t count)
{
	static uint64_t counts[BLOCKS];
	uint64_t hottest = 0;

	draw_many(fixture, counts, count);
	for (uint64_t i = 1; i < count; i++) {
		if (counts[i] > counts[hottest])
			hottest = i;
	}
	return hottest;
}

TEST(center_is_the_hottest_block)
{
	static const struct {
		double center;
		uint64_t block;
	} places[] = {{0, 0}, {0.25, 250}, {0.5, 500}, {0.9999, 999}, {1, 999}};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct distribution zipf = {
			DISTRIBUTION_ZIPF, .parameter = 1.2, .center = places[i].center};
		struct distribution pareto = {
			DISTRIBUTION_PARETO, .parameter = 0.1, .center = places[i].center};
		struct fixture fixture;

		begin(&fixture, &zipf, BLOCKS);
		assert_int_equal(hottest(&fixture, BLOCKS), places[i].block);
		begin(&fixture, &pareto, BLOCKS);
		assert_int_equal(hottest(&fixture, BLOCKS), places[i].block);
	}
}

TEST(hot_blocks_are_scattered)
{
	struct distribution zipf = {DISTRIBUTION_ZIPF, .parameter = 1.2, .center = -1};
	struct fixture fixture;
	unsigned neighbours = 0;

	begin(&fixture, &zipf, 1 << 20);
	for (uint64_t rank = 0; rank < 100; rank++) {
		int64_t here = (int64_t)place_of(&fixture.sampler, rank);
		int64_t next = (int64_t)place_of(&fixture.sampler, rank + 1);

		neighbours += llabs(here - next) < 1000;
	}
	assert_in_range(neighbours, 0, 2);
}

static double normal_cdf(double z)
{
	return 0.5 * erfc(-z / sqrt(2));
}

static void check_normal(double percent, double center, double mean)
{
	struct distribution normal = {DISTRIBUTION_NORMAL, .parameter = percent, .center = center};
	static double shares[BLOCKS];
	static uint64_t counts[BLOCKS];
	double deviation = BLOCKS * percent / 100;
	double inside = normal_cdf((BLOCKS - mean) / deviation) - normal_cdf(-mean / deviation);
	struct fixture fixture;

	for (int k = 0; k < BLOCKS; k++)
		shares[k] = (normal_cdf((k + 1 - mean) / deviation) -
				    normal_cdf((k - mean) / deviation)) /
			    inside;
	begin(&fixture, &normal, BLOCKS);
	draw_many(&fixture, counts, BLOCKS);
	assert_true(fabs(score_of(counts, shares, BLOCKS)) < CHI_SQUARE_LIMIT);
}

TEST(normal_is_centred_and_cut_at_the_region)
{
	check_normal(1, -1, 500);
	check_normal(10, -1, 500);
	check_normal(50, -1, 500);
	check_normal(100, -1, 500);
	check_normal(10, 0.25, 250);
	check_normal(10, 0, 0);
	check_normal(10, 1, 1000);
}

TEST(normal_without_deviation_is_its_centre)
{
	struct distribution middle = {DISTRIBUTION_NORMAL, .parameter = 0, .center = -1};
	struct distribution end = {DISTRIBUTION_NORMAL, .parameter = 0, .center = 1};
	struct fixture fixture;

	begin(&fixture, &middle, BLOCKS);
	assert_int_equal(distribution_draw(&fixture.sampler, &fixture.random, DIRECTION_READ), 500);
	begin(&fixture, &end, BLOCKS);
	assert_int_equal(distribution_draw(&fixture.sampler, &fixture.random, DIRECTION_READ), 999);
}

static void end_fixture(struct fixture *fixture)
{
	arena_free(&fixture->arena);
}

/* Zones as (first, count, share of accesses): shares between zones and evenness within. */
static void check_zones(const struct distribution *distribution, const uint64_t (*blocks)[2],
	const double *shares, size_t zones)
{
	static uint64_t counts[BLOCKS];
	uint64_t zone_counts[8] = {0};
	struct fixture fixture;

	begin(&fixture, distribution, BLOCKS);
	draw_many(&fixture, counts, BLOCKS);
	for (size_t i = 0; i < zones; i++) {
		for (uint64_t k = 0; k < blocks[i][1]; k++)
			zone_counts[i] += counts[blocks[i][0] + k];
		if (blocks[i][1] > 1)
			assert_true(fabs(chi_square_even(&counts[blocks[i][0]], blocks[i][1])) <
				    CHI_SQUARE_LIMIT);
	}
	assert_true(fabs(chi_square(zone_counts, shares, zones)) < CHI_SQUARE_LIMIT);
	end_fixture(&fixture);
}

TEST(zoned_gives_each_zone_its_share)
{
	/* The example of fio's HOWTO. */
	static const struct distribution_zone zones[] = {
		{60, 10, 0}, {30, 20, 0}, {8, 30, 0}, {2, 40, 0}};
	static const uint64_t blocks[][2] = {{0, 100}, {100, 200}, {300, 300}, {600, 400}};
	static const double shares[] = {0.6, 0.3, 0.08, 0.02};
	struct distribution zoned = {
		DISTRIBUTION_ZONED, .zones = {{zones, 4}, {zones, 4}, {zones, 4}}};

	check_zones(&zoned, blocks, shares, 4);
}

TEST(zoned_abs_counts_blocks_from_the_start)
{
	static const struct distribution_zone zones[] = {
		{70, 0, 50 * BLOCK_BYTES}, {20, 0, 150 * BLOCK_BYTES}, {10, 0, 0}};
	static const uint64_t blocks[][2] = {{0, 50}, {50, 150}, {200, 800}};
	static const double shares[] = {0.7, 0.2, 0.1};
	struct distribution zoned = {
		DISTRIBUTION_ZONED_ABS, .zones = {{zones, 3}, {zones, 3}, {zones, 3}}};

	check_zones(&zoned, blocks, shares, 3);
}

TEST(zones_beyond_the_region_are_cut)
{
	static const struct distribution_zone zones[] = {
		{50, 0, 900 * BLOCK_BYTES}, {50, 0, 5000 * BLOCK_BYTES}};
	static const uint64_t blocks[][2] = {{0, 900}, {900, 100}};
	static const double shares[] = {0.5, 0.5};
	struct distribution zoned = {
		DISTRIBUTION_ZONED_ABS, .zones = {{zones, 2}, {zones, 2}, {zones, 2}}};

	check_zones(&zoned, blocks, shares, 2);
}

TEST(zones_without_accesses_are_passed_over)
{
	static const struct distribution_zone zones[] = {
		{0, 10, 0}, {50, 40, 0}, {0, 20, 0}, {50, 10, 0}, {0, 20, 0}};
	static const uint64_t blocks[][2] = {{100, 400}, {700, 100}};
	static const double shares[] = {0.5, 0.5};
	struct distribution zoned = {
		DISTRIBUTION_ZONED, .zones = {{zones, 5}, {zones, 5}, {zones, 5}}};
	struct fixture fixture;

	check_zones(&zoned, blocks, shares, 2);
	begin(&fixture, &zoned, BLOCKS);
	for (int i = 0; i < DRAWS; i++) {
		uint64_t block =
			distribution_draw(&fixture.sampler, &fixture.random, DIRECTION_READ);

		assert_true((block >= 100 && block < 500) || (block >= 700 && block < 800));
	}
	end_fixture(&fixture);
}

TEST(zones_smaller_than_a_block_are_one_block)
{
	static const struct distribution_zone zones[] = {{40, 0.01, 0}, {60, 99.99, 0}};
	static const uint64_t blocks[][2] = {{0, 1}, {1, 999}};
	static const double shares[] = {0.4 + 0.6 / 1000, 0.6 - 0.6 / 1000};
	struct distribution zoned = {
		DISTRIBUTION_ZONED, .zones = {{zones, 2}, {zones, 2}, {zones, 2}}};
	struct fixture fixture;

	check_zones(&zoned, blocks, shares, 2);
	begin(&fixture, &zoned, 1);
	assert_int_equal(distribution_draw(&fixture.sampler, &fixture.random, DIRECTION_READ), 0);
	end_fixture(&fixture);
}

TEST(one_block_is_drawn_by_every_kind)
{
	static const struct distribution_zone zones[] = {{60, 10, 8192}, {40, 90, 0}};
	static const double parameters[] = {0, 1.2, 0.2, 10, 0, 0};

	for (int kind = DISTRIBUTION_UNIFORM; kind <= DISTRIBUTION_ZONED_ABS; kind++) {
		struct distribution distribution = {(enum distribution_kind)kind,
			.parameter = parameters[kind], .center = -1,
			.zones = {{zones, 2}, {zones, 2}, {zones, 2}}};
		struct fixture fixture;

		begin(&fixture, &distribution, 1);
		for (int i = 0; i < 100; i++)
			assert_int_equal(distribution_draw(
						 &fixture.sampler, &fixture.random, DIRECTION_READ),
				0);
		end_fixture(&fixture);
	}
}

TEST(rewound_sampler_draws_the_same_again)
{
	struct distribution normal = {DISTRIBUTION_NORMAL, .parameter = 10, .center = -1};
	struct fixture fixture;
	uint64_t first[9];

	begin(&fixture, &normal, BLOCKS);
	/* An odd number: half a pair is left over. */
	for (int i = 0; i < 9; i++)
		first[i] = distribution_draw(&fixture.sampler, &fixture.random, DIRECTION_READ);
	random_init(&fixture.random, 7);
	distribution_sampler_rewind(&fixture.sampler);
	for (int i = 0; i < 9; i++)
		assert_int_equal(
			distribution_draw(&fixture.sampler, &fixture.random, DIRECTION_READ),
			first[i]);
}

TEST(directions_have_their_own_zones)
{
	static const struct distribution_zone reads[] = {{100, 10, 0}, {0, 90, 0}};
	static const struct distribution_zone trims[] = {{0, 90, 0}, {100, 10, 0}};
	struct distribution zoned = {DISTRIBUTION_ZONED, .zones = {{reads, 2}, {0}, {trims, 2}}};
	struct fixture fixture;
	uint64_t most = 0;

	begin(&fixture, &zoned, 100);
	for (int i = 0; i < 1000; i++) {
		uint64_t of_write =
			distribution_draw(&fixture.sampler, &fixture.random, DIRECTION_WRITE);

		assert_true(
			distribution_draw(&fixture.sampler, &fixture.random, DIRECTION_READ) < 10);
		assert_true(
			distribution_draw(&fixture.sampler, &fixture.random, DIRECTION_TRIM) >= 90);
		most = of_write > most ? of_write : most;
	}
	assert_true(most > 90); /* no zones: uniform */
	end_fixture(&fixture);
}

TEST(a_sequence_goes_round_in_each_direction)
{
	static const uint64_t numbers[] = {2, 0, 1};
	struct distribution sequence = {
		DISTRIBUTION_SEQUENCE, .numbers = numbers, .number_count = 3};
	struct fixture fixture;

	begin(&fixture, &sequence, 3);
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 7; i++)
			assert_int_equal(distribution_draw(&fixture.sampler, &fixture.random,
						 DIRECTION_WRITE),
				numbers[i % 3]);
		assert_int_equal(
			distribution_draw(&fixture.sampler, &fixture.random, DIRECTION_READ), 2);
		distribution_sampler_rewind(&fixture.sampler);
	}
	end_fixture(&fixture);
}

TEST_MAIN(NULL, NULL);

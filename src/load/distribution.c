/* SPDX-License-Identifier: MIT */
/*
 * Samplers of fio's random distributions. Zipf: W. Hörmann, G. Derflinger, "Rejection-inversion
 * to generate variates from monotone discrete distributions", ACM TOMACS 6 (1996), with the
 * helper functions that keep it exact near theta = 1. Pareto: the formula of fio's lib/zipf.c.
 * Normal: Marsaglia's polar method, drawn again when outside the region.
 */
#include "load/distribution.h"

#include <assert.h>
#include <math.h>

struct distribution_interval {
	uint64_t limit; /* of 2^64: cumulative share of accesses */
	uint64_t first;
	uint64_t count;
};

/* log(1 + x) / x and (e^x - 1) / x, both 1 in the limit at 0. */
static double log1p_ratio(double x)
{
	return fabs(x) > 1e-8 ? log1p(x) / x : 1 - x * (0.5 - x / 3);
}

static double expm1_ratio(double x)
{
	return fabs(x) > 1e-8 ? expm1(x) / x : 1 + x * 0.5 * (1 + x / 3);
}

/* h(x) = x^-theta, its integral H (up to a constant), and the inverse of H. */
static double zipf_density(double theta, double x)
{
	return exp(-theta * log(x));
}

static double zipf_integral(double theta, double x)
{
	double log_x = log(x);

	return expm1_ratio((1 - theta) * log_x) * log_x;
}

static double zipf_inverse(double theta, double value)
{
	/* Rounding may lead below -1, where the logarithm ends. */
	double t = fmax(value * (1 - theta), -1);

	return exp(log1p_ratio(t) * value);
}

static void init_zipf(struct distribution_sampler *sampler, double theta)
{
	sampler->power = theta;
	sampler->integral_first = zipf_integral(theta, 1.5) - 1;
	sampler->integral_last = zipf_integral(theta, (double)sampler->count + 0.5);
	sampler->quick_cut =
		2 - zipf_inverse(theta, zipf_integral(theta, 2.5) - zipf_density(theta, 2));
}

static uint64_t draw_zipf(const struct distribution_sampler *sampler, struct random *random)
{
	double theta = sampler->power;
	double span = sampler->integral_first - sampler->integral_last;

	for (;;) {
		double u = sampler->integral_last + random_unit(random) * span;
		double x = zipf_inverse(theta, u);
		double rank = fmin(fmax(floor(x + 0.5), 1), (double)sampler->count);

		if (rank - x <= sampler->quick_cut ||
			u >= zipf_integral(theta, rank + 0.5) - zipf_density(theta, rank))
			return (uint64_t)rank - 1;
	}
}

static uint64_t draw_pareto(const struct distribution_sampler *sampler, struct random *random)
{
	double share = pow(random_unit(random), sampler->power);
	uint64_t rank = (uint64_t)((double)sampler->count * share);

	return rank < sampler->count ? rank : sampler->count - 1;
}

static void init_scatter(struct distribution_sampler *sampler, double center, uint64_t seed)
{
	uint64_t hottest;

	block_permutation_init(&sampler->scatter, sampler->count, seed);
	sampler->scatter_shift = 0;
	if (center < 0)
		return;
	hottest = (uint64_t)((double)sampler->count * center);
	if (hottest >= sampler->count)
		hottest = sampler->count - 1;
	sampler->scatter_shift =
		hottest + sampler->count - block_permutation_at(&sampler->scatter, 0);
	sampler->scatter_shift %= sampler->count;
}

static uint64_t scatter(const struct distribution_sampler *sampler, uint64_t rank)
{
	uint64_t place = block_permutation_at(&sampler->scatter, rank) + sampler->scatter_shift;

	return place < sampler->count ? place : place - sampler->count;
}

static void init_normal(struct distribution_sampler *sampler, double percent, double center)
{
	double count = (double)sampler->count;

	sampler->mean = count * (center < 0 ? 0.5 : center);
	sampler->deviation = count * percent / 100;
}

static double draw_standard_normal(struct distribution_sampler *sampler, struct random *random)
{
	double u, v, s, factor;

	if (sampler->has_spare) {
		sampler->has_spare = false;
		return sampler->spare;
	}
	do {
		u = 2 * random_unit(random) - 1;
		v = 2 * random_unit(random) - 1;
		s = u * u + v * v;
	} while (s >= 1 || s == 0);
	factor = sqrt(-2 * log(s) / s);
	sampler->spare = v * factor;
	sampler->has_spare = true;
	return u * factor;
}

static uint64_t draw_normal(struct distribution_sampler *sampler, struct random *random)
{
	double count = (double)sampler->count;
	double place;

	/* Without a deviation every draw is the mean, which may be the region's very end. */
	if (sampler->deviation <= 0)
		return (uint64_t)fmin(sampler->mean, count - 1);
	do {
		place = sampler->mean + sampler->deviation * draw_standard_normal(sampler, random);
	} while (place < 0 || place >= count);
	return (uint64_t)place;
}

/* Where a zone ends that begins at `first` blocks; `size_percent` is of all zones up to it. */
static uint64_t zone_end(const struct distribution_sampler *sampler,
	const struct distribution_zone *zone, uint64_t first, uint64_t block_bytes,
	double size_percent)
{
	uint64_t blocks;

	if (sampler->kind == DISTRIBUTION_ZONED)
		return (uint64_t)((double)sampler->count * fmin(size_percent / 100, 1) + 1e-6);
	blocks = zone->size_bytes / block_bytes;
	if (zone->size_bytes == 0 || blocks > sampler->count - first)
		return sampler->count;
	return first + blocks;
}

static void add_interval(struct distribution_sampler *sampler, enum io_direction direction,
	double cumulative_share, uint64_t first, uint64_t end)
{
	struct distribution_interval *interval =
		&sampler->intervals[direction].items[sampler->intervals[direction].count++];

	/* The last one is taken without a look at its limit; below 2^64 all the same. */
	interval->limit = (uint64_t)fmin(cumulative_share * 0x1p64, 0x1.fffffffffffffp63);
	/* A zone smaller than a block is one block: its accesses must go somewhere. */
	interval->first = first < sampler->count ? first : sampler->count - 1;
	interval->count = end > interval->first ? end - interval->first : 1;
}

static void init_zones(struct distribution_sampler *sampler, struct arena *arena,
	const struct distribution_zones *zones, enum io_direction direction, uint64_t block_bytes)
{
	double access_sum = 0;
	double access_percent = 0;
	double size_percent = 0;
	uint64_t first = 0;

	sampler->intervals[direction].items =
		arena_alloc_array(arena, zones->count, sizeof(struct distribution_interval));
	for (size_t i = 0; i < zones->count; i++)
		access_sum += zones->items[i].access_percent;
	assert(zones->count == 0 || access_sum > 0);
	for (size_t i = 0; i < zones->count; i++) {
		const struct distribution_zone *zone = &zones->items[i];
		uint64_t end;

		access_percent += zone->access_percent;
		size_percent += zone->size_percent;
		end = zone_end(sampler, zone, first, block_bytes, size_percent);
		if (zone->access_percent > 0)
			add_interval(sampler, direction, access_percent / access_sum, first, end);
		first = end > first ? end : first;
	}
}

static uint64_t draw_zoned(const struct distribution_sampler *sampler, struct random *random,
	enum io_direction direction)
{
	const struct distribution_interval *interval = sampler->intervals[direction].items, *last;
	uint64_t share;

	if (sampler->intervals[direction].count == 0)
		return random_below(random, sampler->count);
	share = random_next(random);
	last = interval + sampler->intervals[direction].count - 1;
	while (interval < last && share >= interval->limit)
		interval++;
	return interval->first + random_below(random, interval->count);
}

static uint64_t next_in_sequence(struct distribution_sampler *sampler, enum io_direction direction)
{
	size_t *position = &sampler->positions[direction];
	uint64_t number = sampler->numbers[*position];

	*position = *position + 1 < sampler->number_count ? *position + 1 : 0;
	assert(number < sampler->count);
	return number;
}

void distribution_sampler_init(struct distribution_sampler *sampler, struct arena *arena,
	const struct distribution *distribution, uint64_t count, uint64_t block_bytes,
	uint64_t seed)
{
	double parameter = distribution->parameter;

	*sampler = (struct distribution_sampler){.kind = distribution->kind, .count = count};
	switch (distribution->kind) {
	case DISTRIBUTION_UNIFORM:
		break;
	case DISTRIBUTION_ZIPF:
		init_zipf(sampler, parameter);
		init_scatter(sampler, distribution->center, seed);
		break;
	case DISTRIBUTION_PARETO:
		sampler->power = log(parameter) / log1p(-parameter);
		init_scatter(sampler, distribution->center, seed);
		break;
	case DISTRIBUTION_NORMAL:
		init_normal(sampler, parameter, distribution->center);
		break;
	case DISTRIBUTION_ZONED:
	case DISTRIBUTION_ZONED_ABS:
		for (int i = 0; i < DATA_DIRECTION_COUNT; i++)
			init_zones(sampler, arena, &distribution->zones[i], (enum io_direction)i,
				block_bytes);
		break;
	case DISTRIBUTION_SEQUENCE:
		sampler->numbers = distribution->numbers;
		sampler->number_count = distribution->number_count;
		break;
	}
}

uint64_t distribution_draw(
	struct distribution_sampler *sampler, struct random *random, enum io_direction direction)
{
	switch (sampler->kind) {
	case DISTRIBUTION_UNIFORM:
		break;
	case DISTRIBUTION_ZIPF:
		return scatter(sampler, draw_zipf(sampler, random));
	case DISTRIBUTION_PARETO:
		return scatter(sampler, draw_pareto(sampler, random));
	case DISTRIBUTION_NORMAL:
		return draw_normal(sampler, random);
	case DISTRIBUTION_ZONED:
	case DISTRIBUTION_ZONED_ABS:
		return draw_zoned(sampler, random, direction);
	case DISTRIBUTION_SEQUENCE:
		return next_in_sequence(sampler, direction);
	}
	return random_below(random, sampler->count);
}

void distribution_sampler_rewind(struct distribution_sampler *sampler)
{
	sampler->has_spare = false;
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++)
		sampler->positions[i] = 0;
}

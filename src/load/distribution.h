/* SPDX-License-Identifier: MIT */
/*
 * Random block numbers that are not uniform: fio's random_distribution. A struct distribution is
 * what the user asked for; a struct distribution_sampler draws by it, in O(1) memory and time.
 *
 * zipf, pareto: rank 0 is the hottest; ranks are scattered over the region by a permutation, as
 * fio scatters them by a hash, so that hot blocks are no neighbours. With a center the hottest
 * block lies there. Where fio approximates (zipf by its zeta cut at 10^7 terms, normal by a sum of
 * twelve uniforms of fixed width) the exact distribution is drawn.
 */
#ifndef LOAD_DISTRIBUTION_H
#define LOAD_DISTRIBUTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/io_op.h"
#include "base/random.h"
#include "load/block_order.h"

enum distribution_kind {
	DISTRIBUTION_UNIFORM,
	DISTRIBUTION_ZIPF,      /* parameter: theta > 0, not 1: P(rank k) ~ 1 / (k + 1)^theta */
	DISTRIBUTION_PARETO,    /* parameter: 0 < h < 1: a share h of the blocks gets 1 - h */
	DISTRIBUTION_NORMAL,    /* parameter: deviation in percent of the region */
	DISTRIBUTION_ZONED,     /* zones by percent of the region */
	DISTRIBUTION_ZONED_ABS, /* zones by bytes */
	DISTRIBUTION_SEQUENCE,  /* the numbers of a list, over and over */
};

struct distribution_zone {
	double access_percent;
	double size_percent; /* DISTRIBUTION_ZONED */
	uint64_t size_bytes; /* DISTRIBUTION_ZONED_ABS; 0: the rest of the region */
};

struct distribution {
	enum distribution_kind kind;
	double parameter;
	/* 0..1 of the region is the hottest; negative: not given (normal: 0.5, else anywhere). */
	double center;
	struct distribution_zones {
		const struct distribution_zone *items;
		size_t count; /* 0: this direction is uniform */
	} zones[DATA_DIRECTION_COUNT];
	const uint64_t *numbers; /* DISTRIBUTION_SEQUENCE: of blocks, */
	size_t number_count;
};

struct distribution_interval;

struct distribution_sampler {
	enum distribution_kind kind;
	uint64_t count;             /* blocks */
	struct permutation scatter; /* zipf, pareto */
	uint64_t scatter_shift;
	double power;          /* zipf: theta; pareto: log h / log (1 - h) */
	double integral_first; /* zipf: H(1.5) - 1, H(count + 0.5), and the cut of quick acceptance
				*/
	double integral_last;
	double quick_cut;
	double mean; /* normal, in blocks */
	double deviation;
	double spare; /* the second of each pair that the polar method makes */
	bool has_spare;
	struct {
		size_t count;
		struct distribution_interval *items;
	} intervals[DATA_DIRECTION_COUNT]; /* zoned */
	const uint64_t *numbers;           /* sequence: kept, */
	size_t number_count;
	size_t positions[DATA_DIRECTION_COUNT]; /* in it */
};

/*
 * For `count` >= 1 blocks of `block_bytes`. Zones that reach beyond the region are cut; shares of
 * accesses are taken of their sum. Memory from `arena`; of `distribution` only the numbers of a
 * sequence are kept, which are below `count`.
 */
void distribution_sampler_init(struct distribution_sampler *sampler, struct arena *arena,
	const struct distribution *distribution, uint64_t count, uint64_t block_bytes,
	uint64_t seed);

/* A block, 0..count-1. */
uint64_t distribution_draw(
	struct distribution_sampler *sampler, struct random *random, enum io_direction direction);

/* Forgets what it kept of earlier draws: with the same `random` it then draws the same again. */
void distribution_sampler_rewind(struct distribution_sampler *sampler);

#endif

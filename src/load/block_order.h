/* SPDX-License-Identifier: MIT */
/*
 * Each block of a region once, in an order that looks random: by a permutation, which takes no
 * memory, where all I/Os have one size; by a map of what is left where they have several.
 */
#ifndef LOAD_BLOCK_ORDER_H
#define LOAD_BLOCK_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

enum {
	PERMUTATION_ROUNDS = 4,
	PERMUTATION_ROUNDS_SMALL = 8,
	PERMUTATION_SMALL_BITS = 8,
	PERMUTATION_BATCH = 32,
};

struct permutation {
	uint64_t count;
	uint64_t mask; /* 2^bits - 1 >= count - 1 */
	unsigned shift;
	unsigned rounds;
	uint64_t first_key;
	struct {
		uint64_t multiplier;
		uint64_t key;
	} steps[PERMUTATION_ROUNDS_SMALL];
};

/* 1 <= count <= 2^63; each seed gives another order. */
void block_permutation_init(struct permutation *permutation, uint64_t count, uint64_t seed);

/* Where `index` < count goes: a bijection of 0..count-1. */
uint64_t block_permutation_at(const struct permutation *permutation, uint64_t index);

/*
 * The way through a permutation. Numbers are computed a batch ahead: then passing over costs no
 * mispredicted branch, which would take longer than the computing.
 */
struct permutation_walk {
	unsigned ready_at;
	unsigned ready_count;
	uint64_t ready[PERMUTATION_BATCH];
	uint64_t next; /* counter that goes into the bijection */
	uint64_t left; /* numbers that no batch has had yet */
	struct permutation permutation;
};

/* count may be 0: nothing to visit. */
void block_walk_init(struct permutation_walk *walk, uint64_t count, uint64_t seed);

/* Passes over the next `count` numbers, or all that are left; 1.5 ns each. */
void block_walk_skip(struct permutation_walk *walk, uint64_t count);

/* Computes the next batch; false when every number was visited. */
bool block_walk_refill(struct permutation_walk *walk);

/* Every number was visited, whether or not block_walk_next has already said so. */
static inline bool block_walk_is_over(const struct permutation_walk *walk)
{
	return walk->left == 0 && walk->ready_at == walk->ready_count;
}

#define PERMUTATION_END UINT64_MAX

/* A number not visited before, or PERMUTATION_END. */
static inline uint64_t block_walk_next(struct permutation_walk *walk)
{
	if (walk->ready_at == walk->ready_count && !block_walk_refill(walk))
		return PERMUTATION_END;
	return walk->ready[walk->ready_at++];
}

/*
 * Which blocks of a region have not been visited in this pass, for I/Os of several sizes: where all
 * have one size a permutation needs no memory. A bit for each block, and above it a bit for each
 * word of 64 that has one left, and so on: the next free block is found in a step for each level.
 */
enum { BLOCK_MAP_LEVELS = 11 }; /* of 6 bits: 64 */

struct block_map {
	uint64_t count;
	uint64_t left; /* not visited */
	unsigned level_count;
	uint64_t *levels[BLOCK_MAP_LEVELS]; /* 1: free; [0] has the blocks */
};

#define BLOCK_MAP_END UINT64_MAX

/* Memory of a map of so many blocks. */
uint64_t block_map_bytes(uint64_t count);

/* All blocks are free. Memory from `arena`; count > 0. */
void block_map_init(struct block_map *map, struct arena *arena, uint64_t count);

/* All blocks are free again. */
void block_map_clear(struct block_map *map);

/* The first free block from `from` < count on, going round at the end; BLOCK_MAP_END: none is. */
uint64_t block_map_next(const struct block_map *map, uint64_t from);

/* Takes the free blocks from `first` on, at most `limit` > 0; returns how many: 0 to `limit`. */
uint64_t block_map_take(struct block_map *map, uint64_t first, uint64_t limit);

#endif

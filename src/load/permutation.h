/* SPDX-License-Identifier: MIT */
/*
 * Every whole number below `count` once, in an order that looks random, from O(1) memory: a keyed
 * bijection on the next power of two whose results of `count` and above are passed over.
 *
 * A round is xor-shift, multiply by an odd number, add a key, all modulo 2^bits: each of these can
 * be undone, so the whole is a bijection, and the order in which carries (upwards) and shifts
 * (downwards) alternate mixes every bit with every other. Four rounds are the fewest that pass the
 * tests of tests/unit/load/test_permutation.c; words under 9 bits need eight.
 */
#ifndef LOAD_PERMUTATION_H
#define LOAD_PERMUTATION_H

#include <stdbool.h>
#include <stdint.h>

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
void permutation_init(struct permutation *permutation, uint64_t count, uint64_t seed);

/* Where `index` < count goes: a bijection of 0..count-1. */
uint64_t permutation_at(const struct permutation *permutation, uint64_t index);

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
void permutation_walk_init(struct permutation_walk *walk, uint64_t count, uint64_t seed);

/* Computes the next batch; false when every number was visited. */
bool permutation_walk_refill(struct permutation_walk *walk);

/* Every number was visited, whether or not permutation_walk_next has already said so. */
static inline bool permutation_walk_is_over(const struct permutation_walk *walk)
{
	return walk->left == 0 && walk->ready_at == walk->ready_count;
}

#define PERMUTATION_END UINT64_MAX

/* A number not visited before, or PERMUTATION_END. */
static inline uint64_t permutation_walk_next(struct permutation_walk *walk)
{
	if (walk->ready_at == walk->ready_count && !permutation_walk_refill(walk))
		return PERMUTATION_END;
	return walk->ready[walk->ready_at++];
}

#endif

/* SPDX-License-Identifier: MIT */
/* Permutations of 0..n-1 in O(1) memory: the keyed bijection and the way through it. */
#include "load/permutation.h"

#include "base/random.h"

/* Odd constants of known generators; their upper bits are cut to the width of the word. */
static const uint64_t multipliers[PERMUTATION_ROUNDS_SMALL] = {
	0x9e3779b97f4a7c15,
	0xbf58476d1ce4e5b9,
	0x94d049bb133111eb,
	0xd1342543de82ef95,
	0xaf251af3b0f025b5,
	0xff51afd7ed558ccd,
	0xc4ceb9fe1a85ec53,
	0xd6e8feb86659fd93,
};

static unsigned bits_for(uint64_t count)
{
	return count > 1 ? 64 - (unsigned)__builtin_clzll(count - 1) : 0;
}

void permutation_init(struct permutation *permutation, uint64_t count, uint64_t seed)
{
	unsigned bits = bits_for(count);

	permutation->count = count;
	permutation->mask = bits > 0 ? UINT64_MAX >> (64 - bits) : 0;
	permutation->shift = bits > 1 ? bits / 2 : 1;
	permutation->rounds =
		bits > PERMUTATION_SMALL_BITS ? PERMUTATION_ROUNDS : PERMUTATION_ROUNDS_SMALL;
	permutation->first_key = random_splitmix64(&seed);
	for (unsigned i = 0; i < PERMUTATION_ROUNDS_SMALL; i++) {
		uint64_t cut = bits > 0 ? multipliers[i] >> (64 - bits) : 0;

		permutation->steps[i].multiplier = cut | 1;
		permutation->steps[i].key = random_splitmix64(&seed);
	}
}

/* `rounds` is a constant where this is called, so that the loop is unrolled. */
static inline uint64_t permute(
	const struct permutation *permutation, uint64_t word, unsigned rounds)
{
	uint64_t mask = permutation->mask;
	unsigned shift = permutation->shift;

	word = (word + permutation->first_key) & mask;
#pragma GCC unroll 8
	for (unsigned i = 0; i < rounds; i++) {
		word ^= word >> shift;
		word *= permutation->steps[i].multiplier;
		word = (word + permutation->steps[i].key) & mask;
	}
	return word ^ (word >> shift);
}

uint64_t permutation_at(const struct permutation *permutation, uint64_t index)
{
	uint64_t word = index;

	/* Walking on from a result outside leads back inside and keeps the map one to one. */
	do {
		if (permutation->rounds == PERMUTATION_ROUNDS)
			word = permute(permutation, word, PERMUTATION_ROUNDS);
		else
			word = permute(permutation, word, PERMUTATION_ROUNDS_SMALL);
	} while (word >= permutation->count);
	return word;
}

void permutation_walk_init(struct permutation_walk *walk, uint64_t count, uint64_t seed)
{
	permutation_init(&walk->permutation, count, seed);
	walk->next = 0;
	walk->left = count;
	walk->ready_at = 0;
	walk->ready_count = 0;
}

static inline unsigned compute_batch(struct permutation_walk *walk, unsigned batch, unsigned rounds)
{
	const struct permutation *permutation = &walk->permutation;
	unsigned count = 0;

	for (unsigned i = 0; i < batch; i++) {
		uint64_t word = permute(permutation, walk->next + i, rounds);

		walk->ready[count] = word;
		count += word < permutation->count;
	}
	walk->next += batch;
	return count;
}

bool permutation_walk_refill(struct permutation_walk *walk)
{
	const struct permutation *permutation = &walk->permutation;
	/* Both are powers of two: the words are a whole number of batches. */
	unsigned batch = permutation->mask < PERMUTATION_BATCH ? (unsigned)permutation->mask + 1
							       : PERMUTATION_BATCH;

	walk->ready_at = 0;
	walk->ready_count = 0;
	while (walk->ready_count == 0 && walk->left > 0) {
		if (permutation->rounds == PERMUTATION_ROUNDS)
			walk->ready_count = compute_batch(walk, batch, PERMUTATION_ROUNDS);
		else
			walk->ready_count = compute_batch(walk, batch, PERMUTATION_ROUNDS_SMALL);
	}
	walk->left -= walk->ready_count;
	return walk->ready_count > 0;
}

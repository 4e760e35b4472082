/* SPDX-License-Identifier: MIT */
/* Permutations by rounds that can be undone, and maps of the blocks that are left. */
#include "load/block_order.h"

#include <string.h>

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

void block_permutation_init(struct permutation *permutation, uint64_t count, uint64_t seed)
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

uint64_t block_permutation_at(const struct permutation *permutation, uint64_t index)
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

void block_walk_init(struct permutation_walk *walk, uint64_t count, uint64_t seed)
{
	block_permutation_init(&walk->permutation, count, seed);
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

bool block_walk_refill(struct permutation_walk *walk)
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

void block_walk_skip(struct permutation_walk *walk, uint64_t count)
{
	uint64_t ready = walk->ready_count - walk->ready_at;

	while (count >= ready) {
		count -= ready;
		if (!block_walk_refill(walk))
			return;
		ready = walk->ready_count;
	}
	walk->ready_at += (unsigned)count;
}

enum { WORD_BITS = 64, WORD_SHIFT = 6 };

static uint64_t words_for(uint64_t bits)
{
	return bits / WORD_BITS + (bits % WORD_BITS != 0);
}

uint64_t block_map_bytes(uint64_t count)
{
	uint64_t words = words_for(count), total = words;

	while (words > 1) {
		words = words_for(words);
		total += words;
	}
	return total * sizeof(uint64_t);
}

void block_map_init(struct block_map *map, struct arena *arena, uint64_t count)
{
	uint64_t words = words_for(count);

	*map = (struct block_map){.count = count};
	for (;;) {
		map->levels[map->level_count++] = arena_alloc_array(arena, words, sizeof(uint64_t));
		if (words == 1)
			break;
		words = words_for(words);
	}
	block_map_clear(map);
}

void block_map_clear(struct block_map *map)
{
	uint64_t bits = map->count;

	map->left = map->count;
	for (unsigned level = 0; level < map->level_count; level++) {
		uint64_t words = words_for(bits);

		memset(map->levels[level], 0xff, words * sizeof(uint64_t));
		if (bits % WORD_BITS != 0)
			map->levels[level][words - 1] =
				UINT64_MAX >> (WORD_BITS - bits % WORD_BITS);
		bits = words;
	}
}

/* Up to the level at which something is free behind `from`, and down to its first block. */
static uint64_t next_behind(const struct block_map *map, uint64_t from)
{
	unsigned level = 0;
	uint64_t bits = map->count;

	for (;;) {
		uint64_t word = 0;

		if (from < bits)
			word = map->levels[level][from >> WORD_SHIFT] &
			       (UINT64_MAX << from % WORD_BITS);
		if (word != 0) {
			from = (from & ~(uint64_t)(WORD_BITS - 1)) +
			       (unsigned)__builtin_ctzll(word);
			break;
		}
		if (++level == map->level_count)
			return BLOCK_MAP_END;
		from = (from >> WORD_SHIFT) + 1;
		bits = words_for(bits);
	}
	while (level > 0) {
		level--;
		from = (from << WORD_SHIFT) + (unsigned)__builtin_ctzll(map->levels[level][from]);
	}
	return from;
}

uint64_t block_map_next(const struct block_map *map, uint64_t from)
{
	uint64_t block = next_behind(map, from);

	return block == BLOCK_MAP_END && from > 0 ? next_behind(map, 0) : block;
}

/* A word has no free block any more: those above it are told. */
static void note_full(struct block_map *map, uint64_t word)
{
	for (unsigned level = 1; level < map->level_count; level++) {
		uint64_t *above = &map->levels[level][word >> WORD_SHIFT];

		*above &= ~(UINT64_C(1) << word % WORD_BITS);
		if (*above != 0)
			return;
		word >>= WORD_SHIFT;
	}
}

uint64_t block_map_take(struct block_map *map, uint64_t first, uint64_t limit)
{
	uint64_t taken = 0;

	if (limit > map->count - first)
		limit = map->count - first;
	while (taken < limit) {
		uint64_t at = first + taken, shift = at % WORD_BITS;
		uint64_t *word = &map->levels[0][at >> WORD_SHIFT];
		uint64_t used = ~(*word >> shift), run = WORD_BITS - shift;

		if (used != 0 && (unsigned)__builtin_ctzll(used) < run)
			run = (unsigned)__builtin_ctzll(used);
		if (run == 0)
			break;
		if (run > limit - taken)
			run = limit - taken;
		*word &= ~((UINT64_MAX >> (WORD_BITS - run)) << shift);
		if (*word == 0)
			note_full(map, at >> WORD_SHIFT);
		taken += run;
		if (run < WORD_BITS - shift)
			break;
	}
	map->left -= taken;
	return taken;
}

/* SPDX-License-Identifier: MIT */
/* Free blocks: found by levels of words, taken in runs. */
#include "load/block_map.h"

#include <string.h>

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

/* SPDX-License-Identifier: MIT */
/*
 * Which blocks of a region have not been visited in this pass, for I/Os of several sizes: where all
 * have one size a permutation needs no memory. A bit for each block, and above it a bit for each
 * word of 64 that has one left, and so on: the next free block is found in a step for each level.
 */
#ifndef LOAD_BLOCK_MAP_H
#define LOAD_BLOCK_MAP_H

#include <stdint.h>

#include "base/arena.h"

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

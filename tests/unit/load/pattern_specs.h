/* SPDX-License-Identifier: MIT */
/* The plain patterns that tests vary, and how they ask for the next offset. */
#ifndef TESTS_UNIT_LOAD_PATTERN_SPECS_H
#define TESTS_UNIT_LOAD_PATTERN_SPECS_H

#include "load/pattern.h"
#include "test.h"

enum { KIB = 1024, BLOCK = 4 * KIB };

/* What the patterns of a test are made from; free_arena after the group. */
static struct arena arena;

static inline int free_arena(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static inline struct pattern_spec sequential(uint64_t region_bytes)
{
	return (struct pattern_spec){.region_bytes = region_bytes,
		.block_bytes = BLOCK,
		.largest_io_bytes = BLOCK,
		.seed = 1};
}

static inline struct pattern_spec random_once(uint64_t region_bytes)
{
	struct pattern_spec spec = sequential(region_bytes);

	spec.is_random = true;
	spec.each_block_once = true;
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++)
		spec.percentage_random[i] = 100;
	return spec;
}

static inline struct pattern_spec random_any(uint64_t region_bytes)
{
	struct pattern_spec spec = random_once(region_bytes);

	spec.each_block_once = false;
	return spec;
}

static inline void check_next(
	struct pattern *pattern, enum io_direction direction, uint64_t expected)
{
	assert_true(pattern_next(pattern, direction, BLOCK) == expected);
}

static inline uint64_t next_read(struct pattern *pattern)
{
	return pattern_next(pattern, DIRECTION_READ, BLOCK);
}

#endif

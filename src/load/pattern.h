/* SPDX-License-Identifier: MIT */
/*
 * Where the next I/O goes within one file: sequential (with holes), random with replacement,
 * random visiting each block once per pass (a permutation computed in O(1) memory, no bitmap),
 * and fio's distributions. One struct pattern per worker and file; no allocation after init.
 * Semantics: fio HOWTO "rw", "norandommap", "random_distribution", "percentage_random".
 */
#ifndef LOAD_PATTERN_H
#define LOAD_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/io_op.h"
#include "base/random.h"

enum distribution_kind {
	DISTRIBUTION_UNIFORM,
	DISTRIBUTION_ZIPF,      /* parameter: theta > 0, not 1 */
	DISTRIBUTION_PARETO,    /* parameter: 0 < h < 1 */
	DISTRIBUTION_NORMAL,    /* parameter: deviation in percent of the region */
	DISTRIBUTION_ZONED,     /* zones by percent of the region */
	DISTRIBUTION_ZONED_ABS, /* zones by bytes */
};

struct distribution_zone {
	double access_percent;
	double size_percent; /* DISTRIBUTION_ZONED */
	uint64_t size_bytes; /* DISTRIBUTION_ZONED_ABS */
};

struct distribution {
	enum distribution_kind kind;
	double parameter;
	double center; /* zipf, pareto: 0..1 of the region is the hottest; negative: not given */
	const struct distribution_zone *zones;
	size_t zone_count;
};

struct pattern_spec {
	bool is_random;
	bool each_block_once;     /* random with a map: fio's default */
	unsigned sequence_length; /* rw=randread:8: I/Os at consecutive offsets; 0 and 1: none */
	uint64_t hole_bytes;      /* rw=read:4k: skipped after each I/O */
	unsigned percentage_random[DATA_DIRECTION_COUNT]; /* 100: all random */
	struct distribution distribution;
	uint64_t region_offset; /* bytes; the pattern never leaves the region */
	uint64_t region_bytes;
	uint64_t block_bytes;      /* unit of random offsets: blockalign, else the smallest bs */
	uint64_t largest_io_bytes; /* no offset is returned at which such an I/O would not fit */
	uint64_t seed;
};

#define PATTERN_END UINT64_MAX

/* Opaque to callers; defined here so that pattern_next can be inlined in the hot loop. */
struct pattern;

/* Never fails for a spec that job_check let through. Memory (zone tables, …) from `arena`. */
struct pattern *pattern_new(struct arena *arena, const struct pattern_spec *spec);

/*
 * Offset of the next I/O of `bytes` in the file, or PATTERN_END when the pass is over (sequential:
 * the end of the region; each_block_once: every block was visited). Random with replacement never
 * ends by itself: the caller counts. Sequential positions are kept per direction, as fio's are.
 */
uint64_t pattern_next(struct pattern *pattern, enum io_direction direction, uint64_t bytes);

/* Starts another pass: sequential at the start, each_block_once with another permutation. */
void pattern_restart(struct pattern *pattern);

/* Starts over exactly as after pattern_new (loops with randrepeat). */
void pattern_rewind(struct pattern *pattern);

#endif

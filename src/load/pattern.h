/* SPDX-License-Identifier: MIT */
/*
 * Where the next I/O goes within one file: sequential (with skips), random with replacement, random
 * with each block once per pass (of one size a permutation, of several a map), and fio's
 * distributions. One struct pattern per worker and file; no allocation after init. Semantics: fio
 * HOWTO.
 */
#ifndef LOAD_PATTERN_H
#define LOAD_PATTERN_H

#include "base/io_op.h"
#include "load/block_order.h"
#include "load/distribution.h"
#include "load/pattern_class.h"

struct pattern_spec {
	bool is_random, each_block_once; /* random with a map: fio's default; uniform only */
	bool has_several_sizes;   /* with each_block_once: of block_bytes, cut to what is left */
	unsigned sequence_length; /* rw=randread:8: I/Os at consecutive offsets; 0 and 1: none */
	bool repeats;             /* rw_sequencer=identical: at the same offset, not consecutive */
	int64_t skip_bytes;       /* rw=read:4k, read:-8k: after each I/O; wraps where fio's does */
	uint64_t sequential_bytes; /* bs_is_seq_rand: of I/Os that are not random; 0: all alike */
	unsigned percentage_random[DATA_DIRECTION_COUNT]; /* the rest is sequential */
	struct distribution distribution;
	uint64_t region_offset, region_bytes;
	uint64_t file_bytes, span_bytes; /* the file's, with skip_bytes; of zones, else 0 */
	uint64_t block_bytes;      /* unit of random offsets: blockalign, else the smallest bs */
	uint64_t largest_io_bytes; /* random: no offset at which such an I/O would not fit */
	uint64_t visited_blocks, seed; /* each_block_once, one size: by an earlier run of it */
};

enum pattern_kind {
	PATTERN_SEQUENTIAL,
	PATTERN_UNIFORM, /* random with replacement */
	PATTERN_ONCE,
	PATTERN_MIXED,  /* any other, or sequential with skips: by a call */
	PATTERN_MAPPED, /* or with sequential_bytes: by pattern_place only, as */
	PATTERN_OTHER,
};

struct pattern { /* opaque to callers */
	enum pattern_kind kind;
	const struct pattern_class *class; /* PATTERN_OTHER */
	unsigned ended; /* directions that came to their end since the last restart, as bits */
	uint64_t first_offset, end_offset, file_bytes, sequential_bytes;
	uint64_t unit_bytes, block_count; /* random offsets: first_offset + number * unit_bytes */
	int64_t skip_bytes;
	uint64_t positions[DATA_DIRECTION_COUNT]; /* where the next sequential I/O goes */
	struct random random;
	struct permutation_walk walk;
	bool each_block_once, repeats;
	unsigned sequence_length, sequence_left[DATA_DIRECTION_COUNT];
	/* In 2^32nds; and with repeats: first_offset, then as drawn. */
	uint64_t random_limits[DATA_DIRECTION_COUNT], last_starts[DATA_DIRECTION_COUNT];
	struct distribution_sampler sampler;
	struct block_map map;                /* PATTERN_MAPPED */
	uint64_t seed, pass, visited_blocks; /* restarting */
};

struct pattern *pattern_new(struct arena *arena, const struct pattern_spec *spec);
/* Parts of pattern_next. */
uint64_t pattern_next_mixed(struct pattern *pattern, enum io_direction direction, uint64_t bytes);
uint64_t pattern_next_at_end(struct pattern *pattern, enum io_direction direction);
uint64_t pattern_next_resized(struct pattern *pattern, enum io_direction of, uint32_t *bytes);

/* A draw of PATTERN_UNIFORM, by its generator or a copy of that (in registers), which goes back. */
static inline uint64_t pattern_draw_uniform(const struct pattern *of, struct random *random)
{
	return of->first_offset + random_below(random, of->block_count) * of->unit_bytes;
}

#define PATTERN_END UINT64_MAX
/* Offset of the next I/O of `bytes` in the file, or PATTERN_END when the pass is over (sequential:
 * it would not fit into the region; each_block_once: every block was visited; random with
 * replacement: never). Sequential positions are kept per direction, as fio's are. `direction` is
 * read, write or trim; bytes <= largest_io_bytes. */
static inline uint64_t pattern_next(
	struct pattern *pattern, enum io_direction direction, uint64_t bytes)
{
	uint64_t number;

	switch (pattern->kind) {
	case PATTERN_SEQUENTIAL: {
		uint64_t offset = pattern->positions[direction];

		if (__builtin_expect(offset + bytes > pattern->end_offset, 0))
			return pattern_next_at_end(pattern, direction);
		pattern->positions[direction] = offset + bytes;
		return offset;
	}
	case PATTERN_UNIFORM:
		return pattern_draw_uniform(pattern, &pattern->random);
	case PATTERN_ONCE:
		number = block_walk_next(&pattern->walk);
		if (__builtin_expect(number == PERMUTATION_END, 0))
			return PATTERN_END;
		return pattern->first_offset + number * pattern->unit_bytes;
	default:
		return pattern_next_mixed(pattern, direction, bytes);
	}
}

/* As pattern_next; *bytes may be cut to what is free there, or become sequential_bytes. */
static inline uint64_t pattern_place(
	struct pattern *pattern, enum io_direction direction, uint32_t *bytes)
{
	if (__builtin_expect(pattern->kind >= PATTERN_MAPPED, 0))
		return pattern_next_resized(pattern, direction, bytes);
	return pattern_next(pattern, direction, *bytes);
}

/* After a sequential PATTERN_END: bytes that are left, if they suffice for `smallest`; else 0. */
uint64_t pattern_room(struct pattern *pattern, enum io_direction direction, uint64_t smallest);
/* Another pass, with another permutation; after a PATTERN_END of the directions that ended. */
void pattern_restart(struct pattern *pattern);
void pattern_rewind(struct pattern *pattern); /* as after pattern_new (loops with randrepeat) */
/* Another pass of a random one, in another region that is not larger. */
void pattern_move(struct pattern *pattern, const struct pattern_spec *spec);

#endif

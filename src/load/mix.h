/* SPDX-License-Identifier: MIT */
/*
 * Which operation comes next and how large it is: rw, rwmixread, bs, bsrange, bssplit, and the
 * fsync / fdatasync that comes after every N writes. Semantics: fio HOWTO.
 */
#ifndef LOAD_MIX_H
#define LOAD_MIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/io_op.h"
#include "base/random.h"

enum { BLOCK_SIZE_SPLIT_LIMIT = 64 }; /* entries of a bssplit, fio's limit */

struct block_size_share {
	uint32_t bytes;
	double percent; /* of the sum of all entries */
};

struct block_size_spec {
	uint32_t min_bytes; /* equal: a fixed size */
	uint32_t max_bytes;
	size_t share_count; /* 0: fixed or range; else bssplit */
	struct block_size_share shares[BLOCK_SIZE_SPLIT_LIMIT];
};

struct mix_spec {
	bool does[DATA_DIRECTION_COUNT]; /* one of them, or read and write */
	bool is_trimwrite;               /* trims a block, then writes it */
	bool is_composite;               /* does nothing but this: */
	enum io_op composite_op;
	unsigned read_percent;                     /* of a read/write mix */
	const struct block_size_spec *block_sizes; /* DATA_DIRECTION_COUNT of them */
	/* bsrange: sizes are min_bytes and multiples of this more; 0: of min_bytes, as in fio. */
	uint64_t range_step_bytes;
	unsigned fsync_interval;     /* IO_SYNC after so many writes; 0: never */
	unsigned fdatasync_interval; /* IO_DATASYNC; where both are due IO_SYNC stands for it */
	uint64_t seed;
};

enum mix_kind {
	MIX_ONE_OP,
	MIX_READ_WRITE,
	MIX_ORDERED, /* trimwrite, or syncs between: by a call */
};

struct mix_sizes {
	uint32_t fixed_bytes; /* 0: by a call */
	uint32_t count;       /* of a bssplit; 0: a range */
	uint32_t bytes[BLOCK_SIZE_SPLIT_LIMIT];
	uint32_t limits[BLOCK_SIZE_SPLIT_LIMIT]; /* cumulative, of 2^32; but for the last */
	uint32_t range_min_bytes;
	uint64_t range_step_bytes;
	uint64_t range_count;
};

struct mix {
	enum mix_kind kind;
	enum io_op only_op;  /* MIX_ONE_OP */
	uint64_t read_limit; /* of 2^32 */
	struct random op_random;
	bool reads_and_writes;
	bool is_trimwrite;
	bool is_write_next; /* trimwrite */
	unsigned fsync_interval;
	unsigned fdatasync_interval;
	unsigned writes_since_fsync;
	unsigned writes_since_fdatasync;
	struct random size_random;
	struct mix_sizes sizes[DATA_DIRECTION_COUNT];
};

/* `spec` is not kept. */
void mix_init(struct mix *mix, const struct mix_spec *spec);

_Static_assert(IO_READ == 0 && IO_WRITE == 1, "mix_read_or_write computes the operation");

/* No branch: a draw cannot be predicted. */
static inline enum io_op mix_read_or_write(struct mix *mix)
{
	return (enum io_op)(random_next(&mix->op_random) >> 32 >= mix->read_limit);
}

/* Parts of the functions below, not for callers. */
enum io_op mix_next_ordered_op(struct mix *mix);
uint32_t mix_draw_bytes(struct mix *mix, enum io_direction direction);

/*
 * The next operation; IO_SYNC and IO_DATASYNC come when their interval of writes is over.
 *
 * trimwrite: IO_TRIM and IO_WRITE come in turns. The write repeats the trim: the caller gives it
 * the same target, offset and length, and asks neither pattern_next nor mix_next_bytes for it.
 */
static inline enum io_op mix_next_op(struct mix *mix)
{
	if (__builtin_expect(mix->kind == MIX_ONE_OP, 1))
		return mix->only_op;
	if (__builtin_expect(mix->kind == MIX_READ_WRITE, 1))
		return mix_read_or_write(mix);
	return mix_next_ordered_op(mix);
}

/* Of a read/write mix: the next reads and writes are these, until another choice is made. */
static inline void mix_choose(struct mix *mix, enum io_direction direction)
{
	mix->read_limit = direction == DIRECTION_READ ? UINT64_C(1) << 32 : 0;
}

/* Whether the next one will be IO_SYNC or IO_DATASYNC. */
static inline bool mix_sync_is_due(const struct mix *mix)
{
	return (mix->fsync_interval > 0 && mix->writes_since_fsync >= mix->fsync_interval) ||
	       (mix->fdatasync_interval > 0 &&
		       mix->writes_since_fdatasync >= mix->fdatasync_interval);
}

/* True for a write that repeats the trim before it: see mix_next_op. */
static inline bool mix_repeats_trim(const struct mix *mix, enum io_op op)
{
	return mix->is_trimwrite && op == IO_WRITE;
}

/* Bytes of the next I/O of this direction: read, write or trim. */
static inline uint32_t mix_next_bytes(struct mix *mix, enum io_direction direction)
{
	uint32_t fixed = mix->sizes[direction].fixed_bytes;

	return __builtin_expect(fixed != 0, 1) ? fixed : mix_draw_bytes(mix, direction);
}

/* The smallest that mix_next_bytes can return. */
uint32_t mix_smallest_bytes(const struct mix *mix, enum io_direction direction);

/* As mix_next_bytes, but at most `limit`, which is not below the smallest. */
uint32_t mix_next_bytes_within(struct mix *mix, enum io_direction direction, uint64_t limit);

#endif

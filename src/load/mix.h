/* SPDX-License-Identifier: MIT */
/* The next operation and its size: rw, rwmixread, bs, bsrange, bssplit, fsync, fdatasync.
 * Semantics: fio HOWTO. */
#ifndef LOAD_MIX_H
#define LOAD_MIX_H

#include <stddef.h>

#include "base/io_op.h"
#include "base/random.h"

enum { BLOCK_SIZE_SPLIT_LIMIT = 64 }; /* entries of a bssplit, fio's limit */

struct block_size_share {
	uint32_t bytes;
	double percent; /* of the sum of all entries */
};

struct block_size_spec {
	uint32_t min_bytes, max_bytes; /* equal: a fixed size */
	size_t share_count;            /* 0: fixed or range; else bssplit */
	const struct block_size_share *shares;
};

struct mix_spec {
	bool does[DATA_DIRECTION_COUNT]; /* one of them, or read and write */
	bool is_trimwrite, writes_apart; /* trims a block, then writes it; or others */
	bool is_composite;               /* does nothing but this: */
	enum io_op composite_op;
	unsigned read_percent;                     /* of a read/write mix */
	const struct block_size_spec *block_sizes; /* DATA_DIRECTION_COUNT of them */
	uint64_t range_step_bytes;   /* bsrange: from min_bytes on; 0: min_bytes, as in fio */
	unsigned fsync_interval;     /* IO_SYNC after so many writes; 0: never */
	unsigned fdatasync_interval; /* IO_DATASYNC; where both are due IO_SYNC alone */
	uint64_t seed;
};

/* MIX_ORDERED: trimwrite, or syncs between: by a call. */
enum mix_kind { MIX_ONE_OP, MIX_READ_WRITE, MIX_ORDERED };

struct mix_sizes {
	uint32_t fixed_bytes; /* 0: by a call */
	uint32_t count;       /* of a bssplit; 0: a range */
	uint32_t bytes[BLOCK_SIZE_SPLIT_LIMIT];
	uint32_t limits[BLOCK_SIZE_SPLIT_LIMIT]; /* cumulative, of 2^32; but for the last */
	uint32_t range_min_bytes;
	uint64_t range_step_bytes, range_count;
};

struct mix {
	enum mix_kind kind;
	enum io_op only_op, repeating_op; /* MIX_ONE_OP; of mix_repeats_trim, or IO_OP_COUNT */
	uint64_t read_limit;              /* of 2^32 */
	struct random op_random;
	bool reads_and_writes, is_trimwrite, writes_apart, is_write_next;
	uint64_t last_starts[DATA_DIRECTION_COUNT]; /* writes_apart */
	unsigned fsync_interval, fdatasync_interval, writes_since_fsync, writes_since_fdatasync;
	struct random size_random;
	struct mix_sizes sizes[DATA_DIRECTION_COUNT];
};

void mix_init(struct mix *mix, const struct mix_spec *spec); /* `spec` is not kept */
_Static_assert(IO_READ == 0 && IO_WRITE == 1, "mix_read_or_write computes the operation");
static inline enum io_op mix_read_or_write(struct mix *mix)
{
	/* No branch: a draw cannot be predicted. */
	return (enum io_op)(random_next(&mix->op_random) >> 32 >= mix->read_limit);
}

/* Parts of what follows. */
enum io_op mix_next_ordered_op(struct mix *mix);
uint32_t mix_draw_bytes(struct mix *mix, enum io_direction direction);

/* The next operation. */
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

/* A write that has the target, offset and length of the trim before it. */
static inline bool mix_repeats_trim(const struct mix *mix, enum io_op op)
{
	return op == mix->repeating_op;
}

/* writes_apart: where an I/O went; writes follow until one begins where the last trim did. */
void mix_note_place(struct mix *mix, enum io_op op, uint64_t offset);
void mix_begin_pass(struct mix *mix);

/* Bytes of the next I/O of this direction: read, write or trim. */
static inline uint32_t mix_next_bytes(struct mix *mix, enum io_direction direction)
{
	uint32_t fixed = mix->sizes[direction].fixed_bytes;

	return __builtin_expect(fixed != 0, 1) ? fixed : mix_draw_bytes(mix, direction);
}

/* The smallest that it can return; and as it, but at most `limit`, not below the smallest. */
uint32_t mix_smallest_bytes(const struct mix *mix, enum io_direction direction);
uint32_t mix_next_bytes_within(struct mix *mix, enum io_direction direction, uint64_t limit);

#endif

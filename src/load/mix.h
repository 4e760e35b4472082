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
	double percent; /* of all entries 100 */
};

struct block_size_spec {
	uint32_t min_bytes; /* equal: a fixed size */
	uint32_t max_bytes;
	size_t share_count; /* 0: fixed or range; else bssplit */
	struct block_size_share shares[BLOCK_SIZE_SPLIT_LIMIT];
};

struct mix_spec {
	bool does[DATA_DIRECTION_COUNT];
	bool is_trimwrite;                         /* trims a block, then writes it */
	unsigned read_percent;                     /* of a read/write mix */
	const struct block_size_spec *block_sizes; /* DATA_DIRECTION_COUNT of them */
	uint64_t range_step_bytes;   /* bsrange: sizes are multiples of it; 1: any (bs_unaligned) */
	unsigned fsync_interval;     /* IO_SYNC after so many writes; 0: never */
	unsigned fdatasync_interval; /* IO_DATASYNC, likewise */
	uint64_t seed;
};

struct mix {
	struct random op_random;
	struct random size_random;
	const struct mix_spec *spec;
	uint64_t read_threshold; /* of 2^32 */
	unsigned writes_since_fsync;
	unsigned writes_since_fdatasync;
	bool is_write_next; /* trimwrite */
	enum io_op only_op; /* when has_one_op */
	bool has_one_op;
	bool has_one_size[DATA_DIRECTION_COUNT];
	/* Cumulative, of 2^32. */
	uint32_t size_limits[DATA_DIRECTION_COUNT][BLOCK_SIZE_SPLIT_LIMIT];
};

/* `spec` stays the caller's and must outlive the mix. */
void mix_init(struct mix *mix, const struct mix_spec *spec);

/* The next operation; IO_SYNC and IO_DATASYNC come when their interval of writes is over. */
enum io_op mix_next_op(struct mix *mix);

/* Bytes of the next I/O of this direction. */
uint32_t mix_next_bytes(struct mix *mix, enum io_direction direction);

#endif

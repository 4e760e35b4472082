/* SPDX-License-Identifier: MIT */
/*
 * Composite operations by plain calls, in the calling thread: what the blocking engines do.
 *
 *     IO_OPEN_READ  opens targets[slot->target] by its path, reads its first slot->length bytes and
 *                   closes it. The result is what was read.
 *     IO_COPY       reads slot->length bytes at slot->offset of targets[slot->target] and writes
 *                   what came to the same offset of its destination. The result is what was
 *                   written; 0 at the end of the source.
 *     IO_STAT       statx(2) of targets[slot->target] by its path, into the buffer. The result is
 *                   0.
 *
 * The targets of IO_OPEN_READ and IO_STAT are not open (descriptor -1).
 */
#ifndef ENGINE_COMPOSITE_H
#define ENGINE_COMPOSITE_H

#include <stdint.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "engine/engine.h"

/* With O_DIRECT an IO_OPEN_READ asks for multiples of this; buffers are as large. */
enum { COMPOSITE_DIRECT_BYTES = 4096 };

/* The calls that operations are made of: bits of slot->parts. */
enum composite_part {
	COMPOSITE_OPEN,
	COMPOSITE_READ,
	COMPOSITE_WRITE,
	COMPOSITE_CLOSE,
	COMPOSITE_STAT,
	COMPOSITE_PART_COUNT,
};

/* How an engine reads or writes (part->op): bytes or -errno; adds its calls to *syscalls. */
typedef int32_t composite_transfer(
	void *context, int descriptor, const struct slot *part, uint64_t *syscalls);

struct composite {
	const struct target *targets;
	unsigned pair_count; /* IO_COPY: the destination of target i is i + pair_count */
	bool is_direct;
	composite_transfer *transfer;
	void *context;
};

/* `transfer` NULL: pread(2) and pwrite(2). */
void composite_init(struct composite *composite, const struct engine_setup *setup,
	composite_transfer *transfer, void *context);

/* Returns bytes done or -errno, and sets slot->parts to the calls that were made. */
int32_t composite_run(const struct composite *composite, struct slot *slot, uint64_t *syscalls);

static inline bool composite_has(enum io_op op)
{
	return (IO_BIT(op) & IO_COMPOSITE_BITS) != 0;
}

/* The transfers that these operations are made of: IO_BIT(IO_READ), IO_BIT(IO_WRITE). */
unsigned composite_transfers(unsigned op_mask);

/* Flags of open(2) for an IO_OPEN_READ, without O_CLOEXEC. */
int composite_open_flags(bool is_direct);

/* Bytes to ask for, where the file's size is `length`. */
static inline uint32_t composite_read_bytes(uint32_t length, bool is_direct)
{
	uint32_t rest = length % COMPOSITE_DIRECT_BYTES;

	return is_direct && rest > 0 ? length - rest + COMPOSITE_DIRECT_BYTES : length;
}

/* What IO_STAT asks for. */
enum { COMPOSITE_STAT_MASK = STATX_BASIC_STATS };

/* Adds slot->parts to counts[COMPOSITE_PART_COUNT]. */
static inline void composite_count(uint64_t *counts, const struct slot *slot)
{
	for (unsigned part = 0; part < COMPOSITE_PART_COUNT; part++)
		counts[part] += (slot->parts >> part) & 1;
}

#endif

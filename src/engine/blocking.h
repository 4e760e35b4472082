/* SPDX-License-Identifier: MIT */
/*
 * One I/O done in the calling thread, by the plain system calls of its kind: what the synchronous
 * engines are made of, and what others fall back on for trims, which the kernel has no
 * asynchronous call for. Results are bytes done (0 for a sync) or -errno; each function adds the
 * calls that it made to *syscalls.
 *
 *     IO_READ       pread(2), IO_WRITE: pwrite(2). -EINTR when a signal broke off the wait of a
 *                   slow target: the worker knows whether to send it again.
 *     IO_TRIM       BLKDISCARD on a block device, or BLKRESETZONE of one of its zones, where
 *                   those are the target's; elsewhere a hole is punched into the file
 *                   (fallocate, FALLOC_FL_PUNCH_HOLE), as fio does. Tried again
 *                   after a signal, as syncs are.
 *     IO_SYNC       fsync(2), IO_DATASYNC: fdatasync(2).
 *     IO_OPEN_READ  opens targets[slot->target] by its path, reads its first slot->length bytes and
 *                   closes it. The result is what was read.
 *     IO_COPY       reads slot->length bytes at slot->offset of targets[slot->target] and writes
 *                   what came to the same offset of its destination. The result is what was
 *                   written; 0 at the end of the source.
 *     IO_STAT       statx(2) of targets[slot->target] by its path, into the buffer. The result is
 *                   0.
 *     IO_CREATE     opens targets[slot->target] by its path, makes it where it is not there, and
 *                   closes it. The result is 0.
 *     IO_UNLINK     unlink(2) of targets[slot->target] by its path. The result is 0.
 *
 * The targets of all but IO_COPY, which is the other composite one, are not open (descriptor -1).
 */
#ifndef ENGINE_BLOCKING_H
#define ENGINE_BLOCKING_H

#include <stdint.h>
#include <sys/stat.h>

#include "engine/engine_kit.h"

enum {
	BLOCKING_DIRECT_BYTES = 4096, /* with O_DIRECT an IO_OPEN_READ asks for multiples of it */
	BLOCKING_STAT_MASK = STATX_BASIC_STATS,
	BLOCKING_FILE_MODE = 0644, /* of files that an IO_CREATE makes */
};

int32_t blocking_transfer(int descriptor, const struct slot *slot, uint64_t *syscalls);
int32_t blocking_trim(const struct target *target, const struct slot *slot, uint64_t *syscalls);
int32_t blocking_sync(int descriptor, enum io_op op, uint64_t *syscalls);

/* Calls that composite operations are made of: bits of slot->parts. */
enum blocking_part {
	BLOCKING_OPEN,
	BLOCKING_READ,
	BLOCKING_WRITE,
	BLOCKING_CLOSE,
	BLOCKING_STAT,
	BLOCKING_UNLINK,
	BLOCKING_PART_COUNT,
};

/* How an engine reads or writes, by part->op. */
typedef int32_t blocking_transfer_function(
	void *context, int descriptor, const struct slot *part, uint64_t *syscalls);

struct blocking {
	const struct target *targets;
	unsigned pair_count; /* IO_COPY: the destination of target i is i + pair_count */
	bool is_direct;
	const char *trim_name;
	blocking_transfer_function *transfer;
	void *context;
};

/* `transfer` NULL: blocking_transfer. */
void blocking_init(struct blocking *blocking, const struct engine_setup *setup,
	blocking_transfer_function *transfer, void *context);

/* Does what slot->op asks for, and sets slot->parts where it is composite. */
int32_t blocking_run(const struct blocking *blocking, struct slot *slot, uint64_t *syscalls);

/* Operations and calls done, counted by the worker's thread. */
struct blocking_counts {
	uint64_t ops[IO_OP_COUNT];
	uint64_t parts[BLOCKING_PART_COUNT];
};

static inline bool blocking_is_composite(enum io_op op)
{
	return (IO_BIT(op) & IO_COMPOSITE_BITS) != 0;
}

static inline void blocking_count(struct blocking_counts *counts, const struct slot *slot)
{
	counts->ops[slot->op]++;
	if (!blocking_is_composite(slot->op))
		return;
	for (unsigned part = 0; part < BLOCKING_PART_COUNT; part++)
		counts->parts[part] += (slot->parts >> part) & 1;
}

/* Their names in the proof; the engine's own calls come second and last. */
struct blocking_names {
	const char *proof, *read, *write;
	struct engine_count second, last;
};

void blocking_prove(const struct blocking *blocking, const struct blocking_counts *counts,
	const struct blocking_names *names, struct engine_report *report);

/* The transfers that composite operations are made of: IO_BIT(IO_READ), IO_BIT(IO_WRITE). */
unsigned blocking_transfers(unsigned op_mask);

/* Flags of open(2) for an IO_OPEN_READ, without O_CLOEXEC. */
int blocking_open_flags(bool is_direct);

/* Bytes to ask for, where the file's size is `length`. */
static inline uint32_t blocking_read_bytes(uint32_t length, bool is_direct)
{
	uint32_t rest = length % BLOCKING_DIRECT_BYTES;

	return is_direct && rest > 0 ? length - rest + BLOCKING_DIRECT_BYTES : length;
}

#endif

/* SPDX-License-Identifier: MIT */
/* Composite operations by plain calls, one after the other. */
#include "engine/composite.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/blocking.h"

static int32_t transfer_plain(
	void *context, int descriptor, const struct slot *part, uint64_t *syscalls)
{
	(void)context;
	return blocking_transfer(descriptor, part, syscalls);
}

void composite_init(struct composite *composite, const struct engine_setup *setup,
	composite_transfer *transfer, void *context)
{
	*composite = (struct composite){
		.targets = setup->targets,
		.pair_count = setup->target_count / 2,
		.is_direct = setup->is_direct,
		.transfer = transfer ? transfer : transfer_plain,
		.context = context,
	};
}

unsigned composite_transfers(unsigned op_mask)
{
	if (op_mask & IO_BIT(IO_COPY))
		return IO_BIT(IO_READ) | IO_BIT(IO_WRITE);
	return op_mask & IO_BIT(IO_OPEN_READ) ? IO_BIT(IO_READ) : 0;
}

int composite_open_flags(bool is_direct)
{
	return O_RDONLY | (is_direct ? O_DIRECT : 0);
}

static inline void note_part(struct slot *slot, enum composite_part part)
{
	slot->parts |= (uint8_t)(1u << part);
}

static int32_t open_read(const struct composite *composite, struct slot *slot, uint64_t *syscalls)
{
	int flags = composite_open_flags(composite->is_direct) | O_CLOEXEC;
	struct slot part = *slot;
	int descriptor, closed;
	int32_t result;

	(*syscalls)++;
	note_part(slot, COMPOSITE_OPEN);
	descriptor = open(composite->targets[slot->target].path, flags);
	if (descriptor < 0)
		return -errno;
	part.op = IO_READ;
	part.offset = 0;
	part.length = composite_read_bytes(slot->length, composite->is_direct);
	note_part(slot, COMPOSITE_READ);
	result = composite->transfer(composite->context, descriptor, &part, syscalls);
	(*syscalls)++;
	note_part(slot, COMPOSITE_CLOSE);
	closed = close(descriptor) < 0 ? -errno : 0;
	if (result < 0)
		return result;
	if (closed < 0)
		return closed;
	/* The file may have grown: what was asked for is its size before. */
	return result < (int32_t)slot->length ? result : (int32_t)slot->length;
}

static int32_t copy(const struct composite *composite, struct slot *slot, uint64_t *syscalls)
{
	unsigned destination = slot->target + composite->pair_count;
	struct slot part = *slot;
	int32_t result;

	part.op = IO_READ;
	note_part(slot, COMPOSITE_READ);
	result = composite->transfer(
		composite->context, composite->targets[slot->target].descriptor, &part, syscalls);
	if (result <= 0)
		return result;
	part.op = IO_WRITE;
	part.length = (uint32_t)result;
	part.target = (uint16_t)destination;
	note_part(slot, COMPOSITE_WRITE);
	return composite->transfer(
		composite->context, composite->targets[destination].descriptor, &part, syscalls);
}

static int32_t stat_path(const struct composite *composite, struct slot *slot, uint64_t *syscalls)
{
	(*syscalls)++;
	note_part(slot, COMPOSITE_STAT);
	return statx(AT_FDCWD, composite->targets[slot->target].path, 0, COMPOSITE_STAT_MASK,
		       slot->buffer) < 0
		       ? -errno
		       : 0;
}

int32_t composite_run(const struct composite *composite, struct slot *slot, uint64_t *syscalls)
{
	slot->parts = 0;
	switch ((enum io_op)slot->op) {
	case IO_OPEN_READ:
		return open_read(composite, slot, syscalls);
	case IO_COPY:
		return copy(composite, slot, syscalls);
	case IO_STAT:
		return stat_path(composite, slot, syscalls);
	default:
		return -EINVAL;
	}
}

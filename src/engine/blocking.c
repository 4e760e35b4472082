/* SPDX-License-Identifier: MIT */
/* One I/O done in the calling thread, by plain system calls. */
#include "engine/blocking.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/hot.h"
#include "host/zoned_device.h"

HOT int32_t blocking_transfer(int descriptor, const struct slot *slot, uint64_t *syscalls)
{
	long number = slot->op == IO_READ ? SYS_pread64 : SYS_pwrite64;
	long result;

	/* syscall(2), because glibc's pread is a cancellation point: two atomics an I/O. */
	(*syscalls)++;
	result = syscall(
		number, descriptor, slot->buffer, (size_t)slot->length, (off_t)slot->offset);
	return result < 0 ? -errno : (int32_t)result;
}

/* The worker has seen to it that nothing else is in flight in the zone. */
static int32_t reset_zone(const struct target *target, const struct slot *slot, uint64_t *syscalls)
{
	int error;

	(*syscalls)++;
	error = zoned_device_reset(target->descriptor, slot->offset, slot->length);
	return error < 0 ? error : (int32_t)slot->length;
}

int32_t blocking_trim(const struct target *target, const struct slot *slot, uint64_t *syscalls)
{
	uint64_t range[2] = {slot->offset, slot->length};
	enum zone_trim zone =
		target->zones ? zone_table_trim(target->zones, slot->offset) : ZONE_DISCARDS;
	int result;

	if (zone == ZONE_IS_EMPTY)
		return (int32_t)slot->length;
	if (zone == ZONE_RESETS)
		return reset_zone(target, slot, syscalls);
	do {
		(*syscalls)++;
		if (target->kind == TARGET_BLOCK)
			result = ioctl(target->descriptor, BLKDISCARD, range);
		else
			result = fallocate(target->descriptor,
				FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)slot->offset,
				(off_t)slot->length);
	} while (result < 0 && errno == EINTR);
	return result < 0 ? -errno : (int32_t)(slot->length & INT32_MAX);
}

int32_t blocking_sync(int descriptor, enum io_op op, uint64_t *syscalls)
{
	int result;

	do {
		(*syscalls)++;
		result = op == IO_SYNC ? fsync(descriptor) : fdatasync(descriptor);
	} while (result < 0 && errno == EINTR);
	return result < 0 ? -errno : 0;
}

void blocking_init(struct blocking *blocking, const struct engine_setup *setup,
	blocking_transfer_function *transfer, void *context)
{
	*blocking = (struct blocking){
		.targets = setup->targets,
		.pair_count = setup->target_count / 2,
		.is_direct = setup->is_direct,
		.trim_name = engine_trim_call(setup),
		.transfer = transfer,
		.context = context,
	};
}

unsigned blocking_transfers(unsigned op_mask)
{
	if (op_mask & IO_BIT(IO_COPY))
		return IO_BIT(IO_READ) | IO_BIT(IO_WRITE);
	return op_mask & IO_BIT(IO_OPEN_READ) ? IO_BIT(IO_READ) : 0;
}

int blocking_open_flags(bool is_direct)
{
	return O_RDONLY | (is_direct ? O_DIRECT : 0);
}

static inline void note_part(struct slot *slot, enum blocking_part part)
{
	slot->parts |= (uint8_t)(1u << part);
}

static int32_t transfer(const struct blocking *blocking, int descriptor, const struct slot *slot,
	uint64_t *syscalls)
{
	if (blocking->transfer)
		return blocking->transfer(blocking->context, descriptor, slot, syscalls);
	return blocking_transfer(descriptor, slot, syscalls);
}

static int32_t open_read(const struct blocking *blocking, struct slot *slot, uint64_t *syscalls)
{
	int flags = blocking_open_flags(blocking->is_direct) | O_CLOEXEC;
	struct slot part = *slot;
	int descriptor, closed;
	int32_t result;

	(*syscalls)++;
	note_part(slot, BLOCKING_OPEN);
	descriptor = open(blocking->targets[slot->target].path, flags);
	if (descriptor < 0)
		return -errno;
	part.op = IO_READ;
	part.offset = 0;
	part.length = blocking_read_bytes(slot->length, blocking->is_direct);
	note_part(slot, BLOCKING_READ);
	result = transfer(blocking, descriptor, &part, syscalls);
	(*syscalls)++;
	note_part(slot, BLOCKING_CLOSE);
	closed = close(descriptor) < 0 ? -errno : 0;
	if (result < 0)
		return result;
	if (closed < 0)
		return closed;
	/* The file may have grown: what was asked for is its size before. */
	return result < (int32_t)slot->length ? result : (int32_t)slot->length;
}

static int32_t copy(const struct blocking *blocking, struct slot *slot, uint64_t *syscalls)
{
	unsigned destination = slot->target + blocking->pair_count;
	struct slot part = *slot;
	int32_t result;

	part.op = IO_READ;
	note_part(slot, BLOCKING_READ);
	result = transfer(blocking, blocking->targets[slot->target].descriptor, &part, syscalls);
	if (result <= 0)
		return result;
	part.op = IO_WRITE;
	part.length = (uint32_t)result;
	part.target = (uint16_t)destination;
	note_part(slot, BLOCKING_WRITE);
	return transfer(blocking, blocking->targets[destination].descriptor, &part, syscalls);
}

static int32_t stat_path(const struct blocking *blocking, struct slot *slot, uint64_t *syscalls)
{
	(*syscalls)++;
	note_part(slot, BLOCKING_STAT);
	return statx(AT_FDCWD, blocking->targets[slot->target].path, 0, BLOCKING_STAT_MASK,
		       slot->buffer) < 0
		       ? -errno
		       : 0;
}

static int32_t create(const struct blocking *blocking, struct slot *slot, uint64_t *syscalls)
{
	int descriptor;

	(*syscalls)++;
	note_part(slot, BLOCKING_OPEN);
	descriptor = open(blocking->targets[slot->target].path, O_RDWR | O_CREAT | O_CLOEXEC,
		BLOCKING_FILE_MODE);
	if (descriptor < 0)
		return -errno;
	(*syscalls)++;
	note_part(slot, BLOCKING_CLOSE);
	return close(descriptor) < 0 ? -errno : 0;
}

static int32_t unlink_path(const struct blocking *blocking, struct slot *slot, uint64_t *syscalls)
{
	(*syscalls)++;
	note_part(slot, BLOCKING_UNLINK);
	return unlink(blocking->targets[slot->target].path) < 0 ? -errno : 0;
}

int32_t blocking_run(const struct blocking *blocking, struct slot *slot, uint64_t *syscalls)
{
	const struct target *target = &blocking->targets[slot->target];

	slot->parts = 0;
	switch ((enum io_op)slot->op) {
	case IO_READ:
	case IO_WRITE:
		return transfer(blocking, target->descriptor, slot, syscalls);
	case IO_TRIM:
		return blocking_trim(target, slot, syscalls);
	case IO_SYNC:
	case IO_DATASYNC:
		return blocking_sync(target->descriptor, slot->op, syscalls);
	case IO_OPEN_READ:
		return open_read(blocking, slot, syscalls);
	case IO_COPY:
		return copy(blocking, slot, syscalls);
	case IO_STAT:
		return stat_path(blocking, slot, syscalls);
	case IO_CREATE:
		return create(blocking, slot, syscalls);
	case IO_UNLINK:
		return unlink_path(blocking, slot, syscalls);
	case IO_ECHO: /* of engine/echo.c alone */
	case IO_OP_COUNT:
		break;
	}
	return -EINVAL;
}

void blocking_prove(const struct blocking *blocking, const struct blocking_counts *counts,
	const struct blocking_names *names, struct engine_report *report)
{
	const uint64_t *ops = counts->ops, *parts = counts->parts;
	const struct engine_count calls[] = {
		{"openat", parts[BLOCKING_OPEN]},
		names->second,
		{names->read, ops[IO_READ] + parts[BLOCKING_READ]},
		{names->write, ops[IO_WRITE] + parts[BLOCKING_WRITE]},
		{"close", parts[BLOCKING_CLOSE]},
		{"statx", parts[BLOCKING_STAT]},
		{"unlink", parts[BLOCKING_UNLINK]},
		{blocking->trim_name, ops[IO_TRIM]},
		{"fsync", ops[IO_SYNC]},
		{"fdatasync", ops[IO_DATASYNC]},
		names->last,
	};

	engine_report_counts(report, names->proof, calls, COUNT_OF(calls));
}

/* SPDX-License-Identifier: MIT */
/* One I/O done in the calling thread, by the plain system call of its kind. */
#include "engine/blocking.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int32_t blocking_transfer(int descriptor, const struct slot *slot, uint64_t *syscalls)
{
	long number = slot->op == IO_READ ? SYS_pread64 : SYS_pwrite64;
	long result;

	/* syscall(2), because glibc's pread is a cancellation point: two atomics an I/O. */
	(*syscalls)++;
	result = syscall(
		number, descriptor, slot->buffer, (size_t)slot->length, (off_t)slot->offset);
	return result < 0 ? -errno : (int32_t)result;
}

int32_t blocking_trim(const struct target *target, const struct slot *slot, uint64_t *syscalls)
{
	uint64_t range[2] = {slot->offset, slot->length};
	int result;

	do {
		(*syscalls)++;
		if (target->kind == TARGET_BLOCK)
			result = ioctl(target->descriptor, BLKDISCARD, range);
		else
			result = fallocate(target->descriptor,
				FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)slot->offset,
				(off_t)slot->length);
	} while (result < 0 && errno == EINTR);
	return result < 0 ? -errno : (int32_t)slot->length;
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

int32_t blocking_run(const struct target *target, const struct slot *slot, uint64_t *syscalls)
{
	switch ((enum io_op)slot->op) {
	case IO_READ:
	case IO_WRITE:
		return blocking_transfer(target->descriptor, slot, syscalls);
	case IO_TRIM:
		return blocking_trim(target, slot, syscalls);
	case IO_SYNC:
	case IO_DATASYNC:
		return blocking_sync(target->descriptor, slot->op, syscalls);
	case IO_OPEN_READ: /* Of more than one call: engine/composite.h. */
	case IO_COPY:
	case IO_STAT:
	case IO_OP_COUNT:
		break;
	}
	return -EINVAL;
}

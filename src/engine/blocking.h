/* SPDX-License-Identifier: MIT */
/*
 * One I/O done in the calling thread, by the plain system call of its kind: what the synchronous
 * engines are made of, and what others fall back on for trims, which the kernel has no
 * asynchronous call for. Each returns bytes done (0 for a sync) or -errno and adds the calls it
 * made to *syscalls.
 */
#ifndef ENGINE_BLOCKING_H
#define ENGINE_BLOCKING_H

#include <stdint.h>

#include "base/io_op.h"
#include "engine/engine.h"

/*
 * pread(2), pwrite(2). -EINTR when a signal broke off the wait of a slow target: the worker knows
 * whether to send it again.
 */
int32_t blocking_transfer(int descriptor, const struct slot *slot, uint64_t *syscalls);

/*
 * BLKDISCARD on a block device; elsewhere the file system is told that nobody needs the bytes
 * (fallocate, FALLOC_FL_PUNCH_HOLE), as fio does. Tried again after a signal.
 */
int32_t blocking_trim(const struct target *target, const struct slot *slot, uint64_t *syscalls);

/* fsync(2) or fdatasync(2). Tried again after a signal. */
int32_t blocking_sync(int descriptor, enum io_op op, uint64_t *syscalls);

/* Whichever of them slot->op asks for. */
int32_t blocking_run(const struct target *target, const struct slot *slot, uint64_t *syscalls);

#endif

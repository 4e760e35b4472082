/* SPDX-License-Identifier: MIT */
/* Opening a target for a worker, claiming devices that are written, dropping the page cache. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "engine/target_guard.h"
#include "host/block_device.h"

#ifndef BLKGETDISKSEQ /* linux/fs.h, since 5.15 */
#define BLKGETDISKSEQ _IOR(0x12, 128, __u64)
#endif

enum { CLAIM_LIMIT = 256 };

/*
 * Devices this process holds exclusively. The kernel grants O_EXCL to one open file only, not to a
 * process: a second worker's own O_EXCL would fail. So one descriptor holds the claim for all.
 */
static struct claim {
	dev_t device;
	int descriptor;
	unsigned holder_count;
} claims[CLAIM_LIMIT];
static pthread_mutex_t claims_lock = PTHREAD_MUTEX_INITIALIZER;

static struct claim *find_claim(dev_t device)
{
	struct claim *free_claim = NULL;

	for (unsigned i = 0; i < CLAIM_LIMIT; i++) {
		if (claims[i].holder_count && claims[i].device == device)
			return &claims[i];
		if (!claims[i].holder_count && !free_claim)
			free_claim = &claims[i];
	}
	return free_claim;
}

/* The medium may have been changed under the number: --destroy was meant for the other one. */
static bool is_same_medium(const struct target *target, int descriptor)
{
	uint64_t sequence = 0;

	return target->disk_sequence == 0 || ioctl(descriptor, BLKGETDISKSEQ, &sequence) < 0 ||
	       sequence == target->disk_sequence;
}

/*
 * While it is claimed
 * nobody makes a file system on it or mounts it, so the write guard is asked now, and once for all
 * who write to it. 0 or -errno.
 */
static int open_claim(struct claim *claim, struct target *target)
{
	int descriptor = block_device_open(target->claim_path, target->device, O_EXCL);
	int error;

	/* The guard knows who has it; whoever it was may be gone by then. */
	if (descriptor == -EBUSY) {
		if (target_guard_ask(target, -1) < 0)
			return -EBUSY;
		descriptor = block_device_open(target->claim_path, target->device, O_EXCL);
	}
	if (descriptor == -ENODEV)
		return target_guard_refuse_another(target);
	if (descriptor < 0)
		return descriptor;
	if (is_same_medium(target, descriptor))
		error = target_guard_ask(target, descriptor);
	else
		error = target_guard_refuse_another(target);
	if (error == 0)
		*claim = (struct claim){.device = target->device, .descriptor = descriptor};
	else
		close(descriptor);
	return error;
}

static int claim_device(struct target *target)
{
	struct claim *claim;
	int error = 0;

	pthread_mutex_lock(&claims_lock);
	claim = find_claim(target->device);
	if (!claim)
		error = -EMFILE;
	else if (!claim->holder_count)
		error = open_claim(claim, target);
	if (error == 0)
		claim->holder_count++;
	pthread_mutex_unlock(&claims_lock);
	return error;
}

static void release_device(dev_t device)
{
	struct claim *claim;

	pthread_mutex_lock(&claims_lock);
	claim = find_claim(device);
	if (--claim->holder_count == 0)
		close(claim->descriptor);
	pthread_mutex_unlock(&claims_lock);
}

static int open_flags(const struct target *target, unsigned flags)
{
	int mode = O_RDONLY;

	/* A mapping that is written must be readable too; a pipe or /dev/full need not be. */
	if (flags & TARGET_WRITES)
		mode = !(flags & TARGET_READS) && (target->kind == TARGET_PIPE ||
							  target->kind == TARGET_CHARACTER)
			       ? O_WRONLY
			       : O_RDWR;
	if (flags & TARGET_SYNC)
		mode |= O_SYNC;
	if (flags & TARGET_DSYNC)
		mode |= O_DSYNC;
	if ((flags & TARGET_CREATE) && target->kind == TARGET_FILE)
		mode |= O_CREAT;
	if ((flags & TARGET_DIRECT) && target->kind != TARGET_NVME_CHARACTER)
		mode |= O_DIRECT;
	if (target->kind == TARGET_FILE || target->kind == TARGET_BLOCK)
		mode |= O_NOATIME;
	return mode | O_CLOEXEC;
}

/*
 * /dev/fd/N opens anew what the descriptor stands for, which a socket does not allow (ENXIO): then
 * it is the descriptor itself. -ENXIO where `path` names none.
 */
static int inherit_descriptor(const char *path)
{
	static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		const char *number = path + strlen(folders[i]);
		int descriptor;

		if (strncmp(path, folders[i], strlen(folders[i])) != 0)
			continue;
		descriptor = fcntl((int)strtol(number, NULL, 10), F_DUPFD_CLOEXEC, 0);
		return descriptor < 0 ? -errno : descriptor;
	}
	return -ENXIO;
}

/* One at a time: of two that look and then lengthen, one would cut off what the other made. */
static int lengthen(const struct target *target)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	struct stat status;
	int error = 0;

	pthread_mutex_lock(&lock);
	if (fstat(target->descriptor, &status) < 0)
		error = -errno;
	else if ((uint64_t)status.st_size < target->least_bytes &&
		 ftruncate(target->descriptor, (off_t)target->least_bytes) < 0)
		error = -errno;
	pthread_mutex_unlock(&lock);
	return error;
}

int target_open(struct target *target, unsigned flags)
{
	int descriptor, error = 0;
	bool is_created;

	if (target->kind == TARGET_NONE)
		return 0; /* nothing to open */
	/* O_DIRECT makes a pipe a pipe of packets (pipe(2)). */
	if (target->kind == TARGET_PIPE && (flags & TARGET_DIRECT))
		return -EINVAL;
	if (target->claim_path && (flags & TARGET_WRITES)) {
		error = claim_device(target);
		if (error < 0)
			return error;
		target->has_claim = true;
	}
	descriptor = target_guard_open(target, open_flags(target, flags), &is_created);
	if (descriptor == -ENXIO && target->kind == TARGET_PIPE)
		descriptor = inherit_descriptor(target->path);
	if (descriptor < 0)
		error = descriptor;
	target->descriptor = descriptor < 0 ? -1 : descriptor;
	if (error == 0 && target->kind == TARGET_FILE && (flags & TARGET_WRITES))
		error = target_guard_ask(target, descriptor);
	if (error == 0 && target->kind == TARGET_FILE && (flags & TARGET_WRITES) &&
		target->least_bytes != 0)
		error = lengthen(target);
	if (error < 0)
		target_close(target);
	else
		target->is_direct = (flags & TARGET_DIRECT) != 0;
	return error;
}

void target_close(struct target *target)
{
	if (target->descriptor >= 0)
		close(target->descriptor);
	target->descriptor = -1;
	if (target->has_claim)
		release_device(target->device);
	target->has_claim = false;
}

int target_invalidate(const struct target *target)
{
	int error;

	if (target->kind != TARGET_FILE && target->kind != TARGET_BLOCK)
		return 0;
	/* BLKFLSBUF writes back and drops; only an administrator may. */
	if (target->kind == TARGET_BLOCK && ioctl(target->descriptor, BLKFLSBUF, 0) == 0)
		return 0;
	/* Dirty pages are not dropped. It is enough that they are written: to flush the drive for
	 * each of thousands of files takes longer than the run. */
	if (sync_file_range(target->descriptor, 0, 0,
		    SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE |
			    SYNC_FILE_RANGE_WAIT_AFTER) < 0 &&
		fdatasync(target->descriptor) < 0)
		return -errno;
	error = posix_fadvise(target->descriptor, 0, 0, POSIX_FADV_DONTNEED);
	return -error;
}

static bool has_no_size(const struct target *target)
{
	uint64_t bytes = 1;

	return ioctl(target->descriptor, BLKGETSIZE64, &bytes) == 0 && bytes == 0;
}

bool target_is_gone(const struct target *target, unsigned patience_ms)
{
	const struct timespec pause = {.tv_nsec = 1000000};

	if (target->kind != TARGET_BLOCK)
		return false;
	for (unsigned waited_ms = 0; !has_no_size(target); waited_ms++) {
		if (patience_ms > 0 && block_device_is_leaving(target->device))
			return true;
		if (waited_ms >= patience_ms)
			return false;
		(void)nanosleep(&pause, NULL); /* broken off: asked a little earlier */
	}
	return true;
}

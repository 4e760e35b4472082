/* SPDX-License-Identifier: MIT */
/*
 * Opening a target for a worker, claiming devices that are written, dropping the page cache.
 *
 * A path is opened by O_PATH, which has no effect on a device whatever it is; what that found is
 * opened again by its descriptor, not by its name.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "engine/target_open.h"
#include "host/block_device.h"
#include "host/file_identity.h"
#include "host/kernel_counter.h"
#include "host/write_guard.h"

enum { FILE_MODE = 0644 };

static int refuse(struct target *target, int error, const char *reason, const char *hint)
{
	struct target_guard *guard = target->guard;

	if (guard) {
		guard->path = target->path;
		guard->reason = arena_strdup(guard->arena, reason);
		guard->hint = arena_strdup(guard->arena, hint);
	}
	return error;
}

static int refuse_another(struct target *target)
{
	AUTO_ARENA struct arena arena = {0};

	return refuse(target, -ESTALE,
		arena_printf(&arena,
			"%s is not what was looked at before: its name leads to something else, or "
			"its medium was changed",
			target->path),
		"nothing was written to it; run it again, and leave the name alone meanwhile");
}

static bool is_harmless(const struct stat *status, bool writes)
{
	AUTO_ARENA struct arena arena = {0};

	return write_guard_character_refusal(status->st_rdev, writes, &arena) == NULL;
}

static bool is_as_looked_at(const struct target *target, int node, bool writes)
{
	struct stat status;
	struct statfs system;

	if (fstat(node, &status) < 0)
		return false;
	switch (target->kind) {
	case TARGET_FILE:
		return S_ISREG(status.st_mode) && !(writes && fstatfs(node, &system) == 0 &&
							  file_system_commanding(system.f_type));
	case TARGET_BLOCK:
		return S_ISBLK(status.st_mode) && status.st_rdev == target->device;
	case TARGET_CHARACTER:
		return S_ISCHR(status.st_mode) && is_harmless(&status, writes);
	case TARGET_NVME_CHARACTER:
		return S_ISCHR(status.st_mode) && block_device_is_nvme_character(status.st_rdev) &&
		       block_device_behind_nvme_character(status.st_rdev) == target->device;
	case TARGET_PIPE:
		return S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode);
	case TARGET_NONE:
		break;
	}
	return false;
}

/* Only an owner may spare the access time (open(2)): others go without. */
static int open_sparing_atime(const char *path, int mode)
{
	int descriptor = open(path, mode, FILE_MODE);

	if (descriptor < 0 && errno == EPERM && (mode & O_NOATIME))
		descriptor = open(path, mode & ~O_NOATIME, FILE_MODE);
	return descriptor < 0 ? -errno : descriptor;
}

static bool is_same_node(int one, int other)
{
	struct stat a, b;

	return fstat(one, &a) == 0 && fstat(other, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

static int open_again(struct target *target, int node, int mode)
{
	char link[64];
	int descriptor;

	if (!is_as_looked_at(target, node, (mode & O_ACCMODE) != O_RDONLY))
		return refuse_another(target);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", node);
	descriptor = open_sparing_atime(link, mode);
	if (descriptor != -ENOENT)
		return descriptor;
	/* No /proc is mounted. */
	descriptor = open_sparing_atime(target->path, mode);
	if (descriptor < 0 || is_same_node(descriptor, node))
		return descriptor;
	close(descriptor);
	return refuse_another(target);
}

static void approve(struct target *target, int descriptor, uint64_t changes)
{
	struct stat status;

	if (fstat(descriptor, &status) == 0)
		target->approval = (struct target_approval){status.st_dev, status.st_ino, changes};
}

/* O_EXCL does not follow a symbolic link, and one may lead to where nothing is yet. */
static int create(struct target *target, int mode)
{
	uint64_t changes = kernel_counter_storage_changes();
	int descriptor = open(target->path, mode | O_EXCL, FILE_MODE);
	bool is_new = descriptor >= 0;
	struct stat status;

	if (descriptor < 0 && errno == EEXIST && lstat(target->path, &status) == 0 &&
		S_ISLNK(status.st_mode) && stat(target->path, &status) < 0)
		descriptor = open(target->path, mode, FILE_MODE);
	if (descriptor < 0)
		return -errno;
	if (!is_as_looked_at(target, descriptor, true)) {
		close(descriptor);
		return refuse_another(target);
	}
	if (is_new) /* Nobody can use it yet. */
		approve(target, descriptor, changes);
	return descriptor;
}

int target_guard_open(struct target *target, int mode, bool *is_created)
{
	int descriptor = -EEXIST;

	for (int i = 0; i < 2 && descriptor == -EEXIST; i++) {
		AUTO_CLOSE int node = open(target->path, O_PATH | O_CLOEXEC);

		*is_created = false;
		if (node >= 0)
			return open_again(target, node, mode & ~O_CREAT);
		if (errno != ENOENT || !(mode & O_CREAT))
			return -errno;
		descriptor = create(target, mode);
		*is_created = descriptor >= 0;
	}
	return descriptor;
}

static struct write_guard_answer ask_about_file(struct target *target, int descriptor,
	const struct write_guard *allowed, struct arena *arena)
{
	uint64_t changes = kernel_counter_storage_changes();
	AUTO_CLOSE int node = -1;
	struct write_guard_answer answer;

	if (descriptor < 0)
		descriptor = node = open(target->path, O_PATH | O_CLOEXEC);
	answer = write_guard_check_file(allowed, target->path, descriptor, arena);
	target->approval = (struct target_approval){0};
	if (answer.verdict == WRITE_ALLOWED && descriptor >= 0)
		approve(target, descriptor, changes);
	return answer;
}

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
/* Recursive: who is to have a claim asks the write guard, which looks whether there is one. */
static pthread_mutex_t claims_lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

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

/* The claim that this process has on a device; -1: none. It is no reason to refuse. */
static int own_claim(dev_t device)
{
	struct claim *claim;
	int descriptor;

	pthread_mutex_lock(&claims_lock);
	claim = find_claim(device);
	descriptor = claim && claim->holder_count > 0 ? claim->descriptor : -1;
	pthread_mutex_unlock(&claims_lock);
	return descriptor;
}

struct write_guard_answer target_ask_guard(struct target *target, int descriptor,
	const struct write_guard *allowed, struct arena *arena)
{
	struct write_guard_answer answer = {.verdict = WRITE_ALLOWED};
	struct stat status;

	switch (target->kind) {
	case TARGET_FILE:
		return ask_about_file(target, descriptor, allowed, arena);
	case TARGET_BLOCK:
	case TARGET_NVME_CHARACTER:
		if (descriptor < 0)
			descriptor = own_claim(target->device);
		return write_guard_check(allowed, target->path, target->device, descriptor, arena);
	case TARGET_CHARACTER:
		if (stat(target->path, &status) == 0)
			answer.reason = write_guard_character_refusal(status.st_rdev, true, arena);
		if (answer.reason) {
			answer.reason = arena_printf(arena, "it %s", answer.reason);
			answer.verdict = WRITE_PROTECTED;
		}
		return answer;
	case TARGET_PIPE:
	case TARGET_NONE:
		break;
	}
	return answer;
}

static bool is_approved(const struct target *target, int descriptor)
{
	const struct target_approval *approval = &target->approval;
	struct stat status;

	return target->kind == TARGET_FILE && approval->changes != 0 &&
	       fstat(descriptor, &status) == 0 && status.st_dev == approval->device &&
	       status.st_ino == approval->inode &&
	       kernel_counter_storage_changes() == approval->changes;
}

int target_guard_ask(struct target *target, int descriptor)
{
	static const struct write_guard nothing_named = {0};
	AUTO_ARENA struct arena arena = {0};
	struct write_guard_answer answer;

	if (is_approved(target, descriptor))
		return 0;
	answer = target_ask_guard(target, descriptor,
		target->guard ? &target->guard->allowed : &nothing_named, &arena);
	if (answer.verdict == WRITE_ALLOWED)
		return 0;
	return refuse(target, -EBUSY, answer.reason, answer.hint);
}

int target_remove(struct target *target)
{
	AUTO_CLOSE int node = open(target->path, O_PATH | O_CLOEXEC);
	struct stat status;
	int error = 0;

	/* A link that leads nowhere is removed itself. */
	if (node >= 0 && fstat(node, &status) == 0 && S_ISREG(status.st_mode))
		error = target_guard_ask(target, node);
	else if (node >= 0)
		error = refuse_another(target);
	if (error == 0 && unlink(target->path) < 0)
		error = -errno;
	return error;
}

#ifndef BLKGETDISKSEQ /* linux/fs.h, since 5.15 */
#define BLKGETDISKSEQ _IOR(0x12, 128, __u64)
#endif

/* The medium may have been changed under the number: --destroy was meant for the other one. */
static bool is_same_medium(const struct target *target, int descriptor)
{
	uint64_t sequence = 0;

	return target->disk_sequence == 0 || ioctl(descriptor, BLKGETDISKSEQ, &sequence) < 0 ||
	       sequence == target->disk_sequence;
}

/*
 * No file system is made or mounted on a device while it is claimed: so the write guard is asked
 * now, once for all workers that write to it. 0 or -errno.
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
		return refuse_another(target);
	if (descriptor < 0)
		return descriptor;
	if (is_same_medium(target, descriptor))
		error = target_guard_ask(target, descriptor);
	else
		error = refuse_another(target);
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

/* Of the open file where the kernel has that, for direct I/O, as fio has it; else of the inode. */
static int set_write_hint(int descriptor, uint64_t hint, bool is_direct)
{
	if (is_direct && fcntl(descriptor, F_SET_FILE_RW_HINT, &hint) == 0)
		return 0;
	return fcntl(descriptor, F_SET_RW_HINT, &hint) < 0 ? -errno : 0;
}

void target_forget_write_hint(const struct target *target)
{
	int descriptor = -1;

	if (target->write_hint != 0)
		descriptor = open(target->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (descriptor < 0)
		return; /* It has none, or is gone. */
	(void)set_write_hint(descriptor, RWH_WRITE_LIFE_NOT_SET, false); /* It took the other. */
	close(descriptor);
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
	if (error == 0 && target->write_hint != 0 && (flags & TARGET_WRITES))
		target->hint_error = set_write_hint(
			descriptor, target->write_hint, (flags & TARGET_DIRECT) != 0);
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

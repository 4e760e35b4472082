/* SPDX-License-Identifier: MIT */
/*
 * A path is opened by O_PATH, which has no effect on a device whatever it is; what that found is
 * opened again by its descriptor, not by its name.
 */
#include "engine/target_guard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "host/block_device.h"
#include "host/character_node.h"
#include "host/file_system.h"
#include "host/storage_changes.h"

enum { FILE_MODE = 0644 };

static int refuse(struct target *target, int error, const char *reason, const char *hint)
{
	struct target_guard *guard = target->guard;

	if (guard) {
		guard->path = target->path;
		guard->reason = arena_strdup(guard->arena, reason);
		guard->hint = hint ? arena_strdup(guard->arena, hint) : NULL;
	}
	return error;
}

int target_guard_refuse_another(struct target *target)
{
	struct arena arena = {0};
	int error = refuse(target, -ESTALE,
		arena_printf(&arena,
			"%s is not what was looked at before: its name leads to something else, or "
			"its medium was changed",
			target->path),
		"nothing was written to it; run it again, and leave the name alone meanwhile");

	arena_free(&arena);
	return error;
}

static bool is_harmless(const struct stat *status, bool writes)
{
	struct arena arena = {0};
	bool is_refused = character_node_refusal(status->st_rdev, writes, &arena) != NULL;

	arena_free(&arena);
	return !is_refused;
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
		return target_guard_refuse_another(target);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", node);
	descriptor = open_sparing_atime(link, mode);
	if (descriptor != -ENOENT)
		return descriptor;
	/* No /proc is mounted. */
	descriptor = open_sparing_atime(target->path, mode);
	if (descriptor < 0 || is_same_node(descriptor, node))
		return descriptor;
	close(descriptor);
	return target_guard_refuse_another(target);
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
	uint64_t changes = storage_changes();
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
		return target_guard_refuse_another(target);
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
	uint64_t changes = storage_changes();
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
		return write_guard_check(allowed, target->path, target->device, descriptor, arena);
	case TARGET_CHARACTER:
		if (stat(target->path, &status) == 0)
			answer.reason = character_node_refusal(status.st_rdev, true, arena);
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
	       status.st_ino == approval->inode && storage_changes() == approval->changes;
}

int target_guard_ask(struct target *target, int descriptor)
{
	static const struct write_guard nothing_named = {0};
	struct arena arena = {0};
	struct write_guard_answer answer;
	int error = 0;

	if (is_approved(target, descriptor))
		return 0;
	answer = target_ask_guard(target, descriptor,
		target->guard ? &target->guard->allowed : &nothing_named, &arena);
	if (answer.verdict != WRITE_ALLOWED)
		error = refuse(target, -EBUSY, answer.reason, answer.hint);
	arena_free(&arena);
	return error;
}

int target_remove(struct target *target)
{
	AUTO_CLOSE int node = open(target->path, O_PATH | O_CLOEXEC);
	struct stat status;
	int error = 0;

	/* Of a link that leads nowhere the link itself goes. */
	if (node >= 0 && fstat(node, &status) == 0 && S_ISREG(status.st_mode))
		error = target_guard_ask(target, node);
	else if (node >= 0)
		error = target_guard_refuse_another(target);
	if (error == 0 && unlink(target->path) < 0)
		error = -errno;
	return error;
}

/* SPDX-License-Identifier: MIT */
/*
 * The order of the questions: is it in use, as far as can be read; does anybody hold it
 * exclusively (a mount in another namespace, a btrfs of several devices, ZFS, an iSCSI target);
 * does it carry a signature.
 */
#include "host/write_guard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "host/block_device.h"
#include "host/device_signature.h"
#include "host/device_use.h"
#include "host/file_use.h"

static struct write_guard_answer unknown(const char *reason)
{
	return (struct write_guard_answer){
		.verdict = WRITE_UNKNOWN,
		.reason = reason,
		.hint = "ringside writes only to devices that it can look at first: run it as root",
	};
}

/* Opens the node of `number` for reading, exclusively where asked. A descriptor or -errno. */
static int open_node(const char *path, dev_t number, int flags)
{
	struct stat status;
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | flags);

	if (descriptor < 0)
		return -errno;
	if (fstat(descriptor, &status) < 0 || !S_ISBLK(status.st_mode) ||
		status.st_rdev != number) {
		close(descriptor);
		return -ENODEV;
	}
	return descriptor;
}

static bool is_block_node(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISBLK(status.st_mode);
}

/* The device that --destroy=PATH means; 0: not a path of a device. */
static dev_t device_at(const char *path)
{
	struct stat status;

	if (stat(path, &status) < 0)
		return 0;
	if (S_ISBLK(status.st_mode))
		return status.st_rdev;
	return S_ISCHR(status.st_mode) ? block_device_behind_nvme_character(status.st_rdev) : 0;
}

static bool is_named_again(
	const struct block_device *device, const char *const *destroy, size_t destroy_count)
{
	for (size_t i = 0; i < destroy_count; i++) {
		if (device->serial && strcmp(destroy[i], device->serial) == 0)
			return true;
		if (device_at(destroy[i]) == device->number)
			return true;
	}
	return false;
}

/*
 * What the partitions of a disk carry, after `found`, what the disk itself does. A partition that
 * cannot be read is no reason: the partition table is one already.
 */
static const char *add_partitions(
	const struct block_device *disk, const char *found, struct arena *arena)
{
	struct block_device *partitions;
	size_t count = device_partitions(disk, &partitions, arena);

	if (count && !found)
		found = "partitions";
	for (size_t i = 0; i < count; i++) {
		const char *node = device_node_path(partitions[i].name, arena), *words = NULL;
		AUTO_CLOSE int descriptor = open_node(node, partitions[i].number, 0);

		if (descriptor >= 0 && device_signature_read(descriptor, &words, arena) == 0 &&
			words)
			found = arena_printf(arena, "%s, on %s: %s", found, node, words);
	}
	return found;
}

/* A medium error where signatures stand: who names the drive twice need not know what it carries.
 */
static struct write_guard_answer check_unreadable(
	const char *path, int error, bool is_named, struct arena *arena)
{
	if (is_named)
		return (struct write_guard_answer){.verdict = WRITE_ALLOWED};
	return (struct write_guard_answer){
		.verdict = WRITE_NEEDS_SECOND_NAMING,
		.reason = arena_printf(arena,
			"what %s carries cannot be read, the drive reports an error: %s", path,
			text_errno_name(error)),
		.hint = arena_printf(
			arena, "to write to it all the same, name it again: --destroy=%s", path),
	};
}

static struct write_guard_answer check_signature(const char *path,
	const struct block_device *device, int descriptor, bool is_named, struct arena *arena)
{
	const char *found;
	int error = device_signature_read(descriptor, &found, arena);

	if (error == -EIO || error == -ENODATA)
		return check_unreadable(path, error, is_named, arena);
	if (error < 0)
		return unknown(arena_printf(arena, "%s cannot be searched for signatures: %s", path,
			text_errno_name(error)));
	found = add_partitions(device, found, arena);
	if (!found || is_named)
		return (struct write_guard_answer){.verdict = WRITE_ALLOWED};
	return (struct write_guard_answer){
		.verdict = WRITE_NEEDS_SECOND_NAMING,
		.reason = arena_printf(arena, "%s carries data: %s", path, found),
		.hint = arena_printf(
			arena, "to destroy what is on it, name it again: --destroy=%s", path),
	};
}

struct write_guard_answer write_guard_check(const char *path, dev_t number,
	const char *const *destroy, size_t destroy_count, struct arena *arena)
{
	struct block_device device;
	const char *use, *node;
	AUTO_CLOSE int descriptor = -1;
	int error = block_device_read(number, &device, arena);

	if (error == 0)
		error = device_use_find(&device, &use, arena);
	if (error < 0)
		return unknown(arena_printf(
			arena, "%s cannot be looked at: %s", path, text_errno_name(error)));
	if (use)
		return (struct write_guard_answer){
			.verdict = WRITE_IN_USE,
			.reason = use,
			.hint = "a device in use is never written: unmount or detach it first",
		};

	node = is_block_node(path) ? path : device_node_path(device.name, arena);
	if (device.is_read_only)
		return (struct write_guard_answer){
			.verdict = WRITE_PROTECTED,
			.reason = "the device is read-only",
			.hint = arena_printf(arena, "blockdev --setrw %s, if it may be", node),
		};
	descriptor = open_node(node, number, O_EXCL);
	if (descriptor == -EBUSY)
		return (struct write_guard_answer){
			.verdict = WRITE_IN_USE,
			.reason = arena_printf(arena,
				"%s is held exclusively by another program or by the kernel", node),
			.hint = "a device in use is never written: find its user with lsblk or "
				"fuser",
		};
	if (descriptor < 0)
		return unknown(arena_printf(
			arena, "%s cannot be opened: %s", node, text_errno_name(descriptor)));
	return check_signature(
		path, &device, descriptor, is_named_again(&device, destroy, destroy_count), arena);
}

static bool is_file_named_again(
	const struct stat *file, const char *const *destroy, size_t destroy_count)
{
	struct stat status;

	for (size_t i = 0; i < destroy_count; i++) {
		if (stat(destroy[i], &status) == 0 && status.st_dev == file->st_dev &&
			status.st_ino == file->st_ino)
			return true;
	}
	return false;
}

/* To write to the file is to write to the loop device that stands on it. */
static struct write_guard_answer check_loop(
	const char *path, const struct loop_device_name *loop, bool is_named, struct arena *arena)
{
	const char *node = device_node_path(loop->name, arena);
	struct write_guard_answer answer = write_guard_check(node, loop->number, NULL, 0, arena);

	if (answer.verdict == WRITE_IN_USE || answer.verdict == WRITE_UNKNOWN) {
		answer.reason =
			arena_printf(arena, "%s, and %s stands on %s", answer.reason, node, path);
		return answer;
	}
	if (is_named)
		return (struct write_guard_answer){.verdict = WRITE_ALLOWED};
	return (struct write_guard_answer){
		.verdict = WRITE_NEEDS_SECOND_NAMING,
		.reason = arena_printf(arena, "%s stands on %s", node, path),
		.hint = arena_printf(arena,
			"detach it first (losetup --detach %s), or name the file again: "
			"--destroy=%s",
			node, path),
	};
}

struct write_guard_answer write_guard_check_file(
	const char *path, const char *const *destroy, size_t destroy_count, struct arena *arena)
{
	struct write_guard_answer answer = {.verdict = WRITE_ALLOWED};
	struct file_use use;
	struct stat file;
	bool is_named;
	int error;

	if (stat(path, &file) < 0)
		return errno == ENOENT ? answer
				       : unknown(arena_printf(arena, "%s cannot be looked at: %s",
						 path, text_errno_name(errno)));
	error = file_use_find(path, &file, &use, arena);
	if (error < 0)
		return unknown(arena_printf(
			arena, "%s cannot be looked at: %s", path, text_errno_name(error)));
	if (use.reason)
		return (struct write_guard_answer){
			.verdict = WRITE_IN_USE,
			.reason = use.reason,
			.hint = "a file in use as a device is never written: swapoff or unmount it "
				"first",
		};
	is_named = is_file_named_again(&file, destroy, destroy_count);
	for (size_t i = 0; i < use.loop_count; i++) {
		struct write_guard_answer of_loop =
			check_loop(path, &use.loops[i], is_named, arena);

		if (of_loop.verdict > answer.verdict)
			answer = of_loop;
	}
	return answer;
}

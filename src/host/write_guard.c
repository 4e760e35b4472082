/* SPDX-License-Identifier: MIT */
/*
 * The order of the questions: is it in use, as far as can be read; does anybody hold it
 * exclusively (a mount in another namespace, a btrfs of several devices, ZFS, an iSCSI target);
 * does it carry a signature.
 */
#include "host/write_guard.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "host/block_device.h"
#include "host/device_use.h"

enum { BELOW_LIMIT = 64 }; /* devices that one stands on, and they on */

static const struct write_guard_answer allowed = {.verdict = WRITE_ALLOWED};

static struct write_guard_answer refuse(
	enum write_guard_verdict verdict, const char *reason, const char *hint)
{
	return (struct write_guard_answer){verdict, reason, hint};
}

static struct write_guard_answer unknown(const char *reason)
{
	return refuse(WRITE_UNKNOWN, reason,
		"ringside writes only to devices that it can look at first: run it as root");
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

static bool is_this_host(const struct write_guard *guard, const char *name, size_t length)
{
	char own[HOST_NAME_MAX + 1] = "";
	const char *host = guard->host ? guard->host : own;

	if (!guard->host && gethostname(own, sizeof(own) - 1) != 0)
		return false;
	return strlen(host) == length && strncmp(host, name, length) == 0;
}

/* The path that a value of --destroy means on this host; "": it means none here. */
static const char *path_here(const struct write_guard *guard, const char *value)
{
	const char *colon = strstr(value, ":/");

	if (value[0] != '/' && colon && is_this_host(guard, value, (size_t)(colon - value)))
		return colon + 1;
	return guard->needs_a_host ? "" : value;
}

static bool is_named_again(const struct write_guard *guard, const struct block_device *device)
{
	for (size_t i = 0; i < guard->destroy_count; i++) {
		if (device->serial && strcmp(guard->destroy[i], device->serial) == 0)
			return true;
		if (device_at(path_here(guard, guard->destroy[i])) == device->number)
			return true;
	}
	return false;
}

/* What to give so that the guard takes it for named a second time. */
static const char *naming(const struct write_guard *guard, const char *path, struct arena *arena)
{
	char own[HOST_NAME_MAX + 1] = "";
	bool has_own = !guard->host && gethostname(own, sizeof(own) - 1) == 0;

	if (!guard->needs_a_host)
		return arena_printf(arena, "--destroy=%s", path);
	return arena_printf(arena, "--destroy=%s:%s (its host, as each has another %s)",
		guard->host ? guard->host
		: has_own   ? own
			    : "HOST",
		path, path);
}

/*
 * What the partitions of a disk carry, after `found`, what the disk itself does. A partition that
 * cannot be read is no reason: the partition table is one already.
 */
static const char *add_partitions(
	const struct block_device *disk, const char *found, struct arena *arena)
{
	struct block_device *partitions;
	size_t count = block_device_partitions(disk, &partitions, arena);

	if (count && !found)
		found = "partitions";
	for (size_t i = 0; i < count; i++) {
		const char *node = block_device_node(partitions[i].name, arena), *words = NULL;
		AUTO_CLOSE int descriptor = block_device_open(node, partitions[i].number, 0);

		if (descriptor >= 0 && device_use_signatures(descriptor, &words, arena) == 0 &&
			words)
			found = arena_printf(arena, "%s, on %s: %s", found, node, words);
	}
	return found;
}

/* A medium error where signatures stand: who names the drive twice need not know what it carries.
 */
static struct write_guard_answer check_unreadable(const struct write_guard *guard, const char *path,
	int error, bool is_named, struct arena *arena)
{
	if (is_named)
		return allowed;
	return refuse(WRITE_NEEDS_SECOND_NAMING,
		arena_printf(arena,
			"what %s carries cannot be read, the drive reports an error: %s", path,
			text_errno_name(error)),
		arena_printf(arena, "to write to it all the same, name it again: %s",
			naming(guard, path, arena)));
}

static struct write_guard_answer check_signature(const struct write_guard *guard, const char *path,
	const struct block_device *device, int descriptor, struct arena *arena)
{
	bool is_named = is_named_again(guard, device);
	const char *found;
	int error = device_use_signatures(descriptor, &found, arena);

	if (error == -EIO || error == -ENODATA)
		return check_unreadable(guard, path, error, is_named, arena);
	if (error < 0)
		return unknown(arena_printf(arena, "%s cannot be searched for signatures: %s", path,
			text_errno_name(error)));
	found = add_partitions(device, found, arena);
	if (!found || is_named)
		return allowed;
	return refuse(WRITE_NEEDS_SECOND_NAMING,
		arena_printf(arena, "%s carries data: %s", path, found),
		arena_printf(arena, "to destroy what is on it, name it again: %s",
			naming(guard, path, arena)));
}

static struct write_guard_answer in_use(const char *reason)
{
	return refuse(WRITE_IN_USE, reason,
		"a device in use is never written: unmount or detach it first");
}

/* Whether anybody else holds it, then what it carries. */
static struct write_guard_answer check_unused(const struct write_guard *guard, const char *path,
	const struct block_device *device, struct arena *arena)
{
	const char *node = is_block_node(path) ? path : block_device_node(device->name, arena);
	AUTO_CLOSE int descriptor = block_device_open(node, device->number, O_EXCL);

	if (descriptor == -EBUSY)
		return refuse(WRITE_IN_USE,
			arena_printf(arena,
				"%s is held exclusively by another program or by the kernel", node),
			"a device in use is never written: find its user with lsblk or "
			"fuser");
	if (descriptor < 0)
		return unknown(arena_printf(
			arena, "%s cannot be opened: %s", node, text_errno_name(descriptor)));
	return check_signature(guard, path, device, descriptor, arena);
}

/* The device itself and what stands on it. */
static struct write_guard_answer check_device(const struct write_guard *guard, const char *path,
	dev_t number, int claim, struct arena *arena)
{
	struct block_device device;
	const char *use;
	int error = block_device_read(number, &device, arena);

	if (error == 0)
		error = device_use_find(&device, 0, &use, arena);
	if (error < 0)
		return unknown(arena_printf(
			arena, "%s cannot be looked at: %s", path, text_errno_name(error)));
	if (use)
		return in_use(use);
	if (device.is_read_only)
		return refuse(WRITE_PROTECTED, "the device is read-only",
			arena_printf(arena, "blockdev --setrw %s, if it may be",
				is_block_node(path) ? path
						    : block_device_node(device.name, arena)));
	if (claim < 0)
		return check_unused(guard, path, &device, arena);
	return check_signature(guard, path, &device, claim, arena);
}

static bool is_file_named_again(const struct write_guard *guard, const struct stat *file)
{
	struct stat status;

	for (size_t i = 0; i < guard->destroy_count; i++) {
		if (stat(path_here(guard, guard->destroy[i]), &status) == 0 &&
			status.st_dev == file->st_dev && status.st_ino == file->st_ino)
			return true;
	}
	return false;
}

bool write_guard_names(const struct write_guard *guard, int descriptor, struct arena *arena)
{
	struct block_device device;
	struct stat status;

	if (fstat(descriptor, &status) < 0)
		return false;
	if (!S_ISBLK(status.st_mode))
		return is_file_named_again(guard, &status);
	return block_device_read(status.st_rdev, &device, arena) == 0 &&
	       is_named_again(guard, &device);
}

/* "/dev/loop0 stands on a.img"; where that is not sure, on what it cannot be told from. */
static const char *loop_words(
	const char *path, const struct loop_device_name *loop, struct arena *arena)
{
	const char *node = block_device_node(loop->name, arena);

	if (!loop->likely_file)
		return arena_printf(arena, "%s stands on %s", node, path);
	return arena_printf(arena, "%s stands on %s, from which %s cannot be told", node,
		loop->likely_file, path);
}

/* To write to the file is to write to the loop device that stands on it. */
static struct write_guard_answer check_loop(const struct write_guard *guard, const char *path,
	const struct loop_device_name *loop, bool is_named, struct arena *arena)
{
	static const struct write_guard nothing_named = {0};
	const char *node = block_device_node(loop->name, arena);
	const char *stands = loop_words(path, loop, arena);
	struct write_guard_answer answer =
		check_device(&nothing_named, node, loop->number, -1, arena);

	if (answer.verdict == WRITE_IN_USE || answer.verdict == WRITE_UNKNOWN) {
		answer.reason = arena_printf(arena, "%s, and %s", answer.reason, stands);
		return answer;
	}
	if (is_named)
		return allowed;
	return refuse(WRITE_NEEDS_SECOND_NAMING, stands,
		arena_printf(arena,
			"detach it first (losetup --detach %s), or name the file again: %s", node,
			naming(guard, path, arena)));
}

static struct write_guard_answer check_open_file(
	const struct write_guard *guard, const char *path, int descriptor, struct arena *arena)
{
	struct write_guard_answer answer = allowed;
	struct file_use use;
	struct stat file;
	bool is_named;
	int error = fstat(descriptor, &file) < 0 ? -errno : 0;

	if (error == 0)
		error = device_use_of_file(descriptor, path, &use, arena);
	if (error < 0)
		return unknown(arena_printf(
			arena, "%s cannot be looked at: %s", path, text_errno_name(error)));
	if (use.reason)
		return refuse(WRITE_IN_USE, use.reason,
			"a file in use as a device is never written: swapoff or unmount it "
			"first");
	is_named = is_file_named_again(guard, &file);
	for (size_t i = 0; i < use.loop_count; i++) {
		struct write_guard_answer of_loop =
			check_loop(guard, path, &use.loops[i], is_named, arena);

		if (of_loop.verdict > answer.verdict)
			answer = of_loop;
	}
	return answer;
}

struct write_guard_answer write_guard_check_file(
	const struct write_guard *guard, const char *path, int descriptor, struct arena *arena)
{
	AUTO_CLOSE int opened = -1;

	if (descriptor >= 0)
		return check_open_file(guard, path, descriptor, arena);
	opened = open(path, O_PATH | O_CLOEXEC);
	if (opened >= 0)
		return check_open_file(guard, path, opened, arena);
	if (errno == ENOENT)
		return allowed;
	return unknown(
		arena_printf(arena, "%s cannot be looked at: %s", path, text_errno_name(errno)));
}

/* A loop device on a block device claims nothing: others mount that one. */
static const char *use_of_device(const struct block_device *loop, dev_t number, struct arena *arena)
{
	struct block_device below;
	const char *use;

	if (block_device_find(number, &below, arena) != 0 ||
		device_use_find(&below, loop->disk_number, &use, arena) != 0)
		return arena_printf(
			arena, "%u:%u cannot be looked at", major(number), minor(number));
	if (!use) {
		const char *node = block_device_node(below.name, arena);
		AUTO_CLOSE int descriptor = block_device_open(node, number, O_EXCL);

		if (descriptor == -EBUSY)
			use = arena_printf(arena, "%s is held exclusively", node);
	}
	return use;
}

/* Swap, a mount of the file, or another loop device on it that is in use. */
static const char *use_of_file(
	const struct block_device *loop, const struct loop_backing *backing, struct arena *arena)
{
	static const struct write_guard nothing_named = {0};
	struct file_use use = {0};

	if (backing->descriptor >= 0 &&
		device_use_of_file(backing->descriptor, backing->path, &use, arena) == 0 &&
		use.reason)
		return use.reason;
	for (size_t i = 0; i < backing->loop_count; i++) {
		const struct loop_device_name *other = &backing->loops[i];
		struct write_guard_answer answer;

		if (other->number == loop->disk_number)
			continue;
		answer = check_device(&nothing_named, block_device_node(other->name, arena),
			other->number, -1, arena);
		if (answer.verdict == WRITE_IN_USE || answer.verdict == WRITE_UNKNOWN)
			return arena_printf(arena, "%s, and %s", answer.reason,
				loop_words(backing->path, other, arena));
	}
	return NULL;
}

/* Devices that are still to be looked at. */
struct below_list {
	dev_t numbers[BELOW_LIMIT];
	size_t count;
};

/* Who uses what the device stands on, in words, or NULL; and that is put on the list. */
static const char *use_below(
	const struct block_device *device, struct below_list *list, struct arena *arena)
{
	struct loop_backing backing;
	const char *use;

	if (!loop_device_backing(device->disk, &backing, arena)) {
		list->count += block_device_below(device->disk_number, list->numbers + list->count,
			BELOW_LIMIT - list->count, arena);
		return NULL;
	}
	if (backing.device && list->count < BELOW_LIMIT)
		list->numbers[list->count++] = backing.device;
	use = backing.device ? use_of_device(device, backing.device, arena)
			     : use_of_file(device, &backing, arena);
	if (backing.descriptor >= 0)
		close(backing.descriptor);
	return use ? arena_printf(
			     arena, "/dev/%s stands on %s, and %s", device->disk, backing.path, use)
		   : NULL;
}

/* To write to a loop device is to write to what it, or what it stands on, stands on. */
static const char *find_use_below(dev_t number, struct arena *arena)
{
	struct below_list list = {.numbers = {number}, .count = 1};
	const char *use = NULL;

	for (size_t i = 0; i < list.count && !use; i++) {
		struct block_device device;

		if (block_device_find(list.numbers[i], &device, arena) == 0)
			use = use_below(&device, &list, arena);
	}
	return use;
}

struct write_guard_answer write_guard_check(const struct write_guard *guard, const char *path,
	dev_t number, int claim, struct arena *arena)
{
	struct write_guard_answer answer = check_device(guard, path, number, claim, arena);
	const char *use;

	if (answer.verdict == WRITE_IN_USE || answer.verdict == WRITE_UNKNOWN)
		return answer;
	use = find_use_below(number, arena);
	return use ? in_use(use) : answer;
}

/* Character devices by number (Documentation/admin-guide/devices.txt in the kernel's source). */
enum access { ACCESS_NONE, ACCESS_READ, ACCESS_BOTH };

enum {
	MEMORY_MAJOR = 1,
	ANY_MINOR = 0,
	LAST_MINOR = 0xfffff, /* MINORBITS, linux/kdev_t.h */
};

static const struct {
	unsigned first_major, last_major, first_minor, last_minor;
	enum access access;
	const char *what; /* "is …" */
} known[] = {
	{MEMORY_MAJOR, MEMORY_MAJOR, 3, 3, ACCESS_BOTH, "the null device"},
	{MEMORY_MAJOR, MEMORY_MAJOR, 5, 5, ACCESS_BOTH, "the zero device"},
	{MEMORY_MAJOR, MEMORY_MAJOR, 7, 9, ACCESS_BOTH, "full, random or urandom"},
	{MEMORY_MAJOR, MEMORY_MAJOR, 1, 2, ACCESS_NONE, "the machine's memory"},
	{MEMORY_MAJOR, MEMORY_MAJOR, 4, 4, ACCESS_NONE, "the machine's I/O ports"},
	{MEMORY_MAJOR, MEMORY_MAJOR, 11, 11, ACCESS_READ, "the kernel's log"},
	{4, 4, 0, 63, ACCESS_BOTH, "a console"}, /* from 64 on they are serial lines */
	{5, 5, 0, 0, ACCESS_BOTH, "the terminal"},
	{136, 143, ANY_MINOR, LAST_MINOR, ACCESS_BOTH, "a terminal"},
	{10, 10, 183, 183, ACCESS_READ, "the hardware's random numbers"},
	{21, 21, ANY_MINOR, LAST_MINOR, ACCESS_NONE,
		"a SCSI generic node: commands go past every mount to the disk behind it"},
	{9, 9, ANY_MINOR, LAST_MINOR, ACCESS_NONE, "a tape: it moves when it is read or written"},
	{206, 206, ANY_MINOR, LAST_MINOR, ACCESS_NONE,
		"a tape: it moves when it is read or written"},
	{90, 90, ANY_MINOR, LAST_MINOR, ACCESS_READ,
		"flash memory, of which nobody says whether a file system (JFFS2, UBI) is on it"},
};

/* The class in sysfs, such as "bsg", "ubi", "nvme": their majors are given out as they come. */
static const char *class_of(dev_t number, struct arena *arena)
{
	char path[64], resolved[PATH_MAX];

	snprintf(path, sizeof(path), "/sys/dev/char/%u:%u/subsystem", major(number), minor(number));
	return realpath(path, resolved) ? arena_strdup(arena, strrchr(resolved, '/') + 1) : NULL;
}

const char *write_guard_character_refusal(dev_t number, bool writes, struct arena *arena)
{
	unsigned major_number = major(number), minor_number = minor(number);
	const char *class;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (major_number < known[i].first_major || major_number > known[i].last_major ||
			minor_number < known[i].first_minor || minor_number > known[i].last_minor)
			continue;
		if (known[i].access >= (writes ? ACCESS_BOTH : ACCESS_READ))
			return NULL;
		return arena_printf(arena, "is %s", known[i].what);
	}
	class = class_of(number, arena);
	return arena_printf(arena,
		"is a character device%s%s%s (%u:%u), which may stand for storage in use or act "
		"when it is opened",
		class ? " of class '" : "", class ? class : "", class ? "'" : "", major_number,
		minor_number);
}

bool write_guard_is_memory(dev_t number)
{
	unsigned minor_number = minor(number);

	return major(number) == MEMORY_MAJOR &&
	       (minor_number == 3 || minor_number == 5 || (minor_number >= 7 && minor_number <= 9));
}

/* SPDX-License-Identifier: MIT */
/* Inspects a path, and what the kernel requires for O_DIRECT there; nothing is opened. */
#include "engine/target.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/text.h"
#include "host/block_device.h"
#include "host/file_identity.h"
#include "host/kernel_counter.h"
#include "host/mount_table.h"
#include "host/nvme.h"
#include "host/sysfs.h"
#include "host/write_guard.h"

enum {
	LINK_LIMIT = 40, /* as the kernel's MAXSYMLINKS */
	ASSUMED_ALIGNMENT = 512,
};

static const char *const kind_names[] = {
	[TARGET_FILE] = "file",
	[TARGET_BLOCK] = "block",
	[TARGET_CHARACTER] = "character",
	[TARGET_NVME_CHARACTER] = "nvme-character",
	[TARGET_PIPE] = "pipe",
	[TARGET_NONE] = "none",
};

const char *target_kind_name(enum target_kind kind)
{
	return kind_names[kind];
}

unsigned target_count(const struct target *targets, unsigned count, enum target_kind kind)
{
	unsigned found = 0;

	for (unsigned i = 0; i < count; i++)
		found += targets[i].kind == kind;
	return found;
}

/* The arguments of one inspection. */
struct inspection {
	struct target *target;
	struct arena *arena;
	struct diag *diag;
	const struct place *place;
};

/*
 * The folder in which open(2) with O_CREAT would make the missing node, with all symbolic links
 * followed, also a dangling one at the end. 0 or -errno.
 */
static int resolve_missing(const char *path, char folder[PATH_MAX], struct arena *arena)
{
	const char *current = path;
	char link[PATH_MAX];

	for (int i = 0; i < LINK_LIMIT; i++) {
		ssize_t length;

		if (!realpath(text_folder_of(current, arena), folder))
			return -errno;
		length = readlink(arena_printf(arena, "%s/%s", folder, text_name_of(current)), link,
			sizeof(link) - 1);
		if (length < 0)
			return 0;
		link[length] = '\0';
		current = link[0] == '/' ? arena_strdup(arena, link)
					 : arena_printf(arena, "%s/%s", folder, link);
	}
	return -ELOOP;
}

/*
 * Whether device nodes live in `folder`: a file made there would stand in memory, under the name
 * of a device that was meant. /dev/shm is another file system, and a good place for files.
 */
static bool holds_devices(const char *folder, const struct mount_table *mounts)
{
	const struct mount_point *mount = mount_table_find(mounts, folder);
	bool is_below_dev = strcmp(folder, "/dev") == 0 || text_starts_with(folder, "/dev/");
	struct stat dev, status;

	if (mount && strcmp(mount->type, "devtmpfs") == 0)
		return true;
	return is_below_dev && stat("/dev", &dev) == 0 && stat(folder, &status) == 0 &&
	       dev.st_dev == status.st_dev;
}

/* A device node in `folder` that `name` may have been meant for, or NULL. */
static const char *similar_node(const char *folder, const char *name, struct arena *arena)
{
	struct text_guess guess = {.name = name};
	char **entries = sysfs_entries(arena, NULL, "%s", folder);
	struct stat status;

	for (; entries && *entries; entries++) {
		const char *path = arena_printf(arena, "%s/%s", folder, *entries);

		if (stat(path, &status) == 0 &&
			(S_ISBLK(status.st_mode) || S_ISCHR(status.st_mode)))
			text_guess(&guess, *entries);
	}
	return guess.nearest ? arena_printf(arena, "%s/%s", folder, guess.nearest) : NULL;
}

static int report_missing_device(const struct inspection *inspection, const char *folder)
{
	const char *path = inspection->target->path;
	const char *similar = similar_node(folder, text_name_of(path), inspection->arena);

	diag_error(inspection->diag, inspection->place, "there is no device '%s'", path);
	if (similar)
		diag_hint(inspection->diag, "did you mean '%s'? ringside makes no files under /dev",
			similar);
	else
		diag_hint(inspection->diag,
			"lsblk lists the block devices; ringside makes no files under /dev");
	return -ENOENT;
}

static int report_missing_folder(const struct inspection *inspection, int error)
{
	const char *path = inspection->target->path;
	const char *folder = text_folder_of(path, inspection->arena);

	if (error != -ENOENT) {
		diag_error(inspection->diag, inspection->place, "cannot look at '%s': %s", path,
			text_errno_name(error));
		return error;
	}
	if (access(folder, F_OK) == 0) {
		diag_error(inspection->diag, inspection->place,
			"'%s' is a symbolic link into a folder that does not exist", path);
		return error;
	}
	diag_error(inspection->diag, inspection->place, "the folder '%s' of '%s' does not exist",
		folder, path);
	diag_hint(inspection->diag, "make it first: mkdir -p '%s'", folder);
	return error;
}

static uint32_t logical_block_bytes(dev_t number)
{
	AUTO_ARENA struct arena arena = {0};
	struct block_device device;

	if (!number || block_device_find(number, &device, &arena) < 0)
		return 0;
	return (uint32_t)sysfs_number(&arena, 0, "%s/queue/logical_block_size",
		sysfs_block_folder(device.disk_number, &arena));
}

/*
 * The multiples that O_DIRECT asks for, by the kernel (since Linux 6.1) or by the device, whose
 * blocks are `logical_bytes` long; 0: not known.
 */
static void read_alignment(struct target *target, const char *node, uint32_t logical_bytes)
{
	struct statx status;

	if (statx(AT_FDCWD, node, 0, STATX_DIOALIGN, &status) == 0 &&
		(status.stx_mask & STATX_DIOALIGN)) {
		target->refuses_direct = status.stx_dio_offset_align == 0;
		target->offset_align = status.stx_dio_offset_align;
		target->memory_align = status.stx_dio_mem_align;
	} else if (logical_bytes > 0) {
		target->offset_align = logical_bytes;
		target->memory_align = logical_bytes;
	}
}

void target_refresh(struct target *target)
{
	struct stat status;

	if (target->kind != TARGET_FILE)
		return;
	target->exists = stat(target->path, &status) == 0;
	target->bytes = target->exists ? (uint64_t)status.st_size : 0;
	if (target->exists)
		read_alignment(target, target->path, logical_block_bytes(target->device));
}

/* What holds for all files of a folder that are on one mount. */
struct folder_facts {
	uint64_t changes; /* kernel_counter_storage_changes() before they were found out; 0: none */
	char folder[PATH_MAX];
	uint64_t mount;
	dev_t file_system;
	bool holds_devices;
	char type[64]; /* "": not known */
	bool is_kernel_interface;
	dev_t device;
	uint32_t logical_bytes; /* its blocks */
};

/* Which mount a node is on: false where the kernel does not say (before Linux 5.8). */
static bool identify_mount(const char *node, uint64_t *mount, dev_t *file_system)
{
	struct statx status;

	if (statx(AT_FDCWD, node, AT_NO_AUTOMOUNT, STATX_MNT_ID, &status) < 0 ||
		!(status.stx_mask & STATX_MNT_ID))
		return false;
	*mount = status.stx_mnt_id;
	*file_system = makedev(status.stx_dev_major, status.stx_dev_minor);
	return true;
}

static int find_folder_facts(const struct inspection *inspection, const char *folder,
	const char *node, struct folder_facts *facts)
{
	AUTO_ARENA struct arena arena = {0};
	const struct mount_point *mount;
	struct mount_table mounts;
	struct statfs system;
	int error = mount_table_read(&mounts, &arena);

	if (error < 0) {
		diag_error(inspection->diag, inspection->place, "cannot read the mount table: %s",
			text_errno_name(error));
		return error;
	}
	facts->holds_devices = holds_devices(folder, &mounts);
	mount = mount_table_find(&mounts, node);
	/* By its type: it may be mounted in another namespace only. */
	facts->is_kernel_interface =
		statfs(node, &system) == 0 && file_system_commanding(system.f_type);
	snprintf(facts->type, sizeof(facts->type), "%s",
		facts->is_kernel_interface ? file_system_commanding(system.f_type)
		: mount                    ? mount->type
					   : "");
	facts->device = block_device_under(node);
	facts->logical_bytes = logical_block_bytes(facts->device);
	return 0;
}

/*
 * The same for thousands of files of a folder: found out for the first one, and again after each
 * change of mounts and devices. 0 or -errno, reported.
 */
static int look_up_folder(const struct inspection *inspection, const char *folder, const char *node,
	const struct folder_facts **found)
{
	static struct folder_facts facts; /* of a thread it would be on all stacks */
	uint64_t changes = kernel_counter_storage_changes(), mount = 0;
	dev_t file_system = 0;
	bool is_identified = identify_mount(node, &mount, &file_system);
	int error;

	*found = &facts;
	if (is_identified && facts.changes == changes && facts.mount == mount &&
		facts.file_system == file_system && strcmp(facts.folder, folder) == 0)
		return 0;
	facts.changes = 0;
	error = find_folder_facts(inspection, folder, node, &facts);
	if (error != 0 || !is_identified)
		return error;
	facts.mount = mount;
	facts.file_system = file_system;
	snprintf(facts.folder, sizeof(facts.folder), "%s", folder);
	facts.changes = changes;
	return 0;
}

/* A file that is there, or (`folder` is where) one that can be made. */
static int inspect_file(const struct inspection *inspection, const char *folder)
{
	struct target *target = inspection->target;
	const char *node = target->exists ? target->path : folder;
	const struct folder_facts *facts;
	int error = look_up_folder(inspection, folder, node, &facts);

	if (error < 0)
		return error;
	if (facts->holds_devices) {
		if (!target->exists)
			return report_missing_device(inspection, folder);
		diag_error(inspection->diag, inspection->place,
			"'%s' is a regular file among the devices: it stands in memory",
			target->path);
		diag_hint(inspection->diag, "remove it, and name the device that was meant");
		return -ENODEV;
	}
	if (!target->exists && text_name_of(target->path)[0] == '\0') {
		diag_error(inspection->diag, inspection->place, "'%s' names no file", target->path);
		return -ENOENT;
	}
	target->kind = TARGET_FILE;
	target->file_system = *facts->type ? arena_strdup(inspection->arena, facts->type) : NULL;
	target->is_kernel_interface = facts->is_kernel_interface;
	target->device = facts->device;
	read_alignment(target, node, facts->logical_bytes);
	return 0;
}

static int inspect_missing(const struct inspection *inspection)
{
	char folder[PATH_MAX];
	int error = resolve_missing(inspection->target->path, folder, inspection->arena);

	if (error < 0)
		return report_missing_folder(inspection, error);
	return inspect_file(inspection, folder);
}

static int inspect_regular(const struct inspection *inspection, uint64_t bytes)
{
	char resolved[PATH_MAX];

	inspection->target->exists = true;
	inspection->target->bytes = bytes;
	if (!realpath(inspection->target->path, resolved))
		return report_missing_folder(inspection, -errno);
	return inspect_file(inspection, text_folder_of(resolved, inspection->arena));
}

static int report_empty(const struct inspection *inspection, const struct block_device *device)
{
	diag_error(inspection->diag, inspection->place,
		"block device '/dev/%s' has a size of 0: nothing is in or attached to it",
		device->name);
	if (text_starts_with(device->name, "nvme"))
		diag_hint(inspection->diag,
			"see its format with nvme id-ns -H /dev/%s: one with metadata in line "
			"(extended) is not for block devices",
			device->name);
	return -ENOMEDIUM;
}

static int inspect_block(const struct inspection *inspection, dev_t number)
{
	struct target *target = inspection->target;
	struct block_device device;
	int error = block_device_read(number, &device, inspection->arena);

	if (error < 0) {
		diag_error(inspection->diag, inspection->place,
			"'%s' is a node without a device behind it: %s", target->path,
			text_errno_name(error));
		return error;
	}
	if (device.bytes == 0)
		return report_empty(inspection, &device);
	target->kind = TARGET_BLOCK;
	target->exists = true;
	target->device = number;
	target->disk_sequence = device.sequence;
	target->claim_path = target->path;
	target->bytes = device.bytes;
	read_alignment(target, target->path, device.logical_block_bytes);
	return 0;
}

static int report_controller(const struct inspection *inspection, const char *block)
{
	const char *character = block ? nvme_character_name(block, inspection->arena) : NULL;

	diag_error(inspection->diag, inspection->place,
		"'%s' is an NVMe controller: the data are in its namespaces",
		inspection->target->path);
	if (!block)
		diag_hint(inspection->diag,
			"the kernel has found none of it: nvme list-ns --all %s",
			inspection->target->path);
	else if (!character)
		diag_hint(inspection->diag, "name one of them: /dev/%s", block);
	else
		diag_hint(inspection->diag,
			"name one of them: /dev/%s, or /dev/%s for engines that send NVMe commands",
			block, character);
	return -ENOTBLK;
}

static int report_refused_node(const struct inspection *inspection, const char *reason)
{
	diag_error(inspection->diag, inspection->place, "'%s' is refused: it %s",
		inspection->target->path, reason);
	diag_hint(inspection->diag,
		"name the block device or the file that is meant: lsblk lists the devices");
	return -EPERM;
}

static int inspect_character(const struct inspection *inspection, dev_t number)
{
	struct target *target = inspection->target;
	struct block_device device;
	const char *block, *refusal;

	if (nvme_is_controller(number, &block, inspection->arena))
		return report_controller(inspection, block);
	target->exists = true;
	target->bytes = UINT64_MAX;
	if (!block_device_is_nvme_character(number)) {
		target->kind = TARGET_CHARACTER;
		refusal = write_guard_character_refusal(number, false, inspection->arena);
		return refusal ? report_refused_node(inspection, refusal) : 0;
	}
	target->kind = TARGET_NVME_CHARACTER;
	target->device = block_device_behind_nvme_character(number);
	if (target->device && block_device_read(target->device, &device, inspection->arena) == 0) {
		target->claim_path = arena_printf(inspection->arena, "/dev/%s", device.name);
		target->disk_sequence = device.sequence;
		target->bytes = device.bytes;
		target->offset_align = device.logical_block_bytes;
		return device.bytes == 0 ? report_empty(inspection, &device) : 0;
	}
	return 0;
}

int target_inspect(const char *path, struct target *target, struct arena *arena, struct diag *diag,
	const struct place *place)
{
	struct inspection inspection = {target, arena, diag, place};
	struct stat status;

	*target = (struct target){.path = arena_strdup(arena, path), .descriptor = -1};
	if (stat(path, &status) < 0)
		return errno == ENOENT ? inspect_missing(&inspection)
				       : report_missing_folder(&inspection, -errno);
	switch (status.st_mode & S_IFMT) {
	case S_IFREG:
		return inspect_regular(&inspection, (uint64_t)status.st_size);
	case S_IFBLK:
		return inspect_block(&inspection, status.st_rdev);
	case S_IFCHR:
		return inspect_character(&inspection, status.st_rdev);
	case S_IFDIR:
		diag_error(diag, place, "'%s' is a folder, not a file or a device", path);
		diag_hint(diag, "directory=%s puts the job's files into it", path);
		return -EISDIR;
	default:
		target->kind = TARGET_PIPE;
		target->exists = true;
		target->bytes = UINT64_MAX;
		return 0;
	}
}

static const char *alignment_text(const struct target *target, struct arena *arena,
	const char *what, uint64_t value, uint32_t multiple)
{
	return arena_printf(arena, "%s %s%s%s%s needs the %s to be a multiple of %u, it is %llu",
		target->kind == TARGET_NVME_CHARACTER ? "a command to" : "O_DIRECT on",
		target->path, target->file_system ? " (" : "",
		target->file_system ? target->file_system : "", target->file_system ? ")" : "",
		what, multiple, (unsigned long long)value);
}

const char *target_alignment_problem(const struct target *target, uint64_t offset, uint64_t length,
	uint64_t memory, struct arena *arena)
{
	uint32_t offset_align = target->offset_align ? target->offset_align : ASSUMED_ALIGNMENT;
	uint32_t memory_align = target->memory_align ? target->memory_align : ASSUMED_ALIGNMENT;

	if (length % offset_align)
		return alignment_text(target, arena, "block size", length, offset_align);
	if (offset % offset_align)
		return alignment_text(target, arena, "offset", offset, offset_align);
	if (memory % memory_align)
		return alignment_text(target, arena, "buffer's address", memory, memory_align);
	return NULL;
}

/* A partition has none: commands know nothing of partitions. */
const char *target_command_node(const struct target *target, struct arena *arena)
{
	struct block_device device;
	struct block_queue queue;

	if (target->kind != TARGET_BLOCK || block_device_find(target->device, &device, arena) < 0 ||
		device.is_partition)
		return NULL;
	block_queue_read(device.disk, &queue, arena);
	return queue.nvme_character;
}

/* SPDX-License-Identifier: MIT */
/* Mounts, swap and holders of a block device, of its partitions and of its disk. */
#include "host/device_use.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/text.h"
#include "host/loop_device.h"
#include "host/mount_table.h"

enum {
	DEPTH_LIMIT = 8,       /* of devices that stand on devices */
	PARTITION_LIMIT = 256, /* DISK_MAX_PARTS, linux/genhd.h */
	HOLDER_LIMIT = 256,    /* of one device, in sysfs */
};

/* What one search works with. */
struct use_search {
	struct mount_table mounts;
	const char *const *swaps; /* nodes of the swap areas, NULL-terminated */
	dev_t besides;            /* is no use */
	struct arena *arena;
};

/* A device that is looked at, and what it is to the one that was asked about. */
struct relative {
	dev_t number;
	const char *node;     /* "/dev/sda1" */
	const char *relation; /* "a partition of it"; NULL: the device itself */
};

const char *device_node_path(const char *name, struct arena *arena)
{
	char *path = arena_printf(arena, "/dev/%s", name);

	for (char *mark = strchr(path, '!'); mark; mark = strchr(mark, '!'))
		*mark = '/';
	return path;
}

static const char *folder_of(dev_t number, struct arena *arena)
{
	return arena_printf(arena, "/sys/dev/block/%u:%u", major(number), minor(number));
}

static dev_t number_in(const char *folder, const char *name, struct arena *arena)
{
	const char *text = text_read_file(arena, arena_printf(arena, "%s/%s/dev", folder, name));
	unsigned major_number, minor_number;

	if (!text || sscanf(text, "%u:%u", &major_number, &minor_number) != 2)
		return 0;
	return makedev(major_number, minor_number);
}

size_t device_partitions(
	const struct block_device *disk, struct block_device **partitions, struct arena *arena)
{
	const char *folder = folder_of(disk->number, arena);
	DIR *entries = disk->is_partition ? NULL : opendir(folder);
	size_t count = 0;

	*partitions = NULL;
	if (!entries)
		return 0;
	*partitions = arena_alloc_array(arena, PARTITION_LIMIT, sizeof(**partitions));
	for (struct dirent *entry = readdir(entries); entry && count < PARTITION_LIMIT;
		entry = readdir(entries)) {
		const char *mark = arena_printf(arena, "%s/%s/partition", folder, entry->d_name);
		dev_t number;

		if (entry->d_name[0] == '.' || access(mark, F_OK) < 0)
			continue;
		number = number_in(folder, entry->d_name, arena);
		if (block_device_read(number, &(*partitions)[count], arena) == 0)
			count++;
	}
	closedir(entries);
	return count;
}

/* As the subject of a sentence, that goes on after it. */
static const char *subject(const struct relative *relative, struct arena *arena)
{
	if (!relative->relation)
		return relative->node;
	return arena_printf(arena, "%s, %s,", relative->node, relative->relation);
}

static const char *find_mount(const struct use_search *search, const struct relative *relative)
{
	for (size_t i = 0; i < search->mounts.count; i++) {
		const struct mount_point *mount = &search->mounts.points[i];

		if (mount->device == relative->number || mount->source_device == relative->number)
			return arena_printf(search->arena, "%s is mounted on %s",
				subject(relative, search->arena), mount->folder);
	}
	return NULL;
}

static bool is_node_of(const char *path, dev_t number)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISBLK(status.st_mode) && status.st_rdev == number;
}

static const char *find_swap(const struct use_search *search, const struct relative *relative)
{
	for (const char *const *node = search->swaps; *node; node++) {
		if (is_node_of(*node, relative->number))
			return arena_printf(search->arena, "%s is in use as swap space",
				subject(relative, search->arena));
	}
	return NULL;
}

/* The devices that stand on `number`, by sysfs name, NULL-terminated. */
static const char **list_holders(dev_t number, dev_t besides, struct arena *arena)
{
	DIR *entries = opendir(arena_printf(arena, "%s/holders", folder_of(number, arena)));
	struct loop_device_name *loops;
	/* A loop device on a block device is no holder to the kernel, and claims nothing. */
	size_t loop_count = loop_devices_on_device(number, &loops, arena), count = 0;
	const char **holders =
		arena_alloc_array(arena, HOLDER_LIMIT + loop_count + 1, sizeof(*holders));

	for (struct dirent *entry = entries ? readdir(entries) : NULL;
		entry && count < HOLDER_LIMIT; entry = readdir(entries)) {
		if (entry->d_name[0] != '.')
			holders[count++] = arena_strdup(arena, entry->d_name);
	}
	if (entries)
		closedir(entries);
	for (size_t i = 0; i < loop_count; i++) {
		if (loops[i].number != besides)
			holders[count++] = loops[i].name;
	}
	return holders;
}

/* "/dev/dm-0 (vg-root)" */
static const char *holder_label(const char *name, struct arena *arena)
{
	const char *node = device_node_path(name, arena);
	const char *mapping =
		text_read_file(arena, arena_printf(arena, "/sys/block/%s/dm/name", name));

	return mapping ? arena_printf(arena, "%s (%s)", node, mapping) : node;
}

static const char *find_use(
	const struct use_search *search, const struct relative *relative, unsigned depth)
{
	struct arena *arena = search->arena;
	const char *use = find_mount(search, relative);
	const char **holders;

	if (!use)
		use = find_swap(search, relative);
	if (use || depth == DEPTH_LIMIT)
		return use;
	holders = list_holders(relative->number, search->besides, arena);
	if (!holders[0])
		return NULL;
	for (size_t i = 0; holders[i] && !use; i++) {
		struct relative holder = {
			.number = number_in("/sys/block", holders[i], arena),
			.node = holder_label(holders[i], arena),
		};

		use = find_use(search, &holder, depth + 1);
	}
	if (!use)
		use = holder_label(holders[0], arena);
	else
		use = arena_printf(arena, "%s, and", use);
	return arena_printf(arena, "%s stands on %s%s%s", use, relative->node,
		relative->relation ? ", " : "", relative->relation ? relative->relation : "");
}

int device_use_find(
	const struct block_device *device, dev_t besides, const char **reason, struct arena *arena)
{
	struct use_search search = {.arena = arena, .besides = besides};
	struct relative itself = {device->number, device_node_path(device->name, arena), NULL};
	struct relative disk = {device->disk_number, device_node_path(device->disk, arena),
		"the disk it is part of"};
	struct block_device *partitions;
	size_t count;
	int error = mount_table_read(&search.mounts, arena);

	if (error == 0)
		error = mount_table_swaps(&search.swaps, arena);
	if (error < 0)
		return error;
	*reason = find_use(&search, &itself, 0);
	if (!*reason && device->is_partition)
		*reason = find_use(&search, &disk, 0);
	count = device_partitions(device, &partitions, arena);
	for (size_t i = 0; i < count && !*reason; i++) {
		struct relative partition = {partitions[i].number,
			device_node_path(partitions[i].name, arena), "a partition of it"};

		*reason = find_use(&search, &partition, 0);
	}
	return 0;
}

/* SPDX-License-Identifier: MIT */
/* From a block device down to disks and their controllers, in /sys/block and /sys/dev/block. */
#include "host/block_stack.h"

#include <dirent.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/text.h"

enum { DEPTH_LIMIT = 16 }; /* A partition and its disk count as two. */

/* The device of NAME in `folder`, by its file "dev"; 0: none. */
static dev_t number_of(const char *folder, const char *name, struct arena *arena)
{
	const char *text = text_read_file(arena, arena_printf(arena, "%s/%s/dev", folder, name));
	unsigned major_number, minor_number;

	if (!text || sscanf(text, "%u:%u", &major_number, &minor_number) != 2)
		return 0;
	return makedev(major_number, minor_number);
}

/* What a loop device's file is on; 0: it is none. */
static dev_t below_loop(const char *folder, struct arena *arena)
{
	const char *backing =
		text_read_file(arena, arena_printf(arena, "%s/loop/backing_file", folder));
	struct stat status;

	if (!backing || stat(backing, &status) < 0)
		return 0;
	return S_ISBLK(status.st_mode) ? status.st_rdev : block_device_under(backing);
}

static const char *folder_of(dev_t disk, struct arena *arena)
{
	return arena_printf(arena, "/sys/dev/block/%u:%u", major(disk), minor(disk));
}

size_t block_stack_below(dev_t disk, dev_t *below, size_t room, struct arena *arena)
{
	const char *folder = folder_of(disk, arena);
	const char *slaves = arena_printf(arena, "%s/slaves", folder);
	DIR *entries = opendir(slaves);
	size_t count = 0;

	for (struct dirent *entry = entries ? readdir(entries) : NULL; entry && count < room;
		entry = readdir(entries)) {
		if (entry->d_name[0] == '.')
			continue;
		below[count] = number_of(slaves, entry->d_name, arena);
		count += below[count] != 0;
	}
	if (entries)
		closedir(entries);
	if (count < room) {
		below[count] = below_loop(folder, arena);
		count += below[count] != 0;
	}
	return count;
}

struct disk_list {
	struct block_device *disks;
	size_t count, room;
	struct arena *arena;
};

static void add_disk(struct disk_list *list, const struct block_device *disk)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->disks[i].number == disk->number)
			return;
	}
	if (list->count < list->room)
		list->disks[list->count++] = *disk;
}

static void descend(struct disk_list *list, dev_t number, unsigned depth)
{
	struct block_device device;
	dev_t below[BLOCK_STACK_WIDTH_LIMIT];
	size_t count;

	if (depth == DEPTH_LIMIT || block_device_read(number, &device, list->arena) < 0)
		return;
	if (device.is_partition) {
		descend(list, device.disk_number, depth + 1);
		return;
	}
	count = block_stack_below(number, below, BLOCK_STACK_WIDTH_LIMIT, list->arena);
	for (size_t i = 0; i < count; i++)
		descend(list, below[i], depth + 1);
	if (count == 0)
		add_disk(list, &device);
}

size_t block_stack_disks(dev_t number, struct block_device *disks, size_t room, struct arena *arena)
{
	struct disk_list list = {.disks = disks, .room = room, .arena = arena};

	descend(&list, number, 0);
	return list.count;
}

/* Controllers stand in the subsystem's folder beside namespaces, which have no transport. */
static size_t controllers_of_subsystem(
	const char *subsystem, const char **folders, size_t room, struct arena *arena)
{
	char resolved[PATH_MAX];
	size_t count = 0;
	glob_t paths;

	if (glob(arena_printf(arena, "%s/nvme[0-9]*/transport", subsystem), 0, NULL, &paths) != 0)
		return 0;
	for (size_t i = 0; i < paths.gl_pathc && count < room; i++) {
		*strrchr(paths.gl_pathv[i], '/') = '\0';
		if (realpath(paths.gl_pathv[i], resolved))
			folders[count++] = arena_strdup(arena, resolved);
	}
	globfree(&paths);
	return count;
}

size_t block_stack_controllers(dev_t disk, const char **folders, size_t room, struct arena *arena)
{
	char resolved[PATH_MAX];

	if (room == 0 ||
		!realpath(arena_printf(arena, "%s/device", folder_of(disk, arena)), resolved))
		return 0;
	if (text_starts_with(strrchr(resolved, '/'), "/nvme-subsys"))
		return controllers_of_subsystem(resolved, folders, room, arena);
	folders[0] = arena_strdup(arena, resolved);
	return 1;
}

const char *block_stack_folder_above(const char *folder, const char *name, struct arena *arena)
{
	char *above = arena_strdup(arena, folder);
	char *slash = above;

	while (slash) {
		if (access(arena_printf(arena, "%s/%s", above, name), F_OK) == 0)
			return above;
		slash = strrchr(above, '/');
		if (slash)
			*slash = '\0';
	}
	return NULL;
}

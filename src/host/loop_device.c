/* SPDX-License-Identifier: MIT */
/* Loop devices, by sysfs and by the driver. */
#include "host/loop_device.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"

enum { LOOP_LIMIT = 1024 };

static bool is_same(const struct stat *a, const struct stat *b)
{
	if (S_ISBLK(a->st_mode) || S_ISBLK(b->st_mode))
		return S_ISBLK(a->st_mode) && S_ISBLK(b->st_mode) && a->st_rdev == b->st_rdev;
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* huge_encode_dev, include/linux/kdev_t.h in the kernel. */
static dev_t decode_device(uint64_t encoded)
{
	return makedev((encoded & 0xfff00) >> 8, (encoded & 0xff) | ((encoded >> 12) & 0xfff00));
}

/* What the driver says that the device stands on; false when it cannot be asked. */
static bool ask_driver(const char *name, struct stat *backing, struct arena *arena)
{
	AUTO_CLOSE int descriptor =
		open(arena_printf(arena, "/dev/%s", name), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct loop_info64 info;

	if (descriptor < 0 || ioctl(descriptor, LOOP_GET_STATUS64, &info) < 0)
		return false;
	*backing = (struct stat){
		.st_mode = info.lo_rdevice ? S_IFBLK : S_IFREG,
		.st_dev = decode_device(info.lo_device),
		.st_ino = info.lo_inode,
		.st_rdev = decode_device(info.lo_rdevice),
	};
	return true;
}

static bool stands_on(const char *name, const struct stat *backing, struct arena *arena)
{
	const char *file =
		text_read_file(arena, arena_printf(arena, "/sys/block/%s/loop/backing_file", name));
	struct stat found;

	if (!file) /* not attached */
		return false;
	if (stat(file, &found) == 0 && is_same(&found, backing))
		return true;
	return ask_driver(name, &found, arena) && is_same(&found, backing);
}

static dev_t number_of(const char *name, struct arena *arena)
{
	const char *text = text_read_file(arena, arena_printf(arena, "/sys/block/%s/dev", name));
	unsigned major_number, minor_number;

	if (!text || sscanf(text, "%u:%u", &major_number, &minor_number) != 2)
		return 0;
	return makedev(major_number, minor_number);
}

size_t loop_devices_on(
	const struct stat *backing, struct loop_device_name **loops, struct arena *arena)
{
	DIR *entries = opendir("/sys/block");
	size_t count = 0;

	*loops = NULL;
	if (!entries)
		return 0;
	for (struct dirent *entry = readdir(entries); entry && count < LOOP_LIMIT;
		entry = readdir(entries)) {
		const char *name = entry->d_name;

		if (!text_starts_with(name, "loop") || !stands_on(name, backing, arena))
			continue;
		if (!*loops)
			*loops = arena_alloc_array(arena, LOOP_LIMIT, sizeof(**loops));
		(*loops)[count++] = (struct loop_device_name){
			arena_strdup(arena, name), number_of(name, arena)};
	}
	closedir(entries);
	return count;
}

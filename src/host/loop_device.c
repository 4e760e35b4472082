/* SPDX-License-Identifier: MIT */
/* Loop devices, by sysfs and by the driver. */
#include "host/device_use.h"

#include <fcntl.h>
#include <linux/loop.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "host/file_identity.h"
#include "host/sysfs.h"

enum { LOOP_LIMIT = 1024, SECTOR_BYTES = 512 };

/* What loop devices are looked for on. */
struct backing {
	dev_t device;   /* a block device; 0: a file, */
	int descriptor; /* open here (-1: only `status` is known), */
	const char *path;
	struct stat status;
};

/* One that is attached. */
struct attached {
	const char *name;
	const char *file;   /* by sysfs */
	bool has_driver;    /* the driver said what it stands on: */
	struct stat driver; /* st_mode, st_dev, st_ino, st_rdev */
};

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

/* Whether a file of so many bytes makes a loop device of this one's size. */
static bool fits(const struct attached *loop, off_t bytes, struct arena *arena)
{
	const char *folder = arena_printf(arena, "/sys/block/%s", loop->name);
	uint64_t offset = (uint64_t)sysfs_number(arena, 0, "%s/loop/offset", folder);
	uint64_t limit = (uint64_t)sysfs_number(arena, 0, "%s/loop/sizelimit", folder);
	uint64_t sectors = (uint64_t)sysfs_number(arena, 0, "%s/size", folder);
	uint64_t room = (uint64_t)bytes > offset ? (uint64_t)bytes - offset : 0;

	if (limit != 0 && limit < room)
		room = limit;
	return sectors > 0 && room / SECTOR_BYTES == sectors;
}

/* By name and size, where nothing else is known: the file may be another, but need not. */
static bool is_plausible(
	const struct attached *loop, const struct backing *backing, struct arena *arena)
{
	static const char removed[] = " (deleted)";
	const char *name = text_name_of(loop->file), *end = strstr(name, removed);
	size_t length = end ? (size_t)(end - name) : strlen(name);
	const char *own = text_name_of(backing->path);

	if (backing->status.st_size < SECTOR_BYTES)
		return false;
	return fits(loop, backing->status.st_size, arena) ||
	       (strlen(own) == length && strncmp(name, own, length) == 0);
}

/*
 * The file at the name in sysfs, as long as that can be the loop device's: else -1. The name may be
 * another file's by now, or have been another namespace's.
 */
static int open_file_of(const struct attached *loop, struct stat *status)
{
	int descriptor = open(loop->file, O_PATH | O_CLOEXEC);

	if (descriptor < 0)
		return -1;
	if (fstat(descriptor, status) == 0 && S_ISREG(status->st_mode) &&
		(!loop->has_driver || (status->st_dev == loop->driver.st_dev &&
					      status->st_ino == loop->driver.st_ino)))
		return descriptor;
	close(descriptor);
	return -1;
}

static enum file_likeness stands_on_file(
	const struct attached *loop, const struct backing *backing, struct arena *arena)
{
	const struct stat *own = &backing->status, *driver = &loop->driver;
	AUTO_CLOSE int descriptor = -1;
	enum file_likeness likeness;
	struct statfs system;
	struct stat found;

	if (loop->has_driver && S_ISBLK(driver->st_mode))
		return FILE_IS_OTHER;
	if (loop->has_driver && driver->st_dev == own->st_dev)
		return driver->st_ino == own->st_ino ? FILE_IS_SAME : FILE_IS_OTHER;
	if (loop->has_driver && major(driver->st_dev) != 0 &&
		fstatfs(backing->descriptor, &system) == 0 &&
		file_system_owns_files(system.f_type, own->st_dev))
		return FILE_IS_OTHER;
	if (backing->descriptor < 0)
		return FILE_IS_OTHER;
	descriptor = open_file_of(loop, &found);
	if (descriptor >= 0) {
		likeness = file_compare(backing->descriptor, descriptor);
		if (likeness != FILE_IS_OTHER || loop->has_driver ||
			fits(loop, found.st_size, arena))
			return likeness;
	}
	return is_plausible(loop, backing, arena) ? FILE_MAY_BE_SAME : FILE_IS_OTHER;
}

static enum file_likeness stands_on_device(const struct attached *loop, dev_t device)
{
	struct stat status;

	if (loop->has_driver)
		return S_ISBLK(loop->driver.st_mode) && loop->driver.st_rdev == device
			       ? FILE_IS_SAME
			       : FILE_IS_OTHER;
	return stat(loop->file, &status) == 0 && S_ISBLK(status.st_mode) && status.st_rdev == device
		       ? FILE_IS_SAME
		       : FILE_IS_OTHER;
}

static bool read_attached(const char *name, struct attached *loop, struct arena *arena)
{
	*loop = (struct attached){.name = name};
	loop->file = sysfs_text(arena, "/sys/block/%s/loop/backing_file", name);
	if (!loop->file)
		return false;
	loop->has_driver = ask_driver(name, &loop->driver, arena);
	return true;
}

static size_t list_loops(
	const struct backing *backing, struct loop_device_name **loops, struct arena *arena)
{
	char **names = sysfs_entries(arena, NULL, "/sys/block");
	size_t count = 0;

	*loops = NULL;
	for (; names && *names && count < LOOP_LIMIT; names++) {
		enum file_likeness likeness;
		struct attached loop;

		if (!text_starts_with(*names, "loop") || !read_attached(*names, &loop, arena))
			continue;
		likeness = backing->device ? stands_on_device(&loop, backing->device)
					   : stands_on_file(&loop, backing, arena);
		if (likeness == FILE_IS_OTHER)
			continue;
		if (!*loops)
			*loops = arena_alloc_array(arena, LOOP_LIMIT, sizeof(**loops));
		(*loops)[count++] = (struct loop_device_name){
			.name = *names,
			.number = sysfs_device(arena, "/sys/block/%s/dev", *names),
			.likely_file = likeness == FILE_IS_SAME ? NULL : loop.file,
		};
	}
	return count;
}

size_t loop_devices_on_device(dev_t backing, struct loop_device_name **loops, struct arena *arena)
{
	return list_loops(&(struct backing){.device = backing}, loops, arena);
}

size_t loop_devices_on_file(
	int descriptor, const char *path, struct loop_device_name **loops, struct arena *arena)
{
	struct backing backing = {.descriptor = descriptor, .path = path};

	*loops = NULL;
	if (fstat(descriptor, &backing.status) < 0)
		return 0;
	return list_loops(&backing, loops, arena);
}

bool loop_device_backing(const char *name, struct loop_backing *backing, struct arena *arena)
{
	struct backing file = {.descriptor = -1};
	struct attached own;
	struct stat status;

	*backing = (struct loop_backing){.descriptor = -1};
	if (!read_attached(name, &own, arena))
		return false;
	backing->path = own.file;
	if (own.has_driver && S_ISBLK(own.driver.st_mode))
		backing->device = own.driver.st_rdev;
	else if (!own.has_driver && stat(own.file, &status) == 0 && S_ISBLK(status.st_mode))
		backing->device = status.st_rdev;
	if (backing->device)
		return true;
	file.status = own.driver;
	file.path = own.file;
	backing->descriptor = file.descriptor = open_file_of(&own, &status);
	if (file.descriptor >= 0)
		file.status = status;
	if (own.has_driver || file.descriptor >= 0)
		backing->loop_count = list_loops(&file, &backing->loops, arena);
	return true;
}

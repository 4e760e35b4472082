/* SPDX-License-Identifier: MIT */
/*
 * Who uses a block device: a mount, swap, or a holder that stands on it (dm, md, LVM, bcache by
 * /sys/dev/block/N/holders; a loop device by its backing file). A disk is used when one of its
 * partitions is, a partition when its whole disk is. Also what a device carries.
 */
#ifndef HOST_DEVICE_USE_H
#define HOST_DEVICE_USE_H

#include "base/arena.h"
#include "host/block_device.h"

/*
 * loop_device.c: loop devices that stand on a file or a block device, by what the driver says of
 * each (LOOP_GET_STATUS64) and by the file at the name that sysfs has for it. Either may be
 * missing: the node may not be open to this user, the name may be of another mount namespace or be
 * removed.
 */
struct loop_device_name {
	const char *name; /* "loop3" */
	dev_t number;
	/* NULL: it surely stands there. Else it cannot be excluded, and this is the name that
	 * sysfs has for its file. */
	const char *likely_file;
};

/* Both return their number, and never fail. */
size_t loop_devices_on_device(dev_t backing, struct loop_device_name **loops, struct arena *arena);

/* `descriptor`: of a regular file, by O_PATH will do; `path` a name of it. */
size_t loop_devices_on_file(
	int descriptor, const char *path, struct loop_device_name **loops, struct arena *arena);

/* What a loop device stands on: the kernel lets others write there, and mount it, all the same. */
struct loop_backing {
	dev_t device;   /* a block device; 0: */
	int descriptor; /* a file, by O_PATH; -1: it is not to be found */
	const char *path;
	/* That stand there as well, this one among them; of a file only. */
	struct loop_device_name *loops;
	size_t loop_count;
};

/* By the sysfs name of a disk; false: no loop device, or nothing is attached. `descriptor` is the
 * caller's. */
bool loop_device_backing(const char *name, struct loop_backing *backing, struct arena *arena);

/*
 * Sets *reason to one use in words ("/dev/sda1, a partition of it, is mounted on /boot"), or to
 * NULL where none is seen. `besides` is a device that may stand on it; 0: none may. Returns 0, or
 * -errno where it cannot be examined.
 */
int device_use_find(
	const struct block_device *device, dev_t besides, const char **reason, struct arena *arena);

struct file_use {
	const char *reason; /* "disk.img is in use as swap space"; NULL: neither swap nor mounted */
	struct loop_device_name *loops; /* that stand on it, used or not */
	size_t loop_count;
};

/*
 * Who uses a regular file as if it were a device: swap, a mount of it, loop devices. `descriptor`
 * may be opened by O_PATH; `path` is its name in messages. Returns 0 or -errno.
 */
int device_use_of_file(int descriptor, const char *path, struct file_use *use, struct arena *arena);

/*
 * The signatures on a device, as wipefs(8) sees them: sets *found to all of them in words ("gpt
 * partition table", "ext4 file system 'root'"), or to NULL where there is none. `descriptor` is
 * open for reading. Returns 0 or -errno.
 */
int device_use_signatures(int descriptor, const char **found, struct arena *arena);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The loop devices that stand on a file or on a block device: by what the driver says of each
 * (LOOP_GET_STATUS64), and by the file at the name that sysfs has for it. Either may be missing:
 * the node may not be open to this user, the name may be of another mount namespace or be removed.
 */
#ifndef HOST_LOOP_DEVICE_H
#define HOST_LOOP_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/arena.h"

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

#endif

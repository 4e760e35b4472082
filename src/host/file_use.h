/* SPDX-License-Identifier: MIT */
/* Who uses a regular file as if it were a device: swap, a mount of it, loop devices. */
#ifndef HOST_FILE_USE_H
#define HOST_FILE_USE_H

#include <stddef.h>

#include "base/arena.h"
#include "host/loop_device.h"

struct file_use {
	const char *reason; /* "disk.img is in use as swap space"; NULL: neither swap nor mount */
	struct loop_device_name *loops; /* that stand on it, used or not */
	size_t loop_count;
};

/*
 * `descriptor`: of a regular file, by O_PATH will do; `path` is its name in messages. 0 or -errno:
 * could not be looked at.
 */
int file_use_find(int descriptor, const char *path, struct file_use *use, struct arena *arena);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The loop devices that stand on a file or on a block device: by what the driver says of each
 * (LOOP_GET_STATUS64), and by the name that sysfs has of its backing file. Either may be missing:
 * the node may not be open to this user, the name may be of another mount namespace or be removed.
 */
#ifndef HOST_LOOP_DEVICE_H
#define HOST_LOOP_DEVICE_H

#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/arena.h"

struct loop_device_name {
	const char *name; /* "loop3" */
	dev_t number;
};

/* `backing`: stat(2) of the file or the node. Returns their number; never fails. */
size_t loop_devices_on(
	const struct stat *backing, struct loop_device_name **loops, struct arena *arena);

#endif

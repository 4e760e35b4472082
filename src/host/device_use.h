/* SPDX-License-Identifier: MIT */
/*
 * Who uses a block device: a mount, swap, or a holder that stands on it (dm, md, LVM, bcache by
 * /sys/dev/block/N/holders; a loop device by its backing file). A disk is used when one of its
 * partitions is, a partition when its whole disk is.
 */
#ifndef HOST_DEVICE_USE_H
#define HOST_DEVICE_USE_H

#include "base/arena.h"
#include "host/block_device.h"

/*
 * Sets *reason to one use in words ("/dev/sda1, a partition of it, is mounted on /boot"), or to
 * NULL where none is seen. `besides` is a device that may stand on it; 0: none may. Returns 0 or
 * -errno: could not be looked at.
 */
int device_use_find(
	const struct block_device *device, dev_t besides, const char **reason, struct arena *arena);

/* The node of a device by its sysfs name: "/dev/cciss/c0d0" for "cciss!c0d0". */
const char *device_node_path(const char *name, struct arena *arena);

/* The partitions of a whole disk, by sysfs; their number, 0 for a partition. Never fails. */
size_t device_partitions(
	const struct block_device *disk, struct block_device **partitions, struct arena *arena);

#endif

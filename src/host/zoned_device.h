/* SPDX-License-Identifier: MIT */
/* Zoned block devices (linux/blkzoned.h): their model and limits, reports of zones, and commands.
 */
#ifndef HOST_ZONED_DEVICE_H
#define HOST_ZONED_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"

enum zoned_model { ZONED_NONE, ZONED_HOST_AWARE, ZONED_HOST_MANAGED };

/* Of the disk, as sysfs has it (queue/zoned); ZONED_NONE where it says nothing. */
enum zoned_model zoned_device_model(dev_t device, struct arena *arena);

/* Zones that may be open at once (queue/max_open_zones); 0: no limit, or an unknown one. */
uint32_t zoned_device_open_limit(dev_t device, struct arena *arena);

struct zoned_device_zone {
	uint64_t start, bytes, capacity_bytes;
	uint64_t pointer;   /* of one that must be written in order */
	bool is_sequential; /* it must be; "preferred" is not meant */
	bool is_open;       /* explicitly, or by a write */
	bool is_full;       /* its pointer means nothing */
	bool is_offline;    /* or read-only */
};

/* All zones of the device of an open descriptor, in `arena`. 0 or -errno; -EIO: no zones. */
int zoned_device_report(
	int descriptor, struct zoned_device_zone **zones, size_t *count, struct arena *arena);

/* Where the write pointer of the zone that begins at `start` is; of a full one its end. 0 or
 * -errno.
 */
int zoned_device_pointer(int descriptor, uint64_t start, uint64_t *pointer);

/* Commands to a range of whole zones. 0 or -errno. */
int zoned_device_reset(int descriptor, uint64_t start, uint64_t bytes);
int zoned_device_finish(int descriptor, uint64_t start, uint64_t bytes);

#endif

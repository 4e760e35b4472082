/* SPDX-License-Identifier: MIT */
/*
 * What a block device stands on: through dm, md and loop down to the disks, and what drives those.
 * All from sysfs; arrays are filled up to `room`, their number is returned.
 */
#ifndef HOST_BLOCK_STACK_H
#define HOST_BLOCK_STACK_H

#include <stddef.h>
#include <sys/types.h>

#include "base/arena.h"
#include "host/block_device.h"

enum { BLOCK_STACK_WIDTH_LIMIT = 16 };

/* The devices right below a whole disk: its slaves, or what a loop device's file is on. */
size_t block_stack_below(dev_t disk, dev_t *below, size_t room, struct arena *arena);

/* The whole disks at the bottom, each once; of a disk itself: this one. */
size_t block_stack_disks(
	dev_t number, struct block_device *disks, size_t room, struct arena *arena);

/*
 * The folders of what drives a disk: an NVMe controller, SCSI device or virtio device; several
 * where an NVMe namespace has several paths.
 */
size_t block_stack_controllers(dev_t disk, const char **folders, size_t room, struct arena *arena);

/* The nearest folder that has an entry `name`, from `folder` upwards; NULL: none. */
const char *block_stack_folder_above(const char *folder, const char *name, struct arena *arena);

#endif

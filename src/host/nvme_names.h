/* SPDX-License-Identifier: MIT */
/*
 * NVMe nodes by their names in sysfs: a controller is nvme0, a namespace of it nvme0n1 for blocks
 * and ng0n1 for commands. The numbers of the two may differ: a drive that was unplugged while
 * something held it open comes back as nvme3n2 and ng4n2.
 */
#ifndef HOST_NVME_NAMES_H
#define HOST_NVME_NAMES_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"

/* The node for commands of the namespace "nvme0n1", or NULL. */
const char *nvme_character_name(const char *block, struct arena *arena);

/* The block device of the namespace "ng0n1", or NULL. */
const char *nvme_block_name(const char *character, struct arena *arena);

/*
 * Whether a character device is a controller, /dev/nvme0; then *block is its first namespace, of
 * several paths the one device for all, or NULL.
 */
bool nvme_is_controller(dev_t character, const char **block, struct arena *arena);

#endif

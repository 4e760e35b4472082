/* SPDX-License-Identifier: MIT */
/* What a block device carries, by its magic numbers: libblkid, as wipefs(8) sees it. */
#ifndef HOST_DEVICE_SIGNATURE_H
#define HOST_DEVICE_SIGNATURE_H

#include "base/arena.h"

/*
 * Sets *found to all signatures in words ("gpt partition table", "ext4 file system 'root'"), or to
 * NULL where there is none. `descriptor` is open for reading. Returns 0 or -errno.
 */
int device_signature_read(int descriptor, const char **found, struct arena *arena);

#endif

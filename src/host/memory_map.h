/* SPDX-License-Identifier: MIT */
/* What the kernel reports of this process's memory at an address. */
#ifndef HOST_MEMORY_MAP_H
#define HOST_MEMORY_MAP_H

#include <stdint.h>

#include "base/arena.h"

/*
 * The number behind `key` in /proc/self/smaps, of the mapping that has `address` in it:
 * "KernelPageSize" (in KiB), "THPeligible". -1: not known.
 */
int64_t memory_map_number(const void *address, const char *key, struct arena *arena);

#endif

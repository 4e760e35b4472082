/* SPDX-License-Identifier: MIT */
/* Interrupts that the drivers of a device's disks have taken for its I/O. */
#ifndef HOST_INTERRUPTS_H
#define HOST_INTERRUPTS_H

#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"

enum { INTERRUPTS_UNKNOWN = -1 };

/*
 * So far, over all CPUs, of the PCI functions that drive the disks a block device stands on,
 * without those of NVMe's admin queue and virtio's configuration. INTERRUPTS_UNKNOWN where sysfs
 * shows none for one of them.
 */
int64_t interrupts_of_device(dev_t number, struct arena *arena);

/*
 * The same from the texts: `table` as /proc/interrupts has it, `numbers` those of the function,
 * NULL-terminated.
 */
int64_t interrupts_sum(const char *table, const char *const *numbers);

#endif

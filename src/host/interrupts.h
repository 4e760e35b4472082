/* SPDX-License-Identifier: MIT */
/* Interrupts that the drivers of a device's disks have taken for its I/O. */
#ifndef HOST_INTERRUPTS_H
#define HOST_INTERRUPTS_H

#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"

enum { INTERRUPTS_UNKNOWN = -1 };

/*
 * So far, over all CPUs, of the PCI functions that drive the disks `count` block devices stand on,
 * each function once, without those of NVMe's admin queue and virtio's configuration. A device with
 * a disk for which sysfs shows none is left out; INTERRUPTS_UNKNOWN where none is left.
 */
int64_t interrupts_of_devices(const dev_t *devices, size_t count, struct arena *arena);

/*
 * The same from the texts: `table` as /proc/interrupts has it, `numbers` those of the function,
 * NULL-terminated.
 */
int64_t interrupts_sum(const char *table, const char *const *numbers);

#endif

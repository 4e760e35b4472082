/* SPDX-License-Identifier: MIT */
/*
 * What the kernel counts: I/Os of a disk, interrupts of its drivers, I/Os that io_uring handed to
 * worker threads, and changes of the storage.
 */
#ifndef HOST_KERNEL_COUNTER_H
#define HOST_KERNEL_COUNTER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"

struct disk_counters { /* Documentation/admin-guide/iostats.rst */
	uint64_t read_ios, read_merges, read_sectors, read_ticks_ms;
	uint64_t write_ios, write_merges, write_sectors, write_ticks_ms;
	uint64_t in_flight, io_ticks_ms, in_queue_ms;
};

/* Counters of a whole disk or partition by name. 0 or -errno (-ENODEV: not listed). */
int kernel_counter_disk(const char *name, struct disk_counters *counters);

enum { INTERRUPTS_UNKNOWN = -1 };

/*
 * Interrupts so far, over all CPUs, of the PCI functions that drive the disks `count` block devices
 * stand on, each function once, without those of NVMe's admin queue and virtio's configuration. A
 * device with a disk for which sysfs shows none is left out; INTERRUPTS_UNKNOWN where none is left.
 */
int64_t kernel_counter_interrupts(const dev_t *devices, size_t count, struct arena *arena);

/*
 * The same from the texts: `table` as /proc/interrupts has it, `numbers` those of the function,
 * NULL-terminated.
 */
int64_t kernel_counter_interrupt_sum(const char *table, const char *const *numbers);

/*
 * Counts from now on how many I/Os of the calling thread, and of the kernel threads that its rings
 * make, could not be issued without blocking and went to io-wq worker threads: the tracepoint
 * io_uring:io_uring_queue_async_work (include/trace/events/io_uring.h), by perf. It costs nothing
 * while nothing is punted. To be opened before the ring is made, so that a poll thread is counted
 * too. A descriptor to read and close, or -errno: -EACCES (needs root or CAP_PERFMON), -ENOENT (no
 * tracefs, or no such tracepoint), …
 */
int kernel_counter_open_punts(void);

/* Punts so far, or -1 where `descriptor` is negative or does not answer. */
int64_t kernel_counter_punts(int descriptor);

/*
 * A number that is another one after each change of a device (uevent), of the mounts of this
 * namespace, or of swap space: cheap, so that what was found out before need not be found out again
 * for each of thousands of files. Never 0; where changes cannot be seen it is another one each
 * time. From any thread.
 */
uint64_t kernel_counter_storage_changes(void);

#endif

/* SPDX-License-Identifier: MIT */
/* What sysfs tells about a block device, and its I/O counters. */
#ifndef HOST_BLOCK_DEVICE_H
#define HOST_BLOCK_DEVICE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"

struct block_device {
	const char *name; /* "nvme0n1p1"; as sysfs spells it */
	const char *disk; /* the whole disk: "nvme0n1" */
	dev_t number;
	dev_t disk_number;
	bool is_partition;
	uint64_t bytes;
	uint64_t sequence; /* of the medium in it: diskseq, since Linux 5.15; 0: not known */
	uint32_t logical_block_bytes;
	uint32_t physical_block_bytes;
	bool is_read_only;
	bool is_rotational;
	bool can_discard;      /* queue/discard_max_bytes > 0 */
	int io_poll;           /* queue/io_poll: 0, 1, or -1 where the kernel has no such file */
	const char *scheduler; /* the chosen one: "none" */
	const char *model;     /* or NULL */
	const char *serial;    /* or NULL */
};

/* Fills from /sys/dev/block/MAJ:MIN. 0 or -errno. Missing files leave zero / NULL. */
int block_device_read(dev_t number, struct block_device *device, struct arena *arena);

/*
 * Opens a node of this block device to read from it, with more `flags` of open(2). Nothing else
 * is opened that `path` may lead to: -ENODEV. A descriptor or -errno.
 */
int block_device_open(const char *path, dev_t number, int flags);

/*
 * The block device that the file system of the node at `path` stands on; 0 when there is none
 * (tmpfs, NFS, overlay). By path, because the st_dev of a btrfs subvolume names no device.
 */
dev_t block_device_under(const char *path);

/*
 * Whether the kernel is taking a device away, or has: its driver says so, or sysfs has it no more.
 * Never allocates.
 */
bool block_device_is_leaving(dev_t number);

/* Whether a character device is /dev/ngXnY, NVMe's generic one for passthrough. */
bool block_device_is_nvme_character(dev_t character);

/* For /dev/ng0n1: the number of the block device of its namespace, 0 when there is none. */
dev_t block_device_behind_nvme_character(dev_t character);

struct disk_counters { /* Documentation/admin-guide/iostats.rst */
	uint64_t read_ios, read_merges, read_sectors, read_ticks_ms;
	uint64_t write_ios, write_merges, write_sectors, write_ticks_ms;
	uint64_t in_flight, io_ticks_ms, in_queue_ms;
};

/* Counters of a whole disk or partition by name. 0 or -errno (-ENODEV: not listed). */
int disk_counters_read(const char *name, struct disk_counters *counters);

#endif

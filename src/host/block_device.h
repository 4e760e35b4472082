/* SPDX-License-Identifier: MIT */
/*
 * What sysfs shows of a block device: its attributes, its partitions, and what it stands on,
 * through dm, md and loop down to the disks, with what drives those.
 */
#ifndef HOST_BLOCK_DEVICE_H
#define HOST_BLOCK_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
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

enum { BLOCK_DEVICE_WIDTH_LIMIT = 16 }; /* devices that one stands on, or controllers of one */

/*
 * The next three fill an array of `room` entries and return how many they are. The devices right
 * below a whole disk: its slaves, or the device that a loop device's file is on.
 */
size_t block_device_below(dev_t disk, dev_t *below, size_t room, struct arena *arena);

/* The whole disks at the bottom, each once; for a disk itself: this one. */
size_t block_device_disks(
	dev_t number, struct block_device *disks, size_t room, struct arena *arena);

/*
 * The folders of what drives a disk: an NVMe controller, SCSI device or virtio device; several
 * where an NVMe namespace has several paths.
 */
size_t block_device_controllers(dev_t disk, const char **folders, size_t room, struct arena *arena);

/* The node of a device by its sysfs name: "/dev/cciss/c0d0" for "cciss!c0d0". */
const char *block_device_node(const char *name, struct arena *arena);

/* The partitions of a whole disk; their number, 0 for a partition. Never fails. */
size_t block_device_partitions(
	const struct block_device *disk, struct block_device **partitions, struct arena *arena);

#endif

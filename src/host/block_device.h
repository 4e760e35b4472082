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
	const char *scheduler; /* the chosen one: "none" */
	const char *model;     /* or NULL */
	const char *serial;    /* or NULL */
};

/* Fills name, disk, their numbers and is_partition by /sys/dev/block/MAJ:MIN. 0 or -errno. */
int block_device_find(dev_t number, struct block_device *device, struct arena *arena);
/* The same with its attributes, a dozen files. Missing files leave zero / NULL. */
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

/* Whether its driver says that a device goes away, or sysfs has it no more. Never allocates. */
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

/* The whole disks at the bottom, by block_device_find, each once; for a disk itself: this one. */
size_t block_device_disks(
	dev_t number, struct block_device *disks, size_t room, struct arena *arena);

/*
 * The folders of what drives a disk: an NVMe controller, SCSI device or virtio device; several
 * where an NVMe namespace has several paths.
 */
size_t block_device_controllers(dev_t disk, const char **folders, size_t room, struct arena *arena);

/* The node of a device by its sysfs name: "/dev/cciss/c0d0" for "cciss!c0d0". */
const char *block_device_node(const char *name, struct arena *arena);

/* The partitions of a whole disk, by block_device_find; 0 for a partition. Never fails. */
size_t block_device_partitions(
	const struct block_device *disk, struct block_device **partitions, struct arena *arena);

#define BLOCK_QUEUE_UNKNOWN INT64_MIN /* the kernel has no such file for this disk */

/*
 * The settings of a disk's request queue that a benchmark's result depends on, as sysfs has them
 * (Documentation/ABI/stable/sysfs-block), with those of its driver. What is unknown is
 * BLOCK_QUEUE_UNKNOWN, or NULL.
 */
struct block_queue {
	const char *disk;       /* "nvme0n1" */
	const char *driver;     /* "nvme", "virtio_blk", "loop", …; by the disk's name; or NULL */
	const char *schedulers; /* "[none] mq-deadline kyber" */
	const char *write_cache; /* "write back", "write through" */
	int64_t request_count;   /* nr_requests */
	int64_t no_merges;       /* nomerges: 0 merge, 1 simple merges only, 2 none */
	int64_t completion_cpu;  /* rq_affinity: 0 any, 1 the submitter's group, 2 the submitter */
	int64_t writeback_throttle_us; /* wbt_lat_usec: 0 off */
	int64_t io_poll;               /* 1: has poll queues */
	int64_t max_sectors_kb, max_hw_sectors_kb, read_ahead_kb;
	int64_t force_unit_access;  /* fua */
	int64_t io_statistics;      /* iostats */
	int64_t feeds_entropy;      /* add_random */
	int64_t hardware_queues;    /* folders in mq/; unknown for disks without blk-mq */
	int64_t poll_queues;        /* the driver's module parameter */
	int64_t loop_is_direct;     /* loop/dio: a loop device's file is opened with O_DIRECT */
	const char *nvme_character; /* "/dev/ng0n1": for passthrough; NULL: none */
	const char *slaves;         /* disks it stands on (dm, md): "sda, sdb"; NULL: none */
};

/* Of the whole disk (struct block_device.disk). Never fails: what is missing is unknown. */
void block_queue_read(const char *disk, struct block_queue *queue, struct arena *arena);

/* How to come by poll queues: "boot with nvme.poll_queues=2 on …". NULL: of nothing known. */
const char *block_queue_polling_cure(const struct block_queue *queue, struct arena *arena);

#endif

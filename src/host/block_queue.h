/* SPDX-License-Identifier: MIT */
/*
 * The settings of a disk's request queue that a benchmark's result depends on, as sysfs has them
 * (Documentation/ABI/stable/sysfs-block), with those of its driver.
 */
#ifndef HOST_BLOCK_QUEUE_H
#define HOST_BLOCK_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

#define BLOCK_QUEUE_UNKNOWN INT64_MIN /* the kernel has no such file for this disk */

/* Numbers are as sysfs has them, or BLOCK_QUEUE_UNKNOWN; texts NULL. */
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
	int64_t max_sectors_kb;
	int64_t max_hw_sectors_kb;
	int64_t read_ahead_kb;
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

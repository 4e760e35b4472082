/* SPDX-License-Identifier: MIT */
/* What the disks under the targets did during the run, by the kernel's counters. */
#ifndef RUN_DISK_WATCH_H
#define RUN_DISK_WATCH_H

#include "host/block_device.h"
#include "result/result.h"
#include "run/plan.h"

enum { DISK_WATCH_LIMIT = 16 };

struct disk_watch {
	unsigned count;
	const char *names[DISK_WATCH_LIMIT]; /* the plan's arena */
	struct disk_counters before[DISK_WATCH_LIMIT];
	uint64_t started_ns;
};

/* Finds the disks of jobs with disk_util=1 and reads their counters. */
void disk_watch_start(struct disk_watch *watch, struct plan *plan);

/* Puts the differences into the result. */
void disk_watch_stop(const struct disk_watch *watch, struct result *result);

#endif

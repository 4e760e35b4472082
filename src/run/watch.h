/* SPDX-License-Identifier: MIT */
/*
 * Reports of the devices under the targets: the kernel's counters of disks and the health of NVMe
 * drives (root only) around a run, and the interrupts of disks during a wave, which prove that
 * polled I/O was polled.
 */
#ifndef RUN_WATCH_H
#define RUN_WATCH_H

#include "host/kernel_counter.h"
#include "host/nvme.h"
#include "result/result.h"
#include "run/plan.h"

enum { WATCH_LIMIT = 16 }; /* of each kind */

struct watch {
	unsigned disk_count;            /* of jobs with disk_util=1 */
	const char *disks[WATCH_LIMIT]; /* the plan's arena */
	struct disk_counters counters[WATCH_LIMIT];
	uint64_t started_ns;
	unsigned drive_count; /* those that let their health be read */
	const char *drives[WATCH_LIMIT];
	struct nvme_health health[WATCH_LIMIT];
};

/* Before the first wave. */
void watch_start(struct watch *watch, struct plan *plan);

/*
 * Puts into the result what the disks did meanwhile, the drives' readings into its environment, and
 * a warning for each drive where one that concerns heat or errors has become worse.
 */
void watch_stop(const struct watch *watch, struct result *result);

/* The first part of that, also while the run goes on. */
void watch_report_disks(const struct watch *watch, struct result *result);

/* The changes for the worse between the two, in words; NULL: none. */
const char *watch_health_change(
	const struct nvme_health *before, const struct nvme_health *after, struct arena *arena);

/* All the disks under a job; jobs with the same disks share one. */
struct watch_disks {
	unsigned disk_count;
	dev_t disks[WATCH_LIMIT];
	int64_t interrupts;
};

struct watch_interrupts {
	unsigned count;
	struct watch_disks counts[WATCH_LIMIT];
	unsigned *of_job; /* by job, an index of counts; WATCH_LIMIT: not watched */
};

/* When all workers are prepared: what they did until then is not counted. */
void watch_interrupts_start(struct watch_interrupts *watch, struct planned_job *const *jobs,
	unsigned count, struct arena *arena);

/* When all have ended. */
void watch_interrupts_stop(struct watch_interrupts *watch, struct arena *arena);

/*
 * Adds device_interrupts to the proof of each of the wave's `results`, in the order of its jobs,
 * and a warning where all of them polled and interrupts came nevertheless.
 */
void watch_interrupts_report(const struct watch_interrupts *watch, struct result_job *results,
	unsigned count, struct result *result);

#endif

/* SPDX-License-Identifier: MIT */
/* The interrupts of the disks under the jobs of one wave: the proof that polled I/O was polled. */
#ifndef RUN_INTERRUPT_WATCH_H
#define RUN_INTERRUPT_WATCH_H

#include "result/result.h"
#include "run/plan.h"

enum { INTERRUPT_WATCH_LIMIT = 16 };

/* Of all the disks under a job; jobs with the same disks share one. */
struct disk_interrupts {
	unsigned disk_count;
	dev_t disks[INTERRUPT_WATCH_LIMIT];
	int64_t interrupts;
};

struct interrupt_watch {
	unsigned count;
	struct disk_interrupts counts[INTERRUPT_WATCH_LIMIT];
	unsigned *of_job; /* by job, an index of counts; INTERRUPT_WATCH_LIMIT: not watched */
};

/* When all workers are prepared: what they did until then is not counted. */
void interrupt_watch_start(struct interrupt_watch *watch, struct planned_job *const *jobs,
	unsigned count, struct arena *arena);

/* When all have ended. */
void interrupt_watch_stop(struct interrupt_watch *watch, struct arena *arena);

/*
 * Adds device_interrupts to the proof of each of the wave's `results`, in the order of its jobs,
 * and a warning where all of them polled and interrupts came nevertheless.
 */
void interrupt_watch_report(const struct interrupt_watch *watch, struct result_job *results,
	unsigned count, struct result *result);

#endif

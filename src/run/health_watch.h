/* SPDX-License-Identifier: MIT */
/* The health of the NVMe drives under the targets, before and after a run; for root only. */
#ifndef RUN_HEALTH_WATCH_H
#define RUN_HEALTH_WATCH_H

#include "host/nvme_device.h"
#include "result/result.h"
#include "run/plan.h"

enum { HEALTH_WATCH_LIMIT = 16 };

struct health_watch {
	unsigned count;
	const char *disks[HEALTH_WATCH_LIMIT]; /* the plan's arena */
	struct nvme_health before[HEALTH_WATCH_LIMIT];
};

/* Reads the health of drives that let it be read. */
void health_watch_start(struct health_watch *watch, struct plan *plan);

/*
 * Adds the readings after the run to the environment, and a warning for each drive where one that
 * concerns heat or errors has changed.
 */
void health_watch_stop(const struct health_watch *watch, struct result *result);

/* What became worse between the two, in words; NULL: nothing. */
const char *health_change(
	const struct nvme_health *before, const struct nvme_health *after, struct arena *arena);

#endif

/* SPDX-License-Identifier: MIT */
/* A run that goes on as a result, by what its workers have handed over. By the supervisor. */
#ifndef RUN_SNAPSHOT_H
#define RUN_SNAPSHOT_H

#include "run/crew.h"
#include "run/watch.h"

struct snapshot_source {
	const struct result *result; /* with the jobs of the waves before */
	const struct plan *plan;
	const struct crew *crew; /* of the wave */
	const struct watch *watch;
	uint64_t origin_ns; /* the run's start by clock_now() */
};

/* Before the crew is gathered: its workers are to make snapshots at the end of their intervals. */
void snapshot_plan(struct planned_job *const *jobs, unsigned count);

/* Made here; the caller frees it. Groups are merged as at the end of the run. */
void snapshot_make(struct result *snapshot, const struct snapshot_source *source);

#endif

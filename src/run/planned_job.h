/* SPDX-License-Identifier: MIT */
/* A job of a plan (plan.h): its targets and which bytes of them it uses. */
#ifndef RUN_PLANNED_JOB_H
#define RUN_PLANNED_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "engine/target.h"
#include "job/job.h"
#include "load/zone_stride.h"
#include "run/data_found.h"
#include "run/interval.h"
#include "run/verify_plan.h"

/* Of a target that ranks share: whose part the job has. In bytes of the target. */
struct plan_part {
	unsigned index, count;      /* among the ranks that share it; 0 of 1: none do */
	bool is_cut, has_increment; /* dealt out; or by offset_increment, counted over ranks */
	uint64_t whole_offset, whole_end; /* the region of all of them */
	uint64_t lay_start, lay_end;      /* the piece that this rank lays out */
	uint64_t end;                     /* of this rank's last block */
};

struct planned_job {
	const struct job *job;
	unsigned target_count, pair_count; /* rw=copy: sources, then as many destinations; else 0 */
	struct target *targets;            /* looked at, not open */
	struct pattern_spec *regions;      /* one per target */
	struct zone_stride_spec *strides;  /* one per target: zonemode=strided, split; else NULL */
	struct plan_part *parts;           /* one per target, by plan_split.h; NULL: one rank */
	struct zone_table **zones;         /* likewise, where zonemode=zbd */
	uint64_t pass_bytes;               /* UINT64_MAX: until time is over */
	bool wraps, takes_what_is_there;   /* worker_task's */
	unsigned open_flags;               /* of target_open */
	struct write_guard allowed;        /* of plan_request */
	struct interval_plan intervals;    /* by wave_series_plan */
	struct verify_plan verify;
	uint64_t log_bytes;      /* worker_task's */
	uint64_t hole_bytes;     /* of what is read: never written, and left so; by plan_lay_out */
	struct data_found found; /* after the run */
};

/* The files of a job are mostly on one device, which need not be looked at for each of them. */
static inline bool plan_repeats_device(const struct planned_job *planned, unsigned index)
{
	return index > 0 && planned->targets[index].device == planned->targets[index - 1].device;
}

/* rw=copy: which side of its pair a target is. */
static inline bool plan_is_source(const struct planned_job *planned, unsigned index)
{
	return index < planned->pair_count;
}

static inline bool plan_is_destination(const struct planned_job *planned, unsigned index)
{
	return planned->pair_count > 0 && index >= planned->pair_count;
}

static inline uint64_t plan_region_end(const struct planned_job *planned, unsigned index)
{
	if (planned->parts && planned->parts[index].is_cut)
		return planned->parts[index].end;
	return planned->regions[index].region_offset + planned->regions[index].region_bytes;
}

/*
 * An error about a job, at the place of `option` or, where that is NULL, of the section; `hint` may
 * be NULL. Returns -EINVAL.
 */
int plan_refuse(const struct planned_job *planned, const char *option, const char *hint,
	struct diag *diag, const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif

/* SPDX-License-Identifier: MIT */
/* The part of a plan that is about rw=openread, copy and stat. */
#ifndef RUN_PLAN_COMPOSITE_H
#define RUN_PLAN_COMPOSITE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "run/plan.h"

/* rw=copy: which side of its pair a target is. */
static inline bool plan_is_source(const struct planned_job *planned, unsigned index)
{
	return index < planned->pair_count;
}

static inline bool plan_is_destination(const struct planned_job *planned, unsigned index)
{
	return planned->pair_count > 0 && index >= planned->pair_count;
}

/* Sets target_count, and pair_count of a copy. */
void plan_count_targets(struct planned_job *planned);

/* filename= has pairs in turn, a plan all sources before all destinations. */
const char *plan_target_name(const struct planned_job *planned, unsigned index);

/*
 * rw=openread, stat: the region is the whole file, or `wanted` where it is smaller or missing. 0,
 * or -EINVAL, reported.
 */
int plan_whole_file(
	struct planned_job *planned, unsigned index, uint64_t wanted, struct diag *diag);

/* A destination's region is its source's, which is resolved. 0, or -EINVAL, reported. */
int plan_destination(struct planned_job *planned, unsigned index, struct diag *diag);

#endif

/* SPDX-License-Identifier: MIT */
/* Which bytes of its targets a job uses, and what the plan's parts share. */
#ifndef RUN_PLAN_REGION_H
#define RUN_PLAN_REGION_H

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

static inline uint64_t plan_region_end(const struct planned_job *planned, unsigned index)
{
	return planned->regions[index].region_offset + planned->regions[index].region_bytes;
}

/*
 * Whether the run may make this target's file longer or fill its holes. A file that was there and
 * is only read, as the source of a copy is, stays as it is, unless overwrite=1 was set.
 */
bool plan_may_change(const struct planned_job *planned, unsigned index);

/*
 * Fills the region of a target that has been looked at: its place and its pattern. A destination's
 * is its source's, which is resolved before. 0, or -EINVAL, reported.
 */
int plan_region(struct plan *plan, struct planned_job *planned, unsigned index, struct diag *diag);

/* How much is done in a pass, once all regions are known. */
void plan_amount(struct planned_job *planned);

/*
 * An error about a job, at the place of `option` or, where that is NULL, of the section; `hint` may
 * be NULL. Returns -EINVAL.
 */
int plan_refuse(const struct planned_job *planned, const char *option, const char *hint,
	struct diag *diag, const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif

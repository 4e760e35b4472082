/* SPDX-License-Identifier: MIT */
/* zonemode=zbd: the zones of a plan's targets, which all of its jobs share. */
#ifndef RUN_PLAN_ZONES_H
#define RUN_PLAN_ZONES_H

struct plan;
struct planned_job;
struct diag;

/*
 * Before its region is known: looks at a target that has been inspected, reads the zones of a zoned
 * device, and makes bytes of what the job gives as zones (size=2z). 0, or -EINVAL, reported.
 */
int plan_zones_look(
	struct plan *plan, struct planned_job *planned, unsigned index, struct diag *diag);

/*
 * With its region: makes the zones of what is no zoned device, and cuts the region of a job that
 * writes to whole zones. 0, or -EINVAL, reported.
 */
int plan_zones_bind(
	struct plan *plan, struct planned_job *planned, unsigned index, struct diag *diag);

#endif

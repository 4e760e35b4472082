/* SPDX-License-Identifier: MIT */
/*
 * ioscheduler: the scheduler of the disks that the jobs of a wave run on, set in sysfs before the
 * wave and restored behind it. A second Ctrl-C, which ends the program at once, restores it too.
 */
#ifndef RUN_SCHEDULER_SWITCH_H
#define RUN_SCHEDULER_SWITCH_H

#include "base/diag.h"
#include "run/plan.h"

/*
 * The disks that the targets of these jobs stand on get what each job asks for. 0, or -errno,
 * reported, with all as it was: no scheduler of that name, no right, two for one disk.
 */
int scheduler_switch_set(
	struct planned_job *const *jobs, unsigned count, struct arena *arena, struct diag *diag);

/* As it was before; what the kernel refuses is a warning. Nothing where nothing was set. */
void scheduler_switch_restore(struct diag *diag);

#endif

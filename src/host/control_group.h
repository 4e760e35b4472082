/* SPDX-License-Identifier: MIT */
/*
 * Limits of the control groups that this process is in (cgroups(7)): of version 2, and of version
 * 1, which has a hierarchy a controller. A limit holds for all groups below its own.
 */
#ifndef HOST_CONTROL_GROUP_H
#define HOST_CONTROL_GROUP_H

#include <stdint.h>

#include "base/arena.h"
#include "host/mount_table.h"

struct control_groups {
	struct arena *arena;
	const char *memberships; /* /proc/self/cgroup; NULL: not known */
	struct mount_table mounts;
};

/* One limit, in both versions. */
struct control_group_limit {
	const char *file;       /* version 2 */
	const char *controller; /* version 1 */
	const char *old_file;
};

void control_groups_read(struct control_groups *groups, struct arena *arena);

/* That of our group or of the nearest one above that has any; "none"; NULL: not known. */
const char *control_groups_limit(
	const struct control_groups *groups, const struct control_group_limit *limit);

/*
 * Bytes of memory that the groups leave to this process: of each, its limit less what is used and
 * not the page cache's. UINT64_MAX: no limit, or not known.
 */
uint64_t control_groups_memory_left(const struct control_groups *groups);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What a target allows that no bit of the kernel tells: one read each, of its first block. Nothing
 * is written, and nothing opened for writing.
 */
#ifndef ENGINE_TARGET_PROBE_H
#define ENGINE_TARGET_PROBE_H

#include <stdbool.h>

#include "engine/target.h"
#include "host/ability.h"
#include "host/block_queue.h"

/*
 * 0 where one block of the target can be read without consequences: it is readable for this user,
 * and no pipe, no terminal, no device that does something when it is opened. Else -errno with
 * *reason and *cure (which may be NULL) in words.
 */
int target_probe_readable(
	const struct target *target, const char **reason, const char **cure, struct arena *arena);

/*
 * Names: "O_DIRECT", "polled I/O", "RWF_NOWAIT", "RWF_NOWAIT, direct", "RWF_DONTCACHE",
 * "RWF_ATOMIC". `queue` of the disk it stands on, NULL: none. Only what is asked without a read
 * where `may_read` is false.
 */
void target_probe_read(const struct target *target, const struct block_queue *queue, bool may_read,
	struct ability_list *abilities, struct arena *arena);

#endif

/* SPDX-License-Identifier: MIT */
/* Which I/Os have a priority of their own: cmdprio_percentage and cmdprio_bssplit. */
#ifndef LOAD_PRIORITY_MIX_H
#define LOAD_PRIORITY_MIX_H

#include <stddef.h>
#include <stdint.h>

#include "base/io_op.h"
#include "base/random.h"

/* So many of a hundred I/Os of this size have this priority (ioprio_set(2)). */
struct priority_share {
	uint64_t bytes; /* 0: of any size */
	uint32_t percent;
	uint16_t priority;
};

struct priority_spec {
	size_t count; /* 0: none has */
	const struct priority_share *shares;
};

struct priority_mix {
	struct random random;
	uint16_t base; /* of all others */
	struct priority_spec of[DATA_DIRECTION_COUNT];
};

/* The priority of the next I/O; its shares add up to 100 at most. A random number for each I/O of a
 * direction that has some. */
uint16_t priority_mix_draw(struct priority_mix *mix, enum io_direction direction, uint64_t bytes);

#endif

/* SPDX-License-Identifier: MIT */
/* Slots whose I/O ended inside submit (trims, what the kernel refused) and wait for reap. */
#ifndef ENGINE_FINISHED_H
#define ENGINE_FINISHED_H

#include <stdint.h>

#include "engine/engine.h"

struct finished {
	struct slot **ring; /* room for every slot */
	unsigned room;
	unsigned first;
	unsigned count;
};

static inline void finished_init(struct finished *finished, const struct engine_setup *setup)
{
	*finished = (struct finished){.room = setup->slot_count};
	finished->ring =
		arena_alloc_array(setup->arena, setup->slot_count, sizeof(*finished->ring));
}

static inline void finished_add(struct finished *finished, struct slot *slot, int32_t result)
{
	unsigned at = finished->first + finished->count++;

	slot->result = result;
	finished->ring[at < finished->room ? at : at - finished->room] = slot;
}

/* Up to `max` of them, the first ones first. */
static inline unsigned finished_take(struct finished *finished, struct slot **done, unsigned max)
{
	unsigned count = finished->count < max ? finished->count : max;

	for (unsigned i = 0; i < count; i++) {
		done[i] = finished->ring[finished->first++];
		if (finished->first == finished->room)
			finished->first = 0;
	}
	finished->count -= count;
	return count;
}

#endif

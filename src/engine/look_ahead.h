/* SPDX-License-Identifier: MIT */
/* For engines whose I/O is a call: what their worker looks at when it has returned. */
#ifndef ENGINE_LOOK_AHEAD_H
#define ENGINE_LOOK_AHEAD_H

#include "engine/engine_kit.h"

/*
 * Once the call of a turn has returned: where the kernel has emptied the TLB, the pages that follow
 * are looked up side by side, and not each when it is needed. Where it has not, that costs nothing.
 */
static inline void engine_look_ahead(const struct engine *engine)
{
	if (!engine->ahead[0])
		return;
	for (size_t i = 0; i < COUNT_OF(engine->ahead); i++)
		__builtin_prefetch(engine->ahead[i]);
}

#endif

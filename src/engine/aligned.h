/* SPDX-License-Identifier: MIT */
/* Arrays whose elements of 64 bytes are one cache line each: SQE templates, iocbs. */
#ifndef ENGINE_ALIGNED_H
#define ENGINE_ALIGNED_H

#include <stdint.h>

#include "base/arena.h"

enum { CACHE_LINE_BYTES = 64 };

static inline void *aligned_array(struct arena *arena, size_t count, size_t bytes)
{
	size_t room = count * bytes + CACHE_LINE_BYTES;
	uintptr_t memory = (uintptr_t)arena_alloc(arena, room);

	return (void *)((memory + CACHE_LINE_BYTES - 1) & ~(uintptr_t)(CACHE_LINE_BYTES - 1));
}

#endif

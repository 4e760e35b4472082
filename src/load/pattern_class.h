/* SPDX-License-Identifier: MIT */
/* A pattern by functions of its own: kind PATTERN_OTHER, the struct pattern its first member. */
#ifndef LOAD_PATTERN_CLASS_H
#define LOAD_PATTERN_CLASS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/io_op.h"

/* Of pattern_place: its place is taken until some I/O in flight is back; to be asked again for the
 * same direction and size. Other kinds never say so. */
#define PATTERN_WAITS (UINT64_MAX - 1)

struct pattern;

struct pattern_class { /* pattern_place, pattern_room; pattern_restart and pattern_rewind */
	uint64_t (*place)(struct pattern *pattern, enum io_direction direction, uint32_t *bytes);
	uint64_t (*room)(struct pattern *pattern, enum io_direction direction, uint64_t smallest);
	void (*restart)(struct pattern *pattern, bool rewinds);
};

#endif

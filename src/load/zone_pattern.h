/* SPDX-License-Identifier: MIT */
/*
 * zonemode=zbd: a pattern whose I/Os go to where the zones of the target take them. Random ones go
 * through the region as elsewhere, and from there to the write pointer of a zone, or to data in it;
 * sequential ones go on behind the last of their direction. For pattern_place, pattern_room and
 * pattern_restart only.
 */
#ifndef LOAD_ZONE_PATTERN_H
#define LOAD_ZONE_PATTERN_H

#include "load/pattern.h"
#include "load/zone_table.h"

struct zone_pattern_spec {
	uint64_t skip_bytes;    /* zoneskip: sequential, between two zones; 0: none */
	uint64_t target_offset; /* the end of the target */
};

/* `use` has its region, its table and what else is to be set, and is attached by its owner. */
struct pattern *zone_pattern_new(struct arena *arena, const struct pattern_spec *spec,
	const struct zone_pattern_spec *zones, struct zone_use *use);

#endif

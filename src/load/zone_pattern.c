/* SPDX-License-Identifier: MIT */
/* The order of I/Os in zones with write pointers. */
#include "load/zone_pattern.h"

struct zone_pattern {
	struct pattern pattern; /* first: it is what others see */
	struct zone_pattern_spec spec;
	struct zone_use *use;
	struct pattern *random; /* NULL: sequential */
	uint64_t first_offset;  /* of the region, or of the zone that zoneskip led to */
	uint64_t done_bytes;    /* since zoneskip was applied */
	struct {
		bool is_set;
		enum io_direction direction;
		uint64_t offset;
		uint32_t bytes;
	} waiting; /* drawn, but its zone was busy */
};

static const struct zone *zone_at(const struct zone_pattern *zones, uint64_t offset)
{
	const struct zone_table *table = zones->use->table;
	uint32_t index = zone_table_index(table, offset);

	return index < table->zone_count ? &table->zones[index] : NULL;
}

/* Behind the last write that a zone takes the next one begins; fio would reset it. */
static void leave_full_zone(struct zone_pattern *zones)
{
	uint64_t *position = &zones->pattern.positions[DIRECTION_WRITE];
	const struct zone *zone = zone_at(zones, *position);
	uint64_t least = zones->use->writes_rests ? 1 : zones->use->least_bytes[DIRECTION_WRITE];

	if (zone && zone->has_pointer && *position > zone->start &&
		*position + least > zone->capacity_end)
		*position = zone->end;
}

/* Where reads may go on to: zoneskip leads out of the region of a job that only reads. */
static uint64_t end_of_zones(const struct zone_pattern *zones)
{
	const struct zone_use *use = zones->use;

	return use->reads_beyond && !use->writes ? zones->spec.target_offset
						 : use->region_offset + use->region_bytes;
}

static void skip_zones(struct zone_pattern *zones, enum io_direction direction)
{
	const struct zone_use *use = zones->use;
	uint64_t position = zones->pattern.positions[direction];
	const struct zone *zone = zone_at(zones, position);

	if (zones->done_bytes < use->table->zone_bytes && zone && position < zone->end &&
		(direction != DIRECTION_READ || use->reads_beyond ||
			position < zone_use_written(use, zone)))
		return;
	zones->done_bytes = 0;
	if (__builtin_add_overflow(zones->first_offset,
		    use->table->zone_bytes + zones->spec.skip_bytes, &zones->first_offset) ||
		zones->first_offset >= end_of_zones(zones))
		zones->first_offset = use->region_offset;
	zones->pattern.positions[direction] = zones->first_offset;
}

static uint64_t sequential_offset(struct zone_pattern *zones, enum io_direction direction)
{
	uint64_t offset, hole = (uint64_t)zones->pattern.skip_bytes;

	if (direction == DIRECTION_WRITE)
		leave_full_zone(zones);
	if (zones->spec.skip_bytes > 0)
		skip_zones(zones, direction);
	offset = zones->pattern.positions[direction];
	if (offset != zones->first_offset && __builtin_add_overflow(offset, hole, &offset))
		return PATTERN_END;
	return offset - zones->first_offset < zones->use->region_bytes &&
			       offset < end_of_zones(zones)
		       ? offset
		       : PATTERN_END;
}

static bool draw(struct zone_pattern *zones, enum io_direction direction, uint32_t bytes)
{
	if (zones->waiting.is_set && zones->waiting.direction == direction)
		return true;
	zones->waiting.direction = direction;
	zones->waiting.bytes = bytes;
	zones->waiting.offset =
		zones->random ? pattern_place(zones->random, direction, &zones->waiting.bytes)
			      : sequential_offset(zones, direction);
	zones->waiting.is_set = zones->waiting.offset != PATTERN_END;
	return zones->waiting.is_set;
}

static uint64_t place(struct pattern *pattern, enum io_direction direction, uint32_t *bytes)
{
	struct zone_pattern *zones = (struct zone_pattern *)pattern;
	enum zone_choice choice = ZONE_ENDS;
	uint64_t offset = 0, length = 0;

	if (draw(zones, direction, *bytes)) {
		offset = zones->waiting.offset;
		length = zones->waiting.bytes;
		choice = zone_use_place(zones->use, direction, &offset, &length);
	}
	if (choice == ZONE_WAITS || choice == ZONE_FAILED)
		return PATTERN_WAITS;
	zones->waiting.is_set = false;
	if (choice == ZONE_ENDS || offset + length > zones->spec.target_offset) {
		if (choice == ZONE_TAKEN)
			(void)zone_use_release(zones->use, direction, offset, length, false, false);
		return PATTERN_END;
	}
	pattern->positions[direction] = offset + length;
	zones->done_bytes += length;
	*bytes = (uint32_t)length;
	return offset;
}

/* Zones cut what does not fit. */
static uint64_t room(struct pattern *pattern, enum io_direction direction, uint64_t smallest)
{
	(void)pattern;
	(void)direction;
	(void)smallest;
	return 0;
}

static void restart(struct pattern *pattern, bool rewinds)
{
	struct zone_pattern *zones = (struct zone_pattern *)pattern;

	zones->first_offset = zones->use->region_offset;
	zones->done_bytes = 0;
	zones->waiting.is_set = false;
	for (unsigned i = 0; i < DATA_DIRECTION_COUNT; i++)
		pattern->positions[i] = zones->first_offset;
	if (!zones->random)
		return;
	if (rewinds)
		pattern_rewind(zones->random);
	else
		pattern_restart(zones->random);
}

struct pattern *zone_pattern_new(struct arena *arena, const struct pattern_spec *spec,
	const struct zone_pattern_spec *zone_spec, struct zone_use *use)
{
	static const struct pattern_class class = {
		.place = place, .room = room, .restart = restart};
	struct zone_pattern *zones = ARENA_NEW(arena, struct zone_pattern);

	zones->pattern.kind = PATTERN_OTHER;
	zones->pattern.class = &class;
	zones->pattern.skip_bytes = spec->skip_bytes;
	zones->spec = *zone_spec;
	zones->use = use;
	if (spec->is_random)
		zones->random = pattern_new(arena, spec);
	if (zones->random && zones->random->kind == PATTERN_SEQUENTIAL)
		zones->random = NULL; /* percentage_random=0 */
	restart(&zones->pattern, true);
	return &zones->pattern;
}

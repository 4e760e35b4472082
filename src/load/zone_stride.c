/* SPDX-License-Identifier: MIT */
/* Zones that a pattern goes through one after the other. */
#include "load/zone_stride.h"

enum { DRAW_LIMIT = 1000 }; /* a distribution over a whole zone, where only a part is left */

struct zone_stride {
	struct pattern pattern; /* first: it is what others see */
	struct zone_stride_spec zones;
	struct pattern_spec spec; /* of the zone that is open */
	struct pattern *random;   /* inside it; NULL: sequential */
	uint64_t start_offset, region_bytes;
	uint64_t zone_offset;
	uint64_t done_bytes; /* in this zone */
};

/* The part of the zone that random I/Os go to. */
static void open_zone(struct zone_stride *stride)
{
	uint64_t bytes = stride->zones.range_bytes;
	uint64_t left = stride->zones.end_offset - stride->zone_offset;

	for (unsigned i = 0; i < DATA_DIRECTION_COUNT; i++)
		stride->pattern.positions[i] = stride->zone_offset;
	if (!stride->random)
		return;
	if (bytes > stride->region_bytes)
		bytes = stride->region_bytes;
	stride->spec.region_offset = stride->zone_offset;
	stride->spec.region_bytes = bytes < left ? bytes : left;
	pattern_move(stride->random, &stride->spec);
}

static void next_zone(struct zone_stride *stride)
{
	uint64_t step, next;

	if (__builtin_add_overflow(stride->zones.range_bytes, stride->zones.skip_bytes, &step) ||
		__builtin_add_overflow(stride->zone_offset, step, &next) ||
		next >= stride->zones.end_offset)
		next = stride->start_offset;
	stride->zone_offset = next;
	stride->done_bytes = 0;
}

/* The order of these three is fio's. */
static void choose_zone(struct zone_stride *stride, enum io_direction direction)
{
	uint64_t *position = &stride->pattern.positions[direction];
	uint64_t range_bytes = stride->zones.range_bytes;

	if (stride->done_bytes >= stride->zones.zone_bytes) {
		next_zone(stride);
		*position = stride->zone_offset;
	}
	if (*position - stride->zone_offset >= range_bytes)
		*position = stride->zone_offset;
	if (stride->done_bytes % range_bytes == 0)
		open_zone(stride);
}

/* Where the next sequential I/O of a direction begins. A hole may lead out of the zone, as in fio.
 */
static uint64_t sequential_offset(const struct zone_stride *stride, enum io_direction direction)
{
	uint64_t offset = stride->pattern.positions[direction];

	return offset == stride->zone_offset ? offset : offset + (uint64_t)stride->spec.skip_bytes;
}

static uint64_t place_sequential(
	struct zone_stride *stride, enum io_direction direction, uint32_t bytes)
{
	uint64_t offset = sequential_offset(stride, direction);

	if (offset - stride->zone_offset >= stride->region_bytes ||
		offset + bytes > stride->zones.end_offset)
		return PATTERN_END;
	stride->pattern.positions[direction] = offset + bytes;
	return offset;
}

static uint64_t place_random(
	struct zone_stride *stride, enum io_direction direction, uint32_t *bytes)
{
	struct pattern *random = stride->random;
	uint64_t offset;

	if (random->block_count == 0)
		return PATTERN_END;
	for (unsigned i = 0; i < DRAW_LIMIT; i++) {
		offset = pattern_place(random, direction, bytes);
		if (offset == PATTERN_END || offset + *bytes <= random->end_offset)
			return offset;
	}
	return random->first_offset;
}

static bool is_cut(const struct zone_stride *stride)
{
	return stride->zones.end_offset - stride->zone_offset < stride->zones.range_bytes;
}

static uint64_t place(struct pattern *pattern, enum io_direction direction, uint32_t *bytes)
{
	struct zone_stride *stride = (struct zone_stride *)pattern;
	uint64_t offset;

	choose_zone(stride, direction);
	if (!stride->random) {
		offset = place_sequential(stride, direction, *bytes);
	} else {
		offset = place_random(stride, direction, bytes);
		/* Its blocks are used up, where the range is no multiple of them. */
		if (offset == PATTERN_END && !is_cut(stride) && stride->done_bytes > 0) {
			next_zone(stride);
			open_zone(stride);
			offset = place_random(stride, direction, bytes);
		}
	}
	if (offset != PATTERN_END)
		stride->done_bytes += *bytes * (stride->zones.repeats_trims ? 2ull : 1);
	return offset;
}

static uint64_t room(struct pattern *pattern, enum io_direction direction, uint64_t smallest)
{
	struct zone_stride *stride = (struct zone_stride *)pattern;
	uint64_t offset = sequential_offset(stride, direction);

	if (stride->random || offset - stride->zone_offset >= stride->region_bytes ||
		offset + smallest > stride->zones.end_offset)
		return 0;
	return stride->zones.end_offset - offset;
}

static void restart(struct pattern *pattern, bool rewinds)
{
	struct zone_stride *stride = (struct zone_stride *)pattern;

	stride->zone_offset = stride->start_offset;
	stride->done_bytes = 0;
	if (rewinds && stride->random)
		pattern_rewind(stride->random);
	open_zone(stride);
}

struct pattern *zone_stride_new(
	struct arena *arena, const struct pattern_spec *spec, const struct zone_stride_spec *zones)
{
	static const struct pattern_class class = {
		.place = place, .room = room, .restart = restart};
	struct zone_stride *stride = ARENA_NEW(arena, struct zone_stride);
	uint64_t largest =
		spec->region_bytes < zones->range_bytes ? spec->region_bytes : zones->range_bytes;

	stride->pattern.kind = PATTERN_OTHER;
	stride->pattern.class = &class;
	stride->zones = *zones;
	stride->spec = *spec;
	stride->start_offset = stride->zone_offset = spec->region_offset;
	stride->region_bytes = spec->region_bytes;
	stride->spec.region_bytes = largest;
	if (spec->is_random)
		stride->random = pattern_new(arena, &stride->spec);
	if (stride->random && stride->random->kind == PATTERN_SEQUENTIAL)
		stride->random = NULL; /* percentage_random=0 */
	restart(&stride->pattern, false);
	return &stride->pattern;
}

uint64_t zone_stride_span(
	const struct zone_stride_spec *stride, const struct pattern_spec *spec, uint64_t pass_bytes)
{
	uint64_t whole = stride->end_offset - spec->region_offset;
	uint64_t steps = (pass_bytes + stride->zone_bytes - 1) / stride->zone_bytes;
	uint64_t bytes;

	if (pass_bytes > whole || steps == 0 ||
		__builtin_add_overflow(stride->range_bytes, stride->skip_bytes, &bytes) ||
		__builtin_mul_overflow(bytes, steps - 1, &bytes) || bytes > whole)
		return whole;
	/* In the last zone a hole, or the block that fills it, may lead beyond its range. */
	bytes += spec->largest_io_bytes + (uint64_t)spec->skip_bytes;
	return whole - bytes > stride->range_bytes && bytes < whole ? bytes + stride->range_bytes
								    : whole;
}

/* SPDX-License-Identifier: MIT */
/* Offsets of I/Os: what pattern_next does not do inline, and how passes begin. */
#include "load/pattern.h"

#include <assert.h>

enum pattern_stream { STREAM_DRAWS = 1, STREAM_SCATTER, STREAM_PASSES };

static bool ends_early(const struct pattern *pattern, uint64_t offset, uint64_t bytes)
{
	return offset + bytes > pattern->end_offset;
}

uint64_t pattern_next_at_end(struct pattern *pattern, enum io_direction direction)
{
	pattern->ended |= 1u << direction;
	return PATTERN_END;
}

/* Where sequential I/O that goes backwards begins again, from the start of the region. */
static uint64_t last_place(const struct pattern *pattern)
{
	uint64_t region_bytes = pattern->end_offset - pattern->first_offset;

	return pattern->file_bytes > region_bytes ? region_bytes : pattern->file_bytes;
}

/*
 * fio's get_next_seq_offset. Its arithmetic is unsigned, so that what lies before the region counts
 * as beyond the file; and its end of the region, which backward I/O of an offset begins with, is
 * counted from the start of the file.
 */
static uint64_t next_skipping(struct pattern *pattern, enum io_direction direction, uint64_t bytes)
{
	uint64_t last = pattern->positions[direction], first = pattern->first_offset, place;
	uint64_t skip = (uint64_t)pattern->skip_bytes;

	if (last >= pattern->file_bytes)
		return pattern_next_at_end(pattern, direction);
	if (last == first && first > 0 && pattern->skip_bytes < 0)
		last = last_place(pattern);
	place = last - first;
	if (place != 0) {
		place += skip;
		if (place >= pattern->file_bytes)
			place = pattern->skip_bytes > 0 ? first : last_place(pattern) + skip;
	}
	if (place >= pattern->end_offset - first || first + place + bytes > pattern->file_bytes)
		return pattern_next_at_end(pattern, direction);
	pattern->positions[direction] = first + place + bytes;
	return first + place;
}

uint64_t pattern_room(struct pattern *pattern, enum io_direction direction, uint64_t smallest)
{
	uint64_t position = pattern->positions[direction];

	if (pattern->kind == PATTERN_OTHER)
		return pattern->class->room(pattern, direction, smallest);
	if (pattern->kind != PATTERN_SEQUENTIAL || position + smallest > pattern->end_offset)
		return 0;
	pattern->ended &= ~(1u << direction);
	return pattern->end_offset - position;
}

/* The number of a unit, or PERMUTATION_END. */
static uint64_t draw_number(struct pattern *pattern, enum io_direction direction)
{
	if (pattern->each_block_once)
		return block_walk_next(&pattern->walk);
	return distribution_draw(&pattern->sampler, &pattern->random, direction);
}

/* Whether the next I/O follows the last of its direction. */
static bool follows(struct pattern *pattern, enum io_direction direction)
{
	uint64_t limit = pattern->random_limits[direction];

	if (pattern->sequence_left[direction] > 0) {
		pattern->sequence_left[direction]--;
		return true;
	}
	if (limit >> 32)
		return false;
	pattern->sequence_left[direction] = pattern->sequence_length - 1;
	return random_next(&pattern->random) >> 32 >= limit;
}

/* rw_sequencer=identical. All directions count to the next draw together, as in fio. */
static uint64_t next_repeated(struct pattern *pattern, enum io_direction direction, uint64_t bytes)
{
	uint64_t number, offset = pattern->last_starts[direction];

	if (pattern->sequence_left[0] == 0) {
		number = draw_number(pattern, direction);
		if (number == PERMUTATION_END)
			return PATTERN_END;
		offset = pattern->first_offset + number * pattern->unit_bytes;
		pattern->last_starts[direction] = offset;
		pattern->sequence_left[0] = pattern->sequence_length;
	}
	pattern->sequence_left[0]--;
	pattern->positions[direction] = offset + bytes;
	return offset;
}

uint64_t pattern_next_mixed(struct pattern *pattern, enum io_direction direction, uint64_t bytes)
{
	uint64_t number;
	uint64_t offset = pattern->positions[direction];

	if (pattern->skip_bytes != 0)
		return next_skipping(pattern, direction, bytes);
	if (pattern->repeats)
		return next_repeated(pattern, direction, bytes);
	if (!follows(pattern, direction) || ends_early(pattern, offset, bytes)) {
		if (pattern->random_limits[direction] == 0) {
			pattern->ended |= 1u << direction;
			return PATTERN_END;
		}
		number = draw_number(pattern, direction);
		if (number == PERMUTATION_END)
			return PATTERN_END;
		offset = pattern->first_offset + number * pattern->unit_bytes;
		pattern->sequence_left[direction] = pattern->sequence_length - 1;
	}
	pattern->positions[direction] = offset + bytes;
	return offset;
}

/* A direction that is never random goes on to the next free block, others draw one. */
static uint64_t free_block(struct pattern *pattern, enum io_direction direction)
{
	uint64_t number =
		(pattern->positions[direction] - pattern->first_offset) / pattern->unit_bytes;
	uint64_t next;

	if (number == pattern->block_count)
		number = 0;
	if (!follows(pattern, direction)) {
		number = random_below(&pattern->random, pattern->block_count);
		pattern->sequence_left[direction] = pattern->sequence_length - 1;
		return block_map_next(&pattern->map, number);
	}
	next = block_map_next(&pattern->map, number);
	if (next == number || pattern->random_limits[direction] == 0)
		return next;
	pattern->sequence_left[direction] = pattern->sequence_length - 1;
	return block_map_next(&pattern->map, random_below(&pattern->random, pattern->block_count));
}

/* bs_is_seq_rand: what follows has its own size. */
static uint64_t next_of_two_sizes(
	struct pattern *pattern, enum io_direction direction, uint32_t *bytes)
{
	uint64_t number, offset = pattern->positions[direction];

	if (follows(pattern, direction) &&
		!ends_early(pattern, offset, pattern->sequential_bytes)) {
		*bytes = (uint32_t)pattern->sequential_bytes;
	} else {
		number = draw_number(pattern, direction);
		offset = pattern->first_offset + number * pattern->unit_bytes;
		pattern->sequence_left[direction] = pattern->sequence_length - 1;
	}
	pattern->positions[direction] = offset + *bytes;
	return offset;
}

static uint64_t next_mapped(struct pattern *pattern, enum io_direction direction, uint32_t *bytes)
{
	uint64_t number = free_block(pattern, direction), offset, count;

	if (number == BLOCK_MAP_END)
		return PATTERN_END;
	offset = pattern->first_offset + number * pattern->unit_bytes;
	count = block_map_take(&pattern->map, number, *bytes / pattern->unit_bytes);
	*bytes = (uint32_t)(count * pattern->unit_bytes);
	pattern->positions[direction] = offset + *bytes;
	return offset;
}

uint64_t pattern_next_resized(struct pattern *pattern, enum io_direction direction, uint32_t *bytes)
{
	if (pattern->kind == PATTERN_OTHER)
		return pattern->class->place(pattern, direction, bytes);
	return pattern->sequential_bytes != 0 ? next_of_two_sizes(pattern, direction, bytes)
					      : next_mapped(pattern, direction, bytes);
}

static bool is_mapped(const struct pattern_spec *spec)
{
	return spec->has_several_sizes && spec->each_block_once &&
	       spec->distribution.kind == DISTRIBUTION_UNIFORM;
}

static enum pattern_kind kind_of(const struct pattern_spec *spec)
{
	unsigned sequential_count = 0;
	unsigned random_count = 0;

	if (!spec->is_random)
		return spec->skip_bytes != 0 ? PATTERN_MIXED : PATTERN_SEQUENTIAL;
	for (unsigned i = 0; i < DATA_DIRECTION_COUNT; i++) {
		sequential_count += spec->percentage_random[i] == 0;
		random_count += spec->percentage_random[i] >= 100;
	}
	if (sequential_count == DATA_DIRECTION_COUNT)
		return PATTERN_SEQUENTIAL;
	if (spec->sequential_bytes != 0 || is_mapped(spec))
		return PATTERN_MAPPED;
	if (random_count < DATA_DIRECTION_COUNT || spec->sequence_length > 1 ||
		spec->distribution.kind != DISTRIBUTION_UNIFORM)
		return PATTERN_MIXED;
	return spec->each_block_once ? PATTERN_ONCE : PATTERN_UNIFORM;
}

static uint64_t block_count_of(const struct pattern_spec *spec)
{
	assert(spec->block_bytes > 0);
	if (spec->region_bytes < spec->largest_io_bytes)
		return 0;
	if (is_mapped(spec))
		return spec->region_bytes / spec->block_bytes;
	return (spec->region_bytes - spec->largest_io_bytes) / spec->block_bytes + 1;
}

static void begin_pass(struct pattern *pattern)
{
	uint64_t length = pattern->repeats ? 1 : pattern->sequence_length;
	uint64_t runs = pattern->block_count / length;
	uint64_t seed = random_mix_seed(pattern->seed, STREAM_PASSES);

	if (pattern->kind == PATTERN_MAPPED) {
		block_map_clear(&pattern->map);
		return;
	}
	runs += pattern->block_count % length > 0;
	block_walk_init(&pattern->walk, runs, random_mix_seed(seed, pattern->pass));
	if (pattern->pass == 0)
		block_walk_skip(&pattern->walk, pattern->visited_blocks);
}

static void init_random(
	struct pattern *pattern, struct arena *arena, const struct pattern_spec *spec)
{
	pattern->block_count = block_count_of(spec);
	if (pattern->block_count == 0) {
		/* No I/O fits: sequential in an empty region says so each time. */
		pattern->kind = PATTERN_SEQUENTIAL;
		pattern->end_offset = pattern->first_offset;
		return;
	}
	pattern->each_block_once =
		spec->each_block_once && spec->distribution.kind == DISTRIBUTION_UNIFORM;
	pattern->sequence_length = spec->sequence_length > 1 ? spec->sequence_length : 1;
	pattern->repeats = spec->repeats && pattern->sequence_length > 1;
	pattern->sequential_bytes = spec->sequential_bytes;
	pattern->unit_bytes = spec->block_bytes;
	if (is_mapped(spec))
		block_map_init(&pattern->map, arena, pattern->block_count);
	else if (pattern->each_block_once && !spec->repeats)
		pattern->unit_bytes *= pattern->sequence_length;
	for (unsigned i = 0; i < DATA_DIRECTION_COUNT; i++)
		pattern->random_limits[i] = ((uint64_t)spec->percentage_random[i] << 32) / 100;
	distribution_sampler_init(&pattern->sampler, arena, &spec->distribution,
		pattern->block_count, spec->block_bytes,
		random_mix_seed(spec->seed, STREAM_SCATTER));
}

struct pattern *pattern_new(struct arena *arena, const struct pattern_spec *spec)
{
	struct pattern *pattern = ARENA_NEW(arena, struct pattern);

	pattern->kind = kind_of(spec);
	pattern->seed = spec->seed;
	pattern->visited_blocks = spec->visited_blocks;
	pattern->first_offset = spec->region_offset;
	pattern->end_offset = spec->region_offset + spec->region_bytes;
	pattern->skip_bytes = spec->is_random ? 0 : spec->skip_bytes;
	pattern->file_bytes = spec->file_bytes;
	if (spec->is_random && pattern->kind != PATTERN_SEQUENTIAL)
		init_random(pattern, arena, spec);
	pattern_rewind(pattern);
	return pattern;
}

static void begin_direction(struct pattern *pattern, unsigned direction)
{
	pattern->positions[direction] = pattern->first_offset;
	pattern->last_starts[direction] = pattern->first_offset;
	pattern->sequence_left[direction] = 0;
}

static bool is_every_block_visited(const struct pattern *pattern)
{
	if (pattern->kind == PATTERN_MAPPED)
		return pattern->each_block_once && pattern->map.left == 0;
	return pattern->each_block_once && block_walk_is_over(&pattern->walk);
}

void pattern_restart(struct pattern *pattern)
{
	bool is_walk_over = is_every_block_visited(pattern);
	/* One with skips wraps by itself, and goes on where it is. */
	bool restarts_all = pattern->ended == 0 && !is_walk_over && pattern->skip_bytes == 0;

	if (pattern->kind == PATTERN_OTHER) {
		pattern->class->restart(pattern, false);
		return;
	}
	for (unsigned i = 0; i < DATA_DIRECTION_COUNT; i++) {
		if (restarts_all || pattern->ended & (1u << i))
			begin_direction(pattern, i);
	}
	pattern->ended = 0;
	if (pattern->each_block_once && (restarts_all || is_walk_over)) {
		pattern->pass++;
		begin_pass(pattern);
	}
}

void pattern_rewind(struct pattern *pattern)
{
	if (pattern->kind == PATTERN_OTHER) {
		pattern->class->restart(pattern, true);
		return;
	}
	for (unsigned i = 0; i < DATA_DIRECTION_COUNT; i++)
		begin_direction(pattern, i);
	pattern->ended = 0;
	pattern->pass = 0;
	random_init(&pattern->random, random_mix_seed(pattern->seed, STREAM_DRAWS));
	distribution_sampler_rewind(&pattern->sampler);
	if (pattern->each_block_once)
		begin_pass(pattern);
}

void pattern_move(struct pattern *pattern, const struct pattern_spec *spec)
{
	uint64_t map_count = pattern->map.count, count = block_count_of(spec);

	pattern->first_offset = spec->region_offset;
	pattern->end_offset = spec->region_offset + spec->region_bytes;
	pattern->block_count = count;
	for (unsigned i = 0; i < DATA_DIRECTION_COUNT; i++)
		begin_direction(pattern, i);
	pattern->pass++;
	if (pattern->each_block_once)
		begin_pass(pattern);
	if (count < map_count)
		(void)block_map_take(&pattern->map, count, map_count - count); /* all were free */
}

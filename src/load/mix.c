/* SPDX-License-Identifier: MIT */
/* Operations and sizes: what is set up once, and what is rare in the hot loop. */
#include "load/mix.h"

#include <assert.h>

enum mix_stream { STREAM_OPS = 1, STREAM_SIZES };

enum { DRAWS_LIMIT = 10000 };

static void init_range(struct mix_sizes *sizes, const struct block_size_spec *spec, uint64_t step)
{
	if (spec->min_bytes == spec->max_bytes) {
		sizes->fixed_bytes = spec->min_bytes;
		return;
	}
	sizes->range_min_bytes = spec->min_bytes;
	sizes->range_step_bytes = step != 0 ? step : spec->min_bytes;
	sizes->range_count = (spec->max_bytes - spec->min_bytes) / sizes->range_step_bytes + 1;
}

/* Entries of no share are left out, so that the last one can do without a limit. */
static void init_split(struct mix_sizes *sizes, const struct block_size_spec *spec)
{
	double sum = 0;
	double cumulative = 0;

	for (size_t i = 0; i < spec->share_count; i++)
		sum += spec->shares[i].percent;
	assert(sum > 0);
	for (size_t i = 0; i < spec->share_count; i++) {
		const struct block_size_share *share = &spec->shares[i];

		if (share->percent <= 0)
			continue;
		cumulative += share->percent;
		sizes->bytes[sizes->count] = share->bytes;
		sizes->limits[sizes->count] = (uint32_t)(cumulative / sum * UINT32_MAX);
		sizes->count++;
	}
	if (sizes->count == 1)
		sizes->fixed_bytes = sizes->bytes[0];
}

static enum io_op first_op(const struct mix_spec *spec)
{
	if (spec->is_composite)
		return spec->composite_op;
	for (unsigned i = 0; i < DATA_DIRECTION_COUNT; i++) {
		if (spec->does[i])
			return (enum io_op)i;
	}
	return IO_READ;
}

void mix_init(struct mix *mix, const struct mix_spec *spec)
{
	bool syncs = spec->fsync_interval > 0 || spec->fdatasync_interval > 0;

	*mix = (struct mix){
		.only_op = first_op(spec),
		.repeating_op = spec->is_trimwrite && !spec->writes_apart ? IO_WRITE : IO_OP_COUNT,
		.read_limit = ((uint64_t)spec->read_percent << 32) / 100,
		.reads_and_writes = spec->does[IO_READ] && spec->does[IO_WRITE],
		.is_trimwrite = spec->is_trimwrite,
		.writes_apart = spec->writes_apart,
		.fsync_interval = spec->fsync_interval,
		.fdatasync_interval = spec->fdatasync_interval,
	};
	if (mix->is_trimwrite || (syncs && spec->does[IO_WRITE]))
		mix->kind = MIX_ORDERED;
	else
		mix->kind = mix->reads_and_writes ? MIX_READ_WRITE : MIX_ONE_OP;
	mix_begin_pass(mix);
	random_init(&mix->op_random, random_mix_seed(spec->seed, STREAM_OPS));
	random_init(&mix->size_random, random_mix_seed(spec->seed, STREAM_SIZES));
	for (unsigned i = 0; i < DATA_DIRECTION_COUNT; i++) {
		const struct block_size_spec *sizes = &spec->block_sizes[i];

		if (sizes->share_count > 0)
			init_split(&mix->sizes[i], sizes);
		else
			init_range(&mix->sizes[i], sizes, spec->range_step_bytes);
	}
}

static enum io_op next_data_op(struct mix *mix)
{
	if (mix->is_trimwrite) {
		bool writes = mix->is_write_next;

		mix->is_write_next = !writes && !mix->writes_apart;
		return writes ? IO_WRITE : IO_TRIM;
	}
	if (mix->reads_and_writes)
		return mix_read_or_write(mix);
	return mix->only_op;
}

enum io_op mix_next_ordered_op(struct mix *mix)
{
	enum io_op op;

	if (mix->fsync_interval > 0 && mix->writes_since_fsync >= mix->fsync_interval) {
		mix->writes_since_fsync = 0;
		/* It did what an fdatasync that is due would do. */
		if (mix->writes_since_fdatasync >= mix->fdatasync_interval)
			mix->writes_since_fdatasync = 0;
		return IO_SYNC;
	}
	if (mix->fdatasync_interval > 0 && mix->writes_since_fdatasync >= mix->fdatasync_interval) {
		mix->writes_since_fdatasync = 0;
		return IO_DATASYNC;
	}
	op = next_data_op(mix);
	mix->writes_since_fsync += op == IO_WRITE || op == IO_COPY;
	mix->writes_since_fdatasync += op == IO_WRITE || op == IO_COPY;
	return op;
}

void mix_begin_pass(struct mix *mix)
{
	mix->last_starts[IO_TRIM] = mix->last_starts[IO_WRITE] = UINT64_MAX;
	mix->is_write_next = false;
}

void mix_note_place(struct mix *mix, enum io_op op, uint64_t offset)
{
	if (op != IO_TRIM && op != IO_WRITE)
		return;
	mix->last_starts[op] = offset;
	mix->is_write_next = mix->last_starts[IO_TRIM] != mix->last_starts[IO_WRITE];
}

uint32_t mix_draw_bytes(struct mix *mix, enum io_direction direction)
{
	const struct mix_sizes *sizes = &mix->sizes[direction];
	uint32_t share;
	uint32_t entry = 0;

	if (sizes->count == 0) {
		uint64_t steps = random_below(&mix->size_random, sizes->range_count);

		return sizes->range_min_bytes + (uint32_t)(steps * sizes->range_step_bytes);
	}
	share = (uint32_t)(random_next(&mix->size_random) >> 32);
	/* All limits are looked at: where to stop could not be predicted. */
	for (uint32_t i = 0; i + 1 < sizes->count; i++)
		entry += share >= sizes->limits[i];
	return sizes->bytes[entry];
}

uint32_t mix_smallest_bytes(const struct mix *mix, enum io_direction direction)
{
	const struct mix_sizes *sizes = &mix->sizes[direction];
	uint32_t smallest = sizes->fixed_bytes != 0 ? sizes->fixed_bytes : sizes->range_min_bytes;

	for (uint32_t i = 0; sizes->fixed_bytes == 0 && i < sizes->count; i++) {
		if (i == 0 || sizes->bytes[i] < smallest)
			smallest = sizes->bytes[i];
	}
	return smallest;
}

uint32_t mix_next_bytes_within(struct mix *mix, enum io_direction direction, uint64_t limit)
{
	/* Of a size that comes once in a million no more is asked. */
	for (int i = 0; i < DRAWS_LIMIT; i++) {
		uint32_t bytes = mix_next_bytes(mix, direction);

		if (bytes <= limit)
			return bytes;
	}
	return mix_smallest_bytes(mix, direction);
}

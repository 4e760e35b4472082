/* SPDX-License-Identifier: MIT */
/*
 * A plain job sends and measures what it would if it went the way of all other jobs: each case is
 * run both ways.
 */
#include <stdlib.h>

/* Before fake_worker.h: it has a `worker`, and these have arguments of that name. */
#include "run/worker_fill.h"
#include "run/worker_plain.h"

#include "fake_worker.h"
#include "test.h"

struct plain_case {
	enum job_rw mode;
	bool is_random, each_block_once, refills;
	unsigned depth, batch, loops, take_limit, blocks;
	unsigned io_blocks; /* io_size: its passes over the region end in the middle of it */
	uint64_t number_ios, extra_bytes, ramp_ns, rate; /* rate: I/Os a second */
	int short_at, error_at;
};

static const struct plain_case cases[] = {
	{.mode = RW_READ, .depth = 1, .batch = 1, .loops = 1, .blocks = 40},
	{.mode = RW_READ, .depth = 8, .batch = 4, .loops = 3, .blocks = 30},
	{.mode = RW_READ, .depth = 8, .batch = 8, .loops = 2, .blocks = 21, .extra_bytes = 512},
	{.mode = RW_READ, .is_random = true, .depth = 16, .batch = 5, .loops = 1, .blocks = 64},
	{.mode = RW_READ,
		.is_random = true,
		.each_block_once = true,
		.depth = 7,
		.batch = 3,
		.loops = 3,
		.blocks = 50},
	{.mode = RW_WRITE, .refills = true, .depth = 4, .batch = 2, .loops = 2, .blocks = 33},
	{.mode = RW_READWRITE,
		.is_random = true,
		.depth = 8,
		.batch = 4,
		.loops = 1,
		.blocks = 100},
	{.mode = RW_READWRITE, .refills = true, .depth = 8, .batch = 8, .loops = 2, .blocks = 40},
	{.mode = RW_READ, .depth = 8, .batch = 8, .loops = 1, .blocks = 64, .number_ios = 37},
	{.mode = RW_READ, .depth = 8, .batch = 8, .loops = 1, .blocks = 64, .take_limit = 3},
	{.mode = RW_READ, .depth = 8, .batch = 4, .loops = 1, .blocks = 64, .short_at = 11},
	{.mode = RW_READ, .depth = 8, .batch = 4, .loops = 1, .blocks = 64, .error_at = 13},
	{.mode = RW_READ, .depth = 4, .batch = 4, .loops = 2, .blocks = 24, .ramp_ns = 900},
	{.mode = RW_READWRITE, .depth = 8, .batch = 8, .loops = 2, .blocks = 13, .io_blocks = 150},
	{.mode = RW_READWRITE,
		.is_random = true,
		.each_block_once = true,
		.depth = 8,
		.batch = 3,
		.loops = 1,
		.blocks = 13,
		.io_blocks = 150},
	/* One slot. */
	{.mode = RW_READWRITE, .depth = 1, .batch = 1, .loops = 2, .blocks = 13, .io_blocks = 150},
	{.mode = RW_READ, .depth = 1, .batch = 1, .loops = 3, .blocks = 20, .extra_bytes = 512},
	{.mode = RW_READ,
		.is_random = true,
		.each_block_once = true,
		.depth = 1,
		.batch = 1,
		.loops = 3,
		.blocks = 20},
	{.mode = RW_READWRITE,
		.is_random = true,
		.refills = true,
		.depth = 1,
		.batch = 1,
		.loops = 2,
		.blocks = 60},
	{.mode = RW_WRITE,
		.refills = true,
		.depth = 1,
		.batch = 1,
		.loops = 2,
		.blocks = 30,
		.number_ios = 23},
	{.mode = RW_READ, .depth = 1, .batch = 1, .loops = 1, .blocks = 40, .short_at = 11},
	{.mode = RW_READ, .depth = 1, .batch = 1, .loops = 1, .blocks = 40, .error_at = 13},
	{.mode = RW_READ, .depth = 1, .batch = 1, .loops = 2, .blocks = 24, .ramp_ns = 9000},
	/* With a rate: 700 ns an I/O are faster than the first, and slower than the others. */
	{.mode = RW_READ, .depth = 1, .batch = 1, .loops = 2, .blocks = 24, .rate = 1000000},
	{.mode = RW_READ, .depth = 1, .batch = 1, .loops = 2, .blocks = 24, .rate = 100000000},
	{.mode = RW_READ,
		.depth = 1,
		.batch = 1,
		.loops = 2,
		.blocks = 24,
		.extra_bytes = 512,
		.number_ios = 31,
		.rate = 100000000},
	{.mode = RW_READ,
		.depth = 1,
		.batch = 1,
		.loops = 1,
		.blocks = 40,
		.short_at = 11,
		.rate = 100000000},
	{.mode = RW_READ,
		.depth = 1,
		.batch = 1,
		.loops = 1,
		.blocks = 40,
		.error_at = 13,
		.rate = 1000000},
	{.mode = RW_READ,
		.depth = 1,
		.batch = 1,
		.loops = 2,
		.blocks = 24,
		.ramp_ns = 9000,
		.rate = 1300000},
	{.mode = RW_WRITE,
		.is_random = true,
		.each_block_once = true,
		.refills = true,
		.depth = 1,
		.batch = 1,
		.loops = 3,
		.blocks = 20,
		.io_blocks = 50,
		.rate = 1500000},
	{.mode = RW_READ,
		.is_random = true,
		.depth = 1,
		.batch = 1,
		.loops = 2,
		.blocks = 24,
		.rate = 100000000},
	{.mode = RW_READ, .depth = 8, .batch = 4, .loops = 3, .blocks = 30, .rate = 20000000},
	{.mode = RW_READ,
		.is_random = true,
		.each_block_once = true,
		.depth = 7,
		.batch = 3,
		.loops = 3,
		.blocks = 50,
		.extra_bytes = 512,
		.rate = 30000000},
	{.mode = RW_WRITE,
		.refills = true,
		.depth = 4,
		.batch = 2,
		.loops = 2,
		.blocks = 33,
		.number_ios = 51,
		.rate = 50000000},
	{.mode = RW_READ,
		.depth = 8,
		.batch = 8,
		.loops = 1,
		.blocks = 64,
		.take_limit = 3,
		.rate = 50000000},
	{.mode = RW_READ,
		.depth = 4,
		.batch = 4,
		.loops = 2,
		.blocks = 24,
		.ramp_ns = 9000,
		.rate = 5000000},
	{.mode = RW_READ,
		.depth = 8,
		.batch = 4,
		.loops = 1,
		.blocks = 64,
		.error_at = 13,
		.rate = 5000000},
};

static void set_up_case(const struct plain_case *it)
{
	set_up(&fake_class, (uint64_t)it->blocks * BLOCK + it->extra_bytes);
	script.submit_ns = 100;
	script.service_ns = 700;
	script.take_limit = it->take_limit;
	script.short_at = it->short_at;
	script.error_at = it->error_at;
	script.error = EIO;
	region.is_random = it->is_random;
	region.each_block_once = it->each_block_once;
	job.rw.mode = it->mode;
	job.iodepth = it->depth;
	job.iodepth_batch_submit = it->batch;
	job.iodepth_batch_complete_min = it->batch;
	job.refill_buffers = it->refills;
	job.number_ios = it->number_ios;
	job.ramp_time_ns = it->ramp_ns;
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++)
		job.rate_iops.value[i] = it->rate;
	worker.task.pass_count = it->loops;
	if (it->io_blocks != 0) {
		worker.task.pass_bytes = (uint64_t)it->io_blocks * BLOCK;
		worker.task.wraps = true;
	}
}

/* What it sent and what it measured. */
struct outcome_copy {
	struct script script;
	struct worker_direction directions[2]; /* without their pointers */
	struct histogram histograms[2][5];
	uint64_t submitted, reaped, ended_ns, pacing_ns;
	uint64_t looks[2]; /* that found nothing, and one */
	double depth_integral;
	struct random content; /* how much of it buffers were filled with */
	int error;
};

static void copy_direction(struct outcome_copy *copy, int i, const struct worker_direction *from)
{
	struct worker_direction *into = &copy->directions[i];

	copy->histograms[i][0] = *from->lat;
	copy->histograms[i][1] = *from->clat;
	copy->histograms[i][2] = *from->slat;
	copy->histograms[i][3] = *from->lag;
	copy->histograms[i][4] = *from->service;
	*into = *from;
	into->lat = into->clat = into->slat = into->lag = into->service = NULL;
}

static struct outcome_copy *run_case(const struct plain_case *it, bool is_plain)
{
	struct outcome_copy *copy = calloc(1, sizeof(*copy));
	const struct worker_measurement *measurement;

	assert_non_null(copy);
	set_up_case(it);
	assert_int_equal(worker_prepare(&worker), 0);
	assert_int_equal(worker.loop.is_plain, it->rate == 0);
	assert_int_equal(worker.loop.is_plain_due, it->rate != 0 && it->depth == 1);
	assert_ptr_not_equal(worker.loop.fill, worker_fill);
	if (!is_plain) {
		worker.loop.is_plain = worker.loop.is_plain_due = false;
		worker.loop.fill = worker_fill;
	}
	worker_run(&worker);
	measurement = worker.loop.measurement;
	copy->script = script;
	for (int i = 0; i < 2; i++)
		if (job_does(&job, (enum io_direction)i))
			copy_direction(copy, i, &measurement->directions[i]);
	copy->submitted = measurement->submitted;
	copy->reaped = measurement->reaped;
	copy->ended_ns = measurement->ended_ns;
	copy->pacing_ns = measurement->pacing_ns;
	memcpy(copy->looks, measurement->reap_sizes, sizeof(copy->looks));
	copy->depth_integral = measurement->depth_integral;
	copy->content = worker.loop.payload.random;
	copy->error = worker.outcome.error;
	tear_down();
	return copy;
}

TEST(plain_jobs_do_and_measure_what_others_would)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct outcome_copy *plain = run_case(&cases[i], true);
		struct outcome_copy *other = run_case(&cases[i], false);

		assert_true(plain->directions[0].ios + plain->directions[1].ios >= 12);
		if (memcmp(plain, other, sizeof(*plain)) != 0)
			fail_msg("case %zu: sent %u and %u, read %llu and %llu", i,
				plain->script.taken, other->script.taken,
				(unsigned long long)plain->directions[0].ios,
				(unsigned long long)other->directions[0].ios);
		free(plain);
		free(other);
	}
}

static bool is_plain_now(void)
{
	bool is_plain;

	assert_int_equal(worker_prepare(&worker), 0);
	is_plain = worker.loop.is_plain;
	tear_down();
	return is_plain;
}

/* From a job that is plain, each by one thing that it is asked for. */
TEST(what_asks_something_of_each_io_is_not_plain)
{
	set_up(&fake_class, 64 * BLOCK);
	assert_true(is_plain_now());
	set_up(&fake_class, 64 * BLOCK);
	job.block_sizes.of[DIRECTION_READ].max_bytes = 2 * BLOCK;
	region.largest_io_bytes = 2 * BLOCK;
	assert_false(is_plain_now());
	set_up(&fake_class, 64 * BLOCK);
	job.rw.mode = RW_READWRITE;
	job.block_sizes.of[DIRECTION_WRITE].min_bytes = 2 * BLOCK;
	job.block_sizes.of[DIRECTION_WRITE].max_bytes = 2 * BLOCK;
	region.largest_io_bytes = 2 * BLOCK;
	assert_false(is_plain_now());
	set_up(&fake_class, 64 * BLOCK);
	job.rw.mode = RW_TRIM;
	assert_false(is_plain_now());
	set_up(&fake_class, 64 * BLOCK);
	job.rw.mode = RW_WRITE;
	job.fsync = 4;
	assert_false(is_plain_now());
	set_up(&fake_class, 64 * BLOCK);
	job.rate_iops.value[DIRECTION_READ] = 1000;
	assert_false(is_plain_now());
	set_up(&fake_class, 64 * BLOCK);
	rare.latency.max_ns[DIRECTION_READ] = 1000;
	assert_false(is_plain_now());
	set_up(&fake_class, 64 * BLOCK);
	region.skip_bytes = BLOCK;
	assert_false(is_plain_now());
}

TEST_MAIN(NULL, NULL);

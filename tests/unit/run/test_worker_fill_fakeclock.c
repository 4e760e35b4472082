/* SPDX-License-Identifier: MIT */
/* How a job ends: amounts, time, errors, I/O that never comes back. */
#include <sys/sysmacros.h>

#include "fake_worker.h"
#include "test.h"

TEST(the_ramp_is_thrown_away)
{
	const struct worker_direction *read;

	set_up(&fake_sync_class, 4 * BLOCK);
	script.submit_ns = 100;
	job.ramp_time_ns = 1000;
	read = run(DIRECTION_READ);
	assert_int_equal(script.taken, 14); /* ten in the ramp */
	assert_int_equal(read->ios, 4);
	assert_int_equal(worker.loop.measurement->started_ns, 1001000);
	assert_int_equal(worker.loop.measurement->syscalls, 8);
	tear_down();
}

TEST(runtime_ends_a_time_based_job_and_drains)
{
	const struct worker_direction *read;

	set_up(&fake_class, 4 * BLOCK);
	worker.task.pass_bytes = UINT64_MAX;
	worker.task.wraps = true;
	job.runtime_ns = 10000;
	job.iodepth = 2;
	job.iodepth_batch_submit = 2;
	job.iodepth_batch_complete_min = 2;
	script.service_ns = 3000;
	read = run(DIRECTION_READ);
	/* Rounds end at 3, 6, 9 and 12 us: the last was sent before the deadline. */
	assert_int_equal(read->ios, 8);
	assert_int_equal(
		worker.loop.measurement->ended_ns - worker.loop.measurement->started_ns, 12000);
	assert_int_equal(
		worker.loop.measurement->early_reaped, 2); /* seen at 3 us, past the fifth */
	assert_int_equal(script.offsets[4], 0);            /* the region starts over */
	tear_down();
}

TEST(the_tail_of_a_region_is_left_alone)
{
	const struct worker_direction *read;

	set_up(&fake_sync_class, 2 * BLOCK + 2048);
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 2);
	tear_down();
}

TEST(loops_and_number_ios_and_io_size_bound_the_work)
{
	const struct worker_direction *read;

	set_up(&fake_sync_class, 4 * BLOCK);
	worker.task.pass_count = 3;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 12);
	tear_down();

	set_up(&fake_sync_class, 4 * BLOCK);
	job.number_ios = 3;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 3);
	tear_down();

	set_up(&fake_sync_class, 4 * BLOCK);
	worker.task.pass_bytes = 10 * BLOCK; /* io_size beyond size */
	worker.task.wraps = true;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 10);
	tear_down();
}

TEST(number_ios_counts_for_each_loop)
{
	set_up(&fake_sync_class, 4 * BLOCK);
	job.number_ios = 2;
	worker.task.pass_count = 5;
	assert_int_equal(run(DIRECTION_READ)->ios, 10);
	tear_down();

	set_up(&fake_sync_class, 4 * BLOCK);
	job.number_ios = UINT64_MAX / 2;
	worker.task.pass_count = 3;
	assert_int_equal(run(DIRECTION_READ)->ios, 12);
	tear_down();
}

/* Of two sizes the smaller one fills what the larger one leaves: 10 blocks are done in any case. */
TEST(blocks_of_several_sizes_fill_the_region)
{
	for (unsigned seed = 1; seed <= 20; seed++) {
		const struct worker_direction *read;
		uint64_t end = 0;

		set_up(&fake_sync_class, 10 * BLOCK + 512);
		job.randseed = seed;
		job.block_sizes.of[DIRECTION_READ] = (struct block_size_spec){
			.min_bytes = BLOCK,
			.max_bytes = 4 * BLOCK,
			.share_count = 2,
			.shares = (const struct block_size_share[]){{4 * BLOCK, 90}, {BLOCK, 10}},
		};
		region.largest_io_bytes = 4 * BLOCK;
		worker.task.pass_count = 2;
		read = run(DIRECTION_READ);
		assert_int_equal(read->bytes, 2 * 10 * BLOCK);
		assert_in_range(read->ios, 2 * 4, 2 * 10);
		for (unsigned i = 0; i < read->ios; i++) {
			assert_int_equal(script.offsets[i], end % (10 * BLOCK));
			end += script.lengths[i];
		}
		tear_down();
	}
}

/* Reads, writes, and trims with the writes that repeat them: each block of every pass once. */
TEST(random_blocks_of_several_sizes_visit_each_once)
{
	enum { PASSES = 3, BLOCKS = 50 };
	static const enum job_rw modes[] = {RW_RANDREAD, RW_RANDRW, RW_RANDTRIMWRITE};

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		unsigned visits[DIRECTION_COUNT][BLOCKS + 1] = {0};

		set_up(&fake_class, BLOCKS * BLOCK + 512);
		job.rw.mode = modes[i];
		job.iodepth = 4;
		for (int k = 0; k < DATA_DIRECTION_COUNT; k++) {
			region.percentage_random[k] = 100;
			job.block_sizes.of[k].max_bytes = 4 * BLOCK;
		}
		region.is_random = region.each_block_once = region.has_several_sizes = true;
		region.largest_io_bytes = 4 * BLOCK;
		worker.task.pass_count = PASSES;
		worker.task.pass_bytes *= 1 + (modes[i] == RW_RANDTRIMWRITE);
		run(DIRECTION_READ);
		assert_true(script.taken < 256);
		for (unsigned k = 0; k < script.taken; k++) {
			for (uint32_t at = 0; at < script.lengths[k]; at += BLOCK)
				visits[script.ops[k]][(script.offsets[k] + at) / BLOCK]++;
		}
		for (unsigned k = 0; k <= BLOCKS; k++) {
			unsigned once = k < BLOCKS ? PASSES : 0;

			assert_int_equal(visits[IO_READ][k] + visits[IO_WRITE][k], once);
			if (modes[i] == RW_RANDTRIMWRITE)
				assert_int_equal(visits[IO_TRIM][k], once);
		}
		tear_down();
	}
}

TEST(an_interrupted_call_is_made_again)
{
	const struct worker_direction *read;

	set_up(&fake_sync_class, 4 * BLOCK);
	script.error_at = 2;
	script.error = EINTR;
	script.submit_ns = 100;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 4);
	assert_int_equal(script.taken, 5);
	assert_int_equal(script.offsets[2], script.offsets[1]);
	assert_int_equal(read->lat->summary.max_ns, 200); /* from its first stamp */
	assert_int_equal(worker.outcome.error, 0);
	tear_down();
}

/* As of libaio on a pipe: only a stop makes it nobody's fault. */
TEST(an_asynchronous_io_that_a_stop_breaks_off_is_dropped)
{
	for (int stops = 0; stops < 2; stops++) {
		const struct worker_direction *read;

		set_up(&fake_class, 4 * BLOCK);
		script.error_at = 1;
		script.error = EINTR;
		worker.must_stop = stops;
		read = run(DIRECTION_READ);
		assert_int_equal(read->ios, 0);
		assert_int_equal(worker.outcome.error, stops ? 0 : EINTR);
		assert_int_equal(read->errors[0].count, stops ? 0 : 1);
		tear_down();
	}
}

TEST(short_reads_are_counted_with_their_bytes)
{
	const struct worker_direction *read;

	set_up(&fake_sync_class, 4 * BLOCK);
	script.short_at = 4;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 4);
	assert_int_equal(read->short_ios, 1);
	assert_int_equal(read->bytes, 3 * BLOCK + BLOCK / 2);
	tear_down();
}

/* /dev/zero answers a signal with what it has: the target moved no fewer bytes than asked. */
TEST(a_read_that_the_end_makes_short_is_broken_off)
{
	const struct worker_direction *read;

	set_up(&fake_sync_class, 4 * BLOCK);
	script.short_at = 4;
	script.nudged_worker = &worker;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 3);
	assert_int_equal(read->short_ios, 0);
	assert_int_equal(read->bytes, 3 * BLOCK);
	assert_int_equal(read->unsent, 1);
	assert_int_equal(read->lat->summary.count, 3);
	assert_int_equal(worker.outcome.error, 0);
	tear_down();
}

TEST(a_block_device_that_answers_nothing_is_gone)
{
	const struct worker_direction *read;

	set_up(&fake_sync_class, 4);
	script.short_at = 2;
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++)
		job.block_sizes.of[i].min_bytes = job.block_sizes.of[i].max_bytes = 1;
	region.block_bytes = region.largest_io_bytes = 1; /* half of it is 0 bytes */
	assert_int_equal(worker_prepare(&worker), 0);
	target.kind = TARGET_BLOCK;
	worker_run(&worker);
	read = &worker.loop.measurement->directions[DIRECTION_READ];
	assert_int_equal(read->ios, 1);
	assert_int_equal(worker.outcome.error, ENODEV);
	tear_down();
}

/* What a kernel that takes a device away says of its I/O; sysfs does not have this one any more. */
TEST(errors_of_a_block_device_that_is_gone_say_so)
{
	static const struct {
		int error;
		int told;
	} cases[] = {
		{EIO, ENODEV}, {ENOSPC, ENODEV}, {ENXIO, ENODEV}, {ENOLINK, ENODEV},
		{ENODATA, ENODATA}, /* a medium error is none of a drive that is gone */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct worker_direction *read;

		set_up(&fake_sync_class, 4 * BLOCK);
		script.error_at = 2;
		script.error = cases[i].error;
		assert_int_equal(worker_prepare(&worker), 0);
		target.kind = TARGET_BLOCK;
		target.device = makedev(4095, 77);
		worker_run(&worker);
		read = &worker.loop.measurement->directions[DIRECTION_READ];
		assert_int_equal(worker.outcome.error, cases[i].told);
		assert_int_equal(read->errors[0].error, cases[i].told);
		tear_down();
	}
}

TEST(io_that_never_comes_back_is_told_of)
{
	set_up(&fake_class, 8 * BLOCK);
	job.iodepth = 4;
	script.never_completes = true;
	script.stopped_worker = &worker;
	worker.must_stop = true;
	(void)run(DIRECTION_READ);
	assert_int_equal(worker.outcome.error, ETIMEDOUT);
	assert_non_null(strstr(worker.outcome.error_message, "never came back"));
	assert_int_equal(worker.outcome.unreturned.ios, script.taken);
	assert_true(script.taken > 0);
	assert_int_equal(worker.outcome.unreturned.oldest_ns, clock_fake_ns - script.sent_ns[0]);
	tear_down();
}

TEST(fsync_comes_after_its_interval_and_is_counted_apart)
{
	const struct worker_direction *sync;

	set_up(&fake_sync_class, 6 * BLOCK);
	job.rw.mode = RW_WRITE;
	job.fsync = 2;
	script.submit_ns = 50;
	sync = run(DIRECTION_SYNC);
	assert_int_equal(sync->ios, 2); /* after the last write there is nothing to sync before */
	assert_int_equal(sync->lat->summary.count, 2);
	assert_int_equal(worker.loop.measurement->directions[DIRECTION_WRITE].ios, 6);
	assert_int_equal(script.ops[2], IO_SYNC);
	tear_down();
}

static struct target files[4];
static struct pattern_spec regions[4];

static void use_four_files(enum job_rw mode)
{
	set_up(&fake_class, 0);
	job.rw.mode = mode;
	for (unsigned i = 0; i < 4; i++) {
		files[i] = target;
		regions[i] = region;
		regions[i].region_bytes = 1000 * i; /* the first is empty */
	}
	worker.task.targets = files;
	worker.task.regions = regions;
	worker.task.target_count = 4;
	worker.task.pass_bytes = UINT64_MAX;
}

TEST(whole_files_are_taken_once_each)
{
	const struct worker_direction *read;

	use_four_files(RW_OPENREAD);
	worker.task.pass_count = 3;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 12);
	assert_int_equal(read->bytes, 3 * 6000);
	assert_int_equal(read->short_ios, 0);
	assert_int_equal(script.ops[0], IO_OPEN_READ);
	assert_true(worker.loop.buffer_bytes >= 3000);
	tear_down();
}

TEST(a_stat_moves_no_bytes)
{
	const struct worker_direction *read;

	use_four_files(RW_STAT);
	job.file_service_type.kind = FILE_SERVICE_RANDOM;
	job.number_ios = 3;
	worker.task.pass_count = 2;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 6);
	assert_int_equal(read->bytes, 0);
	tear_down();
}

TEST(the_last_block_of_a_copy_ends_where_the_source_does)
{
	const struct worker_direction *write;

	use_four_files(RW_COPY);
	worker.task.pair_count = 2;
	regions[0].region_bytes = regions[2].region_bytes = 2 * BLOCK + 5;
	regions[1].region_bytes = regions[3].region_bytes = BLOCK;
	worker.task.pass_bytes = 3 * BLOCK + 5;
	job.fsync = 2;
	write = run(DIRECTION_WRITE);
	assert_int_equal(write->ios, 4);
	assert_int_equal(write->bytes, 3 * BLOCK + 5);
	assert_int_equal(write->short_ios, 0);
	assert_int_equal(worker.loop.measurement->directions[DIRECTION_SYNC].ios, 1);
	assert_true(worker.loop.last_written >= 2); /* it is the destination that is synced */
	tear_down();
}

/* Four I/Os of one block, one after the other; with other blocks they would all be in flight. */
TEST(overlapping_ios_wait_for_each_other)
{
	for (int serializes = 0; serializes < 2; serializes++) {
		const struct worker_direction *write;

		set_up(&fake_class, 4 * BLOCK);
		job.rw = (struct job_rw_value){RW_WRITE, -BLOCK};
		rare.access.serialize_overlap = serializes;
		job.iodepth = job.iodepth_batch_submit = 4;
		worker.task.regions[0].skip_bytes = -BLOCK;
		worker.task.regions[0].file_bytes = 4 * BLOCK;
		script.service_ns = 1000;
		write = run(DIRECTION_WRITE);
		assert_int_equal(write->ios, 4);
		assert_int_equal(script.offsets[3], 0);
		assert_int_equal(script.most_in_flight, serializes ? 1 : 4);
		tear_down();
	}
}

TEST(ios_that_do_not_overlap_are_not_held)
{
	set_up(&fake_class, 8 * BLOCK);
	job.rw.mode = RW_WRITE;
	rare.access.serialize_overlap = true;
	job.iodepth = job.iodepth_batch_submit = 4;
	script.service_ns = 1000;
	assert_int_equal(run(DIRECTION_WRITE)->ios, 8);
	assert_int_equal(script.most_in_flight, 4);
	tear_down();
}

TEST(an_io_that_is_held_at_the_deadline_is_dropped)
{
	set_up(&fake_class, 4 * BLOCK);
	job.rw = (struct job_rw_value){RW_WRITE, -BLOCK};
	rare.access.serialize_overlap = true;
	job.iodepth = job.iodepth_batch_submit = 4;
	job.runtime_ns = 2500;
	worker.task.regions[0].skip_bytes = -BLOCK;
	worker.task.regions[0].file_bytes = 4 * BLOCK;
	worker.task.pass_bytes = UINT64_MAX;
	worker.task.wraps = true;
	script.service_ns = 1000;
	assert_int_equal(run(DIRECTION_WRITE)->ios, 3);
	assert_null(worker.loop.overlap.held);
	assert_int_equal(worker.loop.idle_count, 4);
	tear_down();
}

TEST_MAIN(NULL, NULL);

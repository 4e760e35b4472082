/* SPDX-License-Identifier: MIT */
/* What the hot loop measures: latencies, depths, batches. */
#include "fake_worker.h"
#include "test.h"

TEST(lat_of_a_synchronous_engine_is_its_submission)
{
	const struct worker_direction *read;

	set_up(&fake_sync_class, 10 * BLOCK);
	script.submit_ns = 700;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 10);
	assert_int_equal(read->bytes, 10 * BLOCK);
	assert_int_equal(read->lat->summary.min_ns, 700);
	assert_int_equal(read->lat->summary.max_ns, 700);
	assert_int_equal(read->lat->summary.count, 10);
	assert_int_equal(read->slat->summary.count, 0);
	assert_int_equal(
		worker.loop.measurement->ended_ns - worker.loop.measurement->started_ns, 7000);
	tear_down();
}

TEST(lat_starts_before_the_submission)
{
	const struct worker_direction *read;

	set_up(&fake_class, 8 * BLOCK);
	job.iodepth = 4;
	job.iodepth_batch_submit = 4;
	job.iodepth_batch_complete_min = 4;
	script.submit_ns = 300; /* a submission that blocks cannot hide */
	script.service_ns = 1000;
	read = run(DIRECTION_READ);
	assert_int_equal(read->lat->summary.count, 8);
	assert_int_equal(read->lat->summary.min_ns, 1300);
	assert_int_equal(read->lat->summary.max_ns, 1300);
	assert_int_equal(read->slat->summary.min_ns, 300);
	assert_int_equal(read->slat->summary.max_ns, 300);
	assert_int_equal(read->clat->summary.min_ns, 1000);
	assert_int_equal(read->clat->summary.max_ns, 1000);
	assert_int_equal(script.submit_calls, 2);
	assert_int_equal(worker.loop.measurement->depths[4], 8);
	assert_int_equal(worker.loop.measurement->submit_sizes[4], 2);
	assert_int_equal(worker.loop.measurement->reap_sizes[4], 2);
	assert_int_equal(worker.loop.measurement->stamped_submit_ns, 600);
	assert_int_equal(worker.loop.measurement->stamped_turn_ns, 2600);
	tear_down();
}

TEST(waiting_for_a_batch_counts_until_the_batch_is_seen)
{
	const struct worker_direction *read;

	set_up(&fake_class, 2 * BLOCK);
	job.iodepth = 2;
	job.iodepth_batch_submit = 1;
	job.iodepth_batch_complete_min = 2;
	script.submit_ns = 100;
	script.service_ns = 1000;
	read = run(DIRECTION_READ);
	/* Sent at 0 and 100, done at 1100 and 1200, both seen at 1200. */
	assert_int_equal(read->lat->summary.max_ns, 1200);
	assert_int_equal(read->lat->summary.min_ns, 1100);
	tear_down();
}

TEST(without_a_batch_each_is_seen_when_it_is_done)
{
	const struct worker_direction *read;

	set_up(&fake_class, 2 * BLOCK);
	job.iodepth = 2;
	job.iodepth_batch_submit = 1;
	job.iodepth_batch_complete_min = 1;
	script.submit_ns = 100;
	script.service_ns = 1000;
	read = run(DIRECTION_READ);
	assert_int_equal(read->lat->summary.min_ns, 1100);
	assert_int_equal(read->lat->summary.max_ns, 1100);
	tear_down();
}

TEST(a_slot_the_engine_did_not_take_keeps_its_first_stamp)
{
	const struct worker_direction *read;

	set_up(&fake_class, 4 * BLOCK);
	job.iodepth = 4;
	job.iodepth_batch_submit = 4;
	job.iodepth_batch_complete_min = 1;
	script.take_limit = 2;
	script.submit_ns = 100;
	script.service_ns = 1000;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 4);
	/* Drawn at 0, taken by the second call which ends at 200: done at 1200. */
	assert_int_equal(read->lat->summary.max_ns, 1200);
	assert_int_equal(read->lat->summary.min_ns, 1100);
	tear_down();
}

TEST(depth_is_reached_and_averaged_over_time)
{
	set_up(&fake_class, 64 * BLOCK);
	job.iodepth = 8;
	job.iodepth_batch_submit = 8;
	job.iodepth_batch_complete_min = 8;
	script.service_ns = 1000;
	(void)run(DIRECTION_READ);
	assert_int_equal(script.most_in_flight, 8);
	assert_int_equal(worker.loop.measurement->depths[8], 64);
	assert_float_equal(worker.loop.measurement->depth_integral / 8000.0, 8.0, 1e-9);
	tear_down();
}

/* Two at a time into a queue of five, and no more than three back at once. */
TEST(depths_and_batches_are_counted_as_they_were)
{
	const struct worker_measurement *m;
	uint64_t ios = 0, submitted = 0, reaped = 0;

	set_up(&fake_class, 11 * BLOCK);
	job.iodepth = 5;
	job.iodepth_batch_submit = 2;
	job.iodepth_batch_complete_min = 1;
	job.iodepth_batch_complete_max = 3;
	script.service_ns = 1000;
	(void)run(DIRECTION_READ);
	m = worker.loop.measurement;
	assert_int_equal(m->tally_limit, 7);
	/* 2, 4, then 5: three come back, and two are sent at 4 again. */
	assert_int_equal(m->depths[2], 2);
	for (unsigned i = 0; i < m->tally_limit; i++) {
		ios += m->depths[i];
		submitted += i * m->submit_sizes[i];
		reaped += i * m->reap_sizes[i];
	}
	assert_int_equal(ios, 11);
	assert_int_equal(submitted, 11);
	assert_int_equal(reaped, 11);
	assert_int_equal(m->submit_sizes[2], 4); /* and where one room was left, one */
	assert_int_equal(m->submit_sizes[1], 3);
	assert_int_equal(m->reap_sizes[4] + m->reap_sizes[5], 0);
	assert_true(m->reap_sizes[3] > 0);
	assert_true(m->reap_sizes[0] > 0); /* looked at before the queue was full */
	tear_down();
}

TEST(iodepth_low_lets_the_queue_run_down_first)
{
	set_up(&fake_class, 16 * BLOCK);
	job.iodepth = 8;
	job.iodepth_low = 2;
	job.iodepth_batch_submit = 8;
	job.iodepth_batch_complete_min = 1;
	job.iodepth_batch_complete_max = 1;
	script.service_ns = 1000;
	(void)run(DIRECTION_READ);
	/* 8 sent, reaped down to 2, 6 sent, down to 2, 2 sent. */
	assert_int_equal(script.submit_calls, 3);
	tear_down();
}

/* Of a wave: however late a CPU was free for this one, its window is that of the others. */
TEST(a_common_start_is_the_windows)
{
	set_up(&fake_sync_class, UINT64_MAX);
	region.region_bytes = 1 << 20;
	worker.task.wraps = true;
	job.runtime_ns = 10000;
	script.submit_ns = 1000;
	worker.task.start_ns = clock_fake_ns - 4000;
	(void)run(DIRECTION_READ);
	assert_int_equal(worker.loop.measurement->started_ns, worker.task.start_ns);
	assert_int_equal(worker.loop.measurement->ended_ns, worker.task.start_ns + 10000);
	assert_int_equal(worker.loop.measurement->directions[DIRECTION_READ].ios, 6);
	tear_down();
}

TEST(a_common_start_is_the_ramps)
{
	set_up(&fake_sync_class, UINT64_MAX);
	region.region_bytes = 1 << 20;
	worker.task.wraps = true;
	job.ramp_time_ns = 5000;
	job.runtime_ns = 10000;
	script.submit_ns = 1500;
	worker.task.start_ns = clock_fake_ns - 2000;
	(void)run(DIRECTION_READ);
	assert_int_equal(worker.loop.measurement->started_ns, worker.task.start_ns + 5000);
	assert_in_range(worker.loop.measurement->ended_ns, worker.task.start_ns + 15000,
		worker.task.start_ns + 16500);
	tear_down();
}

TEST(one_that_is_stopped_in_its_ramp_has_no_window)
{
	set_up(&fake_sync_class, UINT64_MAX);
	region.region_bytes = 1 << 20;
	job.ramp_time_ns = 1000000;
	job.runtime_ns = 1000000;
	script.submit_ns = 1000;
	worker.must_stop = true;
	assert_int_equal(worker_prepare(&worker), 0);
	worker_run(&worker);
	assert_int_equal(worker.outcome.measurement->started_ns, 0);
	assert_int_equal(worker.outcome.measurement->ended_ns, 0);
	assert_int_equal(worker.outcome.measurement->reaped, 0);
	tear_down();
}

/* Calls that are combined: one in 64 is apart, then one in 512. */
static void set_up_combining(uint64_t bytes)
{
	static struct engine_class combining;

	combining = fake_class;
	combining.traits |= ENGINE_COMBINES_CALLS;
	set_up(&combining, bytes);
	script.submit_ns = 1000;
}

TEST(a_sample_of_submissions_grows_thinner)
{
	const struct worker_direction *read;

	set_up_combining(70000ull * BLOCK);
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 70000);
	assert_int_equal(read->slat->summary.count, 65536 / 64 + 1 + (70000 - 65536) / 512);
	tear_down();
}

TEST(a_window_behind_a_long_ramp_has_a_sample)
{
	const struct worker_direction *read;

	set_up_combining(100 * BLOCK);
	job.ramp_time_ns = 70000 * 1000;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 100);
	assert_int_equal(read->slat->summary.count, 2);
	tear_down();
}

TEST_MAIN(NULL, NULL);

/* SPDX-License-Identifier: MIT */
/* covers: src/run/worker_goal.c */
/* Latencies that end a job, and a target that sets its depth: a device that takes 1 us for each
 * I/O in turn, so that latency is the depth in us. */
#include "fake_worker.h"
#include "test.h"

enum { SERVICE_NS = 1000, WINDOW_NS = 1000000 };

static void set_up_target(uint64_t target_ns)
{
	set_up(&fake_class, 4 * BLOCK);
	worker.task.pass_bytes = UINT64_MAX;
	worker.task.wraps = true;
	job.iodepth = 32;
	job.iodepth_low = 32;
	job.iodepth_batch_submit = 1;
	job.iodepth_batch_complete_min = 1;
	job.runtime_ns = 1000 * (uint64_t)WINDOW_NS;
	rare.latency = (struct job_latency){
		.target_ns = target_ns, .window_ns = WINDOW_NS, .percentile = 100};
	script.serial_ns = SERVICE_NS;
}

TEST(the_window_is_at_the_largest_depth_within_the_target)
{
	const struct worker_direction *read;

	set_up_target(10 * SERVICE_NS + 500);
	read = run(DIRECTION_READ);
	assert_int_equal(worker.outcome.latency.depth, 10);
	assert_true(worker.outcome.latency.is_met);
	assert_int_equal(script.most_in_flight, 16); /* 1, 2, 4, 8, 16: that failed */
	assert_int_equal(read->lat->summary.max_ns, 10 * SERVICE_NS);
	assert_in_range(read->ios, WINDOW_NS / SERVICE_NS, WINDOW_NS / SERVICE_NS + 10);
	assert_in_range(worker.loop.measurement->ended_ns - worker.loop.measurement->started_ns,
		WINDOW_NS, WINDOW_NS + 20 * SERVICE_NS);
	assert_int_equal(worker.outcome.error, 0);
	assert_int_equal(worker.loop.idle_count, 10); /* all are back, and the others parked */
	tear_down();
}

TEST(a_target_that_holds_at_iodepth_leaves_it)
{
	set_up_target(100 * SERVICE_NS);
	(void)run(DIRECTION_READ);
	assert_int_equal(worker.outcome.latency.depth, 32);
	assert_int_equal(script.most_in_flight, 32);
	tear_down();
}

TEST(some_may_be_slower_where_the_percentile_says_so)
{
	set_up_target(10 * SERVICE_NS + 500);
	rare.latency.percentile = 0.5; /* the first 10 of each burst */
	(void)run(DIRECTION_READ);
	assert_true(worker.outcome.latency.depth > 10);
	tear_down();
}

TEST(one_in_flight_that_is_too_slow_fails_the_job)
{
	set_up_target(SERVICE_NS / 2);
	(void)run(DIRECTION_READ);
	assert_int_equal(worker.outcome.error, ETIMEDOUT);
	assert_non_null(strstr(worker.outcome.error_message, "slower than latency_target=500ns"));
	assert_int_equal(worker.outcome.measurement->started_ns, 0); /* there was no window */
	tear_down();
	set_up_target(SERVICE_NS / 2);
	rare.latency.percentile = 99; /* then it is only said */
	(void)run(DIRECTION_READ);
	assert_int_equal(worker.outcome.error, 0);
	assert_int_equal(worker.outcome.latency.depth, 1);
	assert_false(worker.outcome.latency.is_met);
	tear_down();
}

TEST(the_search_ends_with_the_runtime)
{
	set_up_target(100 * SERVICE_NS);
	job.runtime_ns = 3 * WINDOW_NS + WINDOW_NS / 2;
	(void)run(DIRECTION_READ);
	assert_int_equal(worker.outcome.latency.depth, 8);
	assert_int_equal(script.most_in_flight, 8);
	tear_down();
}

/* latency_run: no I/O is thrown away, and the depth follows the load. */
TEST(the_depth_changes_until_the_end)
{
	const struct worker_direction *read;

	set_up_target(10 * SERVICE_NS + 500);
	rare.latency.runs_on = true;
	job.runtime_ns = 30 * WINDOW_NS;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, script.taken);
	assert_in_range(worker.outcome.latency.depth, 10, 11);
	assert_int_equal(script.most_in_flight, 16);
	assert_int_equal(read->lat->summary.max_ns, 16 * SERVICE_NS);
	assert_in_range(worker.loop.measurement->ended_ns - worker.loop.measurement->started_ns,
		30 * WINDOW_NS, 30 * WINDOW_NS + 20 * SERVICE_NS);
	tear_down();
}

TEST(an_io_that_takes_too_long_ends_the_job)
{
	const struct worker_direction *read;

	set_up(&fake_class, 64 * BLOCK);
	job.iodepth = 4;
	job.iodepth_batch_submit = 1;
	job.iodepth_batch_complete_min = 1;
	rare.latency.max_ns[DIRECTION_READ] = 3 * SERVICE_NS + 500;
	script.serial_ns = SERVICE_NS;
	read = run(DIRECTION_READ);
	assert_int_equal(worker.outcome.error, ETIMEDOUT);
	assert_non_null(strstr(worker.outcome.error_message, "read of 4096 bytes at offset"));
	assert_non_null(strstr(worker.outcome.error_message, "took 4.00us, longer than "
							     "max_latency=3500ns"));
	assert_true(read->ios < 20);
	tear_down();
}

/* From when it was due, which a job that is behind is late for. */
TEST(a_limit_holds_beside_a_rate)
{
	const struct worker_direction *read;

	set_up(&fake_class, 64 * BLOCK);
	job.rate_iops.value[DIRECTION_READ] = 2 * NS_PER_S / SERVICE_NS;
	rare.latency.max_ns[DIRECTION_READ] = 3 * SERVICE_NS + 500;
	script.serial_ns = SERVICE_NS;
	read = run(DIRECTION_READ);
	assert_int_equal(worker.outcome.error, ETIMEDOUT);
	assert_true(read->ios < 20);
	tear_down();
}

TEST(limits_are_of_their_own_direction)
{
	const struct worker_direction *read;

	set_up(&fake_class, 64 * BLOCK);
	rare.latency.max_ns[DIRECTION_WRITE] = 1;
	script.serial_ns = SERVICE_NS;
	read = run(DIRECTION_READ);
	assert_int_equal(worker.outcome.error, 0);
	assert_int_equal(read->ios, 64);
	tear_down();
}

TEST_MAIN(NULL, NULL);

/* SPDX-License-Identifier: MIT */
/* Jobs with a rate: what is sent when, and from when latencies count. */
#include "fake_worker.h"
#include "test.h"

#include "run/worker_fill.h"

#define GAP_NS 1000000ull /* of 1000 IOPS */

static void set_up_rate(const struct engine_class *class, uint64_t ios, uint64_t runtime_ns)
{
	set_up(class, 1024 * BLOCK);
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++)
		job.rate_iops.value[i] = ios;
	job.runtime_ns = runtime_ns;
	job.time_based = true;
	worker.task.wraps = true;
	worker.task.pass_bytes = UINT64_MAX;
}

static uint64_t sent_after_start(int n)
{
	return script.sent_ns[n] - worker.loop.measurement->started_ns;
}

TEST(each_is_sent_when_it_is_due)
{
	const struct worker_direction *read;

	set_up_rate(&fake_sync_class, 1000, 100 * GAP_NS);
	script.service_ns = 700;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 100);
	for (int i = 0; i < 100; i++)
		assert_int_equal(sent_after_start(i), (uint64_t)i * GAP_NS);
	assert_int_equal(read->lat->summary.min_ns, 700);
	assert_int_equal(read->lat->summary.max_ns, 700);
	assert_int_equal(read->lag->summary.max_ns, 0);
	assert_int_equal(read->lag->summary.count, 100);
	assert_int_equal(read->service->summary.max_ns, 700);
	assert_int_equal(read->unsent, 0);
	/* Each gap ends with a look at the clock, before the next I/O or the end. */
	assert_int_equal(worker.loop.measurement->pacing_ns, 100 * CLOCK_SPIN_NS);
	/* The last gap belongs to the window: else 100 I/Os would take 99 gaps. */
	assert_int_equal(worker.loop.measurement->ended_ns - worker.loop.measurement->started_ns,
		100 * GAP_NS);
	tear_down();
}

/* fio waits for all that is in flight before it sleeps: its depth here is 1. */
TEST(what_is_in_flight_is_not_waited_for)
{
	const struct worker_direction *read;

	set_up_rate(&fake_class, 1000, 100 * GAP_NS);
	job.iodepth = 16;
	script.service_ns = 10 * GAP_NS + 500;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 100);
	assert_int_equal(script.most_in_flight, 11);
	assert_true(read->lag->summary.max_ns <= LOOK_NS);
	/* All but the first wait with something in flight, and look there. */
	assert_true(worker.loop.measurement->pacing_ns <= 100 * CLOCK_SPIN_NS);
	assert_true(worker.loop.measurement->pacing_ns >= 99 * (CLOCK_SPIN_NS - 2 * LOOK_NS));
	assert_true(read->lat->summary.max_ns <= script.service_ns + 2 * LOOK_NS);
	assert_true(read->lat->summary.min_ns >= script.service_ns);
	tear_down();
}

/* Signals break off the wait for the last ones: that is no look at the clock. */
TEST(waiting_for_the_last_is_no_pacing)
{
	const struct worker_direction *read;

	set_up_rate(&fake_class, 1000, 100 * GAP_NS);
	job.iodepth = 16;
	script.service_ns = 100;
	script.stall_at_ns = clock_fake_ns + 95 * GAP_NS;
	script.stall_end_ns = clock_fake_ns + 200 * GAP_NS;
	script.nudge_ns = 10 * GAP_NS;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 100);
	assert_true(worker.loop.measurement->pacing_ns <= 100 * CLOCK_SPIN_NS);
	tear_down();
}

/* A look that the kernel ran something else in is the rate's doing until the time had come only. */
TEST(a_look_that_took_too_long_counts_until_the_time)
{
	set_up_rate(&fake_class, 1000, 100 * GAP_NS);
	job.iodepth = 16;
	script.service_ns = 10 * GAP_NS + 500;
	script.look_ns = 3 * CLOCK_SPIN_NS;
	assert_int_equal(run(DIRECTION_READ)->ios, 100);
	assert_true(worker.loop.measurement->pacing_ns <= 100 * CLOCK_SPIN_NS);
	tear_down();
}

/* Those that a stall delayed are sent late, all of them, and show it. */
TEST(a_stall_shows_in_all_that_it_delayed)
{
	const struct worker_direction *read;

	set_up_rate(&fake_sync_class, 1000, 100 * GAP_NS);
	script.service_ns = 100;
	script.stall_at_ns = clock_fake_ns + 10 * GAP_NS;
	script.stall_end_ns = clock_fake_ns + 60 * GAP_NS;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 100);
	assert_int_equal(read->lat->summary.count, 100);
	assert_int_equal(read->lat->summary.max_ns, 50 * GAP_NS);
	assert_int_equal(read->service->summary.max_ns, 50 * GAP_NS);
	/* Half of all were hit: a closed loop would have seen one. */
	assert_true(histogram_percentile(read->lat, 60) > 5 * GAP_NS);
	assert_true(histogram_percentile(read->service, 60) <= 101);
	assert_true(read->lag->summary.max_ns > 48 * GAP_NS);
	tear_down();
}

/* A stall at the end: what was due before the end is still sent, and takes its time. */
TEST(the_end_of_the_run_hides_no_stall)
{
	const struct worker_direction *read;

	set_up_rate(&fake_sync_class, 1000, 100 * GAP_NS);
	script.service_ns = 100;
	script.stall_at_ns = clock_fake_ns + 90 * GAP_NS;
	script.stall_end_ns = clock_fake_ns + 150 * GAP_NS;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 100);
	assert_int_equal(read->unsent, 0);
	assert_true(read->lag->summary.max_ns > 58 * GAP_NS);
	assert_true(worker.loop.measurement->ended_ns - worker.loop.measurement->started_ns >
		    150 * GAP_NS);
	tear_down();
}

TEST(what_cannot_be_sent_at_all_is_counted)
{
	const struct worker_direction *read;

	set_up_rate(&fake_sync_class, 1000, 100 * GAP_NS);
	script.service_ns = 4 * GAP_NS;
	read = run(DIRECTION_READ);
	/* Twice the runtime is all it gets. */
	assert_int_equal(read->ios, 50);
	assert_int_equal(read->unsent, 50);
	tear_down();
}

TEST(a_stop_counts_what_was_due_by_then)
{
	const struct worker_direction *read;

	set_up_rate(&fake_sync_class, 1000, 100 * GAP_NS);
	worker.must_stop = true;
	script.submit_ns = 4 * GAP_NS;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 1);
	assert_int_equal(read->unsent, 3);
	tear_down();
}

TEST(what_a_stop_broke_off_is_counted)
{
	const struct worker_direction *read;

	set_up_rate(&fake_sync_class, 1000, 100 * GAP_NS);
	worker.must_stop = true;
	script.submit_ns = 4 * GAP_NS;
	script.error_at = 1;
	script.error = EINTR;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 0);
	assert_int_equal(read->unsent, 4);
	tear_down();
}

TEST(the_ramps_schedule_goes_on)
{
	const struct worker_direction *read;

	set_up_rate(&fake_sync_class, 1000, 100 * GAP_NS);
	job.ramp_time_ns = 10 * GAP_NS + 300000;
	script.service_ns = 100;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 100);
	assert_int_equal(sent_after_start(11), 700000); /* the 11 of the ramp went before */
	assert_int_equal(read->lag->summary.max_ns, 0);
	tear_down();
}

TEST(directions_keep_their_own_rates)
{
	const struct worker_direction *read;

	set_up_rate(&fake_sync_class, 1000, 100 * GAP_NS);
	job.rw.mode = RW_RANDRW;
	region.is_random = true;
	job.rate_iops.value[DIRECTION_WRITE] = 250;
	job.rwmixread = 10; /* does not matter */
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 100);
	assert_int_equal(worker.loop.measurement->directions[DIRECTION_WRITE].ios, 25);
	assert_int_equal(
		worker.loop.measurement->directions[DIRECTION_WRITE].lag->summary.max_ns, 0);
	tear_down();
}

TEST(a_sync_follows_its_write_at_once)
{
	const struct worker_direction *sync;

	set_up_rate(&fake_sync_class, 1000, 10 * GAP_NS);
	job.rw.mode = RW_WRITE;
	job.fsync = 1;
	script.service_ns = 100;
	sync = run(DIRECTION_SYNC);
	assert_int_equal(worker.loop.measurement->directions[DIRECTION_WRITE].ios, 10);
	assert_int_equal(sync->ios, 10);
	assert_int_equal(sync->lat->summary.max_ns, 100);
	assert_int_equal(sync->lag->summary.count, 0);
	for (int i = 0; i < 10; i++)
		assert_int_equal(sent_after_start(2 * i + 1), (uint64_t)i * GAP_NS + 100);
	tear_down();
}

TEST(a_rate_of_bytes_counts_bytes)
{
	const struct worker_direction *read;

	set_up_rate(&fake_sync_class, 0, 100 * GAP_NS);
	job.rate.value[DIRECTION_READ] = 500 * BLOCK;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 50);
	assert_int_equal(sent_after_start(1), 2 * GAP_NS);
	tear_down();
}

TEST(completions_waited_for_do_not_hold_up_what_is_due)
{
	const struct worker_direction *read;

	set_up_rate(&fake_class, 1000, 100 * GAP_NS);
	job.iodepth = 16;
	job.iodepth_batch_complete_min = 16;
	script.service_ns = 100;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 100);
	assert_true(read->lag->summary.max_ns <= LOOK_NS);
	tear_down();
}

TEST(a_job_of_so_much_ends_when_it_is_sent)
{
	const struct worker_direction *read;

	set_up_rate(&fake_sync_class, 1000, 0);
	worker.task.wraps = false;
	worker.task.pass_bytes = 10 * BLOCK;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 10);
	assert_int_equal(read->unsent, 0);
	assert_int_equal(worker.loop.measurement->ended_ns - worker.loop.measurement->started_ns,
		10 * GAP_NS);
	tear_down();
}

TEST(poisson_is_the_same_for_the_same_seed)
{
	uint64_t sent_ns[2][20];

	for (int k = 0; k < 2; k++) {
		set_up_rate(&fake_sync_class, 1000, 40 * GAP_NS);
		job.rate_process = RATE_POISSON;
		(void)run(DIRECTION_READ);
		for (int i = 0; i < 20; i++)
			sent_ns[k][i] = sent_after_start(i);
		tear_down();
	}
	assert_memory_equal(sent_ns[0], sent_ns[1], sizeof(sent_ns[0]));
	assert_int_not_equal(sent_ns[0][2] - sent_ns[0][1], sent_ns[0][1] - sent_ns[0][0]);
}

static void set_up_pauses(const struct engine_class *class, uint32_t blocks, uint64_t runtime_ns)
{
	set_up_rate(class, 0, runtime_ns);
	rare.pace.think.time_ns = GAP_NS;
	rare.pace.think.blocks = blocks;
	rare.pace.think.blocks_type = THINK_ISSUE;
}

TEST(a_pause_follows_so_many_ios)
{
	const struct worker_direction *read;

	set_up_pauses(&fake_sync_class, 2, 10 * GAP_NS + 2150);
	script.submit_ns = 100;
	read = run(DIRECTION_READ);
	/* Two, a pause, two, ...: the eleventh pair begins after ten pauses and ten pairs. */
	assert_int_equal(read->ios, 22);
	for (int i = 0; i < 22; i++)
		assert_int_equal(sent_after_start(i) - 100,
			(uint64_t)(i / 2) * (GAP_NS + 200) + (uint64_t)(i % 2) * 100);
	assert_int_equal(read->lat->summary.max_ns, 100);
	assert_int_equal(read->lag->summary.count, 0);
	tear_down();
}

TEST(a_pause_begins_when_all_are_back)
{
	set_up_pauses(&fake_class, 4, 0);
	job.iodepth = 16;
	job.number_ios = 8;
	script.service_ns = 5000;
	(void)run(DIRECTION_READ);
	assert_int_equal(script.taken, 8);
	assert_int_equal(script.most_in_flight, 4);
	assert_int_equal(sent_after_start(3), 0);
	assert_int_equal(sent_after_start(4), GAP_NS + 5000);
	tear_down();
}

TEST(syncs_go_before_the_pause_and_are_not_counted)
{
	set_up_pauses(&fake_sync_class, 1, 3 * GAP_NS);
	job.rw.mode = RW_WRITE;
	job.fsync = 1;
	(void)run(DIRECTION_SYNC);
	assert_int_equal(script.taken, 6);
	assert_int_equal(sent_after_start(1), 0);
	assert_int_equal(script.ops[1], IO_SYNC);
	assert_int_equal(sent_after_start(2), GAP_NS);
	tear_down();
}

/* The ramp ends in a pause; what is left of it comes first in the window, and no more. */
TEST(a_pause_outlives_the_ramp)
{
	const struct worker_direction *read;

	set_up_pauses(&fake_sync_class, 1, 10 * GAP_NS);
	job.ramp_time_ns = GAP_NS / 4;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 10);
	assert_int_equal(sent_after_start(1), GAP_NS * 3 / 4);
	tear_down();
}

/* What it took to open the window is not held against the schedule, nor is it lost. */
TEST(the_schedule_moves_by_what_opening_the_window_took)
{
	set_up(&fake_class, UINT64_MAX);
	job.ramp_time_ns = 1000;
	worker.loop.schedule.epoch_ns = 500;
	clock_fake_ns = 7300;
	worker_pace_open_window(&worker, 7000, 90000);
	assert_int_equal(worker.loop.schedule.epoch_ns, 800);
	assert_int_equal(worker.loop.schedule.end_ns, 90000);
	/* Without a ramp it begins now, */
	job.ramp_time_ns = 0;
	worker_pace_open_window(&worker, 7000, 90000);
	assert_int_equal(worker.loop.schedule.epoch_ns, 7300);
	/* or with the wave: what was due before a CPU was free for it is late. */
	worker.task.start_ns = 3000;
	worker_pace_open_window(&worker, 7000, 90000);
	assert_int_equal(worker.loop.schedule.epoch_ns, 3300);
	worker_pace_open_ramp(&worker);
	assert_int_equal(worker.loop.schedule.epoch_ns, 3000);
}

TEST_MAIN(NULL, NULL);

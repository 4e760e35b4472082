/* SPDX-License-Identifier: MIT */
/* Jobs whose I/Os have no times: pauses, limits, flows, floors. */
/* covers: src/run/flow.h */
#include "fake_worker.h"
#include "test.h"

#include "run/worker_hold.h"

#define GAP_NS 1000000ull

static void set_up_job(const struct engine_class *class, uint64_t runtime_ns)
{
	set_up(class, 1024 * BLOCK);
	job.runtime_ns = runtime_ns;
	job.time_based = true;
	worker.task.wraps = true;
	worker.task.pass_bytes = UINT64_MAX;
}

static void set_up_pauses(const struct engine_class *class, uint32_t blocks, uint64_t runtime_ns)
{
	set_up_job(class, runtime_ns);
	rare.pace.think.time_ns = GAP_NS;
	rare.pace.think.blocks = blocks;
}

static uint64_t sent_after_start(int n)
{
	return script.sent_ns[n] - worker.loop.measurement->started_ns;
}

/* fio counts what is back: the queue is full before the first pause, and then each I/O has one. */
TEST(a_pause_by_completions_lets_the_queue_fill_first)
{
	set_up_pauses(&fake_class, 4, 10 * GAP_NS);
	job.iodepth = 16;
	script.serial_ns = 1000;
	(void)run(DIRECTION_READ);
	/* 16, and one for each of the first three that came back. */
	assert_int_equal(script.most_in_flight, 16);
	assert_true(sent_after_start(18) < GAP_NS / 2);
	assert_true(sent_after_start(19) >= GAP_NS);
	assert_true(sent_after_start(20) >= 2 * GAP_NS);
	tear_down();
}

TEST(a_pause_after_a_time_of_io)
{
	static const struct job_origin origin;
	uint64_t waited_ns = 0, began_ns[2] = {0};
	unsigned pauses = 0;

	set_up_pauses(&fake_sync_class, 1, 100 * GAP_NS);
	rare.pace.think.iotime_ns = 4 * GAP_NS;
	job.origin = &origin;
	script.submit_ns = GAP_NS / 4;
	(void)run(DIRECTION_READ);
	/* As fio: the first comes a thinktime late. */
	for (int i = 1; i < 60; i++) {
		uint64_t gap_ns = script.sent_ns[i] - script.sent_ns[i - 1];

		if (gap_ns < GAP_NS)
			continue;
		if (pauses < 2)
			began_ns[pauses] = sent_after_start(i - 1);
		pauses++;
		waited_ns += gap_ns;
	}
	assert_int_equal(began_ns[0], 5 * GAP_NS);
	/* The time of I/O begins anew with each pause, whose length it has in it. */
	assert_int_equal(began_ns[1], 10 * GAP_NS);
	assert_true(waited_ns >= 2 * GAP_NS);
	tear_down();
}

/* The rate is made up for after a pause, unless it is to ignore it. */
TEST(a_rate_beside_pauses_is_a_limit)
{
	for (int ignores = 0; ignores <= 1; ignores++) {
		const struct worker_direction *read;

		set_up_pauses(&fake_sync_class, 10, 100 * GAP_NS);
		rare.pace.think.time_ns = 5 * GAP_NS;
		rare.pace.think.rate_ignores = ignores;
		job.rate_iops.value[DIRECTION_READ] = 1000;
		read = run(DIRECTION_READ);
		/* 10 in 10 ms, of which 5 are a pause; or 10 in 9, then a pause of 5. */
		assert_true(ignores ? read->ios < 75 : read->ios >= 95);
		assert_int_equal(read->lag->summary.count, 0);
		assert_int_equal(read->unsent, 0);
		tear_down();
	}
}

TEST(one_direction_of_a_mix_is_limited)
{
	const struct worker_direction *read;
	const struct worker_direction *write;

	set_up_job(&fake_sync_class, 100 * GAP_NS);
	job.rw.mode = RW_RANDRW;
	job.rate_iops.value[DIRECTION_WRITE] = 1000;
	script.submit_ns = GAP_NS / 10;
	read = run(DIRECTION_READ);
	write = read + (DIRECTION_WRITE - DIRECTION_READ);
	assert_in_range(write->ios, 98, 101);
	assert_in_range(read->ios, 895, 905);
	assert_int_equal(write->lag->summary.count, 0);
	tear_down();
}

/* The mix has its say where both could be sent: a limit that it does not reach changes nothing. */
TEST(a_limit_above_the_mix_leaves_the_mix)
{
	const struct worker_direction *read;

	set_up_job(&fake_sync_class, 100 * GAP_NS);
	job.rw.mode = RW_RANDRW;
	job.rwmixread = 90;
	job.rate_iops.value[DIRECTION_WRITE] = 1000000;
	script.submit_ns = GAP_NS / 10;
	read = run(DIRECTION_READ);
	assert_in_range(read->ios, 860, 940);
	tear_down();
}

/* A trim is sent when the write before it has made room for the next, as in fio. */
TEST(a_trimwrite_job_is_limited_by_its_writes)
{
	const struct worker_direction *write;

	set_up_job(&fake_sync_class, 100 * GAP_NS);
	job.rw.mode = RW_TRIMWRITE;
	job.rate_iops.value[DIRECTION_WRITE] = job.rate_iops.value[DIRECTION_TRIM] = 1000;
	write = run(DIRECTION_WRITE);
	assert_in_range(write->ios, 99, 101);
	assert_in_range(worker.loop.measurement->directions[DIRECTION_TRIM].ios, 99, 102);
	tear_down();
}

static void set_up_floor(uint64_t ios_per_second)
{
	set_up_job(&fake_sync_class, 5 * NS_PER_S);
	rare.pace.floor.cycle_ns = NS_PER_S;
	rare.pace.floor.ios.value[DIRECTION_READ] = ios_per_second;
	script.submit_ns = GAP_NS;
}

TEST(a_job_below_its_floor_fails)
{
	set_up_floor(1100);
	(void)run(DIRECTION_READ);
	assert_int_equal(worker.outcome.error, EIO);
	assert_non_null(strstr(worker.outcome.error_message, "rate_iops_min=1100 was not met"));
	/* Two seconds to settle, one to judge. */
	assert_in_range(clock_fake_ns, 3 * NS_PER_S, 3 * NS_PER_S + 10 * GAP_NS);
	tear_down();
}

TEST(a_floor_holds_beside_a_rate)
{
	set_up_floor(1100);
	job.rate_iops.value[DIRECTION_READ] = 2000; /* It is behind from the first on. */
	(void)run(DIRECTION_READ);
	assert_int_equal(worker.outcome.error, EIO);
	assert_in_range(clock_fake_ns, 3 * NS_PER_S, 3 * NS_PER_S + 10 * GAP_NS);
	tear_down();
}

TEST(a_job_above_its_floor_goes_on)
{
	set_up_floor(900);
	(void)run(DIRECTION_READ);
	assert_int_equal(worker.outcome.error, 0);
	assert_true(clock_fake_ns >= 5 * NS_PER_S);
	tear_down();
	/* Bytes, and a direction that does no I/O. */
	set_up_floor(0);
	rare.pace.floor.bytes.value[DIRECTION_WRITE] = UINT64_MAX / 2;
	rare.pace.floor.bytes.value[DIRECTION_READ] = 1100 * BLOCK;
	(void)run(DIRECTION_READ);
	assert_int_equal(worker.outcome.error, EIO);
	assert_non_null(strstr(worker.outcome.error_message, "reads: rate_min=4400k was not met"));
	tear_down();
}

TEST(a_member_of_a_flow_waits_for_the_others)
{
	struct flow flow = {.ios = 1};
	struct flow_member one = {&flow, 0, 3}, other = {&flow, 0, 1};
	unsigned turns = 0;

	flow_join(&flow, 3);
	flow_join(&flow, 1);
	while (one.ios + other.ios < 400 && turns++ < 1000) {
		if (!flow_is_ahead(&one))
			flow_count(&one);
		if (!flow_is_ahead(&other))
			flow_count(&other);
	}
	assert_in_range(one.ios, 298, 302);
	assert_int_equal(flow.ios, one.ios + other.ios + 1);
	/* Alone it has all of it. */
	flow_leave(&other);
	assert_null(other.flow);
	for (int i = 0; i < 100; i++) {
		assert_false(flow_is_ahead(&one));
		flow_count(&one);
	}
	flow_leave(&one);
	assert_int_equal(flow.ios, 1);
	assert_int_equal(flow.weights, 0);
}

/* The other has done nothing yet: one I/O each is what their shares allow. */
TEST(a_job_that_is_ahead_of_its_flow_sends_nothing)
{
	struct flow flow = {.ios = 1};

	set_up_job(&fake_sync_class, 10 * GAP_NS);
	rare.pace.flow = (struct job_flow){.weight = 1, .sleep_ns = GAP_NS};
	worker.loop.hold.flow = (struct flow_member){&flow, 0, 1};
	flow_join(&flow, 1);
	flow_join(&flow, 1);
	assert_in_range(run(DIRECTION_READ)->ios, 1, 2);
	assert_true(clock_fake_ns >= 10 * GAP_NS);
	tear_down();
}

TEST_MAIN(NULL, NULL);

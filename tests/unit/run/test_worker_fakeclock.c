/* SPDX-License-Identifier: MIT */
/* The hot loop against an engine and a clock of our own: every latency is an exact number. */
#include "run/worker.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"

enum { BLOCK = 4096, QUEUE_LIMIT = 64 };

/* What the engine is to do, and what it saw. Times by the fake clock. */
static struct script {
	uint64_t submit_ns;  /* a submit call takes so long */
	uint64_t service_ns; /* an I/O is done so long after its submission */
	unsigned take_limit; /* slots taken by one submit */
	int error_at;        /* the n-th I/O (from 1) fails */
	int error;
	int short_at; /* the n-th I/O moves half */
	bool never_completes;
	struct worker *stopped_worker; /* told to abandon once it waits */

	unsigned taken;
	unsigned submit_calls;
	unsigned most_in_flight;
	uint64_t offsets[256];
	uint8_t ops[256];
} script;

static struct fake_engine {
	struct engine base;
	struct slot *queue[QUEUE_LIMIT];
	uint64_t due_ns[QUEUE_LIMIT];
	unsigned count;
} fake;

static const struct engine_class fake_class;
static const struct engine_class fake_sync_class;

static int fake_open(
	const struct engine_setup *setup, struct engine **engine, struct engine_report *report)
{
	(void)report;
	memset(&fake, 0, sizeof(fake));
	assert_true(setup->slot_count <= QUEUE_LIMIT);
	*engine = &fake.base;
	return 0;
}

static void note(const struct slot *slot)
{
	if (script.taken < 256) {
		script.offsets[script.taken] = slot->offset;
		script.ops[script.taken] = slot->op;
	}
	script.taken++;
}

static int32_t outcome(const struct slot *slot)
{
	if (script.error_at != 0 && (int)script.taken == script.error_at)
		return -script.error;
	if (script.short_at != 0 && (int)script.taken == script.short_at)
		return (int32_t)slot->length / 2;
	return (int32_t)slot->length;
}

static int fake_submit(struct engine *engine, struct slot **slots, unsigned count)
{
	unsigned taken = count;

	engine->syscalls++;
	script.submit_calls++;
	if (script.take_limit != 0 && taken > script.take_limit)
		taken = script.take_limit;
	clock_fake_ns += script.submit_ns;
	for (unsigned i = 0; i < taken; i++) {
		note(slots[i]);
		slots[i]->result = outcome(slots[i]);
		fake.due_ns[fake.count] = clock_fake_ns + script.service_ns;
		fake.queue[fake.count++] = slots[i];
	}
	if (fake.count > script.most_in_flight)
		script.most_in_flight = fake.count;
	return (int)taken;
}

static int fake_reap(
	struct engine *engine, struct slot **done, unsigned min, unsigned max, int64_t timeout_ns)
{
	unsigned found = 0;

	(void)timeout_ns;
	engine->syscalls++;
	if (script.never_completes) {
		clock_fake_ns += 1000;
		if (script.stopped_worker)
			script.stopped_worker->must_abandon = true;
		return 0;
	}
	while (found < fake.count && found < max) {
		if (fake.due_ns[found] > clock_fake_ns) {
			if (found >= min)
				break;
			clock_fake_ns = fake.due_ns[found];
		}
		done[found] = fake.queue[found];
		found++;
	}
	fake.count -= found;
	memmove(fake.queue, fake.queue + found, fake.count * sizeof(fake.queue[0]));
	memmove(fake.due_ns, fake.due_ns + found, fake.count * sizeof(fake.due_ns[0]));
	return (int)found;
}

static void fake_close(struct engine *engine)
{
	(void)engine;
}

static const struct engine_class fake_class = {
	.name = "fake",
	.op_mask = ~0u,
	.traits = ENGINE_TAKES_NO_TARGET,
	.open = fake_open,
	.submit = fake_submit,
	.reap = fake_reap,
	.close = fake_close,
};

static const struct engine_class fake_sync_class = {
	.name = "fake-sync",
	.op_mask = ~0u,
	.traits = ENGINE_TAKES_NO_TARGET | ENGINE_IS_SYNCHRONOUS,
	.open = fake_open,
	.submit = fake_submit,
	.reap = fake_reap,
	.close = fake_close,
};

static struct job job;
static struct target target;
static struct pattern_spec region;
static struct worker worker;

static void set_up(const struct engine_class *class, uint64_t bytes)
{
	memset(&script, 0, sizeof(script));
	memset(&worker, 0, sizeof(worker));
	clock_fake_ns = 1000000;
	job = (struct job){
		.name = "test",
		.rw.mode = RW_READ,
		.engine = class,
		.ioengine = class->name,
		.iodepth = 1,
		.loops = 1,
		.rwmixread = 50,
	};
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++)
		job.block_sizes.of[i].min_bytes = job.block_sizes.of[i].max_bytes = BLOCK;
	target = (struct target){.path = "none",
		.kind = TARGET_NONE,
		.descriptor = -1,
		.bytes = UINT64_MAX,
		.exists = true};
	region = (struct pattern_spec){
		.region_bytes = bytes, .block_bytes = BLOCK, .largest_io_bytes = BLOCK};
	worker.job = &job;
	worker.targets = &target;
	worker.regions = &region;
	worker.target_count = 1;
	worker.pass_bytes = bytes;
	worker.pass_count = 1;
}

static const struct worker_direction *run(enum io_direction direction)
{
	assert_int_equal(worker_prepare(&worker), 0);
	worker_run(&worker);
	return &worker.measurement->directions[direction];
}

static void tear_down(void)
{
	worker_close(&worker);
	worker_close(&worker); /* twice must be safe */
	worker_free(&worker);
}

static void lat_of_a_synchronous_engine_is_its_submission(void **state)
{
	const struct worker_direction *read;

	(void)state;
	set_up(&fake_sync_class, 10 * BLOCK);
	script.submit_ns = 700;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 10);
	assert_int_equal(read->bytes, 10 * BLOCK);
	assert_int_equal(read->lat.summary.min_ns, 700);
	assert_int_equal(read->lat.summary.max_ns, 700);
	assert_int_equal(read->lat.summary.count, 10);
	assert_int_equal(read->slat.summary.count, 0);
	assert_int_equal(worker.measurement->ended_ns - worker.measurement->started_ns, 7000);
	tear_down();
}

static void lat_starts_before_the_submission(void **state)
{
	const struct worker_direction *read;

	(void)state;
	set_up(&fake_class, 8 * BLOCK);
	job.iodepth = 4;
	job.iodepth_batch_submit = 4;
	job.iodepth_batch_complete_min = 4;
	script.submit_ns = 300; /* a submission that blocks cannot hide */
	script.service_ns = 1000;
	read = run(DIRECTION_READ);
	assert_int_equal(read->lat.summary.count, 8);
	assert_int_equal(read->lat.summary.min_ns, 1300);
	assert_int_equal(read->lat.summary.max_ns, 1300);
	assert_int_equal(read->slat.summary.min_ns, 300);
	assert_int_equal(read->slat.summary.max_ns, 300);
	assert_int_equal(read->clat.summary.min_ns, 1000);
	assert_int_equal(read->clat.summary.max_ns, 1000);
	assert_int_equal(script.submit_calls, 2);
	assert_int_equal(worker.measurement->depth_max, 4);
	assert_int_equal(worker.measurement->stamped_submit_ns, 600);
	assert_int_equal(worker.measurement->stamped_turn_ns, 2600);
	tear_down();
}

static void waiting_for_a_batch_counts_until_the_batch_is_seen(void **state)
{
	const struct worker_direction *read;

	(void)state;
	set_up(&fake_class, 2 * BLOCK);
	job.iodepth = 2;
	job.iodepth_batch_submit = 1;
	job.iodepth_batch_complete_min = 2;
	script.submit_ns = 100;
	script.service_ns = 1000;
	read = run(DIRECTION_READ);
	/* Sent at 0 and 100, done at 1100 and 1200, both seen at 1200. */
	assert_int_equal(read->lat.summary.max_ns, 1200);
	assert_int_equal(read->lat.summary.min_ns, 1100);
	tear_down();
}

static void without_a_batch_each_is_seen_when_it_is_done(void **state)
{
	const struct worker_direction *read;

	(void)state;
	set_up(&fake_class, 2 * BLOCK);
	job.iodepth = 2;
	job.iodepth_batch_submit = 1;
	job.iodepth_batch_complete_min = 1;
	script.submit_ns = 100;
	script.service_ns = 1000;
	read = run(DIRECTION_READ);
	assert_int_equal(read->lat.summary.min_ns, 1100);
	assert_int_equal(read->lat.summary.max_ns, 1100);
	tear_down();
}

static void a_slot_the_engine_did_not_take_keeps_its_first_stamp(void **state)
{
	const struct worker_direction *read;

	(void)state;
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
	assert_int_equal(read->lat.summary.max_ns, 1200);
	assert_int_equal(read->lat.summary.min_ns, 1100);
	tear_down();
}

static void depth_is_reached_and_averaged_over_time(void **state)
{
	(void)state;
	set_up(&fake_class, 64 * BLOCK);
	job.iodepth = 8;
	job.iodepth_batch_submit = 8;
	job.iodepth_batch_complete_min = 8;
	script.service_ns = 1000;
	(void)run(DIRECTION_READ);
	assert_int_equal(script.most_in_flight, 8);
	assert_int_equal(worker.measurement->depth_max, 8);
	assert_float_equal(worker.measurement->depth_integral / 8000.0, 8.0, 1e-9);
	tear_down();
}

static void iodepth_low_lets_the_queue_run_down_first(void **state)
{
	(void)state;
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

static void the_ramp_is_thrown_away(void **state)
{
	const struct worker_direction *read;

	(void)state;
	set_up(&fake_sync_class, 4 * BLOCK);
	script.submit_ns = 100;
	job.ramp_time_ns = 1000;
	read = run(DIRECTION_READ);
	assert_int_equal(script.taken, 14); /* ten in the ramp */
	assert_int_equal(read->ios, 4);
	assert_int_equal(worker.measurement->started_ns, 1001000);
	assert_int_equal(worker.measurement->syscalls, 8);
	tear_down();
}

static void runtime_ends_a_time_based_job_and_drains(void **state)
{
	const struct worker_direction *read;

	(void)state;
	set_up(&fake_class, 4 * BLOCK);
	worker.pass_bytes = UINT64_MAX;
	worker.wraps = true;
	job.runtime_ns = 10000;
	job.iodepth = 2;
	job.iodepth_batch_submit = 2;
	job.iodepth_batch_complete_min = 2;
	script.service_ns = 3000;
	read = run(DIRECTION_READ);
	/* Rounds end at 3, 6, 9 and 12 us: the last was sent before the deadline. */
	assert_int_equal(read->ios, 8);
	assert_int_equal(worker.measurement->ended_ns - worker.measurement->started_ns, 12000);
	assert_int_equal(script.offsets[4], 0); /* the region starts over */
	tear_down();
}

static void the_tail_of_a_region_is_left_alone(void **state)
{
	const struct worker_direction *read;

	(void)state;
	set_up(&fake_sync_class, 2 * BLOCK + 2048);
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 2);
	tear_down();
}

static void loops_and_number_ios_and_io_size_bound_the_work(void **state)
{
	const struct worker_direction *read;

	(void)state;
	set_up(&fake_sync_class, 4 * BLOCK);
	worker.pass_count = 3;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 12);
	tear_down();

	set_up(&fake_sync_class, 4 * BLOCK);
	job.number_ios = 3;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 3);
	tear_down();

	set_up(&fake_sync_class, 4 * BLOCK);
	worker.pass_bytes = 10 * BLOCK; /* io_size beyond size */
	worker.wraps = true;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 10);
	tear_down();
}

static void an_error_ends_the_job_and_is_counted(void **state)
{
	const struct worker_direction *read;

	(void)state;
	set_up(&fake_sync_class, 10 * BLOCK);
	script.error_at = 3;
	script.error = EIO;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 2);
	assert_int_equal(read->errors[0].error, EIO);
	assert_int_equal(read->errors[0].count, 1);
	assert_int_equal(worker.error, EIO);
	assert_non_null(strstr(worker.error_message, "offset 8192"));
	tear_down();
}

static void continue_on_error_counts_and_goes_on(void **state)
{
	const struct worker_direction *read;

	(void)state;
	set_up(&fake_sync_class, 10 * BLOCK);
	job.continue_on_error = ERRORS_READ;
	script.error_at = 3;
	script.error = EIO;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 9);
	assert_int_equal(read->lat.summary.count, 9);
	assert_int_equal(read->errors[0].count, 1);
	assert_int_equal(worker.error, 0);
	tear_down();
}

static void an_interrupted_call_is_made_again(void **state)
{
	const struct worker_direction *read;

	(void)state;
	set_up(&fake_sync_class, 4 * BLOCK);
	script.error_at = 2;
	script.error = EINTR;
	script.submit_ns = 100;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 4);
	assert_int_equal(script.taken, 5);
	assert_int_equal(script.offsets[2], script.offsets[1]);
	assert_int_equal(read->lat.summary.max_ns, 200); /* from its first stamp */
	assert_int_equal(worker.error, 0);
	tear_down();
}

static void short_reads_are_counted_with_their_bytes(void **state)
{
	const struct worker_direction *read;

	(void)state;
	set_up(&fake_sync_class, 4 * BLOCK);
	script.short_at = 4;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 4);
	assert_int_equal(read->short_ios, 1);
	assert_int_equal(read->bytes, 3 * BLOCK + BLOCK / 2);
	tear_down();
}

static void a_block_device_that_answers_nothing_is_gone(void **state)
{
	const struct worker_direction *read;

	(void)state;
	set_up(&fake_sync_class, 4 * BLOCK);
	target.kind = TARGET_BLOCK;
	script.short_at = 2;
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++)
		job.block_sizes.of[i].min_bytes = job.block_sizes.of[i].max_bytes = 1;
	region.block_bytes = region.largest_io_bytes = 1; /* half of it is 0 bytes */
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 1);
	assert_int_equal(worker.error, ENODEV);
	tear_down();
}

static void io_that_never_comes_back_is_told_of(void **state)
{
	(void)state;
	set_up(&fake_class, 8 * BLOCK);
	job.iodepth = 4;
	script.never_completes = true;
	script.stopped_worker = &worker;
	worker.must_stop = true;
	(void)run(DIRECTION_READ);
	assert_int_equal(worker.error, ETIMEDOUT);
	assert_non_null(strstr(worker.error_message, "never came back"));
	tear_down();
}

static void fsync_comes_after_its_interval_and_is_counted_apart(void **state)
{
	const struct worker_direction *sync;

	(void)state;
	set_up(&fake_sync_class, 6 * BLOCK);
	job.rw.mode = RW_WRITE;
	job.fsync = 2;
	script.submit_ns = 50;
	sync = run(DIRECTION_SYNC);
	assert_int_equal(sync->ios, 3);
	assert_int_equal(sync->lat.summary.count, 3);
	assert_int_equal(worker.measurement->directions[DIRECTION_WRITE].ios, 6);
	assert_int_equal(script.ops[2], IO_SYNC);
	tear_down();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lat_of_a_synchronous_engine_is_its_submission),
		cmocka_unit_test(lat_starts_before_the_submission),
		cmocka_unit_test(waiting_for_a_batch_counts_until_the_batch_is_seen),
		cmocka_unit_test(without_a_batch_each_is_seen_when_it_is_done),
		cmocka_unit_test(a_slot_the_engine_did_not_take_keeps_its_first_stamp),
		cmocka_unit_test(depth_is_reached_and_averaged_over_time),
		cmocka_unit_test(iodepth_low_lets_the_queue_run_down_first),
		cmocka_unit_test(the_ramp_is_thrown_away),
		cmocka_unit_test(runtime_ends_a_time_based_job_and_drains),
		cmocka_unit_test(the_tail_of_a_region_is_left_alone),
		cmocka_unit_test(loops_and_number_ios_and_io_size_bound_the_work),
		cmocka_unit_test(an_error_ends_the_job_and_is_counted),
		cmocka_unit_test(continue_on_error_counts_and_goes_on),
		cmocka_unit_test(an_interrupted_call_is_made_again),
		cmocka_unit_test(short_reads_are_counted_with_their_bytes),
		cmocka_unit_test(a_block_device_that_answers_nothing_is_gone),
		cmocka_unit_test(io_that_never_comes_back_is_told_of),
		cmocka_unit_test(fsync_comes_after_its_interval_and_is_counted_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

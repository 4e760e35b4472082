/* SPDX-License-Identifier: MIT */
/* I/Os that fail, and I/Os and workers that do not come back. */
#include "fake_worker.h"
#include "test.h"

TEST(an_error_ends_the_job_and_is_counted)
{
	const struct worker_direction *read;

	set_up(&fake_sync_class, 10 * BLOCK);
	script.error_at = 3;
	script.error = EIO;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 2);
	assert_int_equal(read->errors[0].error, EIO);
	assert_int_equal(read->errors[0].count, 1);
	assert_int_equal(worker.outcome.error, EIO);
	assert_non_null(strstr(worker.outcome.error_message, "offset 8192"));
	tear_down();
}

TEST(continue_on_error_counts_and_goes_on)
{
	const struct worker_direction *read;

	set_up(&fake_sync_class, 10 * BLOCK);
	job.continue_on_error = ERRORS_READ;
	script.error_at = 3;
	script.error = EIO;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 9);
	assert_int_equal(read->lat->summary.count, 9);
	assert_int_equal(read->errors[0].count, 1);
	assert_int_equal(read->ignored, 0);
	assert_int_equal(worker.loop.measurement->first_error, EIO);
	/* It went on, and has failed all the same. */
	assert_int_equal(worker.outcome.error, EIO);
	assert_string_equal(worker.outcome.error_message,
		"read of 4096 bytes at offset 8192 of none: Input/output error (EIO), the first of "
		"1 failures among the worker's 10 I/Os");
	tear_down();
}

TEST(a_failure_in_the_ramp_is_not_forgotten)
{
	const struct worker_direction *read;

	set_up(&fake_sync_class, 10 * BLOCK);
	job.continue_on_error = ERRORS_READ;
	job.ramp_time_ns = 500;
	script.submit_ns = 100;
	script.error_at = 3;
	script.error = EIO;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 10);
	assert_int_equal(read->errors[0].count, 0);
	assert_int_equal(worker.outcome.error, EIO);
	assert_non_null(
		strstr(worker.outcome.error_message, "of 1 failures among the worker's 15 I/Os"));
	tear_down();
}

TEST(only_what_ignore_error_names_is_no_failure)
{
	int named[] = {ENOSPC, EIO};

	for (int i = 0; i < 3; i++) {
		const struct job_errors list = {2, named};
		const struct worker_direction *read;
		bool is_ignored = i == 0;

		set_up(&fake_sync_class, 10 * BLOCK);
		/* Another error than is named, and one of the other list's, end the job. */
		if (i == 2)
			rare.ignore_error.write = list;
		else
			rare.ignore_error.read = list;
		script.error_at = 3;
		script.error = i == 1 ? EAGAIN : EIO;
		read = run(DIRECTION_READ);
		assert_int_equal(read->errors[0].count, 1);
		assert_int_equal(read->ignored, is_ignored);
		assert_int_equal(read->ios, is_ignored ? 9 : 2);
		assert_int_equal(worker.outcome.error, is_ignored ? 0 : script.error);
		assert_int_equal(worker.loop.measurement->first_error, script.error);
		tear_down();
	}
}

/* A failure that the hot loop would report, of a worker that is prepared. */
static void fail_one(enum io_op op, int error)
{
	const struct slot slot = {
		.op = (uint8_t)op, .length = BLOCK, .offset = 4 * BLOCK, .target = 0};

	worker_io_failed(&worker, &slot, error);
}

static void prepare(const struct engine_class *class)
{
	set_up(class, 10 * BLOCK);
	assert_int_equal(worker_prepare(&worker), 0);
}

TEST(each_direction_has_its_own_list_and_set)
{
	int named[] = {ENOSPC};

	prepare(&fake_class);
	rare.ignore_error.write = (struct job_errors){1, named};
	job.continue_on_error = ERRORS_READ;
	fail_one(IO_READ, ENOSPC);
	fail_one(IO_WRITE, ENOSPC);
	fail_one(IO_TRIM, ENOSPC);
	fail_one(IO_SYNC, ENOSPC);
	for (int i = 0; i < DIRECTION_COUNT; i++) {
		const struct worker_direction *direction = &worker.loop.measurement->directions[i];

		assert_int_equal(direction->errors[0].count, 1);
		assert_int_equal(direction->ignored, i != DIRECTION_READ);
	}
	assert_int_equal(worker.loop.passed_over.count, 1);
	assert_int_equal(worker.outcome.error, 0);
	assert_false(worker.loop.is_exhausted);
	/* Others of the writes end it. */
	fail_one(IO_WRITE, EIO);
	assert_int_equal(worker.outcome.error, EIO);
	assert_true(worker.loop.is_exhausted);
	tear_down();
}

TEST(the_first_failure_is_the_one_that_is_told)
{
	prepare(&fake_class);
	job.continue_on_error = ERRORS_READ | ERRORS_WRITE;
	fail_one(IO_WRITE, ENOSPC);
	fail_one(IO_READ, EIO);
	fail_one(IO_READ, EIO);
	assert_int_equal(worker.loop.passed_over.count, 3);
	assert_int_equal(worker.loop.measurement->first_error, ENOSPC);
	assert_int_equal(worker.outcome.error, 0);
	worker.outcome.measurement->reaped = 8;
	worker_report_passed_over(&worker);
	assert_int_equal(worker.outcome.error, ENOSPC);
	assert_string_equal(worker.outcome.error_message,
		"write of 4096 bytes at offset 16384 of none: No space left on device (ENOSPC), "
		"the first of 3 failures among the worker's 8 I/Os");
	/* An error that ended the job goes before those that did not. */
	worker_fail(&worker, EBUSY, "later", "another");
	assert_int_equal(worker.outcome.error, ENOSPC);
	tear_down();
}

TEST(more_kinds_of_errors_than_are_listed_are_counted_together)
{
	const struct worker_direction *read;

	prepare(&fake_class);
	job.continue_on_error = ERRORS_READ;
	for (int error = 1; error <= WORKER_ERRNO_LIMIT + 3; error++)
		fail_one(IO_READ, error);
	fail_one(IO_READ, 2);
	read = &worker.loop.measurement->directions[DIRECTION_READ];
	assert_int_equal(read->errors[1].error, 2);
	assert_int_equal(read->errors[1].count, 2);
	assert_int_equal(read->errors[WORKER_ERRNO_LIMIT - 1].count, 4);
	tear_down();
}

/* What to try depends on what the target is, and how it was asked. */
TEST(hints_fit_the_target)
{
	static const struct {
		int error;
		enum target_kind kind;
		bool is_direct;
		const char *hint; /* NULL: none */
	} cases[] = {
		{EINVAL, TARGET_FILE, true, "O_DIRECT: bs, offset"},
		{EINVAL, TARGET_FILE, false, NULL},
		{EINVAL, TARGET_NVME_CHARACTER, true, "lower bs"},
		{EACCES, TARGET_NVME_CHARACTER, true, "run as root"},
		{EACCES, TARGET_FILE, true, NULL},
		{EAGAIN, TARGET_FILE, false, "leave out nowait"},
		{ENOSPC, TARGET_FILE, false, "make room on the file system"},
		{EFBIG, TARGET_FILE, false, "ulimit -f"},
		{ENODATA, TARGET_BLOCK, true, "medium error"},
		{ENODATA, TARGET_FILE, true, NULL},
		{ESPIPE, TARGET_PIPE, false, "a pipe has no offsets"},
		{ESPIPE, TARGET_CHARACTER, false, "a terminal has no offsets"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		prepare(&fake_class);
		target.kind = cases[i].kind;
		job.direct = cases[i].is_direct;
		fail_one(IO_READ, cases[i].error);
		assert_int_equal(worker.outcome.error, cases[i].error);
		if (!cases[i].hint)
			assert_null(worker.outcome.error_hint);
		else if (!worker.outcome.error_hint ||
			 !strstr(worker.outcome.error_hint, cases[i].hint))
			fail_msg("%zu: no hint '%s'", i, cases[i].hint);
		tear_down();
	}
}

TEST(what_the_guard_refused_goes_before_what_failed_by_it)
{
	prepare(&fake_class);
	worker.task.guard.path = "/dev/x";
	worker.task.guard.reason = "it is mounted";
	worker.task.guard.hint = "unmount it";
	worker_fail(&worker, EBUSY, "no such hint", "cannot open %s", "/dev/x");
	assert_int_equal(worker.outcome.error, EBUSY);
	assert_string_equal(worker.outcome.error_message, "may not write to /dev/x: it is mounted");
	assert_string_equal(worker.outcome.error_hint, "unmount it");
	tear_down();
}

/* Four slots: one idle, one drawn and without a stamp, two sent. */
static void send_two_of_four(void)
{
	set_up(&fake_class, 10 * BLOCK);
	job.iodepth = 4;
	assert_int_equal(worker_prepare(&worker), 0);
	worker.loop.idle_count = 1;
	worker.loop.idle[0]->start_ns = 100; /* its last I/O's */
	for (unsigned i = 0; i < worker.loop.depth; i++) {
		if (&worker.loop.slots[i] != worker.loop.idle[0])
			worker.loop.batch[worker.loop.batch_count++] = &worker.loop.slots[i];
	}
	worker.loop.batch[0]->start_ns = 500;
	worker.loop.batch[1]->start_ns = 700;
	worker.loop.batch[2]->start_ns = 0;
	worker.loop.batch_count = 0;
}

TEST(unreturned_are_those_that_were_sent)
{
	struct worker_unreturned unreturned;

	send_two_of_four();
	unreturned = worker_unreturned(&worker, 1000);
	assert_int_equal(unreturned.ios, 2);
	assert_int_equal(unreturned.oldest_ns, 500);
	/* A stamp may be later than the supervisor's look at the clock. */
	unreturned = worker_unreturned(&worker, 600);
	assert_int_equal(unreturned.ios, 2);
	assert_int_equal(unreturned.oldest_ns, 100);
	tear_down();
	memset(&worker, 0, sizeof(worker)); /* one that has no slots yet */
	assert_int_equal(worker_unreturned(&worker, 1000).ios, 0);
}

/* What is known of one that hangs depends on how far it came. */
TEST(a_hung_worker_leaves_what_it_has_measured)
{
	static const struct {
		enum worker_phase phase;
		uint64_t started_ns, ended_ns;
		bool has_measured, is_cut_off;
		unsigned unreturned;
	} cases[] = {
		{WORKER_PREPARING, 0, 0, false, false, 0}, {WORKER_RAMPING, 0, 0, true, false, 2},
		{WORKER_MEASURING, 400, 0, true, true, 2},
		{WORKER_DONE, 400, 900, true, false, 0}, /* it hangs in closing its engine */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct worker_measurement *measured;
		struct worker_outcome *outcome;

		send_two_of_four();
		measured = worker.outcome.measurement;
		worker_set_phase(&worker, cases[i].phase);
		measured->started_ns = cases[i].started_ns;
		measured->ended_ns = cases[i].ended_ns;
		measured->punts = measured->stamped_turn_ns = 7;
		worker_note_sent(measured, 2, 2);
		outcome = worker_outcome_of_hung(&worker, 1000);
		assert_int_equal(outcome->error, ETIMEDOUT);
		assert_int_equal(outcome->unreturned.ios, cases[i].unreturned);
		assert_int_equal(outcome->lacks_costs, cases[i].is_cut_off);
		assert_int_equal(outcome->measurement != NULL, cases[i].has_measured);
		if (outcome->measurement) {
			const struct worker_measurement *m = outcome->measurement;

			assert_ptr_not_equal(m, measured);
			assert_int_equal(m->submitted, 2);
			assert_int_equal(m->depths[2], 2);
			assert_ptr_not_equal(m->depths, measured->depths);
			assert_int_equal(
				m->ended_ns, cases[i].is_cut_off ? 1000 : cases[i].ended_ns);
			assert_int_equal(m->punts, cases[i].is_cut_off ? -1 : 7);
			assert_int_equal(m->stamped_turn_ns, cases[i].is_cut_off ? 0 : 7);
		}
		/* It may wake up at any time. */
		assert_int_equal(worker.outcome.error, 0);
		assert_int_equal(measured->ended_ns, cases[i].ended_ns);
		worker_outcome_free(outcome);
		tear_down();
	}
	worker_outcome_free(NULL);
}

TEST(an_error_of_before_is_not_hidden_by_the_hang)
{
	struct worker_outcome *outcome;

	send_two_of_four();
	worker_fail(&worker, EIO, NULL, "before");
	outcome = worker_outcome_of_hung(&worker, 1000);
	assert_int_equal(outcome->error, EIO);
	assert_string_equal(outcome->error_message, "before");
	worker_outcome_free(outcome);
	tear_down();
}

TEST(fill_device_ends_without_an_error_where_there_is_no_space)
{
	static const int errors[] = {ENOSPC, EDQUOT, EIO};

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		const struct worker_direction *write;

		set_up(&fake_sync_class, 8 * BLOCK);
		job.rw.mode = RW_WRITE;
		rare.access.fill_device = true;
		script.error_at = 4;
		script.error = errors[i];
		write = run(DIRECTION_WRITE);
		assert_int_equal(write->ios, 3);
		assert_int_equal(worker.outcome.error, errors[i] == EIO ? EIO : 0);
		assert_int_equal(write->errors[0].count, errors[i] == EIO);
		tear_down();
	}
}

TEST_MAIN(NULL, NULL);

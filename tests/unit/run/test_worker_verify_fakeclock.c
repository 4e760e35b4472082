/* SPDX-License-Identifier: MIT */
/* covers: src/run/worker_verify.c */
/* Passes that are read back, with a clock that is moved: what that does to the times of writes. */
#include "run/worker_verify.h"

#include "fake_worker.h"
#include "test.h"
#include "verify/checksum.h"

#define GAP_NS 1000000ull /* of 1000 IOPS */

enum { PASS = 10 };

/* Reading back takes its time, and no write is late for it: the second pass has its gaps. */
TEST(a_rate_goes_on_behind_what_is_read_back)
{
	const struct worker_measurement *measurement;
	uint64_t second_ns;

	set_up(&fake_sync_class, PASS * BLOCK);
	job.rw.mode = RW_WRITE;
	job.rate_iops.value[DIRECTION_WRITE] = 1000;
	rare.verify.kind = CHECKSUM_NULL;
	rare.verify.interval_bytes = BLOCK;
	rare.verify.phase = true;
	worker.task.verify.unit_bytes = BLOCK;
	worker.task.pass_count = 2;
	script.service_ns = GAP_NS / 2;
	(void)run(DIRECTION_WRITE);
	measurement = worker.loop.measurement;
	assert_int_equal(script.taken, 4 * PASS);
	for (int i = 0; i < PASS; i++) {
		assert_int_equal(script.ops[i], IO_WRITE);
		assert_int_equal(script.ops[PASS + i], IO_READ);
		assert_int_equal(script.ops[2 * PASS + i], IO_WRITE);
		assert_int_equal(script.ops[3 * PASS + i], IO_READ);
	}
	second_ns = script.sent_ns[2 * PASS];
	for (unsigned i = 1; i < PASS; i++) {
		/* No read waits for the rate. */
		assert_int_equal(
			script.sent_ns[PASS + i], script.sent_ns[PASS + i - 1] + script.service_ns);
		assert_int_equal(script.sent_ns[i], script.sent_ns[0] + i * GAP_NS);
		assert_int_equal(script.sent_ns[2 * PASS + i], second_ns + i * GAP_NS);
	}
	assert_int_equal(measurement->directions[DIRECTION_WRITE].lag->summary.max_ns, 0);
	assert_int_equal(measurement->verify_ns, 2 * PASS * script.service_ns);
	tear_down();
}

/* What was drawn and never sent has left what was there before: it is verified. */
TEST(what_was_never_sent_is_as_it_was)
{
	set_up(&fake_class, 4 * BLOCK);
	job.rw.mode = RW_WRITE;
	rare.verify.kind = CHECKSUM_NULL;
	rare.verify.interval_bytes = BLOCK;
	worker.task.verify.unit_bytes = BLOCK;
	worker.task.pass_count = 2;
	job.iodepth = 4;
	job.iodepth_batch_submit = 4;
	script.take_limit = 1;
	script.submit_ns = GAP_NS;
	script.service_ns = GAP_NS;
	job.runtime_ns = 6 * GAP_NS;
	(void)run(DIRECTION_WRITE);
	worker_verify_report(&worker);
	assert_int_equal(script.taken, 6);
	assert_int_equal(worker.verify->census.written, 4);
	assert_int_equal(worker.verify->census.unknown, 0);
	tear_down();
}

TEST(the_log_knows_whether_a_pattern_needs_its_start)
{
	static const char *const patterns[] = {"0x55", "%o"};
	struct byte_pattern pattern;
	const char *problem;

	for (int i = 0; i < 2; i++) {
		set_up(&fake_sync_class, 4 * BLOCK);
		job.rw.mode = RW_WRITE;
		rare.verify.kind = CHECKSUM_PATTERN;
		rare.verify.interval_bytes = BLOCK;
		assert_int_equal(byte_pattern_parse(patterns[i], &pattern, &problem), 0);
		rare.verify.pattern = &pattern;
		worker.task.verify.unit_bytes = BLOCK;
		(void)run(DIRECTION_WRITE);
		assert_int_equal(worker.verify->log.needs_start, i);
		tear_down();
	}
}

TEST_MAIN(NULL, NULL);

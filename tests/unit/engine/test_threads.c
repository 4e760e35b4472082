/* SPDX-License-Identifier: MIT */
/* flavours: address thread */
#include "test.h"
#include "unit/engine/rig.h"

static void open_zero(struct rig *rig, const char *settings, unsigned depth)
{
	*rig = (struct rig){.target = {.kind = TARGET_CHARACTER}};
	rig->target.descriptor = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	assert_int_equal(rig_open(rig, "threads", settings, depth, depth, IO_BIT(IO_READ)), 0);
}

static void close_target(struct rig *rig)
{
	close(rig->target.descriptor);
	rig_close(rig);
}

TEST(there_are_as_many_threads_as_slots_or_as_asked)
{
	struct rig rig;

	open_zero(&rig, "", 6);
	assert_string_equal(rig_setting(rig.report.effective, "pool_threads"), "6");
	close_target(&rig);
	open_zero(&rig, "pool_threads=2", 6);
	assert_string_equal(rig_setting(rig.report.effective, "pool_threads"), "2");
	close_target(&rig);
}

TEST(system_calls_of_the_pool_are_counted)
{
	struct rig rig;

	open_zero(&rig, "", 1);
	for (int i = 0; i < 100; i++)
		assert_int_equal(rig_run_one(&rig, IO_READ, 0, 512), 512);
	assert_true(rig.engine->syscalls >= 100);
	rig.class->prove(rig.engine, &rig.report, &rig.arena);
	assert_non_null(strstr(rig_setting(rig.report.proof, "pool_calls"), "pread 100"));
	close_target(&rig);
}

TEST(a_timeout_loses_nothing)
{
	struct rig rig;
	struct slot *done[1];

	open_zero(&rig, "", 1);
	for (int round = 0; round < 50; round++) {
		int count;

		rig_start_one(&rig, IO_READ, 0, 4096);
		count = rig.class->reap(rig.engine, done, 1, 1, 1);
		assert_in_range(count, 0, 1);
		if (count == 0)
			count = rig.class->reap(rig.engine, done, 1, 1, -1);
		assert_int_equal(count, 1);
		assert_int_equal(done[0]->result, 4096);
		rig.idle[rig.idle_count++] = done[0];
	}
	/* Nothing is under way: nothing to wait for. */
	assert_int_equal(rig.class->reap(rig.engine, done, 1, 1, -1), 0);
	close_target(&rig);
}

TEST_MAIN(NULL, NULL);

/* SPDX-License-Identifier: MIT */
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

static void there_are_as_many_threads_as_slots_or_as_asked(void **state)
{
	struct rig rig;

	(void)state;
	open_zero(&rig, "", 6);
	assert_string_equal(rig_setting(rig.report.effective, "pool_threads"), "6");
	close_target(&rig);
	open_zero(&rig, "pool_threads=2", 6);
	assert_string_equal(rig_setting(rig.report.effective, "pool_threads"), "2");
	close_target(&rig);
}

static void system_calls_of_the_pool_are_counted(void **state)
{
	struct rig rig;

	(void)state;
	open_zero(&rig, "", 1);
	for (int i = 0; i < 100; i++)
		assert_int_equal(rig_run_one(&rig, IO_READ, 0, 512), 512);
	assert_true(rig.engine->syscalls >= 100);
	rig.class->prove(rig.engine, &rig.report, &rig.arena);
	assert_non_null(strstr(rig_setting(rig.report.proof, "pool_calls"), "pread 100"));
	close_target(&rig);
}

static void a_timeout_loses_nothing(void **state)
{
	struct rig rig;
	struct slot *done[1];

	(void)state;
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_are_as_many_threads_as_slots_or_as_asked),
		cmocka_unit_test(system_calls_of_the_pool_are_counted),
		cmocka_unit_test(a_timeout_loses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
#include "engine/uring.h"
#include "unit/engine/rig.h"

static void flags_are_named_and_unknown_ones_numbered(void **state)
{
	struct arena arena = {0};

	(void)state;
	assert_string_equal(uring_setup_flag_names(0, &arena), "none");
	assert_string_equal(
		uring_setup_flag_names(IORING_SETUP_SQPOLL | IORING_SETUP_CLAMP, &arena),
		"SQPOLL|CLAMP");
	assert_string_equal(
		uring_setup_flag_names(1u << 31 | IORING_SETUP_CQE32, &arena), "CQE32|0x80000000");
	assert_string_equal(uring_setup_flag_names(1u << 31, &arena), "0x80000000");
	arena_free(&arena);
}

static void run_each_op(struct rig *rig, const char *settings)
{
	char path[64];

	*rig = (struct rig){.target = {.kind = TARGET_FILE}};
	rig->target.descriptor = rig_temporary_file(path);
	unlink(path);
	assert_int_equal(rig_open(rig, "io_uring", settings, 2, 2, (2 << IO_DATASYNC) - 1), 0);
	for (enum io_op op = 0; op <= IO_DATASYNC; op++) {
		for (enum io_op times = 0; times <= op; times++)
			rig_run_one(rig, op, 0, 4096);
	}
	rig->class->prove(rig->engine, &rig->report, &rig->arena);
}

static void opcodes_are_counted_as_issued(void **state)
{
	static const char *const cases[][2] = {
		{"", "READ 1, WRITE 2, FALLOCATE PUNCH_HOLE 3, FSYNC 4, FSYNC DATASYNC 5"},
		{"fixedbufs=1", "READ_FIXED 1, WRITE_FIXED 2, FALLOCATE PUNCH_HOLE 3, FSYNC 4, "
				"FSYNC DATASYNC 5"},
		{"nonvectored=0", "READV 1, WRITEV 2, FALLOCATE PUNCH_HOLE 3, FSYNC 4, "
				  "FSYNC DATASYNC 5"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rig rig;

		run_each_op(&rig, cases[i][0]);
		assert_string_equal(rig_setting(rig.report.proof, "opcodes"), cases[i][1]);
		assert_string_equal(rig_setting(rig.report.proof, "io_uring_enter"), "15");
		assert_string_equal(rig_setting(rig.report.proof, "files"), "descriptors");
		close(rig.target.descriptor);
		rig_close(&rig);
	}
}

static void the_ring_is_described_as_the_kernel_made_it(void **state)
{
	struct rig rig;

	(void)state;
	run_each_op(&rig, "sqthread_poll=1 registerfiles=1");
	assert_non_null(strstr(rig_setting(rig.report.proof, "setup_flags"), "SQPOLL|"));
	assert_non_null(strstr(rig_setting(rig.report.proof, "features"), "EXT_ARG"));
	assert_string_equal(rig_setting(rig.report.proof, "files"), "registered");
	assert_non_null(rig_setting(rig.report.proof, "sqthread_wakeups"));
	/* Kernels before 6.9 do not always tell. */
	if (rig_setting(rig.report.proof, "sqthread_tid")) {
		assert_true(strtol(rig_setting(rig.report.proof, "sqthread_tid"), NULL, 10) > 0);
		assert_true(strtol(rig_setting(rig.report.proof, "sqthread_cpu"), NULL, 10) >= 0);
	}
	close(rig.target.descriptor);
	rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flags_are_named_and_unknown_ones_numbered),
		cmocka_unit_test(opcodes_are_counted_as_issued),
		cmocka_unit_test(the_ring_is_described_as_the_kernel_made_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

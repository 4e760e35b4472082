/* SPDX-License-Identifier: MIT */
#include "unit/engine/rig.h"

/* What it does on a drive is tested in a guest that has one: tests/vm/ringside_passthrough.bats. */
static void it_does_one_io_at_a_time(void **state)
{
	const struct engine_class *class = engine_find("nvme_ioctl");

	(void)state;
	assert_non_null(class);
	assert_true(class->traits & ENGINE_IS_SYNCHRONOUS);
	assert_true(class->traits & ENGINE_TAKES_NVME_COMMANDS);
	assert_int_equal(class->depth_limit, 1);
}

static void a_character_device_that_is_no_namespace_is_refused(void **state)
{
	struct rig rig = {.target = {.kind = TARGET_NVME_CHARACTER, .path = "/dev/null"}};

	(void)state;
	rig.target.descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_int_equal(rig_open(&rig, "nvme_ioctl", "", 1, 1, IO_BIT(IO_READ)), -ENOTTY);
	assert_string_equal(rig.report.problem, "/dev/null takes no NVMe commands");
	close(rig.target.descriptor);
	rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_does_one_io_at_a_time),
		cmocka_unit_test(a_character_device_that_is_no_namespace_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

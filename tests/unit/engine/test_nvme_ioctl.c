/* SPDX-License-Identifier: MIT */
#include "test.h"
#include "unit/engine/rig.h"

/* What it does on a drive is tested in a guest that has one: tests/vm/ringside_passthrough.bats. */
TEST(it_does_one_io_at_a_time)
{
	const struct engine_class *class = engine_find("nvme_ioctl");

	assert_non_null(class);
	assert_true(class->traits & ENGINE_IS_SYNCHRONOUS);
	assert_true(class->traits & ENGINE_TAKES_NVME_COMMANDS);
	assert_int_equal(class->depth_limit, 1);
}

TEST(a_character_device_that_is_no_namespace_is_refused)
{
	struct rig rig = {.target = {.kind = TARGET_NVME_CHARACTER, .path = "/dev/null"}};

	rig.target.descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_int_equal(rig_open(&rig, "nvme_ioctl", "", 1, 1, IO_BIT(IO_READ)), -ENOTTY);
	assert_string_equal(rig.report.problem, "/dev/null takes no NVMe commands");
	close(rig.target.descriptor);
	rig_close(&rig);
}

TEST_MAIN(NULL, NULL);

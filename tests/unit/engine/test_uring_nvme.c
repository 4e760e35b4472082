/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "engine/uring_open.h"
#include "unit/engine/rig.h"

/* What it does on a drive is tested in a guest that has one: tests/vm/ringside_passthrough.bats. */
TEST(polling_is_refused_on_kernels_that_it_brings_down)
{
	assert_true(uring_nvme_polling_is_fatal("5.19.0"));
	assert_true(uring_nvme_polling_is_fatal("6.1.0-56-amd64"));
	assert_false(uring_nvme_polling_is_fatal("6.2.0"));
	assert_false(uring_nvme_polling_is_fatal("6.12.95+deb12-amd64"));
	assert_false(uring_nvme_polling_is_fatal("7.0.1"));
	assert_false(uring_nvme_polling_is_fatal("unknown"));
}

TEST(a_file_takes_no_commands)
{
	struct rig rig = {.target = {.kind = TARGET_FILE, .path = "/tmp/file", .descriptor = -1}};

	assert_int_equal(rig_open(&rig, "io_uring_cmd", "", 4, 2, IO_BIT(IO_READ)), -ENOTTY);
	assert_string_equal(rig.report.problem, "/tmp/file takes no NVMe commands");
	rig_close(&rig);
}

TEST(files_that_change_are_refused)
{
	struct rig rig = {.target = {.kind = TARGET_NVME_CHARACTER, .descriptor = -1}};
	struct engine *engine = NULL;

	assert_true(rig_open(&rig, "io_uring_cmd", "", 1, 1, IO_BIT(IO_READ)) < 0);
	rig.setup.targets_change = true;
	assert_int_equal(rig.class->open(&rig.setup, &engine, &rig.report), -EINVAL);
	assert_non_null(strstr(rig.report.problem, "openfiles"));
	rig_close(&rig);
}

TEST_MAIN(NULL, NULL);

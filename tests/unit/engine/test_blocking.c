/* SPDX-License-Identifier: MIT */
#include "test.h"
#include "unit/engine/rig.h"

#include "engine/blocking.h"

static int32_t run(const struct target *target, struct slot *slot, uint64_t *syscalls)
{
	const struct blocking blocking = {.targets = target};

	return blocking_run(&blocking, slot, syscalls);
}

TEST(each_op_makes_its_own_call)
{
	char path[64];
	struct target target = {.kind = TARGET_FILE, .descriptor = rig_temporary_file(path)};
	uint64_t content[512], syscalls = 0;
	struct slot slot = {.buffer = content, .offset = 4096, .length = sizeof(content)};

	unlink(path);
	rig_fill(content, 4096, sizeof(content), 7);
	slot.op = IO_WRITE;
	assert_int_equal(run(&target, &slot, &syscalls), sizeof(content));
	memset(content, 0, sizeof(content));
	slot.op = IO_READ;
	assert_int_equal(run(&target, &slot, &syscalls), sizeof(content));
	rig_check(content, 4096, sizeof(content), 7);
	slot.op = IO_SYNC;
	assert_int_equal(run(&target, &slot, &syscalls), 0);
	slot.op = IO_DATASYNC;
	assert_int_equal(run(&target, &slot, &syscalls), 0);
	slot.op = IO_TRIM;
	assert_int_equal(run(&target, &slot, &syscalls), sizeof(content));
	slot.op = IO_READ;
	assert_int_equal(run(&target, &slot, &syscalls), sizeof(content));
	rig_check_zero(content, sizeof(content));
	slot.op = IO_OP_COUNT;
	assert_int_equal(run(&target, &slot, &syscalls), -EINVAL);
	assert_int_equal(syscalls, 6);
	close(target.descriptor);
}

TEST(failures_are_results)
{
	struct target target = {
		.kind = TARGET_CHARACTER, .descriptor = open("/dev/null", O_RDONLY)};
	char byte = 0;
	struct slot slot = {.buffer = &byte, .length = 1};
	uint64_t syscalls = 0;

	slot.op = IO_WRITE;
	assert_int_equal(run(&target, &slot, &syscalls), -EBADF);
	slot.op = IO_READ;
	assert_int_equal(run(&target, &slot, &syscalls), 0);
	slot.op = IO_SYNC;
	assert_int_equal(run(&target, &slot, &syscalls), -EINVAL);
	slot.op = IO_TRIM;
	assert_int_equal(run(&target, &slot, &syscalls), -EBADF);
	close(target.descriptor);
}

TEST_MAIN(NULL, NULL);

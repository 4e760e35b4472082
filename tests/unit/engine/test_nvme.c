/* SPDX-License-Identifier: MIT */
/* Two namespaces: blocks of 512 and of 4096 bytes. */
#include "engine/nvme.h"
#include "test.h"
#include "unit/engine/rig.h"

static struct nvme_namespace namespaces[] = {
	{.id = 1, .block_shift = 9}, {.id = 7, .block_shift = 12}};
static struct nvme_range ranges[2];

static struct nvme_commands make_commands(void)
{
	return (struct nvme_commands){
		.namespaces = namespaces,
		.ranges = ranges,
		.options = {.write_mode = NVME_WRITE},
	};
}

static struct nvme_uring_cmd make(const struct nvme_commands *commands, const struct slot *slot)
{
	struct nvme_uring_cmd command;

	nvme_commands_encode(commands, slot, slot->op, &command);
	nvme_commands_aim(commands, slot, &command);
	return command;
}

TEST(places_and_lengths_are_in_blocks)
{
	struct nvme_commands commands = make_commands();
	char buffer[4096];
	struct slot slot = {.buffer = buffer, .offset = 5ull << 42, .length = 4096, .op = IO_WRITE};
	struct nvme_uring_cmd command = make(&commands, &slot);

	assert_int_equal(command.opcode, NVME_WRITE);
	assert_int_equal(command.nsid, 1);
	assert_int_equal(command.cdw10, 0);
	assert_int_equal(command.cdw11, 10);
	assert_int_equal(command.cdw12, 7);
	assert_int_equal(command.data_len, 4096);
	assert_ptr_equal((void *)(uintptr_t)command.addr, buffer);

	slot = (struct slot){
		.buffer = buffer, .offset = 8192, .length = 4096, .op = IO_READ, .target = 1};
	command = make(&commands, &slot);
	assert_int_equal(command.opcode, NVME_READ);
	assert_int_equal(command.nsid, 7);
	assert_int_equal(command.cdw10, 2);
	assert_int_equal(command.cdw12, 0);
}

TEST(a_trim_has_its_range_in_memory)
{
	struct nvme_commands commands = make_commands();
	struct slot slot = {.offset = 8192, .length = 12288, .op = IO_TRIM, .index = 1};
	struct nvme_uring_cmd command = make(&commands, &slot);

	assert_int_equal(command.opcode, NVME_DATASET_MANAGEMENT);
	assert_int_equal(command.cdw10, 0);
	assert_int_equal(command.cdw11, 4);
	assert_int_equal(command.data_len, 16);
	assert_ptr_equal((void *)(uintptr_t)command.addr, &ranges[1]);
	assert_int_equal(le64toh(ranges[1].first_block), 16);
	assert_int_equal(le32toh(ranges[1].block_count), 24);
}

TEST(syncs_are_flushes_of_the_namespace)
{
	struct nvme_commands commands = make_commands();
	struct slot slot = {.op = IO_DATASYNC, .target = 1};
	struct nvme_uring_cmd command = make(&commands, &slot);

	assert_int_equal(command.opcode, NVME_FLUSH);
	assert_int_equal(command.nsid, 7);
	assert_int_equal(command.data_len, 0);
}

TEST(fua_is_asked_for_by_direction)
{
	struct nvme_commands commands = make_commands();
	struct slot slot = {.buffer = &commands, .length = 512, .op = IO_READ};

	commands.options.writefua = true;
	assert_int_equal(make(&commands, &slot).cdw12, 0);
	slot.op = IO_WRITE;
	assert_int_equal(make(&commands, &slot).cdw12, 1u << 30);
}

TEST(other_kinds_of_writes_move_no_data)
{
	static const int modes[] = {NVME_WRITE_ZEROES, NVME_VERIFY, NVME_WRITE_UNCORRECTABLE};
	struct nvme_commands commands = make_commands();
	struct slot slot = {.buffer = &commands, .length = 1024, .op = IO_WRITE};

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		struct nvme_uring_cmd command;

		commands.options.write_mode = modes[i];
		command = make(&commands, &slot);
		assert_int_equal(command.opcode, modes[i]);
		assert_int_equal(command.addr, 0);
		assert_int_equal(command.data_len, 0);
		assert_int_equal(command.cdw12, 1);
	}
}

TEST(statuses_become_results)
{
	struct slot slot = {.length = 4096, .op = IO_READ};

	assert_int_equal(nvme_commands_result(&slot, 0), 4096);
	assert_int_equal(nvme_commands_result(&slot, -ENODEV), -ENODEV);
	assert_string_equal(
		text_errno_symbol(nvme_commands_result(&slot, 0x4281)), "NVME_UNRECOVERED_READ");
	assert_string_equal(
		text_errno_symbol(nvme_commands_result(&slot, -EINTR)), "NVME_HOST_ABORTED");
	slot.op = IO_SYNC;
	assert_int_equal(nvme_commands_result(&slot, 0), 0);
}

TEST(a_file_takes_no_commands)
{
	struct rig rig = {.target = {.kind = TARGET_FILE, .path = "/tmp/file", .descriptor = -1}};

	assert_int_equal(rig_open(&rig, "nvme_ioctl", "", 1, 1, IO_BIT(IO_READ)), -ENOTTY);
	assert_string_equal(rig.report.problem, "/tmp/file takes no NVMe commands");
	assert_non_null(strstr(rig.report.hint, "/dev/ng0n1"));
	rig_close(&rig);
}

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

/* SPDX-License-Identifier: MIT */
/*
 * Making NVMe commands, and finding out what a namespace takes; and the engine nvme_ioctl, which
 * is passthrough as it was before io_uring: ioctl(2) on /dev/ngXnY, one command at a time. The
 * kernel's block layer is left out, its system call and sleep are not.
 */
#include "engine/nvme.h"

#include <string.h>
#include <sys/ioctl.h>

#include "host/block_device.h"
#include "host/nvme.h"

enum {
	FORCE_UNIT_ACCESS = 1 << 30, /* of command dword 12 */
	DEALLOCATE = 1 << 2,         /* of dataset management's dword 11 */
	BLOCKS_LIMIT = 65536,        /* of one command: 16 bits, 0 being 1 */
};

const struct option_choice nvme_write_modes[] = {
	{"write", NVME_WRITE, "Write: the buffer's data"},
	{"zeroes", NVME_WRITE_ZEROES, "Write Zeroes: no data is transferred"},
	{"verify", NVME_VERIFY, "Verify: the drive checks the blocks, nothing is changed"},
	{"uncor", NVME_WRITE_UNCORRECTABLE, "Write Uncorrectable: reads will fail until written"},
	{NULL, 0, NULL},
};

/* Commands cannot be split: what one may carry, by its queue; UINT64_MAX: not known. */
static uint64_t largest_transfer(const struct target *target, struct arena *arena)
{
	struct block_device device;
	struct block_queue queue;

	if (block_device_find(target->device, &device, arena) < 0)
		return UINT64_MAX;
	block_queue_read(device.disk, &queue, arena);
	if (queue.max_hw_sectors_kb <= 0)
		return UINT64_MAX;
	return (uint64_t)queue.max_hw_sectors_kb << 10;
}

static int refuse_target(const struct target *target, struct engine_report *report)
{
	const char *node = target_command_node(target, report->arena);

	return engine_refuse(report, -ENOTTY,
		arena_printf(report->arena, "%s: filename=%s",
			node ? "its node for them" : "the character node of an NVMe namespace does",
			node ? node : "/dev/ng0n1"),
		"%s takes no NVMe commands", target_label(target));
}

/* The kernel would want a buffer for the metadata, which these engines do not have. */
static int check_format(const struct target *target, struct engine_report *report)
{
	struct nvme_format format;

	/* For root only: for others the drive fails each command. */
	if (nvme_device_format(target->descriptor, &format) < 0 || format.metadata_bytes == 0)
		return 0;
	return engine_refuse(report, -EOPNOTSUPP,
		arena_printf(report->arena, "use ioengine=io_uring on %s",
			target->claim_path ? target->claim_path : "its block device"),
		"the blocks of %s carry %u bytes of metadata each, which this engine does not send",
		target->path, format.metadata_bytes);
}

/* How many bytes the largest command of the job may be for; a trim carries its range only. */
static uint64_t largest_command(const struct target *target, const struct engine_setup *setup,
	const struct nvme_command_options *options)
{
	bool writes = setup->op_mask & IO_BIT(IO_WRITE), reads = setup->op_mask & IO_BIT(IO_READ);
	uint64_t block_limit = (uint64_t)BLOCKS_LIMIT * target->offset_align;
	uint64_t transfer_limit = UINT64_MAX;

	if (!reads && !writes)
		return UINT64_MAX;
	if (reads || options->write_mode == NVME_WRITE)
		transfer_limit = largest_transfer(target, setup->arena);
	return block_limit < transfer_limit ? block_limit : transfer_limit;
}

static int check_size(const struct target *target, const struct engine_setup *setup,
	const struct nvme_command_options *options, struct engine_report *report)
{
	uint64_t limit = largest_command(target, setup, options);

	if (setup->buffer_bytes <= limit)
		return 0;
	return engine_refuse(report, -EINVAL,
		"lower bs: a command's data end at queue/max_hw_sectors_kb, its blocks at "
		"65536",
		"bs is up to %zu, one command to %s is for at most %llu bytes, and commands are "
		"not split",
		setup->buffer_bytes, target->path, (unsigned long long)limit);
}

static int init_namespace(struct nvme_commands *commands, unsigned index,
	const struct engine_setup *setup, struct engine_report *report)
{
	const struct target *target = &setup->targets[index];
	int id = target->kind == TARGET_NVME_CHARACTER ? ioctl(target->descriptor, NVME_IOCTL_ID)
						       : -1;
	int result;

	if (id < 0)
		return refuse_target(target, report);
	if (target->offset_align == 0)
		return engine_refuse(report, -ENODEV, NULL,
			"the block size of %s is not known: the kernel has no block device for it",
			target->path);
	result = check_format(target, report);
	if (result == 0)
		result = check_size(target, setup, &commands->options, report);
	commands->namespaces[index] = (struct nvme_namespace){
		.id = (uint32_t)id,
		.block_shift = (unsigned)__builtin_ctz(target->offset_align),
	};
	return result;
}

int nvme_commands_init(struct nvme_commands *commands, const struct nvme_command_options *options,
	const struct engine_setup *setup, struct engine_report *report)
{
	struct arena *arena = setup->arena;
	int result = 0;

	commands->options = *options;
	commands->namespaces =
		arena_alloc_array(arena, setup->target_count, sizeof(*commands->namespaces));
	commands->ranges = arena_alloc_array(arena, setup->slot_count, sizeof(*commands->ranges));
	for (unsigned i = 0; i < setup->target_count && result == 0; i++)
		result = init_namespace(commands, i, setup, report);
	return result;
}

static void encode_transfer(const struct nvme_commands *commands, const struct slot *slot,
	enum io_op op, struct nvme_uring_cmd *command)
{
	const struct nvme_command_options *options = &commands->options;

	command->opcode = op == IO_READ ? NVME_READ : (uint8_t)options->write_mode;
	if (op == IO_READ ? options->readfua : options->writefua)
		command->cdw12 = FORCE_UNIT_ACCESS;
	if (command->opcode == NVME_READ || command->opcode == NVME_WRITE)
		command->addr = (uintptr_t)slot->buffer;
}

void nvme_commands_encode(const struct nvme_commands *commands, const struct slot *slot,
	enum io_op op, struct nvme_uring_cmd *command)
{
	memset(command, 0, sizeof(*command));
	if (op <= IO_WRITE) {
		encode_transfer(commands, slot, op, command);
	} else if (op == IO_TRIM) {
		command->opcode = NVME_DATASET_MANAGEMENT;
		command->cdw11 = DEALLOCATE;
		command->addr = (uintptr_t)&commands->ranges[slot->index];
		command->data_len = sizeof(struct nvme_range);
	} else {
		command->opcode = NVME_FLUSH;
	}
}

static const char *command_name(const struct nvme_commands *commands, enum io_op op)
{
	if (op == IO_READ)
		return "READ";
	if (op == IO_TRIM)
		return "DATASET MANAGEMENT";
	if (op != IO_WRITE)
		return "FLUSH";
	switch (commands->options.write_mode) {
	case NVME_WRITE_ZEROES:
		return "WRITE ZEROES";
	case NVME_VERIFY:
		return "VERIFY";
	case NVME_WRITE_UNCORRECTABLE:
		return "WRITE UNCORRECTABLE";
	default:
		return "WRITE";
	}
}

void nvme_commands_count(const struct nvme_commands *commands, const uint64_t counts[IO_OP_COUNT],
	struct engine_count named[IO_OP_COUNT])
{
	for (enum io_op op = 0; op < IO_OP_COUNT; op++)
		named[op] = (struct engine_count){command_name(commands, op), counts[op]};
}

struct nvme_ioctl_options {
	struct nvme_command_options commands;
};

struct nvme_ioctl {
	struct engine engine;
	struct nvme_commands commands;
	const struct target *targets;
	struct nvme_uring_cmd templates[IO_OP_COUNT];
	uint64_t counts[IO_OP_COUNT];
};

static const struct option nvme_ioctl_options[] = {
	NVME_COMMAND_OPTIONS(struct nvme_ioctl_options, commands),
	{.name = NULL},
};

static const struct option_table nvme_ioctl_table = {
	.options = nvme_ioctl_options, .struct_bytes = sizeof(struct nvme_ioctl_options)};

/* The ioctl's argument begins as io_uring's does and goes on with its result. */
_Static_assert(offsetof(struct nvme_passthru_cmd64, timeout_ms) ==
		       offsetof(struct nvme_uring_cmd, timeout_ms),
	"one layout for both carriers");

static int send_command(struct nvme_ioctl *engine, const struct slot *slot)
{
	union {
		struct nvme_uring_cmd command;
		struct nvme_passthru_cmd64 argument;
	} carrier = {.argument = {0}};
	int status;

	carrier.command = engine->templates[slot->op];
	nvme_commands_aim(&engine->commands, slot, &carrier.command);
	engine->engine.syscalls++;
	engine->counts[slot->op]++;
	status = ioctl(
		engine->targets[slot->target].descriptor, NVME_IOCTL_IO64_CMD, &carrier.argument);
	return status < 0 ? -errno : status;
}

static int nvme_ioctl_submit(struct engine *engine, struct slot **slots, unsigned count)
{
	struct nvme_ioctl *self = (struct nvme_ioctl *)engine;
	struct slot *slot = slots[0];

	if (count == 0 || engine->done)
		return 0;
	slot->result = nvme_commands_result(slot, send_command(self, slot));
	engine->done = slot;
	return 1;
}

static int nvme_ioctl_open(
	const struct engine_setup *setup, struct engine **engine, struct engine_report *report)
{
	struct nvme_ioctl *self = ARENA_NEW(setup->arena, struct nvme_ioctl);
	struct nvme_ioctl_options options;
	int result;

	engine_take_options(setup, &nvme_ioctl_table, &options);
	self->engine.class = &engine_nvme_ioctl;
	self->targets = setup->targets;
	result = nvme_commands_init(&self->commands, &options.commands, setup, report);
	if (result < 0)
		return result;
	for (enum io_op op = 0; op < IO_OP_COUNT; op++)
		nvme_commands_encode(&self->commands, &setup->slots[0], op, &self->templates[op]);
	engine_report_effective(report, "calls", "ioctl(NVME_IOCTL_IO64_CMD)");
	*engine = &self->engine;
	return 0;
}

static void nvme_ioctl_prove(struct engine *engine, struct engine_report *report)
{
	struct nvme_ioctl *self = (struct nvme_ioctl *)engine;
	struct engine_count counts[IO_OP_COUNT];

	nvme_commands_count(&self->commands, self->counts, counts);
	engine_report_counts(report, "commands", counts, IO_OP_COUNT);
}

const struct engine_class engine_nvme_ioctl = {
	.name = "nvme_ioctl",
	.summary = "NVMe commands by ioctl(2) on /dev/ngXnY, one at a time",
	.op_mask = ENGINE_PLAIN_OPS,
	.traits = ENGINE_IS_SYNCHRONOUS | ENGINE_TAKES_NVME_COMMANDS,
	.depth_limit = 1,
	.options = &nvme_ioctl_table,
	.open = nvme_ioctl_open,
	.submit = nvme_ioctl_submit,
	.reap = engine_reap_done,
	.prove = nvme_ioctl_prove,
	.close = engine_close_nothing,
};

/* SPDX-License-Identifier: MIT */
/*
 * NVMe passthrough as it was before io_uring: ioctl(2) on /dev/ngXnY, one command at a time. The
 * kernel's block layer is left out, its system call and sleep are not.
 */
#include <errno.h>
#include <sys/ioctl.h>

#include "engine/engine_list.h"
#include "engine/nvme_command.h"
#include "engine/proof.h"

struct nvme_ioctl_options {
	struct nvme_command_options commands;
};

struct nvme_ioctl {
	struct engine engine;
	struct nvme_commands commands;
	const struct target *targets;
	struct nvme_uring_cmd templates[IO_OP_COUNT];
	uint64_t counts[IO_OP_COUNT];
	struct slot *done;
};

static const struct option nvme_ioctl_options[] = {
	NVME_COMMAND_OPTIONS(struct nvme_ioctl_options, commands),
	{.name = NULL},
};

static const struct option_table nvme_ioctl_table = {
	.options = nvme_ioctl_options,
	.struct_bytes = sizeof(struct nvme_ioctl_options),
};

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

	if (count == 0 || self->done)
		return 0;
	slot->result = nvme_commands_result(slot, send_command(self, slot));
	self->done = slot;
	return 1;
}

static int nvme_ioctl_reap(
	struct engine *engine, struct slot **done, unsigned min, unsigned max, int64_t timeout_ns)
{
	struct nvme_ioctl *self = (struct nvme_ioctl *)engine;

	(void)min; /* What was submitted is done: there is never anything to wait for. */
	(void)timeout_ns;
	if (!self->done || max == 0)
		return 0;
	done[0] = self->done;
	self->done = NULL;
	return 1;
}

static int nvme_ioctl_open(
	const struct engine_setup *setup, struct engine **engine, struct engine_report *report)
{
	struct nvme_ioctl *self = ARENA_NEW(setup->arena, struct nvme_ioctl);
	struct nvme_ioctl_options options;
	int result;

	option_set_defaults(&nvme_ioctl_table, &options, setup->arena);
	if (setup->options)
		options = *(const struct nvme_ioctl_options *)setup->options;
	self->engine.class = &engine_nvme_ioctl;
	self->targets = setup->targets;
	result = nvme_commands_init(&self->commands, &options.commands, setup, report);
	if (result < 0)
		return result;
	for (enum io_op op = 0; op < IO_OP_COUNT; op++)
		nvme_commands_encode(&self->commands, &setup->slots[0], op, &self->templates[op]);
	engine_report_effective(report, setup->arena, "calls", "ioctl(NVME_IOCTL_IO64_CMD)");
	*engine = &self->engine;
	return 0;
}

static void nvme_ioctl_prove(
	struct engine *engine, struct engine_report *report, struct arena *arena)
{
	struct nvme_ioctl *self = (struct nvme_ioctl *)engine;
	struct proof_count counts[IO_OP_COUNT];

	for (enum io_op op = 0; op < IO_OP_COUNT; op++)
		counts[op] = (struct proof_count){
			nvme_commands_name(&self->commands, op), self->counts[op]};
	engine_report_proof(
		report, arena, "commands", "%s", proof_list(arena, counts, IO_OP_COUNT));
}

static void nvme_ioctl_close(struct engine *engine)
{
	(void)engine; /* All it has is the arena's. */
}

const struct engine_class engine_nvme_ioctl = {
	.name = "nvme_ioctl",
	.summary = "NVMe commands by ioctl(2) on /dev/ngXnY, one at a time",
	.op_mask = IO_BIT(IO_READ) | IO_BIT(IO_WRITE) | IO_BIT(IO_TRIM) | IO_BIT(IO_SYNC) |
		   IO_BIT(IO_DATASYNC),
	.traits = ENGINE_IS_SYNCHRONOUS | ENGINE_TAKES_NVME_COMMANDS,
	.depth_limit = 1,
	.options = &nvme_ioctl_table,
	.open = nvme_ioctl_open,
	.submit = nvme_ioctl_submit,
	.reap = nvme_ioctl_reap,
	.prove = nvme_ioctl_prove,
	.close = nvme_ioctl_close,
};

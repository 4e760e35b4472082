/* SPDX-License-Identifier: MIT */
/*
 * NVMe passthrough by io_uring: commands to /dev/ngXnY in a ring of wide entries (SQE128, CQE32),
 * past the block layer and past what it protects. The ring, its set-up and its waits are
 * io_uring's.
 */
#include <stdio.h>
#include <sys/utsname.h>

#include "engine/uring_open.h"
#include "engine/uring_wait.h"

/* An SQE of 128 bytes: where the plain one ends, 80 bytes for the command begin. */
struct wide_sqe {
	unsigned char head[offsetof(struct io_uring_sqe, cmd)];
	struct nvme_uring_cmd command;
	unsigned char rest[8];
};
_Static_assert(sizeof(struct wide_sqe) == 128, "IORING_SETUP_SQE128");

enum {
	WIDE_FLAGS = IORING_SETUP_SQE128 | IORING_SETUP_CQE32,
	CQE_SHIFT = 1, /* every second one, in units of a plain CQE */
};

struct uring_nvme {
	struct uring uring;
	struct nvme_commands commands;
	struct uring_nvme_options options;
	const struct wide_sqe *templates; /* as struct uring has them */
};

static int uring_nvme_submit(struct engine *engine, struct slot **slots, unsigned count)
{
	struct uring_nvme *self = (struct uring_nvme *)engine;
	struct uring *uring = &self->uring;
	struct wide_sqe *sqes = (struct wide_sqe *)(void *)uring->sqes;
	unsigned tail = uring->sq_tail;

	for (unsigned i = 0; i < count; i++) {
		const struct slot *slot = slots[i];
		struct wide_sqe *sqe = &sqes[tail++ & uring->sq_mask];

		*sqe = self->templates[(size_t)slot->index * uring->column_count +
				       uring->columns[slot->op]];
		((struct io_uring_sqe *)(void *)sqe)->fd = uring->files[slot->target];
		nvme_commands_aim(&self->commands, slot, &sqe->command);
		uring->counts[slot->op]++;
	}
	return uring_submit_filled(uring, tail, count);
}

static inline bool take(struct uring *uring, const struct io_uring_cqe *cqe, struct slot **slot)
{
	(void)uring;
	*slot = (struct slot *)(uintptr_t)cqe->user_data;
	(*slot)->result = nvme_commands_result(*slot, cqe->res);
	return true;
}

static int uring_nvme_reap(
	struct engine *engine, struct slot **done, unsigned min, unsigned max, int64_t timeout_ns)
{
	return uring_reap_with((struct uring *)engine, done, min, max, timeout_ns, CQE_SHIFT, take);
}

/* Data of reads and writes stand in the slot's buffer, which may be registered; ranges do not. */
static void encode(
	const struct uring *uring, const struct slot *slot, enum io_op op, void *template)
{
	const struct uring_nvme *self = (const struct uring_nvme *)uring;
	struct io_uring_sqe *sqe = template;
	struct nvme_uring_cmd *command = &((struct wide_sqe *)template)->command;

	sqe->opcode = IORING_OP_URING_CMD;
	sqe->cmd_op = NVME_URING_CMD_IO;
	sqe->user_data = (uintptr_t)slot;
	if (uring->options.registerfiles)
		sqe->flags |= IOSQE_FIXED_FILE;
	nvme_commands_encode(&self->commands, slot, op, command);
	if (uring->options.fixedbufs && op <= IO_WRITE && command->addr != 0) {
		sqe->uring_cmd_flags = IORING_URING_CMD_FIXED;
		sqe->buf_index = (uint16_t)slot->index;
	}
}

bool uring_nvme_polling_is_fatal(const char *release)
{
	unsigned major = 0, minor = 0;

	/* A release that does not begin with two numbers is no Linux of those days. */
	return sscanf(release, "%u.%u", &major, &minor) == 2 &&
	       (major < 6 || (major == 6 && minor < 2));
}

static bool sends_without_data(
	const struct uring_nvme_options *options, const struct engine_setup *setup)
{
	return setup->op_mask & (IO_BIT(IO_SYNC) | IO_BIT(IO_DATASYNC)) ||
	       (setup->op_mask & IO_BIT(IO_WRITE) && options->commands.write_mode != NVME_WRITE);
}

/*
 * Those kernels hand a request without data to the driver as one that interrupts, and poll it all
 * the same, by a pointer that is another's (drivers/nvme/host/ioctl.c of 6.1).
 */
static int check_kernel(const struct uring_nvme_options *options, const struct engine_setup *setup,
	struct engine_report *report)
{
	struct utsname system;

	if (uname(&system) < 0 || !uring_nvme_polling_is_fatal(system.release))
		return 0;
	if (sends_without_data(options, setup))
		return engine_refuse(report, -EOPNOTSUPP,
			"take Linux 6.2 or newer, or leave out hipri, or fsync, fdatasync "
			"and write_mode",
			"hipri=1: a polled command without data, such as a flush, crashes Linux %s",
			system.release);
	if (options->hipri_insist)
		return 0;
	return engine_refuse(report, -EOPNOTSUPP,
		"take Linux 6.2 or newer, or leave out hipri; hipri_insist=1 does it "
		"nevertheless",
		"hipri=1: polled passthrough crashes Linux %s at the first command that fails",
		system.release);
}

static int check_polling(const struct uring_nvme_options *options, const struct engine_setup *setup,
	struct engine_report *report)
{
	int result;

	if (options->ring.hybrid_iopoll && !options->ring.hipri)
		return engine_refuse(report, -EINVAL, "add hipri=1",
			"hybrid_iopoll needs hipri: it is a way to poll");
	if (!options->ring.hipri)
		return 0;
	/* Without them the kernel would serve these commands by interrupt, and not say so. */
	result = uring_check_queues(setup, report);
	return result < 0 ? result : check_kernel(options, setup, report);
}

static int set_up(
	struct uring_nvme *self, const struct engine_setup *setup, struct engine_report *report)
{
	struct uring *uring = &self->uring;
	int result = 0;

	if (setup->targets_change)
		return engine_refuse(report, -EINVAL, "leave out openfiles",
			"openfiles does not go with passthrough: commands are made for "
			"nodes that stay open");
	result = nvme_commands_init(&self->commands, &self->options.commands, setup, report);
	if (result == 0)
		result = check_polling(&self->options, setup, report);
	if (result == 0)
		result = uring_setup(uring, setup, report, uring_queue_init);
	if (result < 0)
		return result;
	engine_report_effective(report, "hipri", "%d", uring->options.hipri);
	self->templates = uring_make_templates(uring, setup, sizeof(struct wide_sqe), encode);
	uring_use_ring(uring);
	return 0;
}

static int uring_nvme_open(
	const struct engine_setup *setup, struct engine **engine, struct engine_report *report)
{
	struct uring_nvme *self = engine_aligned_array(setup->arena, 1, sizeof(*self));
	struct uring *uring = &self->uring;
	int result;

	engine_take_options(setup, &uring_nvme_option_table, &self->options);
	uring->options = self->options.ring;
	uring->options.nonvectored = true;
	uring_init(uring, &engine_io_uring_cmd, setup);
	uring->needed_flags |= WIDE_FLAGS;
	result = set_up(self, setup, report);
	if (result < 0) {
		uring_setup_undo(uring);
		return result;
	}
	*engine = &uring->engine;
	return 0;
}

static int uring_nvme_probe(const struct engine_setup *setup, struct engine_report *report)
{
	int result = uring_probe_flags(WIDE_FLAGS, report);

	(void)setup;
	if (result != -EINVAL)
		return result;
	return engine_refuse(report, result, "use ioengine=nvme_ioctl",
		"this kernel's io_uring has no passthrough (needs Linux 5.19)");
}

static void uring_nvme_prove(struct engine *engine, struct engine_report *report)
{
	struct uring_nvme *self = (struct uring_nvme *)engine;
	struct engine_count counts[IO_OP_COUNT];

	nvme_commands_count(&self->commands, self->uring.counts, counts);
	uring_prove_ring(&self->uring, "commands", counts, IO_OP_COUNT, report);
	engine_report_proof(report, "buffers", "%s",
		self->uring.options.fixedbufs ? "registered" : "mapped for each command");
}

const struct engine_class engine_io_uring_cmd = {
	.name = "io_uring_cmd",
	.summary = "NVMe commands by io_uring on /dev/ngXnY, past the block layer",
	.op_mask = ENGINE_PLAIN_OPS,
	.traits = ENGINE_COMBINES_CALLS | ENGINE_TAKES_NVME_COMMANDS,
	.depth_limit = URING_DEPTH_LIMIT,
	.options = &uring_nvme_option_table,
	.probe = uring_nvme_probe,
	.open = uring_nvme_open,
	.submit = uring_nvme_submit,
	.reap = uring_nvme_reap,
	.rest = uring_rest,
	.prove = uring_nvme_prove,
	.close = uring_close,
};

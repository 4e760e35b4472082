/* SPDX-License-Identifier: MIT */
/*
 * NVMe passthrough by io_uring: commands to /dev/ngXnY in a ring of wide entries (SQE128, CQE32),
 * past the block layer and past what it protects. The ring, its set-up and its waits are
 * io_uring's.
 */
#include "engine/uring_nvme.h"

#include <string.h>
#include <sys/utsname.h>

#include "engine/aligned.h"
#include "engine/engine_list.h"
#include "engine/proof.h"
#include "engine/uring.h"
#include "engine/uring_iopoll.h"
#include "engine/uring_wait.h"

/* An SQE of 128 bytes: where the plain one ends, 80 bytes for the command begin. */
struct wide_sqe {
	unsigned char head[offsetof(struct io_uring_sqe, cmd)];
	struct nvme_uring_cmd command;
	unsigned char rest[8];
};
_Static_assert(sizeof(struct wide_sqe) == 128, "IORING_SETUP_SQE128");

enum { CQE_SHIFT = 1 }; /* CQE32: every second one, in units of a plain CQE. */

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
	int result;

	for (unsigned i = 0; i < count; i++) {
		const struct slot *slot = slots[i];
		struct wide_sqe *sqe = &sqes[tail++ & uring->sq_mask];

		*sqe = self->templates[(size_t)slot->index * uring->column_count +
				       uring->columns[slot->op]];
		((struct io_uring_sqe *)(void *)sqe)->fd = uring->files[slot->target];
		nvme_commands_aim(&self->commands, slot, &sqe->command);
		uring->counts[slot->op]++;
	}
	uring->sq_tail = tail;
	result = uring_publish(uring, count);
	return result < 0 ? result : (int)count;
}

static unsigned harvest(struct uring *uring, struct slot **done, unsigned max)
{
	unsigned head = uring->cq_head;
	unsigned count = uring_ready(uring);

	if (count > max)
		count = max;
	for (unsigned i = 0; i < count; i++) {
		const struct io_uring_cqe *cqe =
			&uring->cqes[(head++ & uring->cq_mask) << CQE_SHIFT];
		struct slot *slot = (struct slot *)(uintptr_t)cqe->user_data;

		slot->result = nvme_commands_result(slot, cqe->res);
		done[i] = slot;
	}
	uring->cq_head = head;
	__atomic_store_n(uring->cq_kernel_head, head, __ATOMIC_RELEASE);
	uring->in_flight -= count;
	return count;
}

static int uring_nvme_reap(
	struct engine *engine, struct slot **done, unsigned min, unsigned max, int64_t timeout_ns)
{
	struct uring *uring = (struct uring *)engine;
	int result;

	if (min > uring->in_flight)
		min = uring->in_flight;
	result = uring->wait(uring, min, timeout_ns);
	return result < 0 ? result : (int)harvest(uring, done, max);
}

/* Data of reads and writes stand in the slot's buffer, which may be registered; ranges do not. */
static void encode(const struct uring_nvme *self, const struct slot *slot, enum io_op op,
	struct wide_sqe *wide)
{
	struct io_uring_sqe *sqe = (struct io_uring_sqe *)(void *)wide;

	sqe->opcode = IORING_OP_URING_CMD;
	sqe->cmd_op = NVME_URING_CMD_IO;
	sqe->user_data = (uintptr_t)slot;
	if (self->uring.options.registerfiles)
		sqe->flags |= IOSQE_FIXED_FILE;
	nvme_commands_encode(&self->commands, slot, op, &wide->command);
	if (self->uring.options.fixedbufs && op <= IO_WRITE && wide->command.addr != 0) {
		sqe->uring_cmd_flags = IORING_URING_CMD_FIXED;
		sqe->buf_index = (uint16_t)slot->index;
	}
}

static void make_templates(struct uring_nvme *self, const struct engine_setup *setup)
{
	struct uring *uring = &self->uring;
	struct wide_sqe *templates;

	for (enum io_op op = 0; op < IO_OP_COUNT; op++) {
		if (setup->op_mask & IO_BIT(op))
			uring->columns[op] = (uint8_t)uring->column_count++;
	}
	templates = aligned_array(
		setup->arena, (size_t)setup->slot_count * uring->column_count, sizeof(*templates));
	for (unsigned i = 0; i < setup->slot_count; i++) {
		const struct slot *slot = &setup->slots[i];
		struct wide_sqe *row = &templates[(size_t)slot->index * uring->column_count];

		for (enum io_op op = 0; op < IO_OP_COUNT; op++) {
			if (setup->op_mask & IO_BIT(op))
				encode(self, slot, op, &row[uring->columns[op]]);
		}
	}
	self->templates = templates;
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
	if (sends_without_data(options, setup)) {
		report->problem = arena_printf(setup->arena,
			"hipri=1: a polled command without data, such as a flush, crashes Linux %s",
			system.release);
		report->hint = "take Linux 6.2 or newer, or leave out hipri, or fsync, fdatasync "
			       "and write_mode";
		return -EOPNOTSUPP;
	}
	if (options->hipri_insist)
		return 0;
	report->problem = arena_printf(setup->arena,
		"hipri=1: polled passthrough crashes Linux %s at the first command that fails",
		system.release);
	report->hint = "take Linux 6.2 or newer, or leave out hipri; hipri_insist=1 does it "
		       "nevertheless";
	return -EOPNOTSUPP;
}

static int check_polling(const struct uring_nvme_options *options, const struct engine_setup *setup,
	struct engine_report *report)
{
	int result;

	if (options->ring.hybrid_iopoll && !options->ring.hipri) {
		report->problem = "hybrid_iopoll without hipri: it is a way to poll";
		report->hint = "add hipri=1";
		return -EINVAL;
	}
	if (!options->ring.hipri)
		return 0;
	/* Without them the kernel would serve these commands by interrupt, and not say so. */
	result = uring_iopoll_check_queues(setup, report);
	return result < 0 ? result : check_kernel(options, setup, report);
}

static int set_up(
	struct uring_nvme *self, const struct engine_setup *setup, struct engine_report *report)
{
	struct uring *uring = &self->uring;
	int result = 0;

	if (setup->targets_change) {
		report->problem = "openfiles does not go with passthrough: commands are made for "
				  "nodes that stay open";
		report->hint = "leave out openfiles";
		return -EINVAL;
	}
	result = nvme_commands_init(&self->commands, &self->options.commands, setup, report);
	if (result == 0)
		result = check_polling(&self->options, setup, report);
	if (result == 0)
		result = uring_setup(uring, setup, report, io_uring_queue_init_params);
	if (result < 0)
		return result;
	engine_report_effective(report, setup->arena, "hipri", "%d", uring->options.hipri);
	make_templates(self, setup);
	uring_use_ring(uring);
	return 0;
}

static int uring_nvme_open(
	const struct engine_setup *setup, struct engine **engine, struct engine_report *report)
{
	struct uring_nvme *self = aligned_array(setup->arena, 1, sizeof(*self));
	struct uring *uring = &self->uring;
	int result;

	if (setup->options)
		self->options = *(const struct uring_nvme_options *)setup->options;
	else
		option_set_defaults(&uring_nvme_option_table, &self->options, setup->arena);
	uring->engine.class = &engine_io_uring_cmd;
	uring->options = self->options.ring;
	uring->options.nonvectored = true;
	uring->needed_flags =
		IORING_SETUP_SQE128 | IORING_SETUP_CQE32 | uring_iopoll_flags(&uring->options);
	uring->targets = setup->targets;
	uring->target_count = setup->target_count;
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
	struct io_uring_params parameters = {.flags = IORING_SETUP_SQE128 | IORING_SETUP_CQE32};
	struct io_uring ring;
	int result = io_uring_queue_init_params(1, &ring, &parameters);

	if (result == -EINVAL) {
		report->problem = "this kernel's io_uring has no passthrough (needs Linux 5.19)";
		report->hint = "use ioengine=nvme_ioctl";
		return result;
	}
	if (result < 0) {
		uring_explain_setup(result, NULL, 1, report, setup->arena);
		return result;
	}
	io_uring_queue_exit(&ring);
	return 0;
}

static void uring_nvme_prove(
	struct engine *engine, struct engine_report *report, struct arena *arena)
{
	struct uring_nvme *self = (struct uring_nvme *)engine;
	struct proof_count counts[IO_OP_COUNT];

	for (enum io_op op = 0; op < IO_OP_COUNT; op++)
		counts[op] = (struct proof_count){
			nvme_commands_name(&self->commands, op), self->uring.counts[op]};
	uring_prove_ring(
		&self->uring, "commands", proof_list(arena, counts, IO_OP_COUNT), report, arena);
	engine_report_proof(report, arena, "buffers", "%s",
		self->uring.options.fixedbufs ? "registered" : "mapped for each command");
}

const struct engine_class engine_io_uring_cmd = {
	.name = "io_uring_cmd",
	.summary = "NVMe commands by io_uring on /dev/ngXnY, past the block layer",
	.op_mask = IO_BIT(IO_READ) | IO_BIT(IO_WRITE) | IO_BIT(IO_TRIM) | IO_BIT(IO_SYNC) |
		   IO_BIT(IO_DATASYNC),
	.traits = ENGINE_COMBINES_CALLS | ENGINE_TAKES_NVME_COMMANDS,
	.depth_limit = URING_DEPTH_LIMIT,
	.options = &uring_nvme_option_table,
	.probe = uring_nvme_probe,
	.open = uring_nvme_open,
	.submit = uring_nvme_submit,
	.reap = uring_nvme_reap,
	.prove = uring_nvme_prove,
	.close = uring_close,
};

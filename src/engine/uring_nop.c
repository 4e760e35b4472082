/* SPDX-License-Identifier: MIT */
/*
 * io_uring without any I/O: each is an IORING_OP_NOP, which the kernel takes from the ring and
 * completes. What it costs is the ring itself, and the calls that it needs. It is an engine of its
 * own, without a target, so that no result that moved nothing can be taken for one of a file.
 */
#include "base/hot.h"
#include "engine/uring_open.h"
#include "engine/uring_wait.h"

static HOT int uring_nop_submit(struct engine *engine, struct slot **slots, unsigned count)
{
	struct uring *uring = (struct uring *)engine;
	unsigned tail = uring->sq_tail;

	for (unsigned i = 0; i < count; i++)
		uring->sqes[tail++ & uring->sq_mask] = uring->templates[slots[i]->index];
	uring->counts[IO_READ] += count;
	return uring_submit_filled(uring, tail, count);
}

/* A NOP answers 0; what counts as done is the length, which the worker adds up. */
static inline bool take(struct uring *uring, const struct io_uring_cqe *cqe, struct slot **slot)
{
	(void)uring;
	*slot = (struct slot *)(uintptr_t)cqe->user_data;
	(*slot)->result = cqe->res < 0 ? cqe->res : (int32_t)(*slot)->length;
	return true;
}

static HOT int uring_nop_reap(
	struct engine *engine, struct slot **done, unsigned min, unsigned max, int64_t timeout_ns)
{
	return uring_reap_with((struct uring *)engine, done, min, max, timeout_ns, 0, take);
}

static void encode(
	const struct uring *uring, const struct slot *slot, enum io_op op, void *template)
{
	struct io_uring_sqe *sqe = template;

	(void)uring;
	(void)op;
	sqe->opcode = IORING_OP_NOP;
	sqe->fd = -1;
	sqe->user_data = (uintptr_t)slot;
}

static int uring_nop_open(
	const struct engine_setup *setup, struct engine **engine, struct engine_report *report)
{
	struct uring *uring = engine_aligned_array(setup->arena, 1, sizeof(*uring));
	int result;

	engine_take_options(setup, &uring_nop_option_table, &uring->options);
	uring->options.nonvectored = true;
	uring_init(uring, &engine_io_uring_nop, setup);
	result = uring_setup(uring, setup, report, uring_queue_init);
	if (result < 0) {
		uring_setup_undo(uring);
		return result;
	}
	engine_report_effective(report, "transfer", "none");
	uring->templates = uring_make_templates(uring, setup, sizeof(struct io_uring_sqe), encode);
	uring_use_ring(uring);
	*engine = &uring->engine;
	return 0;
}

static int uring_nop_probe(const struct engine_setup *setup, struct engine_report *report)
{
	(void)setup;
	return uring_probe_flags(0, report);
}

static void uring_nop_prove(struct engine *engine, struct engine_report *report)
{
	struct uring *uring = (struct uring *)engine;
	const struct engine_count sent[] = {{"NOP", uring->counts[IO_READ]}};

	uring_prove_ring(uring, "opcodes", sent, COUNT_OF(sent), report);
}

const struct engine_class engine_io_uring_nop = {
	.name = "io_uring_nop",
	.summary = "io_uring with NOPs in place of I/O: what the ring itself costs",
	.op_mask = IO_BIT(IO_READ),
	.traits = ENGINE_COMBINES_CALLS | ENGINE_TAKES_NO_TARGET,
	.depth_limit = URING_DEPTH_LIMIT,
	.options = &uring_nop_option_table,
	.probe = uring_nop_probe,
	.open = uring_nop_open,
	.submit = uring_nop_submit,
	.reap = uring_nop_reap,
	.rest = uring_rest,
	.prove = uring_nop_prove,
	.close = uring_close,
};

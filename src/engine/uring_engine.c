/* SPDX-License-Identifier: MIT */
/*
 * io_uring(7). Each slot has an SQE template for each kind of I/O of the job, so that what makes a
 * variant (fixed buffer, fixed file, vector) costs nothing when it is sent. submit copies the
 * template into the ring, sets file, offset and length (or makes it there, where nothing is
 * special), and leaves it there; reap sends what is there and waits in the same io_uring_enter(2).
 * With SQPOLL there is no call at all as long as the kernel's thread is awake and completions come
 * soon.
 */
#include "engine/uring.h"

#include <errno.h>
#include <linux/falloc.h>
#include <string.h>

#include "base/clock.h"
#include "base/hot.h"
#include "engine/blocking.h"
#include "engine/uring_abi.h"
#include "engine/uring_open.h"
#include "engine/uring_wait.h"

unsigned uring_transfer_opcode(const struct uring_options *options, enum io_op op)
{
	bool reads = op == IO_READ;

	if (options->fixedbufs && !options->nonvectored)
		return reads ? URING_OP_READV_FIXED : URING_OP_WRITEV_FIXED;
	if (options->fixedbufs)
		return reads ? IORING_OP_READ_FIXED : IORING_OP_WRITE_FIXED;
	if (!options->nonvectored)
		return reads ? IORING_OP_READV : IORING_OP_WRITEV;
	return reads ? IORING_OP_READ : IORING_OP_WRITE;
}

static void encode_transfer(
	const struct uring *uring, const struct slot *slot, enum io_op op, struct io_uring_sqe *sqe)
{
	sqe->opcode = (uint8_t)uring_transfer_opcode(&uring->options, op);
	sqe->addr = (uintptr_t)slot->buffer;
	sqe->rw_flags = (int)rwf_flags(&uring->options.rwf, op);
	if (uring->options.fixedbufs && !uring->has_one_buffer)
		sqe->buf_index = (uint16_t)slot->index;
	if (uring->vectors) {
		sqe->addr = (uintptr_t)&uring->vectors[slot->index];
		sqe->len = 1;
	}
}

static void encode(
	const struct uring *uring, const struct slot *slot, enum io_op op, void *template)
{
	struct io_uring_sqe *sqe = template;

	sqe->user_data = (uintptr_t)slot;
	if (uring->options.registerfiles)
		sqe->flags |= IOSQE_FIXED_FILE;
	if (uring->options.force_async == 1)
		sqe->flags |= IOSQE_ASYNC;
	if (op == IO_READ || op == IO_WRITE)
		encode_transfer(uring, slot, op, sqe);
	if (op == IO_SYNC || op == IO_DATASYNC)
		sqe->opcode = IORING_OP_FSYNC;
	if (op == IO_DATASYNC)
		sqe->fsync_flags = IORING_FSYNC_DATASYNC;
	/* A trim's target decides, when it is known; composite ones: uring_chain.c. */
}

void uring_encode_trim(
	const struct target *target, const struct slot *slot, struct io_uring_sqe *sqe)
{
	if (target->kind == TARGET_BLOCK) {
		sqe->opcode = IORING_OP_URING_CMD;
		sqe->cmd_op = URING_CMD_BLOCK_DISCARD;
		sqe->addr = slot->offset;
		sqe->addr3 = slot->length;
	} else {
		sqe->opcode = IORING_OP_FALLOCATE;
		sqe->off = slot->offset;
		sqe->addr = slot->length; /* io_uring_prep_fallocate has it there too. */
		sqe->len = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
	}
}

static int check_vectored_fixed(struct uring *uring, struct engine_report *report)
{
	struct io_uring_probe *probe;
	bool has_it;

	if (!uring->options.fixedbufs || uring->options.nonvectored)
		return 0;
	probe = io_uring_get_probe_ring(&uring->ring);
	has_it = probe && io_uring_opcode_supported(probe, URING_OP_READV_FIXED);
	io_uring_free_probe(probe);
	if (has_it)
		return 0;
	return engine_refuse(report, -EOPNOTSUPP, "leave out nonvectored=0",
		"fixedbufs with nonvectored=0: this kernel has no READV_FIXED "
		"(needs Linux 6.15)");
}

static void make_vectors(struct uring *uring, const struct engine_setup *setup)
{
	uring->vectors =
		arena_alloc_array(setup->arena, setup->slot_count, sizeof(*uring->vectors));
	for (unsigned i = 0; i < setup->slot_count; i++)
		uring->vectors[setup->slots[i].index].iov_base = setup->slots[i].buffer;
}

void *uring_make_templates(struct uring *uring, const struct engine_setup *setup, size_t bytes,
	uring_encode_function *encode_one)
{
	char *templates;

	for (enum io_op op = 0; op < IO_OP_COUNT; op++) {
		if (setup->op_mask & IO_BIT(op))
			uring->columns[op] = (uint8_t)uring->column_count++;
	}
	templates = engine_aligned_array(
		setup->arena, (size_t)setup->slot_count * uring->column_count, bytes);
	for (unsigned i = 0; i < setup->slot_count; i++) {
		const struct slot *slot = &setup->slots[i];
		char *row = templates + (size_t)slot->index * uring->column_count * bytes;

		for (enum io_op op = 0; op < IO_OP_COUNT; op++) {
			if (setup->op_mask & IO_BIT(op))
				encode_one(uring, slot, op, row + uring->columns[op] * bytes);
		}
	}
	return templates;
}

int uring_encode(
	struct uring *uring, const struct engine_setup *setup, struct engine_report *report)
{
	int result = check_vectored_fixed(uring, report);

	if (result < 0)
		return result;
	uring->has_trims = setup->op_mask & IO_BIT(IO_TRIM);
	if (!uring->options.nonvectored)
		make_vectors(uring, setup);
	uring->ios_to_async = uring->options.force_async;
	uring->has_streams = target_count(setup->targets, setup->target_count, TARGET_PIPE) > 0;
	uring->is_plain = !uring->vectors && !uring->has_streams &&
			  uring->options.force_async <= 1 &&
			  (setup->op_mask & ~(IO_BIT(IO_READ) | IO_BIT(IO_WRITE))) == 0;
	uring->templates = uring_make_templates(uring, setup, sizeof(struct io_uring_sqe), encode);
	return 0;
}

static inline struct io_uring_sqe *next_sqe(
	struct uring *uring, const struct slot *slot, unsigned tail)
{
	struct io_uring_sqe *sqe = &uring->sqes[tail & uring->sq_mask];
	size_t row = (size_t)slot->index * uring->column_count;

	*sqe = uring->templates[row + uring->columns[slot->op]];
	sqe->fd = uring->files[slot->target];
	uring->counts[slot->op]++;
	return sqe;
}

static void encode_special(struct uring *uring, struct io_uring_sqe *sqe, const struct slot *slot)
{
	sqe->flags |= uring_next_flags(uring);
	if (slot->op == IO_TRIM) {
		uring_encode_trim(&uring->targets[slot->target], slot, sqe);
		sqe->flags |= uring->trim_flags;
	} else if (slot->op <= IO_WRITE) {
		/* A socket refuses one. */
		if (!uring->has_streams || uring->targets[slot->target].kind != TARGET_PIPE)
			sqe->off = slot->offset;
		if (uring->vectors)
			uring->vectors[slot->index].iov_len = slot->length;
		else
			sqe->len = slot->length;
	}
}

/* The SQEs from the tail on, which fill has made. */
static void prioritise(struct uring *uring, struct slot **slots, unsigned count)
{
	unsigned tail = uring->sq_tail;

	for (unsigned i = 0; i < count; i++, tail++) {
		if (slots[i]->op <= IO_WRITE)
			uring->sqes[tail & uring->sq_mask].ioprio =
				uring->priorities[slots[i]->index];
	}
}

static inline unsigned fill_plain(struct uring *uring, struct slot **slots, unsigned count)
{
	unsigned tail = uring->sq_tail;

	for (unsigned i = 0; i < count; i++) {
		struct io_uring_sqe *sqe = next_sqe(uring, slots[i], tail++);

		sqe->off = slots[i]->offset;
		sqe->len = slots[i]->length;
	}
	return tail;
}

static HOT unsigned fill(struct uring *uring, struct slot **slots, unsigned count)
{
	unsigned tail = uring->sq_tail;

	if (uring->is_plain) {
		tail = fill_plain(uring, slots, count);
	} else {
		for (unsigned i = 0; i < count; i++)
			encode_special(uring, next_sqe(uring, slots[i], tail++), slots[i]);
	}
	if (__builtin_expect(uring->priorities != NULL, 0))
		prioritise(uring, slots, count);
	return tail;
}

static HOT int uring_submit(struct engine *engine, struct slot **slots, unsigned count)
{
	struct uring *uring = (struct uring *)engine;

	if (uring->targets_change) {
		for (unsigned i = 0; i < count; i++)
			uring->files[slots[i]->target] =
				uring->targets[slots[i]->target].descriptor;
	}
	/* The SQ has an entry for every slot, so that there is always room. */
	return uring_submit_filled(uring, fill(uring, slots, count), count);
}

/* Discard and fallocate answer 0; the bytes done are all of them then. */
static void count_trimmed_bytes(struct slot **done, int count)
{
	for (int i = 0; i < count; i++) {
		if (done[i]->op == IO_TRIM && done[i]->result == 0)
			done[i]->result = (int32_t)(done[i]->length & INT32_MAX);
	}
}

static HOT int uring_reap(
	struct engine *engine, struct slot **done, unsigned min, unsigned max, int64_t timeout_ns)
{
	struct uring *uring = (struct uring *)engine;
	int count = uring_reap_with(uring, done, min, max, timeout_ns, 0, uring_take);

	if (uring->has_trims)
		count_trimmed_bytes(done, count);
	return count;
}

/*
 * The two for rings with nothing special: most jobs, and what is compared with bare loops. Their
 * SQEs have no template: six words, of which tables have what is alike in all of an op. What
 * follows is zero, as the kernel made it, and nobody else writes there.
 */
static void make_words(struct uring *uring, const struct engine_setup *setup)
{
	uring->heads = setup->target_count == 1
			       ? &uring->only_heads
			       : arena_alloc_array(
					 setup->arena, setup->target_count, sizeof(*uring->heads));
	for (enum io_op op = 0; op <= IO_WRITE; op++) {
		struct io_uring_sqe sqe = {0};
		struct uring_words words;

		if (!(setup->op_mask & IO_BIT(op)))
			continue;
		encode(uring, &setup->slots[0], op, &sqe);
		memcpy(&words, &sqe, sizeof(words));
		uring->lengths[op] = words.length;
		for (unsigned i = 0; i < setup->target_count; i++) {
			sqe.fd = uring->files[i];
			memcpy(&uring->heads[i][op], &sqe, sizeof(uring->heads[i][op]));
		}
	}
	uring->index_mask = uring->options.fixedbufs && !uring->has_one_buffer ? UINT16_MAX : 0;
}

static void choose_class(struct uring *uring, const struct engine_setup *setup)
{
	/* In its words a length is the lower half. */
	bool has_words = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;

	if (!has_words || !uring->is_plain || uring->chain || uring->targets_change ||
		uring->priorities || uring->wait != uring_wait_combined)
		return;
	make_words(uring, setup);
	uring->plain_class = *uring->engine.class;
	uring->plain_class.submit = uring_submit_plain;
	uring->plain_class.reap = uring_reap_plain;
	uring->engine.class = &uring->plain_class;
}

void uring_cancel(struct uring *uring)
{
	struct io_uring_sync_cancel_reg cancel = {
		.fd = -1,
		.flags = IORING_ASYNC_CANCEL_ANY | IORING_ASYNC_CANCEL_ALL,
		.timeout = {.tv_sec = URING_CLOSE_WAIT_NS / (int64_t)NS_PER_S},
	};

	/*
	 * Kernels before 6.0 cannot; then, and when it fails, what ends by itself is waited for. On
	 * a polled ring it would wait for what only our own calls complete.
	 */
	if (!uring->is_io_polled)
		(void)io_uring_register_sync_cancel(&uring->ring, &cancel);
}

/*
 * Buffers may be freed after close, and the kernel tears a ring down later, on a work queue: so
 * what is in flight is cancelled and waited for here.
 */
static void drain(struct uring *uring)
{
	unsigned left = uring->in_flight - uring->unsent;
	uint64_t end_ns = clock_now() + URING_CLOSE_WAIT_NS;

	if (left > 0)
		uring_cancel(uring);
	while (uring_ready(uring) < left && clock_now() < end_ns) {
		int result =
			uring_enter(uring, 0, left, IORING_ENTER_GETEVENTS, URING_CLOSE_WAIT_NS);

		if (result < 0 && result != -EINTR)
			break;
	}
}

void uring_close(struct engine *engine)
{
	struct uring *uring = (struct uring *)engine;

	if (!uring)
		return;
	if (uring->has_ring)
		drain(uring);
	uring_setup_undo(uring);
}

void uring_use_ring(struct uring *uring)
{
	struct io_uring *ring = &uring->ring;

	uring->sqes = ring->sq.sqes;
	uring->sq_kernel_tail = ring->sq.ktail;
	uring->sq_kernel_flags = ring->sq.kflags;
	uring->sq_mask = ring->sq.ring_mask;
	uring->cqes = ring->cq.cqes;
	uring->cq_kernel_head = ring->cq.khead;
	uring->cq_kernel_tail = ring->cq.ktail;
	uring->cq_mask = ring->cq.ring_mask;
	/* The trials at open have moved them. */
	uring->sq_tail = *ring->sq.ktail;
	uring->cq_head = *ring->cq.khead;
	uring->is_sq_polled = ring->flags & IORING_SETUP_SQPOLL;
	uring->is_io_polled = ring->flags & IORING_SETUP_IOPOLL;
	uring->always_looks = uring->is_io_polled || !(ring->flags & IORING_SETUP_TASKRUN_FLAG);
	uring->wait = uring_choose_wait(uring);
}

void uring_init(
	struct uring *uring, const struct engine_class *class, const struct engine_setup *setup)
{
	uring->engine.class = class;
	uring->targets = setup->targets;
	uring->priorities = setup->priorities;
	uring->target_count = setup->target_count;
	uring->event_descriptor = -1;
	uring->needed_flags = uring_poll_flags(&uring->options);
}

static int uring_open(
	const struct engine_setup *setup, struct engine **engine, struct engine_report *report)
{
	struct uring *uring = engine_aligned_array(setup->arena, 1, sizeof(*uring));
	struct engine_setup whole = *setup;
	int result;

	whole.op_mask |= blocking_transfers(setup->op_mask);
	engine_take_options(setup, &uring_option_table, &uring->options);
	uring_init(uring, &engine_io_uring, setup);
	uring->may_share_buffer = true;
	result = uring_chain_check(uring, setup, report);
	if (result == 0)
		result = uring_check_polling(&uring->options, setup, report);
	if (result == 0)
		result = uring_setup(uring, setup, report, uring_queue_init);
	if (result == 0)
		result = uring_encode(uring, &whole, report);
	if (result == 0)
		result = uring_try_settings(uring, &whole, report);
	if (result == 0)
		result = uring_chain_open(uring, setup, report);
	if (result < 0) {
		uring_setup_undo(uring);
		return result;
	}
	uring_use_ring(uring);
	choose_class(uring, &whole);
	*engine = &uring->engine;
	return 0;
}

int uring_probe_flags(unsigned flags, struct engine_report *report)
{
	struct io_uring_params parameters = {.flags = flags};
	struct io_uring ring;
	int result = io_uring_queue_init_params(1, &ring, &parameters);

	if (result < 0)
		return uring_explain_setup(result, NULL, 1, report);
	io_uring_queue_exit(&ring);
	return 0;
}

static int uring_probe(const struct engine_setup *setup, struct engine_report *report)
{
	(void)setup;
	return uring_probe_flags(0, report);
}

const struct engine_class engine_io_uring = {
	.name = "io_uring",
	.summary = "io_uring(7), with all that it has for storage as options",
	.op_mask = ENGINE_PLAIN_OPS | (IO_COMPOSITE_BITS & ~IO_NAME_BITS),
	.traits = ENGINE_COMBINES_CALLS | ENGINE_HAS_PRIORITIES,
	.depth_limit = URING_DEPTH_LIMIT,
	.options = &uring_option_table,
	.probe = uring_probe,
	.open = uring_open,
	.submit = uring_submit,
	.reap = uring_reap,
	.rest = uring_rest,
	.prove = uring_prove,
	.close = uring_close,
};

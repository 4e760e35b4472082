/* SPDX-License-Identifier: MIT */
/*
 * io_uring(7). submit copies each slot's SQE template into the ring and leaves it there; reap sends
 * what is there and waits in the same io_uring_enter(2). With SQPOLL there is no call at all as
 * long as the kernel's thread is awake and completions come soon.
 */
#include "engine/uring.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "base/clock.h"
#include "engine/aligned.h"
#include "engine/composite.h"
#include "engine/engine_list.h"
#include "engine/uring_chain.h"
#include "engine/uring_iopoll.h"
#include "engine/uring_wait.h"

enum { CLOSE_WAIT_NS = 1000000000 };

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

static unsigned fill(struct uring *uring, struct slot **slots, unsigned count)
{
	unsigned tail = uring->sq_tail;

	if (uring->is_plain) {
		for (unsigned i = 0; i < count; i++) {
			struct io_uring_sqe *sqe = next_sqe(uring, slots[i], tail++);

			sqe->off = slots[i]->offset;
			sqe->len = slots[i]->length;
		}
	} else {
		for (unsigned i = 0; i < count; i++)
			encode_special(uring, next_sqe(uring, slots[i], tail++), slots[i]);
	}
	return tail;
}

static int uring_submit(struct engine *engine, struct slot **slots, unsigned count)
{
	struct uring *uring = (struct uring *)engine;
	int result;

	if (uring->targets_change) {
		for (unsigned i = 0; i < count; i++)
			uring->files[slots[i]->target] =
				uring->targets[slots[i]->target].descriptor;
	}
	/* The SQ has an entry for every slot, so that there is always room. */
	uring->sq_tail = fill(uring, slots, count);
	result = uring_publish(uring, count);
	return result < 0 ? result : (int)count;
}

static inline unsigned harvest(struct uring *uring, struct slot **done, unsigned max)
{
	unsigned head = uring->cq_head;
	unsigned count = uring_ready(uring);

	if (count > max)
		count = max;
	for (unsigned i = 0; i < count; i++) {
		const struct io_uring_cqe *cqe = &uring->cqes[head++ & uring->cq_mask];
		struct slot *slot = (struct slot *)(uintptr_t)cqe->user_data;

		slot->result = cqe->res;
		done[i] = slot;
	}
	uring->cq_head = head;
	__atomic_store_n(uring->cq_kernel_head, head, __ATOMIC_RELEASE);
	uring->in_flight -= count;
	return count;
}

/* Discard and fallocate answer 0; the bytes done are all of them then. */
static void count_trimmed_bytes(struct slot **done, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if (done[i]->op == IO_TRIM && done[i]->result == 0)
			done[i]->result = (int32_t)done[i]->length;
	}
}

static int uring_reap(
	struct engine *engine, struct slot **done, unsigned min, unsigned max, int64_t timeout_ns)
{
	struct uring *uring = (struct uring *)engine;
	unsigned count = 0;
	unsigned taken;

	if (min > uring->in_flight)
		min = uring->in_flight;
	do {
		int result = uring->wait(uring, min - count, timeout_ns);

		if (result < 0)
			return count > 0 ? (int)count : result;
		taken = harvest(uring, &done[count], max - count);
		count += taken;
		/* The kernel polls for no more as long as some are there that were not taken. */
	} while (uring->is_io_polled && taken > 0 && count < min);
	if (uring->has_trims)
		count_trimmed_bytes(done, count);
	return (int)count;
}

/*
 * Buffers may be freed after close, and the kernel tears a ring down later, on a work queue: so
 * what is in flight is cancelled, where it can be, and waited for here.
 */
static void drain(struct uring *uring)
{
	struct io_uring_sync_cancel_reg cancel = {
		.fd = -1,
		.flags = IORING_ASYNC_CANCEL_ANY | IORING_ASYNC_CANCEL_ALL,
		.timeout = {.tv_sec = CLOSE_WAIT_NS / (int64_t)NS_PER_S},
	};
	unsigned left = uring->in_flight - uring->unsent;
	uint64_t end_ns = clock_now() + CLOSE_WAIT_NS;

	if (left == 0)
		return;
	/*
	 * Kernels before 6.0 cannot; then, and when it fails, what ends by itself is waited for. On
	 * a polled ring it would wait for what only our own calls complete.
	 */
	if (!uring->is_io_polled)
		(void)io_uring_register_sync_cancel(&uring->ring, &cancel);
	while (uring_ready(uring) < left && clock_now() < end_ns) {
		int result = uring_enter(uring, 0, left, IORING_ENTER_GETEVENTS, CLOSE_WAIT_NS);

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
	/* What was tried at open has moved them. */
	uring->sq_tail = *ring->sq.ktail;
	uring->cq_head = *ring->cq.khead;
	uring->is_sq_polled = ring->flags & IORING_SETUP_SQPOLL;
	uring->is_io_polled = ring->flags & IORING_SETUP_IOPOLL;
	uring->wait = uring_choose_wait(uring);
	/* The indirection that nobody needs: entry i of the SQ is always SQE i. liburing 2.9 asks
	 * newer kernels for a ring without (NO_SQARRAY). */
	for (unsigned i = 0; ring->sq.array && i < ring->sq.ring_entries; i++)
		ring->sq.array[i] = i;
}

static int uring_open(
	const struct engine_setup *setup, struct engine **engine, struct engine_report *report)
{
	struct uring *uring = aligned_array(setup->arena, 1, sizeof(*uring));
	struct engine_setup whole = *setup;
	int result;

	whole.op_mask |= composite_transfers(setup->op_mask);
	uring->engine.class = &engine_io_uring;
	if (setup->options)
		uring->options = *(const struct uring_options *)setup->options;
	else
		option_set_defaults(&uring_option_table, &uring->options, setup->arena);
	uring->targets = setup->targets;
	uring->target_count = setup->target_count;
	uring->event_descriptor = -1;
	uring->needed_flags = uring_iopoll_flags(&uring->options);
	result = uring_chain_check(uring, setup, report);
	if (result == 0)
		result = uring_iopoll_check(&uring->options, setup, report);
	if (result == 0)
		result = uring_setup(uring, setup, report, io_uring_queue_init_params);
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
	*engine = &uring->engine;
	return 0;
}

static int uring_probe(const struct engine_setup *setup, struct engine_report *report)
{
	struct io_uring_params parameters = {0};
	struct io_uring ring;
	int result = io_uring_queue_init_params(1, &ring, &parameters);

	if (result < 0) {
		uring_explain_setup(result, NULL, 1, report, setup->arena);
		return result;
	}
	io_uring_queue_exit(&ring);
	return 0;
}

const struct engine_class engine_io_uring = {
	.name = "io_uring",
	.summary = "io_uring(7), with all that it has for storage as options",
	.op_mask = IO_BIT(IO_READ) | IO_BIT(IO_WRITE) | IO_BIT(IO_TRIM) | IO_BIT(IO_SYNC) |
		   IO_BIT(IO_DATASYNC) | IO_COMPOSITE_BITS,
	.traits = ENGINE_COMBINES_CALLS,
	.depth_limit = URING_DEPTH_LIMIT,
	.options = &uring_option_table,
	.probe = uring_probe,
	.open = uring_open,
	.submit = uring_submit,
	.reap = uring_reap,
	.prove = uring_prove,
	.close = uring_close,
};

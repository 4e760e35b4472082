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
#include "engine/engine_list.h"

enum {
	SPIN_LIMIT_NS = 1000000,
	SPIN_TURNS_PER_CLOCK = 64,
	SPIN_HOLIDAYS_LIMIT = 1024,
	CLOSE_WAIT_NS = 1000000000,
};

static inline unsigned ready(const struct uring *uring)
{
	return __atomic_load_n(uring->cq_kernel_tail, __ATOMIC_ACQUIRE) - uring->cq_head;
}

static inline unsigned kernel_flags(const struct uring *uring)
{
	return __atomic_load_n(uring->sq_kernel_flags, __ATOMIC_RELAXED);
}

/* io_uring_enter(2): what it returns, or -errno. */
static int enter(
	struct uring *uring, unsigned unsent, unsigned min, unsigned flags, int64_t timeout_ns)
{
	struct __kernel_timespec timeout;
	struct io_uring_getevents_arg argument = {.ts = (uintptr_t)&timeout};

	flags |= uring->enter_flags;
	uring->engine.syscalls++;
	if (timeout_ns < 0 || min == 0)
		return io_uring_enter2(
			(unsigned)uring->enter_descriptor, unsent, min, flags, NULL, _NSIG / 8);
	timeout.tv_sec = timeout_ns / (int64_t)NS_PER_S;
	timeout.tv_nsec = timeout_ns % (int64_t)NS_PER_S;
	return io_uring_enter2((unsigned)uring->enter_descriptor, unsent, min,
		flags | IORING_ENTER_EXT_ARG, (sigset_t *)&argument, sizeof(argument));
}

/* The kernel is out of memory for requests: one that it has must end before it takes more. */
static int make_room(struct uring *uring)
{
	unsigned in_kernel = uring->in_flight - uring->unsent - ready(uring);
	int result;

	if (in_kernel == 0)
		return ready(uring) > 0 ? 0 : -EAGAIN;
	result = enter(uring, 0, ready(uring) + 1, IORING_ENTER_GETEVENTS, -1);
	return result == -EINTR || result >= 0 ? 0 : result;
}

/*
 * Sends what is unsent and waits for `min` in the same call. 0 also when a signal or the time came
 * first: reap hands out what is there.
 */
static int send_and_wait(struct uring *uring, unsigned min, int64_t timeout_ns)
{
	do {
		int sent = enter(uring, uring->unsent, min, IORING_ENTER_GETEVENTS, timeout_ns);

		if (sent == -EINTR || sent == -ETIME)
			return 0;
		if (sent == -EAGAIN || sent == -EBUSY || (sent == 0 && uring->unsent > 0))
			return make_room(uring);
		if (sent < 0)
			return sent;
		uring->unsent -= (unsigned)sent;
		/* An SQE that the kernel stopped at keeps it from waiting: on with the others. */
	} while (uring->unsent > 0);
	return 0;
}

static int send_only(struct uring *uring)
{
	int sent = enter(uring, uring->unsent, 0, 0, -1);

	if (sent == -EAGAIN || sent == -EBUSY)
		return 0; /* reap sends them. */
	if (sent < 0)
		return sent;
	uring->unsent -= (unsigned)sent;
	return 0;
}

/*
 * Shows the poll thread the new tail, and wakes it when it sleeps. Its flag must be read after the
 * tail can be seen, or a thread that goes to sleep misses it: both are sequentially consistent.
 */
static int publish_to_poller(struct uring *uring)
{
	int result;

	__atomic_store_n(uring->sq_kernel_tail, uring->sq_tail, __ATOMIC_SEQ_CST);
	if (!(__atomic_load_n(uring->sq_kernel_flags, __ATOMIC_SEQ_CST) & IORING_SQ_NEED_WAKEUP))
		return 0;
	uring->wakeups++;
	result = enter(uring, 0, 0, IORING_ENTER_SQ_WAKEUP, -1);
	return result < 0 ? result : 0;
}

/* Looks at the CQ for `limit_ns`; the clock is only read when nothing came at once. */
static bool spin(const struct uring *uring, unsigned min, uint64_t limit_ns)
{
	uint64_t deadline_ns = 0;

	for (;;) {
		uint64_t now_ns;

		for (int turn = 0; turn < SPIN_TURNS_PER_CLOCK; turn++) {
			if (ready(uring) >= min)
				return true;
#if defined(__x86_64__)
			__builtin_ia32_pause();
#endif
		}
		now_ns = clock_now();
		if (deadline_ns == 0)
			deadline_ns = now_ns + limit_ns;
		else if (now_ns >= deadline_ns)
			return false;
	}
}

/*
 * With SQPOLL: looks for completions in user space for about a millisecond, then sleeps in the
 * kernel. A poll thread that shares this CPU cannot run while we look, and a slow device is not
 * worth a core: each time that looking was in vain it is left out for twice as many waits.
 */
static int wait_polling(struct uring *uring, unsigned min, int64_t timeout_ns)
{
	bool is_short = timeout_ns >= 0 && timeout_ns <= SPIN_LIMIT_NS;
	int result;

	if (ready(uring) >= min)
		return 0;
	if (uring->spin_holidays > 0) {
		uring->spin_holidays--;
	} else if (spin(uring, min, is_short ? (uint64_t)timeout_ns : SPIN_LIMIT_NS)) {
		uring->spin_holidays_next = 1;
		return 0;
	} else {
		uring->spin_holidays = uring->spin_holidays_next;
		if (uring->spin_holidays_next < SPIN_HOLIDAYS_LIMIT)
			uring->spin_holidays_next *= 2;
		if (is_short)
			return 0;
		if (timeout_ns >= 0)
			timeout_ns -= SPIN_LIMIT_NS;
	}
	result = enter(uring, 0, min, IORING_ENTER_GETEVENTS, timeout_ns);
	if (result == -EINTR || result == -ETIME)
		return 0;
	return result < 0 ? result : 0;
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
	if (slot->op == IO_TRIM) {
		uring_encode_trim(&uring->targets[slot->target], slot, sqe);
	} else if (slot->op <= IO_WRITE) {
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
	int result = 0;

	if (uring->targets_change) {
		for (unsigned i = 0; i < count; i++)
			uring->files[slots[i]->target] =
				uring->targets[slots[i]->target].descriptor;
	}
	/* The SQ has an entry for every slot, so that there is always room. */
	uring->sq_tail = fill(uring, slots, count);
	uring->in_flight += count;
	if (uring->is_sq_polled) {
		result = publish_to_poller(uring);
	} else {
		__atomic_store_n(uring->sq_kernel_tail, uring->sq_tail, __ATOMIC_RELEASE);
		uring->unsent += count;
		if (engine->sends_now)
			result = send_only(uring);
	}
	return result < 0 ? result : (int)count;
}

static inline unsigned harvest(struct uring *uring, struct slot **done, unsigned max)
{
	unsigned head = uring->cq_head;
	unsigned count = ready(uring);

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

/* Whether completions wait in the kernel for this task to come in (DEFER_, COOP_TASKRUN). */
static inline bool kernel_has_news(const struct uring *uring)
{
	return uring->needs_enter_to_see ||
	       (kernel_flags(uring) & (IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW)) != 0;
}

static int uring_reap(
	struct engine *engine, struct slot **done, unsigned min, unsigned max, int64_t timeout_ns)
{
	struct uring *uring = (struct uring *)engine;
	unsigned count;
	int result = 0;

	if (min > uring->in_flight)
		min = uring->in_flight;
	if (uring->is_sq_polled)
		result = wait_polling(uring, min, timeout_ns);
	else if (uring->unsent > 0 || ready(uring) < min)
		result = send_and_wait(uring, min, timeout_ns);
	else if (ready(uring) == 0 && uring->in_flight > 0 && kernel_has_news(uring))
		result = send_and_wait(uring, 0, 0);
	if (result < 0)
		return result;
	count = harvest(uring, done, max);
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

	if (left == 0)
		return;
	/* Kernels before 6.0 cannot; then, and when it fails, what ends by itself is waited for. */
	(void)io_uring_register_sync_cancel(&uring->ring, &cancel);
	while (ready(uring) < left) {
		int result = enter(uring, 0, left, IORING_ENTER_GETEVENTS, CLOSE_WAIT_NS);

		if (result < 0 && result != -EINTR)
			break;
	}
}

static void uring_close(struct engine *engine)
{
	struct uring *uring = (struct uring *)engine;

	if (!uring)
		return;
	if (uring->has_ring)
		drain(uring);
	uring_setup_undo(uring);
}

static void use_ring(struct uring *uring)
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
	/* The indirection that nobody needs: entry i of the SQ is always SQE i. */
	for (unsigned i = 0; i < ring->sq.ring_entries; i++)
		ring->sq.array[i] = i;
}

static int uring_open(
	const struct engine_setup *setup, struct engine **engine, struct engine_report *report)
{
	struct uring *uring = aligned_array(setup->arena, 1, sizeof(*uring));
	int result;

	uring->engine.class = &engine_io_uring;
	if (setup->options)
		uring->options = *(const struct uring_options *)setup->options;
	else
		option_set_defaults(&uring_option_table, &uring->options, setup->arena);
	uring->targets = setup->targets;
	uring->target_count = setup->target_count;
	uring->spin_holidays_next = 1;
	result = uring_setup(uring, setup, report, io_uring_queue_init_params);
	if (result == 0)
		result = uring_encode(uring, setup, report);
	if (result < 0) {
		uring_setup_undo(uring);
		return result;
	}
	use_ring(uring);
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
		   IO_BIT(IO_DATASYNC),
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

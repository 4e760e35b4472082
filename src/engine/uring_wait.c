/* SPDX-License-Identifier: MIT */
/* Sending and waiting: everything that makes a system call between open and close; and submit and
 * reap of plain rings, which share a page of code with it. */
#include "engine/uring_wait.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hot.h"
#include "base/system_call.h"
#include "engine/look_ahead.h"
#include "engine/uring_abi.h"

enum {
	SPIN_LIMIT_NS = 1000000,
	SPIN_TURNS_PER_CLOCK = 64,
	FAR_S = 3600, /* longer than any min_wait_us */
	REST_LOOK_NS = 200000,
};

#define REST_LIMIT_NS (2 * NS_PER_S) /* an idle poll thread sleeps after one second at most */

/* Apart from what has no end: its arguments are made in memory. */
static __attribute__((noinline)) int enter_until(
	struct uring *uring, unsigned unsent, unsigned min, unsigned flags, int64_t timeout_ns)
{
	struct __kernel_timespec timeout;
	struct uring_abi_wait argument = {
		.min_wait_us = uring->options.min_wait_us,
		.timeout = (uintptr_t)&timeout,
	};

	/* With no end of its own the wait would be over after min_wait_us with nothing done. */
	if (timeout_ns < 0)
		timeout_ns = FAR_S * (int64_t)NS_PER_S;
	/* The kernel looks at the timeout only when that is over: io_cqring_schedule_timeout. */
	if (argument.min_wait_us > timeout_ns / (int64_t)NS_PER_US)
		argument.min_wait_us = (uint32_t)(timeout_ns / (int64_t)NS_PER_US);
	timeout.tv_sec = timeout_ns / (int64_t)NS_PER_S;
	timeout.tv_nsec = timeout_ns % (int64_t)NS_PER_S;
	return io_uring_enter2((unsigned)uring->enter_descriptor, unsent, min,
		flags | IORING_ENTER_EXT_ARG, (sigset_t *)&argument, sizeof(argument));
}

static inline int enter(
	struct uring *uring, unsigned unsent, unsigned min, unsigned flags, int64_t timeout_ns)
{
	int result;

	flags |= uring->enter_flags;
	uring->engine.syscalls++;
	if (__builtin_expect(min > 0 && (timeout_ns >= 0 || uring->options.min_wait_us > 0), 0))
		return enter_until(uring, unsent, min, flags, timeout_ns);
	result = (int)system_call(
		SYS_io_uring_enter, uring->enter_descriptor, unsent, min, flags, 0, _NSIG / 8);
	engine_look_ahead(&uring->engine);
	return result;
}

int uring_enter(
	struct uring *uring, unsigned unsent, unsigned min, unsigned flags, int64_t timeout_ns)
{
	return enter(uring, unsent, min, flags, timeout_ns);
}

/* The kernel is out of memory for requests: one that it has must end before it takes more. */
static COLD int make_room(struct uring *uring)
{
	unsigned in_kernel = uring->in_flight - uring->unsent - uring_ready(uring);
	int result;

	if (in_kernel == 0)
		return uring_ready(uring) > 0 ? 0 : -EAGAIN;
	result = uring_enter(uring, 0, uring_ready(uring) + 1, IORING_ENTER_GETEVENTS, -1);
	return result == -EINTR || result >= 0 ? 0 : result;
}

/* The kernel has taken `sent`, not all, or an error: room is made, or the rest is sent. */
static COLD int send_rest(struct uring *uring, int sent, unsigned min, int64_t timeout_ns)
{
	for (;;) {
		if (sent == -EINTR || sent == -ETIME)
			return 0;
		if (sent == -EAGAIN || sent == -EBUSY || (sent == 0 && uring->unsent > 0))
			return make_room(uring);
		if (sent < 0)
			return sent;
		uring->unsent -= (unsigned)sent;
		if (uring->unsent == 0)
			return 0;
		/* An SQE that the kernel stopped at keeps it from waiting: on with the others. */
		sent = enter(uring, uring->unsent, min, IORING_ENTER_GETEVENTS, timeout_ns);
	}
}

static inline unsigned kernel_flags(const struct uring *uring)
{
	return __atomic_load_n(uring->sq_kernel_flags, __ATOMIC_RELAXED);
}

/* Whether completions wait in the kernel for this task to come in (DEFER_, COOP_TASKRUN). */
static inline bool kernel_has_news(const struct uring *uring)
{
	return (kernel_flags(uring) & (IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW)) != 0;
}

/* A call that waits for nothing looks for completions, too, where the kernel has said that some
 * wait in it, or does not say so. A look takes some 15 ns. */
static inline unsigned look_flags(const struct uring *uring, unsigned min)
{
	return min > 0 || uring->always_looks || kernel_has_news(uring) ? IORING_ENTER_GETEVENTS
									: 0;
}

/* Something came while it was sent, as from a drive that is in memory: it does not wait for the
 * next call, neither now nor later. */
static COLD int look_from_now_on(struct uring *uring)
{
	int result;

	uring->always_looks = true;
	result = uring_enter(uring, 0, 0, IORING_ENTER_GETEVENTS, 0);
	return result == -EINTR || result >= 0 ? 0 : result;
}

/*
 * Sends what is unsent and waits for `min` in the same call. 0 also when a signal or the time came
 * first: reap hands out what is there.
 */
static inline int send_and_wait(struct uring *uring, unsigned min, int64_t timeout_ns)
{
	unsigned flags = look_flags(uring, min);
	int sent = enter(uring, uring->unsent, min, flags, timeout_ns);

	if (__builtin_expect(sent != (int)uring->unsent, 0))
		return send_rest(uring, sent, min, timeout_ns);
	uring->unsent = 0;
	if (__builtin_expect(flags == 0 && kernel_has_news(uring), 0))
		return look_from_now_on(uring);
	return 0;
}

int uring_send_only(struct uring *uring)
{
	int sent = uring_enter(uring, uring->unsent, 0, 0, -1);

	if (sent == -EAGAIN || sent == -EBUSY)
		return 0; /* reap sends them. */
	if (sent < 0)
		return sent;
	uring->unsent -= (unsigned)sent;
	return 0;
}

HOT int uring_publish_to_poller(struct uring *uring)
{
	int result;

	__atomic_store_n(uring->sq_kernel_tail, uring->sq_tail, __ATOMIC_SEQ_CST);
	if (!(__atomic_load_n(uring->sq_kernel_flags, __ATOMIC_SEQ_CST) & IORING_SQ_NEED_WAKEUP))
		return 0;
	uring->wakeups++;
	result = uring_enter(uring, 0, 0, IORING_ENTER_SQ_WAKEUP, -1);
	return result < 0 ? result : 0;
}

void uring_rest(struct engine *engine)
{
	struct uring *uring = (struct uring *)engine;
	const struct timespec look = {.tv_nsec = REST_LOOK_NS};
	uint64_t limit_ns = clock_now() + REST_LIMIT_NS;

	while (uring->is_sq_polled && clock_now() < limit_ns &&
		!(__atomic_load_n(uring->sq_kernel_flags, __ATOMIC_SEQ_CST) &
			IORING_SQ_NEED_WAKEUP))
		(void)nanosleep(&look, NULL); /* broken off: looked at again */
}

/* Looks at the CQ for `limit_ns`; the clock is only read when nothing came at once. */
static bool spin(const struct uring *uring, unsigned min, uint64_t limit_ns)
{
	uint64_t deadline_ns = 0;

	for (;;) {
		uint64_t now_ns;

		for (int turn = 0; turn < SPIN_TURNS_PER_CLOCK; turn++) {
			if (uring_ready(uring) >= min)
				return true;
			engine_spin_pause();
		}
		now_ns = clock_now();
		if (deadline_ns == 0)
			deadline_ns = now_ns + limit_ns;
		else if (now_ns >= deadline_ns)
			return false;
	}
}

/* With SQPOLL: looks for completions for about a millisecond, then sleeps in the kernel. */
static HOT int wait_polling(struct uring *uring, unsigned min, int64_t timeout_ns)
{
	bool is_short = timeout_ns >= 0 && timeout_ns <= SPIN_LIMIT_NS;
	int result;

	if (uring_ready(uring) >= min)
		return 0;
	if (engine_spin_is_due(&uring->spin)) {
		if (spin(uring, min, is_short ? (uint64_t)timeout_ns : SPIN_LIMIT_NS)) {
			engine_spin_found(&uring->spin);
			return 0;
		}
		engine_spin_was_in_vain(&uring->spin);
		if (is_short)
			return 0;
		if (timeout_ns >= 0)
			timeout_ns -= SPIN_LIMIT_NS;
	}
	result = uring_enter(uring, 0, min, IORING_ENTER_GETEVENTS, timeout_ns);
	if (result == -EINTR || result == -ETIME)
		return 0;
	return result < 0 ? result : 0;
}

HOT_PAGE int uring_submit_plain(struct engine *engine, struct slot **slots, unsigned count)
{
	struct uring *uring = (struct uring *)engine;
	unsigned tail = uring->sq_tail;

	for (unsigned i = 0; i < count; i++) {
		const struct slot *slot = slots[i];
		struct uring_words *sqe = (void *)&uring->sqes[tail++ & uring->sq_mask];

		sqe->head = uring->heads[slot->target][slot->op];
		sqe->offset = slot->offset;
		sqe->address = (uintptr_t)slot->buffer;
		sqe->length = uring->lengths[slot->op] | slot->length;
		sqe->user_data = (uintptr_t)slot;
		sqe->buffer_index = slot->index & uring->index_mask;
		uring->counts[slot->op]++;
	}
	return uring_submit_filled(uring, tail, count);
}

/* One call sends and waits; none is made when there is nothing to send, to wait for or to see. */
HOT_NEXT int uring_wait_combined(struct uring *uring, unsigned min, int64_t timeout_ns)
{
	unsigned ready = uring_ready(uring);

	if (__builtin_expect(uring->unsent > 0 || ready < min, 1))
		return send_and_wait(uring, min, timeout_ns);
	if (ready == 0 && uring->in_flight > 0 && (uring->is_io_polled || kernel_has_news(uring)))
		return send_and_wait(uring, 0, 0);
	return 0;
}

HOT_NEXT int uring_reap_plain(
	struct engine *engine, struct slot **done, unsigned min, unsigned max, int64_t timeout_ns)
{
	struct uring *uring = (struct uring *)engine;
	unsigned count;
	int result;

	result = uring_wait_combined(
		uring, min < uring->in_flight ? min : uring->in_flight, timeout_ns);
	if (result < 0)
		return result;
	count = uring_harvest(uring, done, max, 0, uring_take);
	uring->in_flight -= count;
	return (int)count;
}

static void count_event_call(struct uring *uring)
{
	uring->engine.syscalls++;
	uring->event_calls++;
}

/* 1: the kernel told of completions; 0: a signal or the time came first; or -errno. */
static int read_eventfd(struct uring *uring, int64_t timeout_ns)
{
	struct pollfd entry = {.fd = uring->event_descriptor, .events = POLLIN};
	const struct timespec timeout = clock_timespec((uint64_t)timeout_ns);
	uint64_t told;
	int result = 1;

	if (timeout_ns >= 0) {
		count_event_call(uring);
		result = ppoll(&entry, 1, &timeout, NULL);
	}
	if (result > 0) {
		count_event_call(uring);
		result = read(uring->event_descriptor, &told, sizeof(told)) < 0 ? -1 : 1;
	}
	if (result < 0)
		return errno == EINTR ? 0 : -errno;
	return result;
}

/* As an event loop does it: send, wait for the eventfd, go in for what waits in the kernel. */
static int wait_for_eventfd(struct uring *uring, unsigned min, int64_t timeout_ns)
{
	uint64_t deadline_ns = timeout_ns > 0 ? clock_now() + (uint64_t)timeout_ns : 0;
	int result = 0;

	if (uring->unsent > 0)
		result = uring_send_only(uring);
	if (result == 0 && uring->unsent > 0)
		result = make_room(uring);
	if (result == 0 && kernel_has_news(uring))
		result = send_and_wait(uring, 0, 0);
	while (result == 0 && uring_ready(uring) < min) {
		timeout_ns = clock_left(timeout_ns, deadline_ns);
		result = read_eventfd(uring, timeout_ns);
		if (result <= 0)
			return result;
		result = kernel_has_news(uring) ? send_and_wait(uring, 0, 0) : 0;
	}
	return result;
}

/* Polling knows no timeout: with one, it is looked once at a time until the time is over. */
static int wait_io_polled(struct uring *uring, unsigned min, int64_t timeout_ns)
{
	uint64_t deadline_ns;
	int result;

	if (timeout_ns < 0 || min == 0)
		return uring_wait_combined(uring, min, timeout_ns);
	deadline_ns = clock_now() + (uint64_t)timeout_ns;
	do {
		result = uring_ready(uring) == 0 ? send_and_wait(uring, 0, 0) : 0;
	} while (result == 0 && uring_ready(uring) == 0 && clock_now() < deadline_ns);
	return result;
}

uring_wait_function *uring_choose_wait(const struct uring *uring)
{
	if (uring->is_io_polled && !uring->is_sq_polled)
		return wait_io_polled;
	if (uring->options.eventfd)
		return wait_for_eventfd;
	return uring->is_sq_polled ? wait_polling : uring_wait_combined;
}

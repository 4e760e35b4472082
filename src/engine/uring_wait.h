/* SPDX-License-Identifier: MIT */
/* The hot loop's half of the ring: sending, waiting and harvesting. */
#ifndef ENGINE_URING_WAIT_H
#define ENGINE_URING_WAIT_H

#include "engine/uring.h"

/* io_uring_enter(2), counted: what it returns, or -errno. */
int uring_enter(
	struct uring *uring, unsigned unsent, unsigned min, unsigned flags, int64_t timeout_ns);

/* Sends what is unsent, now. 0 or -errno; what the kernel has no room for is left to reap. */
int uring_send_only(struct uring *uring);

/*
 * Shows the poll thread the new tail, and wakes it when it sleeps. Its flag must be read after the
 * tail can be seen, or a thread that goes to sleep misses it: both are sequentially consistent.
 */
int uring_publish_to_poller(struct uring *uring);

/* Waits until the poll thread sleeps: struct engine_class. */
void uring_rest(struct engine *engine);

/* Shows the kernel, or leaves for reap to send, `count` SQEs up to sq_tail. 0 or -errno. */
static inline int uring_publish(struct uring *uring, unsigned count)
{
	if (uring->is_sq_polled)
		return uring_publish_to_poller(uring);
	__atomic_store_n(uring->sq_kernel_tail, uring->sq_tail, __ATOMIC_RELEASE);
	uring->unsent += count;
	return uring->engine.sends_now ? uring_send_only(uring) : 0;
}

/* Ends a submit that has filled `count` SQEs, an I/O each, up to `tail`: what it returns. */
static inline __attribute__((always_inline)) int uring_submit_filled(
	struct uring *uring, unsigned tail, unsigned count)
{
	int result;

	uring->sq_tail = tail;
	uring->in_flight += count;
	result = uring_publish(uring, count);
	return result < 0 ? result : (int)count;
}

/* The way to wait that these options ask for; the plain one of them. */
uring_wait_function *uring_choose_wait(const struct uring *uring);
uring_wait_function uring_wait_combined;

/* Completions in the CQ that reap has not taken. */
static inline unsigned uring_ready(const struct uring *uring)
{
	return __atomic_load_n(uring->cq_kernel_tail, __ATOMIC_ACQUIRE) - uring->cq_head;
}

/* *slot: whose CQE it is. True when the I/O is over: its result is set. */
typedef bool uring_take_function(
	struct uring *uring, const struct io_uring_cqe *cqe, struct slot **slot);

/* Where each I/O has one CQE, and user_data is its slot. */
static inline bool uring_take(
	struct uring *uring, const struct io_uring_cqe *cqe, struct slot **slot)
{
	(void)uring;
	*slot = (struct slot *)(uintptr_t)cqe->user_data;
	(*slot)->result = cqe->res;
	return true;
}

/* Takes up to `max` CQEs. How many I/Os ended. */
static inline __attribute__((always_inline)) unsigned uring_harvest(struct uring *uring,
	struct slot **done, unsigned max, unsigned cqe_shift, uring_take_function *take)
{
	unsigned head = uring->cq_head;
	unsigned ready = uring_ready(uring);
	unsigned count = 0;

	for (unsigned left = ready < max ? ready : max; left > 0; left--) {
		if (take(uring, &uring->cqes[(head++ & uring->cq_mask) << cqe_shift], &done[count]))
			count++;
	}
	uring->cq_head = head;
	__atomic_store_n(uring->cq_kernel_head, head, __ATOMIC_RELEASE);
	return count;
}

/* As a class's reap, where each I/O has one CQE. */
static inline __attribute__((always_inline)) int uring_reap_with(struct uring *uring,
	struct slot **done, unsigned min, unsigned max, int64_t timeout_ns, unsigned cqe_shift,
	uring_take_function *take)
{
	unsigned count = 0;
	unsigned taken;

	if (min > uring->in_flight)
		min = uring->in_flight;
	do {
		int result = uring->wait(uring, min - count, timeout_ns);

		if (result < 0)
			return count > 0 ? (int)count : result;
		taken = uring_harvest(uring, &done[count], max - count, cqe_shift, take);
		uring->in_flight -= taken;
		count += taken;
		/* The kernel polls for no more as long as some are there that were not taken. */
	} while (uring->is_io_polled && taken > 0 && count < min);
	return (int)count;
}

/* The first words of an SQE that transfers; upper halves: the file, rw_flags, splice_fd_in. */
struct uring_words {
	uint64_t head, offset, address, length, user_data, buffer_index;
};

/* A class's submit and reap where nothing is special (choose_class in uring_engine.c). */
int uring_submit_plain(struct engine *engine, struct slot **slots, unsigned count);
int uring_reap_plain(
	struct engine *engine, struct slot **done, unsigned min, unsigned max, int64_t timeout_ns);

#endif

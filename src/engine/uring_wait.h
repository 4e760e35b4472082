/* SPDX-License-Identifier: MIT */
/* Sending and waiting, in the ways that the options of the io_uring engine ask for. */
#ifndef ENGINE_URING_WAIT_H
#define ENGINE_URING_WAIT_H

#include "engine/uring.h"

/* Completions in the CQ that reap has not taken. */
static inline unsigned uring_ready(const struct uring *uring)
{
	return __atomic_load_n(uring->cq_kernel_tail, __ATOMIC_ACQUIRE) - uring->cq_head;
}

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

/* Shows the kernel, or leaves for reap to send, `count` SQEs up to sq_tail. 0 or -errno. */
static inline int uring_publish(struct uring *uring, unsigned count)
{
	uring->in_flight += count;
	if (uring->is_sq_polled)
		return uring_publish_to_poller(uring);
	__atomic_store_n(uring->sq_kernel_tail, uring->sq_tail, __ATOMIC_RELEASE);
	uring->unsent += count;
	return uring->engine.sends_now ? uring_send_only(uring) : 0;
}

/* The way to wait that these options ask for. */
uring_wait_function *uring_choose_wait(const struct uring *uring);

#endif

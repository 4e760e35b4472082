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

/* The way to wait that these options ask for. */
uring_wait_function *uring_choose_wait(const struct uring *uring);

#endif

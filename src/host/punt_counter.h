/* SPDX-License-Identifier: MIT */
/*
 * How many I/Os the kernel could not issue without blocking and handed to io-wq worker threads:
 * the tracepoint io_uring:io_uring_queue_async_work (include/trace/events/io_uring.h), counted by
 * perf for one thread and the kernel threads that its rings make. It costs nothing while nothing
 * is punted. Needs root (or CAP_PERFMON) and tracefs; without it the count is not known.
 */
#ifndef HOST_PUNT_COUNTER_H
#define HOST_PUNT_COUNTER_H

#include <stdint.h>

/*
 * Counts for the calling thread from now on; open it before the ring is made, so that a poll
 * thread is counted too. A descriptor to read and close, or -errno: -EACCES (not permitted),
 * -ENOENT (no tracefs, or no such tracepoint), …
 */
int punt_counter_open(void);

/* Punts so far, or -1 where `descriptor` is negative or does not answer. */
int64_t punt_counter_read(int descriptor);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The readiness engines epoll, poll and select: what their files share.
 *     readiness.c         the engines; files and devices, whose completion comes by an eventfd
 *     readiness_stream.c  pipes and sockets, which are waited for themselves
 *     waiter.c            the three ways to wait
 */
#ifndef ENGINE_READINESS_H
#define ENGINE_READINESS_H

#include "engine/engine.h"
#include "engine/finished.h"
#include "engine/waiter.h"

/* What waits for a pipe or socket to become ready, in the order sent; linked by engine_word. */
struct stream_queue {
	struct slot *first;
	struct slot *last;
};

struct stream {
	struct stream_queue reads;
	struct stream_queue writes;
	int flags; /* of its descriptor before it was made non-blocking; -1: it was not */
};

struct streams {
	struct waiter *waiter; /* one entry a target */
	const struct target *targets;
	unsigned target_count;
	struct stream *streams; /* by target */
	struct finished finished;
	uint64_t counts[IO_OP_COUNT];
	uint64_t again;    /* ready, and then not: EAGAIN */
	uint64_t syscalls; /* but the waiter's */
};

/* Makes the descriptors non-blocking. 0 or -errno with report->problem. */
int streams_open(struct streams *streams, struct waiter *waiter, const struct engine_setup *setup,
	struct engine_report *report);

/* Gives the descriptors their flags back: one that was inherited is others', too. Twice is safe. */
void streams_close(struct streams *streams);

/* Queues the slot; what is no read or write is done at once. 0 or -errno of the waiter. */
int streams_submit(struct streams *streams, struct slot *slot);

/* After waiter_wait: one read and one write of each stream that is ready. 0 or -errno. */
int streams_serve(struct streams *streams);

#endif

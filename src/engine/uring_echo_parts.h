/* SPDX-License-Identifier: MIT */
/* What the files of the echo server of io_uring (uring_echo_state.h) do for each other. */
#ifndef ENGINE_URING_ECHO_PARTS_H
#define ENGINE_URING_ECHO_PARTS_H

#include "engine/uring_echo_state.h"

static inline unsigned uring_echo_room(const struct uring_echo *echo)
{
	const struct io_uring_sq *sq = &echo->uring.ring.sq;

	return sq->ring_entries -
	       (echo->uring.sq_tail - __atomic_load_n(sq->khead, __ATOMIC_ACQUIRE));
}

static inline uint64_t uring_echo_name(
	enum uring_echo_request request, unsigned index, unsigned piece)
{
	return (uint64_t)request | (uint64_t)index << 8 | (uint64_t)piece << 40;
}

/* The next SQE, zeroed but for its user_data, and counted. There must be room. */
static inline struct io_uring_sqe *uring_echo_sqe(
	struct uring_echo *echo, enum uring_echo_request request, unsigned index, unsigned piece)
{
	struct uring *uring = &echo->uring;
	struct io_uring_sqe *sqe = &uring->sqes[uring->sq_tail++ & uring->sq_mask];

	*sqe = (struct io_uring_sqe){.user_data = uring_echo_name(request, index, piece)};
	uring->in_flight++;
	echo->requests[request]++;
	return sqe;
}

/* uring_echo_connection.c. Begins one in a free slot, of which there must be one. */
void uring_connection_begin(struct uring_echo *echo, int descriptor);

/* The CQE of one of its requests. */
void uring_connection_answer(struct uring_echo *echo, enum uring_echo_request request,
	unsigned index, unsigned piece, const struct io_uring_cqe *cqe);

/* Begins its end: what is under way is cancelled, what stands in line is dropped. */
void uring_connection_end(struct uring_echo *echo, struct uring_connection *connection);

/* The same at once: bytes that the peer has not taken are lost, which gives buffers back. */
void uring_connection_drop(struct uring_echo *echo, struct uring_connection *connection);

/* Begins receives of those that wait for a provided buffer, as many as there are buffers. */
void uring_connection_feed(struct uring_echo *echo);

/* uring_echo_buffers.c. Takes `count`, a power of two. 0 or -errno. */
int uring_pool_open(struct uring_pool *pool, struct uring *uring, unsigned count, uint32_t bytes);
void uring_pool_close(struct uring_pool *pool, struct uring *uring); /* safe twice */

static inline uint8_t *uring_pool_at(const struct uring_pool *pool, unsigned piece)
{
	return pool->memory + (size_t)piece * pool->bytes;
}

/* The kernel has put `length` bytes into it. */
void uring_pool_take(struct uring_pool *pool, unsigned piece, uint32_t length);

/*
 * Nothing more of it is sent, or a notification of SEND_ZC came: one reader less. Whether the
 * kernel has it back, because nobody reads it any more.
 */
bool uring_pool_release(struct uring_pool *pool, unsigned piece);
bool uring_pool_noticed(struct uring_pool *pool, unsigned piece);

/* uring_echo_trial.c. What the options ask for and this kernel has not: -errno with a problem. */
int uring_echo_try(const struct uring_options *options, const struct uring_echo_trials *trials,
	int family, unsigned *zc_flags, struct engine_report *report);

#endif

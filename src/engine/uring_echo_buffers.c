/* SPDX-License-Identifier: MIT */
/* Provided buffers of the echo server: memory that the kernel picks from when bytes are there. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "engine/uring_echo_parts.h"

static void *map(size_t bytes)
{
	void *memory =
		mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

/* The kernel sees it at once. */
static void give(struct uring_pool *pool, unsigned piece)
{
	io_uring_buf_ring_add(pool->ring, uring_pool_at(pool, piece), pool->bytes,
		(unsigned short)piece, io_uring_buf_ring_mask(pool->count), 0);
	io_uring_buf_ring_advance(pool->ring, 1);
}

int uring_pool_open(struct uring_pool *pool, struct uring *uring, unsigned count, uint32_t bytes)
{
	struct io_uring_buf_reg registration = {.ring_entries = count};
	struct io_uring_buf_ring *ring;
	int result;

	*pool = (struct uring_pool){
		.count = count,
		.bytes = bytes,
		.ring_bytes = count * sizeof(struct io_uring_buf),
		.memory_bytes = (size_t)count * bytes,
	};
	pool->pieces = calloc(count, sizeof(*pool->pieces));
	pool->memory = map(pool->memory_bytes);
	ring = map(pool->ring_bytes);
	if (!pool->pieces || !pool->memory || !ring) {
		if (ring)
			munmap(ring, pool->ring_bytes);
		uring_pool_close(pool, uring);
		return -ENOMEM;
	}
	registration.ring_addr = (uintptr_t)ring;
	result = io_uring_register_buf_ring(&uring->ring, &registration, 0);
	pool->ring = ring;
	if (result < 0) {
		uring_pool_close(pool, uring);
		return result;
	}
	io_uring_buf_ring_init(ring);
	for (unsigned i = 0; i < count; i++)
		give(pool, i);
	return 0;
}

void uring_pool_close(struct uring_pool *pool, struct uring *uring)
{
	if (pool->ring) {
		/* Also where it was never registered; then there is nothing to undo. */
		(void)io_uring_unregister_buf_ring(&uring->ring, 0);
		munmap(pool->ring, pool->ring_bytes);
	}
	if (pool->memory)
		munmap(pool->memory, pool->memory_bytes);
	free(pool->pieces);
	*pool = (struct uring_pool){0};
}

void uring_pool_take(struct uring_pool *pool, unsigned piece, uint32_t length)
{
	pool->pieces[piece] =
		(struct uring_piece){.length = length, .next = URING_ECHO_NONE, .is_out = true};
	pool->out++;
}

static bool return_if_idle(struct uring_pool *pool, unsigned piece)
{
	struct uring_piece *one = &pool->pieces[piece];

	if (!one->is_over || one->notices > 0)
		return false;
	one->is_out = false;
	pool->out--;
	pool->last_return_ns = 0;
	give(pool, piece);
	return true;
}

bool uring_pool_release(struct uring_pool *pool, unsigned piece)
{
	pool->pieces[piece].is_over = true;
	return return_if_idle(pool, piece);
}

bool uring_pool_noticed(struct uring_pool *pool, unsigned piece)
{
	pool->pieces[piece].notices--;
	return return_if_idle(pool, piece);
}

/* SPDX-License-Identifier: MIT */
/* Blocks that count what stands in them; where one begins follows from an address in it. */
#include "base/json_memory.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <cjson/cJSON.h>

#ifndef MADV_POPULATE_WRITE /* since Linux 5.14 */
#define MADV_POPULATE_WRITE 23
#endif

enum {
	BLOCK_BYTES = 256 << 10,       /* and how it is aligned */
	LARGE_BYTES = BLOCK_BYTES / 8, /* from here on a text has blocks of its own */
	ALIGNMENT_BYTES = 8,           /* of pointers and doubles: cJSON needs no more */
};

struct block {
	size_t count; /* of what stands in it, and one for being the newest */
	size_t used_bytes;
	char data[];
};

_Static_assert(sizeof(struct block) % ALIGNMENT_BYTES == 0, "what stands in it is aligned");

static struct block *newest; /* the only one that has room */
static _Thread_local char this_thread;
static const char *user; /* of its thread */

/* NULL: errno is ENOMEM, by which json_parse tells it from what is no JSON. */
static struct block *new_block(size_t data_bytes)
{
	size_t bytes = sizeof(struct block) + data_bytes;
	struct block *block;

	if (data_bytes > SIZE_MAX - 2 * (size_t)BLOCK_BYTES) {
		errno = ENOMEM;
		return NULL;
	}
	bytes = (bytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
	block = aligned_alloc(BLOCK_BYTES, bytes);
	if (block)
		*block = (struct block){.count = 1, .used_bytes = sizeof(*block)};
	return block;
}

static void leave(struct block *block)
{
	block->count--;
	if (block->count == 0)
		free(block);
	else if (block->count == 1 && block == newest)
		block->used_bytes = sizeof(*block);
}

static int open_block(void)
{
	struct block *block = new_block(BLOCK_BYTES - sizeof(*block));
	int error;

	if (!block)
		return -ENOMEM;
	if (newest) {
		leave(newest);
		/* What fills a block fills the next: a fault for each of its pages takes longer.
		 * Where that is refused there are faults. */
		error = errno;
		(void)madvise(block, BLOCK_BYTES, MADV_POPULATE_WRITE);
		errno = error;
	}
	newest = block;
	return 0;
}

static void *allocate(size_t bytes)
{
	void *memory;

	assert(user == &this_thread);
	if (bytes >= LARGE_BYTES) {
		struct block *block = new_block(bytes);

		return block ? block->data : NULL;
	}
	bytes = (bytes + ALIGNMENT_BYTES - 1) / ALIGNMENT_BYTES * ALIGNMENT_BYTES;
	if ((!newest || newest->used_bytes + bytes > BLOCK_BYTES) && open_block() != 0)
		return NULL;
	memory = (char *)newest + newest->used_bytes;
	newest->used_bytes += bytes;
	newest->count++;
	return memory;
}

static void release(void *memory)
{
	if (memory)
		leave((struct block *)((char *)memory - (uintptr_t)memory % BLOCK_BYTES));
}

void json_memory_use_blocks(void)
{
	cJSON_Hooks hooks = {.malloc_fn = allocate, .free_fn = release};

	user = &this_thread;
	cJSON_InitHooks(&hooks);
}

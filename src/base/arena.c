/* SPDX-License-Identifier: MIT */
/*
 * Chunks in a list, the newest first, each twice as long as the one before up to a limit: many
 * arenas take a few words. Long ones are mapped, which is a system call and one more to unmap: a
 * thousand histograms share theirs. What is larger gets a chunk of its own behind the newest.
 */
#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/diag.h"

#define FIRST_BYTES     ((size_t)4 * 1024)
#define CHUNK_BYTES     ((size_t)256 * 1024)
#define LARGE_BYTES     (CHUNK_BYTES / 4)
#define MAPPED_BYTES    ((size_t)32 * 1024)
#define ALIGNMENT_BYTES _Alignof(max_align_t)

#if defined(__has_feature) /* clang's, and gcc 14's */
#if __has_feature(address_sanitizer)
#define IS_SANITIZED true
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED true
#endif
#if !defined(IS_SANITIZED)
#define IS_SANITIZED false
#endif

struct arena_chunk {
	struct arena_chunk *next;
	size_t data_bytes;
	bool is_lent;   /* the memory is not the arena's */
	bool is_mapped; /* from mmap(2) */
	_Alignas(max_align_t) char data[];
};

void arena_exhausted(void)
{
	/* No allocation on this path: stderr is unbuffered. */
	fputs("ringside: error: out of memory\n", stderr);
	exit(EXIT_RUN_FAILED);
}

/*
 * Pages that are not there until they are written to, as most of a histogram's never are; calloc
 * writes zeros to whatever it does not have from the kernel this moment.
 */
static struct arena_chunk *map(size_t bytes)
{
	struct arena_chunk *chunk =
		mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (chunk == MAP_FAILED)
		return NULL;
	chunk->is_mapped = true;
	return chunk;
}

static struct arena_chunk *new_chunk(size_t data_bytes)
{
	/* LeakSanitizer looks for pointers in what malloc has given, and nowhere else. */
	bool maps = data_bytes >= MAPPED_BYTES && !IS_SANITIZED;
	struct arena_chunk *chunk = NULL;
	size_t bytes;

	if (!__builtin_add_overflow(data_bytes, sizeof(*chunk), &bytes))
		chunk = maps ? map(bytes) : calloc(1, bytes);
	if (!chunk)
		arena_exhausted();
	chunk->data_bytes = data_bytes;
	return chunk;
}

void arena_lend(struct arena *arena, void *memory, size_t bytes)
{
	struct arena_chunk *chunk = memory;

	if (bytes <= sizeof(*chunk))
		return;
	*chunk = (struct arena_chunk){.data_bytes = bytes - sizeof(*chunk), .is_lent = true};
	arena->chunks = chunk;
	arena->used_bytes = 0;
}

static void free_chunk(struct arena_chunk *chunk)
{
	if (chunk->is_mapped)
		munmap(chunk, sizeof(*chunk) + chunk->data_bytes); /* Ours: it cannot fail. */
	else if (!chunk->is_lent)
		free(chunk);
}

static void *alloc_large(struct arena *arena, size_t bytes)
{
	struct arena_chunk *chunk = new_chunk(bytes);

	if (arena->chunks) {
		chunk->next = arena->chunks->next;
		arena->chunks->next = chunk;
	} else {
		arena->chunks = chunk;
		arena->used_bytes = bytes; /* Full: the next small one opens a chunk. */
	}
	return chunk->data;
}

/* Of a chunk that has room for `bytes`. */
static size_t next_bytes(const struct arena *arena, size_t bytes)
{
	size_t next = arena->chunks ? 2 * arena->chunks->data_bytes : FIRST_BYTES;

	while (next < bytes)
		next *= 2;
	return next < CHUNK_BYTES ? next : CHUNK_BYTES;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
	void *memory;

	if (bytes > LARGE_BYTES)
		return alloc_large(arena, bytes);
	bytes = (bytes + ALIGNMENT_BYTES - 1) / ALIGNMENT_BYTES * ALIGNMENT_BYTES;
	if (!arena->chunks || arena->used_bytes + bytes > arena->chunks->data_bytes) {
		struct arena_chunk *chunk = new_chunk(next_bytes(arena, bytes));

		chunk->next = arena->chunks;
		arena->chunks = chunk;
		arena->used_bytes = 0;
	}
	memory = arena->chunks->data + arena->used_bytes;
	arena->used_bytes += bytes;
	return memory;
}

void *arena_alloc_array(struct arena *arena, size_t count, size_t bytes)
{
	size_t total_bytes;

	if (__builtin_mul_overflow(count, bytes, &total_bytes))
		arena_exhausted();
	return arena_alloc(arena, total_bytes);
}

char *arena_strndup(struct arena *arena, const char *text, size_t length)
{
	size_t copied = strnlen(text, length);
	char *copy = arena_alloc(arena, copied + 1);

	memcpy(copy, text, copied);
	return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return text ? arena_strndup(arena, text, strlen(text)) : NULL;
}

char *arena_vprintf(struct arena *arena, const char *format, va_list arguments)
{
	va_list again;
	int length;
	char *text;

	va_copy(again, arguments);
	length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (length < 0)
		arena_exhausted();
	text = arena_alloc(arena, (size_t)length + 1);
	vsnprintf(text, (size_t)length + 1, format, arguments);
	return text;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	text = arena_vprintf(arena, format, arguments);
	va_end(arguments);
	return text;
}

void arena_free(struct arena *arena)
{
	struct arena_chunk *chunk = arena->chunks;

	while (chunk) {
		struct arena_chunk *next = chunk->next;

		free_chunk(chunk);
		chunk = next;
	}
	*arena = (struct arena){0};
}

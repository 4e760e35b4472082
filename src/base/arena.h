/* SPDX-License-Identifier: MIT */
/*
 * Memory that is freed whole: one arena for the job set, one for a run. Never used once workers
 * run. Not thread-safe: a worker that needs memory while it prepares brings an arena of its own.
 *
 * When memory is out there is nothing better to do than to say so: the functions print one line
 * and exit with code 5 (EXIT_RUN_FAILED), and so never return NULL.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena_chunk;

/* All zero is an empty arena: `struct arena arena = {0};` */
struct arena {
	struct arena_chunk *chunks;
	size_t used_bytes; /* of the newest chunk */
};

/* `bytes` of zeroed memory of the caller's, which an empty arena takes from before it asks for
 * some; it stays the caller's. Aligned for any type. */
void arena_lend(struct arena *arena, void *memory, size_t bytes);

/* Zeroed memory, aligned for any type. */
void *arena_alloc(struct arena *arena, size_t bytes);

/* Zeroed room for `count` elements; count * bytes may not overflow. */
void *arena_alloc_array(struct arena *arena, size_t count, size_t bytes);

char *arena_strdup(struct arena *arena, const char *text); /* NULL: NULL */
char *arena_strndup(struct arena *arena, const char *text, size_t length);
char *arena_printf(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *format, va_list arguments);

/* The line and the exit of the first comment, for others whose allocation failed. */
_Noreturn void arena_exhausted(void);

/* Frees everything; the arena is then empty and may be used again. */
void arena_free(struct arena *arena);

/* Freed at the end of its scope: `AUTO_ARENA struct arena arena = {0};` */
#define AUTO_ARENA __attribute__((cleanup(arena_free)))

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))

#endif

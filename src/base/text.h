/* SPDX-License-Identifier: MIT */
/* Small helpers on strings. None of them allocates but through an arena. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* Length of `text` without blanks (space, tab, CR, newline) at its end. */
size_t text_trimmed_length(const char *text, size_t length);

/* A copy without blanks around it. */
char *text_trimmed(struct arena *arena, const char *text, size_t length);

bool text_starts_with(const char *text, const char *prefix);

/* Levenshtein distance, with a swap of neighbours counted once; names up to 63 bytes. */
unsigned text_distance(const char *a, const char *b);

/* What was meant by a name that is not known: candidates are offered, the nearest is kept. */
struct text_guess {
	const char *name;    /* as written; set by the caller */
	const char *nearest; /* NULL: no candidate is within a third of the name's length */
	unsigned distance;   /* its own; another case is no distance */
};

void text_guess(struct text_guess *guess, const char *candidate);

/* Whether the list has this text. */
bool text_is_listed(const char *text, const char *const *list, size_t count);

/* "a/b": "a" and "b"; "b": "." and "b"; "/b": "/" and "b". */
const char *text_folder_of(const char *path, struct arena *arena);
const char *text_name_of(const char *path);

/* The name without its extension: "mixed" for "jobs/mixed.job". */
const char *text_stem_of(const char *path, struct arena *arena);

/*
 * Splits `text` at `separator` into `pieces` (arena strings, blanks around them trimmed).
 * A backslash before the separator takes it literally. Returns their number, at least 1;
 * the array is NULL-terminated.
 */
size_t text_split(struct arena *arena, const char *text, char separator, char ***pieces);

/* Reads a whole small file (sysfs, procfs): text without its last newline, or NULL. */
char *text_read_file(struct arena *arena, const char *path);

/*
 * Cause in words and short name of an errno value or an NVMe status (nvme_status.h), of either
 * sign, for messages: "No space left on device (ENOSPC)". Valid until this thread's next call.
 */
const char *text_errno_name(int error);

/*
 * The short name alone: "ENOSPC", "NVME_UNRECOVERED_READ"; of what has none "E4711" or
 * "NVME_STATUS_0x2c1". Valid until this thread's next call.
 */
const char *text_errno_symbol(int error);

/* The error that has this symbol; 0: none. */
int text_errno_of_symbol(const char *symbol);

/* A hash (FNV-1a) of `text`, which may be NULL, on top of `hash`, that of what stands before it. */
uint64_t text_hash(uint64_t hash, const char *text);

/* Bytes of the UTF-8 character at `bytes`, or 0 where none is. */
size_t text_utf8_length(const char *bytes);

#endif

/* SPDX-License-Identifier: MIT */
/* Small helpers on strings. None of them allocates but through an arena. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* Length of `text` without blanks (space, tab, CR, newline) at its end. */
size_t text_trimmed_length(const char *text, size_t length);

bool text_starts_with(const char *text, const char *prefix);

/* Levenshtein distance, with a swap of neighbours counted once; names up to 63 bytes. */
unsigned text_distance(const char *a, const char *b);

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

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The mmap engine: its options, and copying to and from mapped files. A page that cannot be read
 * (EIO), written (ENOSPC) or is not there any more (truncated file) is a SIGBUS: here it becomes a
 * result.
 */
#ifndef ENGINE_MMAP_H
#define ENGINE_MMAP_H

#include <stdbool.h>
#include <stddef.h>

struct mmap_options {
	int madvise; /* advice for madvise(2) */
	bool thp;
	bool populate;
};

/* Takes over SIGBUS for the process; faults that are not of a copy go where they went before. */
void mmap_guard_install(void);

/* memcpy; false when a page was not available, and then an unknown part is copied. */
bool mmap_guarded_copy(void *to, const void *from, size_t bytes);

#endif

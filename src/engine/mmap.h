/* SPDX-License-Identifier: MIT */
/* Options of the mmap engine. */
#ifndef ENGINE_MMAP_H
#define ENGINE_MMAP_H

#include <stdbool.h>

struct mmap_options {
	int madvise; /* advice for madvise(2) */
	bool thp;
	bool populate;
};

#endif

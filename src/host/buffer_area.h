/* SPDX-License-Identifier: MIT */
/*
 * Memory for I/O buffers, of the kinds that fio's mem= names. Addresses are multiples of 4096,
 * plus `align`: with fio's iomem_align buffers begin at an odd multiple of it.
 */
#ifndef HOST_BUFFER_AREA_H
#define HOST_BUFFER_AREA_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum buffer_kind {
	BUFFER_MALLOC,
	BUFFER_SHM,      /* shmget(2), removed as soon as it is attached */
	BUFFER_SHM_HUGE, /* SHM_HUGETLB */
	BUFFER_MMAP,     /* of nothing, or of a file, private */
	BUFFER_MMAP_HUGE,
	BUFFER_MMAP_SHARED,
};

enum { BUFFER_AREA_ALIGN = 4096 };

struct buffer_area_spec {
	enum buffer_kind kind;
	/* MMAP kinds: mapped in place of nothing. It is made, and removed at once; one that is
	 * there must be on hugetlbfs, or no regular file of a disk: its data would be lost. */
	const char *file;
	size_t bytes;
	uint64_t huge_page_bytes; /* a power of 2 */
	uint64_t align;           /* 0: none asked for */
};

struct buffer_area {
	void *start; /* of the buffers; NULL: there are none */
	void *base;  /* of the area */
	size_t bytes;
	enum buffer_kind kind;
};

/* 0, or -errno with *problem and *hint (texts of the arena, or static). */
int buffer_area_map(struct buffer_area *area, const struct buffer_area_spec *spec,
	struct arena *arena, const char **problem, const char **hint);
void buffer_area_unmap(struct buffer_area *area); /* Safe twice. */

/* The kernel's page size of this memory, by /proc/self/smaps; 0: unknown. */
uint64_t buffer_area_page_bytes(const struct buffer_area *area, struct arena *arena);

/* "shmhuge" */
const char *buffer_area_name(enum buffer_kind kind);

#endif

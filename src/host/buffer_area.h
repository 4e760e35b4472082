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
	BUFFER_MMAP_THP, /* of nothing, in transparent huge pages as far as the kernel has them */
	BUFFER_KIND_COUNT,
};

enum {
	BUFFER_AREA_ALIGN = 4096,
	BUFFER_THP_BYTES = 2 << 20, /* of a transparent huge page, where pages are of 4 KiB */
};

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
	size_t thp_bytes; /* BUFFER_MMAP_THP: of them, whole pages with the buffers in them */
	enum buffer_kind kind;
};

/* 0, or -errno with *problem and *hint (texts of the arena, or static). */
int buffer_area_map(struct buffer_area *area, const struct buffer_area_spec *spec,
	struct arena *arena, const char **problem, const char **hint);
void buffer_area_unmap(struct buffer_area *area); /* Safe twice. */

/* The kernel's page size of this memory, by /proc/self/smaps; 0: unknown. */
uint64_t buffer_area_page_bytes(const struct buffer_area *area, struct arena *arena);

/* BUFFER_MMAP_THP, once it is mapped: how much of it there is, and how much of that is in huge
 * pages, by /proc/self/smaps. */
struct buffer_area_thp {
	uint64_t bytes, huge_bytes;
};
struct buffer_area_thp buffer_area_thp(const struct buffer_area *area, struct arena *arena);

/* "shmhuge" */
const char *buffer_area_name(enum buffer_kind kind);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The header in front of each verified block: fio's, in the layout of fio 2.22 to 3.40 (40 bytes)
 * and in that since 3.41 (48 bytes; its verify.h). Little-endian.
 *
 * fio reads back, of what another process wrote: magic, version, length, offset and the header's
 * crc32c. It ignores time and thread, and, unless the same process wrote the block (or reads and
 * writes are mixed, before 3.40), the seed and the number of the write. There ringside keeps its
 * stamp:
 *
 *   thread     job
 *   time_sec   run
 *   time_nsec  the upper 30 bits of the sequence, and 2 bits that no nanoseconds have
 *   numberio   the sequence, in the 16 bits of the older layout its lower 16
 */
#ifndef VERIFY_HEADER_H
#define VERIFY_HEADER_H

#include <stddef.h>

#include "verify/stamp.h"

enum header_layout {
	HEADER_UNVERSIONED, /* fio up to 3.40 */
	HEADER_VERSIONED,   /* since 3.41: version 0x81 */
	HEADER_LAYOUT_COUNT,
};

enum {
	HEADER_MAGIC = 0xacca,
	HEADER_BYTES_UNVERSIONED = 40,
	HEADER_BYTES_VERSIONED = 48,
	HEADER_BYTES_LIMIT = 48,
};

/* What is wrong with the bytes of a header, the first that is. */
enum header_fault {
	HEADER_WELL,
	HEADER_BAD_MAGIC,
	HEADER_BAD_VERSION,
	HEADER_BAD_CRC,
};

struct header {
	enum header_layout layout;
	uint8_t type;   /* enum checksum_kind */
	uint32_t bytes; /* of the block, header included */
	uint64_t seed, offset;
	uint32_t time_sec, time_nsec;
	uint16_t thread;
	uint64_t number; /* fio's numberio: 16 bits in the older layout */
	bool is_stamped; /* ringside wrote it */
	struct stamp_source source;
	uint64_t sequence; /* where it is stamped */
};

size_t header_bytes(enum header_layout layout);

/* Sets time_sec, time_nsec, thread and number from source and sequence. */
void header_stamp(struct header *header, const struct stamp_source *source, uint64_t sequence);

/* Writes header_bytes(), its crc with it. */
void header_write(const struct header *header, void *to);

/*
 * Reads a header of either layout (by `layout`, in which nothing else would do), as far as it is
 * one. `header` has what stands there also where it is not well, for a diagnosis.
 */
enum header_fault header_read(const void *from, enum header_layout layout, struct header *header);

/* The layout in which these bytes are a header; HEADER_LAYOUT_COUNT: in none. */
enum header_layout header_find(const void *from);

#endif

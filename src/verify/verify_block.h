/* SPDX-License-Identifier: MIT */
/*
 * The content of verified blocks: made before a write, checked after a read. Pure functions,
 * without memory of their own: one struct block_format may serve many threads.
 *
 * An I/O consists of blocks of `interval_bytes`, each with a header, its checksum and a payload
 * that is random by the block's seed (fio's fill, so that fio can make it again) or verify_pattern.
 */
#ifndef VERIFY_VERIFY_BLOCK_H
#define VERIFY_VERIFY_BLOCK_H

#include <stddef.h>

#include "base/byte_pattern.h"
#include "verify/checksum.h"
#include "verify/header.h"

/* Set by the caller, then verify_block_prepare(). */
struct verify_format {
	enum checksum_kind kind; /* not CHECKSUM_NONE */
	enum header_layout layout;
	/* fio's verify_interval after fio's rules; each I/O is a multiple of it. 0: an I/O is one
	 * block, whatever its size (bs_unaligned). */
	uint32_t interval_bytes;
	uint32_t header_at;                 /* verify_offset; 0: the header comes first */
	const struct byte_pattern *pattern; /* NULL or empty: random; stays the caller's */
	uint32_t pattern_interval_bytes;    /* verify_pattern_interval; 0: none */
	unsigned compress_percent;          /* of a block, at its end, zeros; not with a pattern */
	struct stamp_source source;
	/* From here on by verify_block_prepare(). */
	uint32_t tag;
	uint32_t head_bytes; /* header and checksum; 0: there is none */
	bool has_pattern;
	bool regenerates; /* a check compares with the content made anew: the sum misses bytes */
};

/*
 * 0, or -EINVAL with *problem, a static text: a pattern is missing (pattern, pattern_hdr), blocks
 * too small for header and checksum, verify_offset that meets the header or leaves the block.
 */
int verify_block_prepare(struct verify_format *format, const char **problem);

/* The same format with headers of the other layout. */
struct verify_format verify_block_other_layout(const struct verify_format *format);

/*
 * Fills a write of `bytes` at `offset` (both of the target) with what write number `sequence` has
 * there. Not with CHECKSUM_NULL.
 */
void verify_block_fill(const struct verify_format *format, uint64_t sequence, void *buffer,
	size_t bytes, uint64_t offset);

/*
 * The same in two parts, where a part of a write is looked at: the write began at `write_offset`
 * (patterns begin there, and %o is it).
 */
struct verify_part {
	uint64_t sequence;     /* of the write; to check, also STAMP_ANY and STAMP_ZEROS */
	uint64_t write_offset; /* where the write began */
	uint64_t offset;       /* where the part begins: write_offset and whole blocks */
};

void verify_block_fill_part(const struct verify_format *format, const struct verify_part *part,
	void *buffer, size_t bytes);

/*
 * Checks `bytes` that were read: returns how many of them, whole blocks from the first on, are
 * right; `bytes` where all are. With STAMP_ANY each block may be of any write, of fio or of
 * another run too, in either layout; else it has to be of this write and source. The buffer is
 * written to and put back as it was (header_at).
 */
size_t verify_block_check(const struct verify_format *format, const struct verify_part *part,
	void *buffer, size_t bytes);

/* Whether what a block has depends on where its write began: a pattern that is not the same in each
 * block. verify_pattern_interval counts from there, too. */
bool verify_block_needs_start(const struct verify_format *format);

/* All zeros, as a trimmed block may have to be. */
bool verify_block_is_zero(const void *buffer, size_t bytes);

#endif

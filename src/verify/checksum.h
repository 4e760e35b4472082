/* SPDX-License-Identifier: MIT */
/*
 * Checksums of fio's verify=, as fio computes them: some differ from what their names promise, and
 * the bytes on the disk are fio's. test_verify_block_fio.c holds them against the real fio.
 */
#ifndef VERIFY_CHECKSUM_H
#define VERIFY_CHECKSUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Values are those of the type in fio's header on the disk (its verify.h). */
enum checksum_kind {
	CHECKSUM_NONE = 0,
	CHECKSUM_META = 1, /* the header, and the pattern if there is one */
	CHECKSUM_MD5 = 2,
	CHECKSUM_CRC64 = 3,
	CHECKSUM_CRC32 = 4,
	CHECKSUM_CRC32C = 5, /* crc32c-intel, too */
	CHECKSUM_CRC16 = 7,
	CHECKSUM_CRC7 = 8,
	CHECKSUM_SHA256 = 9,
	CHECKSUM_SHA512 = 10,
	CHECKSUM_SHA3_224 = 11,
	CHECKSUM_SHA3_256 = 12,
	CHECKSUM_SHA3_384 = 13,
	CHECKSUM_SHA3_512 = 14,
	CHECKSUM_XXHASH = 15,
	CHECKSUM_SHA1 = 16,
	CHECKSUM_PATTERN_HEADER = 17, /* verify=pattern_hdr: the header, and the pattern */
	CHECKSUM_PATTERN = 18,        /* verify=pattern: no header */
	CHECKSUM_NULL = 19,           /* nothing is verified */
	CHECKSUM_KIND_COUNT,
};

enum { CHECKSUM_BYTES_LIMIT = 128 };

/* As fio's verify= names it ("pattern_hdr"); NULL: none has this value. */
const char *checksum_name(enum checksum_kind kind);

/* By that name, "crc32c-intel" too; CHECKSUM_NONE: there is none. */
enum checksum_kind checksum_of_name(const char *name);

/* Bytes that it takes after the header; 0: it has none of its own. */
size_t checksum_bytes(enum checksum_kind kind);

/*
 * The sum of `bytes` of `data`, checksum_bytes() long. fio before 3.39 did not finish its sha512:
 * what it stored is the first 128 bytes with those that are left over behind whole 128 in front
 * of them. With `is_unfinished` that is made; it sees no other byte.
 */
void checksum_make(enum checksum_kind kind, bool is_unfinished, const void *data, size_t bytes,
	uint8_t sum[CHECKSUM_BYTES_LIMIT]);

/* crc32c alone: starts at ~0, and is not inverted at the end. */
uint32_t checksum_crc32c(const void *data, size_t bytes);

#endif

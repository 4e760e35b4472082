/* SPDX-License-Identifier: MIT */
/*
 * fio's checksums by libraries: isa-l for the CRCs (it takes the processor's instructions where
 * there are any), nettle for the digests (their state is open, which fio's own endings need).
 */
#include "verify/checksum.h"

#include <endian.h>
#include <isa-l/crc.h>
#include <isa-l/crc64.h>
#include <nettle/md5.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <nettle/sha3.h>
#include <string.h>
#include <xxhash.h>

#include "verify/checksum_small.h"

/* Each function writes its sum in the byte order of fio on a little-endian machine. */
typedef void checksum_function(const uint8_t *data, size_t bytes, uint8_t *sum);

static void put16(uint8_t *to, uint16_t value)
{
	value = htole16(value);
	memcpy(to, &value, sizeof(value));
}

static void put32(uint8_t *to, uint32_t value)
{
	value = htole32(value);
	memcpy(to, &value, sizeof(value));
}

static void put64(uint8_t *to, uint64_t value)
{
	value = htole64(value);
	memcpy(to, &value, sizeof(value));
}

uint32_t checksum_crc32c(const void *data, size_t bytes)
{
	uint8_t *at = (uint8_t *)data; /* is only read */
	uint32_t crc = UINT32_MAX;

	while (bytes > 0) { /* crc32_iscsi takes an int */
		int part = bytes < (1u << 30) ? (int)bytes : 1 << 30;

		crc = crc32_iscsi(at, part, crc);
		at += part;
		bytes -= (size_t)part;
	}
	return crc;
}

static void sum_crc32c(const uint8_t *data, size_t bytes, uint8_t *sum)
{
	put32(sum, checksum_crc32c(data, bytes));
}

/* From 0 on, and not inverted at the end; isa-l inverts both. */
static void sum_crc32(const uint8_t *data, size_t bytes, uint8_t *sum)
{
	put32(sum, ~crc32_ieee(UINT32_MAX, data, bytes));
}

static void sum_crc64(const uint8_t *data, size_t bytes, uint8_t *sum)
{
	put64(sum, ~crc64_jones_refl(UINT64_MAX, data, bytes));
}

static void sum_crc16(const uint8_t *data, size_t bytes, uint8_t *sum)
{
	put16(sum, checksum_crc16(data, bytes));
}

static void sum_crc7(const uint8_t *data, size_t bytes, uint8_t *sum)
{
	sum[0] = checksum_crc7(data, bytes);
}

static void sum_xxhash(const uint8_t *data, size_t bytes, uint8_t *sum)
{
	put32(sum, XXH32(data, bytes, 1));
}

static void sum_md5(const uint8_t *data, size_t bytes, uint8_t *sum)
{
	struct md5_ctx context;

	md5_init(&context);
	md5_update(&context, bytes, data);
	md5_digest(&context, MD5_DIGEST_SIZE, sum);
}

/* The digest, but each of its words with the bytes reversed. */
static void sum_sha1(const uint8_t *data, size_t bytes, uint8_t *sum)
{
	struct sha1_ctx context;
	uint8_t digest[SHA1_DIGEST_SIZE];

	sha1_init(&context);
	sha1_update(&context, bytes, data);
	sha1_digest(&context, SHA1_DIGEST_SIZE, digest);
	for (size_t i = 0; i < SHA1_DIGEST_SIZE; i++)
		sum[i] = digest[i ^ 3];
}

/*
 * fio ends SHA-256 with the length in the wrong byte order, and stores its last block with the
 * lowest byte of each of the 8 words of the state in front.
 */
static void sum_sha256(const uint8_t *data, size_t bytes, uint8_t *sum)
{
	enum { LENGTH_AT = SHA256_BLOCK_SIZE - sizeof(uint64_t) };
	static const uint8_t end[SHA256_BLOCK_SIZE] = {0x80};
	static const uint8_t zeros[SHA256_BLOCK_SIZE];
	size_t rest = bytes % SHA256_BLOCK_SIZE;
	struct sha256_ctx context;

	sha256_init(&context);
	sha256_update(&context, bytes, data);
	memset(sum, 0, SHA256_BLOCK_SIZE);
	if (rest < LENGTH_AT) {
		memcpy(sum, data + bytes - rest, rest);
		sum[rest] = end[0];
		sha256_update(&context, LENGTH_AT - rest, end);
	} else {
		sha256_update(&context, SHA256_BLOCK_SIZE - rest, end);
		sha256_update(&context, LENGTH_AT, zeros);
	}
	put64(sum + LENGTH_AT, (uint64_t)bytes * 8);
	sha256_update(&context, sizeof(uint64_t), sum + LENGTH_AT);
	for (size_t i = 0; i < sizeof(context.state) / sizeof(context.state[0]); i++)
		sum[i] = (uint8_t)context.state[i];
}

/* The digest, and behind it the second half of the last block. */
static void sum_sha512(const uint8_t *data, size_t bytes, uint8_t *sum)
{
	enum { LENGTH_AT = SHA512_BLOCK_SIZE - 16, HALF = SHA512_BLOCK_SIZE / 2 };
	size_t rest = bytes % SHA512_BLOCK_SIZE;
	uint64_t bits = htobe64((uint64_t)bytes * 8);
	uint8_t last[SHA512_BLOCK_SIZE] = {0};
	struct sha512_ctx context;

	sha512_init(&context);
	sha512_update(&context, bytes, data);
	if (rest < LENGTH_AT) {
		memcpy(last, data + bytes - rest, rest);
		last[rest] = 0x80;
	}
	memcpy(last + SHA512_BLOCK_SIZE - sizeof(bits), &bits, sizeof(bits));
	memcpy(sum + HALF, last + HALF, HALF);
	sha512_digest(&context, SHA512_DIGEST_SIZE, sum);
}

static void sum_sha512_unfinished(const uint8_t *data, size_t bytes, uint8_t *sum)
{
	size_t rest = bytes % SHA512_BLOCK_SIZE;

	memset(sum, 0, SHA512_BLOCK_SIZE);
	memcpy(sum, data, bytes < SHA512_BLOCK_SIZE ? bytes : SHA512_BLOCK_SIZE);
	memcpy(sum, data + bytes - rest, rest);
}

#define SUM_SHA3(size)                                                                             \
	static void sum_sha3_##size(const uint8_t *data, size_t bytes, uint8_t *sum)               \
	{                                                                                          \
		struct sha3_##size##_ctx context;                                                  \
		sha3_##size##_init(&context);                                                      \
		sha3_##size##_update(&context, bytes, data);                                       \
		sha3_##size##_digest(&context, (size) / 8, sum);                                   \
	}

SUM_SHA3(224)
SUM_SHA3(256)
SUM_SHA3(384)
SUM_SHA3(512)

static const struct {
	const char *name;
	size_t bytes;
	checksum_function *make; /* NULL: there is none */
} checksums[CHECKSUM_KIND_COUNT] = {
	[CHECKSUM_META] = {"meta", 0, NULL},
	[CHECKSUM_MD5] = {"md5", MD5_DIGEST_SIZE, sum_md5},
	[CHECKSUM_CRC64] = {"crc64", 8, sum_crc64},
	[CHECKSUM_CRC32] = {"crc32", 4, sum_crc32},
	[CHECKSUM_CRC32C] = {"crc32c", 4, sum_crc32c},
	[CHECKSUM_CRC16] = {"crc16", 2, sum_crc16},
	[CHECKSUM_CRC7] = {"crc7", 1, sum_crc7},
	[CHECKSUM_SHA256] = {"sha256", SHA256_BLOCK_SIZE, sum_sha256},
	[CHECKSUM_SHA512] = {"sha512", SHA512_BLOCK_SIZE, sum_sha512},
	[CHECKSUM_SHA3_224] = {"sha3-224", SHA3_224_DIGEST_SIZE, sum_sha3_224},
	[CHECKSUM_SHA3_256] = {"sha3-256", SHA3_256_DIGEST_SIZE, sum_sha3_256},
	[CHECKSUM_SHA3_384] = {"sha3-384", SHA3_384_DIGEST_SIZE, sum_sha3_384},
	[CHECKSUM_SHA3_512] = {"sha3-512", SHA3_512_DIGEST_SIZE, sum_sha3_512},
	[CHECKSUM_XXHASH] = {"xxhash", 4, sum_xxhash},
	[CHECKSUM_SHA1] = {"sha1", SHA1_DIGEST_SIZE, sum_sha1},
	[CHECKSUM_PATTERN_HEADER] = {"pattern_hdr", 0, NULL},
	[CHECKSUM_PATTERN] = {"pattern", 0, NULL},
	[CHECKSUM_NULL] = {"null", 0, NULL},
};

const char *checksum_name(enum checksum_kind kind)
{
	return kind < CHECKSUM_KIND_COUNT ? checksums[kind].name : NULL;
}

enum checksum_kind checksum_of_name(const char *name)
{
	if (strcmp(name, "crc32c-intel") == 0)
		return CHECKSUM_CRC32C;
	for (unsigned kind = 0; kind < CHECKSUM_KIND_COUNT; kind++)
		if (checksums[kind].name && strcmp(checksums[kind].name, name) == 0)
			return kind;
	return CHECKSUM_NONE;
}

size_t checksum_bytes(enum checksum_kind kind)
{
	return kind < CHECKSUM_KIND_COUNT ? checksums[kind].bytes : 0;
}

void checksum_make(enum checksum_kind kind, bool is_unfinished, const void *data, size_t bytes,
	uint8_t sum[CHECKSUM_BYTES_LIMIT])
{
	if (kind == CHECKSUM_SHA512 && is_unfinished)
		sum_sha512_unfinished(data, bytes, sum);
	else if (checksums[kind].make)
		checksums[kind].make(data, bytes, sum);
}

/* SPDX-License-Identifier: MIT */
/*
 * HdrHistogram's V2 encoding. Source: HdrHistogram_c, hdr_histogram_log.c (hdr_encode_compressed)
 * and hdr_encoding.c (zig_zag_encode_i64). All of the headers is big-endian.
 */
#include "measure/hdr_export.h"

#include <endian.h>
#include <string.h>

#include <zlib.h>

enum {
	V2_COOKIE = 0x1c849303 | 0x10,
	V2_COMPRESSED_COOKIE = 0x1c849304 | 0x10,
	SIGNIFICANT_DIGITS = 2,
	WORD_BYTES_LIMIT = 9, /* of a 64-bit number in LEB128 as HdrHistogram cuts it */
};

struct v2_header {
	uint32_t cookie;
	uint32_t payload_bytes;
	uint32_t normalizing_index_offset;
	uint32_t significant_digits;
	uint64_t lowest_value;
	uint64_t highest_value;
	uint64_t conversion_ratio; /* the bits of a double */
};

struct compressed_header {
	uint32_t cookie;
	uint32_t bytes;
};

_Static_assert(sizeof(struct v2_header) == 40, "the header has no padding");

/* ZigZag, then seven bits a byte, the lowest first; the ninth byte has eight. */
static size_t put_number(uint8_t *to, int64_t number)
{
	uint64_t left = (uint64_t)number << 1 ^ (uint64_t)(number >> 63);
	size_t count = 0;

	while (left >= 0x80 && count < WORD_BYTES_LIMIT - 1) {
		to[count++] = (uint8_t)(left | 0x80);
		left >>= 7;
	}
	to[count++] = (uint8_t)left;
	return count;
}

/* Counts up to the last that is not zero; a run of zeros is its length, negative. */
static size_t put_counts(uint8_t *to, const struct histogram *histogram)
{
	size_t bytes = 0;
	int64_t zeros = 0;

	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
		if (histogram->counts[i] == 0) {
			zeros++;
			continue;
		}
		if (zeros > 0)
			bytes += put_number(to + bytes, -zeros);
		zeros = 0;
		bytes += put_number(to + bytes, (int64_t)histogram->counts[i]);
	}
	return bytes;
}

static size_t encode(uint8_t *to, const struct histogram *histogram)
{
	size_t bytes = put_counts(to + sizeof(struct v2_header), histogram);
	const double conversion_ratio = 1;
	struct v2_header header = {
		.cookie = htobe32(V2_COOKIE),
		.payload_bytes = htobe32((uint32_t)bytes),
		.significant_digits = htobe32(SIGNIFICANT_DIGITS),
		.lowest_value = htobe64(1),
		.highest_value = htobe64(HISTOGRAM_MAX_VALUE),
	};

	memcpy(&header.conversion_ratio, &conversion_ratio, sizeof(conversion_ratio));
	header.conversion_ratio = htobe64(header.conversion_ratio);
	memcpy(to, &header, sizeof(header));
	return sizeof(header) + bytes;
}

static char *base64(const uint8_t *from, size_t bytes, struct arena *arena)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *text = arena_alloc(arena, (bytes + 2) / 3 * 4 + 1);
	char *to = text;

	for (; bytes > 0; from += 3) {
		size_t count = bytes < 3 ? bytes : 3;
		uint32_t word = (uint32_t)from[0] << 16;

		word |= count > 1 ? (uint32_t)from[1] << 8 : 0;
		word |= count > 2 ? from[2] : 0;
		*to++ = digits[word >> 18];
		*to++ = digits[word >> 12 & 63];
		*to++ = count > 1 ? digits[word >> 6 & 63] : '=';
		*to++ = count > 2 ? digits[word & 63] : '=';
		bytes -= count;
	}
	return text;
}

char *hdr_export(const struct histogram *histogram, struct arena *arena)
{
	struct arena scratch = {0};
	uint8_t *encoded = arena_alloc(&scratch,
		sizeof(struct v2_header) + (size_t)HISTOGRAM_BUCKETS * 2 * WORD_BYTES_LIMIT);
	size_t encoded_bytes = encode(encoded, histogram);
	uLongf deflated_bytes = compressBound(encoded_bytes);
	uint8_t *deflated =
		arena_alloc(&scratch, sizeof(struct compressed_header) + deflated_bytes);
	struct compressed_header header = {.cookie = htobe32(V2_COMPRESSED_COOKIE)};
	char *text;

	/* With compressBound's room it can only be memory. */
	if (compress(deflated + sizeof(header), &deflated_bytes, encoded, encoded_bytes) != Z_OK)
		arena_exhausted();
	header.bytes = htobe32((uint32_t)deflated_bytes);
	memcpy(deflated, &header, sizeof(header));
	text = base64(deflated, sizeof(header) + deflated_bytes, arena);
	arena_free(&scratch);
	return text;
}

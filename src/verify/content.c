/* SPDX-License-Identifier: MIT */
/* Random content as fio fills it. */
#include "verify/content.h"

#include <string.h>

enum {
	STREAMS = 4, /* fio's CONFIG_SEED_BUCKETS, unless it was configured with another */
	WORD = sizeof(uint64_t),
	LINE = STREAMS * WORD,
	CHUNK = 16 * LINE,
};

_Static_assert((int)CONTENT_PROBE_BYTES == (int)LINE, "one word of each stream");

#define GROWTH 0x61c8864680b583ebu /* of Linux' hash.h */

static const uint64_t starts[STREAMS] = {1, 2, 3, 5};

static uint64_t power(uint64_t base, uint64_t exponent)
{
	uint64_t result = 1;

	for (; exponent > 0; exponent >>= 1, base *= base)
		if (exponent & 1)
			result *= base;
	return result;
}

/* The inverse of an odd number modulo 2^64: each step doubles the bits that are right. */
static uint64_t inverse(uint64_t odd)
{
	uint64_t result = odd;

	for (int i = 0; i < 5; i++)
		result *= 2 - odd * result;
	return result;
}

/* `lines` of them, where the streams have come to `seed`. */
static uint8_t *put_lines(uint64_t seed, uint8_t *to, size_t lines)
{
	uint64_t a = seed * starts[0], b = seed * starts[1];
	uint64_t c = seed * starts[2], d = seed * starts[3];

	for (; lines > 0; lines--, to += LINE) {
		memcpy(to, &a, WORD);
		memcpy(to + WORD, &b, WORD);
		memcpy(to + 2 * WORD, &c, WORD);
		memcpy(to + 3 * WORD, &d, WORD);
		a *= GROWTH;
		b *= GROWTH;
		c *= GROWTH;
		d *= GROWTH;
	}
	return to;
}

/* What is behind the last whole line goes on with the first stream alone. */
static void put_rest(uint64_t word, uint8_t *to, size_t bytes)
{
	for (; bytes > 0; word *= GROWTH) {
		size_t part = bytes < WORD ? bytes : WORD;

		memcpy(to, &word, part);
		to += part;
		bytes -= part;
	}
}

void content_put(uint64_t seed, void *to, size_t bytes)
{
	size_t lines = bytes / LINE;
	uint8_t *rest = put_lines(seed, to, lines);

	if (bytes % LINE > 0)
		put_rest(seed * power(GROWTH, lines), rest, bytes % LINE);
}

void content_put_part(uint64_t seed, size_t total, size_t at, void *to, size_t bytes)
{
	size_t lines = total / LINE;
	uint8_t *next = to;
	uint8_t line[LINE];

	while (bytes > 0) {
		size_t number = at / LINE, skipped = at % LINE;
		size_t part = LINE - skipped < bytes ? LINE - skipped : bytes;
		uint64_t state = seed * power(GROWTH, number);

		if (number < lines && skipped == 0 && bytes >= LINE) {
			size_t whole =
				bytes / LINE < lines - number ? bytes / LINE : lines - number;

			part = whole * LINE;
			put_lines(state, next, whole);
		} else {
			if (number < lines)
				put_lines(state, line, 1);
			else
				put_rest(state, line, LINE);
			memcpy(next, line + skipped, part);
		}
		next += part;
		at += part;
		bytes -= part;
	}
}

size_t content_match(uint64_t seed, size_t total, size_t at, const void *data, size_t bytes)
{
	const uint8_t *found = data;
	size_t done = 0;
	uint8_t chunk[CHUNK];

	while (done < bytes) {
		size_t part = bytes - done < CHUNK ? bytes - done : CHUNK;

		content_put_part(seed, total, at + done, chunk, part);
		if (memcmp(chunk, found + done, part) != 0) {
			size_t i = 0;

			while (chunk[i] == found[done + i])
				i++;
			return done + i;
		}
		done += part;
	}
	return bytes;
}

bool content_seed(const void *data, size_t at, uint64_t *seed)
{
	uint64_t first;

	memcpy(&first, data, WORD);
	*seed = first * inverse(power(GROWTH, at / LINE));
	return first != 0 && content_match(*seed, at + LINE, at, data, LINE) == LINE;
}

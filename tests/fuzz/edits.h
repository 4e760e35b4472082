/* SPDX-License-Identifier: MIT */
/*
 * An input as a list of edits of something that is well formed: so what lies behind checksums is
 * reached, and seeds are short. An edit has EDIT_BYTES: place (4 bytes), width, value (8 bytes).
 */
#ifndef TESTS_FUZZ_EDITS_H
#define TESTS_FUZZ_EDITS_H

#include <string.h>

#include "base/random.h"

enum { EDIT_BYTES = 13 };

/* Applies them. A place with its highest bit set is in the first `near` bytes. */
static inline void edits_apply(
	const uint8_t *edits, size_t bytes, uint8_t *data, size_t data_bytes, size_t near)
{
	for (; bytes >= EDIT_BYTES; edits += EDIT_BYTES, bytes -= EDIT_BYTES) {
		size_t width = (size_t)1 << (edits[4] & 3);
		uint32_t place;
		size_t at;

		memcpy(&place, edits, sizeof(place));
		at = (place & 0x7fffffff) % (place >> 31 ? near : data_bytes);
		at = at / width * width;
		if (at + width <= data_bytes)
			memcpy(data + at, edits + 5, width);
	}
}

/* Adds, changes or takes away one; values are often at the ends of a range. */
static inline size_t edits_mutate(
	uint8_t *data, size_t bytes, size_t first, size_t limit, unsigned seed)
{
	struct random random;
	size_t count = bytes > first ? (bytes - first) / EDIT_BYTES : 0;
	size_t chosen = 0;
	uint64_t value;
	uint32_t place;
	uint8_t *edit;

	random_init(&random, seed);
	if (bytes < first) {
		if (limit < first)
			return bytes;
		memset(data + bytes, 0, first - bytes);
	}
	if (first > 0 && random_below(&random, 3) == 0)
		data[random_below(&random, first)] = (uint8_t)random_next(&random);
	if (count > 0 && random_below(&random, 4) == 0)
		return first + (count - 1) * EDIT_BYTES;
	if (count == 0 || random_below(&random, 2) == 0)
		chosen = count++;
	else
		chosen = random_below(&random, count);
	if (first + count * EDIT_BYTES > limit)
		return first + (count - 1) * EDIT_BYTES;
	edit = data + first + chosen * EDIT_BYTES;
	place = (uint32_t)random_next(&random);
	value = random_next(&random) >> random_below(&random, 64);
	if (random_below(&random, 2) == 0)
		value = (uint64_t)1 << random_below(&random, 64);
	if (random_below(&random, 4) == 0)
		value = random_below(&random, 2) ? UINT64_MAX - random_below(&random, 3)
						 : random_below(&random, 3);
	memcpy(edit, &place, sizeof(place));
	edit[4] = (uint8_t)random_next(&random);
	memcpy(edit + 5, &value, sizeof(value));
	return first + count * EDIT_BYTES;
}

#endif

/* SPDX-License-Identifier: MIT */
/* Buffer contents. */
#include "load/payload.h"

#include <assert.h>
#include <string.h>

#include "load/random_bytes.h"

enum {
	SECTOR_BYTES = 512, /* the smallest block of a device: each has to be unlike others */
	LINE_BYTES = 64,
	PAGE_BYTES = 4096,
};

static bool has_pattern(const struct payload_spec *spec)
{
	return spec->pattern && spec->pattern->length > 0;
}

void payload_init(struct payload *payload, const struct payload_spec *spec)
{
	bool is_fixed = spec->compress_percent >= 100 ||
			(spec->compress_percent == 0 && (has_pattern(spec) || spec->is_zero));
	bool shows_pattern = has_pattern(spec) && (is_fixed || spec->compress_percent > 0);
	bool refills = spec->refills || (shows_pattern && spec->pattern->offset_count > 0);

	if (is_fixed)
		refills = refills || spec->reads_too;
	else
		refills = refills || spec->compress_percent > 0 || spec->dedupe_percent > 0;
	assert(is_fixed || spec->compress_percent == 0 || spec->compress_chunk > 0);
	*payload = (struct payload){.spec = spec, .is_fixed = is_fixed};
	if (refills)
		payload->action = PAYLOAD_REFILL;
	else if (!is_fixed && spec->scrambles)
		payload->action = PAYLOAD_SCRAMBLE;
	payload->changes_each_write = payload->action != PAYLOAD_KEEP;
	random_init(&payload->random, spec->seed);
	payload->stamp = random_next(&payload->random);
	payload->repeated_seed = random_next(&payload->random);
}

static void put_fixed(const struct payload *payload, uint8_t *to, size_t bytes, uint64_t offset)
{
	if (has_pattern(payload->spec))
		byte_pattern_put(payload->spec->pattern, to, bytes, offset);
	else
		memset(to, 0, bytes);
}

/* Content `number` of those that a sharer (else the payload alone) makes new. */
static uint64_t seed_of(const struct payload_spec *spec, uint64_t sharer, uint64_t number)
{
	uint64_t seed = spec->is_shared ? random_mix_seed(spec->shared_seed, sharer) : spec->seed;

	return random_mix_seed(seed, number);
}

/* Content `index` of the set: its parts are those of the sharers, this one's first; as in fio. */
static uint64_t seed_in_set(const struct payload_spec *spec, uint64_t index)
{
	uint64_t part = spec->is_shared ? spec->set_count / spec->sharer_count : spec->set_count;

	if (part == 0)
		part = 1;
	return seed_of(spec,
		(spec->sharer + index / part) % (spec->is_shared ? spec->sharer_count : 1),
		index % part);
}

/* The seed of a content: one that no write had yet, or an earlier one again. */
static uint64_t choose_seed(struct payload *payload)
{
	const struct payload_spec *spec = payload->spec;
	unsigned percent = spec->dedupe_percent;

	if (spec->set_count > 0) {
		if (random_below(&payload->random, 100) < percent)
			return seed_in_set(spec, random_below(&payload->random, spec->set_count));
		return seed_of(spec, spec->sharer, payload->content_count++);
	}
	if (percent == 0 || random_below(&payload->random, 100) >= percent)
		payload->repeated_seed = random_next(&payload->random);
	return payload->repeated_seed;
}

/* A share of each chunk is random, the rest zeros or the pattern. */
static void put_chunks(
	const struct payload_spec *spec, uint64_t seed, uint8_t *to, size_t bytes, uint64_t offset)
{
	struct random_chunks chunks = {spec->compress_chunk, 100 - spec->compress_percent};
	size_t chunk;

	random_bytes_put_chunks(seed, to, bytes, &chunks);
	if (!has_pattern(spec))
		return;
	for (; bytes > 0; bytes -= chunk, to += chunk) {
		size_t random_bytes;

		chunk = bytes < chunks.chunk_bytes ? bytes : chunks.chunk_bytes;
		random_bytes = random_bytes_of_chunk(&chunks, chunk);
		byte_pattern_put(spec->pattern, to + random_bytes, chunk - random_bytes, offset);
	}
}

static void put_content(struct payload *payload, uint8_t *to, size_t bytes, uint64_t offset)
{
	if (payload->is_fixed)
		put_fixed(payload, to, bytes, offset);
	else if (payload->spec->compress_percent == 0)
		random_bytes_put(choose_seed(payload), to, bytes);
	else
		put_chunks(payload->spec, choose_seed(payload), to, bytes, offset);
}

void payload_fill(struct payload *payload, void *buffer, size_t bytes)
{
	put_content(payload, buffer, bytes, 0);
}

/*
 * Two words in each sector: where it goes, and a stamp that no other write of this payload has.
 * They share a cache line, always the same one of a buffer, but another for the next page:
 * so the lines of many buffers are in many sets of the first cache, and stay there.
 */
static void scramble(struct payload *payload, uint8_t *to, size_t bytes, uint64_t offset)
{
	uint64_t stamp = payload->stamp += 0x9e3779b97f4a7c15;
	uint8_t *line = to + ((uintptr_t)to / PAGE_BYTES * LINE_BYTES) % SECTOR_BYTES;

	if (bytes < SECTOR_BYTES) {
		memcpy(to, &stamp, bytes < sizeof(stamp) ? bytes : sizeof(stamp));
		return;
	}
	for (size_t at = 0; at + SECTOR_BYTES <= bytes; at += SECTOR_BYTES) {
		uint64_t place = offset + at;

		memcpy(line + at, &place, sizeof(place));
		memcpy(line + at + sizeof(place), &stamp, sizeof(stamp));
	}
}

void payload_change(struct payload *payload, void *buffer, size_t bytes, uint64_t offset)
{
	if (payload->action == PAYLOAD_SCRAMBLE)
		scramble(payload, buffer, bytes, offset);
	else
		put_content(payload, buffer, bytes, offset);
}

/* SPDX-License-Identifier: MIT */
/* Verified blocks: made and checked. */
#include "verify/verify_block.h"

#include <errno.h>
#include <string.h>

#include "verify/content.h"

/* A block of an I/O. */
struct spot {
	uint8_t *data;
	uint32_t bytes;
	uint64_t offset;
	uint64_t sequence;
	uint64_t write_offset;
};

int verify_block_prepare(struct verify_format *format, const char **problem)
{
	enum checksum_kind kind = format->kind;
	size_t head = 0;

	if (kind != CHECKSUM_PATTERN && kind != CHECKSUM_NULL)
		head = header_bytes(format->layout) + checksum_bytes(kind);
	format->head_bytes = (uint32_t)head;
	format->has_pattern = format->pattern && format->pattern->length > 0;
	format->regenerates = kind == CHECKSUM_SHA512 && format->layout == HEADER_UNVERSIONED;
	format->tag = stamp_tag(&format->source);
	*problem = NULL;
	if ((kind == CHECKSUM_PATTERN || kind == CHECKSUM_PATTERN_HEADER) && !format->has_pattern)
		*problem = "verify_pattern is missing";
	else if (head > 0 && format->interval_bytes > 0 && format->interval_bytes <= head)
		*problem = "blocks are too small for the header and its checksum";
	else if (head > 0 && format->header_at > 0 && format->interval_bytes == 0)
		*problem = "verify_offset needs blocks of one size";
	else if (head > 0 && format->header_at > 0 &&
		 (format->header_at < head || format->header_at > format->interval_bytes - head))
		*problem = "at verify_offset the header does not fit, or meets its first place";
	return *problem ? -EINVAL : 0;
}

struct verify_format verify_block_other_layout(const struct verify_format *format)
{
	struct verify_format other = *format;
	const char *problem;

	other.layout = format->layout == HEADER_VERSIONED ? HEADER_UNVERSIONED : HEADER_VERSIONED;
	(void)verify_block_prepare(&other, &problem); /* too small a block has no such header */
	return other;
}

static void swap(uint8_t *one, uint8_t *other, size_t bytes)
{
	uint8_t held[HEADER_BYTES_LIMIT + CHECKSUM_BYTES_LIMIT];

	memcpy(held, one, bytes);
	memcpy(one, other, bytes);
	memcpy(other, held, bytes);
}

/* fio exchanges the header with what is at verify_offset after all sums are made. */
static void move_header(const struct verify_format *format, uint8_t *block)
{
	if (format->header_at > 0)
		swap(block, block + format->header_at, format->head_bytes);
}

/* `bytes` of the pattern from its byte `phase` on, as it stands in a write at `offset`. */
static void put_pattern(const struct byte_pattern *pattern, uint64_t offset, size_t phase,
	uint8_t *to, size_t bytes)
{
	struct byte_pattern turned = {.length = pattern->length};
	uint8_t made[BYTE_PATTERN_LIMIT];

	byte_pattern_put(pattern, made, pattern->length, offset);
	phase %= pattern->length;
	memcpy(turned.bytes, made + phase, pattern->length - phase);
	memcpy(turned.bytes + pattern->length - phase, made, phase);
	byte_pattern_put(&turned, to, bytes, 0);
}

/* The pattern of the bytes at `offset` of the target, in stretches that have one %o. */
static size_t pattern_stretch(const struct verify_format *format, const struct spot *spot,
	size_t at, uint64_t *origin, size_t *phase)
{
	uint64_t from_write = spot->offset + at - spot->write_offset;
	uint64_t interval = format->pattern_interval_bytes;
	size_t left = spot->bytes - at;

	*origin = spot->write_offset;
	*phase = (size_t)(from_write % format->pattern->length);
	if (interval > 0) {
		uint64_t inside = from_write % interval;

		*origin += from_write - inside;
		*phase = (size_t)(inside % format->pattern->length);
		if (left > interval - inside)
			left = (size_t)(interval - inside);
	}
	return left;
}

static void fill_payload(const struct verify_format *format, const struct spot *spot, uint64_t seed)
{
	size_t random_bytes;

	if (format->has_pattern) {
		uint64_t origin;
		size_t phase, part;

		for (size_t at = 0; at < spot->bytes; at += part) {
			part = pattern_stretch(format, spot, at, &origin, &phase);
			put_pattern(format->pattern, origin, phase, spot->data + at, part);
		}
		return;
	}
	random_bytes = (size_t)((uint64_t)spot->bytes * (100 - format->compress_percent) / 100);
	content_put(seed, spot->data, random_bytes);
	memset(spot->data + random_bytes, 0, spot->bytes - random_bytes);
}

static void fill_block(const struct verify_format *format, const struct spot *spot)
{
	struct header header = {
		.layout = format->layout,
		.type = (uint8_t)format->kind,
		.bytes = spot->bytes,
		.seed = stamp_seed(format->tag, spot->sequence, spot->offset),
		.offset = spot->offset,
	};
	size_t head = format->head_bytes;

	fill_payload(format, spot, header.seed);
	if (head == 0)
		return;
	header_stamp(&header, &format->source, spot->sequence);
	header_write(&header, spot->data);
	if (head > header_bytes(format->layout)) {
		uint8_t sum[CHECKSUM_BYTES_LIMIT];

		checksum_make(format->kind, format->layout == HEADER_UNVERSIONED, spot->data + head,
			spot->bytes - head, sum);
		memcpy(spot->data + header_bytes(format->layout), sum,
			checksum_bytes(format->kind));
	}
	move_header(format, spot->data);
}

/* The first block of a part. */
static struct spot first_spot(const struct verify_format *format, const struct verify_part *part,
	void *buffer, size_t bytes)
{
	return (struct spot){
		.data = buffer,
		.bytes = format->interval_bytes > 0 ? format->interval_bytes : (uint32_t)bytes,
		.offset = part->offset,
		.sequence = part->sequence,
		.write_offset = part->write_offset,
	};
}

void verify_block_fill_part(const struct verify_format *format, const struct verify_part *part,
	void *buffer, size_t bytes)
{
	struct spot spot = first_spot(format, part, buffer, bytes);

	for (size_t at = 0; at < bytes; at += spot.bytes) {
		spot.data = (uint8_t *)buffer + at;
		spot.offset = part->offset + at;
		fill_block(format, &spot);
	}
}

void verify_block_fill(const struct verify_format *format, uint64_t sequence, void *buffer,
	size_t bytes, uint64_t offset)
{
	struct verify_part part = {sequence, offset, offset};

	verify_block_fill_part(format, &part, buffer, bytes);
}

static bool pattern_is_right(const struct verify_format *format, const struct spot *spot)
{
	uint8_t expected[BYTE_PATTERN_LIMIT];
	size_t length = format->pattern->length;
	uint64_t origin;
	size_t phase, part;

	for (size_t at = format->head_bytes; at < spot->bytes; at += part) {
		const uint8_t *found = spot->data + at;
		size_t first;

		part = pattern_stretch(format, spot, at, &origin, &phase);
		first = part < length ? part : length;
		put_pattern(format->pattern, origin, phase, expected, first);
		if (memcmp(found, expected, first) != 0 ||
			memcmp(found, found + first, part - first) != 0)
			return false;
	}
	return true;
}

static bool content_is_right(
	const struct verify_format *format, const struct spot *spot, const struct header *header)
{
	size_t head = format->head_bytes;
	size_t random_bytes =
		(size_t)((uint64_t)spot->bytes * (100 - format->compress_percent) / 100);
	size_t left;

	if (!header->is_stamped)
		return true; /* of another's content only the sum is known */
	if (random_bytes < head)
		random_bytes = head;
	left = random_bytes - head;
	return content_match(header->seed, random_bytes, head, spot->data + head, left) == left &&
	       verify_block_is_zero(spot->data + random_bytes, spot->bytes - random_bytes);
}

static bool header_is_right(
	const struct verify_format *format, const struct spot *spot, struct header *header)
{
	if (header_read(spot->data, format->layout, header) != HEADER_WELL)
		return false;
	if (header->bytes != spot->bytes || header->offset != spot->offset)
		return false;
	return spot->sequence == STAMP_ANY ||
	       header->seed == stamp_seed(format->tag, spot->sequence, spot->offset);
}

static bool sum_is(const struct verify_format *format, const struct spot *spot, bool is_unfinished)
{
	size_t head = format->head_bytes;
	size_t header = header_bytes(format->layout);
	uint8_t sum[CHECKSUM_BYTES_LIMIT];

	checksum_make(format->kind, is_unfinished, spot->data + head, spot->bytes - head, sum);
	return memcmp(sum, spot->data + header, head - header) == 0;
}

static bool sum_is_right(const struct verify_format *format, const struct spot *spot)
{
	bool is_unfinished = format->regenerates;

	if (sum_is(format, spot, is_unfinished))
		return true;
	return is_unfinished && sum_is(format, spot, false); /* fio 3.39 and 3.40 */
}

/* fio fills a buffer with a pattern once: where verify_offset moves the header, that of the write
 * before stands in what is then the next one's payload. */
static bool pattern_is_told(const struct verify_format *format, const struct header *header)
{
	return checksum_bytes(format->kind) == 0 ||
	       (format->regenerates && (header->is_stamped || format->header_at == 0));
}

static bool block_is_right(const struct verify_format *format, const struct spot *spot)
{
	struct header header = {0};

	if (spot->sequence == STAMP_ZEROS)
		return verify_block_is_zero(spot->data, spot->bytes);
	if (format->head_bytes > 0) {
		if (!header_is_right(format, spot, &header))
			return false;
		if (checksum_bytes(format->kind) > 0 && !sum_is_right(format, spot))
			return false;
		if (format->regenerates && !format->has_pattern &&
			!content_is_right(format, spot, &header))
			return false;
	}
	if (format->has_pattern && pattern_is_told(format, &header))
		return pattern_is_right(format, spot);
	return true;
}

/* With the header where verify_offset has it. */
static bool is_right_in_place(const struct verify_format *format, const struct spot *spot)
{
	bool is_right;

	move_header(format, spot->data);
	is_right = block_is_right(format, spot);
	move_header(format, spot->data);
	return is_right;
}

/* Of any writer: fio's header may have either layout. */
static bool is_right_in_other_layout(const struct verify_format *format, const struct spot *spot)
{
	struct verify_format other;

	if (spot->sequence != STAMP_ANY || format->head_bytes == 0)
		return false;
	other = verify_block_other_layout(format);
	return spot->bytes > other.head_bytes && is_right_in_place(&other, spot);
}

size_t verify_block_check(const struct verify_format *format, const struct verify_part *part,
	void *buffer, size_t bytes)
{
	struct spot spot = first_spot(format, part, buffer, bytes);
	size_t at;

	if (format->kind == CHECKSUM_NULL)
		return bytes;
	for (at = 0; at + spot.bytes <= bytes; at += spot.bytes) {
		spot.data = (uint8_t *)buffer + at;
		spot.offset = part->offset + at;
		if (!is_right_in_place(format, &spot) && !is_right_in_other_layout(format, &spot))
			break;
	}
	return at;
}

bool verify_block_needs_start(const struct verify_format *format)
{
	const struct byte_pattern *pattern = format->pattern;

	if (!format->has_pattern)
		return false;
	if (format->pattern_interval_bytes > 0)
		return format->interval_bytes % format->pattern_interval_bytes != 0;
	return pattern->offset_count > 0 || format->interval_bytes % pattern->length != 0;
}

bool verify_block_is_zero(const void *buffer, size_t bytes)
{
	const uint8_t *data = buffer;

	return bytes == 0 || (data[0] == 0 && memcmp(data, data + 1, bytes - 1) == 0);
}

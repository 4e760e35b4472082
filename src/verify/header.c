/* SPDX-License-Identifier: MIT */
/* fio's header of verified blocks, in both layouts. */
#include "verify/header.h"

#include <endian.h>
#include <stddef.h>
#include <string.h>

#include "verify/checksum.h"

enum {
	VERSION = 0x81,
	STAMP_MARK_SHIFT = 30, /* of time_nsec: nanoseconds are below 2^30 */
	STAMP_MARK = 3,
	STAMP_LOW_BITS = 16, /* of the sequence, in number */
};

/* As they stand on the disk: little-endian. */
struct unversioned {
	uint16_t magic, type;
	uint32_t bytes;
	uint64_t seed, offset;
	uint32_t time_sec, time_nsec;
	uint16_t thread, number;
	uint32_t crc;
};

struct versioned {
	uint16_t magic;
	uint8_t version, type;
	uint32_t bytes;
	uint64_t seed, offset;
	uint32_t time_sec, time_nsec;
	uint64_t number;
	uint16_t thread, padding; /* the crc covers the padding */
	uint32_t crc;
};

_Static_assert(sizeof(struct unversioned) == HEADER_BYTES_UNVERSIONED, "fio's layout");
_Static_assert(sizeof(struct versioned) == HEADER_BYTES_VERSIONED, "fio's layout");

size_t header_bytes(enum header_layout layout)
{
	return layout == HEADER_VERSIONED ? HEADER_BYTES_VERSIONED : HEADER_BYTES_UNVERSIONED;
}

void header_stamp(struct header *header, const struct stamp_source *source, uint64_t sequence)
{
	header->is_stamped = true;
	header->source = *source;
	header->sequence = sequence;
	header->thread = source->job;
	header->time_sec = source->run;
	header->time_nsec =
		(uint32_t)STAMP_MARK << STAMP_MARK_SHIFT | (uint32_t)(sequence >> STAMP_LOW_BITS);
	header->number = sequence;
}

void header_write(const struct header *header, void *to)
{
	if (header->layout == HEADER_VERSIONED) {
		struct versioned raw = {
			.magic = htole16(HEADER_MAGIC),
			.version = VERSION,
			.type = header->type,
			.bytes = htole32(header->bytes),
			.seed = htole64(header->seed),
			.offset = htole64(header->offset),
			.time_sec = htole32(header->time_sec),
			.time_nsec = htole32(header->time_nsec),
			.number = htole64(header->number),
			.thread = htole16(header->thread),
		};

		raw.crc = htole32(checksum_crc32c(&raw, offsetof(struct versioned, crc)));
		memcpy(to, &raw, sizeof(raw));
	} else {
		struct unversioned raw = {
			.magic = htole16(HEADER_MAGIC),
			.type = htole16(header->type),
			.bytes = htole32(header->bytes),
			.seed = htole64(header->seed),
			.offset = htole64(header->offset),
			.time_sec = htole32(header->time_sec),
			.time_nsec = htole32(header->time_nsec),
			.thread = htole16(header->thread),
			.number = htole16((uint16_t)header->number),
		};

		raw.crc = htole32(checksum_crc32c(&raw, offsetof(struct unversioned, crc)));
		memcpy(to, &raw, sizeof(raw));
	}
}

static enum header_fault read_unversioned(const void *from, struct header *header)
{
	struct unversioned raw;

	memcpy(&raw, from, sizeof(raw));
	*header = (struct header){
		.layout = HEADER_UNVERSIONED,
		.type = (uint8_t)le16toh(raw.type),
		.bytes = le32toh(raw.bytes),
		.seed = le64toh(raw.seed),
		.offset = le64toh(raw.offset),
		.time_sec = le32toh(raw.time_sec),
		.time_nsec = le32toh(raw.time_nsec),
		.thread = le16toh(raw.thread),
		.number = le16toh(raw.number),
	};
	if (le16toh(raw.magic) != HEADER_MAGIC)
		return HEADER_BAD_MAGIC;
	if (le16toh(raw.type) > UINT8_MAX)
		return HEADER_BAD_VERSION;
	if (le32toh(raw.crc) != checksum_crc32c(&raw, offsetof(struct unversioned, crc)))
		return HEADER_BAD_CRC;
	return HEADER_WELL;
}

static enum header_fault read_versioned(const void *from, struct header *header)
{
	struct versioned raw;

	memcpy(&raw, from, sizeof(raw));
	*header = (struct header){
		.layout = HEADER_VERSIONED,
		.type = raw.type,
		.bytes = le32toh(raw.bytes),
		.seed = le64toh(raw.seed),
		.offset = le64toh(raw.offset),
		.time_sec = le32toh(raw.time_sec),
		.time_nsec = le32toh(raw.time_nsec),
		.thread = le16toh(raw.thread),
		.number = le64toh(raw.number),
	};
	if (le16toh(raw.magic) != HEADER_MAGIC)
		return HEADER_BAD_MAGIC;
	if (raw.version != VERSION)
		return HEADER_BAD_VERSION;
	if (le32toh(raw.crc) != checksum_crc32c(&raw, offsetof(struct versioned, crc)))
		return HEADER_BAD_CRC;
	return HEADER_WELL;
}

/* ringside's own: the mark, and a number whose lowest bits agree with themselves. */
static void read_stamp(struct header *header)
{
	uint64_t upper = header->time_nsec & ((1u << STAMP_MARK_SHIFT) - 1);

	if (header->time_nsec >> STAMP_MARK_SHIFT != STAMP_MARK)
		return;
	header->sequence = upper << STAMP_LOW_BITS | (header->number & UINT16_MAX);
	header->source = (struct stamp_source){.run = header->time_sec, .job = header->thread};
	header->is_stamped =
		header->layout == HEADER_UNVERSIONED || header->number == header->sequence;
}

enum header_fault header_read(const void *from, enum header_layout layout, struct header *header)
{
	enum header_fault fault = layout == HEADER_VERSIONED ? read_versioned(from, header)
							     : read_unversioned(from, header);

	read_stamp(header);
	return fault;
}

enum header_layout header_find(const void *from)
{
	struct header header;

	for (unsigned layout = 0; layout < HEADER_LAYOUT_COUNT; layout++)
		if (header_read(from, layout, &header) == HEADER_WELL)
			return layout;
	return HEADER_LAYOUT_COUNT;
}

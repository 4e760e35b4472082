/* SPDX-License-Identifier: MIT */
/*
 * Finds out whose content a wrong block has: each writer that its header, its content or its zeros
 * speak of is taken for a candidate, its block is made anew, and compared.
 */
#include "verify/diagnosis.h"

#include <string.h>

#include "verify/content.h"

enum {
	SECTOR_BYTES = 512,
	PAGE_BYTES = 4096,
	LINE_BYTES = CONTENT_PROBE_BYTES,
	MISPLACED_LIMIT = 1 << 20, /* bytes of a block whose sectors are compared with each other */
	SEARCH_LIMIT = 1 << 22,    /* blocks that are tried as the owner of a content */
	FIO_POSITION_LIMIT = 1 << 16, /* blocks of an I/O of fio */
};

/* What is worked with. */
struct inquiry {
	const struct verify_format *format;
	struct verify_format own; /* format, by the source that is known by now */
	const struct verify_part *part;
	const struct diagnosis_context *context;
	uint8_t *found, *made; /* the block, its header moved back to its front; scratch */
	uint32_t bytes;
	enum header_fault fault;
	struct header header; /* of `found` */
	struct diagnosis *to;
};

/* How far `found` agrees with `made`: [0, first) and [end, bytes). */
struct agreement {
	uint32_t first, end;
};

static void exchange(const struct verify_format *format, uint8_t *block)
{
	uint8_t held[HEADER_BYTES_LIMIT + CHECKSUM_BYTES_LIMIT];

	if (format->header_at == 0)
		return;
	memcpy(held, block, format->head_bytes);
	memcpy(block, block + format->header_at, format->head_bytes);
	memcpy(block + format->header_at, held, format->head_bytes);
}

/* Both with the header where verify_offset has it, and back: places are those on the disk. */
static void exchange_both(const struct inquiry *inquiry)
{
	exchange(inquiry->format, inquiry->found);
	exchange(inquiry->format, inquiry->made);
}

static struct agreement compare(const struct inquiry *inquiry)
{
	struct agreement result = {0, inquiry->bytes};

	exchange_both(inquiry);
	while (result.first < inquiry->bytes &&
		inquiry->found[result.first] == inquiry->made[result.first])
		result.first++;
	while (result.end > result.first &&
		inquiry->found[result.end - 1] == inquiry->made[result.end - 1])
		result.end--;
	exchange_both(inquiry);
	return result;
}

static bool is_own(const struct inquiry *inquiry, const struct stamp_source *source)
{
	return source->run == inquiry->own.source.run && source->job == inquiry->own.source.job;
}

/* fio's random content: an I/O is filled by one seed; which of its blocks this one is, is tried. */
static bool make_fio_content(struct inquiry *inquiry)
{
	uint32_t head = inquiry->format->head_bytes;
	uint64_t total = (uint64_t)inquiry->bytes * FIO_POSITION_LIMIT;
	uint64_t seed = inquiry->header.seed, found_seed;

	for (uint32_t at = (head + LINE_BYTES - 1) / LINE_BYTES * LINE_BYTES;
		at + LINE_BYTES <= inquiry->bytes; at += LINE_BYTES) {
		for (uint64_t i = 0; i < FIO_POSITION_LIMIT; i++) {
			uint64_t position = i * inquiry->bytes + at;

			if (position % LINE_BYTES != 0)
				break;
			if (content_seed(inquiry->found + at, position, &found_seed) &&
				found_seed == seed) {
				content_put_part(seed, total, i * inquiry->bytes, inquiry->made,
					inquiry->bytes);
				return true;
			}
			if (i > 64 && at > 8 * LINE_BYTES)
				break; /* a content that is lost in many places */
		}
	}
	return false;
}

/* What fio wrote by the header that is there, its sum included. */
static bool make_fio_block(struct inquiry *inquiry)
{
	const struct verify_format *format = inquiry->format;
	uint32_t head = format->head_bytes;
	size_t bare = header_bytes(format->layout);

	if (format->has_pattern) {
		struct verify_part part = *inquiry->part;

		part.sequence = 0;
		verify_block_fill_part(format, &part, inquiry->made, inquiry->bytes);
		exchange(format, inquiry->made);
	} else if (!make_fio_content(inquiry)) {
		return false;
	}
	memcpy(inquiry->made, inquiry->found, bare);
	if (head > bare) {
		uint8_t sum[CHECKSUM_BYTES_LIMIT];

		checksum_make(format->kind, format->regenerates, inquiry->made + head,
			inquiry->bytes - head, sum);
		memcpy(inquiry->made + bare, sum, head - bare);
	}
	return true;
}

/* The block of an owner in `made`, header in front. False: it cannot be made. */
static bool make_owner(struct inquiry *inquiry, const struct diagnosis_owner *owner)
{
	struct verify_format format = inquiry->own;
	struct verify_part part = {owner->sequence, owner->offset, owner->offset};

	if (owner->is_zeros) {
		memset(inquiry->made, 0, inquiry->bytes);
		return true;
	}
	if (owner->source.run == 0)
		return make_fio_block(inquiry);
	if (owner->sequence >= STAMP_SEQUENCE_LIMIT)
		return false;
	if (owner->offset == inquiry->part->offset)
		part.write_offset = inquiry->part->write_offset;
	format.source = owner->source;
	format.tag = stamp_tag(&format.source);
	verify_block_fill_part(&format, &part, inquiry->made, inquiry->bytes);
	exchange(&format, inquiry->made);
	return true;
}

/* Which block of this source has a content of this seed. */
static bool find_owner(struct inquiry *inquiry, uint64_t seed, struct diagnosis_owner *owner)
{
	const struct diagnosis_context *context = inquiry->context;
	uint64_t limit = context->last_sequence;
	uint64_t tried = 0;

	if (inquiry->own.source.run == 0)
		return false;
	*owner = (struct diagnosis_owner){.is_known = true, .source = inquiry->own.source};
	owner->offset = inquiry->part->offset;
	if (stamp_of_seed(seed, inquiry->own.tag, owner->offset, &owner->sequence))
		return true;
	for (uint64_t offset = context->first; offset < context->end && tried < SEARCH_LIMIT;
		offset += inquiry->bytes, tried++) {
		if (stamp_of_seed(seed, inquiry->own.tag, offset, &owner->sequence) &&
			(limit == 0 || owner->sequence <= limit)) {
			owner->offset = offset;
			return true;
		}
	}
	return false;
}

/* The owner of the first line that is not as in `made`, and has one. Lines of fio's positions in
 * an I/O are those in a block: ringside begins with each block. */
static bool find_line_owner(struct inquiry *inquiry, struct diagnosis_owner *owner)
{
	uint32_t head = inquiry->format->head_bytes;
	uint64_t seed;
	unsigned searched = 0;

	for (uint32_t at = (head + LINE_BYTES - 1) / LINE_BYTES * LINE_BYTES;
		at + LINE_BYTES <= inquiry->bytes && searched < 8; at += LINE_BYTES) {
		if (memcmp(inquiry->found + at, inquiry->made + at, LINE_BYTES) == 0 ||
			!content_seed(inquiry->found + at, at, &seed))
			continue;
		searched++;
		if (find_owner(inquiry, seed, owner))
			return true;
	}
	return false;
}

static struct diagnosis_owner owner_of_header(const struct inquiry *inquiry)
{
	const struct header *header = &inquiry->header;
	struct diagnosis_owner owner = {.is_known = true, .offset = header->offset};

	if (header->is_stamped) {
		owner.source = header->source;
		owner.sequence = header->sequence;
	} else {
		owner.sequence = header->number;
	}
	return owner;
}

/* What has to be there: by the number that is known, else as the block itself claims. */
static void find_expected(struct inquiry *inquiry)
{
	struct diagnosis_owner *expected = &inquiry->to->expected;

	if (inquiry->part->sequence == STAMP_ANY && inquiry->fault == HEADER_WELL) {
		inquiry->own.source = inquiry->header.source; /* of fio: none */
		inquiry->own.tag = stamp_tag(&inquiry->own.source);
	}
	*expected = (struct diagnosis_owner){.offset = inquiry->part->offset};
	if (inquiry->part->sequence == STAMP_ZEROS) {
		expected->is_known = true;
		expected->is_zeros = true;
		expected->source = inquiry->own.source;
	} else if (inquiry->part->sequence != STAMP_ANY) {
		expected->is_known = true;
		expected->source = inquiry->own.source;
		expected->sequence = inquiry->part->sequence;
	} else if (inquiry->format->head_bytes == 0) {
		expected->is_known = true; /* the pattern is all there is */
		expected->source = (struct stamp_source){.run = 1};
	} else if (inquiry->fault == HEADER_WELL && inquiry->header.offset == expected->offset) {
		*expected = owner_of_header(inquiry);
	} else {
		memset(inquiry->made, 0, inquiry->bytes);
		expected->is_known = find_line_owner(inquiry, expected) &&
				     expected->offset == inquiry->part->offset;
	}
	if (expected->is_known)
		expected->is_known = make_owner(inquiry, expected);
}

/* Against what is expected, which is in `made`. */
static void note_differences(struct inquiry *inquiry)
{
	struct diagnosis *to = inquiry->to;
	struct agreement with = compare(inquiry);
	uint32_t range = with.end - with.first;

	to->first_difference = with.first;
	to->end_difference = with.end;
	exchange_both(inquiry);
	for (uint32_t i = with.first; i < with.end; i++) {
		uint8_t difference = inquiry->found[i] ^ inquiry->made[i];

		to->wrong_bytes += difference != 0;
		to->wrong_bits += (uint32_t)__builtin_popcount(difference);
	}
	to->shown = range < DIAGNOSIS_SHOWN ? range : DIAGNOSIS_SHOWN;
	memcpy(to->wanted, inquiry->made + with.first, to->shown);
	memcpy(to->had, inquiry->found + with.first, to->shown);
	exchange_both(inquiry);
}

/* Whether the block is a whole one by its own header, whoever wrote it. */
static bool is_whole(const struct inquiry *inquiry)
{
	struct verify_format format = {
		.kind = inquiry->header.type,
		.layout = inquiry->header.layout,
		.interval_bytes = inquiry->header.bytes,
	};
	struct verify_part part = {STAMP_ANY, inquiry->header.offset, inquiry->header.offset};
	const char *problem;

	if (inquiry->fault != HEADER_WELL || !checksum_name(format.kind))
		return false;
	if (format.interval_bytes > inquiry->bytes) /* a part of a greater one */
		return true;
	/* A pattern that is missing here stands in no sum. */
	(void)verify_block_prepare(&format, &problem);
	format.kind = checksum_bytes(format.kind) > 0 ? format.kind : CHECKSUM_META;
	return verify_block_check(&format, &part, inquiry->found, format.interval_bytes) ==
	       format.interval_bytes;
}

static void name_whole(struct inquiry *inquiry, const struct diagnosis_owner *owner)
{
	struct diagnosis *to = inquiry->to;
	const struct diagnosis_context *context = inquiry->context;

	to->found = *owner;
	if (!is_own(inquiry, &owner->source)) {
		to->kind = DIAGNOSIS_OTHER_WRITER;
		return;
	}
	/* A job gives each number once. */
	if (context->target_with && owner->sequence != 0)
		to->found.target =
			context->target_with(context->log, owner->offset, owner->sequence);
	if (to->found.target) {
		to->kind = DIAGNOSIS_OTHER_BLOCK;
		to->found.last_sequence = owner->sequence;
	} else if (owner->offset != to->offset) {
		to->kind = DIAGNOSIS_OTHER_BLOCK;
		if (context->sequence_at)
			to->found.last_sequence = context->sequence_at(context->log, owner->offset);
	} else if (to->expected.is_zeros || owner->sequence < to->expected.sequence) {
		to->kind = DIAGNOSIS_OLDER;
	} else {
		to->kind = DIAGNOSIS_YOUNGER;
	}
}

static bool is_multiple(uint64_t value, uint64_t of)
{
	return value % of == 0;
}

/* Of the places where one content may end and the other begin, the roundest. */
static uint32_t choose_boundary(const struct inquiry *inquiry, uint32_t least, uint32_t most)
{
	static const uint32_t units[] = {PAGE_BYTES, SECTOR_BYTES};
	uint64_t offset = inquiry->part->offset;

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		uint64_t round = (offset + most) / units[i] * units[i];

		if (round >= offset + least)
			return (uint32_t)(round - offset);
	}
	return least;
}

static void name_torn(struct inquiry *inquiry, const struct diagnosis_owner *owner, uint32_t at)
{
	struct diagnosis *to = inquiry->to;
	uint64_t place = to->offset + at;

	to->kind = DIAGNOSIS_TORN;
	to->found = *owner;
	to->torn_at = at;
	to->boundary = is_multiple(place, PAGE_BYTES)     ? DIAGNOSIS_AT_PAGE
		       : is_multiple(place, SECTOR_BYTES) ? DIAGNOSIS_AT_SECTOR
							  : DIAGNOSIS_AT_ODD;
}

/* Lines, behind the header, of the two contents: `made` is of the other one. */
struct shares {
	uint32_t expected, other, neither;
};

static struct shares count_shares(const struct inquiry *inquiry)
{
	const struct diagnosis_owner *expected = &inquiry->to->expected;
	uint32_t head = inquiry->format->head_bytes;
	uint64_t seed =
		stamp_seed(stamp_tag(&expected->source), expected->sequence, expected->offset);
	uint64_t random_percent = 100 - inquiry->format->compress_percent;
	uint32_t random_bytes = (uint32_t)(inquiry->bytes * random_percent / 100);
	struct shares shares = {0};
	uint8_t line[LINE_BYTES];

	for (uint32_t at = (head + LINE_BYTES - 1) / LINE_BYTES * LINE_BYTES;
		at + LINE_BYTES <= random_bytes; at += LINE_BYTES) {
		const uint8_t *found = inquiry->found + at;

		if (expected->is_zeros)
			memset(line, 0, LINE_BYTES);
		else
			content_put_part(seed, random_bytes, at, line, LINE_BYTES);
		if (memcmp(found, line, LINE_BYTES) == 0)
			shares.expected++;
		else if (memcmp(found, inquiry->made + at, LINE_BYTES) == 0)
			shares.other++;
		else
			shares.neither++;
	}
	return shares;
}

/* The expected one and this one's, in two parts or in more; or, if nothing is of the expected one,
 * this one's without its header. */
static bool is_torn_with(struct inquiry *inquiry, const struct diagnosis_owner *owner)
{
	struct diagnosis *to = inquiry->to;
	uint32_t first = to->first_difference, end = to->end_difference;
	struct agreement with = compare(inquiry);
	struct shares shares;

	if (with.end <= first && with.end < inquiry->bytes) {
		to->expected_first = true;
		to->foreign_bytes = inquiry->bytes - first;
		name_torn(inquiry, owner, choose_boundary(inquiry, with.end, first));
		return true;
	}
	if (end <= with.first && with.first > 0) {
		to->foreign_bytes = end;
		name_torn(inquiry, owner, choose_boundary(inquiry, end, with.first));
		return true;
	}
	if (inquiry->format->has_pattern ||
		(to->expected.source.run == 0 && !to->expected.is_zeros))
		return false;
	shares = count_shares(inquiry);
	/* The line of each change is of neither, where the change is within it. */
	if (shares.other == 0 || shares.neither > shares.other)
		return false;
	if (shares.expected == 0 && !owner->is_zeros && owner->sequence != 0) {
		name_whole(inquiry, owner);
		return true;
	}
	to->is_interleaved = true;
	to->expected_first = first > 0;
	to->foreign_bytes = (shares.other + shares.neither) * LINE_BYTES;
	name_torn(inquiry, owner, choose_boundary(inquiry, first, first));
	return true;
}

/* Random content of a writer that is not known: the first line that is not as expected. */
static bool is_torn_with_stranger(struct inquiry *inquiry)
{
	const struct diagnosis *to = inquiry->to;
	uint32_t head = inquiry->format->head_bytes;
	uint32_t from = to->first_difference > head ? to->first_difference : head;
	struct diagnosis_owner stranger = {.is_known = true, .offset = to->offset};
	uint64_t seed;

	if (inquiry->format->has_pattern)
		return false;
	for (uint32_t at = (from + LINE_BYTES - 1) / LINE_BYTES * LINE_BYTES;
		at + LINE_BYTES <= to->end_difference; at += LINE_BYTES) {
		if (!content_seed(inquiry->found + at, at, &seed))
			continue;
		content_put(seed, inquiry->made, inquiry->bytes);
		memcpy(inquiry->made, inquiry->found, head);
		return is_torn_with(inquiry, &stranger);
	}
	return false;
}

static bool is_expected(const struct inquiry *inquiry, const struct diagnosis_owner *owner)
{
	const struct diagnosis_owner *expected = &inquiry->to->expected;

	return expected->is_known && owner->is_zeros == expected->is_zeros &&
	       owner->offset == expected->offset && owner->sequence == expected->sequence &&
	       owner->source.run == expected->source.run &&
	       owner->source.job == expected->source.job;
}

/* The sector of `made` that stands at `at` of `found`; bytes: none. */
static uint32_t find_sector(const struct inquiry *inquiry, uint32_t at)
{
	uint32_t from = 0;

	while (from < inquiry->bytes &&
		memcmp(inquiry->found + at, inquiry->made + from, SECTOR_BYTES) != 0)
		from += SECTOR_BYTES;
	return from;
}

/* Whether every sector that is wrong is another one of the expected block. */
static bool has_misplaced(struct inquiry *inquiry)
{
	struct diagnosis *to = inquiry->to;
	uint32_t at, count = 0;

	if (to->expected.is_zeros || inquiry->bytes > MISPLACED_LIMIT ||
		!is_multiple(inquiry->bytes, SECTOR_BYTES) ||
		!is_multiple(to->offset, SECTOR_BYTES) || !make_owner(inquiry, &to->expected))
		return false;
	exchange_both(inquiry);
	for (at = 0; at < inquiry->bytes; at += SECTOR_BYTES) {
		uint32_t from;

		if (memcmp(inquiry->found + at, inquiry->made + at, SECTOR_BYTES) == 0)
			continue;
		from = find_sector(inquiry, at);
		if (from == inquiry->bytes)
			break;
		if (count++ == 0) {
			to->first_misplaced = at;
			to->belongs_at = from;
		}
	}
	exchange_both(inquiry);
	to->misplaced = at == inquiry->bytes ? count : 0;
	return to->misplaced > 0;
}

static bool is_torn(struct inquiry *inquiry)
{
	static const struct diagnosis_owner zeros = {.is_known = true, .is_zeros = true};
	struct diagnosis_owner owner;

	/* `made` is of the expected one here. */
	if (find_line_owner(inquiry, &owner) && make_owner(inquiry, &owner) &&
		is_torn_with(inquiry, &owner))
		return true;
	owner = owner_of_header(inquiry);
	if (inquiry->fault == HEADER_WELL && !is_expected(inquiry, &owner) &&
		make_owner(inquiry, &owner) && is_torn_with(inquiry, &owner))
		return true;
	if (!inquiry->to->expected.is_zeros && make_owner(inquiry, &zeros) &&
		is_torn_with(inquiry, &zeros))
		return true;
	return !has_misplaced(inquiry) && is_torn_with_stranger(inquiry);
}

static void find_kind(struct inquiry *inquiry)
{
	struct diagnosis *to = inquiry->to;
	struct diagnosis_owner owner = owner_of_header(inquiry);

	find_expected(inquiry);
	if (to->expected.is_known)
		note_differences(inquiry);
	to->kind = DIAGNOSIS_CORRUPT;
	if (!to->expected.is_zeros && verify_block_is_zero(inquiry->found, inquiry->bytes))
		to->kind = DIAGNOSIS_ZEROS;
	else if (to->wrong_bits > 0 && to->wrong_bits <= DIAGNOSIS_FLIP_LIMIT)
		to->kind = DIAGNOSIS_FLIPPED_BITS;
	else if (is_whole(inquiry) && !is_expected(inquiry, &owner))
		name_whole(inquiry, &owner);
	else if (to->expected.is_known)
		(void)is_torn(inquiry); /* else it stays as it is */
}

/* The header of either layout, of the format's own if there is none. */
static void read_header(struct inquiry *inquiry)
{
	enum header_layout layout = header_find(inquiry->found);

	if (layout == HEADER_LAYOUT_COUNT)
		layout = inquiry->format->layout;
	inquiry->fault = header_read(inquiry->found, layout, &inquiry->header);
}

/* Whether the block has a header of this layout, where verify_offset has put it. */
static bool has_header(const struct verify_format *format, uint8_t *block, uint32_t bytes)
{
	bool has = false;

	if (bytes <= format->head_bytes)
		return false;
	exchange(format, block);
	has = header_find(block) == format->layout;
	exchange(format, block);
	return has;
}

/* No writer is expected: a header of the other layout is as right. */
static struct verify_format choose_layout(const struct inquiry *inquiry)
{
	const struct verify_format *format = inquiry->format;
	struct verify_format other = verify_block_other_layout(format);

	if (inquiry->part->sequence == STAMP_ANY && format->head_bytes > 0 &&
		!has_header(format, inquiry->found, inquiry->bytes) &&
		has_header(&other, inquiry->found, inquiry->bytes))
		return other;
	return *format;
}

void diagnosis_make(const struct verify_format *format, const struct verify_part *part, void *block,
	uint32_t bytes, void *scratch, const struct diagnosis_context *context,
	struct diagnosis *diagnosis)
{
	struct inquiry inquiry = {
		.format = format,
		.part = part,
		.context = context,
		.found = block,
		.made = scratch,
		.bytes = bytes,
		.fault = HEADER_BAD_MAGIC,
		.to = diagnosis,
	};

	struct verify_format chosen = choose_layout(&inquiry);

	*diagnosis = (struct diagnosis){.offset = part->offset, .bytes = bytes};
	inquiry.format = &chosen;
	inquiry.own = chosen;
	exchange(&chosen, block);
	if (bytes > HEADER_BYTES_LIMIT)
		read_header(&inquiry);
	find_kind(&inquiry);
	exchange(&chosen, block);
}

/* SPDX-License-Identifier: MIT */
/* Blocks of every kind: what was made is right, whatever was changed in them is not. */
#include <errno.h>
#include <string.h>

#include "base/random.h"
#include "test.h"
#include "verify/verify_block.h"

enum { BYTES = 4096, BLOCK = 1024 };

static uint8_t buffer[BYTES], kept[BYTES];

static struct verify_format make_format(enum checksum_kind kind, enum header_layout layout)
{
	struct verify_format format = {
		.kind = kind,
		.layout = layout,
		.interval_bytes = BLOCK,
		.source = {.run = 5, .job = 1},
	};
	const char *problem;

	assert_int_equal(verify_block_prepare(&format, &problem), 0);
	return format;
}

static size_t check_all(const struct verify_format *format, uint64_t sequence)
{
	struct verify_part part = {sequence, 8192, 8192};
	size_t right = verify_block_check(format, &part, buffer, BYTES);

	return right;
}

/* One flipped bit at each of many places is found, in its own block. */
static void check_flips(const struct verify_format *format, size_t first, struct random *random)
{
	for (int i = 0; i < 200; i++) {
		size_t at = random_below(random, BYTES);

		if (at % BLOCK < first)
			continue;
		memcpy(kept, buffer, BYTES);
		buffer[at] ^= (uint8_t)(1u << random_below(random, 8));
		assert_int_equal(check_all(format, 300), at / BLOCK * BLOCK);
		buffer[at] = kept[at];
		assert_memory_equal(buffer, kept, BYTES);
	}
}

static void check_kind(struct verify_format *format, struct random *random)
{
	struct verify_part part = {300, 8192, 8192 + BLOCK};

	verify_block_fill(format, 300, buffer, BYTES, 8192);
	assert_int_equal(check_all(format, 300), BYTES);
	assert_int_equal(check_all(format, STAMP_ANY), BYTES);
	/* A part alone. */
	assert_int_equal(verify_block_check(format, &part, buffer + BLOCK, 2 * BLOCK), 2 * BLOCK);
	if (format->head_bytes > 0) {
		assert_int_equal(check_all(format, 301), 0);
		part.offset += BLOCK;
		part.sequence = STAMP_ANY;
		assert_int_equal(verify_block_check(format, &part, buffer + BLOCK, BLOCK), 0);
	}
	if (format->kind != CHECKSUM_META)
		check_flips(format, 0, random);
}

TEST(any_change_of_any_kind_of_block_is_found)
{
	struct byte_pattern pattern;
	struct random random;
	const char *problem;

	random_init(&random, 3);
	assert_int_equal(byte_pattern_parse("0xdeadbeef%o\"abc\"", &pattern, &problem), 0);
	for (unsigned kind = 0; kind < CHECKSUM_KIND_COUNT; kind++) {
		for (unsigned i = 0; i < 8; i++) {
			struct verify_format format = {
				.kind = kind,
				.layout = i % 2,
				.interval_bytes = BLOCK,
				.source = {.run = 5, .job = 1},
				.header_at = i & 2 ? 400 : 0,
				.pattern = i & 4 ? &pattern : NULL,
				.pattern_interval_bytes = i == 7 ? 100 : 0,
			};

			if (!checksum_name(kind) || kind == CHECKSUM_NULL ||
				(i < 4 && (kind == CHECKSUM_PATTERN ||
						  kind == CHECKSUM_PATTERN_HEADER)))
				continue;
			assert_int_equal(verify_block_prepare(&format, &problem), 0);
			check_kind(&format, &random);
		}
	}
}

TEST(content_is_compressible_where_it_is_asked_for)
{
	struct verify_format format = make_format(CHECKSUM_SHA512, HEADER_UNVERSIONED);
	struct random random;

	random_init(&random, 3);
	format.compress_percent = 75;
	check_kind(&format, &random);
	assert_true(verify_block_is_zero(buffer + 256, BLOCK - 256));
	assert_false(verify_block_is_zero(buffer + 255, BLOCK - 256));
	format.compress_percent = 100;
	check_kind(&format, &random);
}

/* %o is where the write began, and the pattern begins there; with an interval in each of these. */
TEST(patterns_begin_with_the_write)
{
	struct byte_pattern pattern;
	struct verify_format format = {
		.kind = CHECKSUM_PATTERN, .interval_bytes = BLOCK, .pattern = &pattern};
	struct verify_part part = {1, 0x1000, 0x1000 + BLOCK};
	const char *problem;

	assert_int_equal(byte_pattern_parse("%o\"ab\"", &pattern, &problem), 0);
	assert_int_equal(verify_block_prepare(&format, &problem), 0);
	verify_block_fill(&format, 1, buffer, BYTES, 0x1000);
	assert_memory_equal(buffer, "\0\x10\0\0\0\0\0\0ab\0\x10", 12);
	assert_memory_equal(buffer + 4090, "\0\x10\0\0\0\0", 6);
	verify_block_fill_part(&format, &part, kept, BLOCK);
	assert_memory_equal(kept, buffer + BLOCK, BLOCK);
	format.pattern_interval_bytes = 512;
	verify_block_fill(&format, 1, buffer, BYTES, 0x1000);
	assert_memory_equal(buffer + 512, "\0\x12\0\0\0\0\0\0ab\0\x12", 12);
}

TEST(blocks_of_unequal_size_are_one_each)
{
	struct verify_format format = make_format(CHECKSUM_CRC32C, HEADER_VERSIONED);
	struct verify_part part = {9, 77, 77};
	struct header header;

	format.interval_bytes = 0;
	verify_block_fill(&format, 9, buffer, 1301, 77);
	assert_int_equal(header_read(buffer, HEADER_VERSIONED, &header), HEADER_WELL);
	assert_int_equal(header.bytes, 1301);
	assert_int_equal(verify_block_check(&format, &part, buffer, 1301), 1301);
	buffer[1300] ^= 1;
	assert_int_equal(verify_block_check(&format, &part, buffer, 1301), 0);
}

/* fio 3.39 and 3.40 finish the sum that older ones do not: the content alone tells either. */
TEST(a_finished_sha512_in_the_older_header_is_right)
{
	struct verify_format format = make_format(CHECKSUM_SHA512, HEADER_UNVERSIONED);
	struct verify_part part = {STAMP_ANY, 8192, 8192};
	uint32_t bytes = format.interval_bytes, bare = (uint32_t)header_bytes(HEADER_UNVERSIONED);

	verify_block_fill(&format, 5, buffer, bytes, 8192);
	assert_int_equal(verify_block_check(&format, &part, buffer, bytes), bytes);
	checksum_make(CHECKSUM_SHA512, false, buffer + format.head_bytes, bytes - format.head_bytes,
		buffer + bare);
	assert_int_equal(verify_block_check(&format, &part, buffer, bytes), bytes);
	buffer[bytes / 2] ^= 1;
	assert_int_equal(verify_block_check(&format, &part, buffer, bytes), 0);
	buffer[bytes / 2] ^= 1;
	buffer[bare] ^= 1;
	assert_int_equal(verify_block_check(&format, &part, buffer, bytes), 0);
}

/* Whoever wrote it: blocks of both fios may stand side by side. */
TEST(any_writers_header_may_have_either_layout)
{
	for (uint32_t header_at = 0; header_at <= 400; header_at += 400) {
		struct verify_format older = make_format(CHECKSUM_SHA512, HEADER_UNVERSIONED);
		struct verify_format newer;
		struct verify_part part = {STAMP_ANY, 8192, 8192};

		older.header_at = header_at;
		newer = verify_block_other_layout(&older);
		assert_int_equal(newer.layout, HEADER_VERSIONED);
		verify_block_fill(&older, 5, buffer, BYTES / 2, 8192);
		verify_block_fill(&newer, 5, buffer + BYTES / 2, BYTES / 2, 8192 + BYTES / 2);
		assert_int_equal(verify_block_check(&older, &part, buffer, BYTES), BYTES);
		assert_int_equal(verify_block_check(&newer, &part, buffer, BYTES), BYTES);
		part.sequence = 5;
		assert_int_equal(verify_block_check(&older, &part, buffer, BYTES), BYTES / 2);
		part.sequence = STAMP_ANY;
		buffer[BYTES / 2 + 900] ^= 1;
		assert_int_equal(verify_block_check(&older, &part, buffer, BYTES), BYTES / 2);
	}
}

TEST(a_pattern_that_differs_from_block_to_block_needs_the_start)
{
	struct verify_format format = {.kind = CHECKSUM_PATTERN, .interval_bytes = 512};
	static struct byte_pattern pattern;
	const char *problem;

	assert_false(verify_block_needs_start(&format));
	format.pattern = &pattern;
	assert_int_equal(byte_pattern_parse("0x11223344", &pattern, &problem), 0);
	assert_int_equal(verify_block_prepare(&format, &problem), 0);
	assert_false(verify_block_needs_start(&format));
	format.pattern_interval_bytes = 768;
	assert_true(verify_block_needs_start(&format));
	assert_int_equal(byte_pattern_parse("\"abc\"", &pattern, &problem), 0);
	format.pattern_interval_bytes = 0;
	assert_true(verify_block_needs_start(&format));
	assert_int_equal(byte_pattern_parse("%o", &pattern, &problem), 0);
	assert_true(verify_block_needs_start(&format));
	/* It begins anew, and with its own offset, in each block. */
	format.pattern_interval_bytes = 256;
	assert_false(verify_block_needs_start(&format));
}

TEST(what_cannot_be_is_refused)
{
	struct verify_format format = {.kind = CHECKSUM_PATTERN, .interval_bytes = 512};
	const char *problem;

	assert_int_equal(verify_block_prepare(&format, &problem), -EINVAL);
	assert_string_equal(problem, "verify_pattern is missing");
	format = (struct verify_format){.kind = CHECKSUM_MD5, .interval_bytes = 56};
	assert_int_equal(verify_block_prepare(&format, &problem), -EINVAL);
	format.interval_bytes = 57;
	assert_int_equal(verify_block_prepare(&format, &problem), 0);
	format.interval_bytes = 512;
	format.header_at = 55;
	assert_int_equal(verify_block_prepare(&format, &problem), -EINVAL);
	format.header_at = 457;
	assert_int_equal(verify_block_prepare(&format, &problem), -EINVAL);
	format.header_at = 456;
	assert_int_equal(verify_block_prepare(&format, &problem), 0);
	format.interval_bytes = 0;
	assert_int_equal(verify_block_prepare(&format, &problem), -EINVAL);
}

TEST(null_verifies_nothing)
{
	struct verify_format format = make_format(CHECKSUM_NULL, HEADER_UNVERSIONED);

	memset(buffer, 0x5a, BYTES);
	assert_int_equal(check_all(&format, 1), BYTES);
}

TEST_MAIN(NULL, NULL);

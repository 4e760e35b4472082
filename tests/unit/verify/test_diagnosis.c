/* SPDX-License-Identifier: MIT */
/* Damage of every kind is planted in blocks, and has to be named rightly. */
/* covers: src/verify/diagnosis_text.c */
#include <string.h>

#include "base/random.h"
#include "test.h"
#include "verify/content.h"
#include "verify/diagnosis.h"

enum { BLOCK = 8192, BLOCKS = 64, EXPECTED = 812, OLDER = 377 };

static uint8_t block[BLOCK], other[BLOCK], scratch[BLOCK], before[BLOCK];
static const uint64_t place = 5 * BLOCK;
static struct arena arena;

static int tear_down(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static struct verify_format make_format(enum checksum_kind kind, uint32_t header_at)
{
	struct verify_format format = {
		.kind = kind,
		.layout = HEADER_UNVERSIONED,
		.interval_bytes = BLOCK,
		.header_at = header_at,
		.source = {.run = 0xabcd, .job = 1},
	};
	const char *problem;

	assert_int_equal(verify_block_prepare(&format, &problem), 0);
	return format;
}

static uint64_t sequence_at(const void *log, uint64_t offset)
{
	(void)log;
	return offset / BLOCK + 100;
}

static struct diagnosis diagnose(const struct verify_format *format, uint64_t sequence)
{
	struct verify_part part = {sequence, place, place};
	struct diagnosis_context context = {
		.end = (uint64_t)BLOCKS * BLOCK,
		.last_sequence = 1000,
		.sequence_at = sequence_at,
	};
	struct diagnosis diagnosis;

	memcpy(before, block, BLOCK);
	/* Only what a check has found. */
	assert_int_equal(verify_block_check(format, &part, block, BLOCK), 0);
	diagnosis_make(format, &part, block, BLOCK, scratch, &context, &diagnosis);
	assert_memory_equal(before, block, BLOCK);
	assert_int_equal(diagnosis.offset, place);
	return diagnosis;
}

static void check_text(const struct diagnosis *diagnosis, const char *text)
{
	assert_string_equal(diagnosis_text(diagnosis, &arena), text);
}

static const struct {
	enum checksum_kind kind;
	uint32_t header_at;
} forms[] = {
	{CHECKSUM_CRC32C, 0}, {CHECKSUM_SHA256, 600}, {CHECKSUM_SHA512, 0}, {CHECKSUM_CRC7, 4096}};

enum { FORM_COUNT = sizeof(forms) / sizeof(forms[0]) };

#define FOR_FORMS(format)                                                                          \
	for (int form = 0; form < FORM_COUNT; form++)                                              \
		for (struct verify_format                                                          \
				format = make_format(forms[form].kind, forms[form].header_at),     \
				*once = &format;                                                   \
			once; once = NULL)

static void fill(const struct verify_format *format, uint64_t sequence, uint8_t *to)
{
	verify_block_fill(format, sequence, to, BLOCK, place);
}

TEST(flipped_bits_are_named_with_their_place)
{
	struct random random;

	random_init(&random, 1);
	FOR_FORMS(format)
	{
		for (int i = 0; i < 300; i++) {
			uint32_t at = (uint32_t)random_below(&random, BLOCK);
			unsigned count = 1 + (unsigned)random_below(&random, 4);
			uint64_t sequence =
				i % 2 || at < 800 || at / 200 == 4096 / 200 ? EXPECTED : STAMP_ANY;
			struct diagnosis found;

			fill(&format, EXPECTED, block);
			for (unsigned k = 0; k < count; k++)
				block[at] ^= (uint8_t)(1u << 2 * k);
			found = diagnose(&format, sequence);
			assert_int_equal(found.kind, DIAGNOSIS_FLIPPED_BITS);
			assert_int_equal(found.wrong_bits, count);
			assert_int_equal(found.wrong_bytes, 1);
			assert_int_equal(found.had[0], block[found.first_difference]);
		}
	}
}

TEST(a_flipped_bit_in_words)
{
	struct verify_format format = make_format(CHECKSUM_CRC32C, 0);
	struct diagnosis found;

	fill(&format, EXPECTED, block);
	block[1000] = 0x52;
	fill(&format, EXPECTED, other);
	block[1000] = other[1000] ^ 8;
	found = diagnose(&format, EXPECTED);
	assert_int_equal(found.first_difference, 1000);
	check_text(
		&found, arena_printf(&arena, "a flipped bit: bit 3 of byte 1000, 0x%02x for 0x%02x",
				block[1000], other[1000]));
}

TEST(zeros_are_zeros)
{
	FOR_FORMS(format)
	{
		struct diagnosis found;

		memset(block, 0, BLOCK);
		found = diagnose(&format, EXPECTED);
		assert_int_equal(found.kind, DIAGNOSIS_ZEROS);
		assert_true(found.expected.is_known);
		found = diagnose(&format, STAMP_ANY);
		assert_int_equal(found.kind, DIAGNOSIS_ZEROS);
		assert_false(found.expected.is_known);
	}
}

TEST(a_lost_write_leaves_an_older_one)
{
	FOR_FORMS(format)
	{
		struct diagnosis found;

		fill(&format, OLDER, block);
		found = diagnose(&format, EXPECTED);
		assert_int_equal(found.kind, DIAGNOSIS_OLDER);
		assert_int_equal(found.found.sequence, OLDER);
		check_text(&found, "a lost write: write 377 where write 812 was expected, "
				   "435 writes later");
		found = diagnose(&format, OLDER - 1);
		assert_int_equal(found.kind, DIAGNOSIS_YOUNGER);
		check_text(&found, "a later write: write 377 where write 376 was the last");
	}
}

TEST(another_blocks_content_is_named_with_its_place)
{
	FOR_FORMS(format)
	{
		struct diagnosis found;

		verify_block_fill(&format, 117, block, BLOCK, (uint64_t)17 * BLOCK);
		found = diagnose(&format, EXPECTED);
		assert_int_equal(found.kind, DIAGNOSIS_OTHER_BLOCK);
		check_text(&found, "the content of the block at 139264 (write 117, its last one)");
		verify_block_fill(&format, 3, block, BLOCK, (uint64_t)17 * BLOCK);
		found = diagnose(&format, EXPECTED);
		check_text(
			&found, "the content of the block at 139264 (write 3, not its last one)");
		format.source.run = 0; /* nothing is known but what is there */
		found = diagnose(&format, STAMP_ANY);
		assert_int_equal(found.kind, DIAGNOSIS_OTHER_BLOCK);
		assert_int_equal(found.found.offset, 17 * BLOCK);
	}
}

static void check_torn(const struct verify_format *format, uint32_t at, bool expected_first,
	enum diagnosis_boundary boundary)
{
	struct diagnosis found = diagnose(format, EXPECTED);

	if (found.kind != DIAGNOSIS_TORN)
		fail_msg("at %u: %s", at, diagnosis_text(&found, &arena));
	assert_false(found.is_interleaved);
	assert_int_equal(found.boundary, boundary);
	assert_int_equal(found.expected_first, expected_first);
	if (boundary != DIAGNOSIS_AT_ODD) {
		assert_int_equal(found.torn_at, at);
	} else { /* contents may agree by chance beside it */
		assert_true(found.torn_at <= at && found.torn_at + 4 > at);
	}
}

/* Old and new, another block and new, zeros and new, a stranger and new; in either order. */
TEST(torn_blocks_are_named_with_their_place)
{
	static const struct {
		uint32_t at;
		enum diagnosis_boundary boundary;
	} cuts[] = {{512, DIAGNOSIS_AT_SECTOR}, {4096, DIAGNOSIS_AT_PAGE},
		{1024, DIAGNOSIS_AT_SECTOR}, {7680, DIAGNOSIS_AT_SECTOR}, {1001, DIAGNOSIS_AT_ODD},
		{6000, DIAGNOSIS_AT_ODD}};

	FOR_FORMS(format)
	{
		for (size_t i = 0; i < 8 * sizeof(cuts) / sizeof(cuts[0]); i++) {
			uint32_t at = cuts[i / 8].at;
			bool expected_first = i % 2;
			struct verify_format writer = format;
			uint64_t offset = place;
			const char *problem;

			if (at < 600 + 104 && form == 1)
				continue; /* within the header */
			if (i / 2 % 4 == 1)
				offset = (uint64_t)17 * BLOCK;
			if (i / 2 % 4 == 3)
				writer.source.run = 0x5555;
			if (i / 2 % 4 == 3 && !expected_first)
				continue; /* the stranger has a header: below */
			if (forms[form].header_at == 4096 && at == 4096)
				continue;
			assert_int_equal(verify_block_prepare(&writer, &problem), 0);
			fill(&format, EXPECTED, block);
			verify_block_fill(&writer, OLDER, other, BLOCK, offset);
			if (i / 2 % 4 == 2)
				memset(other, 0, BLOCK);
			if (expected_first)
				memcpy(block + at, other + at, BLOCK - at);
			else
				memcpy(block, other, at);
			check_torn(&format, at, expected_first, cuts[i / 8].boundary);
		}
	}
}

TEST(torn_blocks_in_words)
{
	struct verify_format format = make_format(CHECKSUM_CRC32C, 0);
	struct diagnosis found;

	fill(&format, EXPECTED, block);
	fill(&format, OLDER, other);
	memcpy(block + 2048, other + 2048, BLOCK - 2048);
	found = diagnose(&format, EXPECTED);
	check_text(&found, "torn at byte 2048 (a sector's boundary): before it write 812, "
			   "from it on write 377");
	assert_int_equal(found.foreign_bytes, BLOCK - 2048);
	/* Nothing but the block itself says what it has to be. */
	found = diagnose(&format, STAMP_ANY);
	assert_int_equal(found.kind, DIAGNOSIS_TORN);
	check_text(&found, "torn at byte 2048 (a sector's boundary): before it write 812, "
			   "from it on write 377");
	fill(&format, EXPECTED, block);
	memset(block, 0, 4096);
	found = diagnose(&format, EXPECTED);
	check_text(&found, "torn at byte 4096 (a page's boundary): before it zeros, "
			   "from it on write 812");
	fill(&format, EXPECTED, block);
	memcpy(block + 512, other + 512, 512);
	memcpy(block + 4096, other + 4096, 1024);
	found = diagnose(&format, EXPECTED);
	assert_true(found.is_interleaved);
	check_text(&found, "torn in several places, the first at byte 512 (a sector's boundary): "
			   "1536 of 8192 bytes are write 377 in write 812");
	fill(&format, EXPECTED, block);
	verify_block_fill(&format, OLDER, other, BLOCK, 0);
	memcpy(block + 7777, other + 7777, BLOCK - 7777);
	found = diagnose(&format, EXPECTED);
	check_text(&found, "torn at byte 7777 (no sector's boundary): before it write 812, "
			   "from it on write 377, of the block at 0");
}

TEST(sectors_that_changed_places_are_told)
{
	FOR_FORMS(format)
	{
		struct diagnosis found;

		fill(&format, EXPECTED, other);
		memcpy(block, other, BLOCK);
		memcpy(block + 1536, other + 5120, 512);
		memcpy(block + 5120, other + 1536, 512);
		found = diagnose(&format, EXPECTED);
		assert_int_equal(found.kind, DIAGNOSIS_CORRUPT);
		assert_int_equal(found.misplaced, 2);
		check_text(&found,
			"sectors in wrong places: 2 of its own, the first, at byte 1536, "
			"belongs at byte 5120");
		/* One of them is nobody's. */
		memset(block + 5120, 0xee, 512);
		found = diagnose(&format, EXPECTED);
		assert_int_equal(found.misplaced, 0);
	}
}

TEST(a_lost_header_hides_no_owner)
{
	struct verify_format format = make_format(CHECKSUM_CRC32C, 0);
	struct diagnosis found;

	fill(&format, OLDER, block);
	memset(block, 0xee, 44);
	found = diagnose(&format, EXPECTED);
	assert_int_equal(found.kind, DIAGNOSIS_OLDER);
	verify_block_fill(&format, OLDER, block, BLOCK, (uint64_t)60 * BLOCK);
	memset(block, 0xee, 44);
	found = diagnose(&format, EXPECTED);
	assert_int_equal(found.kind, DIAGNOSIS_OTHER_BLOCK);
	assert_int_equal(found.found.offset, 60 * BLOCK);
}

TEST(other_writers_are_told)
{
	FOR_FORMS(format)
	{
		struct verify_format writer = format;
		struct diagnosis found;
		const char *problem;

		for (int i = 0; i < 4; i++) {
			writer = format;
			if (i == 0)
				writer.source.run = 0x1234;
			else if (i == 1)
				writer.source.job = 2;
			else if (i == 2)
				writer.layout = HEADER_VERSIONED;
			else
				writer.kind = CHECKSUM_MD5;
			if (i >= 2)
				writer.source.run = 0x1234;
			writer.header_at = i < 2 ? format.header_at : 0;
			if (i >= 2 && format.header_at > 0)
				continue;
			assert_int_equal(verify_block_prepare(&writer, &problem), 0);
			fill(&writer, 7, block);
			found = diagnose(&format, EXPECTED);
			assert_int_equal(found.kind, DIAGNOSIS_OTHER_WRITER);
			check_text(&found,
				i == 1 ? "content of job 2 of this run (its write 7 at 40960)"
				       : "content of another run (00001234, job 1, its "
					 "write 7 at 40960)");
		}
	}
}

TEST(a_wrong_byte_or_some_in_words)
{
	struct verify_format format = make_format(CHECKSUM_CRC32C, 0);
	struct diagnosis found;

	fill(&format, EXPECTED, block);
	block[3000] ^= 0xff;
	fill(&format, EXPECTED, other);
	found = diagnose(&format, EXPECTED);
	check_text(&found, arena_printf(&arena, "a wrong byte: byte 3000, 0x%02x for 0x%02x",
				   block[3000], other[3000]));
	block[3001] ^= 0xff;
	found = diagnose(&format, EXPECTED);
	check_text(
		&found, arena_printf(&arena,
				"unknown content: 2 of 8192 bytes differ, in bytes 3000 to 3001, "
				"%02x%02x for %02x%02x",
				block[3000], block[3001], other[3000], other[3001]));
}

TEST(garbage_is_told_with_its_range)
{
	struct random random;

	random_init(&random, 9);
	FOR_FORMS(format)
	{
		struct diagnosis found;

		fill(&format, EXPECTED, block);
		for (int i = 2048; i < 3072; i++)
			block[i] = (uint8_t)random_next(&random);
		found = diagnose(&format, EXPECTED);
		assert_int_equal(found.kind, DIAGNOSIS_CORRUPT);
		assert_true(found.first_difference >= 2048 && found.first_difference < 2052);
		assert_true(found.end_difference <= 3072 && found.end_difference > 3068);
		for (int i = 0; i < BLOCK; i++)
			block[i] = (uint8_t)random_next(&random);
		found = diagnose(&format, EXPECTED);
		assert_int_equal(found.kind, DIAGNOSIS_CORRUPT);
		found = diagnose(&format, STAMP_ANY);
		assert_int_equal(found.kind, DIAGNOSIS_CORRUPT);
		check_text(&found, "unknown content; what was expected is not known");
	}
}

/* Blocks that fio wrote: one seed for an I/O of several blocks. */
static void fill_as_fio(const struct verify_format *format, uint64_t seed, unsigned number,
	uint64_t offset, uint8_t *to)
{
	struct header header = {
		.type = (uint8_t)format->kind,
		.bytes = BLOCK,
		.seed = seed,
		.offset = offset,
		.number = 9,
	};

	content_put_part(seed, 8 * BLOCK, (size_t)number * BLOCK, to, BLOCK);
	header_write(&header, to);
	checksum_make(
		format->kind, true, to + format->head_bytes, BLOCK - format->head_bytes, other);
	memcpy(to + HEADER_BYTES_UNVERSIONED, other, checksum_bytes(format->kind));
}

TEST(blocks_of_fio_are_judged_by_their_own_seed)
{
	struct verify_format format = make_format(CHECKSUM_SHA256, 0);
	struct diagnosis found;

	fill_as_fio(&format, 0x7777777, 5, place, block);
	block[5000] ^= 0x80;
	found = diagnose(&format, STAMP_ANY);
	assert_int_equal(found.kind, DIAGNOSIS_FLIPPED_BITS);
	assert_int_equal(found.first_difference, 5000);
	block[5000] ^= 0x80;
	memset(block + 1024, 0, 7168);
	found = diagnose(&format, STAMP_ANY);
	assert_int_equal(found.kind, DIAGNOSIS_TORN);
	check_text(&found, "torn at byte 1024 (a sector's boundary): before it content of fio "
			   "(its write 9), from it on zeros");
	fill_as_fio(&format, 0x7777777, 5, place + BLOCK, block);
	found = diagnose(&format, EXPECTED);
	assert_int_equal(found.kind, DIAGNOSIS_OTHER_WRITER);
	check_text(&found, "content that fio wrote");
	format.source = (struct stamp_source){0, 0};
	found = diagnose(&format, STAMP_ANY);
	assert_int_equal(found.kind, DIAGNOSIS_OTHER_BLOCK);
	assert_int_equal(found.found.offset, place + BLOCK);
}

TEST(patterns_have_flips_and_older_headers)
{
	struct byte_pattern pattern;
	struct verify_format format = {
		.kind = CHECKSUM_PATTERN,
		.interval_bytes = BLOCK,
		.pattern = &pattern,
		.source = {.run = 0xabcd, .job = 1},
	};
	struct diagnosis found;
	const char *problem;

	assert_int_equal(byte_pattern_parse("0xabcdef", &pattern, &problem), 0);
	assert_int_equal(verify_block_prepare(&format, &problem), 0);
	fill(&format, EXPECTED, block);
	block[100] ^= 4;
	found = diagnose(&format, STAMP_ANY);
	assert_int_equal(found.kind, DIAGNOSIS_FLIPPED_BITS);
	memset(block, 0, 512);
	found = diagnose(&format, EXPECTED);
	assert_int_equal(found.kind, DIAGNOSIS_TORN);
	assert_true(found.found.is_zeros && found.torn_at == 512);
	format.kind = CHECKSUM_PATTERN_HEADER;
	assert_int_equal(verify_block_prepare(&format, &problem), 0);
	fill(&format, OLDER, block);
	found = diagnose(&format, EXPECTED);
	assert_int_equal(found.kind, DIAGNOSIS_OLDER);
	fill(&format, EXPECTED, block);
	memset(block + 1000, 0xab, 3000);
	found = diagnose(&format, EXPECTED);
	assert_int_equal(found.kind, DIAGNOSIS_CORRUPT);
}

TEST(what_is_trimmed_has_to_be_zeros)
{
	FOR_FORMS(format)
	{
		struct diagnosis found;

		fill(&format, OLDER, block);
		found = diagnose(&format, STAMP_ZEROS);
		assert_int_equal(found.kind, DIAGNOSIS_OLDER);
		check_text(&found, "a lost trim: write 377 where zeros were expected");
		memset(block, 0, 4096);
		found = diagnose(&format, STAMP_ZEROS);
		assert_int_equal(found.kind, DIAGNOSIS_TORN);
		assert_true(found.expected_first);
		assert_int_equal(found.torn_at, 4096);
		memset(block, 0, BLOCK);
		block[5000] = 4;
		found = diagnose(&format, STAMP_ZEROS);
		assert_int_equal(found.kind, DIAGNOSIS_FLIPPED_BITS);
		check_text(&found, "a flipped bit: bit 2 of byte 5000, 0x04 for 0x00");
	}
}

/* No writer is expected: a block of another run is held against what its header claims. */
TEST(any_writers_block_is_judged_by_its_own_claim)
{
	FOR_FORMS(format)
	{
		struct verify_format writer = format;
		struct diagnosis found;
		const char *problem;

		writer.source.run = 0x1234;
		assert_int_equal(verify_block_prepare(&writer, &problem), 0);
		fill(&writer, EXPECTED, block);
		block[5000] ^= 4;
		found = diagnose(&format, STAMP_ANY);
		assert_int_equal(found.kind, DIAGNOSIS_FLIPPED_BITS);
		fill(&writer, EXPECTED, block);
		fill(&writer, OLDER, other);
		memcpy(block + 4608, other + 4608, BLOCK - 4608);
		found = diagnose(&format, STAMP_ANY);
		assert_int_equal(found.kind, DIAGNOSIS_TORN);
		if (format.header_at < 4096)
			check_text(&found, "torn at byte 4608 (a sector's boundary): before it "
					   "write 812, from it on write 377");
		memset(block + 4608, 0xee, BLOCK - 4608);
		found = diagnose(&format, STAMP_ANY);
		assert_int_equal(found.kind, DIAGNOSIS_CORRUPT);
		assert_int_equal(found.first_difference, 4608);
	}
}

TEST(any_writers_layout_is_as_good)
{
	FOR_FORMS(format)
	{
		struct verify_format newer = verify_block_other_layout(&format);
		struct diagnosis found;

		fill(&newer, EXPECTED, block);
		block[7000] ^= 4;
		found = diagnose(&format, STAMP_ANY);
		if (found.kind != DIAGNOSIS_FLIPPED_BITS)
			fail_msg("%d: %s", form, diagnosis_text(&found, &arena));
		assert_int_equal(found.first_difference, 7000);
		verify_block_fill(&newer, 3, block, BLOCK, (uint64_t)17 * BLOCK);
		found = diagnose(&format, STAMP_ANY);
		assert_int_equal(found.kind, DIAGNOSIS_OTHER_BLOCK);
	}
}

TEST(names_are_plain)
{
	for (unsigned i = 0; i < DIAGNOSIS_KIND_COUNT; i++) {
		assert_non_null(diagnosis_kind_name(i));
		assert_non_null(diagnosis_kind_words(i));
	}
	assert_string_equal(diagnosis_boundary_name(DIAGNOSIS_AT_PAGE), "page");
}

TEST_MAIN(NULL, tear_down);

/* SPDX-License-Identifier: MIT */
/* Contents of buffers, judged from outside: by zlib, by comparison, byte by byte. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "load/payload.h"
#include "test.h"
#include "unit/load/chi_square.h"

enum { BLOCK = 4096, BIG = 1 << 20 };

static uint8_t buffer[BIG];
static uint8_t copy[BIG];

static int clear_buffers(void **state)
{
	(void)state;
	memset(buffer, 0xee, sizeof(buffer));
	memset(copy, 0xee, sizeof(copy));
	return 0;
}

static double compressed_share(const uint8_t *bytes, size_t count)
{
	static uint8_t out[BIG + BIG / 8];
	uLongf out_bytes = sizeof(out);

	assert_int_equal(compress2(out, &out_bytes, bytes, count, 6), Z_OK);
	return (double)out_bytes / (double)count;
}

TEST_FIXTURE(clear_buffers, NULL);

TEST(random_content_does_not_compress)
{
	struct payload_spec spec = {.scrambles = true, .seed = 1};
	struct payload payload;
	uint64_t counts[256] = {0};

	payload_init(&payload, &spec);
	payload_fill(&payload, buffer, sizeof(buffer));
	assert_true(compressed_share(buffer, sizeof(buffer)) > 1);
	for (size_t i = 0; i < sizeof(buffer); i++)
		counts[buffer[i]]++;
	assert_true(fabs(chi_square_even(counts, 256)) < CHI_SQUARE_LIMIT);
}

TEST(fill_writes_all_bytes_and_no_more)
{
	static const struct byte_pattern pattern = {.length = 3, .bytes = {1, 2, 3}};
	struct payload_spec specs[5] = {{.seed = 1}, {.is_zero = true},
		{.compress_percent = 30, .compress_chunk = 512}, {.dedupe_percent = 10},
		{.compress_percent = 60, .compress_chunk = 300, .pattern = &pattern}};

	for (int i = 0; i < 5; i++) {
		for (size_t bytes = 1; bytes < 1100; bytes += 13) {
			struct payload payload;

			clear_buffers(NULL);
			payload_init(&payload, &specs[i]);
			payload_fill(&payload, buffer + 1, bytes);
			assert_int_equal(buffer[0], 0xee);
			assert_int_equal(buffer[bytes + 1], 0xee);
			/* A second content: what stays 0xee in both was not written. */
			memset(copy, 0x11, sizeof(copy));
			payload_init(&payload, &specs[i]);
			payload_fill(&payload, copy + 1, bytes);
			assert_memory_equal(buffer + 1, copy + 1, bytes);
		}
	}
}

TEST(buffers_seeds_and_contents_differ)
{
	struct payload_spec spec = {.seed = 1};
	struct payload payload;

	payload_init(&payload, &spec);
	payload_fill(&payload, buffer, BLOCK);
	payload_fill(&payload, copy, BLOCK);
	assert_memory_not_equal(buffer, copy, BLOCK);
	spec.seed = 2;
	payload_init(&payload, &spec);
	payload_fill(&payload, copy, BLOCK);
	assert_memory_not_equal(buffer, copy, BLOCK);
}

static void check_keeps(const struct payload_spec *spec)
{
	struct payload payload;

	payload_init(&payload, spec);
	assert_false(payload.changes_each_write);
	payload_fill(&payload, buffer, BLOCK);
	memcpy(copy, buffer, BLOCK);
	payload_prepare(&payload, buffer, BLOCK, 123 * BLOCK);
	assert_memory_equal(buffer, copy, BLOCK);
}

TEST(nothing_to_change_changes_nothing)
{
	static const struct byte_pattern pattern = {.length = 3, .bytes = {1, 2, 3}};

	check_keeps(&(struct payload_spec){.seed = 1});
	check_keeps(&(struct payload_spec){.is_zero = true, .scrambles = true});
	check_keeps(&(struct payload_spec){.pattern = &pattern, .scrambles = true});
	check_keeps(&(struct payload_spec){.compress_percent = 100, .scrambles = true});
	check_keeps(&(struct payload_spec){.is_zero = true, .dedupe_percent = 50});
}

TEST(scrambling_makes_every_sector_of_every_write_unlike)
{
	enum { WRITES = 64, SECTORS = BLOCK / 512 };
	static uint8_t sectors[WRITES * SECTORS][512];
	struct payload_spec spec = {.scrambles = true, .seed = 1};
	struct payload payload;

	payload_init(&payload, &spec);
	assert_true(payload.changes_each_write);
	/* The worst start: all sectors alike; the same place written again and again. */
	memset(buffer, 0, BLOCK);
	for (int i = 0; i < WRITES; i++) {
		payload_prepare(&payload, buffer, BLOCK, i % 2 == 0 ? 0 : (uint64_t)i * BLOCK);
		memcpy(sectors[i * SECTORS], buffer, BLOCK);
	}
	for (int i = 0; i < WRITES * SECTORS; i++) {
		for (int k = 0; k < i; k++)
			assert_memory_not_equal(sectors[i], sectors[k], 512);
	}
}

TEST(scrambling_changes_little_and_only_inside)
{
	struct payload_spec spec = {.scrambles = true, .seed = 1};
	struct payload payload;

	payload_init(&payload, &spec);
	for (size_t bytes = 1; bytes <= 2 * BLOCK; bytes += 77) {
		size_t changed = 0;

		clear_buffers(NULL);
		payload_prepare(&payload, buffer, bytes, 7 * BLOCK);
		for (size_t i = 0; i < bytes; i++)
			changed += buffer[i] != copy[i];
		assert_true(changed > 0);
		assert_true(changed <= 16 * (bytes / 512 + 1));
		assert_memory_equal(buffer + bytes, copy + bytes, sizeof(buffer) - bytes);
	}
}

TEST(refilling_makes_all_of_it_new)
{
	struct payload_spec spec = {.refills = true, .scrambles = true, .seed = 1};
	struct payload payload;
	size_t same = 0;

	payload_init(&payload, &spec);
	payload_fill(&payload, buffer, BIG);
	memcpy(copy, buffer, BIG);
	payload_prepare(&payload, buffer, BIG, 0);
	for (size_t i = 0; i < BIG; i++)
		same += buffer[i] == copy[i];
	/* One byte in 256 is the same by chance. */
	assert_in_range(same, BIG / 256 - 400, BIG / 256 + 400);
	assert_true(compressed_share(buffer, BIG) > 1);
}

TEST(fixed_content_is_put_back_where_reads_overwrite_it)
{
	static const struct byte_pattern pattern = {.length = 2, .bytes = {0xab, 0xcd}};
	struct payload_spec specs[4] = {{.is_zero = true, .reads_too = true},
		{.is_zero = true, .refills = true}, {.pattern = &pattern, .reads_too = true},
		{.compress_percent = 100, .reads_too = true}};

	for (int i = 0; i < 4; i++) {
		struct payload payload;

		clear_buffers(NULL);
		payload_init(&payload, &specs[i]);
		payload_fill(&payload, copy, BLOCK);
		payload_prepare(&payload, buffer, BLOCK, 0);
		assert_memory_equal(buffer, copy, BLOCK);
		assert_int_equal(buffer[0], i == 2 ? 0xab : 0);
	}
}

TEST(compressible_share_of_every_chunk_is_zero)
{
	static const unsigned percents[] = {1, 25, 50, 80, 99, 100};

	for (size_t i = 0; i < sizeof(percents) / sizeof(percents[0]); i++) {
		struct payload_spec spec = {
			.compress_percent = percents[i], .compress_chunk = 512, .seed = 1};
		size_t random_bytes = 512 * (100 - percents[i]) / 100;
		struct payload payload;

		payload_init(&payload, &spec);
		payload_fill(&payload, copy, BIG);
		payload_prepare(&payload, buffer, BIG, 0);
		/* At 100 % there is nothing to prepare. */
		if (percents[i] == 100)
			memcpy(buffer, copy, BIG);
		for (size_t at = 0; at < BIG; at += 512) {
			unsigned zeros = 0;

			for (size_t k = random_bytes; k < 512; k++)
				assert_int_equal(buffer[at + k], 0);
			for (size_t k = 0; k < random_bytes; k++)
				zeros += buffer[at + k] == 0;
			assert_in_range(zeros, 0, 20);
		}
		/* zlib needs a few bytes for each run. */
		assert_true(
			fabs(compressed_share(buffer, BIG) - (100 - percents[i]) / 100.0) < 0.03);
	}
}

TEST(compressible_share_is_the_pattern_where_there_is_one)
{
	struct byte_pattern pattern;
	struct payload_spec spec = {
		.compress_percent = 75, .compress_chunk = 512, .pattern = &pattern, .seed = 1};
	const char *problem;
	struct payload payload;

	assert_int_equal(byte_pattern_parse("0xdeadbeef%o", &pattern, &problem), 0);
	payload_init(&payload, &spec);
	payload_prepare(&payload, buffer, BLOCK, 0x1122);
	for (size_t at = 0; at < BLOCK; at += 512) {
		for (size_t k = 128; k < 512; k++) {
			static const uint8_t expected[] = {
				0xde, 0xad, 0xbe, 0xef, 0x22, 0x11, 0, 0, 0, 0, 0, 0};

			assert_int_equal(buffer[at + k], expected[(k - 128) % 12]);
		}
	}
	assert_memory_not_equal(buffer, buffer + 512, 128);
}

static uint64_t checksum(const uint8_t *bytes, size_t count)
{
	return crc32(0, bytes, (uInt)count) | (uint64_t)adler32(1, bytes, (uInt)count) << 32;
}

static int compare_sums(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a;
	uint64_t right = *(const uint64_t *)b;

	return left < right ? -1 : left > right;
}

TEST(dedupe_percentage_is_the_share_of_repeated_contents)
{
	enum { WRITES = 4000 };
	static const unsigned percents[] = {1, 10, 50, 90, 100};
	static uint64_t sums[WRITES];

	for (size_t i = 0; i < sizeof(percents) / sizeof(percents[0]); i++) {
		struct payload_spec spec = {.dedupe_percent = percents[i],
			.compress_percent = i % 2 == 0 ? 0 : 40,
			.compress_chunk = 512,
			.seed = 1};
		double share = percents[i] / 100.0;
		double repeated = 0;
		struct payload payload;

		payload_init(&payload, &spec);
		for (int k = 0; k < WRITES; k++) {
			payload_prepare(&payload, buffer, BLOCK, (uint64_t)k * BLOCK);
			sums[k] = checksum(buffer, BLOCK);
		}
		qsort(sums, WRITES, sizeof(sums[0]), compare_sums);
		for (int k = 1; k < WRITES; k++)
			repeated += sums[k] == sums[k - 1];
		/* The first repetition of all may repeat what was never written. */
		assert_true(fabs(repeated - WRITES * share) <=
			    2 + 4 * sqrt(WRITES * share * (1 - share)));
	}
}

TEST(chunks_have_the_size_that_is_asked_for)
{
	static const uint64_t chunks[] = {100, 1024, 4096, 1 << 16};

	for (size_t i = 0; i < sizeof(chunks) / sizeof(chunks[0]); i++) {
		struct payload_spec spec = {
			.compress_percent = 40, .compress_chunk = chunks[i], .seed = 1};
		size_t random_bytes = chunks[i] * 60 / 100;
		struct payload payload;

		payload_init(&payload, &spec);
		payload_fill(&payload, buffer, BIG);
		for (size_t at = 0; at + chunks[i] <= BIG; at += chunks[i]) {
			unsigned zeros = 0;

			for (size_t k = random_bytes; k < chunks[i]; k++)
				assert_int_equal(buffer[at + k], 0);
			for (size_t k = 0; k < random_bytes; k++)
				zeros += buffer[at + k] == 0;
			assert_true(zeros <= 12 + random_bytes / 64);
		}
	}
}

static uint64_t next_sum(struct payload *payload)
{
	payload_prepare(payload, buffer, BLOCK, 0);
	return checksum(buffer, BLOCK);
}

/* Sorted, each once; their number. */
static size_t unlike(uint64_t *sums, size_t count)
{
	size_t kept = 1;

	qsort(sums, count, sizeof(sums[0]), compare_sums);
	for (size_t i = 1; i < count; i++)
		if (sums[i] != sums[kept - 1])
			sums[kept++] = sums[i];
	return kept;
}

TEST(duplicates_out_of_a_set_are_of_its_contents)
{
	enum { WRITES = 2000, SET = 20 };
	struct payload_spec spec = {.dedupe_percent = 60, .set_count = SET, .seed = 1};
	static uint64_t sums[WRITES];
	struct payload payload, fresh;
	uint64_t set[SET];
	size_t found = 0;

	/* Contents that are new come in the order of the set: its own are the first. */
	payload_init(&fresh, &(struct payload_spec){.set_count = SET, .seed = 1, .refills = true});
	for (int i = 0; i < SET; i++)
		set[i] = next_sum(&fresh);
	assert_int_equal(unlike(set, SET), SET);
	payload_init(&payload, &spec);
	for (int i = 0; i < WRITES; i++) {
		sums[i] = next_sum(&payload);
		found += bsearch(&sums[i], set, SET, sizeof(set[0]), compare_sums) != NULL;
	}
	/* 60 % and the first 20 of the others; 20 + 40 % of all are unlike. */
	assert_in_range(found, 1100, 1320);
	assert_in_range(unlike(sums, WRITES), 700, 900);
}

TEST(payloads_that_share_a_set_repeat_each_other)
{
	enum { WRITES = 500, SET = 40 };
	static uint64_t sums[2 * WRITES];

	for (int is_shared = 0; is_shared < 2; is_shared++) {
		size_t apart = 0;

		for (uint64_t sharer = 0; sharer < 2; sharer++) {
			struct payload_spec spec = {.dedupe_percent = 90,
				.set_count = SET,
				.is_shared = is_shared,
				.shared_seed = 7,
				.sharer = is_shared ? sharer : 0,
				.sharer_count = 2,
				.seed = sharer + 1};
			struct payload payload;

			payload_init(&payload, &spec);
			for (int i = 0; i < WRITES; i++)
				sums[sharer * WRITES + (uint64_t)i] = next_sum(&payload);
		}
		for (int half = 0; half < 2; half++) {
			static uint64_t one[WRITES];

			memcpy(one, &sums[half * WRITES], sizeof(one));
			apart += unlike(one, WRITES);
		}
		if (is_shared)
			assert_true(unlike(sums, (size_t)2 * WRITES) + SET / 2 < apart);
		else
			assert_int_equal(unlike(sums, (size_t)2 * WRITES), apart);
	}
}

TEST(pattern_repeats_from_the_start_of_the_buffer)
{
	static const struct byte_pattern pattern = {.length = 7, .bytes = "pattern"};
	struct payload_spec spec = {.pattern = &pattern, .is_zero = true};
	struct payload payload;

	payload_init(&payload, &spec);
	payload_fill(&payload, buffer, BLOCK);
	for (size_t i = 0; i < BLOCK; i++)
		assert_int_equal(buffer[i], "pattern"[i % 7]);
	clear_buffers(NULL);
	payload_fill(&payload, buffer, 3);
	assert_memory_equal(buffer, "pat\xee", 4);
}

TEST(offsets_in_a_pattern_are_those_of_the_io)
{
	struct byte_pattern pattern;
	struct payload_spec spec = {.pattern = &pattern};
	uint64_t offset = 0x0807060504030201;
	const char *problem;
	struct payload payload;

	assert_int_equal(byte_pattern_parse("%o\"ab\"%o", &pattern, &problem), 0);
	payload_init(&payload, &spec);
	assert_true(payload.changes_each_write);
	payload_fill(&payload, buffer, BLOCK);
	for (int pass = 0; pass < 2; pass++) {
		payload_prepare(&payload, buffer, BLOCK, offset);
		for (size_t i = 0; i < BLOCK; i++) {
			size_t at = i % 18;
			uint8_t byte = (uint8_t)(offset >> (at < 8 ? at : at - 10) % 8 * 8);

			if (at == 8 || at == 9)
				byte = (uint8_t) "ab"[at - 8];
			assert_int_equal(buffer[i], byte);
		}
		offset = offset * 3 + 1;
	}
	/* One that begins inside the buffer and ends beyond it. */
	clear_buffers(NULL);
	payload_prepare(&payload, buffer, 12, 0x4141414141414141);
	assert_memory_equal(buffer, "AAAAAAAAabAA\xee", 13);
	payload_prepare(&payload, buffer, 5, 0x4242424242424242);
	assert_memory_equal(buffer, "BBBBBAAAabAA\xee", 13);
}

TEST_MAIN(NULL, NULL);

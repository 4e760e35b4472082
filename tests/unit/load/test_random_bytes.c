/* SPDX-License-Identifier: MIT */
/* Random content: its generators one by one, its lengths, and that nothing is to be found in it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/random.h"
#include "load/random_bytes.h"
#include "test.h"

enum { LENGTH = 1 << 20, GENERATORS = 8, WORD = sizeof(uint64_t) };

/* Generator by generator, as the header says. */
static void put_slowly(uint64_t seed, uint8_t *to, size_t words)
{
	uint64_t older[GENERATORS], newer[GENERATORS];

	for (int i = 0; i < GENERATORS; i++) {
		older[i] = random_splitmix64(&seed);
		newer[i] = random_splitmix64(&seed);
	}
	for (size_t i = 0; i < words; i++) {
		uint64_t x = older[i % GENERATORS], y = newer[i % GENERATORS], sum;

		older[i % GENERATORS] = y;
		x ^= x << 23;
		newer[i % GENERATORS] = x ^ y ^ (x >> 17) ^ (y >> 26);
		sum = newer[i % GENERATORS] + y;
		memcpy(to + i * WORD, &sum, WORD);
	}
}

static uint8_t *new_bytes(size_t bytes)
{
	uint8_t *new = calloc(1, bytes);

	assert_non_null(new);
	return new;
}

TEST(they_are_the_same_on_each_cpu)
{
	uint8_t *wanted = new_bytes(4096), *found = new_bytes(4096);

	for (uint64_t seed = 0; seed < 20; seed++) {
		put_slowly(seed * seed * 77, wanted, 4096 / WORD);
		random_bytes_put(seed * seed * 77, found, 4096);
		assert_memory_equal(found, wanted, 4096);
		memset(found, 0, 4096);
		random_bytes_put_portable(seed * seed * 77, found, 4096);
		assert_memory_equal(found, wanted, 4096);
	}
	free(wanted);
	free(found);
}

/* Saved results are held against later ones: what a seed stands for must not change. */
TEST(a_seed_stands_for_the_same_content_for_ever)
{
	uint8_t *bytes = new_bytes(LENGTH);

	random_bytes_put(1, bytes, LENGTH);
	assert_int_equal(crc32(0, bytes, LENGTH), 0x387f5e2e);
	free(bytes);
}

TEST(any_length_is_the_start_of_a_longer_one_and_no_byte_more)
{
	uint8_t wanted[400], found[400];

	random_bytes_put(5, wanted, sizeof(wanted));
	for (size_t length = 0; length < 300; length++)
		for (size_t at = 0; at < 9; at++) {
			memset(found, 0xa5, sizeof(found));
			random_bytes_put(5, found + at, length);
			assert_memory_equal(found + at, wanted, length);
			for (size_t i = 0; i < at; i++)
				assert_int_equal(found[i], 0xa5);
			assert_int_equal(found[at + length], 0xa5);
		}
}

TEST(nothing_can_be_compressed)
{
	uint8_t *bytes = new_bytes(LENGTH), *packed = new_bytes(2 * LENGTH);
	uLongf length = 2 * LENGTH;

	random_bytes_put(9, bytes, LENGTH);
	assert_int_equal(compress2(packed, &length, bytes, LENGTH, 9), Z_OK);
	assert_true(length >= LENGTH);
	free(bytes);
	free(packed);
}

/* How far counts are from all the same: about normal, mean 0 and deviation 1. */
static double deviation(const uint32_t *counts, size_t count, double expected)
{
	double sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += (counts[i] - expected) * (counts[i] - expected) / expected;
	return (sum - (double)(count - 1)) / sqrt(2 * (double)(count - 1));
}

TEST(bytes_pairs_and_words_of_many_contents_are_even)
{
	static uint32_t bytes[256], pairs[65536], distances[65];
	uint8_t content[512];
	uint64_t last = 0, contents = 20000;
	double mean = 0;

	for (uint64_t seed = 0; seed < contents; seed++) {
		random_bytes_put(random_mix_seed(3, seed), content, sizeof(content));
		for (size_t i = 0; i < sizeof(content); i++)
			bytes[content[i]]++;
		for (size_t i = 0; i < sizeof(content); i += 2)
			pairs[content[i] * 256 + content[i + 1]]++;
		for (size_t i = 0; i < sizeof(content); i += WORD) {
			uint64_t word;

			memcpy(&word, content + i, WORD);
			distances[__builtin_popcountll(word ^ last)]++;
			last = word;
		}
	}
	assert_true(fabs(deviation(bytes, 256, (double)contents * 512 / 256)) < 5);
	assert_true(fabs(deviation(pairs, 65536, (double)contents * 256 / 65536)) < 5);
	for (int i = 0; i <= 64; i++)
		mean += i * (double)distances[i] / ((double)contents * 64);
	assert_true(fabs(mean - 32) < 5 * 4 / sqrt((double)contents * 64));
}

TEST_MAIN(NULL, NULL);

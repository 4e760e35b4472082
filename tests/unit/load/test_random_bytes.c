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
		for (int way = 0; way <= (int)random_bytes_best_way(); way++) {
			memset(found, 0, 4096);
			random_bytes_put_in_way(way, seed * seed * 77, found, 4096, NULL);
			assert_memory_equal(found, wanted, 4096);
		}
	}
	free(wanted);
	free(found);
}

/* As the header says: a chunk begins with the next word of the first generator. */
static void put_chunks_slowly(
	uint64_t seed, uint8_t *to, size_t bytes, const struct random_chunks *chunks)
{
	uint8_t *words = new_bytes(bytes * GENERATORS * WORD), *next = words;

	put_slowly(seed, words, bytes * GENERATORS);
	memset(to, 0, bytes);
	while (bytes > 0) {
		size_t chunk = bytes < chunks->chunk_bytes ? bytes : chunks->chunk_bytes;
		size_t random = chunk * chunks->percent / 100;

		memcpy(to, next, random);
		next += (random + GENERATORS * WORD - 1) / (GENERATORS * WORD) * GENERATORS * WORD;
		to += chunk;
		bytes -= chunk;
	}
	free(words);
}

TEST(chunks_are_the_same_on_each_cpu_and_no_byte_more)
{
	static const size_t chunk_bytes[] = {1, 7, 64, 100, 512, 1000, 4096};
	uint8_t wanted[1300], found[1310];

	for (unsigned i = 0; i < 7 * 100; i++) {
		struct random_chunks chunks = {chunk_bytes[i % 7], i / 7};
		size_t bytes = 1300 - i % 301, at = i % 10;

		put_chunks_slowly(i, wanted, bytes, &chunks);
		for (int way = 0; way <= (int)random_bytes_best_way(); way++) {
			memset(found, 0xa5, sizeof(found));
			random_bytes_put_in_way(way, i, found + at, bytes, &chunks);
			assert_memory_equal(found + at, wanted, bytes);
			for (size_t k = 0; k < at; k++)
				assert_int_equal(found[k], 0xa5);
			for (size_t k = at + bytes; k < sizeof(found); k++)
				assert_int_equal(found[k], 0xa5);
		}
	}
}

/* Saved results are held against later ones: what a seed stands for must not change. */
TEST(a_seed_stands_for_the_same_content_for_ever)
{
	uint8_t *bytes = new_bytes(LENGTH);

	random_bytes_put(1, bytes, LENGTH);
	assert_int_equal(crc32(0, bytes, LENGTH), 0x387f5e2e);
	random_bytes_put_chunks(1, bytes, LENGTH, &(struct random_chunks){512, 70});
	assert_int_equal(crc32(0, bytes, LENGTH), 0x6426bee4);
	free(bytes);
}

TEST(any_length_is_the_start_of_a_longer_one_and_no_byte_more)
{
	uint8_t wanted[400], found[400];

	random_bytes_put(5, wanted, sizeof(wanted));
	for (size_t i = 0; i < (size_t)300 * 9 * (random_bytes_best_way() + 1); i++) {
		size_t length = i % 300, at = i / 300 % 9;
		enum random_bytes_way way = i / 300 / 9;

		memset(found, 0xa5, sizeof(found));
		random_bytes_put_in_way(way, 5, found + at, length, NULL);
		assert_memory_equal(found + at, wanted, length);
		for (size_t k = 0; k < at; k++)
			assert_int_equal(found[k], 0xa5);
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

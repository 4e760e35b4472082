/* SPDX-License-Identifier: MIT */
/* Random content: fio's words, in parts as in one, and the way back to the seed. */
#include <string.h>

#include "base/random.h"
#include "test.h"
#include "verify/content.h"

TEST(words_are_fios)
{
	uint64_t words[8];
	const uint64_t seed = 0x123456789abcdef1, growth = 0x61c8864680b583eb;

	content_put(seed, words, sizeof(words));
	assert_true(words[0] == seed && words[1] == 2 * seed);
	assert_true(words[2] == 3 * seed && words[3] == 5 * seed);
	assert_true(words[4] == seed * growth && words[7] == 5 * seed * growth);
	/* What is no whole line goes on with the first stream. */
	content_put(seed, words, 60);
	assert_true(words[4] == seed * growth && words[5] == seed * growth * growth);
}

TEST(parts_are_those_of_the_whole)
{
	static uint8_t whole[1003], part[1003];
	struct random random;

	random_init(&random, 1);
	for (int round = 0; round < 2000; round++) {
		uint64_t seed = random_next(&random);
		size_t total = 1 + random_below(&random, sizeof(whole));
		size_t at = random_below(&random, total);
		size_t bytes = 1 + random_below(&random, total - at);
		size_t wrong = random_below(&random, bytes);

		content_put(seed, whole, total);
		memset(part, 0xee, sizeof(part));
		content_put_part(seed, total, at, part, bytes);
		assert_memory_equal(part, whole + at, bytes);
		assert_true(bytes == sizeof(part) || part[bytes] == 0xee);
		assert_int_equal(content_match(seed, total, at, part, bytes), bytes);
		part[wrong] ^= 0x40;
		assert_int_equal(content_match(seed, total, at, part, bytes), wrong);
	}
}

TEST(a_line_of_content_gives_its_seed)
{
	uint8_t data[4096];
	uint64_t seed;

	content_put(0x0123456789abcdef, data, sizeof(data));
	for (size_t at = 0; at < sizeof(data); at += CONTENT_PROBE_BYTES) {
		assert_true(content_seed(data + at, at, &seed));
		assert_true(seed == 0x0123456789abcdef);
	}
	data[77] ^= 1;
	assert_false(content_seed(data + 64, 64, &seed));
	memset(data, 0, 32);
	assert_false(content_seed(data, 0, &seed));
}

TEST_MAIN(NULL, NULL);

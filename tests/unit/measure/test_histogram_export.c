/* SPDX-License-Identifier: MIT */
/* What is exported, read back by a decoder written from the format, itself tried on Java's text. */
#include <endian.h>
#include <string.h>

#include <zlib.h>

#include "base/random.h"
#include "measure/histogram.h"
#include "test.h"

struct decoded {
	uint32_t digits;
	uint64_t lowest;
	uint64_t highest;
	uint64_t ratio_bits;
	uint64_t counts[HISTOGRAM_BUCKETS];
};

static struct histogram histogram;
static struct decoded decoded;
static struct arena arena;

static int begin(void **state)
{
	(void)state;
	memset(&histogram, 0, sizeof(histogram));
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static size_t decode_base64(const char *text, uint8_t *bytes)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t length = strlen(text);
	size_t count = 0;
	uint32_t word = 0;

	assert_int_equal(length % 4, 0);
	for (size_t i = 0; i < length && text[i] != '='; i++) {
		const char *digit = strchr(digits, text[i]);

		assert_non_null(digit);
		word = word << 6 | (uint32_t)(digit - digits);
		if (i % 4 > 0)
			bytes[count++] = (uint8_t)(word >> (6 - i % 4 * 2));
	}
	return count;
}

static uint32_t read_u32(const uint8_t *from)
{
	uint32_t word;

	memcpy(&word, from, sizeof(word));
	return be32toh(word);
}

static uint64_t read_u64(const uint8_t *from)
{
	return (uint64_t)read_u32(from) << 32 | read_u32(from + 4);
}

static int64_t read_number(const uint8_t **from)
{
	uint64_t word = 0;
	unsigned shift = 0;
	uint8_t byte;

	do {
		byte = *(*from)++;
		word |= (uint64_t)(shift < 56 ? byte & 127 : byte) << shift;
		shift += 7;
	} while (byte & 128 && shift <= 56);
	return (int64_t)(word >> 1) ^ -(int64_t)(word & 1);
}

static void decode(const char *text)
{
	static uint8_t deflated[1 << 17];
	static uint8_t encoded[1 << 17];
	size_t bytes = decode_base64(text, deflated);
	uLongf encoded_bytes = sizeof(encoded);
	const uint8_t *at = encoded + 40;
	unsigned index = 0;

	memset(&decoded, 0, sizeof(decoded));
	assert_true(read_u32(deflated) == 0x1c849314);
	assert_int_equal(read_u32(deflated + 4), bytes - 8);
	assert_int_equal(uncompress(encoded, &encoded_bytes, deflated + 8, bytes - 8), Z_OK);
	assert_true(read_u32(encoded) == 0x1c849313);
	assert_int_equal(read_u32(encoded + 4), encoded_bytes - 40);
	assert_int_equal(read_u32(encoded + 8), 0);
	decoded.digits = read_u32(encoded + 12);
	decoded.lowest = read_u64(encoded + 16);
	decoded.highest = read_u64(encoded + 24);
	decoded.ratio_bits = read_u64(encoded + 32);
	while (at < encoded + encoded_bytes) {
		int64_t number = read_number(&at);

		if (number < 0) {
			index += (unsigned)-number;
			continue;
		}
		assert_true(index < HISTOGRAM_BUCKETS);
		decoded.counts[index++] = (uint64_t)number;
	}
	assert_true(at == encoded + encoded_bytes);
	assert_true(index <= HISTOGRAM_BUCKETS);
}

static void check_round_trip(void)
{
	const char *text = histogram_export(&histogram, &arena);

	assert_memory_equal(text, "HISTFAAA", 8);
	decode(text);
	assert_int_equal(decoded.digits, 2);
	assert_int_equal(decoded.lowest, 1);
	assert_true(decoded.highest == HISTOGRAM_MAX_VALUE);
	assert_true(decoded.ratio_bits == 0x3ff0000000000000);
	assert_memory_equal(decoded.counts, histogram.counts, sizeof(histogram.counts));
}

TEST_FIXTURE(begin, end);

/* Made by HdrHistogram 2.1.11 (Java): new Histogram(1, (1L << 40) - 1, 2), the same values. */
TEST(geometry_and_format_are_those_of_the_java_library)
{
	histogram_record(&histogram, 0, 1);
	histogram_record(&histogram, 255, 3);
	histogram_record(&histogram, 256, 1000);
	histogram_record(&histogram, 100001, 70000);
	histogram_record(&histogram, HISTOGRAM_MAX_VALUE, 1ull << 57);
	decode("HISTFAAAAC54nJNpmSzMwMAgxgABTFCaEYj/g4D9B6jEb2a2C/zNgg+OcnzVa4ACFgCAwRDX");
	assert_int_equal(decoded.digits, 2);
	assert_true(decoded.highest == HISTOGRAM_MAX_VALUE);
	assert_memory_equal(decoded.counts, histogram.counts, sizeof(histogram.counts));
	begin(NULL);
	histogram_record(&histogram, 255, 3);
	check_round_trip();
}

TEST(every_count_comes_back)
{
	struct random random;

	random_init(&random, 1);
	for (int i = 0; i < 5000; i++) {
		uint64_t value = random_next(&random) >> (24 + random_below(&random, 40));

		histogram_record(&histogram, value, 1 + random_below(&random, 1000));
	}
	check_round_trip();
}

TEST(counts_of_every_length_come_back)
{
	for (unsigned bit = 0; bit < 63; bit++) {
		histogram.counts[3 * bit] = 1ull << bit;
		histogram.counts[3 * bit + 1] = (1ull << bit) - 1;
	}
	histogram.counts[200] = INT64_MAX;
	check_round_trip();
}

TEST(first_and_last_bucket_come_back)
{
	histogram_record(&histogram, UINT64_MAX, 2);
	check_round_trip();
	assert_int_equal(decoded.counts[HISTOGRAM_BUCKETS - 1], 2);
	histogram_record(&histogram, 0, 5);
	check_round_trip();
	assert_int_equal(decoded.counts[0], 5);
}

TEST(empty_histogram_has_no_counts)
{
	check_round_trip();
}

TEST(full_histogram_fits)
{
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++)
		histogram.counts[i] = (uint64_t)INT64_MAX - i;
	check_round_trip();
	/* A run of zeros before each count. */
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i += 2)
		histogram.counts[i] = 0;
	check_round_trip();
}

TEST_MAIN(NULL, NULL);

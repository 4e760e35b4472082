/* SPDX-License-Identifier: MIT */
/* Checksums against published values; fio's own endings: test_verify_block_fio.c. */
/* covers: src/verify/checksum_small.c */
#include <string.h>

#include "test.h"
#include "verify/checksum.h"
#include "verify/checksum_small.h"

static const char digits[] = "123456789";

static void check(enum checksum_kind kind, const char *hex)
{
	uint8_t sum[CHECKSUM_BYTES_LIMIT];
	char text[2 * CHECKSUM_BYTES_LIMIT + 1] = "";

	checksum_make(kind, false, digits, 9, sum);
	for (size_t i = 0; i < checksum_bytes(kind); i++)
		snprintf(text + 2 * i, 3, "%02x", sum[i]);
	assert_int_equal(strlen(text), 2 * checksum_bytes(kind));
	assert_memory_equal(text, hex, strlen(hex));
}

/* The CRC catalogue's check values, in the form that fio starts and ends with. */
TEST(crcs_are_those_of_the_catalogue)
{
	assert_int_equal(checksum_crc16((const uint8_t *)digits, 9), 0xbb3d);
	assert_int_equal(checksum_crc7((const uint8_t *)digits, 9), 0x75);
	assert_int_equal(checksum_crc32c(digits, 9), ~0xe3069283u);
	check(CHECKSUM_CRC32C, "7c6df91c");
	check(CHECKSUM_CRC64, "cad9b8c414d9c6e9"); /* redis' e9c6d914c4b8d9ca */
	check(CHECKSUM_CRC32, "7f89a189");         /* polynomial 0x04c11db7, from 0, not inverted */
	check(CHECKSUM_CRC16, "3dbb");
	check(CHECKSUM_CRC7, "75");
}

TEST(digests_are_those_of_coreutils)
{
	check(CHECKSUM_MD5, "25f9e794323b453885f5181f1b624d0b");
	/* f7c3bc1d 808e0473 2adf6799 65ccc34c a7ae3441, each word reversed. */
	check(CHECKSUM_SHA1, "1dbcc3f773048e809967df2a4cc3cc654134aea7");
	check(CHECKSUM_SHA512, "d9e6762dd1c8eaf6d61b3c6192fc408d4d6d5f1176d0c29169bc24e71c3f274a"
			       "d27fcd5811b313d681f7e55ec02d73d499c95455b6b5bb503acf574fba8ffe85"
			       "0000000000000000");
	check(CHECKSUM_SHA3_256,
		"87cd084d190e436f147322b90e7384f6a8e0676c99d21ef519ea718e51d45f9c");
	check(CHECKSUM_XXHASH, "8c9161f2");
}

TEST(names_are_fios)
{
	unsigned named = 0;

	for (unsigned kind = 0; kind < CHECKSUM_KIND_COUNT; kind++) {
		const char *name = checksum_name(kind);

		if (name)
			assert_int_equal(checksum_of_name(name), kind);
		named += name != NULL;
	}
	assert_int_equal(named, 18);
	assert_int_equal(checksum_of_name("crc32c-intel"), CHECKSUM_CRC32C);
	assert_int_equal(checksum_of_name("crc33"), CHECKSUM_NONE);
	assert_null(checksum_name(CHECKSUM_NONE));
	assert_null(checksum_name(CHECKSUM_KIND_COUNT));
}

/* A byte anywhere counts, in every length around the ends of a digest's blocks. */
TEST(every_byte_counts)
{
	uint8_t data[300], sum[CHECKSUM_BYTES_LIMIT], other[CHECKSUM_BYTES_LIMIT];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7);
	for (unsigned kind = 0; kind < CHECKSUM_KIND_COUNT; kind++) {
		if (checksum_bytes(kind) == 0)
			continue;
		for (size_t bytes = 1; bytes <= sizeof(data); bytes += 1 + bytes / 100 * 8) {
			size_t at = bytes * 5 % 7 % bytes;

			checksum_make(kind, false, data, bytes, sum);
			data[at] ^= 0x10;
			checksum_make(kind, false, data, bytes, other);
			data[at] ^= 0x10;
			assert_memory_not_equal(sum, other, checksum_bytes(kind));
		}
	}
}

/* Of 3.33: the first 128 bytes with the rest over them, whatever is between. */
TEST(unfinished_sha512_sees_first_and_last_bytes_only)
{
	uint8_t data[300], sum[CHECKSUM_BYTES_LIMIT], other[CHECKSUM_BYTES_LIMIT];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)i;
	checksum_make(CHECKSUM_SHA512, true, data, sizeof(data), sum);
	assert_memory_equal(sum, data + 256, 44);
	assert_memory_equal(sum + 44, data + 44, 84);
	data[200] ^= 1;
	checksum_make(CHECKSUM_SHA512, true, data, sizeof(data), other);
	assert_memory_equal(sum, other, sizeof(sum));
}

TEST_MAIN(NULL, NULL);

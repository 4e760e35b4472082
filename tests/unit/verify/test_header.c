/* SPDX-License-Identifier: MIT */
/* fio's headers of both layouts, and ringside's stamp in them. */
#include <string.h>

#include "base/random.h"
#include "test.h"
#include "verify/header.h"

/* As verify.h of fio 3.33 and 3.41 has them; test_verify_block_fio.c meets live ones. */
TEST(layouts_have_fios_bytes)
{
	struct header header = {
		.layout = HEADER_UNVERSIONED,
		.type = 5,
		.bytes = 4096,
		.seed = 0x1112131415161718,
		.offset = 0x2122232425262728,
		.time_sec = 0x31323334,
		.time_nsec = 0x05363738,
		.thread = 0x4142,
		.number = 0x5152,
	};
	static const uint8_t older[] = {0xca, 0xac, 5, 0, 0, 0x10, 0, 0, 0x18, 0x17, 0x16, 0x15,
		0x14, 0x13, 0x12, 0x11, 0x28, 0x27, 0x26, 0x25, 0x24, 0x23, 0x22, 0x21, 0x34, 0x33,
		0x32, 0x31, 0x38, 0x37, 0x36, 5, 0x42, 0x41, 0x52, 0x51};
	static const uint8_t newer[] = {0xca, 0xac, 0x81, 5, 0, 0x10, 0, 0, 0x18, 0x17, 0x16, 0x15,
		0x14, 0x13, 0x12, 0x11, 0x28, 0x27, 0x26, 0x25, 0x24, 0x23, 0x22, 0x21, 0x34, 0x33,
		0x32, 0x31, 0x38, 0x37, 0x36, 5, 0x52, 0x51, 0, 0, 0, 0, 0, 0, 0x42, 0x41, 0, 0};
	uint8_t bytes[HEADER_BYTES_LIMIT];

	header_write(&header, bytes);
	assert_memory_equal(bytes, older, sizeof(older));
	assert_int_equal(header_find(bytes), HEADER_UNVERSIONED);
	header.layout = HEADER_VERSIONED;
	header_write(&header, bytes);
	assert_memory_equal(bytes, newer, sizeof(newer));
	assert_int_equal(header_find(bytes), HEADER_VERSIONED);
}

TEST(headers_are_read_as_they_were_written)
{
	struct random random;

	random_init(&random, 1);
	for (int round = 0; round < 1000; round++) {
		struct stamp_source source = {
			(uint32_t)random_next(&random), (uint16_t)random_next(&random)};
		uint64_t sequence = random_next(&random) % STAMP_SEQUENCE_LIMIT;
		struct header header = {
			.layout = round % 2, .type = 5, .bytes = 512, .seed = 7, .offset = 9};
		struct header found;
		uint8_t bytes[HEADER_BYTES_LIMIT];
		unsigned bit = (unsigned)random_below(&random, 8 * header_bytes(header.layout));

		header_stamp(&header, &source, sequence);
		header_write(&header, bytes);
		assert_int_equal(header_read(bytes, header.layout, &found), HEADER_WELL);
		assert_true(found.is_stamped && found.sequence == sequence);
		assert_int_equal(found.source.run, source.run);
		assert_int_equal(found.source.job, source.job);
		assert_true(found.bytes == 512 && found.seed == 7 && found.offset == 9);
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_not_equal(header_read(bytes, header.layout, &found), HEADER_WELL);
		assert_int_equal(header_find(bytes), HEADER_LAYOUT_COUNT);
	}
}

TEST(times_of_fio_are_no_stamp)
{
	struct header header = {.layout = HEADER_UNVERSIONED, .time_nsec = 999999999, .number = 3};
	struct header found;
	uint8_t bytes[HEADER_BYTES_LIMIT];

	header_write(&header, bytes);
	assert_int_equal(header_read(bytes, HEADER_UNVERSIONED, &found), HEADER_WELL);
	assert_false(found.is_stamped);
}

TEST(seeds_give_their_write_back_and_only_at_their_offset)
{
	uint32_t tag = stamp_tag(&(struct stamp_source){.run = 77, .job = 3});
	unsigned taken = 0;
	uint64_t found;

	assert_int_equal(stamp_unmix(stamp_mix(0x123456789abcdef)), 0x123456789abcdef);
	for (uint64_t sequence = 1; sequence < STAMP_SEQUENCE_LIMIT; sequence = sequence * 3 + 1) {
		uint64_t seed = stamp_seed(tag, sequence, 4096 * sequence);

		assert_true(stamp_of_seed(seed, tag, 4096 * sequence, &found));
		assert_true(found == sequence);
		taken += stamp_of_seed(seed, tag, 4096 * sequence + 4096, &found);
		taken += stamp_of_seed(seed, tag ^ 1, 4096 * sequence, &found);
	}
	assert_int_equal(taken, 0);
}

TEST_MAIN(NULL, NULL);

/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "host/nvme.h"
#include "test.h"

TEST(the_format_in_use_is_decoded)
{
	unsigned char page[4096] = {0};
	struct nvme_format format;

	page[25] = 3;    /* four formats */
	page[26] = 0x12; /* the third, metadata inline */
	page[29] = 0x09; /* protection type 1, at the front */
	page[128 + 8] = 64;
	page[128 + 10] = 12;
	nvme_format_decode(page, &format);
	assert_int_equal(format.index, 2);
	assert_int_equal(format.count, 4);
	assert_int_equal(format.block_bytes, 4096);
	assert_int_equal(format.metadata_bytes, 64);
	assert_true(format.metadata_is_inline);
	assert_int_equal(format.protection_type, 1);
	assert_true(format.protection_is_first);
}

TEST(more_than_16_formats_have_two_more_bits)
{
	unsigned char page[4096] = {0};
	struct nvme_format format;

	page[25] = 20;
	page[26] = 0x21; /* 16 + 1 */
	page[128 + 4 * 17 + 2] = 9;
	nvme_format_decode(page, &format);
	assert_int_equal(format.index, 17);
	assert_int_equal(format.block_bytes, 512);
	assert_false(format.metadata_is_inline);
}

TEST(the_health_log_is_decoded)
{
	unsigned char page[512] = {0};
	struct nvme_health health;

	page[0] = 0x02;
	page[1] = 0x43; /* 0x143: 323 K */
	page[2] = 0x01;
	page[3] = 98;
	page[5] = 7;
	page[160] = 5;
	page[177] = 1;
	page[192] = 11;
	page[196] = 12;
	page[216] = 2;
	page[220] = 1;
	nvme_health_decode(page, &health);
	assert_int_equal(health.critical_warnings, 2);
	assert_int_equal(health.temperature_celsius, 50);
	assert_int_equal(health.spare_percent, 98);
	assert_int_equal(health.percentage_used, 7);
	assert_int_equal(health.media_errors, 5);
	assert_int_equal(health.error_log_entries, 256);
	assert_int_equal(health.warning_temperature_minutes, 11);
	assert_int_equal(health.critical_temperature_minutes, 12);
	assert_int_equal(health.throttle_count, 3);
}

TEST(every_warning_has_words)
{
	for (unsigned bit = 0; bit < NVME_WARNING_COUNT; bit++)
		assert_non_null(nvme_warning_words(bit));
	assert_null(nvme_warning_words(NVME_WARNING_COUNT));
}

TEST(what_is_no_drive_answers_with_an_error)
{
	struct nvme_format format;
	struct nvme_health health;
	int descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC);

	assert_true(descriptor >= 0);
	assert_int_equal(nvme_device_format(descriptor, &format), -ENOTTY);
	assert_int_equal(nvme_device_health(descriptor, &health), -ENOTTY);
	close(descriptor);
}

TEST_MAIN(NULL, NULL);

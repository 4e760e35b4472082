/* SPDX-License-Identifier: MIT */
/* Signatures, on image files: libblkid takes them like devices, and no root is needed. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "host/device_use.h"
#include "test.h"
#include "unit/host/loop_device.h"

static struct arena arena;
static char image[64];
static int descriptor;

static int set_up(void **state)
{
	(void)state;
	snprintf(image, sizeof(image), "/tmp/ringside-image-XXXXXX");
	descriptor = mkstemp(image);
	return ftruncate(descriptor, 32 << 20);
}

static int tear_down(void **state)
{
	(void)state;
	close(descriptor);
	unlink(image);
	arena_free(&arena);
	return 0;
}

static const char *signature(void)
{
	const char *found = "not set";

	assert_int_equal(device_use_signatures(descriptor, &found, &arena), 0);
	return found;
}

TEST_FIXTURE(set_up, tear_down);

TEST(nothing_is_found_on_zeros_and_on_noise)
{
	assert_null(signature());
	assert_true(run_command("head -c 1M /dev/urandom >%s; truncate -s 32M %s", image, image));
	assert_null(signature());
}

TEST(file_systems_are_named_with_their_label)
{
	assert_true(run_command("mkfs.ext4 -q -F %s", image));
	assert_string_equal(signature(), "ext4 file system");
	assert_true(run_command("mkfs.ext4 -q -F -L 'my data' %s", image));
	assert_string_equal(signature(), "ext4 file system 'my data'");
}

/* An LVM label whose checksum, in bytes 16 to 19, is wrong. */
TEST(damaged_member_is_still_one)
{
	static const char label[] = "LABELONE\1\0\0\0\0\0\0\0\1\2\3\4\40\0\0\0LVM2 001"
				    "0123456789abcdef0123456789abcdef";

	assert_int_equal(pwrite(descriptor, label, sizeof(label), 512), sizeof(label));
	assert_string_equal(signature(), "LVM2_member signature");
}

TEST(members_and_swap_are_signatures)
{
	static const char luks[] = "LUKS\xba\xbe\0\1";

	assert_true(run_command("mkswap -q %s", image));
	assert_string_equal(signature(), "swap signature");
	assert_int_equal(ftruncate(descriptor, 0), 0);
	assert_int_equal(ftruncate(descriptor, 32 << 20), 0);
	assert_int_equal(pwrite(descriptor, luks, sizeof(luks) - 1, 0), sizeof(luks) - 1);
	assert_string_equal(signature(), "crypto_LUKS signature");
}

TEST(all_signatures_are_listed)
{
	char copy[33 * 512];
	off_t end = (32 << 20) - (off_t)sizeof(copy);

	assert_true(run_command("echo 'label: gpt' | sfdisk -q %s", image));
	assert_string_equal(signature(), "gpt partition table");
	/* The table's second copy, at the end of the disk, survives many a new file system. */
	assert_int_equal(pread(descriptor, copy, sizeof(copy), end), sizeof(copy));
	assert_true(run_command("mkfs.ext4 -q -F %s", image));
	assert_int_equal(pwrite(descriptor, copy, sizeof(copy), end), sizeof(copy));
	assert_string_equal(signature(), "ext4 file system, gpt partition table");
}

TEST(what_cannot_be_read_is_an_error)
{
	const char *found;
	int writer = open(image, O_WRONLY | O_CLOEXEC);

	assert_true(writer >= 0);
	assert_int_equal(device_use_signatures(writer, &found, &arena), -EBADF);
	close(writer);
}

TEST_MAIN(NULL, NULL);

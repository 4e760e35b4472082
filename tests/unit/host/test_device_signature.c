/* SPDX-License-Identifier: MIT */
/* Signatures, on image files: libblkid takes them like devices, and no root is needed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "host/device_signature.h"
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

	assert_int_equal(device_signature_read(descriptor, &found, &arena), 0);
	return found;
}

static void nothing_is_found_on_zeros_and_on_noise(void **state)
{
	(void)state;
	assert_null(signature());
	assert_true(run_command("head -c 1M /dev/urandom >%s; truncate -s 32M %s", image, image));
	assert_null(signature());
}

static void file_systems_are_named_with_their_label(void **state)
{
	(void)state;
	assert_true(run_command("mkfs.ext4 -q -F %s", image));
	assert_string_equal(signature(), "ext4 file system");
	assert_true(run_command("mkfs.ext4 -q -F -L 'my data' %s", image));
	assert_string_equal(signature(), "ext4 file system 'my data'");
}

/* An LVM label whose checksum, in bytes 16 to 19, is wrong. */
static void damaged_member_is_still_one(void **state)
{
	static const char label[] = "LABELONE\1\0\0\0\0\0\0\0\1\2\3\4\40\0\0\0LVM2 001"
				    "0123456789abcdef0123456789abcdef";

	(void)state;
	assert_int_equal(pwrite(descriptor, label, sizeof(label), 512), sizeof(label));
	assert_string_equal(signature(), "LVM2_member signature");
}

static void members_and_swap_are_signatures(void **state)
{
	static const char luks[] = "LUKS\xba\xbe\0\1";

	(void)state;
	assert_true(run_command("mkswap -q %s", image));
	assert_string_equal(signature(), "swap signature");
	assert_int_equal(ftruncate(descriptor, 0), 0);
	assert_int_equal(ftruncate(descriptor, 32 << 20), 0);
	assert_int_equal(pwrite(descriptor, luks, sizeof(luks) - 1, 0), sizeof(luks) - 1);
	assert_string_equal(signature(), "crypto_LUKS signature");
}

static void all_signatures_are_listed(void **state)
{
	char copy[33 * 512];
	off_t end = (32 << 20) - (off_t)sizeof(copy);

	(void)state;
	assert_true(run_command("echo 'label: gpt' | sfdisk -q %s", image));
	assert_string_equal(signature(), "gpt partition table");
	/* The table's second copy, at the end of the disk, survives many a new file system. */
	assert_int_equal(pread(descriptor, copy, sizeof(copy), end), sizeof(copy));
	assert_true(run_command("mkfs.ext4 -q -F %s", image));
	assert_int_equal(pwrite(descriptor, copy, sizeof(copy), end), sizeof(copy));
	assert_string_equal(signature(), "ext4 file system, gpt partition table");
}

static void what_cannot_be_read_is_an_error(void **state)
{
	const char *found;
	int writer = open(image, O_WRONLY | O_CLOEXEC);

	(void)state;
	assert_true(writer >= 0);
	assert_int_equal(device_signature_read(writer, &found, &arena), -EBADF);
	close(writer);
}

int main(void)
{
#define ON_IMAGE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		ON_IMAGE(nothing_is_found_on_zeros_and_on_noise),
		ON_IMAGE(file_systems_are_named_with_their_label),
		ON_IMAGE(damaged_member_is_still_one),
		ON_IMAGE(members_and_swap_are_signatures),
		ON_IMAGE(all_signatures_are_listed),
		ON_IMAGE(what_cannot_be_read_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

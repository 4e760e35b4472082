/* SPDX-License-Identifier: MIT */
/* What may be purged how. The commands themselves are run in the guest (tests/vm). */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/purge.h"
#include "test.h"

enum { BYTES = 1 << 20 };

TEST(a_controllers_abilities_are_decoded)
{
	unsigned char page[4096] = {0};
	struct purge_abilities abilities;

	purge_abilities_decode(page, &abilities);
	assert_false(abilities.can_format || abilities.formats_all || abilities.lists_allocated);
	assert_false(abilities.can_erase_blocks || abilities.can_erase_key);
	page[256] = 0x0a; /* format, namespace management */
	page[328] = 0x02; /* block erase */
	page[524] = 0x02; /* secure erase goes to all namespaces */
	purge_abilities_decode(page, &abilities);
	assert_true(abilities.can_format && abilities.formats_all && abilities.lists_allocated);
	assert_true(abilities.can_erase_blocks);
	assert_false(abilities.can_erase_key);
	page[328] = 0x01;
	page[524] = 0x04; /* that it can erase by key says nothing of other namespaces */
	purge_abilities_decode(page, &abilities);
	assert_true(abilities.can_erase_key);
	assert_false(abilities.can_erase_blocks || abilities.formats_all);
}

/* Devices as sysfs would show them; no command is sent to a file. */
TEST(a_device_is_purged_by_what_it_has)
{
	const struct {
		struct block_device device;
		enum purge_method asked;
		int error;
		enum purge_method method;
		const char *reason;
	} rows[] = {
		{{.name = "loop0", .can_discard = true}, PURGE_AUTO, 0, PURGE_DISCARD, NULL},
		{{.name = "loop0", .can_discard = true}, PURGE_DISCARD, 0, PURGE_DISCARD, NULL},
		{{.name = "sda"}, PURGE_AUTO, -EOPNOTSUPP, PURGE_DISCARD,
			"is no NVMe drive, and it does not take discards"},
		{{.name = "sda", .can_discard = true}, PURGE_FORMAT, -EOPNOTSUPP, PURGE_FORMAT,
			"is no NVMe drive"},
		{{.name = "nvme0n1p1", .is_partition = true, .can_discard = true}, PURGE_SANITIZE,
			-EOPNOTSUPP, PURGE_SANITIZE,
			"is a partition: the command would take the whole drive"},
		{{.name = "nvme0n1p1", .is_partition = true, .can_discard = true}, PURGE_AUTO, 0,
			PURGE_DISCARD, NULL},
		{{.name = "sda", .can_discard = true}, PURGE_PUNCH, -EOPNOTSUPP, PURGE_PUNCH,
			"is a device: holes are punched into files"},
	};
	int descriptor = open("/dev/null", O_RDONLY);

	assert_true(descriptor >= 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena arena = {0};
		enum purge_method method;
		const char *reason;

		assert_int_equal(purge_choose(descriptor, &rows[i].device, rows[i].asked, &method,
					 &reason, &arena),
			rows[i].error);
		assert_int_equal(method, rows[i].method);
		if (rows[i].reason)
			assert_string_equal(reason, rows[i].reason);
		else
			assert_null(reason);
		arena_free(&arena);
	}
	close(descriptor);
}

static bool count_looks(void *context, double share)
{
	double *last = context;

	assert_true(share > 0 && share <= 1);
	*last = share;
	return true;
}

static bool refuse(void *context, double share)
{
	(void)context;
	(void)share;
	return false;
}

TEST(a_file_is_punched_and_keeps_its_size)
{
	char path[] = "/tmp/ringside-purge-XXXXXX";
	int descriptor = mkstemp(path);
	double last = 0;
	const struct purge_follower follower = {count_looks, &last}, impatient = {refuse, NULL};
	struct stat status;
	static char data[BYTES];

	assert_true(descriptor >= 0);
	unlink(path);
	data[5] = 1;
	assert_int_equal(write(descriptor, data, BYTES), BYTES);
	assert_int_equal(purge_run(descriptor, PURGE_PUNCH, BYTES, &follower), 0);
	assert_true(last == 1);
	assert_int_equal(fstat(descriptor, &status), 0);
	assert_int_equal(status.st_size, BYTES);
	assert_int_equal(status.st_blocks, 0);
	assert_int_equal(purge_run(descriptor, PURGE_PUNCH, BYTES, &impatient), -EINTR);
	assert_int_equal(purge_run(descriptor, PURGE_DISCARD, BYTES, &follower), -ENOTTY);
	close(descriptor);
}

TEST_MAIN(NULL, NULL);

/* SPDX-License-Identifier: MIT */
/* Users of a device as a made-up sysfs shows them; loop devices stand in test_write_guard.c. */
#include <sys/sysmacros.h>

#include "host/device_use.h"
#include "test.h"
#include "unit/host/fake_sys.h"

/* A disk of two partitions; tests add holders and mount it over /sys. */
static int set_up(void **state)
{
	open_sys(state);
	fake_device("devices/sda", 8, 0);
	fake_device("devices/sda/sda1", 8, 1);
	fake_file(&sys, "devices/sda/sda1/partition", "1\n");
	fake_device("devices/sda/sda2", 8, 2);
	fake_file(&sys, "devices/sda/sda2/partition", "2\n");
	fake_file(&sys, "devices/sda/queue/dev", "8:1\n");
	return 0;
}

static const char *use_of(unsigned minor_number)
{
	struct block_device device;
	const char *reason = "not set";

	assert_int_equal(block_device_read(makedev(8, minor_number), &device, &arena), 0);
	assert_int_equal(device_use_find(&device, 0, &reason, &arena), 0);
	return reason;
}

TEST_FIXTURE(set_up, close_sys);

TEST(nobody_uses_a_disk_without_holders)
{
	mount_sys(state);
	assert_null(use_of(0));
	assert_null(use_of(1));
}

TEST(holder_of_a_partition_uses_the_disk_but_not_its_sibling)
{
	fake_link(&sys, "devices/sda/sda2/holders/md127", "../../../md127");
	fake_file(&sys, "devices/md127/dev", "9:127\n");
	fake_link(&sys, "block/md127", "../devices/md127");
	mount_sys(state);
	assert_string_equal(use_of(0), "/dev/md127 stands on /dev/sda2, a partition of it");
	assert_string_equal(use_of(2), "/dev/md127 stands on /dev/sda2");
	assert_null(use_of(1));
}

TEST(holder_of_the_disk_uses_its_partitions)
{
	fake_link(&sys, "devices/sda/holders/dm-3", "../../dm-3");
	fake_file(&sys, "devices/dm-3/dev", "253:3\n");
	fake_file(&sys, "devices/dm-3/dm/name", "mpatha\n");
	fake_link(&sys, "block/dm-3", "../devices/dm-3");
	mount_sys(state);
	assert_string_equal(use_of(0), "/dev/dm-3 (mpatha) stands on /dev/sda");
	assert_string_equal(
		use_of(1), "/dev/dm-3 (mpatha) stands on /dev/sda, the disk it is part of");
}

/* The kernel allows no such thing; a search that never ends would be worse than a wrong answer. */
TEST(holders_in_a_circle_end)
{
	fake_link(&sys, "devices/sda/holders/dm-3", "../../dm-3");
	fake_file(&sys, "devices/dm-3/dev", "253:3\n");
	fake_link(&sys, "block/dm-3", "../devices/dm-3");
	fake_link(&sys, "dev/block/253:3", "../../devices/dm-3");
	fake_link(&sys, "devices/dm-3/holders/dm-3", "../../dm-3");
	mount_sys(state);
	assert_non_null(strstr(use_of(0), "/dev/dm-3 stands on /dev/dm-3"));
}

TEST(partitions_belong_to_a_disk_only)
{
	struct block_device device, *partitions;
	bool has_first = false, has_second = false;

	mount_sys(state);
	assert_int_equal(block_device_read(makedev(8, 0), &device, &arena), 0);
	assert_int_equal(block_device_partitions(&device, &partitions, &arena), 2);
	for (int i = 0; i < 2; i++) {
		has_first |= partitions[i].number == makedev(8, 1);
		has_second |= partitions[i].number == makedev(8, 2);
	}
	assert_true(has_first && has_second);
	assert_int_equal(block_device_read(makedev(8, 1), &device, &arena), 0);
	assert_int_equal(block_device_partitions(&device, &partitions, &arena), 0);
}

TEST(node_path_has_slashes_where_sysfs_has_marks)
{
	assert_string_equal(block_device_node("sda1", &arena), "/dev/sda1");
	assert_string_equal(block_device_node("cciss!c0d0", &arena), "/dev/cciss/c0d0");
}

TEST_MAIN(NULL, NULL);

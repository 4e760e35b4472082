/* SPDX-License-Identifier: MIT */
/* What a made-up sysfs says of zoned devices. Commands: tests/vm/ringside_zones.bats. */
#include "host/zoned_device.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "test.h"
#include "unit/host/fake_sys.h"

TEST_FIXTURE(open_sys, close_sys);

TEST(the_model_and_the_limit_are_the_disks)
{
	fake_device("block/sda", 8, 0);
	fake_file(&sys, "block/sda/queue/zoned", "host-managed\n");
	fake_file(&sys, "block/sda/queue/max_open_zones", "128\n");
	fake_device("block/sdb", 8, 16);
	fake_file(&sys, "block/sdb/queue/zoned", "host-aware\n");
	fake_device("block/sdc", 8, 32);
	fake_file(&sys, "block/sdc/queue/zoned", "none\n");
	fake_device("block/sdd", 8, 48);
	mount_sys(state);
	assert_int_equal(zoned_device_model(makedev(8, 0), &arena), ZONED_HOST_MANAGED);
	assert_int_equal(zoned_device_open_limit(makedev(8, 0), &arena), 128);
	assert_int_equal(zoned_device_model(makedev(8, 16), &arena), ZONED_HOST_AWARE);
	assert_int_equal(zoned_device_open_limit(makedev(8, 16), &arena), 0);
	assert_int_equal(zoned_device_model(makedev(8, 32), &arena), ZONED_NONE);
	assert_int_equal(zoned_device_model(makedev(8, 48), &arena), ZONED_NONE);
	assert_int_equal(zoned_device_model(makedev(9, 9), &arena), ZONED_NONE);
}

TEST(a_file_has_no_zones)
{
	int descriptor = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct zoned_device_zone *zones;
	uint64_t pointer;
	size_t count = 1;

	assert_true(descriptor >= 0);
	assert_int_equal(zoned_device_report(descriptor, &zones, &count, &arena), -ENOTTY);
	assert_int_equal(count, 0);
	assert_int_equal(zoned_device_pointer(descriptor, 0, &pointer), -ENOTTY);
	assert_int_equal(zoned_device_reset(descriptor, 0, 4096), -ENOTTY);
	assert_int_equal(zoned_device_finish(descriptor, 0, 4096), -ENOTTY);
	close(descriptor);
}

TEST_MAIN(NULL, NULL);

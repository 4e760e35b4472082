/* SPDX-License-Identifier: MIT */
/* What devices stand on, of machines made up for the test. */
#include <sys/sysmacros.h>

#include "host/block_device.h"
#include "host/sysfs.h"
#include "test.h"
#include "unit/host/fake_sys.h"

#define SUBSYSTEM "devices/virtual/nvme-subsystem/nvme-subsys0/"

TEST_FIXTURE(open_sys, close_sys);

/* One disk under two devices, and a partition of another. */
TEST(a_stack_ends_at_each_disk_once)
{
	struct block_device disks[4];

	fake_device("devices/nvme0n1", 259, 0);
	fake_device("devices/nvme1n1", 259, 1);
	fake_device("devices/nvme1n1/nvme1n1p2", 259, 2);
	fake_file(&sys, "devices/nvme1n1/nvme1n1p2/partition", "2\n");
	fake_device("devices/dm-0", 253, 0);
	fake_link(&sys, "devices/dm-0/slaves/nvme0n1", "../../nvme0n1");
	fake_link(&sys, "devices/dm-0/slaves/nvme1n1p2", "../../nvme1n1/nvme1n1p2");
	fake_device("devices/dm-1", 253, 1);
	fake_link(&sys, "devices/dm-1/slaves/dm-0", "../../dm-0");
	fake_link(&sys, "devices/dm-1/slaves/nvme0n1", "../../nvme0n1");
	mount_sys(state);
	assert_int_equal(block_device_disks(makedev(253, 1), disks, 4, &arena), 2);
	assert_true(disks[0].number + disks[1].number == makedev(259, 0) + makedev(259, 1));
	assert_int_equal(block_device_disks(makedev(253, 1), disks, 1, &arena), 1);
	assert_int_equal(block_device_disks(makedev(259, 2), disks, 4, &arena), 1);
	assert_string_equal(disks[0].name, "nvme1n1");
	assert_int_equal(block_device_disks(makedev(8, 0), disks, 4, &arena), 0);
}

TEST(a_drive_has_its_controller)
{
	const char *folders[2];

	fake_device("devices/pci/nvme/nvme0/nvme0n1", 259, 0);
	fake_link(&sys, "devices/pci/nvme/nvme0/nvme0n1/device", "../../nvme0");
	fake_file(&sys, "devices/pci/msi_irqs/24", "msix\n");
	fake_device("devices/dm-0", 253, 0);
	mount_sys(state);
	assert_int_equal(block_device_controllers(makedev(259, 0), folders, 2, &arena), 1);
	assert_string_equal(folders[0], "/sys/devices/pci/nvme/nvme0");
	assert_string_equal(sysfs_folder_above(folders[0], "msi_irqs", &arena), "/sys/devices/pci");
	assert_null(sysfs_folder_above(folders[0], "no-such-entry", &arena));
	assert_int_equal(block_device_controllers(makedev(253, 0), folders, 2, &arena), 0);
}

TEST(a_drive_of_several_paths_has_all_its_controllers)
{
	const char *folders[4];

	fake_device(SUBSYSTEM "nvme0n1", 259, 0);
	fake_link(&sys, SUBSYSTEM "nvme0n1/device", "../../nvme-subsys0");
	fake_file(&sys, "devices/pci/nvme/nvme0/transport", "pcie\n");
	fake_file(&sys, "devices/pci/nvme/nvme1/transport", "pcie\n");
	fake_link(&sys, SUBSYSTEM "nvme0", "../../../pci/nvme/nvme0");
	fake_link(&sys, SUBSYSTEM "nvme1", "../../../pci/nvme/nvme1");
	mount_sys(state);
	assert_int_equal(block_device_controllers(makedev(259, 0), folders, 4, &arena), 2);
	assert_string_equal(folders[0], "/sys/devices/pci/nvme/nvme0");
	assert_string_equal(folders[1], "/sys/devices/pci/nvme/nvme1");
	assert_int_equal(block_device_controllers(makedev(259, 0), folders, 1, &arena), 1);
}

TEST_MAIN(NULL, NULL);

/* SPDX-License-Identifier: MIT */
/* Facts about devices, of machines made up for the test: NVMe, LVM on LUKS, RAID, loop. */
#include <sys/sysmacros.h>

#include "test.h"
#include "unit/host/fact_check.h"
#include "unit/host/fake_sys.h"

#define PCI        "devices/pci0000:00/0000:00:03.0/"
#define SUBSYSTEM  "devices/virtual/nvme-subsystem/nvme-subsys0/"
#define CONTROLLER PCI "nvme/nvme0/"

static struct fact_list list;

static int set_up(void **state)
{
	open_sys(state);
	list = (struct fact_list){.arena = &arena};
	return 0;
}

/* A block device in `folder`, with what every one has. */
/* The hash on this machine, or none where the machine has no salt. */
static void assert_serial(const char *hash)
{
	assert_fact(&list, FACT_SOFT, "device.nvme0n1.serial", hash);
}

static void make_device(const char *folder, unsigned major_number, unsigned minor_number)
{
	fake_device(folder, major_number, minor_number);
	fake_file(&sys, arena_printf(&arena, "%s/size", folder), "2048\n");
	fake_file(&sys, arena_printf(&arena, "%s/queue/logical_block_size", folder), "512\n");
	fake_file(&sys, arena_printf(&arena, "%s/queue/physical_block_size", folder), "4096\n");
}

static void make_controller(void)
{
	fake_file(&sys, PCI "current_link_speed", "8.0 GT/s PCIe\n");
	fake_file(&sys, PCI "current_link_width", "4\n");
	fake_file(&sys, PCI "max_link_speed", "16.0 GT/s PCIe\n");
	fake_file(&sys, PCI "max_link_width", "4\n");
	fake_file(&sys, PCI "msi_irqs/1000001", "msix\n");
	fake_file(&sys, PCI "msi_irqs/1000002", "msix\n");
	fake_file(&sys, CONTROLLER "transport", "pcie\n");
	fake_file(&sys, CONTROLLER "firmware_rev", "1.0     \n");
	fake_file(&sys, CONTROLLER "numa_node", "1\n");
	fake_file(&sys, CONTROLLER "power/pm_qos_latency_tolerance_us", "100000\n");
}

static void read_targets(void **state, const struct fact_target *targets, size_t count)
{
	mount_sys(state);
	fact_read_storage(&list, targets, count);
}

static void read_target(void **state, unsigned major_number, unsigned minor_number)
{
	struct fact_target target = {
		.path = "/dev/x", .block_device = makedev(major_number, minor_number)};

	read_targets(state, &target, 1);
}

TEST_FIXTURE(set_up, close_sys);

TEST(nvme_drive_is_described_down_to_its_link)
{
	make_controller();
	make_device(CONTROLLER "nvme0n1", 259, 0);
	fake_link(&sys, CONTROLLER "nvme0n1/device", "../../nvme0");
	fake_file(&sys, CONTROLLER "model", "SOME DRIVE 1TB          \n");
	fake_file(&sys, CONTROLLER "serial", "S1234 \n");
	fake_file(&sys, CONTROLLER "nvme0n1/queue/scheduler", "[none] mq-deadline\n");
	fake_file(&sys, CONTROLLER "nvme0n1/queue/write_cache", "write back\n");
	fake_file(&sys, CONTROLLER "nvme0n1/mq/0/cpu_list", "0\n");
	fake_file(&sys, CONTROLLER "nvme0n1/mq/1/cpu_list", "1\n");
	read_target(state, 259, 0);
	assert_fact(&list, FACT_HARD, "device.nvme0n1.model", "SOME DRIVE 1TB");
	assert_fact(&list, FACT_HARD, "device.nvme0n1.bytes", "1048576");
	assert_fact(&list, FACT_HARD, "device.nvme0n1.logical_block_bytes", "512");
	assert_fact(&list, FACT_HARD, "device.nvme0n1.physical_block_bytes", "4096");
	assert_fact(&list, FACT_HARD, "device.nvme0n1.stands_on", "none");
	assert_serial(fact_secret(&list, "S1234"));
	assert_fact(&list, FACT_SOFT, "device.nvme0n1.firmware", "1.0");
	assert_fact(&list, FACT_SOFT, "device.nvme0n1.transport", "pcie");
	assert_fact(&list, FACT_SOFT, "device.nvme0n1.numa_node", "1");
	assert_fact(&list, FACT_SOFT, "device.nvme0n1.latency_tolerance_us", "100000");
	assert_fact(&list, FACT_SOFT, "device.nvme0n1.pci_link", "8.0 GT/s PCIe x4");
	assert_fact(&list, FACT_SOFT, "device.nvme0n1.pci_link_max", "16.0 GT/s PCIe x4");
	assert_fact(&list, FACT_SOFT, "device.nvme0n1.hardware_queues", "2");
	assert_fact(&list, FACT_SOFT, "device.nvme0n1.interrupts", "2");
	assert_fact(&list, FACT_SOFT, "device.nvme0n1.interrupt_cpus", NULL);
	assert_fact(&list, FACT_SOFT, "device.nvme0n1.scheduler", "none");
	assert_fact(&list, FACT_SOFT, "device.nvme0n1.write_cache", "write back");
	assert_fact(&list, FACT_SOFT, "device.nvme0n1.wbt_lat_usec", NULL);
	for (size_t i = 0; i < list.tiers[FACT_SOFT].count; i++) {
		const char *value = list.tiers[FACT_SOFT].items[i].value;

		assert_true(!value || !strstr(value, "S1234"));
	}
}

/* A drive that could have several paths hangs on a subsystem, and its controllers beside it. */
TEST(drive_of_a_subsystem_is_described_by_its_first_controller)
{
	make_controller();
	make_device(SUBSYSTEM "nvme0n1", 259, 0);
	fake_link(&sys, SUBSYSTEM "nvme0n1/device", "../../nvme-subsys0");
	fake_link(&sys, SUBSYSTEM "nvme0", "../../../../" CONTROLLER);
	fake_file(&sys, SUBSYSTEM "model", "SOME DRIVE\n");
	fake_file(&sys, PCI "max_link_speed", "Unknown\n"); /* as emulators have it */
	read_target(state, 259, 0);
	assert_fact(&list, FACT_HARD, "device.nvme0n1.model", "SOME DRIVE");
	assert_fact(&list, FACT_SOFT, "device.nvme0n1.transport", "pcie");
	assert_fact(&list, FACT_SOFT, "device.nvme0n1.pci_link", "8.0 GT/s PCIe x4");
	assert_fact(&list, FACT_SOFT, "device.nvme0n1.pci_link_max", NULL);
	assert_fact(&list, FACT_SOFT, "device.nvme0n1.interrupts", "2");
}

TEST(stack_is_named_and_every_disk_below_described)
{
	make_device("devices/sda", 8, 0);
	make_device("devices/sda/sda3", 8, 3);
	fake_file(&sys, "devices/sda/sda3/partition", "3\n");
	make_device("devices/dm-0", 253, 0);
	fake_file(&sys, "devices/dm-0/dm/uuid", "CRYPT-LUKS2-1234-x\n");
	fake_link(&sys, "devices/dm-0/slaves/sda3", "../../sda/sda3");
	make_device("devices/dm-1", 253, 1);
	fake_file(&sys, "devices/dm-1/dm/uuid", "LVM-abcd\n");
	fake_link(&sys, "devices/dm-1/slaves/dm-0", "../../dm-0");
	read_target(state, 253, 1);
	assert_fact(&list, FACT_HARD, "device.dm-1.stands_on", "dm-1 (LVM) > dm-0 (CRYPT) > sda3");
	assert_fact(&list, FACT_HARD, "device.dm-0.stands_on", "dm-0 (CRYPT) > sda3");
	assert_fact(&list, FACT_HARD, "device.sda.stands_on", "none");
	assert_fact(&list, FACT_HARD, "device.sda.bytes", "1048576");
	assert_fact(&list, FACT_HARD, "device.sda3.bytes", "1048576");
	assert_fact(&list, FACT_SOFT, "device.sda.scheduler", NULL);
}

TEST(raid_names_its_level_and_members)
{
	make_device("devices/sda", 8, 0);
	make_device("devices/sdb", 8, 16);
	make_device("devices/md0", 9, 0);
	fake_file(&sys, "devices/md0/md/level", "raid1\n");
	fake_link(&sys, "devices/md0/slaves/sda", "../../sda");
	read_target(state, 9, 0);
	assert_fact(&list, FACT_HARD, "device.md0.stands_on", "md0 (raid1) > sda");
	assert_null(find_fact(&list, FACT_HARD, "device.sdb.bytes"));
}

TEST(loop_device_names_the_file_system_of_its_file)
{
	make_device("devices/loop0", 7, 0);
	fake_file(&sys, "devices/loop0/loop/backing_file", "/proc/version\n");
	read_target(state, 7, 0);
	assert_fact(&list, FACT_HARD, "device.loop0.stands_on", "loop0 (file on proc)");
}

TEST(device_of_several_targets_is_described_once)
{
	struct fact_target targets[] = {
		{.path = "/a", .block_device = makedev(8, 3)},
		{.path = "/b", .block_device = makedev(8, 3)},
		{.path = "/dev/sda", .block_device = makedev(8, 0)},
		{.path = "/dev/zero", .block_device = 0},
		{.path = "/gone", .block_device = makedev(8, 99)},
	};

	make_device("devices/sda", 8, 0);
	make_device("devices/sda/sda3", 8, 3);
	fake_file(&sys, "devices/sda/sda3/partition", "3\n");
	read_targets(state, targets, 5);
	assert_fact(&list, FACT_HARD, "device.sda.bytes", "1048576");
	assert_fact(&list, FACT_HARD, "device.sda3.bytes", "1048576");
	assert_fact(&list, FACT_SOFT, "device.sda.nr_requests", NULL);
}

TEST_MAIN(NULL, NULL);

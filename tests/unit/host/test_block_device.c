/* SPDX-License-Identifier: MIT */
/* Block devices, read from this machine's sysfs and from a made-up one. */
#include <sys/sysmacros.h>

#include "host/block_device.h"
#include "host/kernel_counter.h"
#include "test.h"
#include "unit/host/fake_sys.h"

#define NVME      "devices/pci0000:00/0000:00:03.0/nvme/nvme0/"
#define PARTITION NVME "nvme0n1/nvme0n1p1/"

static void make_nvme(void)
{
	fake_file(&sys, NVME "model", "QEMU NVMe Ctrl                          \n");
	fake_file(&sys, NVME "serial", " S1234 \n");
	fake_link(&sys, NVME "nvme0n1/device", "../../nvme0");
	fake_file(&sys, NVME "nvme0n1/dev", "259:0\n");
	fake_file(&sys, NVME "nvme0n1/size", "131072\n");
	fake_file(&sys, NVME "nvme0n1/ro", "0\n");
	fake_file(&sys, NVME "nvme0n1/queue/logical_block_size", "4096\n");
	fake_file(&sys, NVME "nvme0n1/queue/physical_block_size", "16384\n");
	fake_file(&sys, NVME "nvme0n1/queue/rotational", "0\n");
	fake_file(&sys, NVME "nvme0n1/queue/io_poll", "1\n");
	fake_file(&sys, NVME "nvme0n1/queue/discard_max_bytes", "2199023255040\n");
	fake_file(&sys, NVME "nvme0n1/queue/scheduler", "none [mq-deadline] kyber\n");
	fake_file(&sys, PARTITION "dev", "259:7\n");
	fake_file(&sys, PARTITION "partition", "1\n");
	fake_file(&sys, PARTITION "size", "2048\n");
	fake_file(&sys, PARTITION "ro", "1\n");
	fake_file(&sys, PARTITION "stat", "  10 11 12 13 14 15 16 17 2 18 19 20 21 22 23 24 25\n");
	fake_link(&sys, "dev/block/259:0", "../../" NVME "nvme0n1");
	fake_link(&sys, "dev/block/259:7", "../../" NVME "nvme0n1/nvme0n1p1");
	fake_link(&sys, "class/block/nvme0n1", "../../" NVME "nvme0n1");
	fake_link(&sys, "class/block/nvme0n1p1", "../../" NVME "nvme0n1/nvme0n1p1");
	fake_file(&sys, NVME "ng0n1/dev", "243:0\n");
	fake_link(&sys, NVME "ng0n1/subsystem", "../../../../../../class/nvme-generic");
	fake_link(&sys, "dev/char/243:0", "../../" NVME "ng0n1");
	fake_link(&sys, "class/nvme-generic/ng0n1", "../../" NVME "ng0n1");
}

TEST_FIXTURE(open_sys, close_sys);

TEST(partition_has_its_own_size_and_the_queue_of_its_disk)
{
	struct block_device device;

	make_nvme();
	mount_sys(state);
	assert_int_equal(block_device_read(makedev(259, 7), &device, &arena), 0);
	assert_string_equal(device.name, "nvme0n1p1");
	assert_string_equal(device.disk, "nvme0n1");
	assert_true(device.number == makedev(259, 7));
	assert_true(device.disk_number == makedev(259, 0));
	assert_true(device.is_partition);
	assert_int_equal(device.bytes, 1 << 20);
	assert_true(device.is_read_only);
	assert_int_equal(device.logical_block_bytes, 4096);
	assert_int_equal(device.physical_block_bytes, 16384);
	assert_false(device.is_rotational);
	assert_true(device.can_discard);
	assert_string_equal(device.scheduler, "mq-deadline");
	assert_string_equal(device.model, "QEMU NVMe Ctrl");
	assert_string_equal(device.serial, "S1234");
}

TEST(whole_disk_is_its_own_disk)
{
	struct block_device device;

	make_nvme();
	mount_sys(state);
	assert_int_equal(block_device_read(makedev(259, 0), &device, &arena), 0);
	assert_false(device.is_partition);
	assert_string_equal(device.name, "nvme0n1");
	assert_string_equal(device.disk, "nvme0n1");
	assert_true(device.disk_number == device.number);
	assert_int_equal(device.bytes, 64 << 20);
	assert_false(device.is_read_only);
}

TEST(to_find_a_device_reads_none_of_its_attributes)
{
	struct block_device device;

	make_nvme();
	mount_sys(state);
	assert_int_equal(block_device_find(makedev(259, 7), &device, &arena), 0);
	assert_string_equal(device.name, "nvme0n1p1");
	assert_string_equal(device.disk, "nvme0n1");
	assert_true(device.number == makedev(259, 7));
	assert_true(device.disk_number == makedev(259, 0));
	assert_true(device.is_partition);
	assert_int_equal(device.bytes, 0);
	assert_null(device.scheduler);
	assert_null(device.serial);
	assert_int_equal(block_device_find(makedev(259, 0), &device, &arena), 0);
	assert_string_equal(device.name, "nvme0n1");
	assert_string_equal(device.disk, "nvme0n1");
	assert_true(device.disk_number == makedev(259, 0));
	assert_false(device.is_partition);
	assert_int_equal(block_device_find(makedev(259, 8), &device, &arena), -ENODEV);
}

TEST(scsi_serial_comes_from_its_vital_product_page)
{
	static const char page[] = "\0\200\0\014    WD-WX123";
	struct block_device device;

	fake_file_bytes(&sys, "devices/sda/device/vpd_pg80", page, sizeof(page) - 1);
	fake_file(&sys, "devices/sda/dev", "8:0\n");
	fake_file(&sys, "devices/sda/queue/scheduler", "none\n");
	fake_link(&sys, "dev/block/8:0", "../../devices/sda");
	mount_sys(state);
	assert_int_equal(block_device_read(makedev(8, 0), &device, &arena), 0);
	assert_string_equal(device.serial, "WD-WX123");
	assert_string_equal(device.scheduler, "none");
	assert_null(device.model);
}

TEST(nvme_character_device_leads_to_its_block_device)
{
	make_nvme();
	mount_sys(state);
	assert_true(block_device_is_nvme_character(makedev(243, 0)));
	assert_false(block_device_is_nvme_character(makedev(1, 3)));
	assert_true(block_device_behind_nvme_character(makedev(243, 0)) == makedev(259, 0));
	assert_true(block_device_behind_nvme_character(makedev(1, 3)) == 0);
}

TEST(a_device_that_is_taken_away_is_leaving_before_it_is_gone)
{
	static const struct {
		const char *text;
		bool is_leaving;
	} states[] = {
		{"live\n", false},
		{"resetting\n", false},
		{"deleting\n", true},
		{"deleting (no IO)\n", true},
		{"dead\n", true},
		{"running\n", false}, /* SCSI's, from here on */
		{"offline\n", false},
		{"cancel\n", true},
		{"deleted\n", true},
	};

	make_nvme();
	mount_sys(state);
	assert_false(block_device_is_leaving(makedev(259, 0)));
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		fake_file(&sys, NVME "state", states[i].text);
		assert_int_equal(block_device_is_leaving(makedev(259, 0)), states[i].is_leaving);
		/* A partition leaves with its disk. */
		assert_int_equal(block_device_is_leaving(makedev(259, 7)), states[i].is_leaving);
	}
	assert_true(block_device_is_leaving(makedev(259, 8)));
}

TEST(counters_come_in_the_kernels_order)
{
	struct disk_counters counters;

	make_nvme();
	mount_sys(state);
	assert_int_equal(kernel_counter_disk("nvme0n1p1", &counters), 0);
	assert_int_equal(counters.read_ios, 10);
	assert_int_equal(counters.read_merges, 11);
	assert_int_equal(counters.read_sectors, 12);
	assert_int_equal(counters.read_ticks_ms, 13);
	assert_int_equal(counters.write_ios, 14);
	assert_int_equal(counters.write_merges, 15);
	assert_int_equal(counters.write_sectors, 16);
	assert_int_equal(counters.write_ticks_ms, 17);
	assert_int_equal(counters.in_flight, 2);
	assert_int_equal(counters.io_ticks_ms, 18);
	assert_int_equal(counters.in_queue_ms, 19);
}

TEST_FIXTURE(NULL, NULL);

TEST(unknown_devices_are_enodev)
{
	struct block_device device;
	struct disk_counters counters;

	assert_int_equal(block_device_read(makedev(4095, 77), &device, &arena), -ENODEV);
	assert_int_equal(kernel_counter_disk("nvme99n99", &counters), -ENODEV);
	assert_true(block_device_behind_nvme_character(makedev(1, 3)) == 0);
}

TEST(agrees_with_the_kernels_partition_list)
{
	FILE *partitions = fopen("/proc/partitions", "re");
	char line[128], name[64];
	unsigned seen = 0, major_number, minor_number;
	unsigned long long kilobytes;

	assert_non_null(partitions);
	while (fgets(line, sizeof(line), partitions)) {
		struct block_device device;

		if (sscanf(line, "%u %u %llu %63s", &major_number, &minor_number, &kilobytes,
			    name) != 4)
			continue;
		if (strncmp(name, "loop", 4) == 0)
			continue; /* Those of other tests come and go. */
		assert_int_equal(
			block_device_read(makedev(major_number, minor_number), &device, &arena), 0);
		assert_string_equal(device.name, name);
		assert_true(device.bytes / 1024 == kilobytes);
		assert_true(device.logical_block_bytes >= 512);
		seen++;
	}
	fclose(partitions);
	if (!seen) {
		print_message("skipped: no block devices here\n");
		skip();
	}
}

TEST(file_stands_on_the_device_of_its_file_system)
{
	struct stat status;

	assert_true(block_device_under("/proc") == 0);
	assert_true(block_device_under("/nowhere/at/all") == 0);
	assert_int_equal(stat("/tmp", &status), 0);
	if (major(status.st_dev) == 0) {
		print_message("skipped: /tmp is on no block device\n");
		skip();
	}
	assert_true(block_device_under("/tmp") == status.st_dev);
}

TEST_MAIN(NULL, NULL);

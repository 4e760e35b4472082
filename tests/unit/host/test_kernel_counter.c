/* SPDX-License-Identifier: MIT */

#include <sys/sysmacros.h>

#include "host/kernel_counter.h"
#include "test.h"

static const char table[] =
	"            CPU0       CPU1       \n"
	"   1:          9          0   IO-APIC   1-edge      i8042\n"
	"  24:         21          4  PCI-MSIX-0000:00:04.0   0-edge      nvme0q0\n"
	"  25:        100         20  PCI-MSIX-0000:00:04.0   1-edge      nvme0q1\n"
	"  26:          3          0  PCI-MSIX-0000:00:04.0   2-edge      nvme0q10\n"
	" 125:       7000          0  PCI-MSIX-0000:00:05.0   0-edge      nvme1q1\n"
	" NMI:         11         12   Non-maskable interrupts\n"
	"  27:          5          0  PCI-MSIX-0000:00:06.0   0-edge      virtio1-config\n"
	"  28:          6          1  PCI-MSIX-0000:00:06.0   1-edge      virtio1-req.0";

TEST(the_counts_of_all_cpus_are_added)
{
	const char *const numbers[] = {"25", "26", NULL};

	assert_int_equal(kernel_counter_interrupt_sum(table, numbers), 123);
}

TEST(queues_that_are_not_for_io_do_not_count)
{
	const char *const nvme[] = {"24", NULL};
	const char *const virtio[] = {"27", "28", NULL};

	assert_int_equal(kernel_counter_interrupt_sum(table, nvme), 0);
	assert_int_equal(kernel_counter_interrupt_sum(table, virtio), 7);
}

TEST(other_devices_and_numbers_that_are_not_there_do_not_count)
{
	const char *const numbers[] = {"2", "12", "99", NULL};

	assert_int_equal(kernel_counter_interrupt_sum(table, numbers), 0);
	assert_int_equal(kernel_counter_interrupt_sum("", numbers), 0);
}

TEST(a_disk_that_is_not_there_is_unknown)
{
	const dev_t device = makedev(4095, 7);
	struct arena arena = {0};

	assert_int_equal(kernel_counter_interrupts(&device, 1, &arena), INTERRUPTS_UNKNOWN);
	arena_free(&arena);
}

TEST_MAIN(NULL, NULL);

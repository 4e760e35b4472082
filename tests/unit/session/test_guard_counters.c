/* SPDX-License-Identifier: MIT */
/* The counters out of a /proc and a /sys that are made up. */
#include <math.h>

#include "session/guard.h"
#include "test.h"
#include "unit/host/fake_tree.h"

static struct fake_tree proc, sys;
static struct guard_counters counters;

/*
 * A machine of two CPUs, whatever its ticks are; two of the kernel's threads (PF_KTHREAD is 2 <<
 * 20) and a process with blanks and a parenthesis in its name.
 */
static int set_up(void **state)
{
	(void)state; /* cmocka's signature */
	fake_tree_open(&proc);
	fake_tree_open(&sys);
	fake_file(&proc, "stat",
		"cpu  100 20 300 4000 50 6 7 40 9 0\n"
		"cpu0 60 10 100 2000 30 3 4 30 5 0\n"
		"cpu10 900 900 900 0 0 0 0 900 0 0\n"
		"cpu1 40 10 200 2000 20 3 3 10 4 0\n"
		"intr 1\n");
	fake_file(&proc, "vmstat", "pswpin_more 9\nnr_pswpin 9\npswpin 3\npswpout 4\n");
	fake_file(&proc, "self/cgroup", "4:memory:/other\n0::/job\n");
	fake_file(&proc, "2/stat", "2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 10 20 7 8 20 0 1\n");
	fake_file(&proc, "9/stat", "9 (io_wq) S 2 0 0 0 -1 69238880 0 0 0 0 1 2 7 8 20 0 1\n");
	fake_file(&proc, "77/stat",
		"77 (a) S 0 0 0 0 -1 2129984 0 0 0 0 9 9) R 1 1 1 0 -1 4194304 1 2 3 4 500 600 "
		"7\n");
	fake_file(&proc, "irq/stat", "1 (x) S 0 0 0 0 -1 2129984 0 0 0 0 1000 0 0 0 20 0 1\n");
	fake_file(&sys, "fs/cgroup/job/cpu.stat",
		"usage_usec 5\nnr_periods 90\nnr_throttled 12\nthrottled_usec 8\n");
	fake_file(&sys, "devices/system/cpu/cpu0/thermal_throttle/core_throttle_count", "3\n");
	fake_file(&sys, "devices/system/cpu/cpu0/thermal_throttle/package_throttle_count", "5\n");
	fake_file(&sys, "devices/system/cpu/cpu1/thermal_throttle/core_throttle_count", "7\n");
	fake_file(&sys, "devices/system/cpu/cpu1/thermal_throttle/core_power_limit_count", "99\n");
	fake_file(&sys, "class/block/sda/stat", "1 2 300 4 5 6 70 8 0 9 10\n");
	fake_file(&sys, "class/block/nvme0n1/stat", "1 2 1000 4 5 6 2000 8 0 9 10 11 12\n");
	fake_file(&sys, "class/block/sda/device/hwmon/hwmon4/temp1_input", "41000\n");
	fake_file(&sys, "class/block/sda/device/hwmon/hwmon4/temp1_max", "60000\n");
	fake_file(&sys, "class/block/nvme0n1/device/hwmon6/temp1_input", "20000\n");
	fake_file(&sys, "class/block/nvme0n1/device/hwmon6/temp1_max", "90000\n");
	fake_file(&sys, "class/block/nvme0n1/device/hwmon7/temp1_input", "72500\n");
	fake_file(&sys, "class/block/nvme0n1/device/hwmon7/temp1_max", "70000\n");
	return 0;
}

/* *state: "/proc" and "/sys" are mounted. */
static int tear_down(void **state)
{
	fake_tree_close(&proc, *state ? "/proc" : NULL);
	fake_tree_close(&sys, *state ? "/sys" : NULL);
	*state = NULL;
	return 0;
}

static void read_machine(void **state, const struct guard_watch *watch)
{
	if (!*state) {
		need_mount(fake_tree_mount(&proc, "/proc"));
		if (!fake_tree_mount(&sys, "/sys"))
			abort();
		*state = (void *)"mounted";
	}
	guard_read(watch, &counters);
}

static double ticks(double seconds)
{
	return seconds * (double)sysconf(_SC_CLK_TCK);
}

TEST_FIXTURE(set_up, tear_down);

/* user, nice and system; neither idle time nor interrupts. */
TEST(the_time_of_all_cpus_is_one_line)
{
	const struct guard_watch all = {0};

	read_machine(state, &all);
	assert_true(ticks(counters.task_s) == 420);
	assert_true(ticks(counters.steal_s) == 40);
	assert_true(counters.when_s > 0 && counters.boot_s >= counters.when_s);
}

TEST(the_time_of_some_cpus_is_the_sum_of_their_lines)
{
	static unsigned second[] = {1}, both[] = {0, 1}, none[] = {5};
	const struct guard_watch one = {.pinned = {1, second}}, two = {.pinned = {2, both}},
				 missing = {.pinned = {1, none}};

	read_machine(state, &one); /* and not cpu10 */
	assert_true(ticks(counters.task_s) == 250);
	assert_true(ticks(counters.steal_s) == 10);
	read_machine(state, &two);
	assert_true(ticks(counters.task_s) == 420);
	assert_true(ticks(counters.steal_s) == 40);
	read_machine(state, &missing);
	assert_true(isnan(counters.task_s) && isnan(counters.steal_s));
}

/* Of processes, only those with PF_KTHREAD; a name may look like the rest of the line. */
TEST(the_kernels_threads_are_known_by_their_flag)
{
	const struct guard_watch all = {0};

	read_machine(state, &all);
	assert_true(ticks(counters.kernel_s) == 33);
}

TEST(throttled_periods_are_those_of_the_cgroup)
{
	const struct guard_watch all = {0};

	read_machine(state, &all);
	assert_true(counters.throttled_count == 12);
	fake_file(&proc, "self/cgroup", "4:cpu,cpuacct:/old\n3:memory:/job\n");
	fake_file(&sys, "fs/cgroup/cpu/old/cpu.stat", "nr_periods 90\nnr_throttled 34\n");
	read_machine(state, &all);
	assert_true(counters.throttled_count == 34);
	fake_file(&proc, "self/cgroup", "3:memory:/job\n");
	read_machine(state, &all);
	assert_true(isnan(counters.throttled_count));
}

TEST(swapped_pages_go_in_and_out)
{
	const struct guard_watch all = {0};

	read_machine(state, &all);
	assert_true(counters.swapped_pages == 7);
	fake_file(&proc, "vmstat", "pswpin 3\n");
	read_machine(state, &all);
	assert_true(isnan(counters.swapped_pages));
}

TEST(heat_slows_cpus_down_by_core_and_package)
{
	const struct guard_watch all = {0};

	read_machine(state, &all);
	assert_true(counters.hot_cpu_count == 15);
}

/* The hottest against its own limit: a SCSI monitor stands elsewhere than an NVMe drive's. */
TEST(disks_are_added_up_and_the_hottest_counts)
{
	const struct guard_watch one = {.disk_count = 1, .disks = {"sda"}};
	const struct guard_watch two = {.disk_count = 2, .disks = {"nvme0n1", "sda"}};
	const struct guard_watch gone = {.disk_count = 2, .disks = {"nvme0n1", "sdz"}};
	const struct guard_watch none = {0};

	read_machine(state, &one);
	assert_true(counters.disk_read_bytes == 300 * 512);
	assert_true(counters.disk_written_bytes == 70 * 512);
	assert_true(counters.hot_disk_degrees == -19);
	read_machine(state, &two);
	assert_true(counters.disk_read_bytes == 1300 * 512);
	assert_true(counters.disk_written_bytes == 2070 * 512);
	assert_true(counters.hot_disk_degrees == 2.5);
	read_machine(state, &gone);
	assert_true(isnan(counters.disk_read_bytes) && isnan(counters.disk_written_bytes));
	assert_true(counters.hot_disk_degrees == 2.5);
	read_machine(state, &none);
	assert_true(isnan(counters.disk_read_bytes) && isnan(counters.disk_written_bytes));
	assert_true(isnan(counters.hot_disk_degrees));
}

/* Drives without a limit say 0, or have no such file. */
TEST(a_drive_without_a_limit_is_never_too_hot)
{
	const struct guard_watch drive = {.disk_count = 1, .disks = {"nvme0n1"}};

	fake_file(&sys, "class/block/nvme0n1/device/hwmon6/temp1_max", "0\n");
	fake_file(&sys, "class/block/nvme0n1/device/hwmon7/temp1_max", "0\n");
	read_machine(state, &drive);
	assert_true(isnan(counters.hot_disk_degrees));
}

TEST(what_is_missing_is_not_known)
{
	const struct guard_watch all = {0};

	fake_tree_close(&proc, NULL);
	fake_tree_close(&sys, NULL);
	fake_tree_open(&proc);
	fake_tree_open(&sys);
	read_machine(state, &all);
	assert_true(isnan(counters.task_s) && isnan(counters.steal_s));
	assert_true(isnan(counters.throttled_count) && isnan(counters.swapped_pages));
	assert_true(isnan(counters.hot_cpu_count));
	assert_true(counters.kernel_s == 0); /* as in a container that sees its own only */
}

TEST_MAIN(NULL, NULL);

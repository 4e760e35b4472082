/* SPDX-License-Identifier: MIT */

#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/utsname.h>

#include "host/host_limits.h"
#include "test.h"
#include "unit/host/fake_tree.h"

static struct arena arena;

static int free_arena(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

TEST_FIXTURE(NULL, free_arena);

TEST(limits_of_this_process_are_read)
{
	struct rlimit before, low;
	struct host_limits limits;
	struct utsname name;

	assert_int_equal(getrlimit(RLIMIT_MEMLOCK, &before), 0);
	low = before;
	low.rlim_cur = 65536;
	assert_int_equal(setrlimit(RLIMIT_MEMLOCK, &low), 0);
	host_limits_read(&limits, &arena);
	assert_int_equal(limits.locked_bytes, 65536);
	assert_int_equal(setrlimit(RLIMIT_MEMLOCK, &before), 0);
	assert_int_equal(uname(&name), 0);
	assert_string_equal(limits.kernel, name.release);
	assert_string_equal(limits.architecture, name.machine);
	assert_int_equal(limits.user_id, geteuid());
}

TEST(only_the_cpus_of_this_process_count)
{
	struct host_limits limits;
	cpu_set_t before, one;
	int cpu = sched_getcpu();

	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	host_limits_read(&limits, &arena);
	assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
	assert_int_equal(limits.cpu_count, 1);
	assert_int_equal(limits.last_cpu, cpu);
}

static void mount_or_skip(const struct fake_tree *tree, const char *where)
{
	bool is_mounted = fake_tree_mount(tree, where);

	if (!is_mounted)
		fake_tree_close(tree, NULL);
	need_mount(is_mounted);
}

TEST(the_slowest_idle_state_that_is_enabled_is_found)
{
	struct host_limits limits;
	struct fake_tree tree;

	fake_tree_open(&tree);
	fake_file(&tree, "cpu0/cpufreq/scaling_governor", "powersave\n");
	fake_file(&tree, "cpu0/cpuidle/state0/name", "POLL\n");
	fake_file(&tree, "cpu0/cpuidle/state0/latency", "0\n");
	fake_file(&tree, "cpu0/cpuidle/state1/name", "C6\n");
	fake_file(&tree, "cpu0/cpuidle/state1/latency", "133\n");
	fake_file(&tree, "cpu0/cpuidle/state2/name", "C10\n");
	fake_file(&tree, "cpu0/cpuidle/state2/latency", "900\n");
	fake_file(&tree, "cpu0/cpuidle/state2/disable", "1\n");
	mount_or_skip(&tree, "/sys/devices/system/cpu");
	host_limits_read(&limits, &arena);
	fake_tree_close(&tree, "/sys/devices/system/cpu");
	assert_string_equal(limits.governor, "powersave");
	assert_string_equal(limits.deepest_idle_state, "C6");
	assert_int_equal(limits.idle_exit_us, 133);
}

TEST(switches_of_the_kernel_are_read)
{
	struct host_limits limits;
	struct fake_tree tree;

	fake_tree_open(&tree);
	fake_file(&tree, "fs/aio-nr", "12\n");
	fake_file(&tree, "fs/aio-max-nr", "65536\n");
	fake_file(&tree, "kernel/io_uring_disabled", "1\n");
	fake_file(&tree, "kernel/io_uring_group", "-1\n");
	fake_file(&tree, "kernel/perf_event_paranoid", "-1\n");
	mount_or_skip(&tree, "/proc/sys");
	host_limits_read(&limits, &arena);
	fake_tree_close(&tree, "/proc/sys");
	assert_int_equal(limits.aio_used, 12);
	assert_int_equal(limits.aio_limit, 65536);
	assert_int_equal(limits.io_uring_disabled, 1);
	assert_int_equal(limits.io_uring_group, -1);
	assert_int_equal(limits.perf_event_paranoid, -1);
}

TEST(what_the_kernel_has_not_is_not_told)
{
	struct host_limits limits;
	struct fake_tree tree;

	fake_tree_open(&tree);
	fake_file(&tree, "kernel/osrelease", "1\n");
	mount_or_skip(&tree, "/proc/sys");
	host_limits_read(&limits, &arena);
	fake_tree_close(&tree, "/proc/sys");
	assert_int_equal(limits.aio_used, -1);
	assert_int_equal(limits.aio_limit, -1);
	assert_int_equal(limits.io_uring_disabled, -1);
	assert_true(limits.perf_event_paranoid == INT64_MAX);
}

TEST_FIXTURE(NULL, NULL);

/* More than none, and no more than there is. */
TEST(available_memory_is_a_part_of_all)
{
	uint64_t all = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);

	assert_in_range(host_limits_memory(), 1 << 20, all);
}

TEST(files_are_allowed_up_to_the_hard_limit)
{
	struct rlimit before, limit;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	limit = (struct rlimit){64, before.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	host_limits_allow_files(36);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(limit.rlim_cur, 100);
	host_limits_allow_files(1ull << 40);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(limit.rlim_max, before.rlim_max);
	assert_true(limit.rlim_cur <= limit.rlim_max);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

TEST(limits_of_threads_have_their_values)
{
	struct arena texts = {0};
	const char *list = host_limits_of_threads(&texts);

	assert_non_null(strstr(list, "kernel.threads-max of "));
	assert_true(list[strlen(list) - 1] >= '0' && list[strlen(list) - 1] <= '9');
	arena_free(&texts);
}

TEST_MAIN(NULL, NULL);

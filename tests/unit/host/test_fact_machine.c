/* SPDX-License-Identifier: MIT */
/* Processors and kernel of a machine made up for the test. */
#include "test.h"
#include "unit/host/fact_check.h"
#include "unit/host/fake_sys.h"

#define CPU "devices/system/cpu/"

static struct fact_list list;

static int set_up(void **state)
{
	open_sys(state);
	fake_file(&sys, CPU "online", "0-3\n");
	list = (struct fact_list){.arena = &arena};
	return 0;
}

static void read_machine(void **state)
{
	if (!*state)
		mount_sys(state);
	list = (struct fact_list){.arena = &arena};
	fact_read_machine(&list);
}

TEST_FIXTURE(set_up, close_sys);

TEST(what_sysfs_does_not_have_is_unknown)
{
	read_machine(state);
	assert_fact(&list, FACT_HARD, "cpus_online", "0-3");
	assert_fact(&list, FACT_HARD, "cpu_cores", NULL);
	assert_fact(&list, FACT_HARD, "cpu_smt", NULL);
	assert_fact(&list, FACT_SOFT, "cpu_governor", NULL);
	assert_fact(&list, FACT_SOFT, "cpu_turbo", NULL);
	assert_fact(&list, FACT_SOFT, "cpu_deepest_idle_state", NULL);
	assert_fact(&list, FACT_SOFT, "cpu_mitigations", NULL);
	assert_fact(&list, FACT_SOFT, "clocksource", NULL);
}

TEST(cores_are_counted_once_for_all_their_threads)
{
	fake_file(&sys, CPU "smt/active", "1\n");
	fake_file(&sys, CPU "cpu0/topology/thread_siblings_list", "0,2\n");
	fake_file(&sys, CPU "cpu1/topology/thread_siblings_list", "1,3\n");
	fake_file(&sys, CPU "cpu2/topology/thread_siblings_list", "0,2\n");
	fake_file(&sys, CPU "cpu3/topology/thread_siblings_list", "1,3\n");
	fake_file(&sys, CPU "cpu10/topology/thread_siblings_list", "10-11\n");
	fake_file(&sys, CPU "cpufreq/boost", "0\n");
	read_machine(state);
	assert_fact(&list, FACT_HARD, "cpu_cores", "3");
	assert_fact(&list, FACT_HARD, "cpu_smt", "on");
	assert_fact(&list, FACT_SOFT, "cpu_turbo", "off");
}

TEST(governors_that_differ_are_all_named)
{
	fake_file(&sys, CPU "cpufreq/policy0/scaling_governor", "performance\n");
	fake_file(&sys, CPU "cpufreq/policy1/scaling_governor", "powersave\n");
	fake_file(&sys, CPU "cpufreq/policy2/scaling_governor", "performance\n");
	fake_file(&sys, CPU "cpufreq/policy0/scaling_driver", "intel_pstate\n");
	fake_file(&sys, CPU "cpufreq/policy0/scaling_max_freq", "3800000\n");
	fake_file(&sys, CPU "intel_pstate/no_turbo", "0\n");
	read_machine(state);
	assert_fact(&list, FACT_SOFT, "cpu_governor", "performance,powersave");
	assert_fact(&list, FACT_SOFT, "cpu_frequency_driver", "intel_pstate");
	assert_fact(&list, FACT_SOFT, "cpu_max_khz", "3800000");
	assert_fact(&list, FACT_SOFT, "cpu_turbo", "on");
}

TEST(deepest_idle_state_is_one_that_is_not_disabled)
{
	fake_file(&sys, CPU "cpu0/cpuidle/state0/name", "POLL\n");
	fake_file(&sys, CPU "cpu0/cpuidle/state0/latency", "0\n");
	fake_file(&sys, CPU "cpu0/cpuidle/state0/disable", "0\n");
	fake_file(&sys, CPU "cpu0/cpuidle/state2/name", "C1E\n");
	fake_file(&sys, CPU "cpu0/cpuidle/state2/latency", "10\n");
	fake_file(&sys, CPU "cpu0/cpuidle/state2/disable", "0\n");
	fake_file(&sys, CPU "cpu0/cpuidle/state1/name", "C6\n");
	fake_file(&sys, CPU "cpu0/cpuidle/state1/latency", "133\n");
	fake_file(&sys, CPU "cpu0/cpuidle/state1/disable", "1\n");
	read_machine(state);
	assert_fact(&list, FACT_SOFT, "cpu_deepest_idle_state", "C1E 10 us");
	fake_file(&sys, CPU "cpu0/cpuidle/state1/disable", "0\n");
	read_machine(state);
	assert_fact(&list, FACT_SOFT, "cpu_deepest_idle_state", "C6 133 us");
}

TEST(mitigations_differ_when_one_does)
{
	const char *before;

	fake_file(&sys, CPU "vulnerabilities/meltdown", "Mitigation: PTI\n");
	fake_file(&sys, CPU "vulnerabilities/spectre_v1", "Vulnerable\n");
	read_machine(state);
	before = find_fact(&list, FACT_SOFT, "cpu_mitigations")->value;
	assert_non_null(before);
	read_machine(state);
	assert_fact(&list, FACT_SOFT, "cpu_mitigations", before);
	fake_file(&sys, CPU "vulnerabilities/spectre_v1", "Not affected\n");
	read_machine(state);
	assert_string_not_equal(find_fact(&list, FACT_SOFT, "cpu_mitigations")->value, before);
}

TEST(command_line_shows_what_concerns_speed_only)
{
	char path[PATH_MAX];

	fake_file(&sys, "cmdline",
		"BOOT_IMAGE=/vmlinuz root=UUID=1234 isolcpus=2-3 password=x nvme.poll_queues=4 ro "
		"mitigations=off\n");
	read_machine(state); /* in a namespace of our own from here on */
	snprintf(path, sizeof(path), "/sys/cmdline");
	if (mount(path, "/proc/cmdline", NULL, MS_BIND, NULL) < 0) {
		print_message("skipped: may not mount over /proc/cmdline\n");
		skip();
	}
	read_machine(state);
	assert_int_equal(umount("/proc/cmdline"), 0);
	assert_fact(&list, FACT_SOFT, "kernel_command_line",
		"isolcpus=2-3 nvme.poll_queues=4 mitigations=off");
	assert_non_null(find_fact(&list, FACT_SOFT, "kernel_command_line_hash")->value);
}

TEST_MAIN(NULL, NULL);

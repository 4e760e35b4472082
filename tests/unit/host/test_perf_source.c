/* SPDX-License-Identifier: MIT */
/* The events of CPUs of one kind and of several, by a made-up sysfs. */
#include <linux/perf_event.h>

#include "host/perf_source.h"
#include "test.h"
#include "unit/host/fake_sys.h"

TEST_FIXTURE(open_sys, close_sys);

/* Of two kinds of CPUs each has its events; one kind has the plain ones. */
TEST(each_kind_of_cpu_has_its_own_events)
{
	struct perf_source sources[PERF_SOURCE_LIMIT];

	fake_file(&sys, "bus/event_source/devices/cpu_atom/type", "10\n");
	fake_file(&sys, "bus/event_source/devices/cpu_atom/cpus", "8-15\n");
	fake_file(&sys, "bus/event_source/devices/cpu_core/type", "4\n");
	fake_file(&sys, "bus/event_source/devices/cpu_core/cpus", "0-7\n");
	fake_file(&sys, "bus/event_source/devices/uncore_imc/type", "20\n");
	fake_file(&sys, "bus/event_source/devices/uncore_imc/cpumask", "0\n");
	mount_sys(state);
	assert_int_equal(perf_source_list(sources), 2);
	assert_int_equal(sources[0].type, PERF_TYPE_HARDWARE);
	assert_true(sources[0].instructions == (10ull << 32 | PERF_COUNT_HW_INSTRUCTIONS));
	assert_true(sources[0].cycles == (10ull << 32 | PERF_COUNT_HW_CPU_CYCLES));
	assert_true(sources[1].instructions == (4ull << 32 | PERF_COUNT_HW_INSTRUCTIONS));
}

TEST(cpus_of_one_kind_have_the_plain_events)
{
	struct perf_source sources[PERF_SOURCE_LIMIT];

	fake_file(&sys, "bus/event_source/devices/armv8_pmuv3_0/type", "8\n");
	fake_file(&sys, "bus/event_source/devices/armv8_pmuv3_0/cpus", "0-3\n");
	mount_sys(state);
	assert_int_equal(perf_source_list(sources), 1);
	assert_int_equal(sources[0].type, PERF_TYPE_HARDWARE);
	assert_true(sources[0].instructions == PERF_COUNT_HW_INSTRUCTIONS);
	assert_true(sources[0].cycles == PERF_COUNT_HW_CPU_CYCLES);
}

TEST(without_sysfs_there_are_the_plain_events)
{
	struct perf_source sources[PERF_SOURCE_LIMIT];

	mount_sys(state);
	assert_int_equal(perf_source_list(sources), 1);
	assert_int_equal(sources[0].type, PERF_TYPE_HARDWARE);
	assert_true(sources[0].instructions == PERF_COUNT_HW_INSTRUCTIONS);
}

TEST_MAIN(NULL, NULL);

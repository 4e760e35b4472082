/* SPDX-License-Identifier: MIT */
/* Events by what sysfs lists. */
#include "host/perf_source.h"

#include <linux/perf_event.h>
#include <unistd.h>

#include "host/sysfs.h"

#define PMU_FOLDER "/sys/bus/event_source/devices"

enum { EXTENDED_TYPE_SHIFT = 32 }; /* PERF_PMU_TYPE_SHIFT: a PMU's number above an event's */

/*
 * A PMU of CPUs has a file "cpus" where there may be several kinds (x86's cpu_core and cpu_atom,
 * ARM's armv8_*). PERF_TYPE_HARDWARE alone means the first of them, and counts on its CPUs only.
 * Source: tools/perf/Documentation/intel-hybrid.txt in the kernel's source.
 */
size_t perf_source_list(struct perf_source sources[PERF_SOURCE_LIMIT])
{
	struct arena arena = {0};
	char **names = sysfs_entries(&arena, NULL, PMU_FOLDER);
	size_t count = 0;

	for (; names && *names && count < PERF_SOURCE_LIMIT; names++) {
		const char *folder = arena_printf(&arena, PMU_FOLDER "/%s", *names);
		int64_t type;
		uint64_t prefix;

		/* Most are none of CPUs. */
		if (access(arena_printf(&arena, "%s/cpus", folder), R_OK) < 0)
			continue;
		type = sysfs_number(&arena, -1, "%s/type", folder);
		if (type < 0)
			continue;
		prefix = (uint64_t)type << EXTENDED_TYPE_SHIFT;
		sources[count++] = (struct perf_source){
			.type = PERF_TYPE_HARDWARE,
			.instructions = prefix | PERF_COUNT_HW_INSTRUCTIONS,
			.cycles = prefix | PERF_COUNT_HW_CPU_CYCLES,
		};
	}
	arena_free(&arena);
	if (count > 1)
		return count;
	sources[0] = (struct perf_source){
		.type = PERF_TYPE_HARDWARE,
		.instructions = PERF_COUNT_HW_INSTRUCTIONS,
		.cycles = PERF_COUNT_HW_CPU_CYCLES,
	};
	return 1;
}

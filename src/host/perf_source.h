/* SPDX-License-Identifier: MIT */
/*
 * Which events count instructions and cycles on this machine. A file of its own: a test program has
 * another perf_source_list in its place, with events that need no PMU.
 */
#ifndef HOST_PERF_SOURCE_H
#define HOST_PERF_SOURCE_H

#include <stddef.h>
#include <stdint.h>

/* Of one kind of CPU: perf_event_attr's type and config. */
struct perf_source {
	uint32_t type;
	uint64_t instructions;
	uint64_t cycles;
};
enum { PERF_SOURCE_LIMIT = 4 };

/*
 * One; or where CPUs are of several kinds (sysfs has a PMU for each) one a kind. Returns their
 * number. A counter opens all: it counts a thread on whichever CPU that runs.
 */
size_t perf_source_list(struct perf_source sources[PERF_SOURCE_LIMIT]);

#endif

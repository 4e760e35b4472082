/* SPDX-License-Identifier: MIT */
/* How long CPUs were idle, by the kernel's count (/proc/stat): idle, and idle with I/O under way.
 */
#ifndef HOST_CPU_IDLE_H
#define HOST_CPU_IDLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct cpu_idle_cpu {
	unsigned number;
	uint64_t idle, all; /* ticks */
};

struct cpu_idle {
	size_t count;              /* 0: it could not be read */
	struct cpu_idle_cpu *cpus; /* those that are online, by number */
};

struct cpu_idle cpu_idle_read(struct arena *arena);

/* The same of a text that is as /proc/stat. */
struct cpu_idle cpu_idle_parse(const char *text, struct arena *arena);

/* What came between two readings; a CPU that is in one of them alone is left out. */
struct cpu_idle cpu_idle_between(
	const struct cpu_idle *before, const struct cpu_idle *after, struct arena *arena);

/* In percent: of one, of all together. 0 where no time went by. */
double cpu_idle_percent(const struct cpu_idle_cpu *cpu);
double cpu_idle_percent_of_all(const struct cpu_idle *idle);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What disturbed a trial, told by causes and never by how its figures look: CPU time that the
 * hypervisor or a cgroup took away, others' I/O on the same disk, others' CPU time, swapping,
 * throttling heat, a suspended machine. The counters are the kernel's, system-wide.
 */
#ifndef SESSION_GUARD_H
#define SESSION_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum guard_cause {
	GUARD_STEAL,       /* of a CPU */
	GUARD_THROTTLED,   /* periods in which the cgroup had used up its CPU time */
	GUARD_FOREIGN_IO,  /* bytes on the disks that the trial did not move, of its own */
	GUARD_PRESSURE,    /* time in which a thread waited for a CPU (PSI) */
	GUARD_FOREIGN_CPU, /* of a CPU, beyond what was used before the session */
	GUARD_SWAP_IN,     /* pages */
	GUARD_SUSPENDED,   /* seconds that the machine slept */
	GUARD_CAUSE_COUNT,
};

/* What a trial may have of each cause before it is run again. */
struct guard_threshold {
	const char *name; /* "steal": in documents */
	const char *what; /* "steal by the hypervisor was", then the delta, */
	const char *unit; /* and "% of a CPU" */
	double scale;     /* of the delta, for that sentence */
	double most;
};
extern const struct guard_threshold guard_thresholds[GUARD_CAUSE_COUNT];

enum { GUARD_DISKS_LIMIT = 16 };

/* Where a contender's I/O goes. */
struct guard_watch {
	size_t disk_count; /* 0 where I/O may stay in the page cache: then nothing can be told */
	const char *disks[GUARD_DISKS_LIMIT];
	unsigned threads;  /* of its own; more than there are CPUs wait for each other */
	double idle_cores; /* what others used before the session */
};

/* The kernel's counters at one moment; what cannot be read is NAN. */
struct guard_counters {
	double when_s; /* CLOCK_MONOTONIC */
	double boot_s; /* CLOCK_BOOTTIME */
	double busy_s; /* CPU time of all CPUs that was not idle, steal included */
	double steal_s;
	double throttled_count;
	double pressure_s;
	double swapped_in;
	double disk_bytes;
};

void guard_read(const struct guard_watch *watch, struct guard_counters *counters);

/* What the trial itself used meanwhile, for what is left to be others'. */
struct guard_own {
	double cpu_s;
	double io_bytes; /* sent to storage; NAN: not known */
};

/*
 * What happened between two moments, in the units of guard_cause; NAN: not known, as all shares of
 * time are over less than 0.1 s, which is only a few ticks.
 */
void guard_compare(const struct guard_watch *watch, const struct guard_counters *before,
	const struct guard_counters *after, const struct guard_own *own,
	double deltas[GUARD_CAUSE_COUNT]);

/* Bits of the causes beyond their thresholds. */
unsigned guard_judge(const double deltas[GUARD_CAUSE_COUNT]);

/* "time stolen by the hypervisor: 2.4 % of a CPU" for the first of the causes; NULL: none. */
const char *guard_sentence(
	unsigned causes, const double deltas[GUARD_CAUSE_COUNT], struct arena *arena);

#endif

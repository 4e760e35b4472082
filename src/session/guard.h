/* SPDX-License-Identifier: MIT */
/*
 * Disturbances of a trial, found by causes and never by how its figures look: CPU time that the
 * hypervisor, a cgroup or other processes took away, others' I/O on the same disk, swapping, heat,
 * a suspended machine. A trial does not disturb itself: threads that wait for each other
 * because there are more of them than CPUs are what its contender is like.
 */
#ifndef SESSION_GUARD_H
#define SESSION_GUARD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "job/job_types.h"
#include "verdict/session.h"

/* How much of each cause a trial may have before it is run again. */
struct guard_threshold {
	const char *name; /* "steal": in documents */
	const char *what; /* "time stolen by the hypervisor", then the delta, */
	const char *unit; /* and " % of a CPU" */
	double scale;     /* of the delta, for that sentence */
	double most;
};
extern const struct guard_threshold guard_thresholds[GUARD_CAUSE_COUNT];

enum { GUARD_DISKS_LIMIT = 16 };

/* The disks, CPUs and threads of a contender. */
struct guard_watch {
	size_t disk_count;
	const char *disks[GUARD_DISKS_LIMIT];
	bool is_direct;         /* else I/O may stay in the page cache: others' is unknown */
	bool writes_files;      /* a file system writes, too: others' writes are unknown */
	unsigned threads;       /* of its own, poll threads included */
	struct job_cpus pinned; /* CPUs that all of them are bound to; count 0: they are not */
	double idle_cores;      /* what others used of these CPUs before the session */
};

/* One disk more, where there is room; those that are known are not added again. */
void guard_watch_disk(struct guard_watch *watch, const char *disk, struct arena *arena);

/* The kernel's counters at one moment; what cannot be read is NAN. */
struct guard_counters {
	double when_s; /* CLOCK_MONOTONIC */
	double boot_s; /* CLOCK_BOOTTIME */
	double task_s; /* CPU time of all tasks on the CPUs in question; no interrupts, no steal */
	double kernel_s; /* of it: of the kernel's own threads, whose work may well be ours */
	double steal_s;
	double throttled_count;
	double swapped_pages;
	double hot_cpu_count;
	double hot_disk_degrees; /* the hottest disk against its own warning temperature */
	double disk_read_bytes;
	double disk_written_bytes;
};

void guard_read(const struct guard_watch *watch, struct guard_counters *counters);

/* How many CPUs a trial's threads may use. */
unsigned guard_cpu_count(const struct guard_watch *watch);

/* The trial's own doing meanwhile, of all its threads; NAN: unknown. */
struct guard_own {
	double cpu_s;           /* user and system */
	double read_bytes;      /* from storage */
	double written_bytes;   /* to storage */
	double waited_s;        /* its threads stood ready to run without a CPU, together */
	double preempted_count; /* involuntary context switches; NAN: or there are helpers */
};

/* The doing of one more that ran at the same time. */
void guard_own_add(struct guard_own *sum, const struct guard_own *own);

/* CPUs that others used, on average: neither the trial nor the kernel's threads. */
double guard_others_cores(const struct guard_counters *before, const struct guard_counters *after,
	const struct guard_own *own);

/*
 * What others use of the CPUs while nothing of ours runs, into idle_cores: waits so long, or until
 * a signal, unless `known` (may be NULL), where it was measured, has the same CPUs.
 */
void guard_measure_idle(
	struct guard_watch *watch, const struct guard_watch *known, uint64_t wait_ns);

/*
 * The difference of two moments, in the units of guard_cause; NAN: unknown, as all shares of
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

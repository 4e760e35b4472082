/* SPDX-License-Identifier: MIT */
/* Causes out of counters, and their thresholds. */
#include "session/guard.h"

#include <math.h>
#include <string.h>
#include <sys/param.h>
#include <unistd.h>

const struct guard_threshold guard_thresholds[GUARD_CAUSE_COUNT] = {
	[GUARD_STEAL] = {"steal", "time stolen by the hypervisor", " % of a CPU", 100, 0.02},
	[GUARD_THROTTLED] = {"throttled", "stopped by the cgroup's CPU limit", " times", 1, 0},
	[GUARD_FOREIGN_IO] = {"foreign_io", "others' I/O on the disk", " % of ours", 100, 0.01},
	[GUARD_WAITED] = {"waited_for_cpu", "threads waited for CPUs that others used",
		" % of the time", 100, 0.05},
	[GUARD_FOREIGN_CPU] = {"foreign_cpu", "others' CPU time", " % of the CPUs more than before",
		100, 0.10},
	[GUARD_PREEMPTED] = {"preempted", "threads preempted on CPUs of their own",
		" times a second", 1, 200},
	[GUARD_SWAP] = {"swap", "swapped", " pages", 1, 0},
	[GUARD_HOT_CPU] = {"hot_cpu", "CPUs slowed down by heat", " times", 1, 0},
	[GUARD_HOT_DISK] = {"hot_disk", "the disk above its warning temperature", " degrees", 1, 0},
	[GUARD_SUSPENDED] = {"suspended", "the machine was suspended", " s", 1, 0.001},
};

/* Others' I/O below this is the file system's own bookkeeping. */
#define FOREIGN_IO_BYTES_PER_S (1 << 20)

/*
 * A share of the time: the kernel's threads preempt a trial's, too, to do its work. It is a
 * disturbance only where others had some CPU time.
 */
#define LEAST_WAIT 0.01

/* Ticks are 10 ms: shares of less time than this are noise. */
#define SHORTEST_S 0.1

unsigned guard_cpu_count(const struct guard_watch *watch)
{
	long count = sysconf(_SC_NPROCESSORS_ONLN);

	if (watch->pinned.count > 0)
		return (unsigned)watch->pinned.count;
	return count > 0 ? (unsigned)count : 1;
}

void guard_watch_disk(struct guard_watch *watch, const char *disk, struct arena *arena)
{
	for (size_t i = 0; i < watch->disk_count; i++) {
		if (strcmp(watch->disks[i], disk) == 0)
			return;
	}
	if (watch->disk_count < GUARD_DISKS_LIMIT)
		watch->disks[watch->disk_count++] = arena_strdup(arena, disk);
}

void guard_own_add(struct guard_own *sum, const struct guard_own *own)
{
	sum->cpu_s += own->cpu_s;
	sum->read_bytes += own->read_bytes;
	sum->written_bytes += own->written_bytes;
	sum->waited_s += own->waited_s;
	sum->preempted_count += own->preempted_count;
}

double guard_others_cores(const struct guard_counters *before, const struct guard_counters *after,
	const struct guard_own *own)
{
	double others_s = after->task_s - before->task_s - own->cpu_s;
	double kernel_s = after->kernel_s - before->kernel_s;

	/* Kernel threads that ended take their time with them. */
	if (kernel_s > 0)
		others_s -= kernel_s;
	if (isnan(others_s))
		return NAN;
	return fmax(0, others_s) / (after->when_s - before->when_s);
}

/*
 * Others' share of what went over the disks, 0 where it is too little to matter. The writes of a
 * file system beside a trial's data, its journal first of all, looks like others' writes.
 */
static double foreign_io(const struct guard_watch *watch, const struct guard_counters *before,
	const struct guard_counters *after, const struct guard_own *own)
{
	double reads = after->disk_read_bytes - before->disk_read_bytes - own->read_bytes;
	double writes = after->disk_written_bytes - before->disk_written_bytes - own->written_bytes;
	double own_bytes = own->read_bytes + own->written_bytes;
	double foreign = fmax(0, reads) + (watch->writes_files ? 0 : fmax(0, writes));

	if (!watch->is_direct || isnan(reads) || isnan(writes))
		return NAN;
	if (foreign < FOREIGN_IO_BYTES_PER_S * (after->when_s - before->when_s))
		return 0;
	return own_bytes > 0 ? foreign / own_bytes : INFINITY;
}

/*
 * The pressure that the kernel reports (PSI) does not say who waited for whom. Threads that stood
 * ready to run lost to others no more than others ran, and the rest of it to each other.
 */
static double waited_for_others(
	const struct guard_watch *watch, double waited_cores, double others_cores)
{
	if (isnan(waited_cores) || isnan(others_cores))
		return NAN;
	return fmin(waited_cores, others_cores) / MAX(watch->threads, 1);
}

static double beyond_before(const struct guard_watch *watch, double others_cores)
{
	if (isnan(others_cores))
		return NAN;
	return fmax(0, others_cores - watch->idle_cores) / guard_cpu_count(watch);
}

void guard_compare(const struct guard_watch *watch, const struct guard_counters *before,
	const struct guard_counters *after, const struct guard_own *own,
	double deltas[GUARD_CAUSE_COUNT])
{
	double elapsed_s = after->when_s - before->when_s;
	double others_cores = guard_others_cores(before, after, own);
	bool owns_cpus = watch->pinned.count > 0 && watch->threads <= watch->pinned.count;

	deltas[GUARD_STEAL] = (after->steal_s - before->steal_s) / elapsed_s;
	deltas[GUARD_THROTTLED] = after->throttled_count - before->throttled_count;
	deltas[GUARD_FOREIGN_IO] = foreign_io(watch, before, after, own);
	deltas[GUARD_WAITED] = waited_for_others(watch, own->waited_s / elapsed_s, others_cores);
	deltas[GUARD_FOREIGN_CPU] = beyond_before(watch, others_cores);
	deltas[GUARD_PREEMPTED] = NAN;
	if (owns_cpus && deltas[GUARD_WAITED] >= LEAST_WAIT)
		deltas[GUARD_PREEMPTED] = own->preempted_count / elapsed_s;
	deltas[GUARD_SWAP] = after->swapped_pages - before->swapped_pages;
	deltas[GUARD_HOT_CPU] = after->hot_cpu_count - before->hot_cpu_count;
	deltas[GUARD_HOT_DISK] = after->hot_disk_degrees;
	deltas[GUARD_SUSPENDED] = (after->boot_s - before->boot_s) - elapsed_s;
	if (elapsed_s < SHORTEST_S)
		deltas[GUARD_STEAL] = deltas[GUARD_WAITED] = deltas[GUARD_FOREIGN_CPU] =
			deltas[GUARD_PREEMPTED] = NAN;
}

unsigned guard_judge(const double deltas[GUARD_CAUSE_COUNT])
{
	unsigned causes = 0;

	for (int i = 0; i < GUARD_CAUSE_COUNT; i++) {
		if (deltas[i] > guard_thresholds[i].most)
			causes |= 1u << i;
	}
	return causes;
}

const char *guard_sentence(
	unsigned causes, const double deltas[GUARD_CAUSE_COUNT], struct arena *arena)
{
	for (int i = 0; i < GUARD_CAUSE_COUNT; i++) {
		const struct guard_threshold *threshold = &guard_thresholds[i];

		if (causes & 1u << i)
			return arena_printf(arena, "%s: %.3g%s", threshold->what,
				deltas[i] * threshold->scale, threshold->unit);
	}
	return NULL;
}

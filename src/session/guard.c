/* SPDX-License-Identifier: MIT */
/*
 * Counters from proc(5), sysfs and the cgroup of this process.
 * Sources: proc(5); Documentation/accounting/psi.rst; Documentation/admin-guide/cgroup-v2.rst.
 */
#include "session/guard.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "host/block_device.h"

const struct guard_threshold guard_thresholds[GUARD_CAUSE_COUNT] = {
	[GUARD_STEAL] = {"steal", "time stolen by the hypervisor", " % of a CPU", 100, 0.02},
	[GUARD_THROTTLED] = {"throttled", "stopped by the cgroup's CPU limit", " times", 1, 0},
	[GUARD_FOREIGN_IO] = {"foreign_io", "others' I/O on the disk", " % of ours", 100, 0.01},
	[GUARD_PRESSURE] = {"cpu_pressure", "threads waiting for a CPU", " % of the time", 100,
		0.10},
	[GUARD_FOREIGN_CPU] = {"foreign_cpu", "others' CPU time", " % of a CPU more than before",
		100, 0.20},
	[GUARD_SWAP_IN] = {"swap_in", "swapped in", " pages", 1, 0},
	[GUARD_SUSPENDED] = {"suspended", "the machine slept", " s", 1, 0.001},
};

/* Others' I/O below this is the file system's own bookkeeping. */
#define FOREIGN_IO_BYTES_PER_S (1 << 20)

/* Ticks are 10 ms: shares of less time than this are noise. */
#define SHORTEST_S 0.1

static double seconds(clockid_t clock)
{
	struct timespec now;

	if (clock_gettime(clock, &now) != 0)
		return NAN;
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The number after `word` at the start of a line; NAN: there is none. */
static double number_after(const char *text, const char *word)
{
	size_t length = strlen(word);

	for (const char *line = text; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, word, length) == 0)
			return strtod(line + length, NULL);
	}
	return NAN;
}

/* The first line of /proc/stat: user nice system idle iowait irq softirq steal, in ticks. */
static void read_cpu_times(struct arena *arena, struct guard_counters *counters)
{
	const char *text = text_read_file(arena, "/proc/stat");
	double ticks = (double)sysconf(_SC_CLK_TCK);
	double t[8];

	if (!text || sscanf(text, "cpu %lf %lf %lf %lf %lf %lf %lf %lf", &t[0], &t[1], &t[2], &t[3],
			     &t[4], &t[5], &t[6], &t[7]) != 8)
		return;
	counters->busy_s = (t[0] + t[1] + t[2] + t[5] + t[6] + t[7]) / ticks;
	counters->steal_s = t[7] / ticks;
}

/* cgroup 2 has one line "0::/path"; of cgroup 1 the cpu controller's. */
static double read_throttled(struct arena *arena)
{
	char *text = text_read_file(arena, "/proc/self/cgroup");
	char *rest = NULL;

	for (char *line = text ? strtok_r(text, "\n", &rest) : NULL; line;
		line = strtok_r(NULL, "\n", &rest)) {
		const char *controllers = strchr(line, ':');
		const char *path = controllers ? strchr(controllers + 1, ':') : NULL;
		const char *folder = NULL;
		const char *stat;

		if (path && path == controllers + 1)
			folder = "";
		else if (path && strncmp(controllers + 1, "cpu", 3) == 0)
			folder = "/cpu";
		if (!folder)
			continue;
		stat = text_read_file(arena,
			arena_printf(arena, "/sys/fs/cgroup%s%s/cpu.stat", folder, path + 1));
		if (stat)
			return number_after(stat, "nr_throttled ");
	}
	return NAN;
}

static double read_pressure(struct arena *arena)
{
	const char *text = text_read_file(arena, "/proc/pressure/cpu");
	const char *total = text ? strstr(text, "total=") : NULL;

	return total ? strtod(total + strlen("total="), NULL) / 1e6 : NAN;
}

static double read_disks(const struct guard_watch *watch)
{
	double bytes = 0;

	for (size_t i = 0; i < watch->disk_count; i++) {
		struct disk_counters counters;

		if (disk_counters_read(watch->disks[i], &counters) != 0)
			return NAN;
		bytes += 512.0 * (double)(counters.read_sectors + counters.write_sectors);
	}
	return watch->disk_count > 0 ? bytes : NAN;
}

void guard_read(const struct guard_watch *watch, struct guard_counters *counters)
{
	struct arena arena = {0};
	const char *vmstat = text_read_file(&arena, "/proc/vmstat");

	*counters = (struct guard_counters){
		.when_s = seconds(CLOCK_MONOTONIC),
		.boot_s = seconds(CLOCK_BOOTTIME),
		.busy_s = NAN,
		.steal_s = NAN,
		.throttled_count = read_throttled(&arena),
		.pressure_s = read_pressure(&arena),
		.swapped_in = vmstat ? number_after(vmstat, "pswpin ") : NAN,
		.disk_bytes = read_disks(watch),
	};
	read_cpu_times(&arena, counters);
	arena_free(&arena);
}

/* Others' share of what went over the disks, 0 where it is too little to matter. */
static double foreign_io(double disk_bytes, double own_bytes, double elapsed_s)
{
	double foreign = disk_bytes - own_bytes;

	if (isnan(foreign))
		return NAN;
	if (foreign < FOREIGN_IO_BYTES_PER_S * elapsed_s)
		return 0;
	return own_bytes > 0 ? foreign / own_bytes : INFINITY;
}

void guard_compare(const struct guard_watch *watch, const struct guard_counters *before,
	const struct guard_counters *after, const struct guard_own *own,
	double deltas[GUARD_CAUSE_COUNT])
{
	double elapsed_s = after->when_s - before->when_s;
	bool fits = watch->threads <= (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
	double busy_s = after->busy_s - before->busy_s;
	double foreign_cores =
		(busy_s - own->cpu_s - (after->steal_s - before->steal_s)) / elapsed_s;

	deltas[GUARD_STEAL] = (after->steal_s - before->steal_s) / elapsed_s;
	deltas[GUARD_THROTTLED] = after->throttled_count - before->throttled_count;
	deltas[GUARD_FOREIGN_IO] =
		foreign_io(after->disk_bytes - before->disk_bytes, own->io_bytes, elapsed_s);
	deltas[GUARD_PRESSURE] = fits ? (after->pressure_s - before->pressure_s) / elapsed_s : NAN;
	deltas[GUARD_FOREIGN_CPU] = fmax(0, foreign_cores - watch->idle_cores);
	deltas[GUARD_SWAP_IN] = after->swapped_in - before->swapped_in;
	deltas[GUARD_SUSPENDED] = (after->boot_s - before->boot_s) - elapsed_s;
	if (isnan(foreign_cores))
		deltas[GUARD_FOREIGN_CPU] = NAN;
	if (elapsed_s < SHORTEST_S)
		deltas[GUARD_STEAL] = deltas[GUARD_PRESSURE] = deltas[GUARD_FOREIGN_CPU] = NAN;
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

/* SPDX-License-Identifier: MIT */
/*
 * The counters that guards compare, from proc(5), sysfs and the cgroup of this process.
 * Sources: proc(5); the kernel's Documentation/admin-guide/cgroup-v2.rst,
 * hwmon/sysfs-interface.rst, arch/x86/kernel/cpu/mce/therm_throt.c (thermal_throttle),
 * include/linux/sched.h (PF_KTHREAD).
 */
#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"
#include "host/kernel_counter.h"
#include "session/guard.h"

#define PF_KTHREAD 0x00200000UL

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

/* Adds a line of /proc/stat: user nice system idle iowait irq softirq steal, in ticks. */
static void add_cpu_line(const char *text, const char *name, struct guard_counters *counters)
{
	size_t length = strlen(name);
	double ticks = (double)sysconf(_SC_CLK_TCK);
	double t[8];

	while (text && (strncmp(text, name, length) != 0 || text[length] != ' ')) {
		text = strchr(text, '\n');
		text += text != NULL;
	}
	if (!text || sscanf(text + length, "%lf %lf %lf %lf %lf %lf %lf %lf", &t[0], &t[1], &t[2],
			     &t[3], &t[4], &t[5], &t[6], &t[7]) != 8)
		return;
	counters->task_s = fmax(counters->task_s, 0) + (t[0] + t[1] + t[2]) / ticks;
	counters->steal_s = fmax(counters->steal_s, 0) + t[7] / ticks;
}

static void read_cpu_times(
	struct arena *arena, const struct job_cpus *cpus, struct guard_counters *counters)
{
	const char *text = text_read_file(arena, "/proc/stat");

	counters->task_s = counters->steal_s = NAN;
	if (cpus->count == 0)
		add_cpu_line(text, "cpu", counters);
	for (size_t i = 0; i < cpus->count; i++)
		add_cpu_line(text, arena_printf(arena, "cpu%u", cpus->cpus[i]), counters);
}

/* CPU time of a process in ticks where it is a thread of the kernel's, else 0. */
static double kernel_ticks(int proc, const char *pid)
{
	char path[64], text[512];
	unsigned long flags, user, system;
	const char *rest;
	ssize_t bytes;

	snprintf(path, sizeof(path), "%.16s/stat", pid);
	{
		AUTO_CLOSE int file = openat(proc, path, O_RDONLY | O_CLOEXEC);

		bytes = file < 0 ? -1 : read(file, text, sizeof(text) - 1);
	}
	if (bytes <= 0)
		return 0; /* it has ended */
	text[bytes] = '\0';
	rest = strrchr(text, ')'); /* names may hold anything */
	if (!rest || sscanf(rest, ") %*c %*d %*d %*d %*d %*d %lu %*u %*u %*u %*u %lu %lu", &flags,
			     &user, &system) != 3)
		return 0;
	return flags & PF_KTHREAD ? (double)(user + system) : 0;
}

/*
 * All CPUs together. Interrupts' bottom halves, block queues, writeback, loop devices and
 * encryption do a trial's work there. Inside a container they cannot be seen: then it is 0.
 */
static double read_kernel_threads(void)
{
	DIR *proc = opendir("/proc");
	double ticks = 0;

	if (!proc)
		return NAN;
	for (struct dirent *entry = readdir(proc); entry; entry = readdir(proc)) {
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			ticks += kernel_ticks(dirfd(proc), entry->d_name);
	}
	closedir(proc);
	return ticks / (double)sysconf(_SC_CLK_TCK);
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

/* The sum of numbers in files. */
static double sum_of_files(const char *pattern)
{
	struct arena arena = {0};
	double sum = NAN;
	glob_t paths;

	if (glob(pattern, GLOB_NOSORT, NULL, &paths) != 0)
		return NAN;
	for (size_t i = 0; i < paths.gl_pathc; i++) {
		const char *text = text_read_file(&arena, paths.gl_pathv[i]);

		if (text)
			sum = fmax(sum, 0) + strtod(text, NULL);
	}
	globfree(&paths);
	arena_free(&arena);
	return sum;
}

/* temp1_input - temp1_max of hwmon's folders, the greatest. */
static double degrees_above_warning(const char *folder_pattern)
{
	struct arena arena = {0};
	double degrees = NAN;
	glob_t folders;

	if (glob(folder_pattern, 0, NULL, &folders) != 0)
		return NAN;
	for (size_t i = 0; i < folders.gl_pathc; i++) {
		const char *folder = folders.gl_pathv[i];
		const char *now =
			text_read_file(&arena, arena_printf(&arena, "%s/temp1_input", folder));
		const char *most =
			text_read_file(&arena, arena_printf(&arena, "%s/temp1_max", folder));

		/* Drives without a limit say 0, or nothing. */
		if (now && most && strtod(most, NULL) > 0)
			degrees = fmax(degrees, (strtod(now, NULL) - strtod(most, NULL)) / 1000);
	}
	globfree(&folders);
	arena_free(&arena);
	return degrees;
}

/* A SCSI device's monitor, an NVMe controller's, one of a controller with several paths. */
static double read_temperature(struct arena *arena, const char *disk)
{
	static const char *const places[] = {"hwmon/hwmon*", "hwmon[0-9]*", "nvme*/hwmon[0-9]*"};
	double degrees = NAN;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		degrees = fmax(degrees, degrees_above_warning(arena_printf(arena,
						"/sys/class/block/%s/device/%s", disk, places[i])));
	return degrees;
}

static void read_disks(
	struct arena *arena, const struct guard_watch *watch, struct guard_counters *counters)
{
	double *reads = &counters->disk_read_bytes;
	double *writes = &counters->disk_written_bytes;

	*reads = *writes = watch->disk_count > 0 ? 0 : NAN;
	counters->hot_disk_degrees = NAN;
	for (size_t i = 0; i < watch->disk_count; i++) {
		struct disk_counters disk;

		counters->hot_disk_degrees =
			fmax(counters->hot_disk_degrees, read_temperature(arena, watch->disks[i]));
		if (kernel_counter_disk(watch->disks[i], &disk) == 0) {
			*reads += 512.0 * (double)disk.read_sectors;
			*writes += 512.0 * (double)disk.write_sectors;
		} else {
			*reads = *writes = NAN;
		}
	}
}

void guard_read(const struct guard_watch *watch, struct guard_counters *counters)
{
	struct arena arena = {0};
	const char *vmstat = text_read_file(&arena, "/proc/vmstat");

	*counters = (struct guard_counters){
		.when_s = seconds(CLOCK_MONOTONIC),
		.boot_s = seconds(CLOCK_BOOTTIME),
		.kernel_s = read_kernel_threads(),
		.throttled_count = read_throttled(&arena),
		.swapped_pages = number_after(vmstat, "pswpin ") + number_after(vmstat, "pswpout "),
		.hot_cpu_count = sum_of_files(
			"/sys/devices/system/cpu/cpu[0-9]*/thermal_throttle/*_throttle_count"),
	};
	read_cpu_times(&arena, &watch->pinned, counters);
	read_disks(&arena, watch, counters);
	arena_free(&arena);
}

static bool have_same_cpus(const struct guard_watch *a, const struct guard_watch *b)
{
	return a->pinned.count == b->pinned.count &&
	       (a->pinned.count == 0 || memcmp(a->pinned.cpus, b->pinned.cpus,
						a->pinned.count * sizeof(*a->pinned.cpus)) == 0);
}

void guard_measure_idle(
	struct guard_watch *watch, const struct guard_watch *known, uint64_t wait_ns)
{
	const struct guard_own none = {0};
	struct guard_counters before, after;
	double others_cores;

	if (known && have_same_cpus(watch, known)) {
		watch->idle_cores = known->idle_cores;
		return;
	}
	guard_read(watch, &before);
	(void)clock_wait_until(clock_now() + wait_ns);
	guard_read(watch, &after);
	others_cores = guard_others_cores(&before, &after, &none);
	watch->idle_cores = isnan(others_cores) ? 0 : others_cores;
}

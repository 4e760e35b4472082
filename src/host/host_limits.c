/* SPDX-License-Identifier: MIT */
/*
 * Sources: Documentation/admin-guide/sysctl/{fs,kernel}.rst in the kernel's source, getrlimit(2),
 * capabilities(7), proc(5), Documentation/ABI/testing/sysfs-devices-system-cpu.
 */
#include "host/host_limits.h"

#include <linux/capability.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/text.h"
#include "host/control_group.h"

enum { IDLE_STATES_LIMIT = 16 };

/* The number in a file, or `otherwise`. */
static int64_t read_number(struct arena *arena, const char *path, int64_t otherwise)
{
	const char *text = text_read_file(arena, path);
	char *end = NULL;
	int64_t number = text ? strtoll(text, &end, 10) : 0;

	return text && end != text ? number : otherwise;
}

/* The text after "Key:" and blanks in /proc/self/status, or NULL. */
static const char *status_value(const char *status, const char *key)
{
	size_t length = strlen(key);

	while (status) {
		if (strncmp(status, key, length) == 0 && status[length] == ':')
			return status + length + 1 + strspn(status + length + 1, " \t");
		status = strchr(status, '\n');
		status = status ? status + 1 : NULL;
	}
	return NULL;
}

static void read_status(struct host_limits *limits, struct arena *arena)
{
	const char *status = text_read_file(arena, "/proc/self/status");
	const char *capabilities = status_value(status, "CapEff");
	const char *seccomp = status_value(status, "Seccomp");
	uint64_t mask = capabilities ? strtoull(capabilities, NULL, 16) : 0;

	limits->may_lock_memory = mask >> CAP_IPC_LOCK & 1;
	limits->seccomp_mode = seccomp ? strtoll(seccomp, NULL, 10) : -1;
}

static uint64_t soft_limit(int resource)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
		return HOST_UNLIMITED;
	return limit.rlim_cur;
}

static void read_cpus(struct host_limits *limits)
{
	cpu_set_t set;

	limits->cpu_count = 1;
	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		return;
	limits->cpu_count = (unsigned)CPU_COUNT(&set);
	for (unsigned cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (CPU_ISSET(cpu, &set))
			limits->last_cpu = cpu;
	}
}

static void read_idle_states(struct host_limits *limits, struct arena *arena)
{
	limits->idle_exit_us = -1;
	for (int i = 0; i < IDLE_STATES_LIMIT; i++) {
		const char *state =
			arena_printf(arena, "/sys/devices/system/cpu/cpu0/cpuidle/state%d", i);
		int64_t exit_us = read_number(arena, arena_printf(arena, "%s/latency", state), -1);
		int64_t is_disabled =
			read_number(arena, arena_printf(arena, "%s/disable", state), 0);

		if (exit_us <= limits->idle_exit_us || is_disabled)
			continue;
		limits->idle_exit_us = exit_us;
		limits->deepest_idle_state =
			text_read_file(arena, arena_printf(arena, "%s/name", state));
	}
}

void host_limits_read(struct host_limits *limits, struct arena *arena)
{
	struct utsname name;

	*limits = (struct host_limits){.user_id = geteuid()};
	if (uname(&name) == 0) {
		limits->kernel = arena_strdup(arena, name.release);
		limits->architecture = arena_strdup(arena, name.machine);
	} else {
		limits->kernel = limits->architecture = "unknown";
	}
	limits->locked_bytes = soft_limit(RLIMIT_MEMLOCK);
	limits->open_files = soft_limit(RLIMIT_NOFILE);
	limits->aio_used = read_number(arena, "/proc/sys/fs/aio-nr", -1);
	limits->aio_limit = read_number(arena, "/proc/sys/fs/aio-max-nr", -1);
	limits->io_uring_disabled = read_number(arena, "/proc/sys/kernel/io_uring_disabled", -1);
	limits->io_uring_group = read_number(arena, "/proc/sys/kernel/io_uring_group", -1);
	limits->perf_event_paranoid =
		read_number(arena, "/proc/sys/kernel/perf_event_paranoid", INT64_MAX);
	limits->governor =
		text_read_file(arena, "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
	read_status(limits, arena);
	read_cpus(limits);
	read_idle_states(limits, arena);
}

uint64_t host_memory_available(void)
{
	static const char key[] = "MemAvailable:"; /* proc(5); in KiB */
	struct arena arena = {0};
	const char *text = text_read_file(&arena, "/proc/meminfo");
	const char *line = text ? strstr(text, key) : NULL;
	uint64_t bytes = line ? strtoull(line + sizeof(key) - 1, NULL, 10) * 1024 : HOST_UNLIMITED;
	struct control_groups groups;
	uint64_t left;

	control_groups_read(&groups, &arena);
	left = control_groups_memory_left(&groups);
	arena_free(&arena);
	return MIN(bytes, left);
}

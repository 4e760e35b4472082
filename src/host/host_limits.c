/* SPDX-License-Identifier: MIT */
/*
 * Sources: Documentation/admin-guide/sysctl/{fs,kernel}.rst in the kernel's source, getrlimit(2),
 * capabilities(7), proc(5), Documentation/ABI/testing/sysfs-devices-system-cpu.
 */
#include "host/host_limits.h"

#include <linux/capability.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "host/sysfs.h"

enum { IDLE_STATES_LIMIT = 16 };

static void read_status(struct host_limits *limits, struct arena *arena)
{
	const char *status = sysfs_text(arena, "/proc/self/status");
	const char *capabilities = sysfs_value(status, "CapEff");
	const char *seccomp = sysfs_value(status, "Seccomp");
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

void host_limits_read_idle_states(struct host_limits *limits, struct arena *arena)
{
	limits->deepest_idle_state = NULL;
	limits->idle_exit_us = -1;
	for (int i = 0; i < IDLE_STATES_LIMIT; i++) {
		const char *state =
			arena_printf(arena, "/sys/devices/system/cpu/cpu0/cpuidle/state%d", i);
		int64_t exit_us = sysfs_number(arena, -1, "%s/latency", state);
		int64_t is_disabled;

		if (exit_us < 0)
			break; /* They are numbered without gaps. */
		is_disabled = sysfs_number(arena, 0, "%s/disable", state);
		if (exit_us <= limits->idle_exit_us || is_disabled)
			continue;
		limits->idle_exit_us = exit_us;
		limits->deepest_idle_state = sysfs_text(arena, "%s/name", state);
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
	limits->aio_used = sysfs_number(arena, -1, "/proc/sys/fs/aio-nr");
	limits->aio_limit = sysfs_number(arena, -1, "/proc/sys/fs/aio-max-nr");
	limits->io_uring_disabled = sysfs_number(arena, -1, "/proc/sys/kernel/io_uring_disabled");
	limits->io_uring_group = sysfs_number(arena, -1, "/proc/sys/kernel/io_uring_group");
	limits->perf_event_paranoid =
		sysfs_number(arena, INT64_MAX, "/proc/sys/kernel/perf_event_paranoid");
	limits->governor =
		sysfs_text(arena, "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
	read_status(limits, arena);
	read_cpus(limits);
	host_limits_read_idle_states(limits, arena);
}

/* A group: the folder of its hierarchy, and its path below that, which steps up in place. */
struct group {
	struct arena *arena;
	const char *mount; /* NULL: none */
	char *path;
};

void host_limits_read_groups(struct control_groups *groups, struct arena *arena)
{
	*groups = (struct control_groups){.arena = arena};
	if (mount_table_read(&groups->mounts, arena) == 0)
		groups->memberships = sysfs_text(arena, "/proc/self/cgroup");
}

/* Whether `names`, a list with commas, has `name`; NULL is the empty list of version 2. */
static bool names_controller(const char *names, size_t length, const char *name)
{
	if (!name)
		return length == 0;
	for (const char *end = names + length; names < end; names++) {
		size_t piece = strcspn(names, ",:");

		if (piece == strlen(name) && strncmp(names, name, piece) == 0)
			return true;
		names += piece;
	}
	return false;
}

/* Our group, of lines "4:memory:/process/1": the path after the second colon; NULL: none. */
static const char *group_path(const struct control_groups *groups, const char *controller)
{
	const char *text = groups->memberships;

	while (text && *text) {
		const char *names = strchr(text, ':');
		const char *path = names ? strchr(names + 1, ':') : NULL;

		if (path && names_controller(names + 1, (size_t)(path - names - 1), controller))
			return arena_strndup(groups->arena, path + 1, strcspn(path + 1, "\n"));
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return NULL;
}

static const char *group_mount(const struct mount_table *mounts, const char *controller)
{
	for (size_t i = 0; i < mounts->count; i++) {
		const struct mount_point *mount = &mounts->points[i];

		if (!controller && strcmp(mount->type, "cgroup2") == 0)
			return mount->folder;
		if (controller && strcmp(mount->type, "cgroup") == 0 &&
			names_controller(mount->options, strlen(mount->options), controller))
			return mount->folder;
	}
	return NULL;
}

/* 9223372036854771712 is what version 1 writes for "no limit of memory". */
static bool is_limit(const char *value)
{
	return value && strncmp(value, "max", 3) != 0 && strcmp(value, "-1") != 0 &&
	       strcmp(value, "9223372036854771712") != 0;
}

/* Of version 1's hierarchy of a controller, or, where that is NULL, of version 2. */
static struct group own_group(const struct control_groups *groups, const char *controller)
{
	const char *path = group_path(groups, controller);
	const char *mount = group_mount(&groups->mounts, controller);

	return (struct group){
		.arena = groups->arena,
		.mount = path ? mount : NULL,
		.path = arena_strdup(groups->arena, path && strcmp(path, "/") != 0 ? path : ""),
	};
}

/* To the group above. False: there is none. */
static bool step_up(struct group *group)
{
	char *slash = strrchr(group->path, '/');

	if (slash)
		*slash = '\0';
	return slash != NULL;
}

static char *read_group_file(const struct group *group, const char *file)
{
	return sysfs_text(group->arena, "%s%s/%s", group->mount, group->path, file);
}

static const char *nearest_limit(struct group group, const char *file)
{
	bool is_seen = false;

	if (!group.mount)
		return NULL;
	do {
		char *value = read_group_file(&group, file);

		/* io.max has a line a device. */
		for (char *end = value ? strchr(value, '\n') : NULL; end; end = strchr(end, '\n'))
			*end = ';';
		if (is_limit(value))
			return value;
		is_seen |= value != NULL;
	} while (step_up(&group));
	return is_seen ? "none" : NULL;
}

const char *host_limits_of_groups(
	const struct control_groups *groups, const struct control_group_limit *limit)
{
	const char *value = nearest_limit(own_group(groups, limit->controller), limit->old_file);

	return value ? value : nearest_limit(own_group(groups, NULL), limit->file);
}

static uint64_t stat_line(const char *text, const char *key)
{
	const char *value = sysfs_value(text, key);

	return value ? strtoull(value, NULL, 10) : 0;
}

/* The names of version 1 and version 2. */
struct memory_files {
	const char *controller, *limit, *used, *idle_cache, *busy_cache;
};

static uint64_t left_in(const struct group *group, const struct memory_files *files)
{
	const char *limit = read_group_file(group, files->limit);
	const char *used, *parts;
	uint64_t cached, taken, limit_bytes;

	if (!is_limit(limit))
		return UINT64_MAX;
	/* For the next two the kernel adds up what all CPUs have counted. */
	used = read_group_file(group, files->used);
	parts = read_group_file(group, "memory.stat");
	cached = stat_line(parts, files->idle_cache) + stat_line(parts, files->busy_cache);
	taken = used ? strtoull(used, NULL, 10) : 0;
	limit_bytes = strtoull(limit, NULL, 10);
	taken -= MIN(taken, cached);
	return limit_bytes == UINT64_MAX ? UINT64_MAX : limit_bytes - MIN(limit_bytes, taken);
}

uint64_t host_limits_group_memory(const struct control_groups *groups)
{
	static const struct memory_files versions[] = {
		{"memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file",
			"total_active_file"},
		{NULL, "memory.max", "memory.current", "inactive_file", "active_file"},
	};
	uint64_t least = UINT64_MAX;

	for (size_t i = 0; i < sizeof(versions) / sizeof(*versions); i++) {
		struct group group = own_group(groups, versions[i].controller);
		bool goes_on = group.mount != NULL;

		for (; goes_on; goes_on = step_up(&group)) {
			uint64_t left = left_in(&group, &versions[i]);

			least = MIN(least, left);
		}
	}
	return least;
}

uint64_t host_limits_memory(void)
{
	AUTO_ARENA struct arena arena = {0};
	const char *text = sysfs_text(&arena, "/proc/meminfo");
	const char *value = sysfs_value(text, "MemAvailable"); /* proc(5); in KiB */
	uint64_t bytes = value ? strtoull(value, NULL, 10) * 1024 : HOST_UNLIMITED;
	struct control_groups groups;
	uint64_t left;

	host_limits_read_groups(&groups, &arena);
	left = host_limits_group_memory(&groups);
	return MIN(bytes, left);
}

static const char *add_limit(
	struct arena *arena, const char *list, const char *name, const char *value)
{
	if (!value || strcmp(value, "none") == 0)
		return list;
	return arena_printf(arena, "%s%s%s of %s", list, *list ? ", " : "", name, value);
}

static const char *limit_text(struct arena *arena, int resource, uint64_t unit)
{
	uint64_t limit = soft_limit(resource);

	if (limit == HOST_UNLIMITED)
		return NULL;
	return arena_printf(arena, "%llu", (unsigned long long)(limit / unit));
}

const char *host_limits_of_threads(struct arena *arena)
{
	static const struct control_group_limit pids = {"pids.max", "pids", "pids.max"};
	struct control_groups groups;
	const char *list = "";

	host_limits_read_groups(&groups, arena);
	/* The kernel does not hold root to it. */
	if (geteuid() != 0)
		list = add_limit(arena, list, "ulimit -u", limit_text(arena, RLIMIT_NPROC, 1));
	list = add_limit(arena, list, "ulimit -v", limit_text(arena, RLIMIT_AS, 1024));
	list = add_limit(
		arena, list, "the control group's pids.max", host_limits_of_groups(&groups, &pids));
	list = add_limit(
		arena, list, "vm.max_map_count", sysfs_text(arena, "/proc/sys/vm/max_map_count"));
	return add_limit(arena, list, "kernel.threads-max",
		sysfs_text(arena, "/proc/sys/kernel/threads-max"));
}

void host_limits_allow_files(uint64_t more)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
		return;
	limit.rlim_cur = MIN(limit.rlim_cur + more, limit.rlim_max);
	/* Where it is refused, who opens too many says so. */
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

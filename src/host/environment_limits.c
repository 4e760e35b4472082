/* SPDX-License-Identifier: MIT */
/* What the process may do: resource limits, kernel switches, and the control group's share. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/text.h"
#include "host/environment_facts.h"
#include "host/mount_table.h"

static void add_limit(struct fact_list *list, int resource, const char *key)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit) < 0)
		fact_add(list, FACT_SOFT, NULL, "%s", key);
	else if (limit.rlim_cur == RLIM_INFINITY)
		fact_add(list, FACT_SOFT, "unlimited", "%s", key);
	else
		fact_add(list, FACT_SOFT,
			arena_printf(list->arena, "%" PRIu64, (uint64_t)limit.rlim_cur), "%s", key);
}

static void read_switches(struct fact_list *list)
{
	static const char *const files[][2] = {
		{"/proc/sys/fs/aio-max-nr", "fs.aio-max-nr"},
		{"/proc/sys/fs/aio-nr", "now.fs.aio-nr"},
		{"/proc/sys/kernel/io_uring_disabled", "kernel.io_uring_disabled"},
		{"/proc/sys/kernel/io_uring_group", "kernel.io_uring_group"},
		{"/proc/sys/kernel/perf_event_paranoid", "kernel.perf_event_paranoid"},
		{"/sys/module/nvme/parameters/poll_queues", "nvme.poll_queues"},
		{"/sys/module/nvme_core/parameters/default_ps_max_latency_us",
			"nvme_core.default_ps_max_latency_us"},
	};
	const char *status = text_read_file(list->arena, "/proc/self/status");

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		fact_add(list, FACT_SOFT, fact_read(list, "%s", files[i][0]), "%s", files[i][1]);
	fact_add(list, FACT_SOFT, fact_line(list, status, "Seccomp"), "seccomp");
	fact_add(list, FACT_SOFT, geteuid() == 0 ? "root" : "other", "user");
}

/* One limit of a control group, in version 2 and in version 1. */
struct group_limit {
	const char *key;
	const char *file;       /* version 2 */
	const char *controller; /* version 1 */
	const char *old_file;
};

static const struct group_limit group_limits[] = {
	{"cgroup.cpu_max", "cpu.max", "cpu", "cpu.cfs_quota_us"},
	{"cgroup.cpus", "cpuset.cpus.effective", "cpuset", "cpuset.effective_cpus"},
	{"cgroup.io_max", "io.max", "blkio", "blkio.throttle.read_bps_device"},
	{"cgroup.io_weight", "io.weight", "blkio", "blkio.bfq.weight"},
	{"cgroup.memory_max", "memory.max", "memory", "memory.limit_in_bytes"},
};

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
static const char *group_path(struct fact_list *list, const char *text, const char *controller)
{
	while (text && *text) {
		const char *names = strchr(text, ':');
		const char *path = names ? strchr(names + 1, ':') : NULL;

		if (path && names_controller(names + 1, (size_t)(path - names - 1), controller))
			return arena_strndup(list->arena, path + 1, strcspn(path + 1, "\n"));
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

/* The limit of the group or of the nearest one above that has any; "none"; NULL: not known. */
static const char *read_group(
	struct fact_list *list, const char *mount, const char *path, const char *file)
{
	char *group = arena_printf(list->arena, "%s", strcmp(path, "/") == 0 ? "" : path);
	bool is_seen = false;

	for (;;) {
		char *value = text_read_file(
			list->arena, arena_printf(list->arena, "%s%s/%s", mount, group, file));
		char *slash = strrchr(group, '/');

		/* io.max has a line a device. */
		for (char *end = value ? strchr(value, '\n') : NULL; end; end = strchr(end, '\n'))
			*end = ';';
		if (is_limit(value))
			return value;
		is_seen |= value != NULL;
		if (!slash)
			return is_seen ? "none" : NULL;
		*slash = '\0';
	}
}

static void read_groups(struct fact_list *list)
{
	const char *text = text_read_file(list->arena, "/proc/self/cgroup");
	struct mount_table mounts = {0};

	if (mount_table_read(&mounts, list->arena) < 0)
		text = NULL;
	for (size_t i = 0; i < sizeof(group_limits) / sizeof(*group_limits); i++) {
		const struct group_limit *limit = &group_limits[i];
		const char *old_path = group_path(list, text, limit->controller);
		const char *path = group_path(list, text, NULL), *value = NULL;
		const char *mount = group_mount(&mounts, limit->controller);

		if (old_path && mount)
			value = read_group(list, mount, old_path, limit->old_file);
		mount = group_mount(&mounts, NULL);
		if (!value && path && mount)
			value = read_group(list, mount, path, limit->file);
		fact_add(list, FACT_SOFT, value, "%s", limit->key);
	}
}

void environment_read_limits(struct fact_list *list)
{
	add_limit(list, RLIMIT_MEMLOCK, "limit.memlock");
	add_limit(list, RLIMIT_NOFILE, "limit.nofile");
	read_switches(list);
	read_groups(list);
}

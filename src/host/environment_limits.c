/* SPDX-License-Identifier: MIT */
/* What the process may do: resource limits, kernel switches, and the control group's share. */
#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/text.h"
#include "host/control_group.h"
#include "host/environment_facts.h"

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

static const struct {
	const char *key;
	struct control_group_limit limit;
} group_limits[] = {
	{"cgroup.cpu_max", {"cpu.max", "cpu", "cpu.cfs_quota_us"}},
	{"cgroup.cpus", {"cpuset.cpus.effective", "cpuset", "cpuset.effective_cpus"}},
	{"cgroup.io_max", {"io.max", "blkio", "blkio.throttle.read_bps_device"}},
	{"cgroup.io_weight", {"io.weight", "blkio", "blkio.bfq.weight"}},
	{"cgroup.memory_max", {"memory.max", "memory", "memory.limit_in_bytes"}},
};

static void read_groups(struct fact_list *list)
{
	struct control_groups groups;

	control_groups_read(&groups, list->arena);
	for (size_t i = 0; i < sizeof(group_limits) / sizeof(*group_limits); i++)
		fact_add(list, FACT_SOFT, control_groups_limit(&groups, &group_limits[i].limit),
			"%s", group_limits[i].key);
}

void environment_read_limits(struct fact_list *list)
{
	add_limit(list, RLIMIT_MEMLOCK, "limit.memlock");
	add_limit(list, RLIMIT_NOFILE, "limit.nofile");
	read_switches(list);
	read_groups(list);
}

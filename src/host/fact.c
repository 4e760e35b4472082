/* SPDX-License-Identifier: MIT */
/* Growing lists of facts; the facts about kernel, processors, memory and what limits a process. */
#include "host/fact.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <xxhash.h>
#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

#include "base/cleanup.h"
#include "base/text.h"
#include "host/host_limits.h"
#include "host/perf_counter.h"

#define CPU_FOLDER "/sys/devices/system/cpu"

const char *fact_clean(const struct fact_list *list, const char *text)
{
	const char *line;

	if (!text)
		return NULL;
	text += strspn(text, " \t\n");
	line = text_trimmed(list->arena, text, strcspn(text, "\n"));
	return *line ? line : NULL;
}

const char *fact_join(struct fact_list *list, const char *values, const char *value)
{
	size_t length = value ? strlen(value) : 0;

	if (!value)
		return values;
	if (!values)
		return value;
	for (const char *piece = values; *piece; piece += strcspn(piece, ",")) {
		piece += *piece == ',';
		if (strncmp(piece, value, length) == 0 && (piece[length] == ',' || !piece[length]))
			return values;
	}
	return arena_printf(list->arena, "%s,%s", values, value);
}

const char *fact_line(struct fact_list *list, const char *text, const char *key)
{
	return fact_clean(list, sysfs_value(text, key));
}

/* The salt stands on both sides: what is known of one text does not help with the next. */
const char *fact_hash_salted(struct fact_list *list, const char *salt, const char *text)
{
	return fact_hash(list, arena_printf(list->arena, "%s\n%s\n%s", salt, text, salt));
}

/* machine-id(5): 32 hexadecimal digits, "uninitialized" in an image that was not started yet. */
static const char *machine_salt(struct fact_list *list)
{
	enum { DIGITS = 32 };
	static const char *const paths[] = {"/etc/machine-id", "/var/lib/dbus/machine-id"};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		const char *id = fact_read(list, "%s", paths[i]);

		if (id && strlen(id) == DIGITS && strspn(id, "0123456789abcdef") == DIGITS)
			return arena_printf(list->arena, "ringside %s", id);
	}
	return NULL;
}

const char *fact_secret(struct fact_list *list, const char *text)
{
	const char *salt = text ? machine_salt(list) : NULL;

	return salt ? fact_hash_salted(list, salt, text) : NULL;
}

const char *fact_hash(struct fact_list *list, const char *text)
{
	if (!text)
		return NULL;
	return arena_printf(
		list->arena, "xxh64:%016" PRIx64, (uint64_t)XXH64(text, strlen(text), 0));
}

/*
 * The words that concern speed. The rest may be secret (a key, an address) and a result is made to
 * be shown: of it there is a hash, so that a difference is seen.
 */
static void read_command_line(struct fact_list *list, const char *text)
{
	static const char *const stems[] = {"amd_iommu", "amd_pstate", "audit", "clocksource",
		"default_hugepagesz", "elevator", "hugepages", "idle", "intel_idle", "intel_iommu",
		"intel_pstate", "iommu", "irqaffinity", "isolcpus", "kpti", "maxcpus",
		"mem=", "mitigations", "nohz", "nosmt", "nr_cpus", "numa_balancing", "nvme", "pci",
		"preempt", "processor", "pti", "rcu_nocb", "scsi_mod", "skew_tick", "spec",
		"swiotlb", "threadirqs", "transparent_hugepage", "tsc"};
	const char *chosen = "";
	char **words;
	size_t count = text_split(list->arena, text ? text : "", ' ', &words);

	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < sizeof(stems) / sizeof(*stems); k++) {
			if (text_starts_with(words[i], stems[k])) {
				chosen = arena_printf(list->arena, "%s %s", chosen, words[i]);
				break;
			}
		}
	}
	fact_add(list, FACT_SOFT, chosen, "kernel_command_line");
	fact_add(list, FACT_SOFT, fact_hash(list, text), "kernel_command_line_hash");
}

static void read_kernel(struct fact_list *list)
{
	struct utsname name;

	uname(&name); /* cannot fail: the pointer is ours */
	fact_add(list, FACT_HARD, name.machine, "architecture");
	fact_add(list, FACT_SOFT, name.release, "kernel_release");
	fact_add(list, FACT_SOFT, name.version, "kernel_version");
	read_command_line(list, fact_read(list, "/proc/cmdline"));
	fact_add(list, FACT_SOFT,
		fact_read(list, "/sys/devices/system/clocksource/clocksource0/current_clocksource"),
		"clocksource");
}

/*
 * The first processors of /proc/cpuinfo: the kernel asks each one for its frequency as the file is
 * read, which takes milliseconds where they are many.
 */
static const char *read_cpuinfo(struct fact_list *list)
{
	char text[4096];
	AUTO_CLOSE int descriptor = open("/proc/cpuinfo", O_RDONLY | O_CLOEXEC);
	ssize_t length = descriptor < 0 ? -1 : read(descriptor, text, sizeof(text));

	return length > 0 ? arena_strndup(list->arena, text, (size_t)length) : NULL;
}

/* ARM has no model's name: its makers' numbers then. */
static const char *cpu_model(struct fact_list *list)
{
	const char *text = read_cpuinfo(list);
	const char *model = fact_line(list, text, "model name");
	const char *implementer = fact_line(list, text, "CPU implementer");
	const char *part = fact_line(list, text, "CPU part");

	if (!model && implementer && part)
		model = arena_printf(list->arena, "implementer %s part %s", implementer, part);
	return model ? model : fact_line(list, text, "cpu");
}

/* A core is counted by the first of its hardware threads. */
static const char *count_cores(struct fact_list *list)
{
	char **names = sysfs_entries(list->arena, NULL, CPU_FOLDER);
	size_t count = 0;

	for (; names && *names; names++) {
		const char *siblings;
		char *end;
		long cpu;

		if (!text_starts_with(*names, "cpu"))
			continue;
		cpu = strtol(*names + strlen("cpu"), &end, 10);
		if (*end || end == *names + strlen("cpu"))
			continue; /* "cpufreq" */
		siblings = fact_read(list, CPU_FOLDER "/%s/topology/thread_siblings_list", *names);
		count += siblings && strtol(siblings, NULL, 10) == cpu;
	}
	return count ? arena_printf(list->arena, "%zu", count) : NULL;
}

/* Of each group of CPUs that share a clock: file and key. */
static const char *const policy_files[][2] = {
	{"scaling_driver", "cpu_frequency_driver"},
	{"scaling_governor", "cpu_governor"},
	{"energy_performance_preference", "cpu_energy_preference"},
	{"scaling_min_freq", "cpu_min_khz"},
	{"scaling_max_freq", "cpu_max_khz"},
};

/* The different values of each file. */
static void read_policies(struct fact_list *list)
{
	static const char folder[] = CPU_FOLDER "/cpufreq";
	char **names = sysfs_entries(list->arena, NULL, "%s", folder);

	for (size_t i = 0; i < sizeof(policy_files) / sizeof(*policy_files); i++) {
		const char *values = NULL;

		for (char **name = names; name && *name; name++) {
			if (text_starts_with(*name, "policy"))
				values = fact_join(list, values,
					fact_read(list, "%s/%s/%s", folder, *name,
						policy_files[i][0]));
		}
		fact_add(list, FACT_SOFT, values, "%s", policy_files[i][1]);
	}
}

static const char *on_or_off(const char *flag, const char *on)
{
	if (!flag)
		return NULL;
	return strcmp(flag, on) == 0 ? "on" : "off";
}

/* The idle state with the longest way back that is not disabled: "C6 133 us". */
static const char *deepest_idle_state(struct fact_list *list)
{
	struct host_limits limits;

	host_limits_read_idle_states(&limits, list->arena);
	if (!limits.deepest_idle_state)
		return NULL;
	return arena_printf(
		list->arena, "%s %" PRId64 " us", limits.deepest_idle_state, limits.idle_exit_us);
}

/* Twenty lines that only matter when they differ: a hash of them. */
static const char *hash_mitigations(struct fact_list *list)
{
	static const char folder[] = CPU_FOLDER "/vulnerabilities";
	char **names = sysfs_entries(list->arena, NULL, "%s", folder);
	const char *text = names && *names ? "" : NULL;

	for (; names && *names; names++) {
		const char *state = fact_read(list, "%s/%s", folder, *names);

		text = arena_printf(
			list->arena, "%s%s/%s=%s\n", text, folder, *names, state ? state : "");
	}
	return fact_hash(list, text);
}

static void read_processors(struct fact_list *list)
{
	const char *no_turbo = fact_read(list, CPU_FOLDER "/intel_pstate/no_turbo");
	const char *boost = fact_read(list, CPU_FOLDER "/cpufreq/boost");
	const char *status = text_read_file(list->arena, "/proc/self/status");

	fact_add(list, FACT_HARD, cpu_model(list), "cpu_model");
	fact_add(list, FACT_HARD, fact_read(list, CPU_FOLDER "/online"), "cpus_online");
	fact_add(list, FACT_HARD, count_cores(list), "cpu_cores");
	fact_add(list, FACT_HARD, on_or_off(fact_read(list, CPU_FOLDER "/smt/active"), "1"),
		"cpu_smt");
	fact_add(list, FACT_SOFT, fact_line(list, status, "Cpus_allowed_list"), "cpus_allowed");
	fact_add(list, FACT_SOFT, fact_read(list, "/sys/devices/system/node/online"), "numa_nodes");
	read_policies(list);
	fact_add(list, FACT_SOFT, no_turbo ? on_or_off(no_turbo, "0") : on_or_off(boost, "1"),
		"cpu_turbo");
	fact_add(list, FACT_SOFT, fact_read(list, CPU_FOLDER "/cpuidle/current_driver"),
		"cpu_idle_driver");
	fact_add(list, FACT_SOFT, deepest_idle_state(list), "cpu_deepest_idle_state");
	fact_add(list, FACT_SOFT, hash_mitigations(list), "cpu_mitigations");
}

static void read_memory(struct fact_list *list)
{
	static const char *const settings[] = {"dirty_ratio", "dirty_bytes",
		"dirty_background_ratio", "dirty_background_bytes", "swappiness"};
	const char *text = text_read_file(list->arena, "/proc/meminfo");

	fact_add(list, FACT_SOFT, fact_line(list, text, "MemTotal"), "memory_total");
	fact_add(list, FACT_SOFT, fact_line(list, text, "MemAvailable"), "now.memory_available");
	fact_add(list, FACT_SOFT, fact_line(list, text, "SwapTotal"), "swap_total");
	fact_add(list, FACT_SOFT, fact_line(list, text, "HugePages_Total"), "huge_pages");
	fact_add(list, FACT_SOFT,
		sysfs_chosen(fact_read(list, "/sys/kernel/mm/transparent_hugepage/enabled"),
			list->arena),
		"transparent_huge_pages");
	for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++)
		fact_add(list, FACT_SOFT, fact_read(list, "/proc/sys/vm/%s", settings[i]), "vm.%s",
			settings[i]);
}

/* How the hypervisor calls itself: CPUID leaf 0x40000000, where bit 31 of leaf 1 says so. */
static const char *hypervisor(struct fact_list *list)
{
#if defined(__x86_64__) || defined(__i386__)
	static const char *const names[][2] = {
		{"KVMKVMKVM", "kvm"},
		{"TCGTCGTCGTCG", "qemu without kvm"},
		{"Microsoft Hv", "hyper-v"},
		{"VMwareVMware", "vmware"},
		{"XenVMMXenVMM", "xen"},
		{"VBoxVBoxVBox", "virtualbox"},
		{"bhyve bhyve ", "bhyve"},
		{"ACRNACRNACRN", "acrn"},
	};
	unsigned a, b, c, d;
	char name[13] = "";

	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & (1u << 31)))
		return "none";
	__cpuid(0x40000000, a, b, c, d);
	memcpy(name, &b, 4);
	memcpy(name + 4, &c, 4);
	memcpy(name + 8, &d, 4);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strcmp(name, names[i][0]) == 0)
			return names[i][1];
	}
	return arena_strdup(list->arena, name);
#else
	return fact_read(list, "/sys/hypervisor/type");
#endif
}

static const char *container(struct fact_list *list)
{
	static const char *const groups[] = {
		"kubepods", "docker", "lxc", "libpod", "machine.slice"};
	const char *name = fact_read(list, "/run/systemd/container");
	const char *group = text_read_file(list->arena, "/proc/self/cgroup");

	if (name)
		return name;
	if (access("/run/.containerenv", F_OK) == 0)
		return "podman";
	for (size_t i = 0; group && i < sizeof(groups) / sizeof(*groups); i++) {
		if (strstr(group, groups[i]))
			return groups[i];
	}
	return access("/.dockerenv", F_OK) == 0 ? "docker" : "none";
}

/* "some avg10=1.34 avg60=…": the share of the last 10 s in which somebody waited, in percent. */
static const char *pressure(struct fact_list *list, const char *kind)
{
	const char *line = fact_read(list, "/proc/pressure/%s", kind);
	const char *average = line ? strstr(line, "avg10=") : NULL;

	if (!average)
		return NULL;
	average += strlen("avg10=");
	return arena_strndup(list->arena, average, strcspn(average, " "));
}

void fact_read_machine(struct fact_list *list)
{
	static const char *const pressures[] = {"cpu", "io", "memory"};

	read_kernel(list);
	read_processors(list);
	read_memory(list);
	fact_add(list, FACT_HARD, hypervisor(list), "hypervisor");
	fact_add(list, FACT_HARD, container(list), "container");
	fact_add(
		list, FACT_SOFT, fact_read(list, "/sys/class/dmi/id/sys_vendor"), "machine_vendor");
	fact_add(list, FACT_SOFT, fact_read(list, "/sys/class/dmi/id/product_name"),
		"machine_model");
	fact_add(list, FACT_SOFT, fact_read(list, "/proc/loadavg"), "now.load_average");
	for (size_t i = 0; i < sizeof(pressures) / sizeof(*pressures); i++)
		fact_add(list, FACT_SOFT, pressure(list, pressures[i]), "now.%s_pressure",
			pressures[i]);
}

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

	host_limits_read_groups(&groups, list->arena);
	for (size_t i = 0; i < sizeof(group_limits) / sizeof(*group_limits); i++)
		fact_add(list, FACT_SOFT, host_limits_of_groups(&groups, &group_limits[i].limit),
			"%s", group_limits[i].key);
}

/* "user and kernel", "user (kernel: …)", "none (…)": what the CPU's counters count here. */
static const char *counters(struct fact_list *list)
{
	int errors[PERF_SCOPE_COUNT];
	enum perf_scope refused;
	const char *reason, *cure;

	perf_counter_try(errors);
	if (!errors[PERF_USER] && !errors[PERF_KERNEL])
		return "user and kernel";
	refused = errors[PERF_USER] ? PERF_USER : PERF_KERNEL;
	reason = perf_counter_explain(
		errors[refused], refused, perf_counter_paranoid(list->arena), list->arena, &cure);
	return arena_printf(
		list->arena, errors[PERF_USER] ? "none (%s)" : "user (kernel: %s)", reason);
}

void fact_read_limits(struct fact_list *list)
{
	add_limit(list, RLIMIT_MEMLOCK, "limit.memlock");
	add_limit(list, RLIMIT_NOFILE, "limit.nofile");
	read_switches(list);
	fact_add(list, FACT_SOFT, counters(list), "cpu_counters");
	read_groups(list);
}

void fact_environment(struct environment *environment, const struct fact_target *targets,
	size_t target_count, struct arena *arena)
{
	struct fact_list list = {.arena = arena};

	fact_read_machine(&list);
	fact_read_limits(&list);
	fact_read_files(&list, targets, target_count);
	fact_read_storage(&list, targets, target_count);
	*environment = (struct environment){
		.hard = list.tiers[FACT_HARD],
		.soft = list.tiers[FACT_SOFT],
	};
}

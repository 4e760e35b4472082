/* SPDX-License-Identifier: MIT */
/* Facts about kernel, processors and memory, and about what the machine itself runs in. */
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

#include "base/cleanup.h"
#include "base/text.h"
#include "host/environment_facts.h"

#define CPU_FOLDER "/sys/devices/system/cpu"

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
	size_t count = 0;
	glob_t paths;

	if (glob(CPU_FOLDER "/cpu[0-9]*/topology/thread_siblings_list", 0, NULL, &paths) != 0)
		return NULL;
	for (size_t i = 0; i < paths.gl_pathc; i++) {
		const char *siblings = fact_read(list, "%s", paths.gl_pathv[i]);
		const char *cpu = paths.gl_pathv[i] + strlen(CPU_FOLDER "/cpu");

		count += siblings && strtol(siblings, NULL, 10) == strtol(cpu, NULL, 10);
	}
	globfree(&paths);
	return count ? arena_printf(list->arena, "%zu", count) : NULL;
}

/* The different values of one file of many CPUs. */
static const char *read_all(struct fact_list *list, const char *pattern)
{
	const char *values = NULL;
	glob_t paths;

	if (glob(pattern, 0, NULL, &paths) != 0)
		return NULL;
	for (size_t i = 0; i < paths.gl_pathc; i++)
		values = fact_join(list, values, fact_read(list, "%s", paths.gl_pathv[i]));
	globfree(&paths);
	return values;
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
	const char *name = NULL;
	long latency_us = -1;
	glob_t paths;

	if (glob(CPU_FOLDER "/cpu0/cpuidle/state[0-9]*", 0, NULL, &paths) != 0)
		return NULL;
	for (size_t i = 0; i < paths.gl_pathc; i++) {
		const char *is_off = fact_read(list, "%s/disable", paths.gl_pathv[i]);
		const char *latency = fact_read(list, "%s/latency", paths.gl_pathv[i]);
		long way_back_us = latency ? strtol(latency, NULL, 10) : -1;

		if ((is_off && strcmp(is_off, "0") != 0) || way_back_us <= latency_us)
			continue;
		latency_us = way_back_us;
		name = fact_read(list, "%s/name", paths.gl_pathv[i]);
	}
	globfree(&paths);
	return name ? arena_printf(list->arena, "%s %ld us", name, latency_us) : NULL;
}

/* Twenty lines that only matter when they differ: a hash of them. */
static const char *hash_mitigations(struct fact_list *list)
{
	const char *text = "";
	glob_t paths;

	if (glob(CPU_FOLDER "/vulnerabilities/*", 0, NULL, &paths) != 0)
		return NULL;
	for (size_t i = 0; i < paths.gl_pathc; i++) {
		const char *state = fact_read(list, "%s", paths.gl_pathv[i]);

		text = arena_printf(
			list->arena, "%s%s=%s\n", text, paths.gl_pathv[i], state ? state : "");
	}
	globfree(&paths);
	return fact_hash(list, text);
}

/* Of each group of CPUs that share a clock: file and key. */
static const char *const policy_files[][2] = {
	{"scaling_driver", "cpu_frequency_driver"},
	{"scaling_governor", "cpu_governor"},
	{"energy_performance_preference", "cpu_energy_preference"},
	{"scaling_min_freq", "cpu_min_khz"},
	{"scaling_max_freq", "cpu_max_khz"},
};

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
	for (size_t i = 0; i < sizeof(policy_files) / sizeof(*policy_files); i++)
		fact_add(list, FACT_SOFT,
			read_all(list, arena_printf(list->arena, CPU_FOLDER "/cpufreq/policy*/%s",
					       policy_files[i][0])),
			"%s", policy_files[i][1]);
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
		fact_chosen(list, fact_read(list, "/sys/kernel/mm/transparent_hugepage/enabled")),
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

void environment_read_machine(struct fact_list *list)
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

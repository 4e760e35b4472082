/* SPDX-License-Identifier: MIT */
/* A worker's thread and memory as its job asks for them. */
#include "run/worker_host.h"

#include <errno.h>
#include <linux/ioprio.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/text.h"
#include "base/units.h"
#include "engine/engine_kit.h"
#include "host/block_device.h"
#include "host/numa.h"

enum { PRIORITY_OF_THREAD = 1 /* IOPRIO_WHO_PROCESS */ };

#define effective(worker, name, ...)                                                               \
	engine_report_effective(&(worker)->outcome.report, name, __VA_ARGS__)

static int bind_to_cpus(struct worker *worker)
{
	const struct job_cpus *allowed = &worker->task.job->cpus_allowed;
	bool is_split = worker->task.job->cpus_allowed_policy == CPUS_SPLIT;
	cpu_set_t set;

	if (allowed->count == 0)
		return 0;
	CPU_ZERO(&set);
	for (size_t i = 0; i < allowed->count; i++) {
		if (!is_split || i == worker->task.job->clone % allowed->count)
			CPU_SET(allowed->cpus[i], &set);
	}
	if (sched_setaffinity(0, sizeof(set), &set) == 0)
		return 0;
	worker_fail(worker, errno, "see /sys/devices/system/cpu/online and the cgroup's cpuset",
		"cpus_allowed: the kernel does not let this process run there: %s",
		strerror(errno));
	return -worker->outcome.error;
}

static int fail(struct worker *worker, int error, const char *option, const char *hint)
{
	worker_fail(worker, -error, hint, "%s: %s", option, strerror(-error));
	return error;
}

static int apply_cpu_nodes(struct worker *worker, const struct numa_nodes *online)
{
	struct arena *arena = &worker->outcome.arena;
	const char *text = worker->task.job->rare->host.numa_cpu_nodes, *problem;
	struct numa_nodes nodes;
	int result;

	if (!text)
		return 0;
	result = numa_parse_nodes(text, online, &nodes, arena, &problem);
	if (result < 0)
		return fail(worker, result, "numa_cpu_nodes", problem);
	result = numa_run_on(&nodes, arena);
	if (result < 0)
		return fail(worker, result, "numa_cpu_nodes",
			"its CPUs are offline, or outside of this process's cpuset");
	effective(worker, "numa_cpu_nodes", "%s", numa_print_nodes(&nodes, arena));
	return 0;
}

static int apply_memory_policy(struct worker *worker, const struct numa_nodes *online)
{
	static const char *const modes[] = {"default", "prefer", "bind", "interleave", "local"};
	struct arena *arena = &worker->outcome.arena;
	const char *text = worker->task.job->rare->host.numa_mem_policy, *problem;
	struct numa_policy policy;
	int result;

	if (!text)
		return 0;
	result = numa_parse_policy(text, online, &policy, arena, &problem);
	if (result < 0)
		return fail(worker, result, "numa_mem_policy", problem);
	result = numa_set_policy(&policy);
	if (result < 0)
		return fail(worker, result, "numa_mem_policy",
			"nodes outside of this process's cpuset (mems) are refused");
	result = numa_policy_in_effect();
	if (result >= 0 && result <= NUMA_LOCAL)
		effective(worker, "numa_mem_policy", "%s%s%s", modes[result],
			policy.nodes.count > 0 ? ":" : "", numa_print_nodes(&policy.nodes, arena));
	return 0;
}

/* What was checked when the job was read is read again: few jobs have it. */
static int apply_nodes(struct worker *worker)
{
	const struct job_host *host = &worker->task.job->rare->host;
	struct numa_nodes online;
	int result;

	if (!host->numa_cpu_nodes && !host->numa_mem_policy)
		return 0;
	online = numa_online(&worker->outcome.arena);
	result = apply_cpu_nodes(worker, &online);
	return result < 0 ? result : apply_memory_policy(worker, &online);
}

static int apply_io_priority(struct worker *worker)
{
	long priority = worker->task.job->rare->host.io_priority;

	if (priority == 0)
		return 0;
	if (syscall(SYS_ioprio_set, PRIORITY_OF_THREAD, 0, priority) < 0)
		return fail(worker, -errno, "prioclass",
			errno == EPERM ? "real-time I/O is for root (CAP_SYS_NICE): use prioclass=2"
				       : NULL);
	priority = syscall(SYS_ioprio_get, PRIORITY_OF_THREAD, 0);
	if (priority >= 0) {
		effective(worker, "prioclass", "%ld", priority >> IOPRIO_CLASS_SHIFT);
		effective(worker, "prio", "%ld", priority & 7);
	}
	return 0;
}

/* In Linux a thread has its own. */
static int apply_nice(struct worker *worker)
{
	int added = worker->task.job->rare->host.nice;
	int nice;

	if (added == 0)
		return 0;
	nice = getpriority(PRIO_PROCESS, 0) + added; /* Of oneself: it cannot fail. */
	if (setpriority(PRIO_PROCESS, 0, nice) < 0)
		return fail(worker, -errno, "nice",
			"less than it has is for root (CAP_SYS_NICE), or see ulimit -e");
	effective(worker, "nice", "%d", getpriority(PRIO_PROCESS, 0));
	return 0;
}

static int lock_memory(struct worker *worker)
{
	size_t bytes = worker->task.job->rare->host.lockmem_bytes;
	char text[UNITS_TEXT_BYTES];
	void *memory;

	if (bytes == 0)
		return 0;
	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return fail(worker, -errno, "lockmem", "lower it");
	worker->loop.locked = memory;
	if (mlock(memory, bytes) < 0)
		return fail(worker, -errno, "lockmem", "raise ulimit -l, run as root, or lower it");
	effective(worker, "lockmem", "%s", units_format_exact_size(text, bytes));
	return 0;
}

int worker_host_apply(struct worker *worker)
{
	int result = bind_to_cpus(worker);

	if (result == 0)
		result = apply_nodes(worker);
	if (result == 0)
		result = lock_memory(worker);
	if (result == 0)
		result = apply_io_priority(worker);
	return result == 0 ? apply_nice(worker) : result;
}

int worker_host_map_buffers(struct worker *worker)
{
	const struct job_host *host = &worker->task.job->rare->host;
	const struct buffer_area_spec spec = {
		.kind = host->memory.kind,
		.file = host->memory.file,
		.bytes = worker->loop.buffer_bytes * worker->loop.depth,
		.huge_page_bytes = host->hugepage_bytes,
		.align = host->iomem_align,
	};
	const char *problem = NULL, *hint = NULL;
	int result = buffer_area_map(
		&worker->loop.buffers, &spec, &worker->outcome.arena, &problem, &hint);

	if (result < 0)
		worker_fail(worker, -result, hint, "%s", problem);
	return result;
}

/* A file that is not on hugetlbfs has none. */
static void report_huge_pages(struct worker *worker)
{
	const struct buffer_area *area = &worker->loop.buffers;
	uint64_t bytes = buffer_area_page_bytes(area, &worker->outcome.arena);
	char text[UNITS_TEXT_BYTES];

	units_format_exact_size(text, bytes);
	if (bytes > 0 && bytes <= BUFFER_AREA_ALIGN)
		engine_report_refused(&worker->outcome.report, "mem", buffer_area_name(area->kind),
			"its pages are of %s: the file is not on hugetlbfs", text);
	else
		effective(worker, "mem", "%s, pages of %s", buffer_area_name(area->kind), text);
}

/* As many as the kernel had: less than all is no refusal, none is one. */
static void report_thp(struct worker *worker)
{
	const struct buffer_area *area = &worker->loop.buffers;
	struct buffer_area_thp found = buffer_area_thp(area, &worker->outcome.arena);
	char huge[UNITS_TEXT_BYTES], whole[UNITS_TEXT_BYTES];

	units_format_exact_size(huge, found.huge_bytes);
	units_format_exact_size(whole, found.bytes);
	if (found.huge_bytes == 0)
		engine_report_refused(&worker->outcome.report, "mem", buffer_area_name(area->kind),
			"the kernel gave small pages: none that are huge are free, or they are off "
			"(/sys/kernel/mm/transparent_hugepage/enabled)");
	else
		effective(worker, "mem", "%s, %s of %s in huge pages", buffer_area_name(area->kind),
			huge, whole);
}

static void report_memory(struct worker *worker)
{
	const struct job_host *host = &worker->task.job->rare->host;
	const struct buffer_area *area = &worker->loop.buffers;

	if (area->kind == BUFFER_SHM_HUGE || area->kind == BUFFER_MMAP_HUGE)
		report_huge_pages(worker);
	else if (area->kind == BUFFER_MMAP_THP)
		report_thp(worker);
	else if (area->kind != BUFFER_MMAP || host->memory.file)
		effective(worker, "mem", "%s%s%s", buffer_area_name(area->kind),
			host->memory.file ? ":" : "", host->memory.file ? host->memory.file : "");
	if (host->iomem_align != 0)
		effective(worker, "iomem_align", "%llu, the first buffer at %llu of a page",
			(unsigned long long)host->iomem_align,
			(unsigned long long)((uintptr_t)area->start % BUFFER_AREA_ALIGN));
	if (host->numa_mem_policy || host->numa_cpu_nodes) {
		int node = numa_node_of(area->start);

		if (node >= 0)
			effective(worker, "buffer_node", "%d", node);
	}
}

static const char *hint_name(int hint)
{
	static const char *const names[] = {"none", "none", "short", "medium", "long", "extreme"};

	return names[hint];
}

static void report_write_hint(struct worker *worker)
{
	const struct job *job = worker->task.job;
	const char *name = hint_name(job->rare->host.write_hint);
	const struct target *refusing = NULL;
	bool has_any = false;

	if (job->rare->host.write_hint == 0 || !job_does(job, DIRECTION_WRITE))
		return;
	for (unsigned i = 0; i < worker->task.target_count; i++) {
		const struct target *target = &worker->task.targets[i];

		has_any = has_any || target->write_hint != 0;
		if (target->hint_error != 0)
			refusing = target;
	}
	if (refusing)
		engine_report_refused(&worker->outcome.report, "write_hint", name,
			"%s takes none: %s", target_label(refusing),
			text_errno_name(refusing->hint_error));
	else if (!has_any)
		engine_report_refused(&worker->outcome.report, "write_hint", name,
			"hints are for files and block devices");
	else
		effective(worker, "write_hint", "%s", name);
}

/* The scheduler of the first disk that has another one than was asked for, "" for none at all. */
static const char *other_scheduler(struct worker *worker, const char *wanted, const char **disk)
{
	*disk = NULL;
	for (unsigned i = 0; i < worker->task.target_count; i++) {
		const struct target *target = &worker->task.targets[i];
		struct block_device device;

		if ((target->kind != TARGET_FILE && target->kind != TARGET_BLOCK) ||
			target->device == 0 ||
			block_device_read(target->device, &device, &worker->outcome.arena) < 0)
			continue;
		*disk = device.disk;
		if (!device.scheduler || strcmp(device.scheduler, wanted) != 0)
			return device.scheduler ? device.scheduler : "";
	}
	return NULL;
}

static void report_scheduler(struct worker *worker)
{
	const char *wanted = worker->task.job->rare->host.ioscheduler, *other, *disk;

	if (!wanted)
		return;
	other = other_scheduler(worker, wanted, &disk);
	if (!disk)
		engine_report_refused(&worker->outcome.report, "ioscheduler", wanted,
			"no target is on a block device");
	else if (other)
		engine_report_refused(&worker->outcome.report, "ioscheduler", wanted,
			"that of %s is %s", disk, *other ? other : "none");
	else
		effective(worker, "ioscheduler", "%s", wanted);
}

void worker_host_report(struct worker *worker)
{
	report_memory(worker);
	report_scheduler(worker);
	report_write_hint(worker);
}

void worker_host_release(struct worker *worker)
{
	buffer_area_unmap(&worker->loop.buffers);
	if (worker->loop.locked)
		munmap(worker->loop.locked, worker->task.job->rare->host.lockmem_bytes);
	worker->loop.locked = NULL;
}

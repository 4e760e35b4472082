/* SPDX-License-Identifier: MIT */
/* What a job asks of the machine, in the machine's terms, and whether the machine has it. */
#include "job/job_host_rules.h"

#include <linux/ioprio.h>
#include <sched.h>
#include <string.h>

#include "job/job_say.h"

/* No class is best-effort, as in fio. */
static uint16_t io_priority(const struct job *job)
{
	unsigned class = job->host.prioclass ? job->host.prioclass : IOPRIO_CLASS_BE;

	if (!job_sets(job, "prio") && !job_sets(job, "prioclass"))
		return 0;
	return (uint16_t)IOPRIO_PRIO_VALUE(class, job->host.prio);
}

/* Bad ones are job_host_rules_check's to tell. */
void job_host_rules_resolve(struct job *job)
{
	struct job_host *host = &job->host;
	AUTO_ARENA struct arena arena = {0};
	struct numa_nodes online;
	const char *problem;

	host->io_priority = io_priority(job);
	if (!host->numa_cpu_nodes && !host->numa_mem_policy)
		return;
	online = numa_online(&arena);
	if (host->numa_cpu_nodes)
		(void)numa_parse_nodes(
			host->numa_cpu_nodes, &online, &host->cpu_nodes, &arena, &problem);
	if (host->numa_mem_policy)
		(void)numa_parse_policy(
			host->numa_mem_policy, &online, &host->memory_policy, &arena, &problem);
}

static void check_numa(const struct job *job, struct diag *diag)
{
	AUTO_ARENA struct arena arena = {0};
	struct numa_nodes online = numa_online(&arena), nodes;
	struct numa_policy policy;
	const char *problem;

	if (job->host.numa_cpu_nodes &&
		numa_parse_nodes(job->host.numa_cpu_nodes, &online, &nodes, &arena, &problem) < 0)
		job_say(diag_error, job, diag, "numa_cpu_nodes", RULE_CPUS, "numa_cpu_nodes=%s: %s",
			job->host.numa_cpu_nodes, problem);
	if (job->host.numa_mem_policy && numa_parse_policy(job->host.numa_mem_policy, &online,
						 &policy, &arena, &problem) < 0)
		job_say(diag_error, job, diag, "numa_mem_policy", RULE_CPUS,
			"numa_mem_policy=%s: %s", job->host.numa_mem_policy, problem);
	/* In fio, too: the nodes are applied after the CPUs. */
	if (job->host.numa_cpu_nodes && job->cpus_allowed.count > 0)
		job_say(diag_warning, job, diag, "numa_cpu_nodes", RULE_HIDDEN,
			"numa_cpu_nodes replaces cpus_allowed, as in fio");
}

static bool is_power_of_two(uint64_t bytes)
{
	return bytes != 0 && (bytes & (bytes - 1)) == 0;
}

static void check_memory(const struct job *job, struct diag *diag)
{
	const struct job_host *host = &job->host;
	bool is_huge =
		host->memory.kind == BUFFER_SHM_HUGE || host->memory.kind == BUFFER_MMAP_HUGE;

	if (!is_power_of_two(host->hugepage_bytes))
		job_say(diag_error, job, diag, "hugepage-size", RULE_AMOUNT,
			"hugepage-size is no power of 2");
	else if (job_sets(job, "hugepage-size") && !is_huge)
		job_say(diag_note, job, diag, "hugepage-size", RULE_HIDDEN,
			"hugepage-size has no effect without mem=shmhuge or mem=mmaphuge");
	if (host->iomem_align != 0 && job->direct && host->iomem_align % 512 != 0)
		job_say(diag_warning, job, diag, "iomem_align", RULE_ALIGNMENT,
			"iomem_align=%llu: O_DIRECT takes buffers at multiples of 512, mostly",
			(unsigned long long)host->iomem_align);
}

static void check_devices(const struct job *job, struct diag *diag)
{
	if (job->host.write_hint != 0 && !job_does(job, DIRECTION_WRITE))
		job_say(diag_note, job, diag, "write_hint", RULE_NO_WRITES,
			"write_hint has no effect on a job that writes nothing");
	if (job->host.ioscheduler &&
		(*job->host.ioscheduler == '\0' || strpbrk(job->host.ioscheduler, "/ []\t")))
		job_say(diag_error, job, diag, "ioscheduler", RULE_NAMES,
			"ioscheduler=%s is no scheduler's name", job->host.ioscheduler);
}

void job_host_rules_check(const struct job *job, struct diag *diag)
{
	check_numa(job, diag);
	check_memory(job, diag);
	check_devices(job, diag);
}

/* SPDX-License-Identifier: MIT */
/* What a job asks of the machine, in the machine's terms, and whether the machine has it. */
#include "job/job_host_rules.h"

#include <linux/ioprio.h>
#include <sched.h>
#include <string.h>

#include "host/numa.h"
#include "job/job_bind.h"
#include "job/job_say.h"

/* No class is best-effort, as in fio. */
static uint16_t io_priority(const struct job *job)
{
	unsigned class = job->rare->host.prioclass ? job->rare->host.prioclass : IOPRIO_CLASS_BE;

	if (!job_sets(job, "prio") && !job_sets(job, "prioclass"))
		return 0;
	return (uint16_t)IOPRIO_PRIO_VALUE(class, job->rare->host.prio);
}

/* In the kernel atomic writes are direct ones; as in fio. */
static void resolve_atomic(struct job *job, struct diag *diag)
{
	const struct option_table *table = job->engine ? job->engine->options : NULL;
	const struct option *option = table ? option_find(table, "atomic") : NULL;
	AUTO_ARENA struct arena arena = {0};
	const char *value = option ? option_text(option, job->engine_options, &arena) : NULL;

	if (!value || strcmp(value, "1") != 0 || job->direct)
		return;
	job->direct = true;
	job_say(diag_note, job, diag, "atomic", RULE_HIDDEN, "atomic=1: direct=1, as in fio");
}

void job_host_rules_resolve(struct job *job, struct arena *arena, struct diag *diag)
{
	uint16_t priority = io_priority(job);

	if (priority != job->rare->host.io_priority)
		job_own_rare(job, arena)->host.io_priority = priority;
	resolve_atomic(job, diag);
}

static void check_numa(const struct job *job, struct diag *diag)
{
	AUTO_ARENA struct arena arena = {0};
	struct numa_nodes online, nodes;
	struct numa_policy policy;
	const char *problem;

	if (!job->rare->host.numa_cpu_nodes && !job->rare->host.numa_mem_policy)
		return;
	online = numa_online(&arena);
	if (job->rare->host.numa_cpu_nodes && numa_parse_nodes(job->rare->host.numa_cpu_nodes,
						      &online, &nodes, &arena, &problem) < 0)
		job_say(diag_error, job, diag, "numa_cpu_nodes", RULE_CPUS, "numa_cpu_nodes=%s: %s",
			job->rare->host.numa_cpu_nodes, problem);
	if (job->rare->host.numa_mem_policy && numa_parse_policy(job->rare->host.numa_mem_policy,
						       &online, &policy, &arena, &problem) < 0)
		job_say(diag_error, job, diag, "numa_mem_policy", RULE_CPUS,
			"numa_mem_policy=%s: %s", job->rare->host.numa_mem_policy, problem);
	/* In fio, too: the nodes are applied after the CPUs. */
	if (job->rare->host.numa_cpu_nodes && job->cpus_allowed.count > 0)
		job_say(diag_warning, job, diag, "numa_cpu_nodes", RULE_HIDDEN,
			"numa_cpu_nodes replaces cpus_allowed, as in fio");
}

static bool is_power_of_two(uint64_t bytes)
{
	return bytes != 0 && (bytes & (bytes - 1)) == 0;
}

static void check_memory(const struct job *job, struct diag *diag)
{
	const struct job_host *host = &job->rare->host;
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
	if (job->rare->host.write_hint != 0 && !job_does(job, DIRECTION_WRITE))
		job_say(diag_note, job, diag, "write_hint", RULE_NO_WRITES,
			"write_hint has no effect on a job that writes nothing");
	if (job->rare->host.ioscheduler && (*job->rare->host.ioscheduler == '\0' ||
						   strpbrk(job->rare->host.ioscheduler, "/ []\t")))
		job_say(diag_error, job, diag, "ioscheduler", RULE_NAMES,
			"ioscheduler=%s is no scheduler's name", job->rare->host.ioscheduler);
}

static bool has_priorities(const struct engine_class *engine, const void *what)
{
	(void)what;
	return engine->traits & ENGINE_HAS_PRIORITIES;
}

static void check_command_priority(const struct job *job, struct diag *diag)
{
	static const char *const options[] = {
		"cmdprio_percentage", "cmdprio_bssplit", "cmdprio_class", "cmdprio"};
	const struct job_command_priority *cmdprio = &job->rare->host.cmdprio;
	bool has_percentage = cmdprio->percentage.value[DIRECTION_READ] > 0 ||
			      cmdprio->percentage.value[DIRECTION_WRITE] > 0;
	AUTO_ARENA struct arena arena = {0};

	for (size_t i = 0; job->engine && i < sizeof(options) / sizeof(options[0]); i++) {
		if (!job_sets(job, options[i]) || job->engine->traits & ENGINE_HAS_PRIORITIES)
			continue;
		if (job_say(diag_error, job, diag, options[i], RULE_ENGINE,
			    "%s: I/Os of engine '%s' have no priorities of their own", options[i],
			    job->engine->name))
			diag_hint(diag, "use prio and prioclass; engines that can: %s",
				job_list_engines(has_priorities, NULL, &arena));
	}
	if (has_percentage && cmdprio->bssplit.text)
		job_say(diag_error, job, diag, "cmdprio_bssplit", RULE_HIDDEN,
			"cmdprio_percentage and cmdprio_bssplit exclude each other");
	else if (!has_percentage && !cmdprio->bssplit.text &&
		 (job_sets(job, "cmdprio") || job_sets(job, "cmdprio_class")))
		job_say(diag_warning, job, diag,
			job_sets(job, "cmdprio") ? "cmdprio" : "cmdprio_class", RULE_HIDDEN,
			"no I/O has this priority: set cmdprio_percentage or cmdprio_bssplit");
}

void job_host_rules_check(const struct job *job, struct diag *diag)
{
	check_numa(job, diag);
	check_memory(job, diag);
	check_devices(job, diag);
	check_command_priority(job, diag);
}

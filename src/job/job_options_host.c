/* SPDX-License-Identifier: MIT */
/* Options of what a job sets of its thread, its memory and its devices. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "job/job_option_rows.h"

enum { NICE_LEAST = -20, NICE_MOST = 19 };

static const struct option_choice write_hints[] = {
	{"none", RWH_WRITE_LIFE_NOT_SET, "say nothing"},
	{"short", RWH_WRITE_LIFE_SHORT, "data that is soon written over"},
	{"medium", RWH_WRITE_LIFE_MEDIUM, "longer than short"},
	{"long", RWH_WRITE_LIFE_LONG, "longer than medium"},
	{"extreme", RWH_WRITE_LIFE_EXTREME, "data that stays"},
	{NULL, 0, NULL},
};

static int parse_nice(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	char *end;
	long nice = strtol(value, &end, 10);

	(void)arena;
	if (end == value || *end != '\0')
		return job_refuse(problem, "not a whole number", NULL, 0, 0);
	if (nice < NICE_LEAST || nice > NICE_MOST)
		return job_refuse(problem, "nice goes from -20 to 19", NULL, 0, 0);
	*(int *)field = (int)nice;
	return 0;
}

static const char *print_nice(const void *field, struct arena *arena)
{
	return arena_printf(arena, "%d", *(const int *)field);
}

static int parse_memory(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	const char *file = strchr(value, ':');
	size_t length = file ? (size_t)(file - value) : strlen(value);
	enum buffer_kind kind = BUFFER_MALLOC;

	while (kind <= BUFFER_MMAP_SHARED && (strlen(buffer_area_name(kind)) != length ||
						     memcmp(buffer_area_name(kind), value, length)))
		kind++;
	if (kind > BUFFER_MMAP_SHARED)
		return job_refuse(problem, "not malloc, shm, shmhuge, mmap, mmaphuge or mmapshared",
			NULL, 0, length);
	if (file && kind < BUFFER_MMAP)
		return job_refuse(problem, "only the mmap kinds take a file", NULL, length, 0);
	if (file && file[1] == '\0')
		return job_refuse(problem, "a file's name is missing", NULL, length, 0);
	*(struct job_memory *)field = (struct job_memory){
		.kind = kind, .file = file ? arena_strdup(arena, file + 1) : NULL};
	return 0;
}

static const char *print_memory(const void *field, struct arena *arena)
{
	const struct job_memory *memory = field;
	const char *name = buffer_area_name(memory->kind);

	return memory->file ? arena_printf(arena, "%s:%s", name, memory->file) : name;
}

const struct option job_options_host[] = {
	/* The thread */
	CUSTOM("nice", host.nice, JOB, "0", "added to the nice value of the job's threads",
		.parse = parse_nice, .print = print_nice, .syntax = "-20..19",
		.detail = "Values below 0 are for root."),
	COUNT("prioclass", host.prioclass, JOB, NULL,
		"class of its I/O: 1 real-time, 2 best-effort, 3 idle", .max = 3,
		.detail =
			"By ioprio_set(2). Schedulers (mq-deadline, bfq) and some drives heed it;\n"
			"real-time is for root. 0, or prio alone: best-effort, as in fio."),
	COUNT("prio", host.prio, JOB, NULL, "priority of its I/O in its class: 0 highest, 7 lowest",
		.max = 7),
	TEXT("numa_cpu_nodes", host.numa_cpu_nodes, JOB, NULL, "NUMA nodes that the job may run on",
		.syntax = "NODE[-NODE][,...]|all",
		.detail = "With '!' before it: all others; with '+': counted among those there "
			  "are."),
	TEXT("numa_mem_policy", host.numa_mem_policy, JOB, NULL,
		"NUMA nodes that the job's memory is from", .syntax = "MODE[:NODES]",
		.detail =
			"default, local, prefer:NODE, bind:NODES, interleave:NODES. The buffers\n"
			"are touched first by the job's own thread, on its node; the result says\n"
			"which node the first one is on."),

	/* Memory */
	CUSTOM("mem", host.memory, BUFFER, "malloc", "kind of memory that the I/O buffers are in",
		.alias = "iomem", .parse = parse_memory, .print = print_memory,
		.syntax = "KIND[:FILE]",
		.detail =
			"malloc, shm (shmget(2)), mmap, mmapshared, and in huge pages shmhuge\n"
			"and mmaphuge, of hugepage-size. mmap kinds may name a FILE to map: it is\n"
			"made and removed again, or is on hugetlbfs; a file with data is refused,\n"
			"where fio cuts it. mmapshared without FILE is shared anonymous memory;\n"
			"fio maps it privately."),
	SIZE("hugepage-size", host.hugepage_bytes, BUFFER, "2m",
		"of the pages of shmhuge, mmaphuge", .min = 4096, .max = 1ull << 40),
	SIZE("iomem_align", host.iomem_align, BUFFER, "0",
		"buffers begin at an odd multiple of it; 0: at pages", .alias = "mem_align",
		.max = 1ull << 30,
		.detail = "512: 512 bytes behind a page's beginning, as in fio."),
	SIZE("lockmem", host.lockmem_bytes, BUFFER, "0",
		"each worker locks so much memory, which others cannot use"),

	/* Devices */
	CHOICE("write_hint", host.write_hint, TARGET, "none",
		"how long what is written will live (fcntl(2), F_SET_RW_HINT)",
		.choices = write_hints,
		.detail = "For files and block devices; taken back when the run is over. Where a\n"
			  "file takes none the result says so, and fio's job fails."),
	TEXT("ioscheduler", host.ioscheduler, TARGET, NULL,
		"I/O scheduler of the devices, while the job runs", .syntax = "NAME",
		.detail =
			"Written to queue/scheduler of the job's disks in sysfs, by root, before\n"
			"it starts; the one before it is restored at the end, whatever ends it\n"
			"(but for SIGKILL). fio leaves the new one."),
	{.name = NULL},
};

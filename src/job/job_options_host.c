/* SPDX-License-Identifier: MIT */
/* Options of what a job sets of its thread, its memory and its devices. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ioprio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "job/job_option_rows.h"

enum { NICE_LEAST = -20, NICE_MOST = 19, PRIORITY_HINT_LIMIT = 1023 };

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

	while (kind < BUFFER_KIND_COUNT && (strlen(buffer_area_name(kind)) != length ||
						   memcmp(buffer_area_name(kind), value, length)))
		kind++;
	if (kind == BUFFER_KIND_COUNT)
		return job_refuse(problem,
			"not malloc, shm, shmhuge, mmap, mmaphuge, mmapshared or mmapthp", NULL, 0,
			length);
	if (file && (kind < BUFFER_MMAP || kind == BUFFER_MMAP_THP))
		return job_refuse(
			problem, "only mmap, mmaphuge and mmapshared take a file", NULL, length, 0);
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

static int parse_class(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	(void)arena;
	if (value[0] < '1' || value[0] > '3' || value[1] != '\0')
		return job_refuse(
			problem, "classes are 1 real-time, 2 best-effort, 3 idle", NULL, 0, 0);
	*(uint64_t *)field = (uint64_t)(value[0] - '0');
	return 0;
}

static int parse_level(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	(void)arena;
	if (value[0] < '0' || value[0] > '7' || value[1] != '\0')
		return job_refuse(problem, "priorities are 0, the highest, to 7", NULL, 0, 0);
	*(uint64_t *)field = (uint64_t)(value[0] - '0');
	return 0;
}

static int parse_classes(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	return job_triple_parse(value, field, sizeof(uint64_t), parse_class, arena, problem);
}

static int parse_levels(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	return job_triple_parse(value, field, sizeof(uint64_t), parse_level, arena, problem);
}

static const char *print_classes(const void *field, struct arena *arena)
{
	const struct job_triple *classes = field;

	if (classes->value[DIRECTION_READ] == 0 && classes->value[DIRECTION_WRITE] == 0)
		return NULL;
	return job_counts_print(field, arena);
}

/*
 * "4k/30" or "4k/30/2/4"; "4k/" and "4k" are none of a hundred, as in fio. A fifth number is a hint
 * (command duration limits), which fio 3.33 passes over.
 */
static int parse_share(const char *text, struct priority_share *share, struct arena *arena,
	struct option_problem *problem)
{
	char **parts;
	size_t count = text_split(arena, text, '/', &parts);
	uint64_t numbers[4] = {0};

	*share = (struct priority_share){0};
	if (count == 3 || count > 5)
		return job_refuse(
			problem, "not SIZE/PERCENT or SIZE/PERCENT/CLASS/PRIO", NULL, 0, 0);
	if (units_parse_size(parts[0], &share->bytes, &problem->what) < 0)
		return job_refuse(problem, problem->what, NULL, 0, 0);
	for (size_t i = 1; i < count; i++) {
		if (*parts[i] != '\0' &&
			units_parse_count(parts[i], &numbers[i - 1], &problem->what) < 0)
			return job_refuse(problem, problem->what, NULL, 0, 0);
	}
	if (numbers[0] > 100)
		return job_refuse(problem, "more than 100 percent", NULL, 0, 0);
	share->percent = (uint32_t)numbers[0];
	if (count >= 4 && (numbers[1] < 1 || numbers[1] > 3 || numbers[2] > 7))
		return job_refuse(problem, "classes are 1 to 3, priorities 0 to 7", NULL, 0, 0);
	if (numbers[3] > PRIORITY_HINT_LIMIT)
		return job_refuse(problem, "hints are 0 to 1023", NULL, 0, 0);
	if (count >= 4)
		share->priority = (uint16_t)IOPRIO_PRIO_VALUE(numbers[1], numbers[2]);
	if (numbers[3] > 0)
		return job_remark(problem, "priority hints are not sent, as in fio 3.33",
			"class and priority are");
	return 0;
}

static int check_sum(const struct priority_share *shares, size_t count, uint64_t bytes,
	struct option_problem *problem)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += shares[i].bytes == bytes ? shares[i].percent : 0;
	if (sum <= 100)
		return 0;
	return job_refuse(problem, "one block size has more than 100 percent", NULL, 0, 0);
}

/* Of one direction. */
static int parse_shares(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	char **texts;
	size_t count = text_split(arena, value, ':', &texts);
	struct priority_share *shares = arena_alloc_array(arena, count + 1, sizeof(*shares));
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (*texts[i] == '\0')
			continue;
		if (parse_share(texts[i], &shares[kept], arena, problem) < 0)
			return -EINVAL;
		if (shares[kept].percent == 0)
			continue;
		kept++;
		if (check_sum(shares, kept, shares[kept - 1].bytes, problem) < 0)
			return -EINVAL;
	}
	*(struct priority_spec *)field = (struct priority_spec){kept, shares};
	return 0;
}

static int parse_priority_splits(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	struct job_command_priority *cmdprio =
		(void *)((char *)field - offsetof(struct job_command_priority, bssplit));

	cmdprio->bssplit.text = arena_strdup(arena, value);
	return job_triple_parse(value, cmdprio->bssplit.of, sizeof(struct priority_spec),
		parse_shares, arena, problem);
}

static const char *print_priority_splits(const void *field, struct arena *arena)
{
	(void)arena;
	return *(const char *const *)field; /* Its text comes first. */
}

const struct option job_options_host[] = {
	/* The thread */
	RARE(CUSTOM, "nice", host.nice, JOB, "0", "added to the nice value of the job's threads",
		.parse = parse_nice, .print = print_nice, .syntax = "-20..19",
		.detail = "Values below 0 are for root."),
	RARE(COUNT, "prioclass", host.prioclass, JOB, NULL,
		"class of its I/O: 1 real-time, 2 best-effort, 3 idle", .max = 3,
		.detail =
			"By ioprio_set(2). Schedulers (mq-deadline, bfq) and some drives heed it;\n"
			"real-time is for root. 0, or prio alone: best-effort, as in fio."),
	RARE(COUNT, "prio", host.prio, JOB, NULL,
		"priority of its I/O in its class: 0 highest, 7 lowest", .max = 7),
	RARE(CUSTOM, "cmdprio_percentage", host.cmdprio.percentage, JOB, "0",
		"so many of a hundred I/Os have a priority of their own",
		.parse = job_percentages_parse, .print = job_counts_print, .syntax = "R[,W]",
		.detail = "With libaio and io_uring. Latencies are then reported for each "
			  "priority."),
	RARE(CUSTOM, "cmdprio_class", host.cmdprio.class, JOB, NULL,
		"class of those I/Os, as prioclass; without it real-time", .parse = parse_classes,
		.print = print_classes, .syntax = "R[,W]"),
	RARE(CUSTOM, "cmdprio", host.cmdprio.level, JOB, "0", "priority of those I/Os, as prio",
		.parse = parse_levels, .print = job_counts_print, .syntax = "R[,W]"),
	RARE(CUSTOM, "cmdprio_bssplit", host.cmdprio.bssplit, JOB, NULL,
		"the same by block size, in place of cmdprio_percentage",
		.parse = parse_priority_splits, .print = print_priority_splits,
		.syntax = "SIZE/PERCENT[/CLASS/PRIO][:...][,...]",
		.detail = "cmdprio_bssplit=4k/30:64k/50/2/0: 30 % of the I/Os of 4 KiB with\n"
			  "cmdprio_class and cmdprio, half of those of 64 KiB best-effort, 0.\n"
			  "A hint behind PRIO is passed over, as in fio 3.33."),
	RARE(TEXT, "numa_cpu_nodes", host.numa_cpu_nodes, JOB, NULL,
		"NUMA nodes that the job may run on", .syntax = "NODE[-NODE][,...]|all",
		.detail = "With '!' before it: all others; with '+': counted among those there "
			  "are."),
	RARE(TEXT, "numa_mem_policy", host.numa_mem_policy, JOB, NULL,
		"NUMA nodes that the job's memory is from", .syntax = "MODE[:NODES]",
		.detail =
			"default, local, prefer:NODE, bind:NODES, interleave:NODES. The buffers\n"
			"are touched first by the job's own thread, on its node; the result says\n"
			"which node the first one is on."),

	/* Memory */
	RARE(CUSTOM, "mem", host.memory, BUFFER, "mmap",
		"kind of memory that the I/O buffers are in", .alias = "iomem",
		.parse = parse_memory, .print = print_memory, .syntax = "KIND[:FILE]",
		.detail =
			"fio's default is malloc, whose pages may have been touched before, on\n"
			"another node than the job's: here they are fresh pages.\n"
			"malloc, shm (shmget(2)), mmap, mmapshared, and in huge pages shmhuge\n"
			"and mmaphuge, of hugepage-size. mmap kinds may name a FILE to map: it is\n"
			"made and removed again, or is on hugetlbfs; a file with data is refused,\n"
			"where fio cuts it. mmapshared without FILE is shared anonymous memory;\n"
			"fio maps it privately. mmapthp, which fio lacks: in transparent huge\n"
			"pages, none of which are set aside before (madvise(2), MADV_HUGEPAGE);\n"
			"the result says how much of the buffers is in such pages. Direct I/O of\n"
			"large blocks costs less CPU time in huge pages."),
	RARE(SIZE, "hugepage-size", host.hugepage_bytes, BUFFER, "2m",
		"of the pages of shmhuge, mmaphuge", .min = 4096, .max = 1ull << 40),
	RARE(SIZE, "iomem_align", host.iomem_align, BUFFER, "0",
		"buffers begin at an odd multiple of it; 0: the first at a page",
		.alias = "mem_align", .max = 1ull << 30,
		.detail = "512: 512 bytes behind a page's beginning, as in fio."),
	RARE(SIZE, "lockmem", host.lockmem_bytes, BUFFER, "0",
		"each worker locks so much memory, which others cannot use"),

	/* Devices */
	RARE(CHOICE, "write_hint", host.write_hint, TARGET, "none",
		"how long what is written will live (fcntl(2), F_SET_RW_HINT)",
		.choices = write_hints,
		.detail = "For files and block devices; taken back when the run is over. Where a\n"
			  "file takes none the result says so, and fio's job fails."),
	RARE(TEXT, "ioscheduler", host.ioscheduler, TARGET, NULL,
		"I/O scheduler of the devices, while the job runs", .syntax = "NAME",
		.detail =
			"Written to queue/scheduler of the job's disks in sysfs, by root, before\n"
			"it starts; the one before it is restored at the end, whatever ends it\n"
			"(but for SIGKILL). fio leaves the new one."),
	{.name = NULL},
};

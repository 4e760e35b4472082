/* SPDX-License-Identifier: MIT */
/* The options of the io_uring engine. Names are fio's where fio has them. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>

#include "base/clock.h"
#include "engine/uring_options.h"

static int parse_cpu(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	struct uring_cpu *cpu = field;
	uint64_t number;
	int result = units_parse_count(value, &number, &problem->what);

	(void)arena;
	if (result < 0)
		return -EINVAL;
	if (number > INT_MAX) {
		problem->what = "no machine has so many CPUs";
		return -EINVAL;
	}
	*cpu = (struct uring_cpu){.is_set = true, .number = (unsigned)number};
	return 0;
}

static const char *print_cpu(const void *field, struct arena *arena)
{
	const struct uring_cpu *cpu = field;

	return cpu->is_set ? arena_printf(arena, "%u", cpu->number) : NULL;
}

static const struct option_choice wishes[] = {
	{"auto", URING_AUTO, "where the kernel has it"},
	{"0", URING_NO, "no"},
	{"1", URING_YES, "yes, or the job fails"},
	{NULL, 0, NULL},
};

static const struct option_choice write_hints[] = {
	{"none", RWH_WRITE_LIFE_NOT_SET, "say nothing"},
	{"short", RWH_WRITE_LIFE_SHORT, "data that is soon written over"},
	{"medium", RWH_WRITE_LIFE_MEDIUM, "longer than short"},
	{"long", RWH_WRITE_LIFE_LONG, "longer than medium"},
	{"extreme", RWH_WRITE_LIFE_EXTREME, "data that stays"},
	{NULL, 0, NULL},
};

#define WISH_OPTION(option)                                                                        \
	.name = #option, OPTION_BIND_CHOICE(struct uring_options, option),                         \
	.group = OPTION_GROUP_ENGINE, .value_default = "auto", .choices = wishes

static const struct option uring_options[] = {
	{
		.name = "fixedbufs",
		OPTION_BIND_FLAG(struct uring_options, fixedbufs),
		.group = OPTION_GROUP_ENGINE,
		.value_default = "0",
		.help = "register the buffers once (READ_FIXED, WRITE_FIXED)",
		.detail =
			"Saves pinning and unpinning pages in each direct I/O: CPU, more of it the "
			"larger the block. They are locked in memory (ulimit -l).",
	},
	{
		.name = "registerfiles",
		OPTION_BIND_FLAG(struct uring_options, registerfiles),
		.group = OPTION_GROUP_ENGINE,
		.value_default = "0",
		.help = "register the files once",
		.detail = "Saves taking and dropping a reference to the file in each I/O.",
	},
	{
		WISH_OPTION(registerring),
		.help = "register the ring itself, which io_uring_enter then finds faster",
	},
	{
		.name = "nonvectored",
		OPTION_BIND_FLAG(struct uring_options, nonvectored),
		.group = OPTION_GROUP_ENGINE,
		.value_default = "1",
		.help = "READ and WRITE; 0: READV and WRITEV, which import a vector each",
	},
	{
		WISH_OPTION(single_issuer),
		.help = "promise that one thread submits (SINGLE_ISSUER, Linux 6.0)",
	},
	{
		WISH_OPTION(defer_taskrun),
		.help = "complete I/Os while waiting for them only (DEFER_TASKRUN, 6.1)",
		.detail = "auto: yes, unless coop_taskrun=1, single_issuer=0 or sqthread_poll is "
			  "set.",
	},
	{
		WISH_OPTION(coop_taskrun),
		.help = "complete I/Os at the next system call (COOP_TASKRUN, Linux 5.19)",
		.detail = "auto: where defer_taskrun is not used.",
	},
	{
		.name = "sqthread_poll",
		OPTION_BIND_FLAG(struct uring_options, sqthread_poll),
		.group = OPTION_GROUP_ENGINE,
		.value_default = "0",
		.help = "a kernel thread submits: no system calls, up to a core of CPU",
		.detail = "It needs a CPU of its own: see sqthread_poll_cpu and cpus_allowed. When "
			  "nothing arrives for a millisecond the job waits in the kernel.",
	},
	{
		.name = "sqthread_poll_cpu",
		OPTION_BIND_CUSTOM(struct uring_options, sqthread_poll_cpu),
		.group = OPTION_GROUP_ENGINE,
		.parse = parse_cpu,
		.print = print_cpu,
		.syntax = "int",
		.help = "CPU to which the poll thread is bound",
	},
	{
		.name = "sqthread_poll_idle",
		OPTION_BIND_TIME(struct uring_options, sqthread_poll_idle_ns),
		.group = OPTION_GROUP_ENGINE,
		.value_default = "0",
		.unit_ns = NS_PER_MS,
		.help = "how long the poll thread looks for work before it sleeps, in ms",
		.detail = "0: as long as the kernel thinks best, which is one second. The kernel "
			  "rounds up to its tick.",
	},
	{
		.name = "attach_wq",
		OPTION_BIND_FLAG(struct uring_options, attach_wq),
		.group = OPTION_GROUP_ENGINE,
		.value_default = "0",
		.help = "share one poll thread among all jobs that say so (ATTACH_WQ)",
		.detail = "The first one's sqthread_poll_cpu and sqthread_poll_idle hold for all.",
	},
	{
		.name = "hipri",
		OPTION_BIND_FLAG(struct uring_options, hipri),
		.group = OPTION_GROUP_ENGINE,
		.value_default = "0",
		.help = "poll for completions instead of interrupts (IOPOLL)",
		.detail = "Needs direct=1 and a driver with poll queues (nvme.poll_queues=N).",
	},
	{
		.name = "hybrid_iopoll",
		OPTION_BIND_FLAG(struct uring_options, hybrid_iopoll),
		.group = OPTION_GROUP_ENGINE,
		.value_default = "0",
		.help = "with hipri: sleep half the usual latency, then poll (Linux 6.13)",
	},
	{
		.name = "eventfd",
		OPTION_BIND_FLAG(struct uring_options, eventfd),
		.group = OPTION_GROUP_ENGINE,
		.value_default = "0",
		.help = "wait for completions by reading an eventfd, as an event loop would",
	},
	{
		.name = "min_wait_us",
		OPTION_BIND_COUNT(struct uring_options, min_wait_us),
		.group = OPTION_GROUP_ENGINE,
		.value_default = "0",
		.max = INT_MAX,
		.help = "wait so long for a whole batch, then take what there is (6.12)",
		.detail = "The batch is iodepth_batch_complete_min. 0: wait for all of it.",
	},
	{
		.name = "force_async",
		OPTION_BIND_COUNT(struct uring_options, force_async),
		.group = OPTION_GROUP_ENGINE,
		.value_default = "0",
		.help = "hand every n-th I/O to a kernel worker at once (IOSQE_ASYNC)",
		.detail = "0: none; 1: all. What the kernel does by itself with I/O that would "
			  "block.",
	},
	{
		.name = "iowq_max_workers",
		OPTION_BIND_COUNT(struct uring_options, iowq_max_workers),
		.group = OPTION_GROUP_ENGINE,
		.value_default = "0",
		.max = INT_MAX,
		.help = "most kernel workers for this job's files and block devices",
		.detail = "0: the kernel's own limit. A job has workers for I/O that would block.",
	},
	{
		.name = "prioclass",
		OPTION_BIND_COUNT(struct uring_options, prioclass),
		.group = OPTION_GROUP_ENGINE,
		.value_default = "0",
		.max = 3,
		.help = "class of each I/O: 1 real-time, 2 best-effort, 3 idle; 0: none",
		.detail = "Schedulers (mq-deadline, bfq) and drives with priorities heed it; "
			  "real-time is for root.",
	},
	{
		.name = "prio",
		OPTION_BIND_COUNT(struct uring_options, prio),
		.group = OPTION_GROUP_ENGINE,
		.value_default = "0",
		.max = 7,
		.help = "priority of each I/O in its class: 0 is the highest, 7 the lowest",
		.detail = "With no prioclass it is of the best-effort class.",
	},
	{
		.name = "write_hint",
		OPTION_BIND_CHOICE(struct uring_options, write_hint),
		.group = OPTION_GROUP_ENGINE,
		.value_default = "none",
		.choices = write_hints,
		.help = "how long what is written will live (fcntl(2), F_SET_RW_HINT)",
	},
	RWF_OPTIONS(struct uring_options, rwf),
	{.name = NULL},
};

const struct option_table uring_option_table = {
	.options = uring_options,
	.struct_bytes = sizeof(struct uring_options),
};

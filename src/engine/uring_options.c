/* SPDX-License-Identifier: MIT */
/* The options of io_uring and io_uring_cmd. Names are fio's where fio has them. */
#include "engine/uring_options.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/clock.h"
#include "engine/engine_kit.h"

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

#define RING_OPTION(kind, ...)   ENGINE_OPTION(kind, struct uring_options, __VA_ARGS__)
#define WISH_OPTION(member, ...) RING_OPTION(CHOICE, member, "auto", .choices = wishes, __VA_ARGS__)

static const struct option uring_options[] = {
	RING_OPTION(FLAG, fixedbufs, "0",
		.help = "register the buffers once (READ_FIXED, WRITE_FIXED)",
		.detail =
			"Saves pinning and unpinning pages in each direct I/O: CPU, more of it the "
			"larger the block. They are locked in memory (ulimit -l). Buffers that "
			"follow each other, up to 128 MiB, are registered as one: the proof says "
			"which."),
	RING_OPTION(FLAG, registerfiles, "0", .help = "register the files once",
		.detail = "Saves taking and dropping a reference to the file in each I/O."),
	WISH_OPTION(registerring,
		.help = "register the ring itself, which io_uring_enter then finds faster"),
	RING_OPTION(FLAG, nonvectored, "1",
		.help = "READ and WRITE; 0: READV and WRITEV, which import a vector each"),
	WISH_OPTION(single_issuer,
		.help = "promise that one thread submits (SINGLE_ISSUER, Linux 6.0)"),
	WISH_OPTION(defer_taskrun,
		.help = "complete I/Os while waiting for them only (DEFER_TASKRUN, 6.1)",
		.detail = "auto: yes, unless coop_taskrun=1, single_issuer=0 or sqthread_poll is "
			  "set."),
	WISH_OPTION(coop_taskrun,
		.help = "complete I/Os at the next system call (COOP_TASKRUN, Linux 5.19)",
		.detail = "auto: where defer_taskrun is not used."),
	RING_OPTION(FLAG, sqthread_poll, "0",
		.help = "a kernel thread submits: no system calls, up to a core of CPU",
		.detail = "It needs a CPU of its own: see sqthread_poll_cpu and cpus_allowed. When "
			  "nothing arrives for a millisecond the job waits in the kernel."),
	RING_OPTION(CUSTOM, sqthread_poll_cpu, NULL, .parse = parse_cpu, .print = print_cpu,
		.syntax = "int", .help = "CPU to which the poll thread is bound"),
	ENGINE_NAMED_OPTION(TIME, struct uring_options, sqthread_poll_idle_ns, "sqthread_poll_idle",
		"0", .unit_ns = NS_PER_MS,
		.help = "how long the poll thread looks for work before it sleeps, in ms",
		.detail = "0: as long as the kernel thinks best, which is one second. The kernel "
			  "rounds up to its tick."),
	RING_OPTION(FLAG, attach_wq, "0",
		.help = "share one poll thread among all jobs that say so (ATTACH_WQ)",
		.detail = "The first one's sqthread_poll_cpu and sqthread_poll_idle hold for all."),
	RING_OPTION(FLAG, hipri, "0", .help = "poll for completions instead of interrupts (IOPOLL)",
		.detail = "Needs direct=1 and a driver with poll queues (nvme.poll_queues=N)."),
	RING_OPTION(FLAG, hybrid_iopoll, "0",
		.help = "with hipri: sleep half the usual latency, then poll (Linux 6.13)"),
	RING_OPTION(FLAG, eventfd, "0",
		.help = "wait for completions by reading an eventfd, as an event loop would"),
	RING_OPTION(COUNT, min_wait_us, "0", .max = INT_MAX,
		.help = "wait so long for a whole batch, then take what there is (6.12)",
		.detail = "The batch is iodepth_batch_complete_min. 0: wait for all of it."),
	RING_OPTION(COUNT, force_async, "0",
		.help = "hand every n-th I/O to a kernel worker at once (IOSQE_ASYNC)",
		.detail = "0: none; 1: all. The kernel does so by itself with I/O that would "
			  "block."),
	RING_OPTION(FLAG, linked_copy, "1",
		.help = "rw=copy: a READ and its WRITE are one submission",
		.detail =
			"Linked, a block costs the program one turn. Where its READ goes to the\n"
			"drive the kernel hands the WRITE to one of its workers or to the end of\n"
			"the READ; unlinked, the program sends it when the READ is back."),
	RING_OPTION(COUNT, iowq_max_workers, "0", .max = INT_MAX,
		.help = "most kernel workers for this job's files and block devices",
		.detail = "0: the kernel's own limit. A job has workers for I/O that would block."),
	RING_OPTION(FLAG, multishot_accept, "0",
		.help = "rw=echo: one request accepts all connections (Linux 5.19)"),
	RING_OPTION(FLAG, multishot_recv, "0",
		.help = "rw=echo: one request receives all, into shared buffers (6.0)",
		.detail = "The kernel picks a buffer when bytes are there: see recv_buffers."),
	RING_OPTION(COUNT, recv_buffers, "0", .max = 32768,
		.help = "rw=echo, multishot_recv: shared buffers, a power of two",
		.detail = "0: two for each connection. When none is left a connection waits, and "
			  "its request is sent again."),
	ENGINE_NAMED_OPTION(SIZE, struct uring_options, recv_buffer_bytes, "recv_buffer_size", "0",
		.max = 1 << 30, .help = "rw=echo, multishot_recv: size of each of them",
		.detail = "0: a block and a page, 64k at most."),
	RING_OPTION(FLAG, link_recv, "0",
		.help = "rw=echo: a send and the next receive as one submission (5.17)"),
	RING_OPTION(FLAG, send_zc, "0", .help = "rw=echo: send without a copy (SEND_ZC, Linux 6.0)",
		.detail = "On loopback the kernel copies all the same; the share that it has "
			  "copied stands among the proofs."),
	RWF_OPTIONS(struct uring_options, rwf),
	{.name = NULL},
};

const struct option_table uring_option_table = {
	.options = uring_options, .struct_bytes = sizeof(struct uring_options)};

/* io_uring's that concern the ring: the other engines take them over when the program starts. */
static const char *const ring_options[] = {
	"fixedbufs",
	"registerfiles",
	"registerring",
	"single_issuer",
	"defer_taskrun",
	"coop_taskrun",
	"sqthread_poll",
	"sqthread_poll_cpu",
	"sqthread_poll_idle",
	"hipri",
	"hybrid_iopoll",
};

/* Those that change what a NOP costs: io_uring_nop has them, and no others. */
static const char *const nop_option_names[] = {
	"registerring",
	"single_issuer",
	"defer_taskrun",
	"coop_taskrun",
	"sqthread_poll",
	"sqthread_poll_cpu",
	"sqthread_poll_idle",
};

static const struct option_choice cmd_types[] = {
	{"nvme", 0, "NVMe, the only kind there is"},
	{NULL, 0, NULL},
};

static const struct option own_options[] = {
	ENGINE_OPTION(CHOICE, struct uring_nvme_options, cmd_type, "nvme", .choices = cmd_types,
		.help = "kind of commands, as fio has it"),
	ENGINE_OPTION(FLAG, struct uring_nvme_options, hipri_insist, "0",
		.help = "hipri although this kernel crashes at the first failing command",
		.detail = "Before Linux 6.2 polled passthrough reads freed memory when a command "
			  "fails, or when the process is killed: not on a machine you need."),
	NVME_COMMAND_OPTIONS(struct uring_nvme_options, commands),
	{.name = NULL},
};

/* One more than are filled in ends a table. */
static struct option nop_options[COUNT_OF(nop_option_names) + 1];
static struct option nvme_options[COUNT_OF(ring_options) + COUNT_OF(own_options)];

const struct option_table uring_nvme_option_table = {
	.options = nvme_options, .struct_bytes = sizeof(struct uring_nvme_options)};

const struct option_table uring_nop_option_table = {
	.options = nop_options, .struct_bytes = sizeof(struct uring_options)};

_Static_assert(offsetof(struct uring_nvme_options, ring) == 0, "io_uring's lines bind to it");

__attribute__((constructor)) static void take_over_ring_options(void)
{
	size_t count = 0;

	for (size_t i = 0; i < COUNT_OF(ring_options); i++)
		nvme_options[count++] = *option_find(&uring_option_table, ring_options[i]);
	memcpy(&nvme_options[count], own_options, sizeof(own_options));
	for (size_t i = 0; i < COUNT_OF(nop_option_names); i++)
		nop_options[i] = *option_find(&uring_option_table, nop_option_names[i]);
}

/* SPDX-License-Identifier: MIT */
/*
 * Which io_uring this kernel has, and what a ring of it really did. Numbers and versions:
 * include/uapi/linux/io_uring.h and its history; the query's structures:
 * include/uapi/linux/io_uring/query.h.
 */
#include "engine/uring_probe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/text.h"
#include "engine/uring_abi.h"
#include "engine/uring_open.h"

enum {
	REGISTER_QUERY = 35, /* 6.18 */
	QUERY_OPCODES = 0,
	PROBED_OPCODES = 256,
	FIRST_TRIED_ENTRIES = 4,
};

struct query_head {
	uint64_t next;
	uint64_t data;
	uint32_t operation;
	uint32_t size;
	int32_t result;
	uint32_t reserved[3];
};

struct query_opcodes {
	uint32_t request_count;
	uint32_t register_count;
	uint64_t features;
	uint64_t setup_flags;
	uint64_t enter_flags;
	uint64_t sqe_flags;
	uint32_t query_count;
	uint32_t padding;
};

struct named_bit {
	const char *name;
	uint64_t bit;
	const char *since; /* Linux version; NULL: it has nothing to do with storage */
	unsigned needs;    /* a set-up flag: others without which the kernel refuses it */
};

static const struct named_bit setup_flags[] = {
	{"IOPOLL", IORING_SETUP_IOPOLL, "5.1", 0},
	{"SQPOLL", IORING_SETUP_SQPOLL, "5.1", 0},
	{"SQ_AFF", IORING_SETUP_SQ_AFF, "5.1", IORING_SETUP_SQPOLL},
	{"CQSIZE", IORING_SETUP_CQSIZE, "5.5", 0},
	{"CLAMP", IORING_SETUP_CLAMP, "5.6", 0},
	{"ATTACH_WQ", IORING_SETUP_ATTACH_WQ, "5.6", 0},
	{"R_DISABLED", IORING_SETUP_R_DISABLED, "5.10", 0},
	{"SUBMIT_ALL", IORING_SETUP_SUBMIT_ALL, "5.18", 0},
	{"COOP_TASKRUN", IORING_SETUP_COOP_TASKRUN, "5.19", 0},
	{"TASKRUN_FLAG", IORING_SETUP_TASKRUN_FLAG, "5.19", IORING_SETUP_COOP_TASKRUN},
	{"SQE128", IORING_SETUP_SQE128, "5.19", 0},
	{"CQE32", IORING_SETUP_CQE32, "5.19", 0},
	{"SINGLE_ISSUER", IORING_SETUP_SINGLE_ISSUER, "6.0", 0},
	{"DEFER_TASKRUN", IORING_SETUP_DEFER_TASKRUN, "6.1", IORING_SETUP_SINGLE_ISSUER},
	{"NO_MMAP", URING_SETUP_NO_MMAP, "6.5", 0},
	{"REGISTERED_FD_ONLY", URING_SETUP_REGISTERED_FD_ONLY, "6.5", URING_SETUP_NO_MMAP},
	{"NO_SQARRAY", URING_SETUP_NO_SQARRAY, "6.6", 0},
	{"HYBRID_IOPOLL", URING_SETUP_HYBRID_IOPOLL, "6.13", IORING_SETUP_IOPOLL},
	{"CQE_MIXED", URING_SETUP_CQE_MIXED, "6.18", 0},
	{"SQE_MIXED", URING_SETUP_SQE_MIXED, "6.19", 0},
	{"SQ_REWIND", URING_SETUP_SQ_REWIND, "7.0", URING_SETUP_NO_SQARRAY},
};

static const struct named_bit features[] = {
	{"SINGLE_MMAP", IORING_FEAT_SINGLE_MMAP, "5.4", 0},
	{"NODROP", IORING_FEAT_NODROP, "5.5", 0},
	{"SUBMIT_STABLE", IORING_FEAT_SUBMIT_STABLE, "5.5", 0},
	{"RW_CUR_POS", IORING_FEAT_RW_CUR_POS, "5.6", 0},
	{"CUR_PERSONALITY", IORING_FEAT_CUR_PERSONALITY, NULL, 0},
	{"FAST_POLL", IORING_FEAT_FAST_POLL, "5.7", 0},
	{"POLL_32BITS", IORING_FEAT_POLL_32BITS, NULL, 0},
	{"SQPOLL_NONFIXED", IORING_FEAT_SQPOLL_NONFIXED, "5.11", 0},
	{"EXT_ARG", IORING_FEAT_EXT_ARG, "5.11", 0},
	{"NATIVE_WORKERS", IORING_FEAT_NATIVE_WORKERS, "5.12", 0},
	{"RSRC_TAGS", IORING_FEAT_RSRC_TAGS, "5.13", 0},
	{"CQE_SKIP", IORING_FEAT_CQE_SKIP, "5.17", 0},
	{"LINKED_FILE", IORING_FEAT_LINKED_FILE, "5.17", 0},
	{"REG_REG_RING", URING_FEAT_REG_REG_RING, "6.3", 0},
	{"RECVSEND_BUNDLE", URING_FEAT_RECVSEND_BUNDLE, NULL, 0},
	{"MIN_TIMEOUT", URING_FEAT_MIN_TIMEOUT, "6.12", 0},
	{"RW_ATTR", URING_FEAT_RW_ATTR, "6.13", 0},
	{"NO_IOWAIT", URING_FEAT_NO_IOWAIT, "6.15", 0},
};

/* Opcodes are counted up and never taken away. */
#define OPCODE(name, number, since)                                                                \
	{                                                                                          \
		name, 1ull << (number), since, 0                                                   \
	}

static const struct named_bit opcodes[] = {
	OPCODE("READV", IORING_OP_READV, "5.1"),
	OPCODE("WRITEV", IORING_OP_WRITEV, "5.1"),
	OPCODE("READ_FIXED", IORING_OP_READ_FIXED, "5.1"),
	OPCODE("WRITE_FIXED", IORING_OP_WRITE_FIXED, "5.1"),
	OPCODE("FSYNC", IORING_OP_FSYNC, "5.1"),
	OPCODE("FALLOCATE", IORING_OP_FALLOCATE, "5.6"),
	OPCODE("OPENAT", IORING_OP_OPENAT, "5.6"),
	OPCODE("CLOSE", IORING_OP_CLOSE, "5.6"),
	OPCODE("STATX", IORING_OP_STATX, "5.6"),
	OPCODE("READ", IORING_OP_READ, "5.6"),
	OPCODE("WRITE", IORING_OP_WRITE, "5.6"),
	OPCODE("FADVISE", IORING_OP_FADVISE, "5.6"),
	OPCODE("SPLICE", IORING_OP_SPLICE, "5.7"),
	OPCODE("URING_CMD", IORING_OP_URING_CMD, "5.19"),
	OPCODE("READV_FIXED", URING_OP_READV_FIXED, "6.15"),
	OPCODE("WRITEV_FIXED", URING_OP_WRITEV_FIXED, "6.15"),
};

static int kernel_setup(unsigned entries, struct io_uring_params *parameters)
{
	long result = syscall(__NR_io_uring_setup, entries, parameters);

	return result < 0 ? -errno : (int)result;
}

static int kernel_enroll(int descriptor, unsigned operation, void *argument, unsigned count)
{
	long result = syscall(__NR_io_uring_register, descriptor, operation, argument, count);

	return result < 0 ? -errno : (int)result;
}

const struct uring_calls uring_kernel_calls = {kernel_setup, kernel_enroll};

/* Bits of the tables that the kernel has: by its own answer, or found by trial. */
struct findings {
	uint64_t features, setup_flags, opcodes;
	unsigned opcode_count;
};

static void add_bits(struct ability_list *list, const struct named_bit *bits, size_t count,
	uint64_t found, struct arena *arena)
{
	for (size_t i = 0; i < count; i++) {
		bool has_it = found & bits[i].bit;
		struct ability *ability;

		if (!bits[i].since)
			continue;
		ability = ability_add(list, arena, bits[i].name, has_it ? ABILITY_YES : ABILITY_NO);
		if (has_it)
			continue;
		ability->reason = "this kernel does not know it";
		ability->cure = arena_printf(arena, "Linux %s or newer", bits[i].since);
	}
}

static int query(const struct uring_calls *calls, struct findings *found)
{
	struct query_opcodes answer = {0};
	struct query_head head = {
		.data = (uintptr_t)&answer,
		.operation = QUERY_OPCODES,
		.size = sizeof(answer),
	};
	int result = calls->enroll(-1, REGISTER_QUERY, &head, 0);
	unsigned count = answer.request_count;

	*found = (struct findings){
		.features = answer.features,
		.setup_flags = answer.setup_flags,
		.opcodes = count < 64 ? (1ull << count) - 1 : UINT64_MAX,
		.opcode_count = count,
	};
	return result < 0 ? result : head.result;
}

/*
 * Any answer but EINVAL shows that the kernel knows the flag: NO_MMAP, for one, is EFAULT here,
 * because no memory is given to it.
 */
static bool knows_setup_flag(
	const struct uring_calls *calls, const struct named_bit *flag, int other_ring)
{
	struct io_uring_params parameters = {
		.flags = (uint32_t)flag->bit | flag->needs,
		.cq_entries = flag->bit & IORING_SETUP_CQSIZE ? 2 * FIRST_TRIED_ENTRIES : 0,
		.wq_fd = (uint32_t)other_ring,
	};
	int result = calls->setup(FIRST_TRIED_ENTRIES, &parameters);

	if (result >= 0)
		close(result);
	return result != -EINVAL;
}

static void try_all(const struct uring_calls *calls, int ring, unsigned feature_mask,
	struct findings *found, struct arena *arena)
{
	struct io_uring_probe *probe =
		arena_alloc(arena, sizeof(*probe) + PROBED_OPCODES * sizeof(probe->ops[0]));

	*found = (struct findings){.features = feature_mask};
	for (size_t i = 0; i < COUNT_OF(setup_flags); i++) {
		if (knows_setup_flag(calls, &setup_flags[i], ring))
			found->setup_flags |= setup_flags[i].bit;
	}
	/* Where the kernel has no probe (before 5.6) it has no opcode that one asks for. */
	if (calls->enroll(ring, IORING_REGISTER_PROBE, probe, PROBED_OPCODES) < 0)
		probe->ops_len = 0;
	found->opcode_count = probe->ops_len ? probe->last_op + 1u : 0;
	for (unsigned number = 0; number < probe->ops_len && number < 64; number++) {
		if (probe->ops[number].flags & IO_URING_OP_SUPPORTED)
			found->opcodes |= 1ull << number;
	}
}

void uring_abilities_read(
	struct uring_abilities *abilities, const struct uring_calls *calls, struct arena *arena)
{
	struct io_uring_params parameters = {0};
	struct engine_report report = {.arena = arena};
	struct findings found;
	int ring = calls->setup(FIRST_TRIED_ENTRIES, &parameters);

	*abilities = (struct uring_abilities){0};
	if (ring < 0) {
		abilities->error = uring_explain_setup(ring, NULL, FIRST_TRIED_ENTRIES, &report);
		abilities->reason = report.problem;
		abilities->cure = report.hint;
		return;
	}
	abilities->is_queried = query(calls, &found) == 0;
	if (!abilities->is_queried)
		try_all(calls, ring, parameters.features, &found, arena);
	abilities->opcode_count = found.opcode_count;
	add_bits(&abilities->features, features, COUNT_OF(features), found.features, arena);
	add_bits(&abilities->setup_flags, setup_flags, COUNT_OF(setup_flags), found.setup_flags,
		arena);
	add_bits(&abilities->opcodes, opcodes, COUNT_OF(opcodes), found.opcodes, arena);
	close(ring);
}

/* Bits without a name are shown as a number: a kernel may be newer than these tables. */
static const char *bit_names(
	const struct named_bit *bits, size_t count, unsigned mask, struct arena *arena)
{
	const char *list = "";

	for (size_t i = 0; i < count; i++) {
		if (mask & bits[i].bit)
			list = arena_printf(arena, "%s%s%s", list, *list ? "|" : "", bits[i].name);
		mask &= (unsigned)~bits[i].bit;
	}
	if (mask)
		list = arena_printf(arena, "%s%s0x%x", list, *list ? "|" : "", mask);
	return *list ? list : "none";
}

const char *uring_setup_flag_names(unsigned flags, struct arena *arena)
{
	return bit_names(setup_flags, COUNT_OF(setup_flags), flags, arena);
}

static const char *opcode_name(unsigned number)
{
	const struct named_bit *opcode = opcodes;

	while (opcode->bit != 1ull << number)
		opcode++;
	return opcode->name;
}

static const char *trim_name(const struct uring *uring)
{
	unsigned count = target_count(uring->targets, uring->target_count, TARGET_BLOCK);

	if (count == 0)
		return "FALLOCATE PUNCH_HOLE";
	return count == uring->target_count ? "URING_CMD discard"
					    : "URING_CMD discard or FALLOCATE";
}

/* A number of the ring's /proc/self/fdinfo; -1: this kernel does not tell. */
static long long fdinfo_number(const char *fdinfo, const char *key)
{
	const char *line = strstr(fdinfo, key);

	return line ? strtoll(line + strlen(key), NULL, 10) : -1;
}

/*
 * The poll thread as the kernel names it; older kernels (before 6.9) tell of it only in a moment
 * when it does nothing. Its share of busy time is of its whole life.
 */
static void prove_poll_thread(struct uring *uring, struct engine_report *report)
{
	char *path = arena_printf(report->arena, "/proc/self/fdinfo/%d", uring->ring.ring_fd);
	const char *fdinfo = text_read_file(report->arena, path);
	long long thread, total, work;

	engine_report_proof(report, "sqthread_wakeups", "%llu", (unsigned long long)uring->wakeups);
	thread = fdinfo ? fdinfo_number(fdinfo, "\nSqThread:") : -1;
	if (thread <= 0)
		return;
	engine_report_proof(report, "sqthread_tid", "%lld", thread);
	engine_report_proof(
		report, "sqthread_cpu", "%lld", fdinfo_number(fdinfo, "\nSqThreadCpu:"));
	total = fdinfo_number(fdinfo, "\nSqTotalTime:");
	work = fdinfo_number(fdinfo, "\nSqWorkTime:");
	if (total > 0 && work >= 0)
		engine_report_proof(
			report, "sqthread_busy", "%.0f %%", 100 * (double)work / (double)total);
}

static void prove_losses(struct uring *uring, struct engine_report *report)
{
	unsigned overflows = __atomic_load_n(uring->ring.cq.koverflow, __ATOMIC_RELAXED);
	unsigned dropped = __atomic_load_n(uring->ring.sq.kdropped, __ATOMIC_RELAXED);

	if (overflows > 0)
		engine_report_proof(report, "cq_overflows", "%u", overflows);
	if (dropped > 0)
		engine_report_proof(report, "sq_dropped", "%u", dropped);
}

void uring_prove_ring(struct uring *uring, const char *name, const struct engine_count *sent,
	size_t count, struct engine_report *report)
{
	engine_report_proof(report, "setup_flags", "%s",
		uring_setup_flag_names(uring->ring.flags, report->arena));
	engine_report_proof(report, "features", "%s",
		bit_names(features, COUNT_OF(features), uring->ring.features, report->arena));
	engine_report_counts(report, name, sent, count);
	engine_report_proof(
		report, "files", "%s", uring->options.registerfiles ? "registered" : "descriptors");
	if (uring->options.fixedbufs && uring->may_share_buffer)
		engine_report_proof(report, "buffers", "registered %s",
			uring->has_one_buffer ? "as one" : "each");
	engine_report_proof(report, "io_uring_enter", "%llu",
		(unsigned long long)(uring->engine.syscalls - uring->event_calls));
	if (uring->options.eventfd)
		engine_report_proof(
			report, "eventfd_calls", "%llu", (unsigned long long)uring->event_calls);
	if (uring->is_sq_polled)
		prove_poll_thread(uring, report);
	prove_losses(uring, report);
}

void uring_prove(struct engine *engine, struct engine_report *report)
{
	struct uring *uring = (struct uring *)engine;
	const struct engine_count sent[] = {
		{"OPENAT", uring->counts[IO_OPEN_READ]},
		{opcode_name(uring_transfer_opcode(&uring->options, IO_READ)),
			uring->counts[IO_READ]},
		{opcode_name(uring_transfer_opcode(&uring->options, IO_WRITE)),
			uring->counts[IO_WRITE]},
		{"CLOSE", uring->counts[IO_OPEN_READ]},
		{"STATX", uring->counts[IO_STAT]},
		{trim_name(uring), uring->counts[IO_TRIM]},
		{"FSYNC", uring->counts[IO_SYNC]},
		{"FSYNC DATASYNC", uring->counts[IO_DATASYNC]},
	};

	uring_prove_ring(uring, "opcodes", sent, COUNT_OF(sent), report);
}

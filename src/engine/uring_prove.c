/* SPDX-License-Identifier: MIT */
/* What an io_uring job really did: flags and features as the kernel returned them, opcodes, calls.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/proof.h"
#include "engine/uring.h"
#include "engine/uring_abi.h"

struct bit_name {
	unsigned bit;
	const char *name;
};

static const struct bit_name setup_names[] = {
	{IORING_SETUP_IOPOLL, "IOPOLL"},
	{IORING_SETUP_SQPOLL, "SQPOLL"},
	{IORING_SETUP_SQ_AFF, "SQ_AFF"},
	{IORING_SETUP_CQSIZE, "CQSIZE"},
	{IORING_SETUP_CLAMP, "CLAMP"},
	{IORING_SETUP_ATTACH_WQ, "ATTACH_WQ"},
	{IORING_SETUP_R_DISABLED, "R_DISABLED"},
	{IORING_SETUP_SUBMIT_ALL, "SUBMIT_ALL"},
	{IORING_SETUP_COOP_TASKRUN, "COOP_TASKRUN"},
	{IORING_SETUP_TASKRUN_FLAG, "TASKRUN_FLAG"},
	{IORING_SETUP_SQE128, "SQE128"},
	{IORING_SETUP_CQE32, "CQE32"},
	{IORING_SETUP_SINGLE_ISSUER, "SINGLE_ISSUER"},
	{IORING_SETUP_DEFER_TASKRUN, "DEFER_TASKRUN"},
	{URING_SETUP_NO_MMAP, "NO_MMAP"},
	{URING_SETUP_REGISTERED_FD_ONLY, "REGISTERED_FD_ONLY"},
	{URING_SETUP_NO_SQARRAY, "NO_SQARRAY"},
	{URING_SETUP_HYBRID_IOPOLL, "HYBRID_IOPOLL"},
	{URING_SETUP_CQE_MIXED, "CQE_MIXED"},
	{URING_SETUP_SQE_MIXED, "SQE_MIXED"},
	{URING_SETUP_SQ_REWIND, "SQ_REWIND"},
	{0, NULL},
};

static const struct bit_name feature_names[] = {
	{IORING_FEAT_SINGLE_MMAP, "SINGLE_MMAP"},
	{IORING_FEAT_NODROP, "NODROP"},
	{IORING_FEAT_SUBMIT_STABLE, "SUBMIT_STABLE"},
	{IORING_FEAT_RW_CUR_POS, "RW_CUR_POS"},
	{IORING_FEAT_CUR_PERSONALITY, "CUR_PERSONALITY"},
	{IORING_FEAT_FAST_POLL, "FAST_POLL"},
	{IORING_FEAT_POLL_32BITS, "POLL_32BITS"},
	{IORING_FEAT_SQPOLL_NONFIXED, "SQPOLL_NONFIXED"},
	{IORING_FEAT_EXT_ARG, "EXT_ARG"},
	{IORING_FEAT_NATIVE_WORKERS, "NATIVE_WORKERS"},
	{IORING_FEAT_RSRC_TAGS, "RSRC_TAGS"},
	{IORING_FEAT_CQE_SKIP, "CQE_SKIP"},
	{IORING_FEAT_LINKED_FILE, "LINKED_FILE"},
	{URING_FEAT_REG_REG_RING, "REG_REG_RING"},
	{URING_FEAT_RECVSEND_BUNDLE, "RECVSEND_BUNDLE"},
	{URING_FEAT_MIN_TIMEOUT, "MIN_TIMEOUT"},
	{URING_FEAT_RW_ATTR, "RW_ATTR"},
	{URING_FEAT_NO_IOWAIT, "NO_IOWAIT"},
	{0, NULL},
};

/* Bits without a name are shown as a number: a kernel may be newer than this table. */
static const char *bit_names(const struct bit_name *names, unsigned bits, struct arena *arena)
{
	const char *list = NULL;

	for (; names->name; names++) {
		if (!(bits & names->bit))
			continue;
		list = arena_printf(
			arena, "%s%s%s", list ? list : "", list ? "|" : "", names->name);
		bits &= ~names->bit;
	}
	if (bits)
		list = arena_printf(arena, "%s%s0x%x", list ? list : "", list ? "|" : "", bits);
	return list ? list : "none";
}

const char *uring_setup_flag_names(unsigned flags, struct arena *arena)
{
	return bit_names(setup_names, flags, arena);
}

static const char *transfer_name(const struct uring *uring, enum io_op op)
{
	bool reads = op == IO_READ;

	switch (uring_transfer_opcode(&uring->options, op)) {
	case IORING_OP_READ:
	case IORING_OP_WRITE:
		return reads ? "READ" : "WRITE";
	case IORING_OP_READV:
	case IORING_OP_WRITEV:
		return reads ? "READV" : "WRITEV";
	case IORING_OP_READ_FIXED:
	case IORING_OP_WRITE_FIXED:
		return reads ? "READ_FIXED" : "WRITE_FIXED";
	default:
		return reads ? "READV_FIXED" : "WRITEV_FIXED";
	}
}

static const char *trim_name(const struct uring *uring)
{
	unsigned block_count = 0;

	for (unsigned i = 0; i < uring->target_count; i++)
		block_count += uring->targets[i].kind == TARGET_BLOCK;
	if (block_count == 0)
		return "FALLOCATE PUNCH_HOLE";
	return block_count == uring->target_count ? "URING_CMD discard"
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
static void prove_poll_thread(
	struct uring *uring, struct engine_report *report, struct arena *arena)
{
	char *path = arena_printf(arena, "/proc/self/fdinfo/%d", uring->ring.ring_fd);
	const char *fdinfo = text_read_file(arena, path);
	long long thread, total, work;

	engine_report_proof(
		report, arena, "sqthread_wakeups", "%llu", (unsigned long long)uring->wakeups);
	thread = fdinfo ? fdinfo_number(fdinfo, "\nSqThread:") : -1;
	if (thread <= 0)
		return;
	engine_report_proof(report, arena, "sqthread_tid", "%lld", thread);
	engine_report_proof(
		report, arena, "sqthread_cpu", "%lld", fdinfo_number(fdinfo, "\nSqThreadCpu:"));
	total = fdinfo_number(fdinfo, "\nSqTotalTime:");
	work = fdinfo_number(fdinfo, "\nSqWorkTime:");
	if (total > 0 && work >= 0)
		engine_report_proof(report, arena, "sqthread_busy", "%.0f %%",
			100 * (double)work / (double)total);
}

static void prove_losses(struct uring *uring, struct engine_report *report, struct arena *arena)
{
	unsigned overflows = __atomic_load_n(uring->ring.cq.koverflow, __ATOMIC_RELAXED);
	unsigned dropped = __atomic_load_n(uring->ring.sq.kdropped, __ATOMIC_RELAXED);

	if (overflows > 0)
		engine_report_proof(report, arena, "cq_overflows", "%u", overflows);
	if (dropped > 0)
		engine_report_proof(report, arena, "sq_dropped", "%u", dropped);
}

void uring_prove_ring(struct uring *uring, const char *name, const char *sent,
	struct engine_report *report, struct arena *arena)
{
	engine_report_proof(report, arena, "setup_flags", "%s",
		uring_setup_flag_names(uring->ring.flags, arena));
	engine_report_proof(report, arena, "features", "%s",
		bit_names(feature_names, uring->ring.features, arena));
	engine_report_proof(report, arena, name, "%s", sent);
	engine_report_proof(report, arena, "files", "%s",
		uring->options.registerfiles ? "registered" : "descriptors");
	engine_report_proof(report, arena, "io_uring_enter", "%llu",
		(unsigned long long)(uring->engine.syscalls - uring->event_calls));
	if (uring->options.eventfd)
		engine_report_proof(report, arena, "eventfd_calls", "%llu",
			(unsigned long long)uring->event_calls);
	if (uring->is_sq_polled)
		prove_poll_thread(uring, report, arena);
	prove_losses(uring, report, arena);
}

void uring_prove(struct engine *engine, struct engine_report *report, struct arena *arena)
{
	struct uring *uring = (struct uring *)engine;
	const struct proof_count opcodes[] = {
		{"OPENAT", uring->counts[IO_OPEN_READ]},
		{transfer_name(uring, IO_READ), uring->counts[IO_READ]},
		{transfer_name(uring, IO_WRITE), uring->counts[IO_WRITE]},
		{"CLOSE", uring->counts[IO_OPEN_READ]},
		{"STATX", uring->counts[IO_STAT]},
		{trim_name(uring), uring->counts[IO_TRIM]},
		{"FSYNC", uring->counts[IO_SYNC]},
		{"FSYNC DATASYNC", uring->counts[IO_DATASYNC]},
	};

	uring_prove_ring(uring, "opcodes",
		proof_list(arena, opcodes, sizeof(opcodes) / sizeof(opcodes[0])), report, arena);
}

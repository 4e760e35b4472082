/* SPDX-License-Identifier: MIT */
/*
 * Which io_uring this kernel has. Numbers and versions: include/uapi/linux/io_uring.h and its
 * history; the query's structures: include/uapi/linux/io_uring/query.h.
 */
#include "engine/uring_probe.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/uring.h"
#include "engine/uring_abi.h"

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
	unsigned bit;
	const char *since; /* Linux version */
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
	{"FAST_POLL", IORING_FEAT_FAST_POLL, "5.7", 0},
	{"SQPOLL_NONFIXED", IORING_FEAT_SQPOLL_NONFIXED, "5.11", 0},
	{"EXT_ARG", IORING_FEAT_EXT_ARG, "5.11", 0},
	{"NATIVE_WORKERS", IORING_FEAT_NATIVE_WORKERS, "5.12", 0},
	{"RSRC_TAGS", IORING_FEAT_RSRC_TAGS, "5.13", 0},
	{"CQE_SKIP", IORING_FEAT_CQE_SKIP, "5.17", 0},
	{"LINKED_FILE", IORING_FEAT_LINKED_FILE, "5.17", 0},
	{"REG_REG_RING", URING_FEAT_REG_REG_RING, "6.3", 0},
	{"MIN_TIMEOUT", URING_FEAT_MIN_TIMEOUT, "6.12", 0},
	{"RW_ATTR", URING_FEAT_RW_ATTR, "6.13", 0},
	{"NO_IOWAIT", URING_FEAT_NO_IOWAIT, "6.15", 0},
};

/* Opcodes are counted up and never taken away: `bit` is the number. */
static const struct named_bit opcodes[] = {
	{"READV", IORING_OP_READV, "5.1", 0},
	{"WRITEV", IORING_OP_WRITEV, "5.1", 0},
	{"READ_FIXED", IORING_OP_READ_FIXED, "5.1", 0},
	{"WRITE_FIXED", IORING_OP_WRITE_FIXED, "5.1", 0},
	{"FSYNC", IORING_OP_FSYNC, "5.1", 0},
	{"FALLOCATE", IORING_OP_FALLOCATE, "5.6", 0},
	{"OPENAT", IORING_OP_OPENAT, "5.6", 0},
	{"CLOSE", IORING_OP_CLOSE, "5.6", 0},
	{"STATX", IORING_OP_STATX, "5.6", 0},
	{"READ", IORING_OP_READ, "5.6", 0},
	{"WRITE", IORING_OP_WRITE, "5.6", 0},
	{"FADVISE", IORING_OP_FADVISE, "5.6", 0},
	{"SPLICE", IORING_OP_SPLICE, "5.7", 0},
	{"URING_CMD", IORING_OP_URING_CMD, "5.19", 0},
	{"READV_FIXED", URING_OP_READV_FIXED, "6.15", 0},
	{"WRITEV_FIXED", URING_OP_WRITEV_FIXED, "6.15", 0},
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

static void add_bit(
	struct ability_list *list, const struct named_bit *bit, bool has_it, struct arena *arena)
{
	struct ability *ability =
		ability_add(list, arena, bit->name, has_it ? ABILITY_YES : ABILITY_NO);

	if (has_it)
		return;
	ability->reason = "this kernel does not know it";
	ability->cure = arena_printf(arena, "Linux %s or newer", bit->since);
}

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static void add_features(struct uring_abilities *abilities, uint64_t mask, struct arena *arena)
{
	for (size_t i = 0; i < COUNT_OF(features); i++)
		add_bit(&abilities->features, &features[i], mask & features[i].bit, arena);
}

static int query(const struct uring_calls *calls, struct query_opcodes *answer)
{
	struct query_head head = {
		.data = (uintptr_t)answer,
		.operation = QUERY_OPCODES,
		.size = sizeof(*answer),
	};
	int result;

	*answer = (struct query_opcodes){0};
	result = calls->enroll(-1, REGISTER_QUERY, &head, 0);
	return result < 0 ? result : head.result;
}

static void take_query(
	struct uring_abilities *abilities, const struct query_opcodes *answer, struct arena *arena)
{
	abilities->is_queried = true;
	abilities->opcode_count = answer->request_count;
	add_features(abilities, answer->features, arena);
	for (size_t i = 0; i < COUNT_OF(setup_flags); i++)
		add_bit(&abilities->setup_flags, &setup_flags[i],
			answer->setup_flags & setup_flags[i].bit, arena);
	for (size_t i = 0; i < COUNT_OF(opcodes); i++)
		add_bit(&abilities->opcodes, &opcodes[i], opcodes[i].bit < answer->request_count,
			arena);
}

/*
 * Any answer but EINVAL shows that the kernel knows the flag: NO_MMAP, for one, is EFAULT here,
 * because no memory is given to it.
 */
static bool knows_setup_flag(
	const struct uring_calls *calls, const struct named_bit *flag, int other_ring)
{
	struct io_uring_params parameters = {
		.flags = flag->bit | flag->needs,
		.cq_entries = 2 * FIRST_TRIED_ENTRIES,
		.wq_fd = (uint32_t)other_ring,
	};
	int result;

	if (!(flag->bit & IORING_SETUP_CQSIZE))
		parameters.cq_entries = 0;
	result = calls->setup(FIRST_TRIED_ENTRIES, &parameters);
	if (result >= 0)
		close(result);
	return result != -EINVAL;
}

static void try_opcodes(struct uring_abilities *abilities, const struct uring_calls *calls,
	int ring, struct arena *arena)
{
	struct io_uring_probe *probe =
		arena_alloc(arena, sizeof(*probe) + PROBED_OPCODES * sizeof(probe->ops[0]));

	/* Where the kernel has no probe (before 5.6) it has no opcode that one asks for. */
	if (calls->enroll(ring, IORING_REGISTER_PROBE, probe, PROBED_OPCODES) < 0)
		probe->ops_len = 0;
	abilities->opcode_count = probe->ops_len ? probe->last_op + 1u : 0;
	for (size_t i = 0; i < COUNT_OF(opcodes); i++) {
		unsigned number = opcodes[i].bit;

		add_bit(&abilities->opcodes, &opcodes[i],
			number < probe->ops_len &&
				(probe->ops[number].flags & IO_URING_OP_SUPPORTED),
			arena);
	}
}

static void try_all(struct uring_abilities *abilities, const struct uring_calls *calls, int ring,
	unsigned feature_mask, struct arena *arena)
{
	add_features(abilities, feature_mask, arena);
	for (size_t i = 0; i < COUNT_OF(setup_flags); i++)
		add_bit(&abilities->setup_flags, &setup_flags[i],
			knows_setup_flag(calls, &setup_flags[i], ring), arena);
	try_opcodes(abilities, calls, ring, arena);
}

void uring_abilities_read(
	struct uring_abilities *abilities, const struct uring_calls *calls, struct arena *arena)
{
	struct io_uring_params parameters = {0};
	struct engine_report report = {0};
	struct query_opcodes answer;
	int ring = calls->setup(FIRST_TRIED_ENTRIES, &parameters);

	*abilities = (struct uring_abilities){0};
	if (ring < 0) {
		uring_explain_setup(ring, NULL, FIRST_TRIED_ENTRIES, &report, arena);
		abilities->error = ring;
		abilities->reason = report.problem;
		abilities->cure = report.hint;
		return;
	}
	if (query(calls, &answer) == 0)
		take_query(abilities, &answer, arena);
	else
		try_all(abilities, calls, ring, parameters.features, arena);
	close(ring);
}

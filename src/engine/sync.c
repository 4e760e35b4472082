/* SPDX-License-Identifier: MIT */
/*
 * The synchronous engines, which do the I/O inside submit, one at a time:
 *     sync     lseek(2) where the position is another, then read(2) or write(2), as fio's sync
 *     psync    pread(2), pwrite(2)
 *     pvsync2  preadv2(2), pwritev2(2)
 * Other operations are the same for all three (blocking.h). A call that a signal broke off is a
 * result, -EINTR: the worker sends it again, or ends.
 */
#include <errno.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "engine/blocking.h"
#include "engine/rwf.h"

#define POSITION_UNKNOWN UINT64_MAX

struct pvsync2_options {
	struct rwf_options rwf;
};

struct sync_engine {
	struct engine engine;
	const struct target *targets;
	uint64_t *positions; /* `sync` only: where each target's descriptor stands */
	bool targets_change;
	const char *const *names;       /* of the calls that read and write */
	unsigned rw_flags[IO_OP_COUNT]; /* pvsync2 only */
	uint64_t seeks;
	struct blocking blocking;
	struct blocking_counts counts;
};

/* The position is the descriptor's, so it is not known of one that may have been reopened. */
static int32_t seek(struct sync_engine *sync, int descriptor, const struct slot *slot)
{
	const struct target *target = &sync->targets[slot->target];

	if (target->kind == TARGET_PIPE)
		return 0;
	if (sync->positions[slot->target] == slot->offset && !sync->targets_change)
		return 0;
	sync->engine.syscalls++;
	sync->seeks++;
	if (lseek(descriptor, (off_t)slot->offset, SEEK_SET) < 0)
		return -errno;
	return 0;
}

static inline int32_t transfer_sync(
	void *context, int descriptor, const struct slot *slot, uint64_t *syscalls)
{
	struct sync_engine *sync = context;
	long number = slot->op == IO_READ ? SYS_read : SYS_write;
	long result = seek(sync, descriptor, slot);

	if (result < 0)
		return (int32_t)result;
	(*syscalls)++;
	result = syscall(number, descriptor, slot->buffer, (size_t)slot->length);
	sync->positions[slot->target] =
		result < 0 ? POSITION_UNKNOWN : slot->offset + (uint64_t)result;
	return result < 0 ? -errno : (int32_t)result;
}

static inline int32_t transfer_psync(
	void *context, int descriptor, const struct slot *slot, uint64_t *syscalls)
{
	(void)context;
	return blocking_transfer(descriptor, slot, syscalls);
}

static inline int32_t transfer_pvsync2(
	void *context, int descriptor, const struct slot *slot, uint64_t *syscalls)
{
	const struct sync_engine *sync = context;
	long number = slot->op == IO_READ ? SYS_preadv2 : SYS_pwritev2;
	struct iovec vector = {.iov_base = slot->buffer, .iov_len = slot->length};
	long result;

	/* The offset comes in two halves; on 64-bit machines the first has it all. */
	(*syscalls)++;
	result = syscall(number, descriptor, &vector, 1L, (long)slot->offset, 0L,
		(long)sync->rw_flags[slot->op]);
	return result < 0 ? -errno : (int32_t)result;
}

static int32_t run_other(struct sync_engine *sync, struct slot *slot)
{
	/* A file that has just been opened stands at its beginning. */
	if (slot->op == IO_OPEN_READ)
		sync->positions[slot->target] = 0;
	return blocking_run(&sync->blocking, slot, &sync->engine.syscalls);
}

/* One at a time: a second one in the batch would wait for the first, and its latency tell so. */
static inline __attribute__((always_inline)) int submit_with(struct engine *engine,
	struct slot **slots, unsigned count, blocking_transfer_function *transfer)
{
	struct sync_engine *sync = (struct sync_engine *)engine;
	struct slot *slot;

	if (engine->done || count == 0)
		return 0;
	slot = slots[0];
	if (slot->op <= IO_WRITE) {
		slot->result = transfer(
			sync, sync->targets[slot->target].descriptor, slot, &engine->syscalls);
		sync->counts.ops[slot->op]++;
	} else {
		slot->result = run_other(sync, slot);
		blocking_count(&sync->counts, slot);
	}
	engine->done = slot;
	return 1;
}

static int open_as(const struct engine_class *class, const char *const names[2],
	blocking_transfer_function *transfer, const struct engine_setup *setup,
	struct engine **engine, struct engine_report *report)
{
	struct sync_engine *sync = ARENA_NEW(setup->arena, struct sync_engine);
	struct pvsync2_options options = {0};
	int result;

	if (class->options)
		engine_take_options(setup, class->options, &options);
	result = rwf_check(&options.rwf, setup, report);
	if (result < 0)
		return result;
	rwf_fill(&options.rwf, sync->rw_flags);
	sync->engine.class = class;
	sync->targets = setup->targets;
	sync->targets_change = setup->targets_change;
	sync->names = names;
	sync->positions = arena_alloc_array(setup->arena, setup->target_count, sizeof(uint64_t));
	for (unsigned i = 0; i < setup->target_count; i++)
		sync->positions[i] = POSITION_UNKNOWN;
	blocking_init(&sync->blocking, setup, transfer, sync);
	engine_report_effective(report, "calls", "%s, %s", names[IO_READ], names[IO_WRITE]);
	*engine = &sync->engine;
	return 0;
}

static const struct option pvsync2_options[] = {
	RWF_OPTIONS(struct pvsync2_options, rwf),
	{.name = NULL},
};

static const struct option_table pvsync2_table = {pvsync2_options, sizeof(struct pvsync2_options)};

static void sync_prove(struct engine *engine, struct engine_report *report)
{
	struct sync_engine *sync = (struct sync_engine *)engine;
	const struct blocking_names names = {
		.proof = "calls",
		.read = sync->names[IO_READ],
		.write = sync->names[IO_WRITE],
		.second = {"lseek", sync->seeks},
	};

	blocking_prove(&sync->blocking, &sync->counts, &names, report);
}

#define SYNC_CLASS(class_name, read_name, write_name, class_options, class_summary)                \
	static int class_name##_open(const struct engine_setup *setup, struct engine **engine,     \
		struct engine_report *report)                                                      \
	{                                                                                          \
		static const char *const names[2] = {read_name, write_name};                       \
                                                                                                   \
		return open_as(&engine_##class_name, names, transfer_##class_name, setup, engine,  \
			report);                                                                   \
	}                                                                                          \
	static int class_name##_submit(struct engine *engine, struct slot **slots, unsigned count) \
	{                                                                                          \
		return submit_with(engine, slots, count, transfer_##class_name);                   \
	}                                                                                          \
	const struct engine_class engine_##class_name = {                                          \
		.name = #class_name,                                                               \
		.summary = class_summary,                                                          \
		.op_mask = ENGINE_PLAIN_OPS | IO_COMPOSITE_BITS,                                   \
		.traits = ENGINE_IS_SYNCHRONOUS,                                                   \
		.depth_limit = 1,                                                                  \
		.options = class_options,                                                          \
		.open = class_name##_open,                                                         \
		.submit = class_name##_submit,                                                     \
		.reap = engine_reap_done,                                                          \
		.prove = sync_prove,                                                               \
		.close = engine_close_nothing,                                                     \
	}

SYNC_CLASS(sync, "read", "write", NULL, "lseek(2), then read(2) or write(2)");
SYNC_CLASS(psync, "pread", "pwrite", NULL, "pread(2) and pwrite(2)");
SYNC_CLASS(pvsync2, "preadv2", "pwritev2", &pvsync2_table, "preadv2(2) and pwritev2(2)");

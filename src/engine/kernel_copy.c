/* SPDX-License-Identifier: MIT */
/*
 * Engines that copy inside the kernel, without a buffer of the program: rw=copy and nothing else.
 *     copy_file_range  copy_file_range(2): the file system may share the blocks in place of copying
 *                      them (XFS and btrfs do), which moves no data at all
 *     sendfile         sendfile(2), which writes where the destination's descriptor stands:
 *                      after an lseek(2) where that is another place
 */
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/blocking.h"

#define POSITION_UNKNOWN UINT64_MAX

enum { SYNC_OPS = IO_BIT(IO_SYNC) | IO_BIT(IO_DATASYNC) };

struct kernel_copy {
	struct engine engine;
	const struct target *targets;
	unsigned pair_count; /* the destination of target i is i + pair_count */
	bool targets_change;
	uint64_t *positions; /* `sendfile` only: where each destination's descriptor stands */
	uint64_t copies, repeats, seeks; /* repeats: calls after one that was short */
	uint64_t syncs[IO_OP_COUNT];
};

/* One call for what is left behind `done` bytes: bytes copied, 0 at the end of the source, -errno.
 */
typedef long copy_function(struct kernel_copy *copy, const struct slot *slot, uint32_t done);

static long copy_by_range(struct kernel_copy *copy, const struct slot *slot, uint32_t done)
{
	const struct target *source = &copy->targets[slot->target];
	loff_t from = (loff_t)slot->offset + done, to = from;
	long result;

	copy->engine.syscalls++;
	result = syscall(SYS_copy_file_range, source->descriptor, &from,
		source[copy->pair_count].descriptor, &to, (size_t)(slot->length - done), 0U);
	return result < 0 ? -errno : result;
}

/* The position is the descriptor's, so it is not known of one that may have been reopened. */
static int seek(struct kernel_copy *copy, const struct slot *slot)
{
	const struct target *destination = &copy->targets[slot->target + copy->pair_count];

	if (copy->positions[slot->target] == slot->offset && !copy->targets_change)
		return 0;
	copy->engine.syscalls++;
	copy->seeks++;
	return lseek(destination->descriptor, (off_t)slot->offset, SEEK_SET) < 0 ? -errno : 0;
}

static long copy_by_sendfile(struct kernel_copy *copy, const struct slot *slot, uint32_t done)
{
	const struct target *source = &copy->targets[slot->target];
	off_t from = (off_t)slot->offset + done;
	long result = done == 0 ? seek(copy, slot) : 0;

	if (result < 0)
		return result;
	copy->engine.syscalls++;
	result = syscall(SYS_sendfile, source[copy->pair_count].descriptor, source->descriptor,
		&from, (size_t)(slot->length - done));
	copy->positions[slot->target] =
		result < 0 ? POSITION_UNKNOWN : (uint64_t)slot->offset + done + (uint64_t)result;
	return result < 0 ? -errno : result;
}

/* The kernel may stop early, and programs that copy go on. Bytes, or -errno of the first call. */
static inline __attribute__((always_inline)) int32_t copy_whole(
	struct kernel_copy *copy, const struct slot *slot, copy_function *function)
{
	uint32_t done = 0;
	long result;

	do {
		copy->repeats += done > 0;
		result = function(copy, slot, done);
		if (result > 0)
			done += (uint32_t)result;
	} while (result > 0 && done < slot->length);
	return result < 0 && done == 0 ? (int32_t)result : (int32_t)done;
}

static inline __attribute__((always_inline)) int submit_with(
	struct engine *engine, struct slot **slots, unsigned count, copy_function *function)
{
	struct kernel_copy *copy = (struct kernel_copy *)engine;
	struct slot *slot;

	if (engine->done || count == 0)
		return 0;
	slot = slots[0];
	if (slot->op == IO_COPY) {
		slot->result = copy_whole(copy, slot, function);
		copy->copies++;
	} else {
		slot->result = blocking_sync(
			copy->targets[slot->target].descriptor, slot->op, &engine->syscalls);
		copy->syncs[slot->op]++;
	}
	engine->done = slot;
	return 1;
}

static int open_as(const struct engine_class *class, const struct engine_setup *setup,
	struct engine **engine, struct engine_report *report)
{
	struct kernel_copy *copy = ARENA_NEW(setup->arena, struct kernel_copy);

	copy->engine.class = class;
	copy->targets = setup->targets;
	copy->pair_count = setup->target_count / 2;
	copy->targets_change = setup->targets_change;
	copy->positions = arena_alloc_array(setup->arena, setup->target_count, sizeof(uint64_t));
	for (unsigned i = 0; i < setup->target_count; i++)
		copy->positions[i] = POSITION_UNKNOWN;
	engine_report_effective(report, "calls", "%s", class->name);
	*engine = &copy->engine;
	return 0;
}

static void kernel_copy_prove(struct engine *engine, struct engine_report *report)
{
	const struct kernel_copy *copy = (const struct kernel_copy *)engine;
	const struct engine_count calls[] = {
		{engine->class->name, copy->copies},
		{"after a short one", copy->repeats},
		{"lseek", copy->seeks},
		{"fsync", copy->syncs[IO_SYNC]},
		{"fdatasync", copy->syncs[IO_DATASYNC]},
	};

	engine_report_counts(report, "calls", calls, COUNT_OF(calls));
}

#define KERNEL_COPY(class_name, class_function, class_summary)                                     \
	static int class_name##_submit(struct engine *engine, struct slot **slots, unsigned count) \
	{                                                                                          \
		return submit_with(engine, slots, count, class_function);                          \
	}                                                                                          \
	static int class_name##_open(const struct engine_setup *setup, struct engine **engine,     \
		struct engine_report *report)                                                      \
	{                                                                                          \
		return open_as(&engine_##class_name, setup, engine, report);                       \
	}                                                                                          \
	const struct engine_class engine_##class_name = {                                          \
		.name = #class_name,                                                               \
		.summary = class_summary,                                                          \
		.op_mask = IO_BIT(IO_COPY) | SYNC_OPS,                                             \
		.traits = ENGINE_IS_SYNCHRONOUS,                                                   \
		.depth_limit = 1,                                                                  \
		.open = class_name##_open,                                                         \
		.submit = class_name##_submit,                                                     \
		.reap = engine_reap_done,                                                          \
		.prove = kernel_copy_prove,                                                        \
		.close = engine_close_nothing,                                                     \
	}

KERNEL_COPY(copy_file_range, copy_by_range, "copy_file_range(2), for rw=copy");
KERNEL_COPY(sendfile, copy_by_sendfile, "sendfile(2) from file to file, for rw=copy");

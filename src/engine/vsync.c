/* SPDX-License-Identifier: MIT */
/*
 * vsync: lseek(2), then one readv(2) or writev(2) for all I/Os of a batch that follow one another
 * in one file, as fio's vsync does. The batch ends such a run (iodepth_batch_submit), so does an
 * I/O of another file, direction or place, which is the first of the next run. Other operations go
 * alone (blocking.h).
 */
#include <errno.h>
#include <limits.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/hot.h"
#include "engine/blocking.h"

enum {
	VECTORS_LIMIT = IOV_MAX,            /* the kernel's UIO_MAXIOV */
	CALL_BYTES_LIMIT = INT_MAX & ~4095, /* MAX_RW_COUNT: more is never moved at once */
};

struct vsync_engine {
	struct engine engine;
	const struct target *targets;
	struct iovec *vectors;
	struct slot **finished; /* by the last submit; reap hands them back */
	unsigned finished_count, taken_count;
	uint64_t ios[2];      /* read, written */
	unsigned largest_run; /* I/Os of one call */
	uint64_t seeks;
	struct blocking blocking;
	struct blocking_counts counts;
};

static HOT long move(struct vsync_engine *vsync, int descriptor, const struct slot *slot,
	const struct iovec *vectors, unsigned count)
{
	long number = slot->op == IO_READ ? SYS_readv : SYS_writev;
	long result;

	/* A pipe has no position. */
	if (vsync->targets[slot->target].kind != TARGET_PIPE) {
		vsync->engine.syscalls++;
		vsync->seeks++;
		if (lseek(descriptor, (off_t)slot->offset, SEEK_SET) < 0)
			return -errno;
	}
	vsync->engine.syscalls++;
	result = syscall(number, descriptor, vectors, (unsigned long)count);
	return result < 0 ? -errno : result;
}

static int32_t transfer(void *context, int descriptor, const struct slot *slot, uint64_t *syscalls)
{
	const struct iovec vector = {.iov_base = slot->buffer, .iov_len = slot->length};

	(void)syscalls; /* They are the engine's, which move counts. */
	return (int32_t)move(context, descriptor, slot, &vector, 1);
}

static bool follows(const struct slot *before, const struct slot *slot)
{
	return slot->op == before->op && slot->target == before->target &&
	       slot->offset == before->offset + before->length;
}

/* How many from slots[0] on go in one call; their vectors are made. */
static unsigned gather(struct vsync_engine *vsync, struct slot **slots, unsigned count)
{
	uint64_t bytes = 0;
	unsigned run = 0;

	while (run < count && run < VECTORS_LIMIT &&
		(run == 0 || (follows(slots[run - 1], slots[run]) &&
				     bytes + slots[run]->length <= CALL_BYTES_LIMIT))) {
		bytes += slots[run]->length;
		vsync->vectors[run].iov_base = slots[run]->buffer;
		vsync->vectors[run].iov_len = slots[run]->length;
		run++;
	}
	return run;
}

/*
 * Bytes belong to the first I/Os of the call, as far as they go. What a call that failed or came
 * short has left is sent again, each I/O alone: else one bad block would be the error of all.
 */
static void share_result(
	struct vsync_engine *vsync, struct slot **slots, unsigned count, long result)
{
	const struct target *target = &vsync->targets[slots[0]->target];

	for (unsigned i = 0; i < count; i++) {
		struct slot *slot = slots[i];
		bool is_left = count > 1 && result < (long)slot->length && result != -EINTR;
		/* A stream has given these bytes once and for all. */
		bool is_kept = result > 0 && target->kind == TARGET_PIPE;

		slot->result = (int32_t)(result < (long)slot->length ? result : (long)slot->length);
		if (result > 0)
			result -= slot->result;
		if (!is_left || is_kept)
			continue;
		slot->result = transfer(vsync, target->descriptor, slot, NULL);
		vsync->counts.ops[slot->op]++;
	}
}

static unsigned run_transfers(struct vsync_engine *vsync, struct slot **slots, unsigned count)
{
	const struct slot *first = slots[0];
	unsigned run = gather(vsync, slots, count);
	long result =
		move(vsync, vsync->targets[first->target].descriptor, first, vsync->vectors, run);

	vsync->counts.ops[first->op]++;
	vsync->ios[first->op] += run;
	if (run > vsync->largest_run)
		vsync->largest_run = run;
	share_result(vsync, slots, run, result);
	return run;
}

/* One run, or one other operation: what is behind it has not waited for it when it is sent. */
static HOT int vsync_submit(struct engine *engine, struct slot **slots, unsigned count)
{
	struct vsync_engine *vsync = (struct vsync_engine *)engine;
	unsigned run = 1;

	if (count == 0 || vsync->taken_count < vsync->finished_count)
		return 0;
	if (slots[0]->op <= IO_WRITE) {
		run = run_transfers(vsync, slots, count);
	} else {
		slots[0]->result = blocking_run(&vsync->blocking, slots[0], &engine->syscalls);
		blocking_count(&vsync->counts, slots[0]);
	}
	for (unsigned i = 0; i < run; i++)
		vsync->finished[i] = slots[i];
	vsync->finished_count = run;
	vsync->taken_count = 0;
	return (int)run;
}

static HOT int vsync_reap(
	struct engine *engine, struct slot **done, unsigned min, unsigned max, int64_t timeout_ns)
{
	struct vsync_engine *vsync = (struct vsync_engine *)engine;
	unsigned count = 0;

	(void)min; /* All is done when submit returns: there is never anything to wait for. */
	(void)timeout_ns;
	while (count < max && vsync->taken_count < vsync->finished_count)
		done[count++] = vsync->finished[vsync->taken_count++];
	return (int)count;
}

static int vsync_open(
	const struct engine_setup *setup, struct engine **engine, struct engine_report *report)
{
	struct vsync_engine *vsync = ARENA_NEW(setup->arena, struct vsync_engine);

	vsync->engine.class = &engine_vsync;
	vsync->targets = setup->targets;
	vsync->vectors =
		arena_alloc_array(setup->arena, setup->slot_count, sizeof(*vsync->vectors));
	vsync->finished =
		arena_alloc_array(setup->arena, setup->slot_count, sizeof(*vsync->finished));
	blocking_init(&vsync->blocking, setup, transfer, vsync);
	engine_report_effective(report, "calls", "readv, writev");
	engine_report_effective(report, "ios_per_call", "at most %u", setup->batch_submit);
	*engine = &vsync->engine;
	return 0;
}

static void vsync_prove(struct engine *engine, struct engine_report *report)
{
	struct vsync_engine *vsync = (struct vsync_engine *)engine;
	const struct blocking_names names = {
		.proof = "calls",
		.read = "readv",
		.write = "writev",
		.second = {"lseek", vsync->seeks},
	};
	const struct engine_count moved[] = {
		{"read", vsync->ios[IO_READ]},
		{"write", vsync->ios[IO_WRITE]},
	};

	blocking_prove(&vsync->blocking, &vsync->counts, &names, report);
	engine_report_counts(report, "ios", moved, COUNT_OF(moved));
	engine_report_proof(report, "largest_call", "%u I/Os", vsync->largest_run);
}

const struct engine_class engine_vsync = {
	.name = "vsync",
	.summary = "lseek(2), then readv(2) or writev(2) of adjacent I/Os of a batch",
	.op_mask = ENGINE_PLAIN_OPS | IO_COMPOSITE_BITS,
	.traits = ENGINE_WORKS_IN_SUBMIT,
	.open = vsync_open,
	.submit = vsync_submit,
	.reap = vsync_reap,
	.prove = vsync_prove,
	.close = engine_close_nothing,
};

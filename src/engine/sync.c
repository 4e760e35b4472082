/* SPDX-License-Identifier: MIT */
/*
 * The synchronous engines, which do the I/O inside submit, one at a time:
 *     sync     lseek(2) where the position is another, then read(2) or write(2), as fio's sync
 *     psync    pread(2), pwrite(2)
 *     pvsync   preadv(2), pwritev(2)
 *     pvsync2  preadv2(2), pwritev2(2)
 * Other operations are the same for all of them (blocking.h). A call that a signal broke off is a
 * result, -EINTR: the worker sends it again, or ends.
 */
#include "engine/sync.h"

#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/hot.h"
#include "base/random.h"
#include "engine/blocking.h"
#include "engine/look_ahead.h"
#include "engine/rwf.h"
#include "host/block_device.h"

#define POSITION_UNKNOWN UINT64_MAX

struct pvsync2_options {
	struct rwf_options rwf;
	bool hipri;
	uint32_t hipri_percentage;
};

struct sync_engine {
	struct engine engine;
	const struct target *targets;
	uint64_t *positions; /* `sync` only: where each target's descriptor stands */
	bool targets_change;
	const char *const *names;       /* of the calls that read and write */
	unsigned rw_flags[IO_OP_COUNT]; /* pvsync2 only, as the next three */
	uint32_t polled_percent;
	struct random random;
	uint64_t polled; /* calls with RWF_HIPRI */
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

static inline int32_t transfer_pvsync(
	void *context, int descriptor, const struct slot *slot, uint64_t *syscalls)
{
	long number = slot->op == IO_READ ? SYS_preadv : SYS_pwritev;
	struct iovec vector = {.iov_base = slot->buffer, .iov_len = slot->length};
	long result;

	(void)context;
	/* The offset comes in two halves; on 64-bit machines the first has it all. */
	(*syscalls)++;
	result = syscall(number, descriptor, &vector, 1L, (long)slot->offset, 0L);
	return result < 0 ? -errno : (int32_t)result;
}

static inline int32_t transfer_with_flags(
	int descriptor, const struct slot *slot, unsigned flags, uint64_t *syscalls)
{
	long number = slot->op == IO_READ ? SYS_preadv2 : SYS_pwritev2;
	struct iovec vector = {.iov_base = slot->buffer, .iov_len = slot->length};
	long result;

	(*syscalls)++;
	result = syscall(number, descriptor, &vector, 1L, (long)slot->offset, 0L, (long)flags);
	return result < 0 ? -errno : (int32_t)result;
}

static inline int32_t transfer_pvsync2(
	void *context, int descriptor, const struct slot *slot, uint64_t *syscalls)
{
	const struct sync_engine *sync = context;

	return transfer_with_flags(descriptor, slot, sync->rw_flags[slot->op], syscalls);
}

/* hipri: so many of a hundred ask the kernel to poll. */
static inline int32_t transfer_polled(
	void *context, int descriptor, const struct slot *slot, uint64_t *syscalls)
{
	struct sync_engine *sync = context;
	unsigned flags = sync->rw_flags[slot->op];

	if (random_below(&sync->random, 100) < sync->polled_percent) {
		flags |= RWF_FLAG_HIPRI;
		sync->polled++;
	}
	return transfer_with_flags(descriptor, slot, flags, syscalls);
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
		engine_look_ahead(engine);
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

/* A target whose queue is not polled: the kernel takes the flag and waits for the interrupt. */
static const struct target *find_unpolled(const struct engine_setup *setup)
{
	for (unsigned i = 0; i < setup->target_count; i++) {
		struct block_device device;
		struct block_queue queue;

		if (setup->targets[i].device == 0 ||
			block_device_find(setup->targets[i].device, &device, setup->arena) < 0)
			return &setup->targets[i];
		block_queue_read(device.disk, &queue, setup->arena);
		if (queue.io_poll != 1)
			return &setup->targets[i];
	}
	return NULL;
}

bool sync_ignores_hipri(const char *release)
{
	unsigned major = 0, minor = 0;

	/* A release that does not begin with two numbers is no Linux of those days. */
	return sscanf(release, "%u.%u", &major, &minor) != 2 || major > 5 ||
	       (major == 5 && minor >= 19);
}

/*
 * Since Linux 5.19 the block layer takes RWF_HIPRI of synchronous I/O and waits for the interrupt
 * all the same (commit 9650b453a3d4).
 */
static void report_polling(const struct pvsync2_options *options, const struct engine_setup *setup,
	struct engine_report *report)
{
	const struct target *unpolled = find_unpolled(setup);
	struct utsname system;

	if (uname(&system) == 0 && sync_ignores_hipri(system.release))
		engine_report_refused(report, "hipri", "1",
			"Linux %s takes the flag, and waits for interrupts: poll with io_uring",
			system.release);
	else if (!setup->is_direct)
		engine_report_refused(report, "hipri", "1",
			"buffered I/O does not wait for the device: add direct=1");
	else if (unpolled)
		engine_report_refused(report, "hipri", "1",
			"%s has no poll queues: its I/O ends by interrupt", target_label(unpolled));
	else
		engine_report_effective(report, "hipri", "%u %%", options->hipri_percentage);
}

static const struct option pvsync2_options[] = {
	ENGINE_OPTION(FLAG, struct pvsync2_options, hipri, "0",
		.help = "poll for completions instead of interrupts (RWF_HIPRI)",
		.detail =
			"Needs direct=1 and a driver with poll queues (nvme.poll_queues=N); else "
			"the\nresult says that nothing was polled: Linux 5.19 and newer poll for\n"
			"io_uring only."),
	ENGINE_OPTION(COUNT, struct pvsync2_options, hipri_percentage, "100", .max = 100,
		.help = "how many of a hundred I/Os have RWF_HIPRI, with hipri=1"),
	RWF_OPTIONS(struct pvsync2_options, rwf),
	{.name = NULL},
};

static const struct option_table pvsync2_table = {
	.options = pvsync2_options, .struct_bytes = sizeof(struct pvsync2_options)};

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
	if (sync->polled_percent > 0)
		engine_report_proof(
			report, "hipri_calls", "%llu", (unsigned long long)sync->polled);
}

#define SYNC_FUNCTIONS(class_name, read_name, write_name)                                          \
	static const char *const class_name##_names[2] = {read_name, write_name};                  \
	static HOT int class_name##_submit(                                                        \
		struct engine *engine, struct slot **slots, unsigned count)                        \
	{                                                                                          \
		return submit_with(engine, slots, count, transfer_##class_name);                   \
	}

#define SYNC_CLASS(class_name, shown_name, class_open, class_options, class_summary)               \
	{                                                                                          \
		.name = shown_name, .summary = class_summary,                                      \
		.op_mask = ENGINE_PLAIN_OPS | IO_COMPOSITE_BITS, .traits = ENGINE_IS_SYNCHRONOUS,  \
		.depth_limit = 1, .options = class_options, .open = class_open,                    \
		.submit = class_name##_submit, .reap = engine_reap_done, .prove = sync_prove,      \
		.close = engine_close_nothing,                                                     \
	}

/* Those without options. */
#define SYNC_ENGINE(class_name, read_name, write_name, class_summary)                              \
	SYNC_FUNCTIONS(class_name, read_name, write_name)                                          \
	static int class_name##_open(const struct engine_setup *setup, struct engine **engine,     \
		struct engine_report *report)                                                      \
	{                                                                                          \
		return open_as(&engine_##class_name, class_name##_names, transfer_##class_name,    \
			setup, engine, report);                                                    \
	}                                                                                          \
	const struct engine_class engine_##class_name =                                            \
		SYNC_CLASS(class_name, #class_name, class_name##_open, NULL, class_summary)

SYNC_ENGINE(sync, "read", "write", "lseek(2), then read(2) or write(2)");
SYNC_ENGINE(psync, "pread", "pwrite", "pread(2) and pwrite(2)");
SYNC_ENGINE(pvsync, "preadv", "pwritev", "preadv(2) and pwritev(2)");

SYNC_FUNCTIONS(pvsync2, "preadv2", "pwritev2")
SYNC_FUNCTIONS(polled, "preadv2", "pwritev2")
static const struct engine_class polled_class =
	SYNC_CLASS(polled, "pvsync2", NULL, &pvsync2_table, "pvsync2 with hipri");

static int pvsync2_open(
	const struct engine_setup *setup, struct engine **engine, struct engine_report *report)
{
	struct pvsync2_options options;
	struct sync_engine *sync;
	int result;

	engine_take_options(setup, &pvsync2_table, &options);
	result = rwf_check(&options.rwf, setup, report);
	if (result == 0 && options.hipri)
		result = open_as(
			&polled_class, polled_names, transfer_polled, setup, engine, report);
	else if (result == 0)
		result = open_as(
			&engine_pvsync2, pvsync2_names, transfer_pvsync2, setup, engine, report);
	if (result < 0)
		return result;
	sync = (struct sync_engine *)*engine;
	rwf_fill(&options.rwf, sync->rw_flags);
	if (options.hipri) {
		sync->polled_percent = options.hipri_percentage;
		random_init(&sync->random, setup->slots[0].index);
		report_polling(&options, setup, report);
	}
	return 0;
}

const struct engine_class engine_pvsync2 =
	SYNC_CLASS(pvsync2, "pvsync2", pvsync2_open, &pvsync2_table, "preadv2(2) and pwritev2(2)");

/* SPDX-License-Identifier: MIT */
/*
 * Linux native AIO (io_submit(2), io_getevents(2)) by libaio. Reads, writes and, since kernel 4.18,
 * syncs are asynchronous where the file system makes them so: buffered I/O is done inside
 * io_submit. The kernel has no asynchronous trim here: trims are done by the calling thread, in
 * submit, as fio does.
 */
#include "engine/readiness.h"

#include <errno.h>
#include <libaio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/hot.h"
#include "base/text.h"
#include "engine/blocking.h"
#include "engine/rwf.h"

struct libaio_options {
	bool userspace_reap;
	struct rwf_options rwf;
};

/*
 * Where io_setup's context points: the completion ring, mapped into the process. libaio reads it
 * too, to see whether it is empty. Source: fs/aio.c, struct aio_ring.
 */
struct aio_ring {
	unsigned id;
	unsigned entries;
	unsigned head; /* moved by the kernel in io_getevents, or by whoever reaps in user space */
	unsigned tail; /* the kernel's */
	unsigned magic;
	unsigned compat_features;
	unsigned incompat_features;
	unsigned header_bytes;
	struct io_event events[];
};

enum { AIO_RING_MAGIC = 0xa10a10a1u };

struct libaio_engine {
	struct engine engine;
	io_context_t context;
	struct aio_ring *ring; /* NULL: not of the known shape */
	const struct target *targets;
	struct iocb *controls; /* by slot index; the kernel copies them in io_submit */
	struct iocb **batch;
	struct io_event *events;
	struct engine_finished finished;
	unsigned in_flight;
	bool reaps_in_user_space;
	const char *trim_name;
	unsigned rw_flags[IO_OP_COUNT];
	const uint16_t *priorities; /* engine_setup's */
	struct engine_class with_priorities;
	uint64_t counts[IO_OP_COUNT]; /* that came back */
	uint64_t submit_calls;
	uint64_t getevents_calls;
	uint64_t user_space_reaps;
};

static const short commands[IO_OP_COUNT] = {
	[IO_READ] = IO_CMD_PREAD,
	[IO_WRITE] = IO_CMD_PWRITE,
	[IO_SYNC] = IO_CMD_FSYNC,
	[IO_DATASYNC] = IO_CMD_FDSYNC,
};

static inline void prepare(struct libaio_engine *aio, struct iocb *control, const struct slot *slot)
{
	const struct target *target = &aio->targets[slot->target];
	bool is_transfer = slot->op <= IO_WRITE;
	/* The kernel refuses a sync that has a range, and a socket's I/O that has an offset. */
	bool has_offset = is_transfer && target->kind != TARGET_PIPE;

	control->aio_lio_opcode = commands[slot->op];
	control->aio_rw_flags = aio->rw_flags[slot->op];
	control->aio_fildes = target->descriptor;
	control->u.c.buf = is_transfer ? slot->buffer : NULL;
	control->u.c.offset = has_offset ? (long long)slot->offset : 0;
	control->u.c.nbytes = is_transfer ? slot->length : 0;
}

/*
 * Sends the first `count` of aio->batch. Returns how many are under way or have failed by
 * themselves; fewer than `count` when the kernel has no room for more.
 */
static unsigned send_batch(struct libaio_engine *aio, struct slot **slots, unsigned count)
{
	unsigned sent = 0;

	while (sent < count) {
		int result = io_submit(aio->context, count - sent, &aio->batch[sent]);

		aio->engine.syscalls++;
		aio->submit_calls++;
		if (result > 0) {
			sent += (unsigned)result;
			aio->in_flight += (unsigned)result;
		} else if (result == -EAGAIN) {
			break;
		} else {
			/* The error is the first one's: EBADF, EINVAL of its alignment, … */
			engine_finished_add(&aio->finished, slots[sent++], result);
		}
	}
	return sent;
}

/* IOCB_FLAG_IOPRIO of linux/aio_abi.h, Linux 4.18. */
enum { HAS_PRIORITY = 1 << 1 };

static inline void prioritise(
	const struct libaio_engine *aio, struct iocb *control, const struct slot *slot)
{
	unsigned priority = slot->op <= IO_WRITE ? aio->priorities[slot->index] : 0;

	control->aio_reqprio = (short)priority;
	control->u.c.flags = priority != 0 ? HAS_PRIORITY : 0;
}

/* How many from slots[0] on are no trims; their control blocks are made ready in aio->batch. */
static inline __attribute__((always_inline)) unsigned gather(
	struct libaio_engine *aio, struct slot **slots, unsigned count, bool has_priorities)
{
	unsigned run = 0;

	while (run < count && slots[run]->op != IO_TRIM) {
		struct iocb *control = &aio->controls[slots[run]->index];

		prepare(aio, control, slots[run]);
		if (has_priorities)
			prioritise(aio, control, slots[run]);
		aio->batch[run++] = control;
	}
	return run;
}

static inline __attribute__((always_inline)) int submit_with(
	struct engine *engine, struct slot **slots, unsigned count, bool has_priorities)
{
	struct libaio_engine *aio = (struct libaio_engine *)engine;
	unsigned taken = 0;

	while (taken < count) {
		struct slot *slot = slots[taken];
		unsigned run = gather(aio, &slots[taken], count - taken, has_priorities);
		unsigned sent = send_batch(aio, &slots[taken], run);

		taken += sent;
		if (sent < run)
			break;
		if (taken == count || run > 0)
			continue;
		aio->counts[IO_TRIM]++;
		engine_finished_add(&aio->finished, slot,
			blocking_trim(&aio->targets[slot->target], slot, &engine->syscalls));
		taken++;
	}
	if (taken == 0 && count > 0 && aio->in_flight == 0 && aio->finished.count == 0)
		return -EAGAIN; /* Nothing to reap that would make room. */
	return (int)taken;
}

static HOT int libaio_submit(struct engine *engine, struct slot **slots, unsigned count)
{
	return submit_with(engine, slots, count, false);
}

static HOT int submit_with_priorities(struct engine *engine, struct slot **slots, unsigned count)
{
	return submit_with(engine, slots, count, true);
}

static inline struct slot *complete(struct libaio_engine *aio, const struct io_event *event)
{
	struct slot *slot = event->data;

	aio->counts[slot->op]++;
	slot->result = (int32_t)(long)event->res;
	return slot;
}

static bool ring_is_empty(const struct aio_ring *ring)
{
	return ring->head == __atomic_load_n(&ring->tail, __ATOMIC_ACQUIRE);
}

/* Only this thread moves the head, so that it needs no lock; the kernel reads it for room. */
static HOT unsigned take_from_ring(struct libaio_engine *aio, struct slot **done, unsigned max)
{
	struct aio_ring *ring = aio->ring;
	unsigned head = ring->head;
	unsigned tail = __atomic_load_n(&ring->tail, __ATOMIC_ACQUIRE);
	unsigned count = 0;

	while (head != tail && count < max) {
		done[count++] = complete(aio, &ring->events[head]);
		head = head + 1 == ring->entries ? 0 : head + 1;
	}
	__atomic_store_n(&ring->head, head, __ATOMIC_RELEASE);
	aio->in_flight -= count;
	aio->user_space_reaps += count;
	return count;
}

/* Waits for `min` in the kernel; fewer when a signal or the time came first. */
static int take_from_kernel(struct libaio_engine *aio, struct slot **done, unsigned min,
	unsigned max, int64_t timeout_ns)
{
	struct timespec timeout = clock_timespec(min > 0 ? (uint64_t)timeout_ns : 0);
	bool is_bounded = min == 0 || timeout_ns >= 0;
	int count = io_getevents(aio->context, min, max, aio->events, is_bounded ? &timeout : NULL);

	aio->engine.syscalls++;
	aio->getevents_calls++;
	if (count == -EINTR)
		return 0;
	for (int i = 0; i < count; i++)
		done[i] = complete(aio, &aio->events[i]);
	if (count > 0)
		aio->in_flight -= (unsigned)count;
	return count;
}

static HOT int libaio_reap(
	struct engine *engine, struct slot **done, unsigned min, unsigned max, int64_t timeout_ns)
{
	struct libaio_engine *aio = (struct libaio_engine *)engine;
	unsigned count = engine_finished_take(&aio->finished, done, max);
	unsigned missing;
	int reaped;

	if (aio->reaps_in_user_space)
		count += take_from_ring(aio, &done[count], max - count);
	missing = min > count ? min - count : 0;
	if (missing > aio->in_flight)
		missing = aio->in_flight;
	if (count == max || aio->in_flight == 0)
		return (int)count;
	/* As libaio itself does: an empty ring needs no system call to be seen. */
	if (missing == 0 && aio->ring && ring_is_empty(aio->ring))
		return (int)count;
	reaped = take_from_kernel(aio, &done[count], missing, max - count, timeout_ns);
	return reaped < 0 ? reaped : (int)count + reaped;
}

static int explain(int error, unsigned depth, struct engine_report *report)
{
	const char *used = text_read_file(report->arena, "/proc/sys/fs/aio-nr");
	const char *limit = text_read_file(report->arena, "/proc/sys/fs/aio-max-nr");

	switch (error) {
	case -EAGAIN:
		return engine_refuse(report, error,
			"raise the limit (sysctl -w fs.aio-max-nr=1048576) or lower iodepth",
			"io_setup: %u I/Os asked for, %s of the %s that the whole system may have "
			"are taken",
			depth, used ? used : "?", limit ? limit : "?");
	case -ENOSYS:
		return engine_refuse(report, error, "use ioengine=io_uring or ioengine=psync",
			"io_setup: this kernel has no native AIO (CONFIG_AIO)");
	case -EINVAL:
		return engine_refuse(report, error, "lower iodepth",
			"io_setup: %u I/Os are more than the kernel can count", depth);
	case -EPERM:
	case -EACCES:
		return engine_refuse(report, error,
			"run outside of the container, or with another seccomp profile",
			"io_setup: not permitted (a seccomp filter, as in a container)");
	default:
		return engine_refuse(report, error, NULL, "io_setup: %s", strerror(-error));
	}
}

static int libaio_probe(const struct engine_setup *setup, struct engine_report *report)
{
	io_context_t context = NULL;
	int result = io_setup(1, &context);

	(void)setup;
	if (result < 0)
		return explain(result, 1, report);
	io_destroy(context); /* It has no I/O: nothing can go wrong. */
	return 0;
}

static void prepare_controls(struct libaio_engine *aio, const struct engine_setup *setup)
{
	aio->controls = engine_aligned_array(setup->arena, setup->slot_count, sizeof(struct iocb));
	for (unsigned i = 0; i < setup->slot_count; i++)
		aio->controls[setup->slots[i].index].data = &setup->slots[i];
}

static int open_context(
	const struct engine_setup *setup, struct libaio_engine **made, struct engine_report *report)
{
	struct libaio_engine *aio = ARENA_NEW(setup->arena, struct libaio_engine);
	int result = io_setup((int)setup->slot_count, &aio->context);

	if (result < 0)
		return explain(result, setup->slot_count, report);
	aio->engine.class = &engine_libaio;
	aio->ring = (struct aio_ring *)aio->context;
	if (aio->ring->magic != AIO_RING_MAGIC || aio->ring->incompat_features != 0)
		aio->ring = NULL;
	aio->targets = setup->targets;
	aio->batch = arena_alloc_array(setup->arena, setup->slot_count, sizeof(*aio->batch));
	aio->events = arena_alloc_array(setup->arena, setup->slot_count, sizeof(*aio->events));
	engine_finished_init(&aio->finished, setup);
	prepare_controls(aio, setup);
	aio->trim_name = engine_trim_call(setup);
	if (setup->op_mask & IO_BIT(IO_TRIM))
		engine_report_effective(
			report, "trim", "synchronous, inside submit (%s)", aio->trim_name);
	*made = aio;
	return 0;
}

static const struct option libaio_options[] = {
	ENGINE_OPTION(FLAG, struct libaio_options, userspace_reap, "0",
		.help = "take completions from the ring in user space when enough are there",
		.detail = "Saves the io_getevents call of a turn that has nothing to wait for."),
	RWF_OPTIONS(struct libaio_options, rwf),
	{.name = NULL},
};

static const struct option_table libaio_table = {
	.options = libaio_options, .struct_bytes = sizeof(struct libaio_options)};

static int libaio_open(
	const struct engine_setup *setup, struct engine **engine, struct engine_report *report)
{
	struct libaio_engine *aio = NULL;
	struct libaio_options options;
	int result;

	engine_take_options(setup, &libaio_table, &options);
	result = rwf_check(&options.rwf, setup, report);
	if (result == 0)
		result = open_context(setup, &aio, report);
	if (result < 0)
		return result;
	rwf_fill(&options.rwf, aio->rw_flags);
	if (options.userspace_reap && !aio->ring)
		engine_report_refused(report, "userspace_reap", "1",
			"the kernel's completion ring has another shape than the known one");
	if (setup->priorities) {
		aio->priorities = setup->priorities;
		aio->with_priorities = engine_libaio;
		aio->with_priorities.submit = submit_with_priorities;
		aio->engine.class = &aio->with_priorities;
	}
	aio->reaps_in_user_space = options.userspace_reap && aio->ring;
	engine_report_effective(report, "userspace_reap", "%d", aio->reaps_in_user_space);
	*engine = &aio->engine;
	return 0;
}

int libaio_open_with_eventfd(const struct engine_setup *setup, int eventfd, struct engine **engine,
	struct engine_report *report)
{
	struct libaio_engine *aio;
	int result = open_context(setup, &aio, report);

	if (result < 0)
		return result;
	for (unsigned i = 0; i < setup->slot_count; i++)
		io_set_eventfd(&aio->controls[i], eventfd);
	*engine = &aio->engine;
	return 0;
}

unsigned libaio_finished_count(const struct engine *engine)
{
	return ((const struct libaio_engine *)engine)->finished.count;
}

static void libaio_prove(struct engine *engine, struct engine_report *report)
{
	struct libaio_engine *aio = (struct libaio_engine *)engine;
	const struct engine_count calls[] = {
		{"io_submit", aio->submit_calls},
		{"io_getevents", aio->getevents_calls},
		{aio->trim_name, aio->counts[IO_TRIM]},
	};
	const struct engine_count sent[] = {
		{"PREAD", aio->counts[IO_READ]},
		{"PWRITE", aio->counts[IO_WRITE]},
		{"FSYNC", aio->counts[IO_SYNC]},
		{"FDSYNC", aio->counts[IO_DATASYNC]},
	};

	engine_report_counts(report, "calls", calls, COUNT_OF(calls));
	engine_report_counts(report, "commands", sent, COUNT_OF(sent));
	if (aio->reaps_in_user_space)
		engine_report_proof(report, "reaped_in_user_space", "%llu",
			(unsigned long long)aio->user_space_reaps);
}

static void libaio_close(struct engine *engine)
{
	struct libaio_engine *aio = (struct libaio_engine *)engine;

	/* Waits for what is in flight. It fails only for a context that is not ours. */
	if (aio && aio->context)
		io_destroy(aio->context);
	if (aio)
		aio->context = NULL;
}

const struct engine_class engine_libaio = {
	.name = "libaio",
	.summary = "Linux native AIO: io_submit(2), io_getevents(2)",
	.op_mask = ENGINE_PLAIN_OPS,
	.traits = ENGINE_HAS_PRIORITIES,
	.options = &libaio_table,
	.probe = libaio_probe,
	.open = libaio_open,
	.submit = libaio_submit,
	.reap = libaio_reap,
	.prove = libaio_prove,
	.close = libaio_close,
};

/* SPDX-License-Identifier: MIT */
/*
 * POSIX AIO (aio(7)) as glibc has it: a pool of threads in user space, 20 at most for the whole
 * process. It does the requests of one descriptor one after the other, so each slot has its own
 * (dup(2)) where I/O takes time. The pool has no call for trims: they are done in submit.
 */
#include <aio.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/blocking.h"
#include "engine/engine_spin.h"

enum { SPIN_NS = 10000 };
enum per_slot { PER_SLOT_AUTO = -1, PER_SLOT_NO, PER_SLOT_YES };

struct posixaio_options {
	int descriptor_per_slot; /* enum per_slot */
};

struct posixaio_engine {
	struct engine engine;
	struct posixaio_options options;
	const struct target *targets;
	unsigned target_count;
	unsigned slot_count;
	struct aiocb *controls;       /* by slot index */
	const struct aiocb **waiting; /* those in flight, for aio_suspend */
	struct slot **in_flight;      /* the same, as slots; both by age */
	unsigned in_flight_count;
	int *descriptors; /* by slot index x target; NULL: the targets' own */
	struct engine_finished finished;
	struct engine_spin spin;
	const char *trim_name;
	uint64_t counts[IO_OP_COUNT];
	uint64_t suspend_calls;
};

static const struct option_choice per_slot_choices[] = {
	{"auto", PER_SLOT_AUTO, "for files and block devices"},
	{"0", PER_SLOT_NO, "no: glibc does the I/O of each file one after the other"},
	{"1", PER_SLOT_YES, "yes, or the job fails"},
	{NULL, 0, NULL},
};

static const struct option options[] = {
	ENGINE_OPTION(CHOICE, struct posixaio_options, descriptor_per_slot, "auto",
		.choices = per_slot_choices,
		.help = "duplicate descriptors, so that I/Os of one file run side by side",
		.detail = "fio does not: its I/Os of one file run one after the other, in one "
			  "thread. That is faster where nothing has to be waited for, as in the "
			  "page cache: glibc's threads get in each other's way."),
	{.name = NULL},
};

static const struct option_table option_table = {
	.options = options, .struct_bytes = sizeof(struct posixaio_options)};

static int descriptor_of(const struct posixaio_engine *aio, const struct slot *slot)
{
	if (aio->descriptors)
		return aio->descriptors[(size_t)slot->index * aio->target_count + slot->target];
	return aio->targets[slot->target].descriptor;
}

/* 0 or -errno; -EAGAIN: the pool takes no more now. */
static int start(struct posixaio_engine *aio, const struct slot *slot)
{
	struct aiocb *control = &aio->controls[slot->index];
	int result;

	control->aio_fildes = descriptor_of(aio, slot);
	control->aio_buf = slot->buffer;
	control->aio_nbytes = slot->length;
	control->aio_offset = (off_t)slot->offset;
	control->aio_sigevent.sigev_notify = SIGEV_NONE;
	if (slot->op == IO_READ)
		result = aio_read(control);
	else if (slot->op == IO_WRITE)
		result = aio_write(control);
	else
		result = aio_fsync(slot->op == IO_SYNC ? O_SYNC : O_DSYNC, control);
	return result < 0 ? -errno : 0;
}

/* 0 or -EAGAIN; what fails otherwise is that slot's result. */
static int submit_one(struct posixaio_engine *aio, struct slot *slot)
{
	int result;

	if (slot->op == IO_TRIM) {
		aio->counts[IO_TRIM]++;
		engine_finished_add(&aio->finished, slot,
			blocking_trim(&aio->targets[slot->target], slot, &aio->engine.syscalls));
		return 0;
	}
	result = start(aio, slot);
	if (result == -EAGAIN)
		return result;
	if (result < 0) {
		engine_finished_add(&aio->finished, slot, result);
		return 0;
	}
	aio->counts[slot->op]++;
	aio->engine.syscalls++; /* The pool's call; what glibc does to wake it is not seen. */
	aio->waiting[aio->in_flight_count] = &aio->controls[slot->index];
	aio->in_flight[aio->in_flight_count++] = slot;
	return 0;
}

static int posixaio_submit(struct engine *engine, struct slot **slots, unsigned count)
{
	struct posixaio_engine *aio = (struct posixaio_engine *)engine;
	unsigned taken = 0;

	while (taken < count && submit_one(aio, slots[taken]) == 0)
		taken++;
	if (taken == 0 && count > 0 && aio->in_flight_count == 0 && aio->finished.count == 0)
		return -EAGAIN; /* Nothing to reap that would make room. */
	return (int)taken;
}

/* Takes those that are done out of the list of those in flight. */
static unsigned collect(struct posixaio_engine *aio, struct slot **done, unsigned max)
{
	unsigned count = 0, kept = 0;

	for (unsigned i = 0; i < aio->in_flight_count; i++) {
		struct slot *slot = aio->in_flight[i];
		struct aiocb *control = &aio->controls[slot->index];
		int error = count < max ? aio_error(control) : EINPROGRESS;

		if (error == EINPROGRESS) {
			aio->in_flight[kept] = slot;
			aio->waiting[kept++] = control;
			continue;
		}
		slot->result = error ? -error : (int32_t)aio_return(control);
		done[count++] = slot;
	}
	aio->in_flight_count = kept;
	return count;
}

/* Looks for a while that is shorter than sleeping and being woken. */
static bool spin(const struct aiocb *const *waiting, unsigned count)
{
	uint64_t deadline_ns = clock_now() + SPIN_NS;

	do {
		for (unsigned i = 0; i < count; i++) {
			if (aio_error(waiting[i]) != EINPROGRESS)
				return true;
		}
		engine_spin_pause();
	} while (clock_now() < deadline_ns);
	return false;
}

/*
 * Waits until one is done; of one file, whose I/Os are done one after the other, until all `needed`
 * are. False when a signal or the time ended the wait.
 */
static bool wait_for(struct posixaio_engine *aio, unsigned needed, uint64_t deadline_ns)
{
	const struct aiocb *const *waiting = aio->waiting;
	unsigned count = aio->in_flight_count;
	struct timespec timeout = {0};
	uint64_t now_ns;

	if (!aio->descriptors && aio->target_count == 1) {
		waiting += (needed < count ? needed : count) - 1;
		count = 1;
	}
	if (engine_spin_is_due(&aio->spin)) {
		if (spin(waiting, count)) {
			engine_spin_found(&aio->spin);
			return true;
		}
		engine_spin_was_in_vain(&aio->spin);
	}
	aio->engine.syscalls++;
	aio->suspend_calls++;
	if (deadline_ns == 0)
		return aio_suspend(waiting, (int)count, NULL) == 0;
	now_ns = clock_now();
	if (now_ns < deadline_ns)
		timeout = clock_timespec(deadline_ns - now_ns);
	return aio_suspend(waiting, (int)count, &timeout) == 0;
}

static int posixaio_reap(
	struct engine *engine, struct slot **done, unsigned min, unsigned max, int64_t timeout_ns)
{
	struct posixaio_engine *aio = (struct posixaio_engine *)engine;
	uint64_t deadline_ns = 0;
	unsigned count = engine_finished_take(&aio->finished, done, max);

	count += collect(aio, &done[count], max - count);
	if (count >= min)
		return (int)count;
	if (timeout_ns >= 0)
		deadline_ns = clock_now() + (uint64_t)timeout_ns;
	while (count < min && aio->in_flight_count > 0 && wait_for(aio, min - count, deadline_ns))
		count += collect(aio, &done[count], max - count);
	return (int)count;
}

/* A descriptor for every slot and target. -errno: there are not so many. */
static int duplicate(struct posixaio_engine *aio, const struct engine_setup *setup)
{
	size_t count = (size_t)setup->slot_count * setup->target_count;
	int *descriptors = arena_alloc_array(setup->arena, count, sizeof(int));

	for (size_t i = 0; i < count; i++) {
		int descriptor = dup(setup->targets[i % setup->target_count].descriptor);
		int error = errno;

		if (descriptor < 0) {
			while (i-- > 0)
				close(descriptors[i]);
			return -error;
		}
		descriptors[i] = descriptor;
	}
	aio->descriptors = descriptors;
	return 0;
}

/*
 * auto: yes, but for character devices, which do not let an I/O wait (/dev/zero): one thread that
 * works off a queue is faster there than many that get in each other's way.
 */
static bool wants_descriptor_per_slot(
	const struct posixaio_engine *aio, const struct engine_setup *setup)
{
	if (aio->options.descriptor_per_slot != PER_SLOT_AUTO)
		return aio->options.descriptor_per_slot == PER_SLOT_YES;
	return target_count(setup->targets, setup->target_count, TARGET_CHARACTER) <
	       setup->target_count;
}

/* 0, or -errno where the job insists on them. */
static int take_descriptors(
	struct posixaio_engine *aio, const struct engine_setup *setup, struct engine_report *report)
{
	const char *problem = "this job opens and closes its files as it runs (openfiles)";
	int result = -EINVAL;

	if (!wants_descriptor_per_slot(aio, setup))
		return 0;
	if (!setup->targets_change) {
		result = duplicate(aio, setup);
		problem = arena_printf(setup->arena, "%u are needed (%s; ulimit -n)",
			setup->slot_count * setup->target_count, strerror(-result));
	}
	if (result == 0)
		return 0;
	if (aio->options.descriptor_per_slot == PER_SLOT_YES)
		return engine_refuse(report, result,
			"leave out descriptor_per_slot: glibc then does the I/O of each "
			"file one after the other",
			"descriptor_per_slot=1: %s", problem);
	engine_report_refused(report, "descriptor_per_slot", "1",
		"%s: without, glibc does the I/O of each file one after the other", problem);
	return 0;
}

static int posixaio_open(
	const struct engine_setup *setup, struct engine **engine, struct engine_report *report)
{
	struct posixaio_engine *aio = ARENA_NEW(setup->arena, struct posixaio_engine);
	int result;

	aio->engine.class = &engine_posixaio;
	engine_take_options(setup, &option_table, &aio->options);
	aio->targets = setup->targets;
	aio->target_count = setup->target_count;
	aio->slot_count = setup->slot_count;
	aio->controls =
		engine_aligned_array(setup->arena, setup->slot_count, sizeof(*aio->controls));
	aio->waiting = arena_alloc_array(setup->arena, setup->slot_count, sizeof(*aio->waiting));
	aio->in_flight =
		arena_alloc_array(setup->arena, setup->slot_count, sizeof(*aio->in_flight));
	aio->trim_name = engine_trim_call(setup);
	engine_finished_init(&aio->finished, setup);
	result = take_descriptors(aio, setup, report);
	if (result < 0)
		return result;
	engine_report_effective(report, "descriptor_per_slot", "%d", aio->descriptors != NULL);
	engine_report_effective(
		report, "threads", "%s", "glibc's pool: 20 at most for the whole process");
	if (setup->op_mask & IO_BIT(IO_TRIM))
		engine_report_effective(
			report, "trim", "synchronous, inside submit (%s)", aio->trim_name);
	*engine = &aio->engine;
	return 0;
}

static void posixaio_prove(struct engine *engine, struct engine_report *report)
{
	struct posixaio_engine *aio = (struct posixaio_engine *)engine;
	const struct engine_count counts[] = {
		{"aio_read", aio->counts[IO_READ]},
		{"aio_write", aio->counts[IO_WRITE]},
		{aio->trim_name, aio->counts[IO_TRIM]},
		{"aio_fsync O_SYNC", aio->counts[IO_SYNC]},
		{"aio_fsync O_DSYNC", aio->counts[IO_DATASYNC]},
		{"aio_suspend", aio->suspend_calls},
	};

	engine_report_counts(report, "calls", counts, COUNT_OF(counts));
}

static void posixaio_close(struct engine *engine)
{
	struct posixaio_engine *aio = (struct posixaio_engine *)engine;

	if (!aio)
		return;
	/* A request that the pool has begun cannot be cancelled, and writes into the slots. */
	for (unsigned i = 0; i < aio->in_flight_count; i++) {
		(void)aio_cancel(aio->waiting[i]->aio_fildes, (struct aiocb *)aio->waiting[i]);
		while (aio_error(aio->waiting[i]) == EINPROGRESS)
			(void)aio_suspend(&aio->waiting[i], 1, NULL); /* EINTR: again. */
	}
	aio->in_flight_count = 0;
	for (size_t i = 0; aio->descriptors && i < (size_t)aio->slot_count * aio->target_count; i++)
		close(aio->descriptors[i]);
	aio->descriptors = NULL;
}

const struct engine_class engine_posixaio = {
	.name = "posixaio",
	.summary = "POSIX AIO: glibc's pool of threads (aio_read(3), aio_suspend(3))",
	.op_mask = ENGINE_PLAIN_OPS,
	.traits = ENGINE_HAS_PASSING_THREADS,
	.options = &option_table,
	.open = posixaio_open,
	.submit = posixaio_submit,
	.reap = posixaio_reap,
	.prove = posixaio_prove,
	.close = posixaio_close,
};

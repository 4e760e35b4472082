/* SPDX-License-Identifier: MIT */
/* Making the ring, and registering itself, buffers and files with it. */
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/uring.h"
#include "engine/uring_abi.h"
#include "engine/uring_chain.h"
#include "engine/uring_share.h"

/* What the engine sets by itself, newest first: taken off in this order while it is refused. */
struct optional_flag {
	unsigned flags;
	const char *name;
	const char *since;
	size_t wish; /* offset of the option that may insist on it; 0: none */
};

#define WISH(option) offsetof(struct uring_options, option)

static const struct optional_flag optional_flags[] = {
	{IORING_SETUP_DEFER_TASKRUN, "defer_taskrun", "6.1", WISH(defer_taskrun)},
	{IORING_SETUP_SINGLE_ISSUER, "single_issuer", "6.0", WISH(single_issuer)},
	{IORING_SETUP_COOP_TASKRUN, "coop_taskrun", "5.19", WISH(coop_taskrun)},
	{IORING_SETUP_SUBMIT_ALL, "submit_all", "5.18", 0},
	{0, NULL, NULL, 0},
};

static bool is_insisted_on(const struct uring_options *options, const struct optional_flag *flag)
{
	return flag->wish > 0 && *(const int *)((const char *)options + flag->wish) == URING_YES;
}

/* Wishes that no kernel can grant together: -EINVAL with the problem. */
static int check_wishes(const struct uring_options *options, struct engine_report *report)
{
	const struct engine_rule rules[] = {
		{options->defer_taskrun == URING_YES && options->single_issuer == URING_NO,
			"defer_taskrun=1 needs single_issuer: the kernel defers work only for the "
			"one task that submits",
			"leave out single_issuer=0"},
		{options->sqthread_poll && (options->defer_taskrun == URING_YES ||
						   options->coop_taskrun == URING_YES),
			"defer_taskrun and coop_taskrun do not go with sqthread_poll: the kernel's "
			"thread runs the work, not the task",
			"leave out one of them"},
		{options->sqthread_poll_cpu.is_set && !options->sqthread_poll,
			"sqthread_poll_cpu without sqthread_poll: there is no thread to bind to a "
			"CPU",
			"add sqthread_poll=1"},
		{options->sqthread_poll_idle_ns > 0 && !options->sqthread_poll,
			"sqthread_poll_idle without sqthread_poll: there is no thread that could "
			"be idle",
			"add sqthread_poll=1"},
		{options->attach_wq && !options->sqthread_poll,
			"attach_wq without sqthread_poll: there is no poll thread to share",
			"add sqthread_poll=1"},
		{options->min_wait_us > 0 && (options->sqthread_poll || options->eventfd),
			"min_wait_us is for waiting in io_uring_enter: not with sqthread_poll or "
			"eventfd",
			"leave out one of them"},
	};

	return engine_check_rules(rules, sizeof(rules) / sizeof(rules[0]), report);
}

/* SUBMIT_ALL: one SQE that cannot be sent does not hold up the others of its batch. */
static unsigned wanted_flags(const struct uring_options *options)
{
	unsigned flags = IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP | IORING_SETUP_SUBMIT_ALL;
	bool defers = options->defer_taskrun == URING_YES ||
		      (options->defer_taskrun == URING_AUTO && options->coop_taskrun != URING_YES &&
			      options->single_issuer != URING_NO);

	if (options->single_issuer != URING_NO)
		flags |= IORING_SETUP_SINGLE_ISSUER;
	if (options->sqthread_poll) {
		flags |= IORING_SETUP_SQPOLL;
		if (options->sqthread_poll_cpu.is_set)
			flags |= IORING_SETUP_SQ_AFF;
		return flags;
	}
	if (defers)
		flags |= IORING_SETUP_DEFER_TASKRUN;
	if (options->coop_taskrun == URING_YES || (!defers && options->coop_taskrun == URING_AUTO))
		flags |= IORING_SETUP_COOP_TASKRUN;
	return flags;
}

/* TASKRUN_FLAG tells a peek that there is something to enter for; it goes with either of these. */
static unsigned with_taskrun_flag(unsigned flags)
{
	if (flags & (IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_COOP_TASKRUN))
		flags |= IORING_SETUP_TASKRUN_FLAG;
	return flags;
}

/* What is asked for once `flag` is refused: DEFER_TASKRUN's older kin is COOP_TASKRUN. */
static unsigned without(
	unsigned flags, const struct optional_flag *flag, const struct uring_options *options)
{
	flags &= ~flag->flags;
	if (flag->flags == IORING_SETUP_DEFER_TASKRUN && options->coop_taskrun != URING_NO)
		flags |= IORING_SETUP_COOP_TASKRUN;
	return flags;
}

static int try_ring(
	struct uring *uring, unsigned flags, uring_init_function *init, unsigned entries)
{
	const struct uring_options *options = &uring->options;
	struct io_uring_params parameters = {
		.flags = with_taskrun_flag(flags),
		.cq_entries = entries,
		.sq_thread_cpu = options->sqthread_poll_cpu.number,
		.sq_thread_idle =
			(unsigned)((options->sqthread_poll_idle_ns + NS_PER_MS - 1) / NS_PER_MS),
	};

	int shared = options->attach_wq ? uring_share_descriptor() : -1;

	if (shared >= 0) {
		parameters.flags |= IORING_SETUP_ATTACH_WQ;
		parameters.wq_fd = (unsigned)shared;
	}
	return init(entries, &uring->ring, &parameters);
}

static int refuse_insisted(
	const struct optional_flag *flag, struct engine_report *report, struct arena *arena)
{
	report->problem = arena_printf(
		arena, "%s=1: refused by this kernel (needs Linux %s)", flag->name, flag->since);
	report->hint = arena_printf(arena, "leave out %s, or run on a newer kernel", flag->name);
	return -EINVAL;
}

static int make_ring(struct uring *uring, unsigned entries, uring_init_function *init,
	struct engine_report *report, struct arena *arena)
{
	unsigned flags = wanted_flags(&uring->options) | uring->needed_flags;
	int result = try_ring(uring, flags, init, entries);

	for (const struct optional_flag *flag = optional_flags; flag->flags; flag++) {
		if (result != -EINVAL)
			break;
		if (!(flags & flag->flags))
			continue;
		if (is_insisted_on(&uring->options, flag))
			return refuse_insisted(flag, report, arena);
		engine_report_refused(report, arena, flag->name, "1",
			"the kernel answers EINVAL (needs Linux %s)", flag->since);
		flags = without(flags, flag, &uring->options);
		result = try_ring(uring, flags, init, entries);
	}
	if (result < 0) {
		report->refused = NULL; /* It was not those flags' fault. */
		uring_explain_setup(result, &uring->options, entries, report, arena);
	}
	uring->has_ring = result == 0;
	return result;
}

static int make_shared_ring(struct uring *uring, unsigned entries, uring_init_function *init,
	struct engine_report *report, struct arena *arena)
{
	int result;

	if (!uring->options.attach_wq)
		return make_ring(uring, entries, init, report, arena);
	uring_share_lock();
	result = make_ring(uring, entries, init, report, arena);
	if (result == 0) {
		bool is_attached = uring->ring.flags & IORING_SETUP_ATTACH_WQ;

		uring_share_join(uring);
		engine_report_effective(report, arena, "attach_wq", "%s",
			is_attached ? "attached to an earlier ring's poll thread"
				    : "first: later rings share this poll thread");
	}
	uring_share_unlock();
	return result;
}

/* Waiting with a timeout needs EXT_ARG; it also dates the kernel: READ, unregistered SQPOLL, … */
static int check_ring(
	struct uring *uring, unsigned entries, struct engine_report *report, struct arena *arena)
{
	if (!(uring->ring.features & IORING_FEAT_EXT_ARG)) {
		report->problem =
			"this kernel's io_uring is too old: Linux 5.11 is needed (EXT_ARG)";
		report->hint = "use ioengine=libaio or ioengine=psync";
		return -EOPNOTSUPP;
	}
	if (uring->ring.sq.ring_entries < entries || uring->ring.cq.ring_entries < entries) {
		report->problem = arena_printf(arena,
			"a ring for %u I/Os was asked for, the kernel's largest has %u entries",
			entries, uring->ring.sq.ring_entries);
		report->hint = "lower iodepth";
		return -EINVAL;
	}
	if (uring->options.min_wait_us > 0 && !(uring->ring.features & URING_FEAT_MIN_TIMEOUT)) {
		report->problem = "min_wait_us: this kernel has no such wait (needs Linux 6.12)";
		report->hint = "leave out min_wait_us";
		return -EOPNOTSUPP;
	}
	return 0;
}

/* There is a batch to wait for, or no such wait. */
static void settle_min_wait(
	struct uring *uring, const struct engine_setup *setup, struct engine_report *report)
{
	if (uring->options.min_wait_us == 0 || setup->batch_complete_min != 1)
		return;
	engine_report_refused(report, setup->arena, "min_wait_us",
		arena_printf(setup->arena, "%u", uring->options.min_wait_us),
		"it waits for a batch, and iodepth_batch_complete_min is 1");
	uring->options.min_wait_us = 0;
}

static int register_eventfd(struct uring *uring, struct engine_report *report, struct arena *arena)
{
	int result;

	if (!uring->options.eventfd)
		return 0;
	uring->event_descriptor = eventfd(0, EFD_CLOEXEC);
	result = uring->event_descriptor < 0
			 ? -errno
			 : io_uring_register_eventfd(&uring->ring, uring->event_descriptor);
	if (result < 0)
		report->problem = arena_printf(arena, "eventfd: %s", strerror(-result));
	return result;
}

static int register_ring(struct uring *uring, struct engine_report *report, struct arena *arena)
{
	int result;

	uring->enter_descriptor = uring->ring.ring_fd;
	if (uring->options.registerring == URING_NO)
		return 0;
	result = io_uring_register_ring_fd(&uring->ring);
	if (result == 1) {
		uring->has_registered_ring = true;
		uring->enter_descriptor = uring->ring.enter_ring_fd;
		uring->enter_flags |= IORING_ENTER_REGISTERED_RING;
		return 0;
	}
	if (uring->options.registerring == URING_AUTO) {
		engine_report_refused(report, arena, "registerring", "1", "%s",
			result == -EINVAL ? "needs Linux 5.18" : strerror(-result));
		return 0;
	}
	report->problem = arena_printf(arena, "registerring=1: %s",
		result == -EBUSY ? "this thread has 16 registered rings already"
				 : strerror(-result));
	report->hint = "leave out registerring (needs Linux 5.18)";
	return result < 0 ? result : -EINVAL;
}

/* One buffer a slot: a passthrough command on an old kernel must not reach into a larger one. */
static int register_buffers(
	struct uring *uring, const struct engine_setup *setup, struct engine_report *report)
{
	struct iovec *vectors;
	int result;

	if (!uring->options.fixedbufs)
		return 0;
	vectors = arena_alloc_array(setup->arena, setup->slot_count, sizeof(*vectors));
	for (unsigned i = 0; i < setup->slot_count; i++) {
		vectors[setup->slots[i].index].iov_base = setup->slots[i].buffer;
		vectors[setup->slots[i].index].iov_len = setup->buffer_bytes;
	}
	result = io_uring_register_buffers(&uring->ring, vectors, setup->slot_count);
	if (result < 0)
		uring_explain_buffers(result, setup, report);
	return result;
}

static int register_files(
	struct uring *uring, const struct engine_setup *setup, struct engine_report *report)
{
	bool registers = uring->options.registerfiles;
	int result = 0;

	uring->files = arena_alloc_array(setup->arena, setup->target_count, sizeof(int));
	for (unsigned i = 0; i < setup->target_count; i++)
		uring->files[i] = setup->targets[i].descriptor;
	uring->targets_change = setup->targets_change;
	if (!registers)
		return 0;
	if (setup->targets_change) {
		report->problem = "registerfiles: this job opens and closes its files as it runs "
				  "(openfiles), they cannot stay registered";
		report->hint = "leave out registerfiles or openfiles";
		return -EINVAL;
	}
	result = io_uring_register_files(&uring->ring, uring->files, setup->target_count);
	if (result < 0) {
		report->problem = arena_printf(setup->arena, "registering %u files: %s",
			setup->target_count, strerror(-result));
		report->hint = result == -EMFILE ? "raise the limit of open files (ulimit -n)"
						 : "leave out registerfiles";
		return result;
	}
	for (unsigned i = 0; i < setup->target_count; i++)
		uring->files[i] = (int)i;
	return 0;
}

static void report_effective(struct uring *uring, struct engine_report *report, struct arena *arena)
{
	const struct uring_options *options = &uring->options;

	engine_report_effective(report, arena, "setup_flags", "%s",
		uring_setup_flag_names(uring->ring.flags, arena));
	engine_report_effective(report, arena, "sq_entries", "%u", uring->ring.sq.ring_entries);
	engine_report_effective(report, arena, "cq_entries", "%u", uring->ring.cq.ring_entries);
	engine_report_effective(report, arena, "fixedbufs", "%d", options->fixedbufs);
	engine_report_effective(report, arena, "registerfiles", "%d", options->registerfiles);
	engine_report_effective(report, arena, "nonvectored", "%d", options->nonvectored);
	engine_report_effective(report, arena, "registerring", "%d", uring->has_registered_ring);
	if (options->eventfd)
		engine_report_effective(report, arena, "eventfd", "1");
	if (options->min_wait_us > 0)
		engine_report_effective(report, arena, "min_wait_us", "%u", options->min_wait_us);
	engine_report_effective(report, arena, "sqthread_poll", "%d", options->sqthread_poll);
	if (!options->sqthread_poll)
		return;
	if (options->sqthread_poll_cpu.is_set)
		engine_report_effective(report, arena, "sqthread_poll_cpu", "%u",
			options->sqthread_poll_cpu.number);
	if (options->sqthread_poll_idle_ns == 0)
		engine_report_effective(
			report, arena, "sqthread_poll_idle", "%s", "the kernel's own: 1s");
	else
		engine_report_effective(report, arena, "sqthread_poll_idle", "%llums",
			(unsigned long long)((options->sqthread_poll_idle_ns + NS_PER_MS - 1) /
					     NS_PER_MS));
}

int uring_setup(struct uring *uring, const struct engine_setup *setup, struct engine_report *report,
	uring_init_function *init)
{
	unsigned entries = setup->slot_count * uring_chain_entries(setup->op_mask);
	int result = check_wishes(&uring->options, report);

	uring->event_descriptor = -1;
	settle_min_wait(uring, setup, report);
	if (result == 0)
		result = make_shared_ring(uring, entries, init, report, setup->arena);
	if (result == 0)
		result = check_ring(uring, entries, report, setup->arena);
	if (result == 0)
		result = register_ring(uring, report, setup->arena);
	if (result == 0)
		result = register_eventfd(uring, report, setup->arena);
	if (result == 0)
		result = register_buffers(uring, setup, report);
	if (result == 0)
		result = register_files(uring, setup, report);
	if (result == 0)
		report_effective(uring, report, setup->arena);
	return result;
}

void uring_setup_undo(struct uring *uring)
{
	uring_take_back_hints(uring);
	if (uring->options.attach_wq)
		uring_share_leave(uring);
	if (uring->has_ring)
		io_uring_queue_exit(&uring->ring);
	uring->has_ring = false;
	if (uring->options.eventfd && uring->event_descriptor >= 0)
		close(uring->event_descriptor);
	uring->event_descriptor = -1;
}

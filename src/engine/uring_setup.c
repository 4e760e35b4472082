/* SPDX-License-Identifier: MIT */
/*
 * Making the ring, and registering itself, buffers and files with it; why the kernel refuses it,
 * with cause and cure in words.
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"
#include "engine/uring_abi.h"
#include "engine/uring_open.h"

#define DISABLED_PATH "/proc/sys/kernel/io_uring_disabled"

/* attach_wq: the rings that share one poll thread, linked by next_sharing; the first makes it. */
static pthread_mutex_t sharing_lock = PTHREAD_MUTEX_INITIALIZER;
static struct uring *sharing;

static const char hint_other_engine[] = "use ioengine=libaio or ioengine=psync";
static const char hint_seccomp[] =
	"run outside of the container, or with a seccomp profile that allows io_uring_setup, "
	"io_uring_enter and io_uring_register (Docker, Podman: --security-opt seccomp=unconfined)";
static const char hint_open_files[] = "raise the limit of open files (ulimit -n)";

static int explain_not_permitted(int error, struct engine_report *report)
{
	const char *disabled = text_read_file(report->arena, DISABLED_PATH);
	char level = disabled ? disabled[0] : '0';

	if (level == '2')
		return engine_refuse(report, error, "as root: sysctl -w kernel.io_uring_disabled=0",
			"io_uring is switched off for everybody (kernel.io_uring_disabled=2)");
	if (level == '1' && geteuid() != 0)
		return engine_refuse(report, error,
			"as root: sysctl -w kernel.io_uring_disabled=0, or run as root",
			"io_uring is only for root and members of the group "
			"kernel.io_uring_group (kernel.io_uring_disabled=1)");
	return engine_refuse(report, error, hint_seccomp,
		"io_uring is forbidden by a seccomp filter, as in a container");
}

/* A kernel that has the switch has io_uring: then it is a filter that says ENOSYS. */
static int explain_missing(int error, struct engine_report *report)
{
	if (text_read_file(report->arena, DISABLED_PATH))
		return engine_refuse(report, error, hint_seccomp,
			"io_uring is hidden by a seccomp filter, as in a container");
	return engine_refuse(report, error, hint_other_engine,
		"this kernel has no io_uring (Linux 5.1, CONFIG_IO_URING)");
}

static int explain_invalid(
	const struct uring_options *options, unsigned entries, struct engine_report *report)
{
	if (options && options->hybrid_iopoll)
		return engine_refuse(report, -EINVAL, "leave out hybrid_iopoll",
			"hybrid_iopoll=1: refused by this kernel (needs Linux 6.13)");
	if (options && options->sqthread_poll_cpu.is_set)
		return engine_refuse(report, -EINVAL, "name another CPU",
			"sqthread_poll_cpu=%u: the poll thread may not run there; this machine has "
			"CPUs 0 to %ld, of which some may be offline or outside of this cpuset",
			options->sqthread_poll_cpu.number, sysconf(_SC_NPROCESSORS_CONF) - 1);
	return engine_refuse(report, -EINVAL, NULL,
		"io_uring_setup: the kernel refuses a plain ring of %u entries", entries);
}

static const char *memlock_limit(struct arena *arena)
{
	char text[UNITS_TEXT_BYTES];
	struct rlimit limit;

	if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0)
		return "unknown";
	if (limit.rlim_cur == RLIM_INFINITY)
		return "unlimited";
	return arena_strdup(arena, units_format_bytes(text, (double)limit.rlim_cur));
}

int uring_explain_setup(int error, const struct uring_options *options, unsigned entries,
	struct engine_report *report)
{
	switch (error) {
	case -EPERM:
	case -EACCES:
		return explain_not_permitted(error, report);
	case -ENOSYS:
		return explain_missing(error, report);
	case -ENOMEM:
		return engine_refuse(report, error, "raise the limit (ulimit -l) or lower iodepth",
			"io_uring_setup: no memory for a ring of %u entries; some kernels count it "
			"against RLIMIT_MEMLOCK (%s here)",
			entries, memlock_limit(report->arena));
	case -EINVAL:
		return explain_invalid(options, entries, report);
	default:
		return engine_refuse(report, error,
			error == -EMFILE || error == -ENFILE ? hint_open_files : NULL,
			"io_uring_setup: %s", strerror(-error));
	}
}

/* The kernel's own limits: IORING_MAX_REG_BUFFERS in its io_uring/rsrc.c, 1 GiB each. */
enum { BUFFERS_LIMIT = 16384, BUFFER_BYTES_LIMIT = 1 << 30, PAGE_BYTES = 4096 };

/* A bio counts the pages of a buffer in 16 bits: one for all slots is far from that. */
enum { SHARED_BUFFER_LIMIT = 128 << 20 };

/* Whole pages are locked. */
static double locked_bytes(double buffers, size_t bytes)
{
	return buffers * (double)((bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES);
}

int uring_explain_buffers(
	int error, const struct engine_setup *setup, bool are_one, struct engine_report *report)
{
	const char *hint = "leave out fixedbufs";
	char needed[UNITS_TEXT_BYTES];

	units_format_bytes(
		needed, are_one ? locked_bytes(1, setup->slot_count * setup->buffer_bytes)
				: locked_bytes(setup->slot_count, setup->buffer_bytes));
	if (error == -ENOMEM)
		return engine_refuse(report, error,
			"raise it (ulimit -l, or memlock in /etc/security/limits.conf), run as "
			"root, or lower iodepth or bs",
			"fixedbufs: %s must be locked in memory, and RLIMIT_MEMLOCK is %s for all "
			"of this user's rings together",
			needed, memlock_limit(report->arena));
	if (setup->slot_count > BUFFERS_LIMIT || setup->buffer_bytes > BUFFER_BYTES_LIMIT)
		hint = "the kernel takes at most 16384 buffers of 1 GiB each";
	else if (error == -EPERM || error == -EACCES || error == -ENOSYS)
		hint = hint_seccomp;
	return engine_refuse(report, error, hint,
		"fixedbufs: registering %u buffers of %zu bytes%s: %s", setup->slot_count,
		setup->buffer_bytes, are_one ? ", as one" : "", strerror(-error));
}

/* Flags that the engine sets by itself, newest first: the order in which refused ones go. The
 * ring's setup_flags show which of them it has. */
struct optional_flag {
	unsigned flags;
	const char *name; /* NULL: there is nothing to do about it, it is not reported */
	const char *since;
	size_t wish; /* offset of the option that may insist on it; 0: none */
};

#define WISH(option) offsetof(struct uring_options, option)

static const struct optional_flag optional_flags[] = {
	{URING_SETUP_NO_SQARRAY, NULL, "6.6", 0},
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
			"sqthread_poll_cpu needs sqthread_poll: there is no thread to bind to a "
			"CPU",
			"add sqthread_poll=1"},
		{options->sqthread_poll_idle_ns > 0 && !options->sqthread_poll,
			"sqthread_poll_idle needs sqthread_poll: there is no thread that could be "
			"idle",
			"add sqthread_poll=1"},
		{options->attach_wq && !options->sqthread_poll,
			"attach_wq needs sqthread_poll: there is no poll thread to share",
			"add sqthread_poll=1"},
		{options->min_wait_us > 0 && (options->sqthread_poll || options->eventfd),
			"min_wait_us is for waiting in io_uring_enter: not with sqthread_poll or "
			"eventfd",
			"leave out one of them"},
	};

	return engine_check_rules(rules, COUNT_OF(rules), report);
}

/*
 * SUBMIT_ALL: one SQE that cannot be sent does not hold up the others of its batch. NO_SQARRAY: the
 * kernel takes entry i of the SQ for SQE i, and looks up no index.
 */
static unsigned wanted_flags(const struct uring_options *options)
{
	unsigned flags = IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP | IORING_SETUP_SUBMIT_ALL |
			 URING_SETUP_NO_SQARRAY;
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

/* TASKRUN_FLAG shows a peek that there is something to enter for; it goes with either of these. */
static unsigned with_taskrun_flag(unsigned flags)
{
	if (flags & (IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_COOP_TASKRUN))
		flags |= IORING_SETUP_TASKRUN_FLAG;
	return flags;
}

/* The flags to try once `flag` is refused: DEFER_TASKRUN's older kin is COOP_TASKRUN. */
static unsigned without(
	unsigned flags, const struct optional_flag *flag, const struct uring_options *options)
{
	flags &= ~flag->flags;
	if (flag->flags == IORING_SETUP_DEFER_TASKRUN && options->coop_taskrun != URING_NO)
		flags |= IORING_SETUP_COOP_TASKRUN;
	return flags;
}

static unsigned idle_ms(const struct uring_options *options)
{
	return (unsigned)((options->sqthread_poll_idle_ns + NS_PER_MS - 1) / NS_PER_MS);
}

int uring_queue_init(unsigned entries, struct io_uring *ring, struct io_uring_params *parameters)
{
	long descriptor;
	int result;

	/* liburing 2.3 would fill in the array that is not there, over the ring's head. */
	if (!(parameters->flags & URING_SETUP_NO_SQARRAY))
		return io_uring_queue_init_params(entries, ring, parameters);
	descriptor = syscall(SYS_io_uring_setup, entries, parameters);
	if (descriptor < 0)
		return -errno;
	result = io_uring_queue_mmap((int)descriptor, parameters, ring);
	if (result < 0)
		close((int)descriptor);
	ring->features = parameters->features;
	return result;
}

static int try_ring(
	struct uring *uring, unsigned flags, uring_init_function *init, unsigned entries)
{
	const struct uring_options *options = &uring->options;
	struct io_uring_params parameters = {
		.flags = with_taskrun_flag(flags),
		.cq_entries = uring->cq_entries > entries ? uring->cq_entries : entries,
		.sq_thread_cpu = options->sqthread_poll_cpu.number,
		.sq_thread_idle = idle_ms(options),
	};

	if (options->attach_wq && sharing) {
		parameters.flags |= IORING_SETUP_ATTACH_WQ;
		parameters.wq_fd = (unsigned)sharing->ring.ring_fd;
	}
	return init(entries, &uring->ring, &parameters);
}

static int make_ring(struct uring *uring, unsigned entries, uring_init_function *init,
	struct engine_report *report)
{
	unsigned flags = wanted_flags(&uring->options) | uring->needed_flags;
	int result = try_ring(uring, flags, init, entries);

	for (const struct optional_flag *flag = optional_flags; flag->flags; flag++) {
		if (result != -EINVAL)
			break;
		if (!(flags & flag->flags))
			continue;
		if (is_insisted_on(&uring->options, flag))
			return engine_refuse(report, -EINVAL,
				arena_printf(report->arena,
					"leave out %s, or run on a newer kernel", flag->name),
				"%s=1: refused by this kernel (needs Linux %s)", flag->name,
				flag->since);
		if (flag->name)
			engine_report_refused(report, flag->name, "1",
				"the kernel answers EINVAL (needs Linux %s)", flag->since);
		flags = without(flags, flag, &uring->options);
		result = try_ring(uring, flags, init, entries);
	}
	if (result < 0) {
		report->refused = (struct settings){0}; /* It was not those flags' fault. */
		return uring_explain_setup(result, &uring->options, entries, report);
	}
	uring->has_ring = true;
	return 0;
}

/* The lock is held from asking for a ring to share with until this one is made and has joined. */
static int make_shared_ring(struct uring *uring, unsigned entries, uring_init_function *init,
	struct engine_report *report)
{
	int result;

	pthread_mutex_lock(&sharing_lock);
	result = make_ring(uring, entries, init, report);
	if (result == 0) {
		engine_report_effective(report, "attach_wq", "%s",
			uring->ring.flags & IORING_SETUP_ATTACH_WQ
				? "attached to an earlier ring's poll thread"
				: "first: later rings share this poll thread");
		uring->next_sharing = sharing;
		sharing = uring;
	}
	pthread_mutex_unlock(&sharing_lock);
	return result;
}

/* The others go on sharing the thread. */
static void leave_shared_ring(const struct uring *uring)
{
	pthread_mutex_lock(&sharing_lock);
	for (struct uring **link = &sharing; *link; link = &(*link)->next_sharing) {
		if (*link == uring) {
			*link = uring->next_sharing;
			break;
		}
	}
	pthread_mutex_unlock(&sharing_lock);
}

/* Waiting with a timeout needs EXT_ARG; it also dates the kernel: READ, unregistered SQPOLL, … */
static int check_ring(struct uring *uring, unsigned entries, struct engine_report *report)
{
	if (!(uring->ring.features & IORING_FEAT_EXT_ARG))
		return engine_refuse(report, -EOPNOTSUPP, "use ioengine=libaio or ioengine=psync",
			"this kernel's io_uring is too old: Linux 5.11 is needed (EXT_ARG)");
	if (uring->ring.sq.ring_entries < entries || uring->ring.cq.ring_entries < entries)
		return engine_refuse(report, -EINVAL, "lower iodepth",
			"a ring for %u I/Os was asked for, the kernel's largest has %u entries",
			entries, uring->ring.sq.ring_entries);
	if (uring->options.min_wait_us > 0 && !(uring->ring.features & URING_FEAT_MIN_TIMEOUT))
		return engine_refuse(report, -EOPNOTSUPP, "leave out min_wait_us",
			"min_wait_us: this kernel has no such wait (needs Linux 6.12)");
	return 0;
}

/*
 * liburing submits in trials, and writes indices then, its 2.3 to the ring's head where there is no
 * array: to memory of ours instead. With an array entry i is always SQE i.
 */
static void settle_sq_array(struct uring *uring, struct arena *arena)
{
	struct io_uring_sq *sq = &uring->ring.sq;

	if (uring->ring.flags & URING_SETUP_NO_SQARRAY)
		sq->array = arena_alloc_array(arena, sq->ring_entries, sizeof(*sq->array));
	for (unsigned i = 0; i < sq->ring_entries; i++)
		sq->array[i] = i;
}

/* There is a batch to wait for, or no such wait. */
static void settle_min_wait(
	struct uring *uring, const struct engine_setup *setup, struct engine_report *report)
{
	if (uring->options.min_wait_us == 0 || setup->batch_complete_min != 1)
		return;
	engine_report_refused(report, "min_wait_us",
		arena_printf(setup->arena, "%u", uring->options.min_wait_us),
		"it waits for a batch, and iodepth_batch_complete_min is 1");
	uring->options.min_wait_us = 0;
}

static int register_eventfd(struct uring *uring, struct engine_report *report)
{
	int result;

	if (!uring->options.eventfd)
		return 0;
	uring->event_descriptor = eventfd(0, EFD_CLOEXEC);
	result = uring->event_descriptor < 0
			 ? -errno
			 : io_uring_register_eventfd(&uring->ring, uring->event_descriptor);
	return result < 0 ? engine_refuse(report, result, NULL, "eventfd: %s", strerror(-result))
			  : 0;
}

static int register_ring(struct uring *uring, struct engine_report *report)
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
		engine_report_refused(report, "registerring", "1", "%s",
			result == -EINVAL ? "needs Linux 5.18" : strerror(-result));
		return 0;
	}
	return engine_refuse(report, result < 0 ? result : -EINVAL,
		"leave out registerring (needs Linux 5.18)", "registerring=1: %s",
		result == -EBUSY ? "this thread has 16 registered rings already"
				 : strerror(-result));
}

/* Whether the buffers of all slots follow each other, and the kernel may have them as one. */
static bool are_one_buffer(const struct engine_setup *setup)
{
	char *first = setup->slots[0].buffer;

	for (unsigned i = 0; i < setup->slot_count; i++) {
		if ((char *)setup->slots[i].buffer != first + i * setup->buffer_bytes)
			return false;
	}
	return (uint64_t)setup->slot_count * setup->buffer_bytes <= SHARED_BUFFER_LIMIT;
}

/*
 * One for all slots, if that may be, or one each. The kernel has three cache lines of each that it
 * looks at for each I/O.
 */
static int register_buffers(
	struct uring *uring, const struct engine_setup *setup, struct engine_report *report)
{
	struct iovec *vectors;
	unsigned count = setup->slot_count;
	int result;

	if (!uring->options.fixedbufs)
		return 0;
	vectors = arena_alloc_array(setup->arena, count, sizeof(*vectors));
	for (unsigned i = 0; i < count; i++) {
		vectors[setup->slots[i].index].iov_base = setup->slots[i].buffer;
		vectors[setup->slots[i].index].iov_len = setup->buffer_bytes;
	}
	uring->has_one_buffer = uring->may_share_buffer && are_one_buffer(setup);
	if (uring->has_one_buffer) {
		vectors[0] = (struct iovec){setup->slots[0].buffer, count * setup->buffer_bytes};
		count = 1;
	}
	result = io_uring_register_buffers(&uring->ring, vectors, count);
	return result < 0 ? uring_explain_buffers(result, setup, uring->has_one_buffer, report) : 0;
}

static int register_files(
	struct uring *uring, const struct engine_setup *setup, struct engine_report *report)
{
	int result;

	uring->files = arena_alloc_array(setup->arena, setup->target_count, sizeof(int));
	for (unsigned i = 0; i < setup->target_count; i++)
		uring->files[i] = setup->targets[i].descriptor;
	uring->targets_change = setup->targets_change;
	if (!uring->options.registerfiles || setup->target_count == 0)
		return 0;
	if (setup->targets_change)
		return engine_refuse(report, -EINVAL, "leave out registerfiles or openfiles",
			"registerfiles: this job opens and closes its files as it runs "
			"(openfiles), they cannot stay registered");
	result = io_uring_register_files(&uring->ring, uring->files, setup->target_count);
	if (result < 0)
		return engine_refuse(report, result,
			result == -EMFILE ? hint_open_files : "leave out registerfiles",
			"registering %u files: %s", setup->target_count, strerror(-result));
	for (unsigned i = 0; i < setup->target_count; i++)
		uring->files[i] = (int)i;
	return 0;
}

static void report_effective(struct uring *uring, struct engine_report *report)
{
	const struct uring_options *options = &uring->options;

	engine_report_effective(report, "setup_flags", "%s",
		uring_setup_flag_names(uring->ring.flags, report->arena));
	engine_report_effective(report, "sq_entries", "%u", uring->ring.sq.ring_entries);
	engine_report_effective(report, "cq_entries", "%u", uring->ring.cq.ring_entries);
	engine_report_effective(report, "fixedbufs", "%d", options->fixedbufs);
	engine_report_effective(report, "registerfiles", "%d", options->registerfiles);
	engine_report_effective(report, "nonvectored", "%d", options->nonvectored);
	engine_report_effective(report, "registerring", "%d", uring->has_registered_ring);
	if (options->eventfd)
		engine_report_effective(report, "eventfd", "1");
	if (options->min_wait_us > 0)
		engine_report_effective(report, "min_wait_us", "%u", options->min_wait_us);
	engine_report_effective(report, "sqthread_poll", "%d", options->sqthread_poll);
	if (!options->sqthread_poll)
		return;
	if (options->sqthread_poll_cpu.is_set)
		engine_report_effective(
			report, "sqthread_poll_cpu", "%u", options->sqthread_poll_cpu.number);
	if (options->sqthread_poll_idle_ns == 0)
		engine_report_effective(report, "sqthread_poll_idle", "%s", "the kernel's own: 1s");
	else
		engine_report_effective(report, "sqthread_poll_idle", "%ums", idle_ms(options));
}

int uring_setup(struct uring *uring, const struct engine_setup *setup, struct engine_report *report,
	uring_init_function *init)
{
	unsigned entries = setup->slot_count * uring_chain_entries(setup->op_mask);
	int result = check_wishes(&uring->options, report);

	uring->event_descriptor = -1;
	settle_min_wait(uring, setup, report);
	if (result == 0)
		result = uring->options.attach_wq ? make_shared_ring(uring, entries, init, report)
						  : make_ring(uring, entries, init, report);
	if (result == 0)
		result = check_ring(uring, entries, report);
	if (result == 0)
		settle_sq_array(uring, setup->arena);
	if (result == 0)
		result = register_ring(uring, report);
	if (result == 0)
		result = register_eventfd(uring, report);
	if (result == 0)
		result = register_buffers(uring, setup, report);
	if (result == 0)
		result = register_files(uring, setup, report);
	if (result == 0)
		report_effective(uring, report);
	return result;
}

void uring_setup_undo(struct uring *uring)
{
	if (uring->options.attach_wq)
		leave_shared_ring(uring);
	if (uring->has_ring)
		io_uring_queue_exit(&uring->ring);
	uring->has_ring = false;
	if (uring->options.eventfd && uring->event_descriptor >= 0)
		close(uring->event_descriptor);
	uring->event_descriptor = -1;
}

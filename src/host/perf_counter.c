/* SPDX-License-Identifier: MIT */
/*
 * Counters of a thread and its children. The two events of a scope are a group, so that both are of
 * the same time; user mode and the kernel are groups of their own, because the kernel may be
 * forbidden.
 */
#include "host/perf_counter.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <sys/param.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/text.h"
#include "host/sysfs.h"

enum {
	EVENTS_OF_GROUP = 2,
};

#define LEAST_SHARE 0.5   /* of the time: what was seen for less is not scaled up */
#define WHOLE_SHARE 0.999 /* threads that start and end are seen a little less */

/* Of the limit of open files, where it cannot be raised. */
#define SHARE_OF_DESCRIPTORS 4

/* What kernel.perf_event_paranoid must be above to forbid it. */
static const int64_t forbidding_levels[PERF_SCOPE_COUNT] = {[PERF_USER] = 2, [PERF_KERNEL] = 1};

const char *perf_scope_name(enum perf_scope scope)
{
	return scope == PERF_USER ? "user" : "kernel";
}

/* Of workers that open theirs at the same time. */
static pthread_mutex_t limit_lock = PTHREAD_MUTEX_INITIALIZER;

/* Makes room for one more. Whether there is, for a descriptor of this number. */
static bool has_room(int descriptor)
{
	struct rlimit limit;
	bool is_raised;

	pthread_mutex_lock(&limit_lock);
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) {
		pthread_mutex_unlock(&limit_lock);
		return true;
	}
	is_raised = limit.rlim_cur < limit.rlim_max;
	limit.rlim_cur += is_raised;
	is_raised = is_raised && setrlimit(RLIMIT_NOFILE, &limit) == 0;
	pthread_mutex_unlock(&limit_lock);
	return is_raised || (rlim_t)descriptor < limit.rlim_max / SHARE_OF_DESCRIPTORS;
}

static int open_event(int tid, uint32_t type, uint64_t config, enum perf_scope scope, int leader)
{
	struct perf_event_attr attributes = {
		.type = type,
		.size = sizeof(attributes),
		.config = config,
		.read_format = PERF_FORMAT_GROUP | PERF_FORMAT_TOTAL_TIME_ENABLED |
			       PERF_FORMAT_TOTAL_TIME_RUNNING,
		.inherit = 1,
		.exclude_user = scope != PERF_USER,
		.exclude_kernel = scope != PERF_KERNEL,
		.exclude_hv = 1,
	};
	long descriptor =
		syscall(SYS_perf_event_open, &attributes, tid, -1, leader, PERF_FLAG_FD_CLOEXEC);

	if (descriptor < 0)
		return -errno;
	if (has_room((int)descriptor))
		return (int)descriptor;
	close((int)descriptor);
	return -EMFILE;
}

static void close_descriptor(int *descriptor)
{
	if (*descriptor >= 0)
		close(*descriptor);
	*descriptor = -1;
}

static void close_scope(struct perf_counter *counter, enum perf_scope scope)
{
	for (size_t i = 0; i < counter->source_count; i++) {
		close_descriptor(&counter->followers[scope][i]);
		close_descriptor(&counter->leaders[scope][i]);
	}
}

/* 0 or -errno. */
static int open_group(struct perf_counter *counter, int tid, enum perf_scope scope, size_t index,
	const struct perf_source *source)
{
	int leader = open_event(tid, source->type, source->instructions, scope, -1);
	int follower =
		leader < 0 ? leader : open_event(tid, source->type, source->cycles, scope, leader);

	counter->leaders[scope][index] = MAX(leader, -1);
	counter->followers[scope][index] = MAX(follower, -1);
	return MIN(follower, 0);
}

void perf_counter_open_of(struct perf_counter *counter, int tid, const struct perf_source *sources,
	size_t source_count)
{
	*counter = (struct perf_counter){.source_count = MIN(source_count, PERF_SOURCE_LIMIT)};
	for (enum perf_scope scope = 0; scope < PERF_SCOPE_COUNT; scope++) {
		for (size_t i = 0; i < counter->source_count; i++)
			counter->leaders[scope][i] = counter->followers[scope][i] = -1;
		for (size_t i = 0; i < counter->source_count && !counter->errors[scope]; i++)
			counter->errors[scope] = open_group(counter, tid, scope, i, &sources[i]);
		/* Of some kinds of CPUs only it would be a part of the work. */
		if (counter->errors[scope])
			close_scope(counter, scope);
	}
}

void perf_counter_open(
	struct perf_counter *counter, const struct perf_source *sources, size_t source_count)
{
	perf_counter_open_of(counter, 0, sources, source_count);
}

void perf_counter_close(struct perf_counter *counter)
{
	for (enum perf_scope scope = 0; scope < PERF_SCOPE_COUNT; scope++)
		close_scope(counter, scope);
	counter->source_count = 0;
}

/* 0 or -errno. */
static int add_group(int leader, struct perf_count *sum)
{
	struct { /* perf_event_open(2), PERF_FORMAT_GROUP */
		uint64_t count;
		uint64_t enabled_ns;
		uint64_t running_ns;
		uint64_t values[EVENTS_OF_GROUP];
	} group;
	ssize_t length = read(leader, &group, sizeof(group));

	if (length < 0)
		return -errno;
	if (length != sizeof(group) || group.count != EVENTS_OF_GROUP)
		return -EIO;
	sum->instructions += group.values[0];
	sum->cycles += group.values[1];
	/* A thread has the time of all kinds of CPUs, and runs on one of them. */
	sum->enabled_ns = MAX(sum->enabled_ns, group.enabled_ns);
	sum->running_ns += group.running_ns;
	return 0;
}

void perf_counter_read(const struct perf_counter *counter, struct perf_counts *counts)
{
	*counts = (struct perf_counts){0};
	for (enum perf_scope scope = 0; scope < PERF_SCOPE_COUNT; scope++) {
		struct perf_count *count = &counts->scopes[scope];

		count->error = counter->source_count > 0 ? counter->errors[scope] : -EBADF;
		for (size_t i = 0; i < counter->source_count && count->error == 0; i++)
			count->error = add_group(counter->leaders[scope][i], count);
	}
}

void perf_counts_since(struct perf_counts *now, const struct perf_counts *before)
{
	for (enum perf_scope scope = 0; scope < PERF_SCOPE_COUNT; scope++) {
		struct perf_count *count = &now->scopes[scope];
		const struct perf_count *base = &before->scopes[scope];

		count->error = base->error ? base->error : count->error;
		count->instructions -= base->instructions;
		count->cycles -= base->cycles;
		count->enabled_ns -= base->enabled_ns;
		count->running_ns -= base->running_ns;
	}
}

void perf_counts_add(struct perf_counts *sum, const struct perf_counts *more)
{
	for (enum perf_scope scope = 0; scope < PERF_SCOPE_COUNT; scope++) {
		struct perf_count *count = &sum->scopes[scope];
		const struct perf_count *other = &more->scopes[scope];

		count->error = count->error ? count->error : other->error;
		count->instructions += other->instructions;
		count->cycles += other->cycles;
		count->enabled_ns += other->enabled_ns;
		count->running_ns += other->running_ns;
	}
}

double perf_count_share(const struct perf_count *count)
{
	double share =
		count->enabled_ns > 0 ? (double)count->running_ns / (double)count->enabled_ns : 0;

	return share >= WHOLE_SHARE ? 1 : share;
}

int perf_count_error(const struct perf_count *count)
{
	if (count->error)
		return count->error;
	if (perf_count_share(count) < LEAST_SHARE)
		return -EBUSY;
	return count->instructions == 0 ? -ENODATA : 0;
}

uint64_t perf_count_scaled(const struct perf_count *count, uint64_t counted)
{
	double share = perf_count_share(count);

	return share > 0 && share < 1 ? (uint64_t)((double)counted / share + 0.5) : counted;
}

int64_t perf_counter_paranoid(struct arena *arena)
{
	return sysfs_number(arena, INT64_MAX, "/proc/sys/kernel/perf_event_paranoid");
}

static const char *explain_refusal(
	enum perf_scope scope, int64_t paranoid, struct arena *arena, const char **cure)
{
	if (paranoid != INT64_MAX && paranoid > forbidding_levels[scope]) {
		*cure = arena_printf(arena,
			"sysctl -w kernel.perf_event_paranoid=%" PRId64 ", or CAP_PERFMON",
			forbidding_levels[scope]);
		return arena_printf(arena, "kernel.perf_event_paranoid is %" PRId64, paranoid);
	}
	*cure = "CAP_PERFMON for the container (--cap-add=PERFMON), or a seccomp profile that "
		"allows perf_event_open";
	return "perf_event_open is forbidden here, by seccomp or a security module";
}

const char *perf_counter_explain(
	int error, enum perf_scope scope, int64_t paranoid, struct arena *arena, const char **cure)
{
	*cure = NULL;
	switch (-error) {
	case ENOENT:
	case ENODEV:
	case ENXIO:
	case EOPNOTSUPP:
		*cure = "a virtual machine needs a vPMU from its host";
		return "no performance counters of the CPU";
	case ENOSYS:
		return "the kernel has no perf_event_open";
	case EACCES:
	case EPERM:
		return explain_refusal(scope, paranoid, arena, cure);
	case EMFILE:
	case ENFILE:
		*cure = "ulimit -n";
		return "too many open files for counters of all jobs";
	case EBUSY:
		*cure = "end other users of the counters (perf, the kernel's NMI watchdog)";
		return "others used the performance counters for most of the time";
	case ENODATA:
		return "the performance counters stand still";
	default:
		return arena_printf(arena, "perf_event_open: %s", text_errno_name(-error));
	}
}

void perf_counter_try(int errors[PERF_SCOPE_COUNT])
{
	struct perf_source sources[PERF_SOURCE_LIMIT];
	struct perf_counter counter;
	struct perf_counts counts;

	perf_counter_open(&counter, sources, perf_source_list(sources));
	perf_counter_read(&counter, &counts);
	for (enum perf_scope scope = 0; scope < PERF_SCOPE_COUNT; scope++)
		errors[scope] = counts.scopes[scope].error;
	perf_counter_close(&counter);
}

/* SPDX-License-Identifier: MIT */
/* Asks the host, the kernel's io_uring, the target, its queue and every engine. */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "base/units.h"
#include "host/write_guard.h"
#include "probe/probe.h"

/* 32 blocks of 4 KiB: with less than this, fixedbufs is of no use. */
#define USEFUL_LOCKED_BYTES (128u << 10)

static void answer_locked_memory(struct probe *probe)
{
	const struct host_limits *limits = &probe->limits;
	struct ability *ability =
		ability_add(&probe->machine, &probe->arena, "registered buffers", ABILITY_YES);
	char size[UNITS_TEXT_BYTES];

	if (limits->may_lock_memory) {
		ability->reason = "without limit: this user may lock memory (CAP_IPC_LOCK)";
		return;
	}
	if (limits->locked_bytes == HOST_UNLIMITED) {
		ability->reason = "without limit: RLIMIT_MEMLOCK is unlimited";
		return;
	}
	units_format_bytes(size, (double)limits->locked_bytes);
	ability->reason = arena_printf(&probe->arena,
		"iodepth x bs x numjobs of this user up to %s (RLIMIT_MEMLOCK): at iodepth=32, "
		"bs=%lluk",
		size, (unsigned long long)limits->locked_bytes / 32 / 1024);
	ability->cure = "ulimit -l unlimited (memlock in /etc/security/limits.conf)";
	if (limits->locked_bytes < USEFUL_LOCKED_BYTES)
		ability->answer = ABILITY_NO;
}

static void answer_aio(struct probe *probe)
{
	const struct host_limits *limits = &probe->limits;
	struct ability *ability =
		ability_add(&probe->machine, &probe->arena, "libaio I/Os", ABILITY_YES);

	if (limits->aio_limit < 0) {
		ability->answer = ABILITY_NO;
		ability->reason = "this kernel has no native AIO";
		ability->cure = "a kernel with CONFIG_AIO";
		return;
	}
	ability->reason = arena_printf(&probe->arena,
		"%lld of %lld in use on this machine (fs.aio-nr, fs.aio-max-nr)",
		(long long)limits->aio_used, (long long)limits->aio_limit);
	if (limits->aio_used < limits->aio_limit)
		return;
	ability->answer = ABILITY_NO;
	ability->cure = "sysctl -w fs.aio-max-nr=1048576";
}

static void answer_io_uring(struct probe *probe)
{
	const struct host_limits *limits = &probe->limits;
	struct ability *ability = ability_add(&probe->machine, &probe->arena, "io_uring",
		probe->uring.error ? ABILITY_NO : ABILITY_YES);

	if (probe->uring.error) {
		ability->reason = probe->uring.reason;
		ability->cure = probe->uring.cure;
		return;
	}
	ability->reason = arena_printf(&probe->arena, "%u opcodes, %s; %s",
		probe->uring.opcode_count,
		probe->uring.is_queried ? "reported by IORING_REGISTER_QUERY"
					: "found by trial (no IORING_REGISTER_QUERY before 6.18)",
		limits->io_uring_disabled < 0
			? "the kernel has no switch for it"
			: arena_printf(&probe->arena, "kernel.io_uring_disabled=%lld",
				  (long long)limits->io_uring_disabled));
}

static void answer_sqpoll_cpu(struct probe *probe)
{
	struct ability *ability = ability_add(&probe->machine, &probe->arena, "a CPU for SQPOLL",
		probe->limits.cpu_count > 1 ? ABILITY_YES : ABILITY_NO);

	if (probe->limits.cpu_count > 1) {
		ability->reason = arena_printf(&probe->arena,
			"%u CPUs: keep the poll thread and the job apart, such as by "
			"sqthread_poll_cpu=%u and another cpus_allowed",
			probe->limits.cpu_count, probe->limits.last_cpu);
		return;
	}
	ability->reason = "one CPU only: the poll thread and the job would take turns on it, a "
			  "scheduler's tick each";
	ability->cure = "more CPUs for this process (taskset, cpuset, the machine)";
}

/* User mode alone is of use: it is where a library or an engine spends its instructions. */
static void answer_counters(struct probe *probe)
{
	const int *errors = probe->counter_errors;
	enum perf_scope refused = errors[PERF_USER] ? PERF_USER : PERF_KERNEL;
	struct ability *ability = ability_add(&probe->machine, &probe->arena, "CPU counters",
		errors[PERF_USER] ? ABILITY_NO : ABILITY_YES);

	if (errors[refused] == 0) {
		ability->reason = "instructions and cycles per I/O, in user mode and the kernel";
		return;
	}
	ability->reason = perf_counter_explain(errors[refused], refused,
		probe->limits.perf_event_paranoid, &probe->arena, &ability->cure);
	if (refused == PERF_KERNEL)
		ability->reason = arena_printf(&probe->arena,
			"instructions and cycles per I/O, in user mode only: %s", ability->reason);
}

/* Whether a job could write the target. Asked, never tried. */
static void answer_writable(struct probe *probe)
{
	const struct target *target = &probe->target;
	static const struct write_guard nothing = {0}; /* is named a second time */
	struct write_guard_answer guard = {.verdict = WRITE_ALLOWED};
	struct ability *ability = &probe->writable;

	ability->name = "writing";
	ability->answer = ABILITY_NO;
	if (target->kind == TARGET_FILE)
		guard = write_guard_check_file(&nothing, target->path, -1, &probe->arena);
	else if (target->kind == TARGET_BLOCK || target->kind == TARGET_NVME_CHARACTER)
		guard = write_guard_check(
			&nothing, target->path, target->device, -1, &probe->arena);
	if (guard.verdict != WRITE_ALLOWED) {
		ability->reason = guard.reason;
		ability->cure = guard.hint;
	} else if (access(target->path, W_OK) != 0) {
		ability->reason = arena_printf(
			&probe->arena, "this user may not: %s", text_errno_name(errno));
		ability->cure = "run as root, or as a user who may write it";
	} else {
		ability->answer = ABILITY_YES;
		ability->reason = target->kind == TARGET_FILE
					  ? "a job that writes overwrites the file's contents"
				  : target->kind == TARGET_CHARACTER || target->kind == TARGET_PIPE
					  ? NULL
					  : "it is not in use, and it carries no signature";
	}
}

static void answer_readable(struct probe *probe)
{
	int error = probe_target_readable(
		&probe->target, &probe->readable.reason, &probe->readable.cure, &probe->arena);

	probe->readable.name = "reading";
	probe->readable.answer = error == 0                              ? ABILITY_YES
				 : error == -ESPIPE || error == -ENODATA ? ABILITY_UNKNOWN
									 : ABILITY_NO;
}

static int collect_target(struct probe *probe, const char *path, struct diag *diag)
{
	int error = target_inspect(path, &probe->target, &probe->arena, diag, NULL);
	const struct block_queue *queue;

	if (error < 0)
		return error;
	if (!probe->target.exists) {
		diag_error(diag, NULL, "there is no file '%s'", path);
		diag_hint(
			diag, "make it first (fallocate -l 1G '%s'), or name another target", path);
		return -ENOENT;
	}
	probe->has_target = true;
	probe->has_device =
		probe->target.device != 0 &&
		block_device_read(probe->target.device, &probe->device, &probe->arena) == 0;
	if (probe->has_device)
		block_queue_read(probe->device.disk, &probe->queue, &probe->arena);
	queue = probe->has_device ? &probe->queue : NULL;
	answer_readable(probe);
	answer_writable(probe);
	probe_target_read(&probe->target, queue, probe->readable.answer == ABILITY_YES,
		&probe->abilities, &probe->arena);
	return 0;
}

/* It cannot be tried without writing; the target reports it. */
static void answer_atomic(struct probe *probe)
{
	const struct ability *promised = ability_find(&probe->abilities, "RWF_ATOMIC");

	if (!promised)
		return;
	for (struct probe_engine *trial = probe->engines; trial; trial = trial->next) {
		for (struct ability *a = trial->settings.first; a; a = a->next) {
			if (strcmp(a->name, "atomic") != 0)
				continue;
			a->answer = promised->answer;
			a->reason = promised->reason;
			a->cure = promised->cure;
		}
	}
}

void probe_answer_limits(struct probe *probe)
{
	answer_io_uring(probe);
	answer_aio(probe);
	answer_locked_memory(probe);
	answer_sqpoll_cpu(probe);
	answer_counters(probe);
}

int probe_collect(struct probe *probe, const char *path, struct diag *diag)
{
	const struct target *tried;
	int error;

	*probe = (struct probe){0};
	error = path ? collect_target(probe, path, diag) : 0;
	if (error < 0)
		return error;
	host_limits_read(&probe->limits, &probe->arena);
	perf_counter_try(probe->counter_errors);
	uring_abilities_read(&probe->uring, &uring_kernel_calls, &probe->arena);
	probe_answer_limits(probe);
	tried = probe->has_target && probe->readable.answer == ABILITY_YES ? &probe->target : NULL;
	probe->engines = probe_engines(tried, &probe->arena);
	answer_atomic(probe);
	probe_add_hints(probe);
	return 0;
}

/* The settings of a disk's queue, each with what it means for a benchmark. */
struct queue_field {
	const char *name; /* as in sysfs */
	size_t offset;    /* in struct block_queue */
	bool is_text;
	const char *meaning;
};

#define NUMBER(label, member, meaning)                                                             \
	{                                                                                          \
		label, offsetof(struct block_queue, member), false, meaning                        \
	}
#define TEXT(label, member, meaning)                                                               \
	{                                                                                          \
		label, offsetof(struct block_queue, member), true, meaning                         \
	}

static const struct queue_field queue_fields[] = {
	TEXT("scheduler", schedulers, "in brackets the one in use; none is the shortest way"),
	NUMBER("nr_requests", request_count, "requests that a queue holds; more have to wait"),
	NUMBER("hw_queues", hardware_queues, "hardware queues; fewer than CPUs are shared"),
	NUMBER("poll_queues", poll_queues, "the driver's parameter: queues without interrupts"),
	NUMBER("io_poll", io_poll, "1: polled I/O (hipri) is possible"),
	NUMBER("nomerges", no_merges, "0 looks for neighbours to merge, 1 hardly, 2 never"),
	NUMBER("rq_affinity", completion_cpu,
		"completes on 0 any CPU, 1 the submitter's group, 2 the submitter's own"),
	NUMBER("wbt_lat_usec", writeback_throttle_us,
		"buffered writes are held back when reads take longer; 0: off"),
	TEXT("write_cache", write_cache, "write back: fsync has to flush the drive's cache"),
	NUMBER("fua", force_unit_access, "1: a write can go past that cache without a flush"),
	NUMBER("max_sectors_kb", max_sectors_kb, "larger I/Os are split"),
	NUMBER("max_hw_sectors_kb", max_hw_sectors_kb, "what max_sectors_kb may be raised to"),
	NUMBER("read_ahead_kb", read_ahead_kb, "read ahead of buffered sequential reads"),
	NUMBER("iostats", io_statistics, "1: counts in /proc/diskstats, for some ns an I/O"),
	NUMBER("add_random", feeds_entropy, "1: each completion feeds the random pool"),
	NUMBER("loop/dio", loop_is_direct, "1: the loop device's file is read with O_DIRECT"),
};
_Static_assert(
	sizeof(queue_fields) / sizeof(queue_fields[0]) <= PROBE_SETTINGS_LIMIT, "room for all");

size_t probe_queue_settings(
	const struct block_queue *queue, struct probe_setting *settings, struct arena *arena)
{
	size_t count = 0;

	for (size_t i = 0; i < sizeof(queue_fields) / sizeof(queue_fields[0]); i++) {
		const char *field = (const char *)queue + queue_fields[i].offset;
		const char *value = NULL;

		if (queue_fields[i].is_text)
			value = *(const char *const *)(const void *)field;
		else if (*(const int64_t *)(const void *)field != BLOCK_QUEUE_UNKNOWN)
			value = arena_printf(
				arena, "%lld", (long long)*(const int64_t *)(const void *)field);
		settings[count++] = (struct probe_setting){
			queue_fields[i].name, value, queue_fields[i].meaning};
	}
	return count;
}

void probe_free(struct probe *probe)
{
	arena_free(&probe->arena);
}

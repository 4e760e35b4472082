/* SPDX-License-Identifier: MIT */
/*
 * Failures: I/Os that fail are counted, ignored, passed over, or end their job, with what to
 * try; and what is known of I/Os and workers that do not come back.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/echo.h"
#include "engine/target_open.h"
#include "run/worker.h"
#include "run/worker_verify.h"

enum { GONE_PATIENCE_MS = 50 }; /* for the kernel to show that a device which failed is gone */

void worker_fail(struct worker *worker, int error, const char *hint, const char *format, ...)
{
	va_list arguments;

	if (worker->outcome.error != 0)
		return;
	worker->outcome.error = error;
	worker->outcome.error_hint = hint;
	if (worker->task.guard.path) {
		worker->outcome.error_hint = worker->task.guard.hint;
		worker->outcome.error_message =
			arena_printf(&worker->outcome.arena, "may not write to %s: %s",
				worker->task.guard.path, worker->task.guard.reason);
		return;
	}
	va_start(arguments, format);
	worker->outcome.error_message = arena_vprintf(&worker->outcome.arena, format, arguments);
	va_end(arguments);
}

/* The kernel has no words of its own for why it did not send an NVMe command. */
static const char *command_hint(int error)
{
	switch (error) {
	case EINVAL:
	case EFAULT:
		return "the drive's controller was being reset, or the command needs more segments "
		       "than its queue takes (queue/max_segments): lower bs";
	case EACCES:
		return "run as root: before Linux 6.2 NVMe commands need CAP_SYS_ADMIN, whatever "
		       "the node's mode";
	default:
		return NULL;
	}
}

static const char *io_hint(const struct worker *worker, const struct slot *slot, int error)
{
	if (worker->task.targets[slot->target].kind == TARGET_NVME_CHARACTER)
		return command_hint(error);
	switch (error) {
	case EINVAL:
		return worker->task.job->direct
			       ? "O_DIRECT: bs, offset and buffers must be multiples "
				 "of the logical block"
			       : NULL;
	case EAGAIN:
		return "it would have had to wait: leave out nowait, or allow it "
		       "(ignore_error=EAGAIN,EAGAIN)";
	case EBUSY:
		return slot->op == IO_TRIM && !worker->task.job->direct
			       ? "buffered writes to these pages were under way: try direct=1"
			       : NULL;
	case ENOSPC:
		return worker->task.targets[slot->target].kind == TARGET_FILE
			       ? "lower size, or make room on the file system"
			       : "the device ends before, or what it stands on is full";
	case EFBIG:
		if (worker->loop.class->traits & ENGINE_MAPS_TARGETS)
			return "the file was made shorter in the meantime: a mapping makes none "
			       "longer";
		return "lower size, or raise the limit of a file's size (ulimit -f)";
	case ENODATA:
		return worker->task.targets[slot->target].kind == TARGET_BLOCK
			       ? "the drive reported a medium error: dmesg names the sector"
			       : NULL;
	case ESPIPE:
		return worker->task.targets[slot->target].kind == TARGET_PIPE
			       ? "a pipe has no offsets: ioengine=sync, libaio, epoll or io_uring "
				 "reads it"
			       : "a terminal has no offsets: ioengine=sync reads it";
	case EOPNOTSUPP:
		return "this target cannot do the operation with these engine settings";
	default:
		return NULL;
	}
}

static bool continues_on(const struct worker *worker, enum io_direction direction)
{
	unsigned set = worker->task.job->continue_on_error;

	return set & (direction == DIRECTION_READ ? ERRORS_READ : ERRORS_WRITE);
}

static bool ignores(const struct worker *worker, enum io_direction direction, int error)
{
	const struct job_error_lists *lists = &worker->task.job->rare->ignore_error;
	const struct job_errors *list = direction == DIRECTION_READ ? &lists->read : &lists->write;

	for (size_t i = 0; i < list->count; i++) {
		if (list->errors[i] == error)
			return true;
	}
	return false;
}

static void count_error(struct worker_direction *direction, int error)
{
	for (int i = 0; i < WORKER_ERRNO_LIMIT; i++) {
		struct worker_error_count *entry = &direction->errors[i];

		if (entry->error == 0)
			entry->error = error;
		if (entry->error == error) {
			entry->count++;
			return;
		}
	}
	direction->errors[WORKER_ERRNO_LIMIT - 1].count++; /* 16 kinds: the last is "others" */
}

/* A server that failed has ended its connections, which says nothing of why. */
static void fail_by_echo(
	struct worker *worker, const struct slot *slot, int error, const char *more)
{
	const struct engine_server *server = worker->loop.class->server(worker->loop.engine);

	/* The server's words go with the engine. */
	worker_fail(worker, error,
		server->hint ? arena_strdup(&worker->outcome.arena, server->hint) : NULL,
		"echo of %u bytes by connection %u of %s: %s%s%s%s", slot->length, slot->index,
		worker->task.targets[slot->target].path, text_errno_name(error), more,
		server->problem ? ": the server failed: " : "",
		server->problem ? server->problem : "");
}

/* `more` follows the error's name. */
static void fail_by_io(struct worker *worker, const struct slot *slot, int error, const char *more)
{
	const char *path = worker->task.targets[slot->target].path;
	const char *destination =
		slot->op == IO_COPY
			? worker->task.targets[slot->target + worker->task.pair_count].path
			: NULL;
	const char *hint = io_hint(worker, slot, error);

	if (slot->op == IO_ECHO)
		fail_by_echo(worker, slot, error, more);
	else if (worker->loop.whole_files || io_op_direction(slot->op) == DIRECTION_SYNC)
		worker_fail(worker, error, hint, "%s of %s: %s%s", io_op_name(slot->op), path,
			text_errno_name(error), more);
	else
		worker_fail(worker, error, hint, "%s of %u bytes at offset %llu of %s%s%s: %s%s",
			io_op_name(slot->op), slot->length, (unsigned long long)slot->offset, path,
			destination ? " to " : "", destination ? destination : "",
			text_errno_name(error), more);
}

/*
 * A device that is taken away fails its I/O in many ways: reads find its end, writes no space left,
 * and what was in flight or on its way is an I/O error, now and then before the kernel shows that
 * the device is gone. An error that ends the job waits for that; of a job that goes on, other
 * devices than one that is gone may fail often, and are not held up.
 */
static bool is_of_gone_device(const struct worker *worker, const struct slot *slot, int error)
{
	enum io_direction direction = io_op_direction(slot->op);
	bool may_wait = !continues_on(worker, direction) && !ignores(worker, direction, error) &&
			(worker->outcome.error == 0 || worker->outcome.error == ENODEV);

	if (error != EIO && error != ENOSPC && error != ENXIO && error != ENOLINK)
		return false;
	return target_is_gone(&worker->task.targets[slot->target], may_wait ? GONE_PATIENCE_MS : 0);
}

void worker_io_failed(struct worker *worker, const struct slot *slot, int error)
{
	struct worker_measurement *measurement = worker->loop.measurement;
	enum io_direction direction = io_op_direction(slot->op);

	worker_verify_failed(worker, slot);
	if (is_of_gone_device(worker, slot, error))
		error = ENODEV;
	if (worker->task.job->rare->access.fill_device && (error == ENOSPC || error == EDQUOT)) {
		worker->loop.is_exhausted = true; /* It is full, as it should be. */
		return;
	}
	count_error(&measurement->directions[direction], error);
	if (measurement->first_error == 0)
		measurement->first_error = error;
	if (ignores(worker, direction, error)) {
		measurement->directions[direction].ignored++;
		return;
	}
	if (continues_on(worker, direction)) {
		if (worker->loop.passed_over.count++ == 0) {
			worker->loop.passed_over.error = error;
			worker->loop.passed_over.slot = *slot;
		}
		return;
	}
	fail_by_io(worker, slot, error, "");
	worker->loop.is_exhausted = true;
}

void worker_report_passed_over(struct worker *worker)
{
	uint64_t reaped = worker->outcome.measurement->reaped;
	char more[96];

	if (worker->loop.passed_over.count == 0)
		return;
	if (worker->loop.ramp_measurement != worker->outcome.measurement)
		reaped += worker->loop.ramp_measurement->reaped;
	snprintf(more, sizeof(more), ", the first of %llu failures among the worker's %llu I/Os",
		(unsigned long long)worker->loop.passed_over.count, (unsigned long long)reaped);
	fail_by_io(worker, &worker->loop.passed_over.slot, worker->loop.passed_over.error, more);
}

static bool is_among(const struct slot *slot, struct slot *const *slots, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if (slots[i] == slot)
			return true;
	}
	return false;
}

struct worker_unreturned worker_unreturned(const struct worker *worker, uint64_t now_ns)
{
	struct worker_unreturned unreturned = {0};

	for (unsigned i = 0; worker->loop.slots && i < worker->loop.slot_count; i++) {
		const struct slot *slot = &worker->loop.slots[i];
		uint64_t age_ns = now_ns > slot->start_ns ? now_ns - slot->start_ns : 0;

		/* One that was drawn and not handed over has no stamp yet. */
		if (slot->start_ns == 0 ||
			is_among(slot, worker->loop.idle, worker->loop.idle_count) ||
			is_among(slot, &worker->loop.idle[worker->loop.depth],
				worker->loop.slot_count - worker->loop.depth))
			continue;
		unreturned.ios++;
		if (age_ns > unreturned.oldest_ns)
			unreturned.oldest_ns = age_ns;
	}
	return unreturned;
}

static struct worker_measurement *copy_measurement(const struct worker_measurement *from)
{
	size_t bytes = worker_measurement_bytes(from->tally_limit);
	struct worker_measurement *copy = malloc(bytes);

	if (!copy)
		arena_exhausted();
	memcpy(copy, from, bytes);
	worker_measurement_bind(copy);
	return copy;
}

/* Counters of its own end, which has not come, are not known. */
static void cut_off(struct worker_outcome *outcome, uint64_t now_ns)
{
	outcome->lacks_costs = true;
	outcome->measurement->ended_ns = now_ns;
	outcome->measurement->punts = -1;
	outcome->measurement->stamped_turn_ns = 0; /* The turn that does not end is not in it. */
}

struct worker_outcome *worker_outcome_of_hung(const struct worker *worker, uint64_t now_ns)
{
	struct worker_outcome *outcome = malloc(sizeof(*outcome));
	int phase = atomic_load(&worker->progress.phase);

	if (!outcome)
		arena_exhausted();
	*outcome = worker->outcome;
	outcome->arena = (struct arena){0}; /* The other is the worker's. */
	outcome->measurement = NULL;
	outcome->priorities = NULL; /* The worker may still count there. */
	if (outcome->error == 0) {
		outcome->error = ETIMEDOUT;
		outcome->error_message = "the worker hangs in the kernel and was left behind";
		outcome->error_hint = "the device or its driver holds its I/O: see dmesg";
	}
	if (phase == WORKER_PREPARING || !worker->outcome.measurement)
		return outcome;
	outcome->measurement = copy_measurement(worker->outcome.measurement);
	if (phase != WORKER_DONE)
		outcome->unreturned = worker_unreturned(worker, now_ns);
	/* One that hangs in closing its engine has told all. */
	if (outcome->measurement->started_ns != 0 && outcome->measurement->ended_ns == 0)
		cut_off(outcome, now_ns);
	return outcome;
}

void worker_outcome_free(struct worker_outcome *outcome)
{
	if (outcome)
		free(outcome->measurement);
	free(outcome);
}

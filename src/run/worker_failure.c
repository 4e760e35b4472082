/* SPDX-License-Identifier: MIT */
/* An I/O that failed: counted, ignored, passed over, or the end of its job; and what to try. */
#include "run/worker_failure.h"

#include <errno.h>
#include <stdio.h>

#include "base/text.h"

enum { GONE_PATIENCE_MS = 50 }; /* for the kernel to show that a device which failed is gone */

/* Of NVMe commands: the kernel has no words of its own for why it did not send one. */
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
	if (worker->targets[slot->target].kind == TARGET_NVME_CHARACTER)
		return command_hint(error);
	switch (error) {
	case EINVAL:
		return worker->job->direct ? "O_DIRECT: bs, offset and buffers must be multiples "
					     "of the logical block"
					   : NULL;
	case EAGAIN:
		return "it would have had to wait: leave out nowait, or allow it "
		       "(ignore_error=EAGAIN,EAGAIN)";
	case EBUSY:
		return slot->op == IO_TRIM && !worker->job->direct
			       ? "buffered writes to these pages were under way: try direct=1"
			       : NULL;
	case ENOSPC:
		return worker->targets[slot->target].kind == TARGET_FILE
			       ? "lower size, or make room on the file system"
			       : "the device ends before, or what it stands on is full";
	case EFBIG:
		if (worker->class->traits & ENGINE_MAPS_TARGETS)
			return "the file was made shorter in the meantime: a mapping makes none "
			       "longer";
		return "lower size, or raise the limit of a file's size (ulimit -f)";
	case ENODATA:
		return worker->targets[slot->target].kind == TARGET_BLOCK
			       ? "the drive reported a medium error: dmesg names the sector"
			       : NULL;
	case ESPIPE:
		return worker->targets[slot->target].kind == TARGET_PIPE
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
	unsigned set = worker->job->continue_on_error;

	return set & (direction == DIRECTION_READ ? ERRORS_READ : ERRORS_WRITE);
}

static bool ignores(const struct worker *worker, enum io_direction direction, int error)
{
	const struct job_error_lists *lists = &worker->job->ignore_error;
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

/* `more` follows the error's name. */
static void fail_by_io(struct worker *worker, const struct slot *slot, int error, const char *more)
{
	const char *path = worker->targets[slot->target].path;
	const char *destination = slot->op == IO_COPY
					  ? worker->targets[slot->target + worker->pair_count].path
					  : NULL;
	const char *hint = io_hint(worker, slot, error);

	if (worker->whole_files || io_op_direction(slot->op) == DIRECTION_SYNC)
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
			(worker->error == 0 || worker->error == ENODEV);

	if (error != EIO && error != ENOSPC && error != ENXIO && error != ENOLINK)
		return false;
	return target_is_gone(&worker->targets[slot->target], may_wait ? GONE_PATIENCE_MS : 0);
}

void worker_io_failed(struct worker *worker, const struct slot *slot, int error)
{
	struct worker_measurement *measurement = worker->measurement;
	enum io_direction direction = io_op_direction(slot->op);

	if (is_of_gone_device(worker, slot, error))
		error = ENODEV;
	count_error(&measurement->directions[direction], error);
	if (measurement->first_error == 0)
		measurement->first_error = error;
	if (ignores(worker, direction, error)) {
		measurement->directions[direction].ignored++;
		return;
	}
	if (continues_on(worker, direction)) {
		if (worker->passed_over.count++ == 0) {
			worker->passed_over.error = error;
			worker->passed_over.slot = *slot;
		}
		return;
	}
	fail_by_io(worker, slot, error, "");
	worker->is_exhausted = true;
}

void worker_report_passed_over(struct worker *worker)
{
	uint64_t reaped = worker->window_measurement->reaped;
	char more[96];

	if (worker->passed_over.count == 0)
		return;
	if (worker->ramp_measurement != worker->window_measurement)
		reaped += worker->ramp_measurement->reaped;
	snprintf(more, sizeof(more), ", the first of %llu failures among the worker's %llu I/Os",
		(unsigned long long)worker->passed_over.count, (unsigned long long)reaped);
	fail_by_io(worker, &worker->passed_over.slot, worker->passed_over.error, more);
}

/* SPDX-License-Identifier: MIT */
#include "run/worker_record.h"

#include <errno.h>

#include "base/clock.h"

static void add(struct worker *worker, const struct io_log_entry *entry)
{
	(void)io_log_add(
		&worker->recording.log, entry, 0); /* It knows by itself that it is full. */
}

static uint64_t since_start(const struct worker *worker, uint64_t now_ns)
{
	uint64_t start_ns = worker->recording.start_ns;

	return start_ns != 0 && now_ns > start_ns ? now_ns - start_ns : 0;
}

static void note_change(void *owner, unsigned file, bool is_open)
{
	struct worker *worker = owner;

	add(worker, &(struct io_log_entry){.at_ns = since_start(worker, clock_now()),
			    .file = worker->recording.files[file],
			    .op = is_open ? IO_LOG_OPEN : IO_LOG_CLOSE});
}

int worker_record_prepare(struct worker *worker, uint64_t bytes)
{
	struct io_log *log = &worker->recording.log;
	int error;

	if (!worker->task.job->rare->replay.write_iolog || bytes == 0)
		return 0;
	error = io_log_open_fixed(log, bytes);
	if (error != 0)
		return error;
	/* A name that stands twice in the job is one file. */
	worker->recording.files = arena_alloc_array(
		&worker->outcome.arena, worker->task.target_count, sizeof(uint16_t));
	for (unsigned i = 0; i < worker->task.target_count; i++)
		worker->recording.files[i] =
			(uint16_t)io_log_add_file(log, worker->task.targets[i].path);
	worker->loop.files.on_change = note_change;
	worker->loop.files.owner = worker;
	worker->loop.is_recorded = true;
	return 0;
}

void worker_record_start(struct worker *worker)
{
	worker->recording.start_ns =
		worker->task.start_ns != 0 ? worker->task.start_ns : clock_now();
}

void worker_record_sent(struct worker *worker, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		const struct slot *slot = worker->loop.batch[i];
		bool has_data = slot->op <= IO_TRIM;

		add(worker, &(struct io_log_entry){.at_ns = since_start(worker, slot->start_ns),
				    .offset = has_data ? slot->offset : 0,
				    .length = has_data ? slot->length : 0,
				    .file = worker->recording.files[slot->target],
				    .op = slot->op});
	}
}

void worker_record_sync(struct worker *worker, unsigned target, uint64_t start_ns)
{
	add(worker, &(struct io_log_entry){.at_ns = since_start(worker, start_ns),
			    .file = worker->recording.files[target],
			    .op = IO_SYNC});
}

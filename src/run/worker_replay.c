/* SPDX-License-Identifier: MIT */
#include "run/worker_replay.h"

#include <errno.h>
#include <string.h>

static void advance(struct worker_replay *replay)
{
	replay->has_next = io_log_next(&replay->cursor, &replay->next);
}

void worker_replay_prepare(struct worker *worker)
{
	const struct io_log *log = worker->task.job->rare->replay.log;
	struct worker_replay *replay;

	if (!log)
		return;
	replay = worker->loop.replay = ARENA_NEW(&worker->outcome.arena, struct worker_replay);
	replay->cursor = io_log_begin(log);
	replay->has_times = log->has_times;
	advance(replay);
	worker->loop.is_paced = log->has_times || log->counts[IO_LOG_WAIT] > 0;
	worker->loop.is_timed = worker->loop.is_paced;
}

int worker_replay_open(struct worker *worker, unsigned *failed)
{
	const struct io_log *log = worker->task.job->rare->replay.log;
	struct file_service *files = &worker->loop.files;
	int error = 0;

	/* Then each I/O holds its file open, and one that is closed waits for the last of them. */
	files->open_limit = log->has_changes ? 0 : files->count;
	for (unsigned i = 0; i < files->count && error == 0; i++) {
		*failed = i;
		if (log->files[i].is_first_opened)
			error = file_service_take(files, i);
	}
	return error;
}

/* 0 or -errno, with the job's error set. */
static int change_file(struct worker *worker, const struct io_log_entry *entry)
{
	struct file_service *files = &worker->loop.files;
	int error = entry->op == IO_LOG_OPEN ? file_service_take(files, entry->file)
					     : file_service_finish(files, entry->file);

	if (error == 0)
		return 0;
	worker_fail(worker, -error, NULL, "cannot open %s: %s",
		worker->task.targets[entry->file].path, strerror(-error));
	worker->loop.is_exhausted = true;
	return error;
}

static void draw(struct worker *worker, const struct io_log_entry *entry, uint64_t due_ns)
{
	struct worker_loop *loop = &worker->loop;
	struct slot *slot = loop->idle[--loop->idle_count];

	slot->start_ns = 0;
	slot->due_ns = loop->replay->has_times ? due_ns : 0;
	slot->op = entry->op;
	slot->offset = entry->offset;
	slot->length = entry->length;
	slot->target = entry->file;
	if (entry->op == IO_WRITE && !loop->keeps_payload)
		payload_prepare(&loop->payload, slot->buffer, slot->length, slot->offset);
	if (file_service_counts(&loop->files))
		file_service_hold(&loop->files, entry->file);
	loop->batch[loop->batch_count++] = slot;
}

/* A log in a file can be changed by others: what does not fit the job is not sent. */
static bool fits(const struct worker *worker, const struct io_log_entry *entry)
{
	if (entry->file >= worker->task.target_count || entry->op >= IO_LOG_OP_COUNT)
		return false;
	return entry->op > IO_WRITE || entry->length <= worker->loop.buffer_bytes;
}

void worker_replay_fill(struct worker *worker)
{
	struct worker_loop *loop = &worker->loop;
	struct worker_replay *replay = loop->replay;

	for (; replay->has_next && !loop->is_exhausted; advance(replay)) {
		const struct io_log_entry *entry = &replay->next;
		uint64_t due_ns = worker_replay_due(worker);

		if (loop->is_paced &&
			(due_ns > loop->schedule.now_ns || due_ns >= loop->schedule.end_ns))
			return;
		if (!fits(worker, entry)) {
			worker_fail(worker, EBADMSG, NULL, "its log has changed since it was read");
			break;
		}
		if (entry->op == IO_LOG_OPEN || entry->op == IO_LOG_CLOSE) {
			if (change_file(worker, entry) != 0)
				return;
		} else if (entry->op <= IO_DATASYNC) {
			if (loop->batch_count >= loop->batch_submit || loop->idle_count == 0)
				return;
			draw(worker, entry, due_ns);
		}
	}
	loop->is_exhausted = true;
}

void worker_replay_give_up(struct worker *worker, uint64_t until_ns)
{
	struct worker_replay *replay = worker->loop.replay;

	for (; replay->has_next && worker_replay_due(worker) < until_ns; advance(replay)) {
		unsigned op = replay->next.op;

		if (op <= IO_DATASYNC)
			worker->loop.measurement->directions[io_op_direction((enum io_op)op)]
				.unsent++;
	}
}

/* SPDX-License-Identifier: MIT */
/*
 * Plain jobs: one target, reads or writes or both of one size, sequential or uniform offsets, and
 * nothing that is asked of each I/O. What is drawn next needs no question per I/O there, and what
 * is back is counted by the batch. Chosen once, when a worker is prepared; anything out of the
 * ordinary (the end of a pass, a failed or short I/O) goes the way of all other jobs.
 */
#ifndef RUN_WORKER_PLAIN_H
#define RUN_WORKER_PLAIN_H

#include "run/worker_fill.h"
#include "run/worker_state.h"

/* Sets loop.fill, and loop.is_plain where the job is one, or loop.is_plain_due where it would be
 * but for its rate, and does one thing in one slot: after all else that sets loop.fill and
 * loop.note. */
void worker_plain_choose(struct worker *worker);

static inline void worker_plain_place(
	struct slot *slot, enum io_op op, uint64_t offset, uint32_t bytes)
{
	slot->offset = offset;
	slot->start_ns = 0;
	slot->length = bytes;
	slot->target = 0;
	slot->op = (uint8_t)op;
}

/* Of a job with loop.is_plain_due. */
static inline uint64_t worker_plain_due(const struct worker_loop *loop)
{
	return schedule_due(&loop->schedule, (enum io_direction)loop->mix.only_op);
}

/* In place of loop.fill, where one slot's I/Os are neither logged nor recorded. `is_due`, a
 * constant: is_plain_due, else is_plain. */
static inline __attribute__((always_inline)) void worker_plain_fill_slot(
	struct worker *worker, bool is_due)
{
	struct worker_loop *loop = &worker->loop;
	enum io_op op = loop->mix.only_op;
	uint32_t bytes = loop->plain_bytes;
	struct slot *slot = loop->idle[0];
	struct pattern *pattern = loop->files.files[0].pattern;
	uint64_t offset, due_ns = is_due ? worker_plain_due(loop) : 0;

	if (__builtin_expect(loop->is_exhausted || loop->idle_count == 0 || loop->ios_left <= 1 ||
				     loop->bytes_left <= bytes ||
				     (is_due && (due_ns > loop->schedule.now_ns ||
							due_ns >= loop->schedule.end_ns)),
		    0)) {
		loop->fill(worker);
		return;
	}
	if (!is_due && __builtin_expect(loop->mix.kind != MIX_ONE_OP, 0))
		op = mix_read_or_write(&loop->mix);
	if (__builtin_expect(pattern->kind == PATTERN_UNIFORM, 1))
		offset = pattern_draw_uniform(pattern, &pattern->random);
	else
		offset = pattern_next(pattern, (enum io_direction)op, bytes);
	if (__builtin_expect(offset == PATTERN_END, 0)) {
		if (is_due)
			worker_fill(worker);
		else
			worker_fill_drawn(worker, op);
		return;
	}
	worker_plain_place(slot, op, offset, bytes);
	if (is_due) {
		slot->due_ns = due_ns;
		pacer_advance(&loop->schedule.pacers[op], bytes);
	}
	loop->batch[0] = slot;
	loop->batch_count = 1;
	loop->idle_count = 0;
	loop->ios_left--;
	loop->bytes_left -= bytes;
	if (__builtin_expect(!loop->keeps_payload && op == IO_WRITE, 0))
		payload_prepare(&loop->payload, slot->buffer, bytes, offset);
}

/* As worker_pace_wait. Behind: it is due by what the clock said last. */
static inline void worker_plain_wait(struct worker *worker, bool is_stamped)
{
	if (__builtin_expect(worker_plain_due(&worker->loop) > worker->loop.schedule.now_ns, 0))
		worker_pace_wait(worker, is_stamped);
}

/* As worker_pace_reap, which only looks where the next one is due and can be sent. */
static inline int worker_plain_reap(struct worker *worker, bool has_sent)
{
	struct worker_loop *loop = &worker->loop;

	if (__builtin_expect(!has_sent || loop->is_exhausted ||
				     worker_plain_due(loop) > loop->schedule.now_ns,
		    0))
		return worker_pace_reap(worker, has_sent, 1);
	loop->schedule.is_looking = false;
	return loop->class->reap(loop->engine, loop->done, 0, loop->complete_max, 0);
}

#endif

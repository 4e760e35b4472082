/* SPDX-License-Identifier: MIT */
/* What plain jobs send next. */
#include "run/worker_plain.h"

#include "base/hot.h"
#include "run/worker_fill.h"

/* How many I/Os may be drawn in this turn; 0: a pass, or all of it, may end in it. */
static inline unsigned room(const struct worker_loop *loop, uint32_t bytes)
{
	unsigned count = loop->batch_submit - loop->batch_count;

	if (count > loop->idle_count)
		count = loop->idle_count;
	return loop->ios_left > count && loop->bytes_left > (uint64_t)count * bytes ? count : 0;
}

/* Drawn: they are in the batch, and paid for. */
static inline void account(struct worker_loop *loop, unsigned drawn, uint32_t bytes)
{
	loop->idle_count -= drawn;
	loop->batch_count += drawn;
	loop->ios_left -= drawn;
	loop->bytes_left -= (uint64_t)drawn * bytes;
}

static void refill(struct worker_loop *loop, unsigned drawn)
{
	for (struct slot **slot = loop->batch + loop->batch_count - drawn; drawn > 0;
		drawn--, slot++)
		if ((*slot)->op == IO_WRITE)
			payload_prepare(
				&loop->payload, (*slot)->buffer, (*slot)->length, (*slot)->offset);
}

/* Both are constants where it is called. `is_uniform`: by draws of PATTERN_UNIFORM, which never
 * ends, with its generator in registers. */
static inline __attribute__((always_inline)) void fill(
	struct worker *worker, bool is_mixed, bool is_uniform)
{
	struct worker_loop *loop = &worker->loop;
	enum io_op op = loop->mix.only_op;
	uint32_t bytes = loop->plain_bytes;
	struct pattern *pattern = loop->files.files[0].pattern;
	struct random random = pattern->random;
	struct slot **idle = loop->idle + loop->idle_count, **batch = loop->batch;
	unsigned count = loop->is_exhausted ? 0 : room(loop, bytes), drawn = 0;

	for (batch += loop->batch_count; drawn < count; drawn++) {
		struct slot *slot = *--idle;
		uint64_t offset;

		if (is_mixed)
			op = mix_read_or_write(&loop->mix);
		offset = is_uniform ? pattern_draw_uniform(pattern, &random)
				    : pattern_next(pattern, (enum io_direction)op, bytes);
		if (!is_uniform && __builtin_expect(offset == PATTERN_END, 0))
			break;
		worker_plain_place(slot, op, offset, bytes);
		*batch++ = slot;
	}
	if (is_uniform)
		pattern->random = random;
	account(loop, drawn, bytes);
	if (__builtin_expect(!loop->keeps_payload, 0))
		refill(loop, drawn);
	if (__builtin_expect(drawn < count, 0))
		worker_fill_drawn(worker, op);
	else if (__builtin_expect(count == 0, 0))
		worker_fill(worker);
}

/* Of a job with a rate, which does one thing: what is due. */
static HOT void fill_due(struct worker *worker)
{
	struct worker_loop *loop = &worker->loop;
	struct worker_schedule *schedule = &loop->schedule;
	enum io_op op = loop->mix.only_op;
	struct pacer *pacer = &schedule->pacers[op];
	uint32_t bytes = loop->plain_bytes;
	struct slot **idle = loop->idle + loop->idle_count;
	unsigned count = loop->is_exhausted ? 0 : room(loop, bytes), drawn = 0;
	uint64_t due_ns = schedule_due(schedule, (enum io_direction)op), offset = 0;

	for (; drawn < count && due_ns <= schedule->now_ns && due_ns < schedule->end_ns; drawn++) {
		struct slot *slot = *--idle;

		offset = pattern_next(loop->files.files[0].pattern, (enum io_direction)op, bytes);
		if (__builtin_expect(offset == PATTERN_END, 0))
			break;
		worker_plain_place(slot, op, offset, bytes);
		slot->due_ns = due_ns;
		pacer_advance(pacer, bytes);
		due_ns = schedule_due(schedule, (enum io_direction)op);
		loop->batch[loop->batch_count + drawn] = slot;
	}
	account(loop, drawn, bytes);
	if (__builtin_expect(!loop->keeps_payload, 0))
		refill(loop, drawn);
	if (__builtin_expect(offset == PATTERN_END || count == 0, 0))
		worker_fill(worker);
}

static HOT void fill_one_op(struct worker *worker)
{
	fill(worker, false, false);
}

static HOT void fill_uniform(struct worker *worker)
{
	fill(worker, false, true);
}

static HOT void fill_mixed(struct worker *worker)
{
	fill(worker, true, false);
}

/* The size of all its I/Os; 0: they are of several, or not reads and writes alone. */
static uint32_t plain_bytes(const struct mix *mix)
{
	uint32_t reads = mix->sizes[IO_READ].fixed_bytes;
	uint32_t writes = mix->sizes[IO_WRITE].fixed_bytes;

	if (mix->kind == MIX_READ_WRITE)
		return reads == writes ? reads : 0;
	if (mix->kind != MIX_ONE_OP || mix->only_op > IO_WRITE)
		return 0;
	return mix->only_op == IO_READ ? reads : writes;
}

/* Whether it draws as plain jobs do, but for when. */
static bool draws_plainly(const struct worker_loop *loop)
{
	return loop->fill == worker_fill && loop->has_one_target && !loop->holds &&
	       !loop->overlap.marks && plain_bytes(&loop->mix) != 0 &&
	       loop->files.files[0].pattern->kind <= PATTERN_ONCE;
}

static void (*choose_fill(const struct worker_loop *loop))(struct worker *worker)
{
	if (loop->mix.kind != MIX_ONE_OP)
		return fill_mixed;
	return loop->files.files[0].pattern->kind == PATTERN_UNIFORM ? fill_uniform : fill_one_op;
}

void worker_plain_choose(struct worker *worker)
{
	bool is_plain = draws_plainly(&worker->loop);

	worker->loop.plain_bytes = is_plain ? plain_bytes(&worker->loop.mix) : 0;
	worker->loop.is_plain = is_plain && !worker->loop.is_timed && !worker->loop.records_each;
	if (is_plain && worker->loop.is_paced && !worker->loop.schedule.has_several &&
		worker->loop.mix.kind == MIX_ONE_OP) {
		worker->loop.fill = fill_due;
		worker->loop.is_plain_due = worker->loop.slot_count == 1 && !worker->loop.note &&
					    !worker->loop.hold.has_floor;
	}
	if (worker->loop.is_plain)
		worker->loop.fill = choose_fill(&worker->loop);
}

/* SPDX-License-Identifier: MIT */
#include "run/worker_priority.h"

#include <errno.h>
#include <linux/ioprio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PRIORITY_OF_THREAD = 1 /* IOPRIO_WHO_PROCESS */ };

/* Without a class an I/O is real-time, as in fio. */
static uint16_t priority_of(const struct job_command_priority *asked, enum io_direction direction)
{
	uint64_t class = asked->class.value[direction];

	return (uint16_t)IOPRIO_PRIO_VALUE(
		class ? class : IOPRIO_CLASS_RT, asked->level.value[direction]);
}

static void make_spec(
	struct worker *worker, enum io_direction direction, struct priority_spec *spec)
{
	const struct job_command_priority *asked = &worker->task.job->rare->host.cmdprio;
	const struct priority_spec *splits = &asked->bssplit.of[direction];
	uint64_t percent = asked->percentage.value[direction];
	size_t count = splits->count > 0 ? splits->count : percent > 0;
	struct priority_share *shares;

	if (count == 0 || !job_does(worker->task.job, direction))
		return;
	shares = arena_alloc_array(&worker->outcome.arena, count, sizeof(*shares));
	if (splits->count == 0)
		shares[0] = (struct priority_share){.percent = (uint32_t)percent};
	else
		memcpy(shares, splits->shares, count * sizeof(*shares));
	for (size_t i = 0; i < count; i++) {
		if (shares[i].priority == 0)
			shares[i].priority = priority_of(asked, direction);
	}
	*spec = (struct priority_spec){count, shares};
}

static struct worker_priority_lat *find(
	struct worker_priorities *priorities, enum io_direction direction, uint16_t priority)
{
	struct worker_priority_lat *items = priorities->of[direction].items;
	size_t count = priorities->of[direction].count;
	size_t i = 0;

	while (i < count && items[i].priority != priority)
		i++;
	return i < count ? &items[i] : NULL;
}

static void add(
	struct worker_priorities *priorities, enum io_direction direction, uint16_t priority)
{
	if (!find(priorities, direction, priority))
		priorities->of[direction].items[priorities->of[direction].count++].priority =
			priority;
}

static void make_items(
	struct worker *worker, struct worker_priorities *priorities, enum io_direction direction)
{
	const struct priority_spec *spec = &priorities->mix.of[direction];

	if (spec->count == 0)
		return;
	priorities->of[direction].items = arena_alloc_array(
		&worker->outcome.arena, spec->count + 1, sizeof(struct worker_priority_lat));
	add(priorities, direction, priorities->mix.base);
	for (size_t i = 0; i < spec->count; i++)
		add(priorities, direction, spec->shares[i].priority);
	/* Touched now: no page fault falls into the window. */
	for (size_t i = 0; i < priorities->of[direction].count; i++)
		histogram_clear(&priorities->of[direction].items[i].lat);
}

/* The thread takes it for a moment: what it may not have, its I/Os may not have. */
static int try_priority(struct worker *worker, uint16_t priority)
{
	long before = syscall(SYS_ioprio_get, PRIORITY_OF_THREAD, 0);
	int error = 0;

	if (syscall(SYS_ioprio_set, PRIORITY_OF_THREAD, 0, (long)priority) < 0)
		error = errno;
	else if (before >= 0)
		(void)syscall(SYS_ioprio_set, PRIORITY_OF_THREAD, 0, before); /* It had it. */
	if (error == 0)
		return 0;
	worker_fail(worker, error,
		error == EPERM ? "real-time I/O is for root (CAP_SYS_NICE): set cmdprio_class=2"
			       : NULL,
		"cmdprio: priority %u of class %u: %s", priority & 7u,
		(unsigned)priority >> IOPRIO_CLASS_SHIFT, strerror(error));
	return -error;
}

static int try_priorities(struct worker *worker, const struct priority_mix *mix)
{
	int result = 0;

	for (int d = 0; d < DATA_DIRECTION_COUNT; d++) {
		for (size_t i = 0; i < mix->of[d].count && result == 0; i++)
			result = try_priority(worker, mix->of[d].shares[i].priority);
	}
	return result;
}

int worker_priority_prepare(struct worker *worker, uint64_t seed)
{
	struct worker_priorities *priorities =
		ARENA_NEW(&worker->outcome.arena, struct worker_priorities);
	size_t count = 0;
	int result;

	for (int d = 0; d < DATA_DIRECTION_COUNT; d++) {
		make_spec(worker, (enum io_direction)d, &priorities->mix.of[d]);
		count += priorities->mix.of[d].count;
	}
	if (count == 0)
		return 0;
	result = try_priorities(worker, &priorities->mix);
	if (result < 0)
		return result;
	priorities->mix.base = worker->task.job->rare->host.io_priority;
	random_init(&priorities->mix.random, seed);
	priorities->of_slots = arena_alloc_array(
		&worker->outcome.arena, worker->loop.depth, sizeof(*priorities->of_slots));
	for (int d = 0; d < DATA_DIRECTION_COUNT; d++)
		make_items(worker, priorities, (enum io_direction)d);
	worker->loop.priorities = worker->outcome.priorities = priorities;
	return 0;
}

void worker_priority_open(struct worker *worker)
{
	struct worker_priorities *priorities = worker->loop.priorities;

	for (int d = 0; priorities && d < DATA_DIRECTION_COUNT; d++) {
		for (size_t i = 0; i < priorities->of[d].count; i++)
			histogram_clear(&priorities->of[d].items[i].lat);
	}
}

static void draw(struct worker_priorities *priorities, const struct slot *slot)
{
	enum io_direction direction = io_op_direction((enum io_op)slot->op);

	if (direction < DATA_DIRECTION_COUNT)
		priorities->of_slots[slot->index] =
			priority_mix_draw(&priorities->mix, direction, slot->length);
}

/* One that waits in the batch, or is sent again, keeps its own. */
static void fill(struct worker *worker)
{
	struct worker_priorities *priorities = worker->loop.priorities;
	unsigned before = worker->loop.batch_count;

	priorities->fill(worker);
	for (unsigned i = before; i < worker->loop.batch_count; i++)
		draw(priorities, worker->loop.batch[i]);
}

static void note(struct worker *worker, const struct slot *slot, uint64_t now)
{
	struct worker_priorities *priorities = worker->loop.priorities;
	enum io_direction direction = io_op_direction((enum io_op)slot->op);
	struct worker_priority_lat *item = NULL;

	if (direction < DATA_DIRECTION_COUNT)
		item = find(priorities, direction, priorities->of_slots[slot->index]);
	if (item)
		histogram_record(
			&item->lat, now - (slot->due_ns ? slot->due_ns : slot->start_ns), 1);
	if (priorities->note)
		priorities->note(worker, slot, now);
}

void worker_priority_hook(struct worker *worker)
{
	struct worker_priorities *priorities = worker->loop.priorities;

	if (!priorities)
		return;
	priorities->fill = worker->loop.fill;
	priorities->note = worker->loop.note;
	worker->loop.fill = fill;
	worker->loop.note = note;
	worker->loop.records_each = true;
}

void worker_priority_fill_by(struct worker *worker, void (*fill_by)(struct worker *worker))
{
	if (worker->loop.priorities)
		worker->loop.priorities->fill = fill_by;
	else
		worker->loop.fill = fill_by;
}

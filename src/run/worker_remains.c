/* SPDX-License-Identifier: MIT */
#include "run/worker_remains.h"

#include <stdlib.h>
#include <string.h>

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

	for (unsigned i = 0; worker->slots && i < worker->depth; i++) {
		const struct slot *slot = &worker->slots[i];
		uint64_t age_ns = now_ns > slot->start_ns ? now_ns - slot->start_ns : 0;

		/* One that was drawn and not handed over has no stamp yet. */
		if (slot->start_ns == 0 || is_among(slot, worker->idle, worker->idle_count))
			continue;
		unreturned.ios++;
		if (age_ns > unreturned.oldest_ns)
			unreturned.oldest_ns = age_ns;
	}
	return unreturned;
}

/* Counters of its own end, which has not come, are not known. */
static void cut_off(struct worker_remains *remains, uint64_t now_ns)
{
	struct worker_measurement *measurement = remains->worker.measurement;

	remains->worker.lacks_costs = true;
	measurement->ended_ns = now_ns;
	measurement->punts = -1;
	measurement->stamped_turn_ns = 0; /* The turn that does not end is not in it. */
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

struct worker_remains *worker_remains_new(const struct worker *worker, uint64_t now_ns)
{
	struct worker_remains *remains = calloc(1, sizeof(*remains));
	int phase = atomic_load(&worker->progress.phase);

	if (!remains)
		arena_exhausted();
	memcpy(&remains->worker, worker, sizeof(remains->worker));
	remains->worker.arena = (struct arena){0}; /* for the error; the other is the worker's */
	remains->worker.measurement = NULL;
	if (phase == WORKER_PREPARING || !worker->window_measurement)
		return remains;
	remains->worker.measurement = copy_measurement(worker->window_measurement);
	if (phase != WORKER_DONE)
		remains->worker.unreturned = worker_unreturned(worker, now_ns);
	/* One that hangs in closing its engine has told all. */
	if (remains->worker.measurement->started_ns != 0 &&
		remains->worker.measurement->ended_ns == 0)
		cut_off(remains, now_ns);
	return remains;
}

void worker_remains_free(struct worker_remains *remains)
{
	if (remains) {
		free(remains->worker.measurement);
		arena_free(&remains->worker.arena);
	}
	free(remains);
}

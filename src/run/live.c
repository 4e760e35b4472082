/* SPDX-License-Identifier: MIT */
/* From the workers' counters and their intervals to figures of the moment. */
#include "run/live.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

void live_plan(struct live *live, const struct live_listener *listener,
	const struct wave_series *series, struct arena *arena)
{
	live->listener = listener;
	if (listener->period_ns > 0)
		live->entries =
			arena_alloc_array(arena, series->entry_count, sizeof(*live->entries));
}

/* What came to be known of one entry since the last time. */
static void look_at_entry(struct live_entry *entry, const struct job_series *series)
{
	size_t known = job_series_known(series);
	uint64_t until_ns = known * series->length_ns * series->stride;
	double seconds = ((double)until_ns - (double)entry->until_ns) / 1e9;
	uint64_t bytes[DATA_DIRECTION_COUNT] = {0}, ios[DATA_DIRECTION_COUNT] = {0};

	if (seconds <= 0)
		return; /* Intervals that became one are as many as before. */
	for (size_t i = 0; i < known; i++) {
		for (int d = 0; d < DATA_DIRECTION_COUNT; d++) {
			bytes[d] += series->intervals[i].directions[d].counts.bytes;
			ios[d] += series->intervals[i].directions[d].counts.ios;
		}
	}
	for (int d = 0; d < DATA_DIRECTION_COUNT; d++) {
		entry->bytes_per_second[d] = (double)(bytes[d] - entry->bytes[d]) / seconds;
		entry->ios_per_second[d] = (double)(ios[d] - entry->ios[d]) / seconds;
		entry->bytes[d] = bytes[d];
		entry->ios[d] = ios[d];
	}
	entry->until_ns = until_ns;
}

static bool has_ended(const struct job_series *series)
{
	for (unsigned i = 0; i < series->worker_count; i++) {
		if (series->workers[i].next != UINT64_MAX)
			return false;
	}
	return true;
}

static void add_rates(
	struct live *live, const struct wave_series *series, struct live_figures *figures)
{
	for (unsigned i = 0; i < series->entry_count; i++) {
		struct live_entry *entry = &live->entries[i];

		look_at_entry(entry, &series->entries[i]);
		for (int d = 0; d < DATA_DIRECTION_COUNT && !has_ended(&series->entries[i]); d++) {
			figures->bytes_per_second[d] += entry->bytes_per_second[d];
			figures->ios_per_second[d] += entry->ios_per_second[d];
		}
	}
}

static char letter_of_workload(const struct job *job)
{
	bool writes = job_does(job, DIRECTION_WRITE), trims = job_does(job, DIRECTION_TRIM);
	char letter = 'R';

	if (writes && (trims || job_does(job, DIRECTION_READ)))
		letter = 'M';
	else if (writes)
		letter = 'W';
	else if (trims)
		letter = 'D';
	return (char)(job_is_random(job) ? letter - 'A' + 'a' : letter);
}

static char letter_of_member(const struct crew_member *member)
{
	const struct worker_progress *progress = &member->worker.progress;

	if (atomic_load(&member->is_done))
		return crew_outcome(member)->error != 0 ? 'X' : '_';
	switch (atomic_load_explicit(&progress->phase, memory_order_relaxed)) {
	case WORKER_READY:
		return member->worker.task.job->order.wait_for ? 'P' : 'I';
	case WORKER_PREPARING:
		return 'I';
	case WORKER_WAITING:
		return 'P';
	case WORKER_RAMPING:
		return '/';
	case WORKER_VERIFYING:
		return 'V';
	case WORKER_DRAINING:
		return 'F';
	default:
		return letter_of_workload(member->worker.task.job);
	}
}

static char letter_of(const struct live_scene *scene, size_t job)
{
	size_t first = scene->result->job_count;

	if (job < first)
		return scene->result->jobs[job].error != 0 ? 'X' : '_';
	if (job < first + scene->crew->count)
		return letter_of_member(&scene->crew->members[job - first]);
	return 'P';
}

/* "r(2),P(1)"; what there is no room for is left out. */
static void add_states(const struct live_scene *scene, struct live_figures *figures)
{
	size_t length = 0;

	for (size_t i = 0, count; i < scene->plan->count; i += count) {
		char letter = letter_of(scene, i), text[32];
		size_t own;

		for (count = 1;
			i + count < scene->plan->count && letter_of(scene, i + count) == letter;)
			count++;
		own = (size_t)snprintf(
			text, sizeof(text), "%s%c(%zu)", i > 0 ? "," : "", letter, count);
		if (length + own >= sizeof(figures->states))
			return;
		memcpy(figures->states + length, text, own + 1);
		length += own;
	}
}

/* By its runtime, or by what it has done of its amount, whatever comes first. */
uint64_t live_worker_left_ns(const struct worker *worker, uint64_t now_ns)
{
	const struct worker_task *task = &worker->task;
	const struct worker_progress *progress = &worker->progress;
	uint64_t deadline = atomic_load_explicit(&progress->deadline_ns, memory_order_relaxed);
	uint64_t since = atomic_load_explicit(&progress->measuring_since_ns, memory_order_relaxed);
	double done = (double)atomic_load_explicit(&progress->bytes, memory_order_relaxed);
	double all = (double)task->pass_bytes * (double)task->pass_count;
	bool verifies =
		atomic_load_explicit(&progress->phase, memory_order_relaxed) == WORKER_VERIFYING;
	uint64_t left_ns = UINT64_MAX;

	if (deadline != 0)
		left_ns = deadline > now_ns ? deadline - now_ns : 0;
	if (!verifies && task->pass_bytes != UINT64_MAX && done > 0 && since != 0 &&
		now_ns > since) {
		double by_amount = (double)(now_ns - since) * (all > done ? all - done : 0) / done;

		if (by_amount < (double)left_ns)
			left_ns = (uint64_t)by_amount;
	}
	return left_ns;
}

/* The longest of those that run; jobs to come count by their runtime, where they have one. */
uint64_t live_left_ns(const struct live_scene *scene, uint64_t now_ns)
{
	uint64_t left_ns = 0;

	for (unsigned i = 0; i < scene->crew->count; i++) {
		const struct crew_member *member = &scene->crew->members[i];
		uint64_t own_ns = live_worker_left_ns(&member->worker, now_ns);

		if (atomic_load(&member->is_done))
			continue;
		if (own_ns == UINT64_MAX)
			return UINT64_MAX;
		left_ns = own_ns > left_ns ? own_ns : left_ns;
	}
	for (size_t i = scene->result->job_count + scene->crew->count; i < scene->plan->count;
		i++) {
		const struct job *job = scene->plan->jobs[i].job;

		if (job->clone == 0 && job->stonewall)
			left_ns += job->startdelay_ns + job->ramp_time_ns + job->runtime_ns;
	}
	return left_ns;
}

static void add_members(const struct live_scene *scene, struct live_figures *figures)
{
	for (unsigned i = 0; i < scene->crew->count; i++) {
		const struct crew_member *member = &scene->crew->members[i];
		const struct worker_task *task = &member->worker.task;

		if (atomic_load(&member->is_done))
			continue;
		figures->running++;
		figures->files += task->target_count;
		for (int d = 0; d < DATA_DIRECTION_COUNT; d++) {
			struct pacer_spec pace = job_pace_of(task->job, (enum io_direction)d);

			figures->asked_bytes += pace.bytes_per_second;
			figures->asked_ios += pace.ios_per_second;
		}
	}
}

void live_look(struct live *live, const struct live_scene *scene, uint64_t now_ns)
{
	const struct live_listener *listener = live->listener;
	struct live_figures figures = {.elapsed_ns = now_ns - scene->origin_ns};

	if (listener->period_ns == 0 || now_ns < live->next_ns)
		return;
	live->next_ns = now_ns - figures.elapsed_ns % listener->period_ns + listener->period_ns;
	add_rates(live, scene->series, &figures);
	add_states(scene, &figures);
	add_members(scene, &figures);
	figures.left_ns = live_left_ns(scene, now_ns);
	listener->tell(listener->context, &figures);
}

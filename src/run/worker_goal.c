/* SPDX-License-Identifier: MIT */
/* Latencies that end a job, and those that set its depth. */
#include "run/worker_goal.h"

#include <errno.h>

#include "base/clock.h"
#include "base/units.h"

enum { SEARCH_LIMIT = 100 }; /* depths that latency_target tries, where no runtime ends it */

static const struct job_latency *goal_of(const struct worker *worker)
{
	return &worker->task.job->rare->latency;
}

static bool has_limit(const struct job_latency *goal)
{
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		if (goal->max_ns[i] != 0)
			return true;
	}
	return goal->target_ns != 0;
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Of the slots, those that are not idle, drawn or sent lie behind the idle ones, from `depth` on.
 * When the depth falls, all are idle. */
static void set_depth(struct worker *worker)
{
	struct worker_loop *loop = &worker->loop;
	unsigned depth = loop->search.depth;
	const struct job *job = worker->task.job;

	for (unsigned parked = loop->depth; parked < depth; parked++)
		loop->idle[loop->idle_count++] = loop->idle[parked];
	if (depth < loop->depth)
		loop->idle_count = depth;
	loop->depth = depth;
	loop->depth_low = least(job->iodepth_low, depth);
	loop->complete_min = least(job->iodepth_batch_complete_min, depth);
}

void worker_goal_prepare(struct worker *worker)
{
	const struct job_latency *goal = goal_of(worker);

	worker->loop.records_each = worker->loop.is_paced || has_limit(goal);
	worker->loop.note = has_limit(goal) ? worker_goal_note : NULL;
	if (goal->target_ns == 0)
		return;
	depth_search_open(&worker->loop.search, goal->percentile, worker->loop.depth);
	set_depth(worker);
}

static void fail_by_latency(
	struct worker *worker, const struct slot *slot, uint64_t lat_ns, uint64_t max_ns)
{
	char lat[UNITS_TEXT_BYTES], max[UNITS_TEXT_BYTES];

	units_format_time(lat, (double)lat_ns);
	units_format_exact_time(max, max_ns);
	if (slot->op == IO_ECHO)
		worker_fail(worker, ETIMEDOUT, NULL,
			"echo of %u bytes by connection %u of %s took %s, longer than "
			"max_latency=%s",
			slot->length, slot->index, worker->task.targets[slot->target].path, lat,
			max);
	else
		worker_fail(worker, ETIMEDOUT, NULL,
			"%s of %u bytes at offset %llu of %s took %s, longer than max_latency=%s",
			io_op_name(slot->op), slot->length, (unsigned long long)slot->offset,
			worker->task.targets[slot->target].path, lat, max);
	worker->loop.is_exhausted = true;
}

void worker_goal_note(struct worker *worker, const struct slot *slot, uint64_t now)
{
	enum io_direction direction = io_op_direction((enum io_op)slot->op);
	const struct job_latency *goal = goal_of(worker);
	uint64_t lat_ns = now - (slot->due_ns ? slot->due_ns : slot->start_ns);
	bool is_measured = worker->loop.measurement == worker->outcome.measurement;

	if (direction >= DATA_DIRECTION_COUNT)
		return;
	worker->loop.search.ios++;
	worker->loop.search.slow += lat_ns > goal->target_ns;
	if (goal->max_ns[direction] != 0 && lat_ns > goal->max_ns[direction] && is_measured)
		fail_by_latency(worker, slot, lat_ns, goal->max_ns[direction]);
}

bool worker_goal_has_target(const struct worker *worker)
{
	return goal_of(worker)->target_ns != 0;
}

bool worker_goal_searches(const struct worker *worker)
{
	return goal_of(worker)->target_ns != 0 && !goal_of(worker)->runs_on;
}

/* As fio: all I/Os have to be within it, and one alone is not. */
static void check_target(struct worker *worker)
{
	const struct job_latency *goal = goal_of(worker);
	char target[UNITS_TEXT_BYTES];

	if (worker->loop.search.is_met || worker->loop.search.depth > 1 ||
		worker->loop.search.slow == 0 || goal->percentile < 100 || worker_must_stop(worker))
		return;
	units_format_exact_time(target, goal->target_ns);
	worker_fail(worker, ETIMEDOUT,
		"raise latency_target, or let some be slower: latency_percentile=99",
		"with one I/O in flight %llu of %llu were slower than latency_target=%s",
		(unsigned long long)worker->loop.search.slow,
		(unsigned long long)worker->loop.search.ios, target);
	worker->loop.is_exhausted = true;
}

static void leave(struct worker *worker)
{
	if (!goal_of(worker)->runs_on)
		(void)depth_search_next(&worker->loop.search);
	worker->outcome.latency.depth = worker->loop.depth;
	worker->outcome.latency.is_met = worker->loop.search.is_met;
}

static bool is_over(struct worker *worker)
{
	return worker->outcome.error != 0 || worker_must_stop(worker);
}

/* Until all is back. */
static void quiesce(struct worker *worker, worker_loop_call *loop)
{
	worker->loop.is_exhausted = true;
	loop(worker, UINT64_MAX, false);
	worker->loop.is_exhausted = is_over(worker);
}

/* latency_target: a window at the depth that is set. False: the time or the work was over first. */
static bool try_depth(struct worker *worker, uint64_t end_ns, worker_loop_call *loop)
{
	uint64_t window_ends_ns = clock_now() + worker->task.job->rare->latency.window_ns;

	depth_search_begin(&worker->loop.search);
	/* Calls that were broken off at the end of the last one are over. */
	atomic_store_explicit(&worker->was_nudged, false, memory_order_relaxed);
	loop(worker, window_ends_ns < end_ns ? window_ends_ns : end_ns, false);
	return !is_over(worker) && !worker->loop.is_exhausted && window_ends_ns <= end_ns;
}

/* Returns whether there is another. */
static bool next_depth(struct worker *worker, worker_loop_call *loop)
{
	if (!depth_search_next(&worker->loop.search))
		return false;
	if (worker->loop.search.depth < worker->loop.depth)
		quiesce(worker, loop);
	if (!is_over(worker))
		set_depth(worker);
	return !is_over(worker);
}

void worker_goal_search(struct worker *worker, worker_loop_call *loop)
{
	uint64_t runtime_ns = worker->task.job->runtime_ns;
	uint64_t end_ns = runtime_ns != 0 ? clock_now() + runtime_ns : UINT64_MAX;
	unsigned count = 0;

	worker->loop.wraps = true;
	worker->loop.bytes_left = worker->loop.ios_left = UINT64_MAX;
	while (try_depth(worker, end_ns, loop) && next_depth(worker, loop) &&
		++count < SEARCH_LIMIT)
		continue;
	check_target(worker);
	quiesce(worker, loop);
	worker->loop.wraps = worker->task.wraps;
}

/* The window of a job with latency_target: as long as those of the search, or, with latency_run,
 * the search itself. */
void worker_goal_run(struct worker *worker, uint64_t deadline_ns, worker_loop_call *loop)
{
	const struct job_latency *goal = &worker->task.job->rare->latency;

	if (goal->runs_on) {
		while (try_depth(worker, deadline_ns, loop)) {
			(void)next_depth(worker, loop);
			check_target(worker);
		}
	} else {
		depth_search_begin(&worker->loop.search);
		deadline_ns = worker->loop.measurement->started_ns + goal->window_ns;
	}
	loop(worker, deadline_ns, true);
	leave(worker);
}

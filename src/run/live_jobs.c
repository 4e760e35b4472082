/* SPDX-License-Identifier: MIT */
/* From workers and what they handed over to what each job does. */
#include "run/live_jobs.h"

#include <sys/param.h>

#include "base/clock.h"

/* A planned job's part of the board. */
struct live_share {
	size_t entry; /* in jobs */
	uint64_t worker_cpu_ns, helper_cpu_ns;
};

const char *live_phase_name(enum live_phase phase)
{
	static const char *const names[] = {"to come", "preparing", "waiting", "ramp", "measuring",
		"verifying", "draining", "done", "failed"};

	return names[phase];
}

static struct series_figures *new_figures(struct arena *arena)
{
	return arena_alloc_array(arena, DIRECTION_COUNT, sizeof(struct series_figures));
}

void live_board_open(struct live_board *board, struct live_viewer *viewers, const struct plan *plan)
{
	*board = (struct live_board){.viewers = viewers};
	if (!viewers)
		return;
	board->shares = arena_alloc_array(&board->arena, plan->count, sizeof(*board->shares));
	board->jobs.jobs = arena_alloc_array(&board->arena, plan->count, sizeof(*board->jobs.jobs));
	for (size_t i = 0; i < plan->count; i++) {
		const struct job *job = plan->jobs[i].job;
		struct live_job *entry;

		if (i == 0 || !job_continues_entry(job, plan->jobs[i - 1].job)) {
			entry = &board->jobs.jobs[board->jobs.count++];
			entry->name = job->name;
			entry->all = new_figures(&board->arena);
			entry->recent = new_figures(&board->arena);
		}
		entry = &board->jobs.jobs[board->jobs.count - 1];
		entry->worker_count++;
		entry->depth += plan_depth(job);
		board->shares[i].entry = board->jobs.count - 1;
	}
}

void live_board_close(struct live_board *board)
{
	for (size_t i = 0; i < board->jobs.count; i++) {
		job_recent_clear(board->jobs.jobs[i].all);
		job_recent_clear(board->jobs.jobs[i].recent);
	}
	arena_free(&board->arena);
	*board = (struct live_board){0};
}

static enum live_phase phase_of(const struct crew_member *member)
{
	const struct worker_progress *progress = &member->worker.progress;

	if (atomic_load(&member->is_done))
		return crew_outcome(member)->error != 0 ? LIVE_FAILED : LIVE_ENDED;
	switch (atomic_load_explicit(&progress->phase, memory_order_relaxed)) {
	case WORKER_READY:
		return member->worker.task.job->order.wait_for ? LIVE_TO_COME : LIVE_PREPARING;
	case WORKER_PREPARING:
		return LIVE_PREPARING;
	case WORKER_WAITING:
		return LIVE_WAITING;
	case WORKER_RAMPING:
		return LIVE_RAMPING;
	case WORKER_VERIFYING:
		return LIVE_VERIFYING;
	case WORKER_DRAINING:
		return LIVE_DRAINING;
	default:
		return LIVE_MEASURING;
	}
}

static bool is_over(enum live_phase phase)
{
	return phase >= LIVE_ENDED;
}

/* One that runs counts before those that are over; of those that are over one that failed. */
static enum live_phase further(enum live_phase a, enum live_phase b)
{
	if (is_over(a) != is_over(b))
		return is_over(a) ? b : a;
	return MAX(a, b);
}

/* CPU time of a thread that is gone stays as it was last seen. */
static void add_cpu(
	struct live_job *entry, struct live_share *share, const struct crew_member *member)
{
	int thread = atomic_load_explicit(&member->worker.progress.thread, memory_order_relaxed);
	uint64_t worker_ns, helper_ns;

	if (thread != 0 && cpu_account_peek(thread, &worker_ns, &helper_ns)) {
		share->worker_cpu_ns = MAX(share->worker_cpu_ns, worker_ns);
		share->helper_cpu_ns = MAX(share->helper_cpu_ns, helper_ns);
	}
	entry->worker_cpu_ns += share->worker_cpu_ns;
	entry->helper_cpu_ns += share->helper_cpu_ns;
}

static void add_member(struct live_job *entry, struct live_share *share,
	const struct crew_member *member, uint64_t now_ns, bool is_first)
{
	enum live_phase phase = phase_of(member);

	entry->phase = is_first ? phase : further(entry->phase, phase);
	add_cpu(entry, share, member);
	if (is_over(phase))
		return;
	entry->running_count++;
	entry->left_ns = MAX(entry->left_ns, live_worker_left_ns(&member->worker, now_ns));
}

/* The whole is the series' own until the wave is over. */
static void take_figures(struct live_job *entry, const struct job_recent *recent)
{
	for (int d = 0; d < DIRECTION_COUNT; d++)
		entry->all[d] = recent->all[d];
	job_recent_clear(entry->recent);
	entry->recent_ns = job_recent_second(recent, entry->recent);
	entry->in_flight = job_recent_in_flight(recent);
}

static void update(struct live_board *board, const struct live_scene *scene, uint64_t now_ns)
{
	size_t first = scene->result->job_count, last_entry = SIZE_MAX;

	board->jobs.now_ns = now_ns;
	board->jobs.elapsed_ns = now_ns - scene->origin_ns;
	board->jobs.left_ns = live_left_ns(scene, now_ns);
	for (unsigned i = 0; i < scene->crew->count; i++) {
		struct live_share *share = &board->shares[first + i];
		struct live_job *entry = &board->jobs.jobs[share->entry];
		bool is_first = share->entry != last_entry;

		last_entry = share->entry;
		if (is_first) {
			entry->running_count = 0;
			entry->left_ns = 0;
			entry->worker_cpu_ns = entry->helper_cpu_ns = 0;
		}
		add_member(entry, share, &scene->crew->members[i], now_ns, is_first);
	}
	for (unsigned i = 0; scene->series->recents && i < scene->series->entry_count; i++)
		take_figures(&board->jobs.jobs[board->shares[first].entry + i],
			&scene->series->recents[i]);
}

static void tell(
	struct live_board *board, const struct live_scene *scene, uint64_t now_ns, bool at_once)
{
	bool is_up_to_date = false;

	for (struct live_viewer *viewer = board->viewers; viewer; viewer = viewer->next) {
		if (!at_once && now_ns < viewer->next_ns)
			continue;
		if (!is_up_to_date)
			update(board, scene, now_ns);
		is_up_to_date = true;
		viewer->next_ns = now_ns + viewer->period_ns;
		viewer->look(viewer->context, &board->jobs);
	}
}

void live_board_look(struct live_board *board, const struct live_scene *scene, uint64_t now_ns)
{
	tell(board, scene, now_ns, false);
}

void live_board_end_wave(
	struct live_board *board, const struct live_scene *scene, struct wave_series *series)
{
	if (!board->viewers)
		return;
	tell(board, scene, clock_now(), true);
	for (size_t i = 0; series->recents && i < series->entry_count; i++) {
		for (int d = 0; d < DIRECTION_COUNT; d++)
			series->recents[i].all[d] =
				(struct series_figures){0}; /* the board's now */
	}
}

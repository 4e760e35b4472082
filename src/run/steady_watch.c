/* SPDX-License-Identifier: MIT */
/* Samples of running jobs, judged by fio's rule of a steady state. */
#include "run/steady_watch.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"

static const struct job *job_of(const struct crew_member *member)
{
	return member->worker.task.job;
}

static void begin_record(struct steady_team *team, struct arena *arena)
{
	const struct job *job = job_of(&team->members[0]);
	const struct settings options = job_settings(job, arena);
	struct result_steady *record = ARENA_NEW(arena, struct result_steady);

	*record = (struct result_steady){
		.asked = settings_value(&options, "steadystate"),
		.limit = job->rare->steadystate.limit.limit,
		.duration_ns = job->rare->steadystate.duration_ns,
		.ramp_time_ns = job->rare->steadystate.ramp_time_ns,
		.check_interval_ns = job->rare->steadystate.check_interval_ns,
		.criterion = NAN,
		.deviation = NAN,
		.slope = NAN,
		.intervals = arena_alloc_array(arena, team->limit, sizeof(*record->intervals)),
	};
	team->record = record;
}

static bool judges_latency(const struct job *job)
{
	return job->rare->steadystate.duration_ns != 0 &&
	       job->rare->steadystate.limit.figure == STEADY_LATENCY;
}

uint64_t steady_watch_interval(struct planned_job *const *jobs, unsigned count, uint64_t length_ns)
{
	for (unsigned i = 0; i < count; i++) {
		const struct job *job = jobs[i]->job;
		uint64_t own_ns = job->rare->steadystate.check_interval_ns;

		if (judges_latency(job) && (length_ns == 0 || own_ns < length_ns))
			length_ns = own_ns;
	}
	return length_ns;
}

void steady_watch_open(struct steady_watch *watch, struct crew *crew,
	const struct wave_series *series, struct arena *arena, struct arena *result_arena)
{
	*watch = (struct steady_watch){
		.series = series,
		.teams = arena_alloc_array(arena, crew->count, sizeof(*watch->teams)),
	};
	for (unsigned i = 0, next; i < crew->count; i = next) {
		const struct job *job = job_of(&crew->members[i]);
		struct steady_team team = {.members = &crew->members[i], .first = i};

		for (next = i + 1; next < crew->count &&
				   job_continues_entry(job_of(&crew->members[next]), job);)
			next++;
		if (job->rare->steadystate.duration_ns == 0)
			continue;
		team.count = next - i;
		team.limit = job->rare->steadystate.duration_ns /
			     job->rare->steadystate.check_interval_ns;
		team.judged = arena_alloc_array(arena, team.limit, sizeof(*team.judged));
		begin_record(&team, result_arena);
		watch->teams[watch->count++] = team;
	}
}

uint64_t steady_watch_wait(const struct steady_watch *watch, uint64_t now_ns, uint64_t at_most)
{
	for (unsigned i = 0; i < watch->count; i++) {
		uint64_t next_ns = watch->teams[i].next_ns;

		if (watch->teams[i].has_ended || next_ns == 0)
			continue;
		if (next_ns <= now_ns)
			return 0;
		if (next_ns - now_ns < at_most)
			at_most = next_ns - now_ns;
	}
	return at_most;
}

static bool is_over(const struct crew_member *member)
{
	const _Atomic int *phase = &member->worker.progress.phase;

	return atomic_load_explicit(phase, memory_order_acquire) >= WORKER_DRAINING;
}

/* Once all measure. The first interval begins then, or steadystate_ramp_time after they started. */
static void begin(struct steady_team *team)
{
	const struct job *job = job_of(&team->members[0]);
	uint64_t began_ns = 0, skipped_ns = 0;

	for (unsigned i = 0; i < team->count; i++) {
		uint64_t since_ns = atomic_load_explicit(
			&team->members[i].worker.progress.measuring_since_ns, memory_order_relaxed);

		if (since_ns == 0 && !is_over(&team->members[i]))
			return;
		if (since_ns > began_ns)
			began_ns = since_ns;
	}
	if (job->rare->steadystate.ramp_time_ns > job->ramp_time_ns)
		skipped_ns = job->rare->steadystate.ramp_time_ns - job->ramp_time_ns;
	team->began_ns = began_ns;
	team->next_ns = began_ns + skipped_ns;
	if (judges_latency(job)) /* Workers hand over their latencies a little later. */
		team->next_ns += job->rare->steadystate.check_interval_ns / 2;
}

static struct steady_sample sample(
	const struct steady_watch *watch, const struct steady_team *team, uint64_t now_ns)
{
	struct steady_sample sum = {.ns = now_ns};

	if (judges_latency(job_of(&team->members[0])))
		sum.lat = wave_series_latency(watch->series, team->first);

	for (unsigned i = 0; i < team->count; i++) {
		const struct worker_progress *progress = &team->members[i].worker.progress;

		sum.ios += atomic_load_explicit(&progress->ios, memory_order_relaxed);
		sum.bytes += atomic_load_explicit(&progress->bytes, memory_order_relaxed);
	}
	return sum;
}

static uint64_t mean_latency(const struct wave_latency *before, const struct wave_latency *now)
{
	uint64_t count = now->count - before->count;

	return count > 0 ? (uint64_t)((now->sum_ns - before->sum_ns) / (double)count) : 0;
}

static uint64_t rate(uint64_t amount, uint64_t time_ns)
{
	return (uint64_t)((double)amount * 1e9 / (double)time_ns);
}

/* The newest interval takes the place of the oldest. */
static void add_interval(struct steady_team *team, const struct result_steady_interval *interval)
{
	struct result_steady *record = team->record;

	if (record->count == team->limit) {
		record->count--;
		memmove(record->intervals, record->intervals + 1,
			record->count * sizeof(*record->intervals));
		memmove(team->judged, team->judged + 1, record->count * sizeof(*team->judged));
	}
	switch (job_of(&team->members[0])->rare->steadystate.limit.figure) {
	case STEADY_IOPS:
		team->judged[record->count] = interval->ios_per_second;
		break;
	case STEADY_BANDWIDTH:
		team->judged[record->count] = interval->bytes_per_second;
		break;
	case STEADY_LATENCY:
		team->judged[record->count] = interval->lat_ns;
		break;
	}
	record->intervals[record->count++] = *interval;
}

static void judge(struct steady_team *team, uint64_t now_ns)
{
	struct result_steady *record = team->record;
	struct steady_judgement judgement;

	if (record->count < team->limit)
		return;
	judgement = steady_judge(
		&job_of(&team->members[0])->rare->steadystate.limit, team->judged, record->count);
	record->criterion = judgement.criterion;
	record->deviation = judgement.deviation;
	record->slope = judgement.slope;
	record->is_attained = judgement.is_attained;
	if (!judgement.is_attained)
		return;
	record->attained_ns = now_ns - team->began_ns;
	team->has_ended = true;
	for (unsigned i = 0; i < team->count; i++)
		crew_stop_member(&team->members[i]);
}

static void look(const struct steady_watch *watch, struct steady_team *team, uint64_t now_ns)
{
	uint64_t interval_ns = team->record->check_interval_ns;
	struct steady_sample now;

	if (team->next_ns == 0)
		begin(team);
	if (team->next_ns == 0 || now_ns < team->next_ns)
		return;
	now = sample(watch, team, now_ns);
	if (team->last.ns != 0) {
		uint64_t time_ns = now_ns - team->last.ns;
		struct result_steady_interval interval = {
			.ios_per_second = rate(now.ios - team->last.ios, time_ns),
			.bytes_per_second = rate(now.bytes - team->last.bytes, time_ns),
			.lat_ns = mean_latency(&team->last.lat, &now.lat),
		};

		add_interval(team, &interval);
		judge(team, now_ns);
	}
	team->last = now;
	while (team->next_ns <= now_ns)
		team->next_ns += interval_ns;
}

void steady_watch_look(struct steady_watch *watch, uint64_t now_ns)
{
	for (unsigned i = 0; i < watch->count; i++) {
		struct steady_team *team = &watch->teams[i];

		for (unsigned k = 0; k < team->count && !team->has_ended; k++)
			team->has_ended = is_over(&team->members[k]);
		if (!team->has_ended)
			look(watch, team, now_ns);
	}
}

static void warn(struct result *result, const struct steady_team *team, const char *name)
{
	const struct result_steady *record = team->record;
	char window[UNITS_TEXT_BYTES];

	if (record->is_attained)
		return;
	units_format_exact_time(window, record->duration_ns);
	if (isnan(record->criterion))
		result_warn(result, name, "steady-state-not-judged",
			"steadystate=%s: the job ended before a window of %s was complete",
			record->asked, window);
	else
		result_warn(result, name, "steady-state-not-reached",
			"steadystate=%s was not reached: not in the last window of %s either",
			record->asked, window);
}

void steady_watch_report(
	const struct steady_watch *watch, struct result *result, struct result_job *jobs)
{
	for (unsigned i = 0; i < watch->count; i++) {
		const struct steady_team *team = &watch->teams[i];
		for (unsigned k = 0; k < team->count; k++)
			jobs[team->first + k].goals.steady = team->record;
		if (jobs[team->first].error == 0)
			warn(result, team, job_of(&team->members[0])->name);
	}
}

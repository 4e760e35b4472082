/* SPDX-License-Identifier: MIT */
/* Jobs that are over, that run, and that are to come: one result. */
#include "run/snapshot.h"

#include "run/collect.h"
#include "run/worker_interval.h"

void snapshot_plan(struct planned_job *const *jobs, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		jobs[i]->intervals.has_snapshots = true;
}

/* Texts of the run's own last longer than the snapshot. */
static void begin(struct result *snapshot, const struct snapshot_source *source)
{
	const struct result *from = source->result;

	result_init(snapshot);
	snapshot->clock = from->clock;
	snapshot->argument_count = from->argument_count;
	snapshot->arguments = from->arguments;
	snapshot->started = from->started;
	snapshot->seed = from->seed;
	snapshot->global_written = settings_copy(&from->global_written, &snapshot->arena);
	snapshot->jobs =
		arena_alloc_array(&snapshot->arena, source->plan->count, sizeof(*snapshot->jobs));
}

static void add_member(struct result *snapshot, const struct snapshot_source *source,
	const struct planned_job *planned, const struct crew_member *member)
{
	struct result_job *job = &snapshot->jobs[snapshot->job_count++];
	struct worker_outcome outcome = {0};

	if (atomic_load(&member->is_done)) {
		collect_job(snapshot, job, planned, crew_outcome(member), source->origin_ns);
		return;
	}
	/* collect_job only reads what it is given. */
	outcome.measurement = (struct worker_measurement *)worker_interval_latest(&member->worker);
	collect_job(snapshot, job, planned, &outcome, source->origin_ns);
}

void snapshot_make(struct result *snapshot, const struct snapshot_source *source)
{
	const struct plan *plan = source->plan;
	const struct worker_outcome none = {0};
	size_t count = source->result->job_count;

	begin(snapshot, source);
	while (snapshot->job_count < count) {
		snapshot->jobs[snapshot->job_count] = source->result->jobs[snapshot->job_count];
		snapshot->job_count++;
	}
	for (unsigned i = 0; i < source->crew->count; i++)
		add_member(snapshot, source, &plan->jobs[count + i], &source->crew->members[i]);
	while (snapshot->job_count < plan->count) {
		size_t i = snapshot->job_count++;

		collect_job(snapshot, &snapshot->jobs[i], &plan->jobs[i], &none, source->origin_ns);
	}
	collect_groups(snapshot, plan);
	watch_report_disks(source->watch, snapshot);
}

/* SPDX-License-Identifier: MIT */
/* The state class of each entry of a wave, by its series: steady, drifting, bimodal, or untold. */
#include <string.h>

#include "measure/steady.h"
#include "result/series_state.h"
#include "run/collect.h"

/* The entry of a wave's results that begins with its first member. */
struct entry {
	struct planned_job *const *planned;
	const struct result_job *jobs; /* not merged yet; the first has the series */
	unsigned count;
};

static bool is_named_before(const struct entry *entry, unsigned job, unsigned target)
{
	const char *path = entry->planned[job]->targets[target].path;

	for (unsigned i = 0; i <= job; i++) {
		const struct planned_job *before = entry->planned[i];

		for (unsigned k = 0; k < (i == job ? target : before->target_count); k++) {
			if (strcmp(before->targets[k].path, path) == 0)
				return true;
		}
	}
	return false;
}

/* Clones that share files share their regions. */
static uint64_t active_range(const struct entry *entry)
{
	uint64_t bytes = 0;

	for (unsigned i = 0; i < entry->count; i++) {
		for (unsigned k = 0; k < entry->planned[i]->target_count; k++) {
			if (!is_named_before(entry, i, k))
				bytes += entry->planned[i]->regions[k].region_bytes;
		}
	}
	return bytes;
}

static uint64_t written_bytes(const struct entry *entry)
{
	uint64_t bytes = 0;

	for (unsigned i = 0; i < entry->count; i++)
		bytes += entry->jobs[i].directions[DIRECTION_WRITE].bytes;
	return bytes;
}

static struct result_state *classify(const struct entry *entry, struct arena *arena)
{
	const struct job *job = entry->planned[0]->job;
	bool writes = job_does(job, DIRECTION_WRITE);
	struct steady_rule rule = steady_rule_of(writes, writes ? active_range(entry) : 0);
	struct result_state *state = ARENA_NEW(arena, struct result_state);

	state->is_of_latency = job_is_paced(job);
	state->has_worked = written_bytes(entry) >= rule.work_bytes;
	series_state_classify(state, &entry->jobs[0].series, &rule, arena);
	return state;
}

/* Its series has reads after the writes: a change of the work, not of the drive. */
static bool reads_back(const struct job *job)
{
	return job->rare->verify.kind != CHECKSUM_NONE && job_writes(job);
}

void collect_states(struct result *result, struct result_job *jobs,
	struct planned_job *const *planned, unsigned count)
{
	for (unsigned i = 0, next; i < count; i = next) {
		for (next = i + 1;
			next < count && job_continues_entry(planned[next]->job, planned[i]->job);)
			next++;
		if (jobs[i].series.interval_ns != 0 && !reads_back(planned[i]->job))
			jobs[i].goals.state = classify(
				&(struct entry){&planned[i], &jobs[i], next - i}, &result->arena);
	}
}

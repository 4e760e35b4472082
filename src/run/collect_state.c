/* SPDX-License-Identifier: MIT */
/* The state class of each entry of a wave, by its series: steady, drifting, bimodal, or untold. */
#include <string.h>

#include "measure/steady.h"
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

/* I/Os a second, or, of a job whose rate is given, their mean latency. */
static double figure_of(const struct result_interval *interval, bool is_paced)
{
	uint64_t ios = 0, timed = 0;
	double sum_ns = 0;

	for (int d = 0; d < DATA_DIRECTION_COUNT; d++) {
		const struct result_interval_direction *direction = &interval->directions[d];

		ios += direction->ios;
		timed += direction->lat.summary.count;
		sum_ns += direction->lat.summary.sum_ns;
	}
	if (is_paced)
		return timed > 0 ? sum_ns / (double)timed : 0;
	return (double)ios * 1e9 / (double)interval->duration_ns;
}

static size_t list_figures(const struct result_series *series, bool is_paced, double *values)
{
	size_t count = 0;

	for (size_t i = 0; i < series->count; i++) {
		if (series->intervals[i].duration_ns == series->interval_ns)
			values[count++] = figure_of(&series->intervals[i], is_paced);
	}
	return count;
}

static struct result_state *classify(const struct entry *entry, struct arena *arena)
{
	const struct job *job = entry->planned[0]->job;
	const struct result_series *series = &entry->jobs[0].series;
	struct result_state *state = ARENA_NEW(arena, struct result_state);
	bool writes = job_does(job, DIRECTION_WRITE);
	struct steady_rule rule = steady_rule_of(writes, writes ? active_range(entry) : 0);
	double *values = arena_alloc_array(arena, series->count, sizeof(*values));
	double interval_s = (double)series->interval_ns / 1e9;
	struct steady_state found;
	size_t count;

	state->is_of_latency = job_is_paced(job);
	count = list_figures(series, state->is_of_latency, values);
	state->has_worked = written_bytes(entry) >= rule.work_bytes;
	state->measured_s = (double)count * interval_s;
	state->least_s = rule.least_s;
	found = steady_classify(values, count, interval_s, &rule, state->has_worked);
	state->class = found.class;
	state->drift_per_minute = found.drift_per_minute;
	state->drift_error = found.drift.error * 60 / state->measured_s;
	state->low = found.low;
	state->high = found.high;
	state->low_share = found.low_share;
	state->snia_range_share = found.snia.range_share;
	state->snia_slope_share = found.snia.slope_share;
	state->is_snia_steady = found.snia.is_steady;
	return state;
}

/* Its series has reads after the writes: a change of the work, not of the drive. */
static bool reads_back(const struct job *job)
{
	return job->verify.kind != CHECKSUM_NONE && job_writes(job);
}

void collect_states(struct result *result, struct result_job *jobs,
	struct planned_job *const *planned, unsigned count)
{
	for (unsigned i = 0, next; i < count; i = next) {
		for (next = i + 1; next < count && planned[next]->job->group_reporting &&
				   planned[next]->job->group == planned[i]->job->group;)
			next++;
		if (jobs[i].series.interval_ns != 0 && !reads_back(planned[i]->job))
			jobs[i].goals.state = classify(
				&(struct entry){&planned[i], &jobs[i], next - i}, &result->arena);
	}
}

/* SPDX-License-Identifier: MIT */
/* Sums over the data directions of jobs. */
#include "result/unified.h"

#include <string.h>

#include "result/result_figures.h"

enum unified_mode unified_mode_of(const struct result_job *job)
{
	const char *value = settings_value(&job->options, "unified_rw_reporting");

	if (!value)
		return UNIFIED_NONE;
	if (strcmp(value, "mixed") == 0)
		return UNIFIED_MIXED;
	return strcmp(value, "both") == 0 ? UNIFIED_BOTH : UNIFIED_NONE;
}

/* Counts only: latencies of intervals have no place in what is made of this. */
static void sum_intervals(struct result_series *series, struct arena *arena)
{
	struct result_interval *sums =
		arena_alloc_array(arena, series->count, sizeof(*series->intervals));

	for (size_t i = 0; i < series->count; i++) {
		struct result_interval_direction *into = &sums[i].directions[DIRECTION_READ];

		sums[i] = series->intervals[i];
		for (int d = DIRECTION_READ + 1; d < DATA_DIRECTION_COUNT; d++) {
			into->ios += sums[i].directions[d].ios;
			into->bytes += sums[i].directions[d].bytes;
			into->errors += sums[i].directions[d].errors;
			sums[i].directions[d] = (struct result_interval_direction){0};
		}
	}
	series->intervals = sums;
}

struct result_job unified_job(const struct result_job *job, struct arena *arena)
{
	struct result_job sum = *job;

	for (int d = DIRECTION_READ + 1; d < DATA_DIRECTION_COUNT; d++) {
		sum.directions[DIRECTION_READ].runtime_ns =
			result_longer_runtime_ns(&sum, DIRECTION_READ, job, d);
		result_merge_direction(arena, &sum.directions[DIRECTION_READ], &job->directions[d]);
		sum.directions[d] = (struct result_direction){0};
	}
	if (sum.series.count > 0)
		sum_intervals(&sum.series, arena);
	return sum;
}

struct result unified_result(
	const struct result *result, enum unified_mode mode, struct arena *arena)
{
	struct result view = *result;

	view.jobs = arena_alloc_array(arena, result->job_count, sizeof(*view.jobs));
	for (size_t i = 0; i < result->job_count; i++) {
		const struct result_job *job = &result->jobs[i];

		view.jobs[i] = unified_mode_of(job) == mode ? unified_job(job, arena) : *job;
	}
	return view;
}

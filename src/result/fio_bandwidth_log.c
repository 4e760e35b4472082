/* SPDX-License-Identifier: MIT */
/* fio's log of all jobs' bandwidth together, by the series of a result. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "result/fio_style.h"
#include "result/result_figures.h"

struct slots {
	uint64_t period_ns, end_ns;
	size_t count;
	double *bytes;
};

/* The last one ends with the run. */
static uint64_t end_of_slot(const struct slots *slots, size_t slot)
{
	return slot + 1 < slots->count ? (slot + 1) * slots->period_ns : slots->end_ns;
}

/* As in the series: less than half of a period, at the end, belongs to the one before. */
static size_t count_slots(const struct slots *slots)
{
	size_t count = (slots->end_ns + slots->period_ns - 1) / slots->period_ns;
	uint64_t rest_ns = slots->end_ns % slots->period_ns;

	return count > 1 && rest_ns > 0 && rest_ns < slots->period_ns / 2 ? count - 1 : count;
}

/* What falls into several slots is shared by the time in each. */
static void add_interval(
	const struct slots *slots, uint64_t start_ns, uint64_t duration_ns, uint64_t bytes)
{
	uint64_t end_ns = start_ns + duration_ns;

	size_t first = start_ns / slots->period_ns;

	first = first < slots->count ? first : slots->count - 1;
	for (size_t i = first; i < slots->count && duration_ns > 0; i++) {
		uint64_t from = i * slots->period_ns, to = end_of_slot(slots, i);

		if (from >= end_ns)
			return;
		from = from > start_ns ? from : start_ns;
		to = to < end_ns ? to : end_ns;
		slots->bytes[i] += (double)bytes * (double)(to - from) / (double)duration_ns;
	}
}

static void add_job(
	const struct slots *slots, const struct result_job *job, enum io_direction direction)
{
	for (size_t i = 0; i < job->series.count; i++) {
		const struct result_interval *interval = &job->series.intervals[i];

		add_interval(slots, job->started_ns + interval->start_ns, interval->duration_ns,
			interval->directions[direction].bytes);
	}
}

int fio_bandwidth_log_write(
	const struct result *result, uint64_t period_ns, enum io_direction direction, FILE *stream)
{
	struct slots slots = {.period_ns = period_ns, .end_ns = result_run_ns(result)};

	slots.count = count_slots(&slots);
	slots.bytes = calloc(slots.count ? slots.count : 1, sizeof(*slots.bytes));
	if (!slots.bytes)
		arena_exhausted();
	for (size_t i = 0; i < result->job_count; i++)
		add_job(&slots, &result->jobs[i], direction);
	for (size_t i = 0; i < slots.count; i++) {
		uint64_t start_ns = i * period_ns;
		uint64_t end_ns = end_of_slot(&slots, i);

		fprintf(stream, "%llu, %.0f, %d, 0, 0\n", (unsigned long long)(end_ns / NS_PER_MS),
			floor(slots.bytes[i] / 1024 * 1e9 / (double)(end_ns - start_ns)),
			(int)direction);
	}
	free(slots.bytes);
	return ferror(stream) ? -EIO : 0;
}

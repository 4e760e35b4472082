/* SPDX-License-Identifier: MIT */
/* Metrics of a job's result. */
#include "verdict/measured.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* Of one direction: iops, bw, mean, maximum, and the percentiles. Of the job: five more. */
enum { DIRECTION_FIGURES = 4, JOB_FIGURES = 5 };

static void add(struct measured_list *list, const struct metric *metric,
	const struct measured_source *source)
{
	list->metrics[list->count] = *metric;
	list->sources[list->count++] = *source;
}

static void add_rates(struct measured_list *list, enum io_direction direction, struct arena *arena)
{
	const char *name = io_direction_name(direction);
	struct metric metric = {
		.class = METRIC_RATE,
		.sense = METRIC_HIGHER_IS_BETTER,
		.scale = METRIC_RATIO,
	};
	struct measured_source source = {.direction = direction};

	metric.name = arena_printf(arena, "%s.iops", name);
	metric.unit = "/s";
	source.figure = MEASURED_IOPS;
	add(list, &metric, &source);
	metric.name = arena_printf(arena, "%s.bw", name);
	metric.unit = "B/s";
	source.figure = MEASURED_BANDWIDTH;
	add(list, &metric, &source);
}

static void add_latencies(struct measured_list *list, const struct result_job *job,
	enum io_direction direction, struct arena *arena)
{
	const char *name = io_direction_name(direction);
	struct metric metric = {
		.unit = "ns",
		.class = METRIC_TYPICAL,
		.sense = METRIC_LOWER_IS_BETTER,
		.scale = METRIC_RATIO,
	};
	struct measured_source source = {.direction = direction};

	metric.name = arena_printf(arena, "%s.lat.mean", name);
	source.figure = MEASURED_LATENCY_MEAN;
	add(list, &metric, &source);
	source.figure = MEASURED_LATENCY_PERCENTILE;
	for (size_t i = 0; i < job->percentile_count; i++) {
		source.percent = job->percentiles[i];
		metric.name = arena_printf(arena, "%s.lat.p%g", name, source.percent);
		metric.class = metric_class_of_percentile(source.percent);
		add(list, &metric, &source);
	}
	metric.name = arena_printf(arena, "%s.lat.max", name);
	metric.class = METRIC_EXTREME;
	source.figure = MEASURED_LATENCY_MAX;
	add(list, &metric, &source);
}

static void add_job_figures(struct measured_list *list)
{
	static const struct {
		struct metric metric;
		enum measured_figure figure;
	} figures[JOB_FIGURES] = {
		{{"cpu_ns_per_io", "ns", METRIC_CPU, METRIC_LOWER_IS_BETTER, METRIC_RATIO},
			MEASURED_CPU},
		{{"syscalls_per_io", "", METRIC_COUNTS, METRIC_LOWER_IS_BETTER, METRIC_DIFFERENCE},
			MEASURED_SYSCALLS},
		{{"switches_per_io", "", METRIC_SWITCHES, METRIC_LOWER_IS_BETTER,
			 METRIC_DIFFERENCE},
			MEASURED_SWITCHES},
		{{"errors", "", METRIC_FAULTS, METRIC_LOWER_IS_BETTER, METRIC_DIFFERENCE},
			MEASURED_ERRORS},
		{{"short_ios", "", METRIC_FAULTS, METRIC_LOWER_IS_BETTER, METRIC_DIFFERENCE},
			MEASURED_SHORT_IOS},
	};

	for (size_t i = 0; i < JOB_FIGURES; i++) {
		struct measured_source source = {.figure = figures[i].figure};

		add(list, &figures[i].metric, &source);
	}
}

struct measured_list measured_list_of(const struct result_job *job, struct arena *arena)
{
	size_t room =
		DATA_DIRECTION_COUNT * (DIRECTION_FIGURES + job->percentile_count) + JOB_FIGURES;
	struct measured_list list = {
		.metrics = arena_alloc_array(arena, room, sizeof(*list.metrics)),
		.sources = arena_alloc_array(arena, room, sizeof(*list.sources)),
	};

	for (enum io_direction d = 0; d < DATA_DIRECTION_COUNT; d++) {
		if (!result_has_direction(job, d))
			continue;
		add_rates(&list, d, arena);
		add_latencies(&list, job, d, arena);
	}
	add_job_figures(&list);
	return list;
}

double measured_tail_count(const struct result_job *job, const struct measured_source *source)
{
	double count = (double)job->directions[source->direction].lat.summary.count;

	if (source->figure != MEASURED_LATENCY_PERCENTILE)
		return INFINITY;
	return count * (1 - source->percent / 100);
}

static double latency(const struct result_job *job, const struct measured_source *source)
{
	const struct result_latency *lat = &job->directions[source->direction].lat;

	if (lat->summary.count == 0)
		return NAN;
	if (source->figure == MEASURED_LATENCY_MEAN)
		return latency_summary_mean(&lat->summary);
	if (source->figure == MEASURED_LATENCY_MAX)
		return (double)lat->summary.max_ns;
	if (!lat->histogram || measured_tail_count(job, source) < MEASURED_TAIL_COUNT)
		return NAN;
	return (double)histogram_percentile(lat->histogram, source->percent);
}

static double short_ios(const struct result_job *job)
{
	uint64_t count = 0;

	for (int d = 0; d < DATA_DIRECTION_COUNT; d++)
		count += job->directions[d].short_ios;
	return (double)count;
}

double measured_value(const struct result_job *job, const struct measured_source *source)
{
	switch (source->figure) {
	case MEASURED_IOPS:
		return result_iops(job, source->direction);
	case MEASURED_BANDWIDTH:
		return result_bytes_per_second(job, source->direction);
	case MEASURED_LATENCY_MEAN:
	case MEASURED_LATENCY_PERCENTILE:
	case MEASURED_LATENCY_MAX:
		return latency(job, source);
	case MEASURED_CPU:
		return result_per_io(job, job->cpu.total_ns);
	case MEASURED_SYSCALLS:
		return result_per_io(job, job->syscalls);
	case MEASURED_SWITCHES:
		return result_per_io(job, job->voluntary_switches + job->involuntary_switches);
	case MEASURED_ERRORS:
		return (double)result_job_errors(job);
	case MEASURED_SHORT_IOS:
		return short_ios(job);
	}
	return NAN;
}

size_t measured_find(const struct measured_list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->metrics[i].name, name) == 0)
			return i;
	}
	return SIZE_MAX;
}

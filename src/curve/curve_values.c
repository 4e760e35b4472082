/* SPDX-License-Identifier: MIT */
/* Figures of a trial at a load, out of its result. */
#include "curve/curve_values.h"

#include <math.h>

#include "result/result_figures.h"

#define LATENCY(label, head, from, share)                                                          \
	{                                                                                          \
		.name = label, .title = head, .kind = FIGURE_TIME, .source = from,                 \
		.percent = share                                                                   \
	}
#define SCALAR(label, head, unit, ...)                                                             \
	{                                                                                          \
		.name = label, .title = head, .kind = unit, .source = CURVE_SCALAR, __VA_ARGS__    \
	}

const struct curve_figure curve_figures[CURVE_VALUE_COUNT] = {
	[CURVE_ACHIEVED] = SCALAR("achieved_iops", "done", FIGURE_COUNT, .per = "/s"),
	[CURVE_MEAN] = LATENCY("mean_ns", "mean", CURVE_RESPONSE, NAN),
	[CURVE_P50] = LATENCY("p50_ns", "p50", CURVE_RESPONSE, 50),
	[CURVE_P99] = LATENCY("p99_ns", "p99", CURVE_RESPONSE, 99),
	[CURVE_P999] = LATENCY("p99.9_ns", "p99.9", CURVE_RESPONSE, 99.9),
	[CURVE_MAX] = LATENCY("max_ns", "max", CURVE_RESPONSE, 100),
	[CURVE_SERVICE_MEAN] = LATENCY("service_mean_ns", "svcmean", CURVE_SERVICE, NAN),
	[CURVE_SERVICE_P50] = LATENCY("service_p50_ns", "svc50", CURVE_SERVICE, 50),
	[CURVE_SERVICE_P99] = LATENCY("service_p99_ns", "svc99", CURVE_SERVICE, 99),
	[CURVE_SERVICE_P999] = LATENCY("service_p99.9_ns", "svc99.9", CURVE_SERVICE, 99.9),
	[CURVE_SERVICE_MAX] = LATENCY("service_max_ns", "svcmax", CURVE_SERVICE, 100),
	[CURVE_LAG_P99] = LATENCY("lag_p99_ns", "lag99", CURVE_LAG, 99),
	[CURVE_READ_P99] = LATENCY("read_p99_ns", "read99", CURVE_READS, 99),
	[CURVE_WRITE_P99] = LATENCY("write_p99_ns", "write99", CURVE_WRITES, 99),
	[CURVE_CPU_PER_IO] = SCALAR("cpu_ns_per_io", "CPU", FIGURE_TIME, .per = "/IO"),
	[CURVE_CORES] = SCALAR("cores", "cores", FIGURE_NUMBER, .per = NULL),
	[CURVE_DEPTH] = SCALAR("depth", "depth", FIGURE_NUMBER, .per = NULL),
	[CURVE_FULL_SHARE] = SCALAR("full_share", "full", FIGURE_NUMBER, .per = NULL),
	[CURVE_TAKEN] = SCALAR("taken_share", "taken", FIGURE_NUMBER, .per = NULL),
	[CURVE_BUSY] = SCALAR("busy", "busy", FIGURE_NUMBER, .per = NULL),
};

static void add(struct histogram *into, const struct result_latency *latency)
{
	if (latency->histogram)
		histogram_merge(into, latency->histogram);
}

static void merge_directions(const struct result_job *job, struct curve_samples *samples)
{
	*samples = (struct curve_samples){0};
	for (int d = 0; d < DATA_DIRECTION_COUNT; d++) {
		const struct result_direction *direction = &job->directions[d];

		add(&samples->sources[CURVE_RESPONSE], &direction->lat);
		add(&samples->sources[CURVE_SERVICE], &direction->pace.service);
		add(&samples->sources[CURVE_LAG], &direction->pace.lag);
	}
	add(&samples->sources[CURVE_READS], &job->directions[DIRECTION_READ].lat);
	add(&samples->sources[CURVE_WRITES], &job->directions[DIRECTION_WRITE].lat);
}

/* I/Os after which as many were in flight as one clone may have, of all. */
static double full_share(const struct result_job *job, unsigned depth)
{
	double full = 0, all = 0;

	for (size_t i = 0; i < job->depths.count; i++) {
		all += (double)job->depths.items[i].count;
		if (job->depths.items[i].value >= depth)
			full += (double)job->depths.items[i].count;
	}
	return all > 0 ? full / all : NAN;
}

static double latency_of(const struct histogram *histogram, double percent)
{
	if (histogram->summary.count == 0)
		return NAN;
	return isnan(percent) ? histogram_summary_mean(&histogram->summary)
			      : (double)histogram_percentile(histogram, percent);
}

void curve_values_take(const struct result_job *job, unsigned depth,
	double values[CURVE_VALUE_COUNT], struct curve_samples *samples)
{
	double seconds = (double)job->elapsed_ns / 1e9;
	unsigned threads = job->numjobs > 0 ? job->numjobs : 1;

	merge_directions(job, samples);
	for (int v = 0; v < CURVE_VALUE_COUNT; v++) {
		const struct curve_figure *figure = &curve_figures[v];

		values[v] =
			figure->source == CURVE_SCALAR
				? NAN
				: latency_of(&samples->sources[figure->source], figure->percent);
	}
	values[CURVE_ACHIEVED] = seconds > 0 ? (double)result_job_ios(job) / seconds : NAN;
	values[CURVE_CPU_PER_IO] = result_per_io(job, job->cpu.total_ns);
	values[CURVE_CORES] = result_cores(job);
	values[CURVE_DEPTH] = job->depth_mean > 0 ? job->depth_mean : NAN;
	values[CURVE_FULL_SHARE] = full_share(job, depth);
	values[CURVE_TAKEN] =
		values[CURVE_ACHIEVED] * values[CURVE_SERVICE_MEAN] / (1e9 * depth * threads);
	if (seconds > 0 && !job->lacks_costs)
		values[CURVE_BUSY] =
			(double)(job->cpu.user_ns + job->cpu.system_ns) / (seconds * 1e9 * threads);
}

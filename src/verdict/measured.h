/* SPDX-License-Identifier: MIT */
/*
 * From a run's result to the figures that are compared: which metrics a job has, and their
 * values in one trial. Names are the ones that users write in thresholds and assertions.
 *
 *     read.iops  read.bw  read.lat.mean  read.lat.p50  read.lat.p99.9  read.lat.max   (write.,
 * trim.) cpu_ns_per_io  syscalls_per_io  switches_per_io  errors  short_ios
 */
#ifndef VERDICT_MEASURED_H
#define VERDICT_MEASURED_H

#include <stddef.h>

#include "base/arena.h"
#include "result/result.h"
#include "verdict/metric.h"

enum measured_figure {
	MEASURED_IOPS,
	MEASURED_BANDWIDTH,
	MEASURED_LATENCY_MEAN,
	MEASURED_LATENCY_PERCENTILE,
	MEASURED_LATENCY_MAX,
	MEASURED_CPU,
	MEASURED_SYSCALLS,
	MEASURED_SWITCHES,
	MEASURED_ERRORS,
	MEASURED_SHORT_IOS,
};

struct measured_source {
	enum measured_figure figure;
	enum io_direction direction; /* of IOPS, bandwidth and latency */
	double percent;              /* of percentiles */
};

/* metrics[i] comes from sources[i]. */
struct measured_list {
	size_t count;
	struct metric *metrics;
	struct measured_source *sources;
};

/* I/Os that a percentile needs beyond it to be a figure at all. */
enum { MEASURED_TAIL_COUNT = 10 };

/* The metrics of jobs like this one: its directions, its list of percentiles. */
struct measured_list measured_list_of(const struct result_job *job, struct arena *arena);

/* NAN where the job did not measure it, or has too few I/Os beyond the percentile. */
double measured_value(const struct result_job *job, const struct measured_source *source);

/* I/Os beyond the percentile; INFINITY for figures that are none. For metric_gate.tail_count. */
double measured_tail_count(const struct result_job *job, const struct measured_source *source);

/* The metric of that name; SIZE_MAX when there is none. */
size_t measured_find(const struct measured_list *list, const char *name);

#endif

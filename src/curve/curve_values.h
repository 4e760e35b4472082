/* SPDX-License-Identifier: MIT */
/*
 * The figures of a load: one table, which trials, tables and documents share. Latencies are of all
 * trials of a load together, with an interval by leaving out one trial after the other
 * (measure/jackknife.h); the others are means of the trials with a t interval.
 */
#ifndef CURVE_CURVE_VALUES_H
#define CURVE_CURVE_VALUES_H

#include "base/arena.h"
#include "measure/histogram.h"
#include "result/result.h"
#include "text/figure.h"

enum curve_value {
	CURVE_ACHIEVED, /* I/Os a second */
	CURVE_MEAN,     /* response time */
	CURVE_P50,
	CURVE_P99,
	CURVE_P999,
	CURVE_MAX,
	CURVE_SERVICE_MEAN,
	CURVE_SERVICE_P50,
	CURVE_SERVICE_P99,
	CURVE_SERVICE_P999,
	CURVE_SERVICE_MAX,
	CURVE_LAG_P99,  /* from due to sent */
	CURVE_READ_P99, /* response times of one direction */
	CURVE_WRITE_P99,
	CURVE_CPU_PER_IO, /* ns */
	CURVE_CORES,
	CURVE_DEPTH,      /* in flight, mean over time */
	CURVE_FULL_SHARE, /* of the I/Os, that took the last place of iodepth */
	CURVE_TAKEN,      /* of these places, mean over time */
	CURVE_BUSY,       /* CPU time of the threads that send, of their time */
	CURVE_VALUE_COUNT,
};

/* Histograms of a trial. */
enum curve_source {
	CURVE_RESPONSE,
	CURVE_SERVICE,
	CURVE_LAG,
	CURVE_READS,
	CURVE_WRITES,
	CURVE_SOURCE_COUNT,
	CURVE_SCALAR = CURVE_SOURCE_COUNT, /* a value that is no latency */
};

struct curve_samples {
	struct histogram sources[CURVE_SOURCE_COUNT];
};

struct curve_figure {
	const char *name;  /* in documents: "p99_ns" */
	const char *title; /* of a column */
	enum figure_kind kind;
	const char *per; /* after the unit, or NULL */
	enum curve_source source;
	double percent; /* of a latency; NAN: its mean */
};
extern const struct curve_figure curve_figures[CURVE_VALUE_COUNT];

/* lo and hi are the ends of a 95 % interval. All NAN: not known; lo and hi: fewer than 3 trials. */
struct curve_level {
	double value, lo, hi;
};

/*
 * The figures of a trial, and its histograms, out of its result. `depth`: I/Os that a clone of it
 * can have in flight.
 */
void curve_values_take(const struct result_job *job, unsigned depth,
	double values[CURVE_VALUE_COUNT], struct curve_samples *samples);

#endif

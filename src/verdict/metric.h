/* SPDX-License-Identifier: MIT */
/*
 * What is compared: a figure of each trial, whether more or less of it is good, on which scale
 * it is analysed, and from which loss on a gate minds by default.
 */
#ifndef VERDICT_METRIC_H
#define VERDICT_METRIC_H

#include <stdbool.h>

enum metric_sense { METRIC_HIGHER_IS_BETTER, METRIC_LOWER_IS_BETTER };

enum metric_scale {
	METRIC_RATIO,      /* positive; analysed as its logarithm: differences are ratios */
	METRIC_DIFFERENCE, /* may be 0 (context switches per I/O): analysed as it is */
};

enum metric_class {
	METRIC_FAULTS,       /* I/O errors, short I/Os, verify failures */
	METRIC_COUNTS,       /* system calls, SQEs, bytes per I/O: nearly the same every time */
	METRIC_CPU,          /* CPU time and cycles per I/O, helpers included */
	METRIC_INSTRUCTIONS, /* per I/O: they barely know noise */
	METRIC_RATE,         /* IOPS, bandwidth */
	METRIC_TYPICAL,      /* median or mean latency */
	METRIC_TAIL,         /* p99 */
	METRIC_FAR_TAIL,     /* p99.9 */
	METRIC_EXTREME,      /* p99.99, maximum: one event, never gated */
	METRIC_SWITCHES,     /* context switches per I/O */
	METRIC_STALLS,       /* share of a trial's turns that were far below their median rate */
	METRIC_CLASS_COUNT,
};

struct metric {
	const char *name; /* "read.iops", "read.lat.p99", "syscalls_per_io" */
	const char *unit; /* "/s", "ns", "" */
	enum metric_class class;
	enum metric_sense sense;
	enum metric_scale scale;
};

/* What a gate does with a class of metrics when nobody says otherwise. */
struct metric_gate {
	double threshold;  /* tolerated loss as a fraction: 0.05 */
	double absolute;   /* and in the metric's own unit; the larger of the two counts */
	bool is_gated;     /* by default */
	bool is_exact;     /* judged as it is, without repetition */
	double tail_count; /* I/Os each trial needs beyond the percentile; 0: no percentile */
};

const struct metric_gate *metric_gate_of(enum metric_class class);

/* A trial's value on the scale of the analysis; NAN where it cannot be (0 as a ratio). */
double metric_scaled(const struct metric *metric, double value);

/*
 * A difference on the scale of the analysis as what is shown: a fraction (0.05 is +5 %) of a
 * ratio metric, the plain difference of the other kind. And back.
 */
double metric_effect(const struct metric *metric, double difference);
double metric_difference(const struct metric *metric, double effect);

/* A level on the scale of the analysis as a value in the metric's unit. */
double metric_level(const struct metric *metric, double scaled);

/* Sign for "better": +1 or -1, to multiply differences with. */
double metric_direction(const struct metric *metric);

/*
 * A fraction of the reference's level (scaled) as an effect: the fraction itself for a ratio
 * metric; for the other kind the share of the level, but at least the class's `absolute`.
 */
double metric_margin(const struct metric *metric, double fraction, double reference_level);

#endif

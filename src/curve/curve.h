/* SPDX-License-Identifier: MIT */
/*
 * Latency by load: plain data, made by curve_run.h or read from a document. A line is a contender,
 * a point a load that was offered to it, open loop, in trials of fresh processes. Latency is
 * response time, from when an I/O was due, over all data directions; service is from when it was
 * sent. Texts belong to curve.arena.
 */
#ifndef CURVE_CURVE_H
#define CURVE_CURVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/arena.h"
#include "curve/curve_values.h"
#include "curve/saturation.h"
#include "curve/slo.h"
#include "document/document.h"
#include "result/result.h"

#define CURVE_SCHEMA "ringside-curve/1"

struct curve_trial {
	size_t block;
	uint64_t seed;
	double started_s; /* since the session's start */
	double window_s;
	bool counts;         /* it ran whole: its figures are used */
	const char *problem; /* why not, or what a guard found; NULL: nothing */
	double values[CURVE_VALUE_COUNT];
	struct curve_samples *samples; /* not in the document: NULL where it was read */
};

struct curve_point {
	double offered;  /* I/Os a second */
	double window_s; /* of its trials that count, together; and their I/Os: */
	double ios;
	struct curve_level levels[CURVE_VALUE_COUNT]; /* of all its trials that count */
	bool is_saturated;
	enum saturation_cause cause; /* of that, or of I/Os that were sent late */
	size_t trial_count, trial_limit;
	struct curve_trial *trials;
};

struct curve_knee {
	double least_ns; /* the least p99 of its points; NAN: not known */
	struct curve_level load;
};

/* The largest load within the limit. */
struct curve_slo_result {
	enum slo_answer answer;
	struct curve_level load;
	size_t test_count; /* loads that were tried for it alone */
	struct curve_point *tests;
};

struct curve_line {
	const char *name;
	const char *engine;
	const char *summary; /* "randread 4k, direct, data.bin" */
	const char *problem; /* why it takes no part, or no more; NULL: it does */
	int exit_code;       /* of it, as a contender's */
	unsigned numjobs, depth;
	double read_percent;     /* of a row of --mixed; NAN: it is none */
	struct settings options; /* those that are not the default */
	struct curve_level most; /* I/Os a second without a rate, and the p99 then: */
	struct curve_level most_p99;
	size_t point_count;
	struct curve_point *points; /* by load, ascending */
	struct curve_knee knee;
	struct curve_slo_result slo;
};

struct curve {
	struct arena arena;
	const char *version, *git, *compiler;
	size_t argument_count; /* as of struct record */
	const char **arguments;
	struct timespec started;
	uint64_t seed;
	int signal;             /* 0, or the signal that ended it early */
	double trial_s, ramp_s; /* of trials at high loads: at low ones they are longer */
	size_t block_count;     /* begun */
	size_t blocks_asked;
	bool is_poisson;     /* arrivals at random, else at even distances */
	bool is_mixed;       /* lines are shares of reads */
	bool is_out_of_time; /* --max-time ended it before its end */
	bool has_slo;
	struct slo slo;
	double elapsed_s;
	struct result_environment environment;
	size_t line_count;
	struct curve_line *lines;
};

void curve_init(struct curve *curve);
void curve_free(struct curve *curve);

/* Room for one more trial, zeroed; what was there is kept. */
struct curve_trial *curve_add_trial(struct curve *curve, struct curve_point *point);

/* Works out what follows from the trials: of a point; of all points, with knees. */
void curve_judge_point(struct curve_point *point, bool is_poisson);
void curve_judge(struct curve *curve);

/* The first load from which on a line is saturated; NULL: none. */
const struct curve_point *curve_saturated_from(const struct curve_line *line);

/* Whether too few I/Os lie beyond this percentile of a point for it to be known. */
bool curve_is_thin(const struct curve_point *point, enum curve_value value);

/* The document, malloc'd; and read back: as record_read(). */
char *curve_print(const struct curve *curve);
int curve_read(const char *path, struct curve *curve, struct diag *diag);
extern const struct document_kind curve_document;

#endif

/* SPDX-License-Identifier: MIT */
/*
 * A curve before anything runs: its lines as contenders, jobs at a load, and how long it takes. The
 * loads follow when the maxima are known.
 */
#ifndef CURVE_CURVE_PLAN_H
#define CURVE_CURVE_PLAN_H

#include "base/clock.h"
#include "curve/slo.h"
#include "session/contender.h"
#include "session/contest_plan.h"

enum {
	CURVE_PLAN_LINES_LIMIT = 26, /* a letter each */
	CURVE_PLAN_POINTS_LIMIT = 100,
	CURVE_PLAN_POINTS = 10,     /* unless --points or --rates say otherwise */
	CURVE_PLAN_MOST_BLOCKS = 3, /* of trials without a rate */
};

#define CURVE_PLAN_SLO_NS (25 * NS_PER_S) /* of the search, for each line */

/* Of I/Os that are due: by the job's rate_process where it has one, else at random. */
enum curve_arrivals { CURVE_ARRIVALS_AUTO, CURVE_ARRIVALS_POISSON, CURVE_ARRIVALS_LINEAR };

/* Numbers in a list, ascending. */
struct curve_list {
	size_t count;
	double *values;
};

struct curve_options {
	struct contest_options contest; /* trial_ns 0: 500 ms, longer at low loads */
	uint64_t point_count;           /* loads up to the maximum, at even distances */
	struct curve_list rates;        /* count 0: those */
	uint64_t repeat;  /* blocks: trials of each load; 0: 3, as far as time allows */
	double precision; /* a half-width of p99 that ends the blocks, as a fraction; 0: none does
			   */
	struct slo slo;   /* limit_ns 0: none */
	struct curve_list mixes; /* percent of reads; count 0: the job's own */
	int arrivals;            /* enum curve_arrivals */
};

/* Rates "1k,5k" (k is 1000) and shares of reads "0,50,100": for options of struct curve_list. */
int curve_plan_parse_rates(
	const char *value, void *field, struct arena *arena, struct option_problem *problem);
int curve_plan_parse_mixes(
	const char *value, void *field, struct arena *arena, struct option_problem *problem);

struct curve_plan {
	struct arena arena;
	struct contender_plan contenders;
	struct contender_point point; /* all of them, without a rate: a line each */
	double *read_percent;         /* of each line; NAN: it is no row of --mixed */
	bool is_poisson;
};

/* Jobs read and checked, the write guard asked. 0, or -EINVAL with everything said to diag. */
int curve_plan_make(struct curve_plan *plan, const struct contender_request *request,
	const struct curve_options *options, struct diag *diag);
void curve_plan_free(struct curve_plan *plan);

/*
 * The loads of lines with these maxima (NAN: it does not run), ascending. All lines have the same
 * where their maxima are within a factor of 2: a line then ends with the first load beyond its own.
 * Others, and shares of reads, each have those up to their own maximum.
 */
void curve_plan_loads(const struct curve_options *options, const struct contender_point *point,
	const double *maxima, bool is_mixed, struct curve_list *loads, struct arena *arena);

/*
 * The window of a trial at a load; 0: without a rate. At low loads it lasts for 1000 I/Os, if no
 * length was given and that takes no more than 2 s, and for 20 in any case.
 */
uint64_t curve_plan_trial_ns(const struct curve_options *options, double iops);
/* Of a trial that is to tell a percentile: 30 I/Os beyond it. */
uint64_t curve_plan_slo_trial_ns(const struct curve_options *options, double iops);
/* Blocks, at the most; whether to look at the precision after so many of them. */
size_t curve_plan_repeat(const struct curve_options *options);
bool curve_plan_is_look(const struct curve_options *options, size_t block_count);

/*
 * The limit of the whole. One that was given counts from the beginning, priming and the files that
 * it writes included; another (35 s for each line, if neither the number nor the length of trials
 * was given) from the first trial; CONTEST_AUTO: there is none.
 */
uint64_t curve_plan_limit_ns(const struct curve_options *options, size_t line_count);

uint64_t curve_plan_ramp_ns(const struct curve_options *options, uint64_t trial_ns);

struct curve_time {
	size_t trial_count; /* in a block */
	double prime_ns;    /* everything before the first block */
	double block_ns;    /* with the shortest trials */
	double slo_ns;      /* at most */
	double least_ns, most_ns;
};
void curve_plan_time(const struct curve_options *options, const struct curve_plan *plan,
	struct curve_time *time);

#endif

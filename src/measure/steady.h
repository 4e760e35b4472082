/* SPDX-License-Identifier: MIT */
/*
 * Whether a series of intervals is steady: by fio's rule, by SNIA's, and by ringside's own. Pure
 * functions: who measures feeds them. Sources: fio, HOWTO "Steady state" and steadystate.c; SNIA,
 * Solid State Storage Performance Test Specification 2.0.2, 2.1.24; Schuirmann, J.
 * Pharmacokinet. Biopharm. 15 (1987) 657 (two one-sided tests).
 */
#ifndef MEASURE_STEADY_H
#define MEASURE_STEADY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What fio's steadystate= watches. */
enum steady_figure { STEADY_IOPS, STEADY_BANDWIDTH, STEADY_LATENCY };

struct steady_limit {
	enum steady_figure figure;
	bool is_slope; /* the line's slope per interval; else the largest distance from the mean */
	bool is_percent; /* `limit` is in percent of the mean; else in the figure's own unit */
	double limit;    /* the criterion must be below it */
};

struct steady_judgement {
	double deviation; /* largest distance of a value from the mean; 0: is_slope */
	double slope;     /* per interval; 0: not is_slope */
	double criterion; /* that of the two that counts, in the limit's unit; NAN: the mean is 0 */
	bool is_attained;
};

/*
 * fio's rule on its window: the last `count` values (at least 2), whole numbers as in fio. fio
 * divides a slope by the mean without its fraction, and so does this.
 */
struct steady_judgement steady_judge(
	const struct steady_limit *limit, const uint64_t *window, size_t count);

/* SNIA's verdict on 5 rounds: range at most 20 % of the mean, line's excursion at most 10 %. */
enum { STEADY_SNIA_ROUNDS = 5 };
struct steady_snia {
	double range_share; /* NAN: no mean */
	double slope_share;
	bool is_steady;
};
struct steady_snia steady_judge_snia(const double rounds[STEADY_SNIA_ROUNDS]);

/* The same of a series that is cut into 5 equal rounds; NAN and false below 5 values. */
struct steady_snia steady_judge_snia_series(const double *values, size_t count);

/* How far a window drifts from its one end to the other, by the means of its 16 parts. */
struct steady_drift {
	double mean;
	double share;       /* of the mean, by the line; NAN below 3 parts or without a mean */
	double error;       /* half-width of its 90 % interval: |share| + error bounds it at 95 % */
	double range_share; /* of the parts: largest - smallest, by the mean */
};
struct steady_drift steady_drift_of(const double *values, size_t count);

/* The period of the strongest cycle, in values; 0: there is none that shows. */
double steady_period(const double *values, size_t count);

/* What ringside asks of a level that it calls steady. */
struct steady_rule {
	double equivalence;     /* 0.05: bound of the drift over the window, proven at 95 % */
	double range;           /* 0.25: of the window's parts, by the mean */
	unsigned passes_needed; /* looks in a row (steady_search.h) */
	double least_s;         /* measured: 60 for reads, 600 for writes */
	uint64_t
		work_bytes; /* written since the start: twice the active range; 0: none is needed */
};
struct steady_rule steady_rule_of(bool writes, uint64_t range_bytes);

/* Whether the drift of these values is proven to be within the rule, and 3 cycles are in them. */
bool steady_is_level(const double *values, size_t count, const struct steady_drift *drift,
	const struct steady_rule *rule);

/* What a result's series shows of its drive. */
enum steady_class {
	STEADY_UNTOLD,
	STEADY_STEADY,
	STEADY_DRIFTING,
	STEADY_BIMODAL,
	STEADY_CLASS_COUNT,
};

struct steady_state {
	enum steady_class class;
	struct steady_drift drift; /* over the whole series */
	double drift_per_minute;   /* share of the mean; NAN: unknown */
	double low, high;          /* STEADY_BIMODAL: means of the two levels */
	double low_share;          /* of the intervals */
	struct steady_snia snia;   /* five rounds of it */
};

/* Whole intervals only. `has_worked`: the rule's work is done; without it none is steady. */
struct steady_state steady_classify(const double *values, size_t count, double interval_s,
	const struct steady_rule *rule, bool has_worked);
const char *steady_class_name(enum steady_class class); /* "too-short", "steady", ... */

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What n trials say about a difference or a level: estimate, interval, p-value. Values are on
 * the scale of the analysis: logarithms for what is compared as a ratio.
 *
 * Below 8 pairs: mean and Student's t. From 8: the Hodges–Lehmann estimate with the interval and
 * p-value of the exact Wilcoxon signed-rank test, which a few wild trials cannot carry away. The
 * switch looks at the number of pairs only, never at the data. Nothing is dropped by value.
 * Source: Hodges, Lehmann, Ann. Math. Stat. 34 (1963) 598; Hollander et al. (signed_rank.h).
 */
#ifndef MEASURE_ESTIMATE_H
#define MEASURE_ESTIMATE_H

#include <stddef.h>

enum estimate_method {
	ESTIMATE_NONE,  /* fewer than 2 values */
	ESTIMATE_RANGE, /* 2 values: lo and hi are the smaller and the larger, not an interval */
	ESTIMATE_T,
	ESTIMATE_WILCOXON,
};

enum {
	ESTIMATE_COUNT_FOR_INTERVAL = 3,
	ESTIMATE_COUNT_FOR_RANKS = 8,
};

struct estimate {
	double value; /* NAN without data */
	double lo;    /* interval of level 1 - alpha; NAN where there is none */
	double hi;
	double p;         /* two-sided, of "the true value is 0"; NAN where there is none */
	double deviation; /* sample standard deviation; NAN below 2 values */
	size_t count;
	enum estimate_method method;
};

/*
 * Paired differences. `comparisons`: how many are judged together (at least 1); where n pairs
 * cannot reach alpha / comparisons by ranks, t is used. The interval itself has level 1 - alpha
 * and excludes 0 exactly when p <= alpha.
 */
struct estimate estimate_paired(
	const double *differences, size_t count, double alpha, size_t comparisons);

/* Mean with t interval: of logarithms, the geometric mean. */
struct estimate estimate_mean(const double *values, size_t count, double alpha);

/* (hi - lo) / 2; NAN where there is no interval (ESTIMATE_RANGE has none). */
double estimate_half_width(const struct estimate *estimate);

/* "none", "range", "t", "wilcoxon": for reports. */
const char *estimate_method_name(enum estimate_method method);

/*
 * How many pairs a t interval of half-width `half_width` takes at this deviation, not more than
 * `limit`: n = (t s / w)^2 by iteration. `limit` too where the deviation is not known.
 */
size_t estimate_count_needed(
	double deviation, double half_width, double alpha, size_t count, size_t limit);

/*
 * The smallest true effect that a one-sided test at `alpha` finds in 95 % of cases:
 * (t_{1 - alpha} + t_{0.95}) standard errors.
 */
double estimate_smallest_effect(double standard_error, double freedom, double alpha);

#endif

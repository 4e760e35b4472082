/* SPDX-License-Identifier: MIT */
/*
 * What a series of values in the order of their measuring shows: trend, slope, memory.
 * Sources: Sen, J. Am. Stat. Assoc. 63 (1968) 1379; Kendall, Rank Correlation Methods (1948).
 */
#ifndef MEASURE_SERIES_H
#define MEASURE_SERIES_H

#include <stddef.h>
#include <stdint.h>

/* Theil–Sen: the median of all pairwise slopes, per step. NAN below 2 values. */
double series_median_slope(const double *values, size_t count);

/*
 * Kendall's trend test against the order: two-sided p, exact to 60 values without ties, else the
 * normal approximation with the variance corrected for ties. NAN below 3 values.
 */
double series_trend_p(const double *values, size_t count);

struct series_line { /* least squares; NAN where there are too few points */
	double slope;
	double slope_error;
	double freedom;
	double p; /* two-sided, of "the slope is 0" */
};

/*
 * Least squares of y on x; `x` NULL: 0, 1, 2, … `spent`: degrees of freedom that were already
 * used to make the values (means taken out), besides the line's own two.
 */
struct series_line series_fit_line(const double *x, const double *y, size_t count, size_t spent);

/* Correlation of neighbours around the common mean, between -1 and 1; 0 for a constant. */
double series_autocorrelation(const double *values, size_t count);

/*
 * Whether the position in a block matters: values[block * width + i] of contender i, which ran
 * as number positions[…] of its block. Block means and contenders' means are taken out of both;
 * the slope is per position. All values must be there.
 */
struct series_line series_position_effect(
	const double *values, const unsigned *positions, size_t block_count, size_t width);

/*
 * Where a history of sessions changed its level: binary segmentation, each split judged by a
 * permutation test. Deterministic: the permutations come from a fixed seed.
 *
 * Sessions that remember each other (a machine that stays warm, a disk that stays full) wander
 * without any change, and permuting them one by one takes the wandering for changes: in 10 % of
 * series of 50 at a memory (lag-1 correlation) of 0.3, 42 % at 0.6. So each segment's memory is
 * estimated, plain steps aside, and what is permuted are the innovations of a first-order
 * autoregression, out of which the series is built again: 2.4 % and 6.4 %, and 0.5 % without
 * memory. Permuting blocks of three neighbours, the usual cure, leaves 5 % and 11 %; longer
 * blocks lose the steps as well.
 * Sources: Matteson, James, arXiv 1306.4933; Fleming et al., arXiv 2301.03034 (Hunter);
 * Bühlmann, Bernoulli 3 (1997) 123 (sieve); Kendall, Biometrika 41 (1954) 403 (its bias).
 */
enum {
	CHANGE_POINT_MARGIN = 3, /* values on each side of a split, at least */
	CHANGE_POINT_SIDE = 25,  /* values on each side that are compared, at most */
};

struct change_point_rule {
	double level;         /* a split is believed at p <= level */
	double smallest_step; /* smaller ones are let be, however certain */
	unsigned permutations;
	uint64_t seed;
};

/* Level 1 %, steps from 2 % (values are logarithms), 999 permutations. */
extern const struct change_point_rule series_default_change_rule;

struct change_point {
	size_t index;  /* of the first value after the change */
	double before; /* means of the segments that meet here */
	double after;
	double p;
};

/*
 * Finds the changes, ascending; returns their number. `points` has room for
 * count / CHANGE_POINT_MARGIN. Values are finite.
 */
size_t series_change_points(const double *values, size_t count,
	const struct change_point_rule *rule, struct change_point *points);

#endif

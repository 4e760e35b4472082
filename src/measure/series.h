/* SPDX-License-Identifier: MIT */
/*
 * What a series of values in the order of their measuring shows: trend, slope, memory.
 * Sources: Sen, J. Am. Stat. Assoc. 63 (1968) 1379; Kendall, Rank Correlation Methods (1948).
 */
#ifndef MEASURE_SERIES_H
#define MEASURE_SERIES_H

#include <stddef.h>

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

#endif

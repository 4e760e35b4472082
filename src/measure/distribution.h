/* SPDX-License-Identifier: MIT */
/*
 * Tails of the normal distribution, tails and quantiles of Student's t, to about 1e-13.
 * Source: NIST Digital Library of Mathematical Functions 8.17 (incomplete beta function).
 */
#ifndef MEASURE_DISTRIBUTION_H
#define MEASURE_DISTRIBUTION_H

#include <stddef.h>
#include <stdint.h>

/* I_x(a, b), the regularised incomplete beta function; 0 <= x <= 1, a and b positive. */
double distribution_beta(double x, double a, double b);

double distribution_normal_cdf(double z);

/* Degrees of freedom are positive and need not be whole. */
double distribution_t_cdf(double t, double freedom);
double distribution_t_quantile(double probability, double freedom);

/* P(|T| >= |t|): the two-sided p-value, exact far out in the tail too. */
double distribution_t_two_sided(double t, double freedom);

/*
 * The null distribution of Wilcoxon's signed-rank statistic: the sum of a random subset of
 * {1, …, n}, which is also the number of positive Walsh averages. Exact up to 60 pairs, beyond
 * by the normal approximation with continuity correction.
 * Source: Hollander, Wolfe, Chicken, Nonparametric Statistical Methods, 3rd ed., 3.1 and 3.3.
 */
enum {
	DISTRIBUTION_RANK_EXACT_LIMIT = 60, /* 2^60 subsets: the counts fit 64 bits */
	DISTRIBUTION_RANK_SUM_LIMIT =
		DISTRIBUTION_RANK_EXACT_LIMIT * (DISTRIBUTION_RANK_EXACT_LIMIT + 1) / 2,
};

/*
 * counts[s] for s = 0 … limit: how many subsets of {1, …, n} have the sum s.
 * n <= DISTRIBUTION_RANK_EXACT_LIMIT.
 */
void distribution_rank_counts(size_t n, size_t limit, uint64_t *counts);

/* P(T <= sum). */
double distribution_rank_cdf(size_t n, size_t sum);

/*
 * Which Walsh average, in ascending order and counted from 1, is the lower end of the two-sided
 * interval of level 1 - alpha (the upper end is the same one counted from above): the largest k
 * with 2 P(T <= k - 1) <= alpha, so that the interval excludes 0 exactly when p <= alpha.
 * 0 when n is too small for the level.
 */
size_t distribution_rank_index(size_t n, double alpha);

#endif

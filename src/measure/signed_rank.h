/* SPDX-License-Identifier: MIT */
/*
 * The null distribution of Wilcoxon's signed-rank statistic: the sum of a random subset of
 * {1, …, n}, which is also the number of positive Walsh averages. Exact up to 60 pairs, beyond
 * by the normal approximation with continuity correction.
 * Source: Hollander, Wolfe, Chicken, Nonparametric Statistical Methods, 3rd ed., 3.1 and 3.3.
 */
#ifndef MEASURE_SIGNED_RANK_H
#define MEASURE_SIGNED_RANK_H

#include <stddef.h>
#include <stdint.h>

enum {
	SIGNED_RANK_EXACT_LIMIT = 60, /* 2^60 subsets: the counts fit 64 bits */
	SIGNED_RANK_SUM_LIMIT = SIGNED_RANK_EXACT_LIMIT * (SIGNED_RANK_EXACT_LIMIT + 1) / 2,
};

/*
 * counts[s] for s = 0 … limit: how many subsets of {1, …, n} have the sum s.
 * n <= SIGNED_RANK_EXACT_LIMIT.
 */
void signed_rank_counts(size_t n, size_t limit, uint64_t *counts);

/* P(T <= sum). */
double signed_rank_cdf(size_t n, size_t sum);

/*
 * Which Walsh average, in ascending order and counted from 1, is the lower end of the two-sided
 * interval of level 1 - alpha (the upper end is the same one counted from above): the largest k
 * with 2 P(T <= k - 1) <= alpha, so that the interval excludes 0 exactly when p <= alpha.
 * 0 when n is too small for the level.
 */
size_t signed_rank_index(size_t n, double alpha);

#endif

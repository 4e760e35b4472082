/* SPDX-License-Identifier: MIT */
/* Wilcoxon's signed-rank distribution: counting subsets by their sum. */
#include "measure/signed_rank.h"

#include <math.h>
#include <string.h>
#include <sys/param.h>

#include "measure/distribution.h"

static size_t sum_limit(size_t n)
{
	return n * (n + 1) / 2;
}

void signed_rank_counts(size_t n, size_t limit, uint64_t *counts)
{
	memset(counts, 0, (limit + 1) * sizeof(*counts));
	counts[0] = 1;
	for (size_t rank = 1; rank <= n; rank++) {
		for (size_t sum = MIN(limit, sum_limit(rank)); sum >= rank; sum--)
			counts[sum] += counts[sum - rank];
	}
}

static double normal_cdf(size_t n, size_t sum)
{
	double size = (double)n;
	double mean = size * (size + 1) / 4;
	double variance = size * (size + 1) * (2 * size + 1) / 24;

	return distribution_normal_cdf(((double)sum + 0.5 - mean) / sqrt(variance));
}

double signed_rank_cdf(size_t n, size_t sum)
{
	uint64_t counts[SIGNED_RANK_SUM_LIMIT + 1];
	uint64_t below = 0;

	if (sum >= sum_limit(n))
		return 1;
	if (n > SIGNED_RANK_EXACT_LIMIT)
		return normal_cdf(n, sum);
	signed_rank_counts(n, sum, counts);
	for (size_t i = 0; i <= sum; i++)
		below += counts[i];
	return ldexp((double)below, -(int)n);
}

/* Both the index and the p-value go by this comparison, so they can never disagree. */
static size_t exact_index(size_t n, double alpha)
{
	uint64_t counts[SIGNED_RANK_SUM_LIMIT + 1];
	size_t middle = sum_limit(n) / 2;
	uint64_t below = 0;
	size_t index = 0;

	signed_rank_counts(n, middle, counts);
	for (size_t sum = 0; sum <= middle; sum++) {
		below += counts[sum];
		if (2 * ldexp((double)below, -(int)n) > alpha)
			break;
		index = sum + 1;
	}
	return index;
}

size_t signed_rank_index(size_t n, double alpha)
{
	size_t low = 0;
	size_t high = sum_limit(n) / 2;

	if (n <= SIGNED_RANK_EXACT_LIMIT)
		return exact_index(n, alpha);
	while (low < high) {
		size_t middle = (low + high + 1) / 2;

		if (2 * normal_cdf(n, middle - 1) <= alpha)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

/* SPDX-License-Identifier: MIT */
/* Normal and t distribution by the incomplete beta function, quantiles by Newton's method; signed
 * ranks by counting subsets. */
#include "measure/distribution.h"

#include <math.h>
#include <string.h>
#include <sys/param.h>

#define FRACTION_STEPS_LIMIT 10000
#define FRACTION_PRECISION   1e-15
#define NEWTON_STEPS_LIMIT   60
#define NEWTON_PRECISION     1e-14

static double log_gamma(double x)
{
	int sign;

	return lgamma_r(x, &sign); /* lgamma() writes a global. */
}

/* What multiplies the fraction: x^a (1 - x)^b / (a B(a, b)). */
static double beta_factor(double x, double a, double b)
{
	double log_beta = log_gamma(a) + log_gamma(b) - log_gamma(a + b);

	return exp(a * log(x) + b * log1p(-x) - log_beta) / a;
}

/* DLMF 8.17.22, evaluated by the modified Lentz method; quick for x < (a + 1) / (a + b + 2). */
static double beta_fraction(double x, double a, double b)
{
	const double tiny = 1e-300;
	double c = 1;
	double d = 1 / (1 - (a + b) * x / (a + 1));
	double fraction = d;

	for (int m = 1; m < FRACTION_STEPS_LIMIT; m++) {
		double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));

		c = 1 + even / (fabs(c) < tiny ? tiny : c);
		d = 1 + even * d;
		d = 1 / (fabs(d) < tiny ? tiny : d);
		fraction *= c * d;
		c = 1 + odd / (fabs(c) < tiny ? tiny : c);
		d = 1 + odd * d;
		d = 1 / (fabs(d) < tiny ? tiny : d);
		fraction *= c * d;
		if (fabs(c * d - 1) < FRACTION_PRECISION)
			break;
	}
	return fraction;
}

double distribution_beta(double x, double a, double b)
{
	if (x <= 0)
		return 0;
	if (x >= 1)
		return 1;
	if (x < (a + 1) / (a + b + 2))
		return beta_factor(x, a, b) * beta_fraction(x, a, b);
	return 1 - beta_factor(1 - x, b, a) * beta_fraction(1 - x, b, a);
}

double distribution_normal_cdf(double z)
{
	return erfc(-z * M_SQRT1_2) / 2;
}

/* z with P(Z > z) = tail, 0 < tail <= 1/2. */
static double normal_upper_quantile(double tail)
{
	/* Abramowitz & Stegun 26.2.23 is within 4.5e-4; Newton on the tail's logarithm ends it. */
	double t = sqrt(-2 * log(tail));
	double z = t - (2.515517 + t * (0.802853 + t * 0.010328)) /
			       (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));

	for (int i = 0; i < NEWTON_STEPS_LIMIT; i++) {
		double above = erfc(z * M_SQRT1_2) / 2;
		double density = exp(-z * z / 2) / sqrt(2 * M_PI);
		double step = log(above / tail) * above / density;

		z += step;
		if (fabs(step) < NEWTON_PRECISION * (1 + fabs(z)))
			break;
	}
	return z;
}

double distribution_t_two_sided(double t, double freedom)
{
	if (isnan(t))
		return NAN;
	if (isinf(t))
		return 0;
	return distribution_beta(freedom / (freedom + t * t), freedom / 2, 0.5);
}

double distribution_t_cdf(double t, double freedom)
{
	double tail = distribution_t_two_sided(t, freedom) / 2;

	return t < 0 ? tail : 1 - tail;
}

/*
 * t with P(T > t) = tail, 0 < tail < 1/2. Newton in log(t) on the tail's logarithm: the tail is
 * nearly a power of t far out and the step stays safe for one degree of freedom. It starts from
 * the normal quantile, which lies below.
 */
static double t_upper_quantile(double tail, double freedom)
{
	double t = normal_upper_quantile(tail);
	double log_scale =
		log_gamma((freedom + 1) / 2) - log_gamma(freedom / 2) - log(M_PI * freedom) / 2;

	for (int i = 0; i < NEWTON_STEPS_LIMIT; i++) {
		double above = distribution_t_two_sided(t, freedom) / 2;
		double density = exp(log_scale - (freedom + 1) / 2 * log1p(t * t / freedom));
		double step = log(above / tail) * above / (density * t);

		t *= exp(step);
		if (fabs(step) < NEWTON_PRECISION)
			break;
	}
	return t;
}

double distribution_t_quantile(double probability, double freedom)
{
	if (!(probability > 0))
		return probability == 0 ? -INFINITY : NAN;
	if (!(probability < 1))
		return probability == 1 ? INFINITY : NAN;
	if (probability == 0.5)
		return 0;
	if (probability < 0.5)
		return -t_upper_quantile(probability, freedom);
	return t_upper_quantile(1 - probability, freedom);
}

static size_t sum_limit(size_t n)
{
	return n * (n + 1) / 2;
}

void distribution_rank_counts(size_t n, size_t limit, uint64_t *counts)
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

double distribution_rank_cdf(size_t n, size_t sum)
{
	uint64_t counts[DISTRIBUTION_RANK_SUM_LIMIT + 1];
	uint64_t below = 0;

	if (sum >= sum_limit(n))
		return 1;
	if (n > DISTRIBUTION_RANK_EXACT_LIMIT)
		return normal_cdf(n, sum);
	distribution_rank_counts(n, sum, counts);
	for (size_t i = 0; i <= sum; i++)
		below += counts[i];
	return ldexp((double)below, -(int)n);
}

/* Both the index and the p-value go by this comparison, so they can never disagree. */
static size_t exact_index(size_t n, double alpha)
{
	uint64_t counts[DISTRIBUTION_RANK_SUM_LIMIT + 1];
	size_t middle = sum_limit(n) / 2;
	uint64_t below = 0;
	size_t index = 0;

	distribution_rank_counts(n, middle, counts);
	for (size_t sum = 0; sum <= middle; sum++) {
		below += counts[sum];
		if (2 * ldexp((double)below, -(int)n) > alpha)
			break;
		index = sum + 1;
	}
	return index;
}

size_t distribution_rank_index(size_t n, double alpha)
{
	size_t low = 0;
	size_t high = sum_limit(n) / 2;

	if (n <= DISTRIBUTION_RANK_EXACT_LIMIT)
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

/* SPDX-License-Identifier: MIT */
/* Pearson's chi-square test against expected shares, as a standard score. */
#ifndef TESTS_UNIT_LOAD_CHI_SQUARE_H
#define TESTS_UNIT_LOAD_CHI_SQUARE_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

/* The seeds of the tests are fixed: a right program stays within these for good. */
#define CHI_SQUARE_LIMIT 3.5

/* Chi-square of `freedom` degrees as a normal score (Wilson, Hilferty 1931). */
static inline double chi_square_score(double statistic, double freedom)
{
	double variance = 2 / (9 * freedom);

	return (cbrt(statistic / freedom) - (1 - variance)) / sqrt(variance);
}

/* Counts of `cells` against shares that add up to 1. Far above 0: another distribution; far
 * below: too even to be random. */
static inline double chi_square(const uint64_t *counts, const double *shares, size_t cells)
{
	double total = 0;
	double statistic = 0;

	for (size_t i = 0; i < cells; i++)
		total += (double)counts[i];
	for (size_t i = 0; i < cells; i++) {
		double expected = total * shares[i];
		double difference = (double)counts[i] - expected;

		statistic += difference * difference / expected;
	}
	return chi_square_score(statistic, (double)cells - 1);
}

static inline double chi_square_even(const uint64_t *counts, size_t cells)
{
	double total = 0;
	double statistic = 0;

	for (size_t i = 0; i < cells; i++)
		total += (double)counts[i];
	for (size_t i = 0; i < cells; i++) {
		double difference = (double)counts[i] - total / (double)cells;

		statistic += difference * difference * (double)cells / total;
	}
	return chi_square_score(statistic, (double)cells - 1);
}

#endif

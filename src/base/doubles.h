/* SPDX-License-Identifier: MIT */
/* Plain arithmetic on arrays of numbers, none of which is NaN. */
#ifndef BASE_DOUBLES_H
#define BASE_DOUBLES_H

#include <stddef.h>
#include <stdlib.h>

/* NaN where there are none. */
static inline double doubles_mean(const double *values, size_t count)
{
	double sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += values[i];
	return sum / (double)count;
}

/* The sum of squares around the mean. */
static inline double doubles_squares(const double *values, size_t count)
{
	double mean = doubles_mean(values, count);
	double squares = 0;

	for (size_t i = 0; i < count; i++)
		squares += (values[i] - mean) * (values[i] - mean);
	return squares;
}

static inline int doubles_compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static inline void doubles_sort(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), doubles_compare);
}

#endif

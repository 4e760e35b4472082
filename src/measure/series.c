/* SPDX-License-Identifier: MIT */
/* Trend by ranks, line by least squares, lag-1 autocorrelation, effect of the position. */
#include "measure/series.h"

#include <math.h>
#include <stdlib.h>
#include <sys/param.h>

#include "base/arena.h"
#include "base/doubles.h"
#include "measure/distribution.h"

enum { KENDALL_EXACT_LIMIT = 60 };

double series_median_slope(const double *values, size_t count)
{
	struct arena arena = {0};
	size_t total = 0;
	double median;
	double *slopes;

	if (count < 2)
		return NAN;
	slopes = arena_alloc_array(&arena, count * (count - 1) / 2, sizeof(*slopes));
	for (size_t i = 0; i < count; i++) {
		for (size_t j = i + 1; j < count; j++)
			slopes[total++] = (values[j] - values[i]) / (double)(j - i);
	}
	doubles_sort(slopes, total);
	median = (slopes[(total - 1) / 2] + slopes[total / 2]) / 2;
	arena_free(&arena);
	return median;
}

/*
 * P(at most `limit` of the pairs of a random permutation are out of order), by the recursion on
 * its length: the n-th element is out of order with 0 … n - 1 of those before it, equally likely.
 */
static double inversions_cdf(size_t count, size_t limit)
{
	double chance[KENDALL_EXACT_LIMIT * (KENDALL_EXACT_LIMIT - 1) / 2 + 1] = {1};
	double next[KENDALL_EXACT_LIMIT * (KENDALL_EXACT_LIMIT - 1) / 2 + 1];
	double sum = 0;

	for (size_t n = 2; n <= count; n++) {
		double window = 0;

		for (size_t k = 0; k <= limit; k++) {
			window += chance[k];
			if (k >= n)
				window -= chance[k - n];
			next[k] = window / (double)n;
		}
		for (size_t k = 0; k <= limit; k++)
			chance[k] = MAX(next[k], 0);
	}
	for (size_t k = 0; k <= limit; k++)
		sum += chance[k];
	return MIN(sum, 1);
}

/* Sum over groups of equal values of t (t - 1) (2 t + 5): what ties take from the variance. */
static double tie_correction(const double *values, size_t count)
{
	struct arena arena = {0};
	double *sorted = arena_alloc_array(&arena, count, sizeof(*sorted));
	double correction = 0;

	for (size_t i = 0; i < count; i++)
		sorted[i] = values[i];
	doubles_sort(sorted, count);
	for (size_t start = 0, end; start < count; start = end) {
		double ties;

		for (end = start; end < count && sorted[end] == sorted[start];)
			end++;
		ties = (double)(end - start);
		correction += ties * (ties - 1) * (2 * ties + 5);
	}
	arena_free(&arena);
	return correction;
}

double series_trend_p(const double *values, size_t count)
{
	double n = (double)count;
	double correction = tie_correction(values, count);
	double variance = (n * (n - 1) * (2 * n + 5) - correction) / 18;
	size_t up = 0;
	size_t down = 0;
	double score;

	if (count < 3)
		return NAN;
	for (size_t i = 0; i < count; i++) {
		for (size_t j = i + 1; j < count; j++) {
			up += values[j] > values[i];
			down += values[j] < values[i];
		}
	}
	if (count <= KENDALL_EXACT_LIMIT && correction == 0)
		return MIN(2 * inversions_cdf(count, MIN(up, down)), 1);
	score = fabs((double)up - (double)down) - 1;
	if (score <= 0 || variance <= 0)
		return 1;
	return 2 * distribution_normal_cdf(-score / sqrt(variance));
}

struct series_line series_fit_line(const double *x, const double *y, size_t count, size_t spent)
{
	struct series_line line = {.slope = NAN, .slope_error = NAN, .freedom = NAN, .p = NAN};
	double x_mean = x ? doubles_mean(x, count) : ((double)count - 1) / 2;
	double y_mean = doubles_mean(y, count);
	double xx = 0, xy = 0, rest = 0;

	for (size_t i = 0; i < count; i++) {
		double dx = (x ? x[i] : (double)i) - x_mean;

		xx += dx * dx;
		xy += dx * (y[i] - y_mean);
	}
	if (count < 2 || !(xx > 0))
		return line;
	line.slope = xy / xx;
	if (count <= 2 + spent)
		return line;
	for (size_t i = 0; i < count; i++) {
		double dx = (x ? x[i] : (double)i) - x_mean;
		double residual = y[i] - y_mean - line.slope * dx;

		rest += residual * residual;
	}
	line.freedom = (double)(count - 2 - spent);
	line.slope_error = sqrt(rest / line.freedom / xx);
	if (line.slope_error > 0)
		line.p = distribution_t_two_sided(line.slope / line.slope_error, line.freedom);
	else
		line.p = line.slope == 0 ? 1 : 0;
	return line;
}

double series_autocorrelation(const double *values, size_t count)
{
	double center = count > 0 ? doubles_mean(values, count) : 0;
	double squares = 0;
	double products = 0;

	for (size_t i = 0; i < count; i++) {
		squares += (values[i] - center) * (values[i] - center);
		if (i > 0)
			products += (values[i] - center) * (values[i - 1] - center);
	}
	return squares > 0 ? products / squares : 0;
}

/* Takes the means of rows and columns out of a table, in place. */
static void center_table(double *table, size_t rows, size_t columns)
{
	for (size_t r = 0; r < rows; r++) {
		double row_mean = doubles_mean(table + r * columns, columns);

		for (size_t c = 0; c < columns; c++)
			table[r * columns + c] -= row_mean;
	}
	for (size_t c = 0; c < columns; c++) {
		double sum = 0;

		for (size_t r = 0; r < rows; r++)
			sum += table[r * columns + c];
		for (size_t r = 0; r < rows; r++)
			table[r * columns + c] -= sum / (double)rows;
	}
}

struct series_line series_position_effect(
	const double *values, const unsigned *positions, size_t block_count, size_t width)
{
	size_t count = block_count * width;
	struct arena arena = {0};
	double *x = arena_alloc_array(&arena, count, sizeof(*x));
	double *y = arena_alloc_array(&arena, count, sizeof(*y));
	struct series_line line;

	for (size_t i = 0; i < count; i++) {
		x[i] = positions[i];
		y[i] = values[i];
	}
	center_table(x, block_count, width);
	center_table(y, block_count, width);
	/* One mean a block and one a contender are spent; the line's own mean is among them. */
	line = series_fit_line(x, y, count, count == 0 ? 0 : block_count + width - 2);
	arena_free(&arena);
	return line;
}

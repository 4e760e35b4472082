/* SPDX-License-Identifier: MIT */
/* Trend, slope and memory of a series, and where it changed its level. */
#include "measure/series.h"

#include <math.h>
#include <string.h>
#include <sys/param.h>

#include "base/arena.h"
#include "base/doubles.h"
#include "base/random.h"
#include "measure/distribution.h"

enum { KENDALL_EXACT_LIMIT = 60 };

double series_median_slope(const double *values, size_t count)
{
	AUTO_ARENA struct arena arena = {0};
	size_t total = 0;
	double *slopes;

	if (count < 2)
		return NAN;
	slopes = arena_alloc_array(&arena, count * (count - 1) / 2, sizeof(*slopes));
	for (size_t i = 0; i < count; i++) {
		for (size_t j = i + 1; j < count; j++)
			slopes[total++] = (values[j] - values[i]) / (double)(j - i);
	}
	doubles_sort(slopes, total);
	return (slopes[(total - 1) / 2] + slopes[total / 2]) / 2;
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
	AUTO_ARENA struct arena arena = {0};
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
	AUTO_ARENA struct arena arena = {0};
	double *x = arena_alloc_array(&arena, count, sizeof(*x));
	double *y = arena_alloc_array(&arena, count, sizeof(*y));

	for (size_t i = 0; i < count; i++) {
		x[i] = positions[i];
		y[i] = values[i];
	}
	center_table(x, block_count, width);
	center_table(y, block_count, width);
	/* One mean a block and one a contender are spent; the line's own mean is among them. */
	return series_fit_line(x, y, count, count == 0 ? 0 : block_count + width - 2);
}

/* Beyond it a series of this length is no longer told from a wandering one. */
#define MEMORY_LIMIT 0.95

/* A squared t that 0.8 % of unchanged series of 50 independent values reach somewhere. */
#define PLAIN_STEP 16

const struct change_point_rule series_default_change_rule = {
	.level = 0.01,
	.smallest_step = 0.02,
	.permutations = 999,
	.seed = 1,
};

struct search {
	const double *values;
	const struct change_point_rule *rule;
	struct random random;
	double *innovations; /* scratch, as long as the series */
	double *rebuilt;
	double *sums; /* running sums of values and squares, one longer */
	double *squares;
	struct change_point *points;
	size_t point_count;
};

struct split {
	size_t index;
	double statistic; /* squared t */
};

/* Squared t of the values up to CHANGE_POINT_SIDE before and after `at`. */
static double split_statistic(const struct search *search, size_t count, size_t at)
{
	size_t start = at > CHANGE_POINT_SIDE ? at - CHANGE_POINT_SIDE : 0;
	size_t end = MIN(at + CHANGE_POINT_SIDE, count);
	double left_count = (double)(at - start);
	double right_count = (double)(end - at);
	double left = (search->sums[at] - search->sums[start]) / left_count;
	double right = (search->sums[end] - search->sums[at]) / right_count;
	double within = search->squares[end] - search->squares[start] - left_count * left * left -
			right_count * right * right;
	double variance =
		within / (left_count + right_count - 2) * (1 / left_count + 1 / right_count);
	double step = left - right;

	/* A constant series has neither step nor variance. */
	return step * step > 0 ? step * step / MAX(variance, 1e-300) : 0;
}

static struct split best_split(struct search *search, const double *values, size_t count)
{
	struct split best = {0};

	search->sums[0] = 0;
	search->squares[0] = 0;
	for (size_t i = 0; i < count; i++) {
		/* Around the first value: squares of large equal values would cancel. */
		double value = values[i] - values[0];

		search->sums[i + 1] = search->sums[i] + value;
		search->squares[i + 1] = search->squares[i] + value * value;
	}
	for (size_t i = CHANGE_POINT_MARGIN; i + CHANGE_POINT_MARGIN <= count; i++) {
		double statistic = split_statistic(search, count, i);

		if (statistic > best.statistic)
			best = (struct split){.index = i, .statistic = statistic};
	}
	return best;
}

/*
 * Lag-1 autocorrelation of the residuals, corrected for the means that were taken out of them:
 * each segment's costs about (1 + 3 phi) / n.
 */
static double memory_of(const double *residuals, size_t count, size_t segment_count)
{
	double n = (double)count;
	double spent = (double)segment_count;
	double squares = 0;
	double products = 0;

	for (size_t i = 0; i < count; i++) {
		squares += residuals[i] * residuals[i];
		if (i > 0)
			products += residuals[i] * residuals[i - 1];
	}
	if (!(squares > 0))
		return 0;
	return MIN(
		MAX((n * products / squares + spent) / MAX(n - 3 * spent, n / 2), 0), MEMORY_LIMIT);
}

/*
 * Takes the levels out wherever a step is plain to see, whatever the memory: a step that stayed
 * in would pass for memory, and hide itself and its neighbours. Returns the number of segments.
 */
static size_t take_levels_out(
	struct search *search, const double *values, size_t count, double *residuals)
{
	struct split split = best_split(search, values, count);
	double level;

	if (split.statistic > PLAIN_STEP)
		return take_levels_out(search, values, split.index, residuals) +
		       take_levels_out(search, values + split.index, count - split.index,
			       residuals + split.index);
	level = doubles_mean(values, count);
	for (size_t i = 0; i < count; i++)
		residuals[i] = values[i] - level;
	return 1;
}

/* Turns residuals into innovations, in place; the first is scaled to the others' spread. */
static void take_memory_out(double *residuals, size_t count, double memory)
{
	for (size_t i = count - 1; i > 0; i--)
		residuals[i] -= memory * residuals[i - 1];
	residuals[0] *= sqrt(1 - memory * memory);
}

static void put_memory_in(const double *innovations, double *values, size_t count, double memory)
{
	values[0] = innovations[0] / sqrt(1 - memory * memory);
	for (size_t i = 1; i < count; i++)
		values[i] = memory * values[i - 1] + innovations[i];
}

static void shuffle(struct random *random, double *values, size_t count)
{
	for (size_t i = count - 1; i > 0; i--) {
		size_t j = random_below(random, i + 1);
		double swapped = values[i];

		values[i] = values[j];
		values[j] = swapped;
	}
}

/* What is permuted: without memory the values themselves, which is exact, else innovations. */
static double prepare_innovations(struct search *search, const double *values, size_t count)
{
	double *residuals = search->innovations;
	size_t segment_count = take_levels_out(search, values, count, residuals);
	double memory = memory_of(residuals, count, segment_count);

	if (memory > 0)
		take_memory_out(residuals, count, memory);
	else
		memcpy(residuals, values, count * sizeof(*values));
	return memory;
}

/* Ends early, with a p above the level, once the split can no longer be believed. */
static double split_p(
	struct search *search, const double *values, size_t count, const struct split *split)
{
	double trials = search->rule->permutations + 1.0;
	double memory = prepare_innovations(search, values, count);
	unsigned exceeded = 1; /* by the series itself */

	for (unsigned i = 0; i < search->rule->permutations; i++) {
		shuffle(&search->random, search->innovations, count);
		put_memory_in(search->innovations, search->rebuilt, count, memory);
		if (best_split(search, search->rebuilt, count).statistic >= split->statistic)
			exceeded++;
		if (exceeded / trials > search->rule->level)
			break;
	}
	return exceeded / trials;
}

static void segment(struct search *search, size_t start, size_t end)
{
	const double *values = search->values + start;
	size_t count = end - start;
	struct split split;
	double p, step;

	if (count < 2 * CHANGE_POINT_MARGIN)
		return;
	split = best_split(search, values, count);
	if (split.statistic <= 0)
		return;
	step = doubles_mean(values, split.index) -
	       doubles_mean(values + split.index, count - split.index);
	if (fabs(step) < search->rule->smallest_step)
		return;
	p = split_p(search, values, count, &split);
	if (p > search->rule->level)
		return;
	segment(search, start, start + split.index);
	search->points[search->point_count++] = (struct change_point){
		.index = start + split.index,
		.p = p,
	};
	segment(search, start + split.index, end);
}

static void fill_levels(struct search *search, size_t count)
{
	for (size_t i = 0; i < search->point_count; i++) {
		struct change_point *point = &search->points[i];
		size_t start = i == 0 ? 0 : point[-1].index;
		size_t end = i + 1 == search->point_count ? count : point[1].index;

		point->before = doubles_mean(search->values + start, point->index - start);
		point->after = doubles_mean(search->values + point->index, end - point->index);
	}
}

size_t series_change_points(const double *values, size_t count,
	const struct change_point_rule *rule, struct change_point *points)
{
	AUTO_ARENA struct arena arena = {0};
	struct search search = {
		.values = values,
		.rule = rule,
		.innovations = arena_alloc_array(&arena, count, sizeof(double)),
		.rebuilt = arena_alloc_array(&arena, count, sizeof(double)),
		.sums = arena_alloc_array(&arena, count + 1, sizeof(double)),
		.squares = arena_alloc_array(&arena, count + 1, sizeof(double)),
		.points = points,
	};

	random_init(&search.random, rule->seed);
	segment(&search, 0, count);
	fill_levels(&search, count);
	return search.point_count;
}

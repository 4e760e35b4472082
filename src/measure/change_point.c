/* SPDX-License-Identifier: MIT */
/* Binary segmentation; p by permuting the innovations of a first-order autoregression. */
#include "measure/change_point.h"

#include <math.h>
#include <string.h>
#include <sys/param.h>

#include "base/arena.h"
#include "base/doubles.h"
#include "base/random.h"

/* Beyond it a series of this length is no longer told from a wandering one. */
#define MEMORY_LIMIT 0.95

/* A squared t that 0.8 % of unchanged series of 50 independent values reach somewhere. */
#define PLAIN_STEP 16

const struct change_point_rule change_point_default_rule = {
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

size_t change_point_find(const double *values, size_t count, const struct change_point_rule *rule,
	struct change_point *points)
{
	struct arena arena = {0};
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
	arena_free(&arena);
	return search.point_count;
}

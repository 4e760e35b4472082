/* SPDX-License-Identifier: MIT */
/* Steady or not: fio's rule, SNIA's, and what class a series is of. */
#include "measure/steady.h"

#include <math.h>
#include <string.h>

#include "base/doubles.h"
#include "measure/distribution.h"
#include "measure/series.h"

enum {
	PARTS = 16,         /* of a window */
	PERIODS = 3,        /* of a cycle, that a window must hold */
	CYCLE_POINTS = 256, /* a window is cut to before cycles are looked for */
	LEAST_VALUES = 10,  /* below that, nothing is told of a series */
	VALUE_LIMIT = 4096,
};

/* Two levels: they explain nearly all, each is there for a while, little lies between them. */
#define LEVELS_EXPLAIN 0.85
#define LEVEL_LEAST    0.1
#define LEVEL_GAP      0.2
#define BETWEEN_MOST   0.03

static uint64_t sum_of(const uint64_t *values, size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += values[i];
	return sum;
}

static double largest_distance(const uint64_t *values, size_t count, double mean)
{
	double largest = 0;

	for (size_t i = 0; i < count; i++)
		largest = fmax(largest, fabs((double)values[i] - mean));
	return largest;
}

/* Around the middle of both axes: exact where the plain sums would cancel. */
static double line_slope(const uint64_t *values, size_t count, double mean)
{
	double middle = ((double)count - 1) / 2;
	double squares = 0, products = 0;

	for (size_t i = 0; i < count; i++) {
		double x = (double)i - middle;

		squares += x * x;
		products += x * ((double)values[i] - mean);
	}
	return products / squares;
}

struct steady_judgement steady_judge(
	const struct steady_limit *limit, const uint64_t *window, size_t count)
{
	struct steady_judgement judgement = {0};
	uint64_t sum = sum_of(window, count);
	double mean = (double)sum / (double)count;
	double base = mean;

	if (limit->is_slope) {
		judgement.slope = line_slope(window, count, mean);
		judgement.criterion = judgement.slope;
		base = (double)(sum / count);
	} else {
		judgement.deviation = largest_distance(window, count, mean);
		judgement.criterion = judgement.deviation;
	}
	if (limit->is_percent)
		judgement.criterion = base > 0 ? 100 * judgement.criterion / base : NAN;
	judgement.is_attained = fabs(judgement.criterion) < limit->limit;
	return judgement;
}

static double range_of(const double *values, size_t count)
{
	double least = values[0], most = values[0];

	for (size_t i = 1; i < count; i++) {
		least = fmin(least, values[i]);
		most = fmax(most, values[i]);
	}
	return most - least;
}

struct steady_snia steady_judge_snia(const double rounds[STEADY_SNIA_ROUNDS])
{
	double mean = doubles_mean(rounds, STEADY_SNIA_ROUNDS);
	struct series_line line = series_fit_line(NULL, rounds, STEADY_SNIA_ROUNDS, 0);
	struct steady_snia verdict = {.range_share = NAN, .slope_share = NAN};

	if (mean <= 0)
		return verdict;
	verdict.range_share = range_of(rounds, STEADY_SNIA_ROUNDS) / mean;
	verdict.slope_share = line.slope * (STEADY_SNIA_ROUNDS - 1) / mean;
	verdict.is_steady = verdict.range_share <= 0.20 && fabs(verdict.slope_share) <= 0.10;
	return verdict;
}

/* Means of `parts` equal parts; count >= parts. */
static void cut(const double *values, size_t count, double *means, size_t parts)
{
	for (size_t i = 0; i < parts; i++) {
		size_t first = i * count / parts;
		size_t end = (i + 1) * count / parts;

		means[i] = doubles_mean(&values[first], end - first);
	}
}

struct steady_snia steady_judge_snia_series(const double *values, size_t count)
{
	double rounds[STEADY_SNIA_ROUNDS];

	if (count < STEADY_SNIA_ROUNDS)
		return (struct steady_snia){.range_share = NAN, .slope_share = NAN};
	cut(values, count, rounds, STEADY_SNIA_ROUNDS);
	return steady_judge_snia(rounds);
}

struct steady_drift steady_drift_of(const double *values, size_t count)
{
	size_t parts = count < PARTS ? count : PARTS;
	struct steady_drift drift = {.share = NAN, .error = NAN, .range_share = NAN};
	struct series_line line;
	double means[PARTS];

	drift.mean = count > 0 ? doubles_mean(values, count) : NAN;
	if (parts < 3 || !(drift.mean > 0))
		return drift;
	cut(values, count, means, parts);
	line = series_fit_line(NULL, means, parts, 0);
	drift.share = line.slope * (double)(parts - 1) / drift.mean;
	drift.error = distribution_t_quantile(0.95, line.freedom) * line.slope_error *
		      (double)(parts - 1) / drift.mean;
	drift.range_share = range_of(means, parts) / drift.mean;
	return drift;
}

/* Takes mean and trend out of the points. Returns the sum of squares that is left. */
static double flatten(double *points, size_t count)
{
	struct series_line line = series_fit_line(NULL, points, count, 0);
	double mean = doubles_mean(points, count);
	double squares = 0;

	for (size_t i = 0; i < count; i++) {
		points[i] -= mean + line.slope * ((double)i - ((double)count - 1) / 2);
		squares += points[i] * points[i];
	}
	return squares;
}

static double memory_at(const double *points, size_t count, size_t lag)
{
	double sum = 0;

	for (size_t i = lag; i < count; i++)
		sum += points[i] * points[i - lag];
	return sum;
}

/*
 * A cycle is a peak of the autocorrelation beyond its first fall below zero: before that it is
 * memory. Peaks that chance makes are of 3 / sqrt(n) at the most.
 */
double steady_period(const double *values, size_t count)
{
	size_t points = count < CYCLE_POINTS ? count : CYCLE_POINTS;
	double reduced[CYCLE_POINTS];
	double squares, strongest, period = 0;
	bool has_fallen = false;

	if (points < LEAST_VALUES)
		return 0;
	cut(values, count, reduced, points);
	squares = flatten(reduced, points);
	if (!(squares > 0))
		return 0;
	strongest = fmax(0.3, 3 / sqrt((double)points));
	for (size_t lag = 1; lag <= points / 2; lag++) {
		double memory = memory_at(reduced, points, lag) / squares;

		has_fallen = has_fallen || memory < 0;
		if (!has_fallen || memory <= strongest)
			continue;
		strongest = memory;
		period = (double)lag * (double)count / (double)points;
	}
	return period;
}

struct steady_rule steady_rule_of(bool writes, uint64_t range_bytes)
{
	return (struct steady_rule){
		.equivalence = 0.05,
		.range = 0.25,
		.passes_needed = 2,
		.least_s = writes ? 600 : 60,
		.work_bytes = writes ? 2 * range_bytes : 0,
	};
}

/* Proven to drift little, within bounds, and longer than a few cycles. */
bool steady_is_level(const double *values, size_t count, const struct steady_drift *drift,
	const struct steady_rule *rule)
{
	return fabs(drift->share) + drift->error <= rule->equivalence &&
	       drift->range_share <= rule->range &&
	       steady_period(values, count) * PERIODS <= (double)count;
}

/* Where sorted values part best in two: how much of their variance that explains. */
static double part_in_two(const double *sorted, size_t count, size_t *low_count)
{
	double mean = doubles_mean(sorted, count);
	double total = 0, below = 0, best = 0;

	for (size_t i = 0; i < count; i++)
		total += (sorted[i] - mean) * (sorted[i] - mean);
	for (size_t i = 0; i + 1 < count; i++) {
		double n = (double)(i + 1), rest = (double)(count - i - 1);
		double between;

		below += sorted[i] - mean;
		between = below * below * (1 / n + 1 / rest);
		if (between <= best)
			continue;
		best = between;
		*low_count = i + 1;
	}
	return total > 0 ? best / total : 0;
}

static bool has_two_levels(const double *sorted, size_t count, struct steady_state *state)
{
	size_t low_count = 0, between = 0;
	double explained = part_in_two(sorted, count, &low_count);
	double gap;

	if (explained < LEVELS_EXPLAIN)
		return false;
	state->low = doubles_mean(sorted, low_count);
	state->high = doubles_mean(&sorted[low_count], count - low_count);
	state->low_share = (double)low_count / (double)count;
	gap = state->high - state->low;
	for (size_t i = 0; i < count; i++)
		between += sorted[i] > state->low + gap / 3 && sorted[i] < state->high - gap / 3;
	return fmin(state->low_share, 1 - state->low_share) >= LEVEL_LEAST &&
	       gap >= LEVEL_GAP * state->drift.mean &&
	       (double)between <= BETWEEN_MOST * (double)count;
}

struct steady_state steady_classify(const double *values, size_t count, double interval_s,
	const struct steady_rule *rule, bool has_worked)
{
	struct steady_state state = {.drift = steady_drift_of(values, count),
		.drift_per_minute = NAN,
		.snia = steady_judge_snia_series(values, count)};
	double minutes = (double)count * interval_s / 60;
	double share = fabs(state.drift.share), error = state.drift.error;
	double sorted[VALUE_LIMIT];

	if (count < LEAST_VALUES || count > VALUE_LIMIT || !(state.drift.mean > 0))
		return state;
	state.drift_per_minute = state.drift.share / minutes;
	memcpy(sorted, values, count * sizeof(*values));
	doubles_sort(sorted, count);
	if (has_two_levels(sorted, count, &state)) {
		state.class = STEADY_BIMODAL;
		return state;
	}
	state.low = state.high = state.low_share = 0;
	if (share > rule->equivalence && share > 2 * error)
		state.class = STEADY_DRIFTING;
	else if (has_worked && minutes * 60 >= rule->least_s &&
		 steady_is_level(values, count, &state.drift, rule))
		state.class = STEADY_STEADY;
	return state;
}

const char *steady_class_name(enum steady_class class)
{
	static const char *const names[] = {
		[STEADY_UNTOLD] = "too-short",
		[STEADY_STEADY] = "steady",
		[STEADY_DRIFTING] = "drifting",
		[STEADY_BIMODAL] = "bimodal",
	};

	return names[class];
}

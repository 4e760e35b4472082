/* SPDX-License-Identifier: MIT */
/* Curves, and what follows from their trials. */
#include "curve/curve.h"

#include <math.h>
#include <string.h>

#include "base/version.h"
#include "curve/knee.h"
#include "measure/estimate.h"
#include "measure/jackknife.h"

enum { FIRST_TRIALS = 8 };

#define ALPHA         0.05
#define SAMPLES_ABOVE 10.0 /* a percentile that is known has so many I/Os beyond it */
#define PERCENT       100.0

void curve_init(struct curve *curve)
{
	*curve = (struct curve){
		.version = version_number,
		.git = version_git,
		.compiler = version_compiler,
	};
}

void curve_free(struct curve *curve)
{
	arena_free(&curve->arena);
	*curve = (struct curve){0};
}

struct curve_trial *curve_add_trial(struct curve *curve, struct curve_point *point)
{
	if (point->trial_count == point->trial_limit) {
		size_t limit = point->trial_limit ? 2 * point->trial_limit : FIRST_TRIALS;
		struct curve_trial *trials =
			arena_alloc_array(&curve->arena, limit, sizeof(*trials));

		if (point->trial_count > 0)
			memcpy(trials, point->trials, point->trial_count * sizeof(*trials));
		point->trials = trials;
		point->trial_limit = limit;
	}
	return &point->trials[point->trial_count++];
}

static struct curve_level latency_level(
	const struct curve_point *point, const struct curve_figure *figure, struct arena *arena)
{
	const struct histogram **parts =
		arena_alloc_array(arena, point->trial_count, sizeof(*parts));
	struct jackknife jackknife;
	size_t count = 0;

	for (size_t i = 0; i < point->trial_count; i++) {
		if (point->trials[i].counts && point->trials[i].samples)
			parts[count++] = &point->trials[i].samples->sources[figure->source];
	}
	jackknife = jackknife_latency(parts, count, figure->percent, ALPHA);
	return (struct curve_level){jackknife.value, jackknife.lo, jackknife.hi};
}

static struct curve_level mean_level(
	const struct curve_point *point, enum curve_value value, struct arena *arena)
{
	double *values = arena_alloc_array(arena, point->trial_count, sizeof(*values));
	struct estimate estimate;
	size_t count = 0;

	for (size_t i = 0; i < point->trial_count; i++) {
		if (point->trials[i].counts && !isnan(point->trials[i].values[value]))
			values[count++] = point->trials[i].values[value];
	}
	estimate = estimate_mean(values, count, ALPHA);
	if (count < ESTIMATE_COUNT_FOR_INTERVAL)
		return (struct curve_level){estimate.value, NAN, NAN};
	return (struct curve_level){estimate.value, fmax(0, estimate.lo), estimate.hi};
}

static void sum_trials(struct curve_point *point)
{
	point->window_s = point->ios = 0;
	for (size_t i = 0; i < point->trial_count; i++) {
		const struct curve_trial *trial = &point->trials[i];

		if (!trial->counts)
			continue;
		point->window_s += trial->window_s;
		point->ios += trial->values[CURVE_ACHIEVED] * trial->window_s;
	}
}

void curve_judge_point(struct curve_point *point, bool is_poisson)
{
	struct saturation_view view;
	struct arena arena = {0};

	sum_trials(point);
	for (int v = 0; v < CURVE_VALUE_COUNT; v++) {
		const struct curve_figure *figure = &curve_figures[v];

		point->levels[v] = figure->source == CURVE_SCALAR
					   ? mean_level(point, (enum curve_value)v, &arena)
					   : latency_level(point, figure, &arena);
	}
	view = (struct saturation_view){
		.offered = point->offered,
		.window_s = point->window_s,
		.done = point->ios,
		.is_poisson = is_poisson,
		.p99_ns = point->levels[CURVE_P99].value,
		.lag_p99_ns = point->levels[CURVE_LAG_P99].value,
		.service_max_ns = point->levels[CURVE_SERVICE_MAX].value,
		.full_share = point->levels[CURVE_FULL_SHARE].value,
		.taken = point->levels[CURVE_TAKEN].value,
		.busy = point->levels[CURVE_BUSY].value,
	};
	point->is_saturated = saturation_is(&view);
	point->cause = saturation_find(&view);
	arena_free(&arena);
}

static void find_knee(struct curve_line *line)
{
	struct arena arena = {0};
	struct knee_point *points = arena_alloc_array(&arena, line->point_count, sizeof(*points));
	struct knee knee;

	for (size_t i = 0; i < line->point_count; i++) {
		const struct curve_point *point = &line->points[i];
		const struct curve_level *p99 = &point->levels[CURVE_P99];
		bool is_known = point->window_s > 0 && !curve_is_thin(point, CURVE_P99);

		points[i] = (struct knee_point){
			point->offered,
			is_known ? p99->value : NAN,
			is_known ? p99->lo : NAN,
			is_known ? p99->hi : NAN,
		};
	}
	knee = knee_find(points, line->point_count);
	line->knee.least_ns = knee.least;
	line->knee.load = (struct curve_level){knee.load, knee.lo, knee.hi};
	arena_free(&arena);
}

void curve_judge(struct curve *curve)
{
	for (size_t l = 0; l < curve->line_count; l++) {
		struct curve_line *line = &curve->lines[l];

		for (size_t i = 0; i < line->point_count; i++)
			curve_judge_point(&line->points[i], curve->is_poisson);
		for (size_t i = 0; i < line->slo.test_count; i++)
			curve_judge_point(&line->slo.tests[i], curve->is_poisson);
		find_knee(line);
	}
}

const struct curve_point *curve_saturated_from(const struct curve_line *line)
{
	const struct curve_point *first = NULL;

	for (size_t i = line->point_count; i-- > 0;) {
		if (line->points[i].window_s <= 0)
			continue;
		if (!line->points[i].is_saturated)
			break;
		first = &line->points[i];
	}
	return first;
}

bool curve_is_thin(const struct curve_point *point, enum curve_value value)
{
	double percent = curve_figures[value].percent;

	if (curve_figures[value].source == CURVE_SCALAR || isnan(percent) || percent >= PERCENT)
		return false;
	return point->ios * (1 - percent / PERCENT) < SAMPLES_ABOVE;
}

/* SPDX-License-Identifier: MIT */
/*
 * A curve as if it had been measured: lines `fast` and `slow`, loads of 1000, 2000 and 3000 a
 * second, three trials each. `slow` does 2500; at each load its latency is twice that of `fast`.
 */
#ifndef TESTS_SAMPLE_CURVE_H
#define TESTS_SAMPLE_CURVE_H

#include "curve/curve.h"
#include "test.h"

enum { SAMPLE_POINTS = 3, SAMPLE_TRIALS = 3 };

static inline void sample_trial(
	struct curve *curve, struct curve_point *point, double done, double scale)
{
	struct curve_trial *trial = curve_add_trial(curve, point);
	struct curve_samples *samples = ARENA_NEW(&curve->arena, struct curve_samples);
	uint64_t count = (uint64_t)done;

	*trial = (struct curve_trial){
		.block = point->trial_count - 1,
		.seed = 7 + point->trial_count,
		.window_s = 1,
		.counts = true,
		.samples = samples,
	};
	for (int s = 0; s < CURVE_SOURCE_COUNT; s++) {
		if (s == CURVE_WRITES)
			continue;
		histogram_record(&samples->sources[s], (uint64_t)(1e5 * scale), count * 98 / 100);
		histogram_record(
			&samples->sources[s], (uint64_t)(1e6 * scale), count - count * 98 / 100);
	}
	for (int v = 0; v < CURVE_VALUE_COUNT; v++)
		trial->values[v] = 0.25 + 0.01 * (double)point->trial_count;
	trial->values[CURVE_ACHIEVED] = done;
	trial->values[CURVE_CPU_PER_IO] = 2500;
	trial->values[CURVE_DEPTH] = 0.5;
	trial->values[CURVE_TAKEN] = 0.9;
	trial->values[CURVE_FULL_SHARE] = 1;
}

static inline void sample_line(struct curve *curve, size_t l, const char *name, double most)
{
	const struct curve_level unknown = {NAN, NAN, NAN};
	struct curve_line *line = &curve->lines[l];

	*line = (struct curve_line){
		.name = name,
		.engine = "psync",
		.summary = "randread 4k, direct, data.bin",
		.numjobs = 1,
		.depth = 1,
		.read_percent = NAN,
		.most = {most, most - 10, most + 10},
		.most_p99 = {3e5, 2.9e5, 3.1e5},
		.knee = {NAN, unknown},
		.slo = {.load = unknown},
		.point_count = SAMPLE_POINTS,
		.points = arena_alloc_array(&curve->arena, SAMPLE_POINTS, sizeof(*line->points)),
	};
	for (size_t i = 0; i < SAMPLE_POINTS; i++) {
		double offered = 1000.0 * (double)(i + 1);
		double scale = pow(4, (double)i) * (l == 0 ? 1 : 2);

		line->points[i].offered = offered;
		for (int t = 0; t < SAMPLE_TRIALS; t++)
			sample_trial(curve, &line->points[i], fmin(offered, most),
				scale * (1 + 0.01 * t));
	}
}

static inline void sample_curve(struct curve *curve)
{
	static const char *arguments[] = {"my.job", "--slo=p99=2ms"};

	curve_init(curve);
	curve->argument_count = 2;
	curve->arguments = arguments;
	curve->seed = 42;
	curve->trial_s = 1;
	curve->ramp_s = 0.25;
	curve->block_count = curve->blocks_asked = SAMPLE_TRIALS;
	curve->is_poisson = true;
	curve->line_count = 2;
	curve->lines = arena_alloc_array(&curve->arena, 2, sizeof(*curve->lines));
	sample_line(curve, 0, "fast", 3200);
	sample_line(curve, 1, "slow", 2500);
	curve->has_slo = true;
	curve->slo = (struct slo){CURVE_P99, 2e6};
	curve->lines[0].slo.answer = SLO_FOUND;
	curve->lines[0].slo.load = (struct curve_level){1500, 1450, 1550};
	curve->lines[1].slo.answer = SLO_NONE;
	curve->lines[1].slo.load = (struct curve_level){500, 0, 1000};
	curve_judge(curve);
}

#endif

/* SPDX-License-Identifier: MIT */
/* From intervals to figures, and to what they show. */
#include "result/series_state.h"

/* I/Os a second, or, of a job whose rate is given, their mean latency. */
static double figure_of(const struct result_interval *interval, bool is_paced)
{
	uint64_t ios = 0, timed = 0;
	double sum_ns = 0;

	for (int d = 0; d < DATA_DIRECTION_COUNT; d++) {
		const struct result_interval_direction *direction = &interval->directions[d];

		ios += direction->ios;
		timed += direction->lat.summary.count;
		sum_ns += direction->lat.summary.sum_ns;
	}
	if (is_paced)
		return timed > 0 ? sum_ns / (double)timed : 0;
	return (double)ios * 1e9 / (double)interval->duration_ns;
}

static size_t list_figures(const struct result_series *series, bool is_paced, double *values)
{
	size_t count = 0;

	for (size_t i = 0; i < series->count; i++) {
		if (series->intervals[i].duration_ns == series->interval_ns)
			values[count++] = figure_of(&series->intervals[i], is_paced);
	}
	return count;
}

void series_state_classify(struct result_state *state, const struct result_series *series,
	const struct steady_rule *rule, struct arena *arena)
{
	double *values = arena_alloc_array(arena, series->count, sizeof(*values));
	double interval_s = (double)series->interval_ns / 1e9;
	size_t count = list_figures(series, state->is_of_latency, values);
	struct steady_state found;

	state->measured_s = (double)count * interval_s;
	state->least_s = rule->least_s;
	found = steady_classify(values, count, interval_s, rule, state->has_worked);
	state->class = found.class;
	state->drift_per_minute = found.drift_per_minute;
	state->drift_error = found.drift.error * 60 / state->measured_s;
	state->low = found.low;
	state->high = found.high;
	state->low_share = found.low_share;
	state->snia_range_share = found.snia.range_share;
	state->snia_slope_share = found.snia.slope_share;
	state->is_snia_steady = found.snia.is_steady;
}

/* SPDX-License-Identifier: MIT */
/* Scales of metrics, and the table of what gates mind by default. */
#include "verdict/metric.h"

#include <math.h>
#include <sys/param.h>

/* Fewer I/Os beyond a percentile than this make it a matter of luck. */
#define TAIL_COUNT 30

static const struct metric_gate gates[METRIC_CLASS_COUNT] = {
	[METRIC_FAULTS] = {.is_gated = true, .is_exact = true},
	[METRIC_COUNTS] = {.threshold = 0.02, .absolute = 0.02, .is_gated = true, .is_exact = true},
	[METRIC_CPU] = {.threshold = 0.05, .is_gated = true},
	[METRIC_INSTRUCTIONS] = {.threshold = 0.03, .is_gated = true},
	[METRIC_RATE] = {.threshold = 0.05, .is_gated = true},
	[METRIC_TYPICAL] = {.threshold = 0.05, .is_gated = true},
	[METRIC_TAIL] = {.threshold = 0.10, .is_gated = true, .tail_count = TAIL_COUNT},
	[METRIC_FAR_TAIL] = {.threshold = 0.20, .tail_count = TAIL_COUNT},
	[METRIC_EXTREME] = {.threshold = INFINITY},
	[METRIC_SWITCHES] = {.threshold = 0.10, .absolute = 0.05},
	[METRIC_STALLS] = {.absolute = 0.10, .is_gated = true},
};

const struct metric_gate *metric_gate_of(enum metric_class class)
{
	return &gates[class];
}

double metric_scaled(const struct metric *metric, double value)
{
	if (!isfinite(value))
		return NAN;
	if (metric->scale == METRIC_DIFFERENCE)
		return value;
	return value > 0 ? log(value) : NAN;
}

double metric_effect(const struct metric *metric, double difference)
{
	return metric->scale == METRIC_RATIO ? expm1(difference) : difference;
}

double metric_difference(const struct metric *metric, double effect)
{
	return metric->scale == METRIC_RATIO ? log1p(effect) : effect;
}

double metric_level(const struct metric *metric, double scaled)
{
	return metric->scale == METRIC_RATIO ? exp(scaled) : scaled;
}

double metric_direction(const struct metric *metric)
{
	return metric->sense == METRIC_HIGHER_IS_BETTER ? 1 : -1;
}

double metric_margin(const struct metric *metric, double fraction, double reference_level)
{
	if (metric->scale == METRIC_RATIO)
		return fraction;
	return MAX(fraction * fabs(reference_level), gates[metric->class].absolute);
}

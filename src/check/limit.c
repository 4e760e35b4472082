/* SPDX-License-Identifier: MIT */
/* Thresholds and assertions. */
#include "check/judge.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"

#define PERCENT_LIMIT 1000.0

/* A metric that ends the name: the gate's own, or a more general one of the same kind. */
static const struct metric *metric_of(const char *name)
{
	size_t length = strlen(name);

	for (int v = 0; v < VALUE_COUNT; v++) {
		const struct metric *metric = &trial_value_metrics[v];
		size_t own = strlen(metric->name);

		if (own <= length && strcmp(name + length - own, metric->name) == 0 &&
			(own == length || name[length - own - 1] == '.'))
			return metric;
	}
	return NULL;
}

static int check_metric(const char *text, const char *name, double fraction, struct diag *diag)
{
	const struct metric *metric = metric_of(name);

	if (!metric) {
		diag_error(diag, NULL, "--threshold=%s: there is no metric '%s'", text, name);
		diag_hint(diag, "a metric such as read.iops, read.lat.p99, cpu_ns_per_io; or "
				"JOB.read.iops");
		return -EINVAL;
	}
	if (metric->class == METRIC_EXTREME || metric->class == METRIC_FAULTS) {
		diag_error(diag, NULL, "--threshold=%s: %s is %s", text, metric->name,
			metric->class == METRIC_FAULTS ? "an error wherever it is not 0"
						       : "never judged");
		return -EINVAL;
	}
	if (metric->sense == METRIC_HIGHER_IS_BETTER && fraction >= 1) {
		diag_error(diag, NULL,
			"--threshold=%s: a loss of 100 %% or more can never be reached", text);
		return -EINVAL;
	}
	return 0;
}

int limit_parse_threshold(const char *text, struct baseline_threshold *threshold,
	struct arena *arena, struct diag *diag)
{
	const char *equals = strrchr(text, '=');
	size_t length = equals ? strlen(equals + 1) : 0;
	const char *problem;
	double percent;

	if (!equals || equals == text || length < 2 || equals[length] != '%') {
		diag_error(diag, NULL, "--threshold=%s: a threshold is METRIC=PERCENT%%", text);
		diag_hint(diag, "--threshold=read.iops=3%%");
		return -EINVAL;
	}
	if (units_parse_double(arena_strndup(arena, equals + 1, length - 1), &percent, &problem) !=
		0) {
		diag_error(diag, NULL, "--threshold=%s: %s", text, problem);
		return -EINVAL;
	}
	if (!(percent >= 0 && percent <= PERCENT_LIMIT)) {
		diag_error(diag, NULL, "--threshold=%s: not from 0 to 1000 percent", text);
		return -EINVAL;
	}
	threshold->name = arena_strndup(arena, text, (size_t)(equals - text));
	threshold->fraction = percent / 100;
	return check_metric(text, threshold->name, threshold->fraction, diag);
}

bool limit_names_gate(const char *threshold, const char *contender, const char *metric)
{
	size_t length = strlen(contender);

	if (strcmp(threshold, metric) == 0)
		return true;
	return strncmp(threshold, contender, length) == 0 && threshold[length] == '.' &&
	       strcmp(threshold + length + 1, metric) == 0;
}

static double smallest_of(const struct baseline_threshold *thresholds, size_t count, double least)
{
	for (size_t i = 0; i < count; i++) {
		const struct metric *metric = metric_of(thresholds[i].name);

		if (metric && metric->scale == METRIC_RATIO)
			least = fmin(least, thresholds[i].fraction);
	}
	return least;
}

double limit_smallest(const struct judge_settings *settings, const struct baseline *baseline)
{
	double least = metric_gate_of(METRIC_RATE)->threshold;

	if (baseline)
		least = smallest_of(baseline->thresholds, baseline->threshold_count, least);
	return smallest_of(settings->thresholds, settings->threshold_count, least);
}

int limit_resolve_assertions(const struct job_assertions *parsed, const char *contender,
	const struct place *place, struct assertion *assertions, struct diag *diag)
{
	int error = 0;

	for (size_t i = 0; i < parsed->count; i++) {
		const struct job_assertion *from = &parsed->items[i];
		enum trial_value metric = trial_value_find(from->metric);
		struct text_guess guess = {.name = from->metric};

		assertions[i] = (struct assertion){
			.contender = contender,
			.metric = metric,
			.relation = from->is_at_least ? GATE_AT_LEAST : GATE_AT_MOST,
			.limit = from->limit,
		};
		if (metric != VALUE_COUNT)
			continue;
		diag_error(diag, place, "assert: there is no metric '%s'", from->metric);
		for (int v = 0; v < VALUE_COUNT; v++)
			text_guess(&guess, trial_value_metrics[v].name);
		if (guess.nearest)
			diag_hint(diag, "did you mean '%s'?", guess.nearest);
		error = -EINVAL;
	}
	return error;
}

/* SPDX-License-Identifier: MIT */
/* Sessions of a baseline: window and anchor, their means and their noise. */
#include "check/baseline.h"

#include <math.h>
#include <string.h>

#include "base/version.h"
#include "verdict/regress.h"

void baseline_init(struct baseline *baseline)
{
	*baseline = (struct baseline){.window = BASELINE_WINDOW};
	baseline->tool =
		arena_printf(&baseline->arena, "ringside %s (%s)", version_number, version_git);
}

void baseline_free(struct baseline *baseline)
{
	arena_free(&baseline->arena);
	*baseline = (struct baseline){0};
}

bool baseline_is_in_window(const struct baseline *baseline, size_t session)
{
	return baseline->session_count - session <= baseline->window;
}

void baseline_add(struct baseline *baseline, const struct sample *sample, bool is_anchor)
{
	size_t count = baseline->session_count;
	struct baseline_session *sessions =
		arena_alloc_array(&baseline->arena, count + 1, sizeof(*sessions));
	size_t kept = 0;

	if (count > 0)
		memcpy(sessions, baseline->sessions, count * sizeof(*sessions));
	sessions[count] = (struct baseline_session){.sample = *sample, .is_anchor = is_anchor};
	baseline->sessions = sessions;
	baseline->session_count = count + 1;
	for (size_t i = 0; i < count + 1; i++) {
		if (sessions[i].is_anchor || baseline_is_in_window(baseline, i))
			sessions[kept++] = sessions[i];
	}
	baseline->session_count = kept;
}

bool baseline_has(const struct baseline *baseline, const struct sample *sample)
{
	for (size_t i = 0; i < baseline->session_count; i++) {
		if (sample_is_same(&baseline->sessions[i].sample, sample))
			return true;
	}
	return false;
}

const struct sample *baseline_newest(const struct baseline *baseline)
{
	if (baseline->session_count == 0)
		return NULL;
	return &baseline->sessions[baseline->session_count - 1].sample;
}

struct session_spread {
	size_t count;
	double mean;
	double squares; /* around it */
};

static struct session_spread spread_of(const struct sample *sample, const char *arm,
	const char *reference, enum trial_value metric)
{
	const struct sample_arm *own = sample_find_arm(sample, arm);
	const struct sample_arm *other = reference ? sample_find_arm(sample, reference) : NULL;
	struct session_spread spread = {.mean = NAN};
	struct arena arena = {0};
	double *values;
	double sum = 0;

	if (!own || (reference && !other))
		return spread;
	values = arena_alloc_array(&arena, sample->block_count, sizeof(*values));
	spread.count = sample_values(sample, own, other, metric, values);
	for (size_t i = 0; i < spread.count; i++)
		sum += values[i];
	if (spread.count > 0)
		spread.mean = sum / (double)spread.count;
	for (size_t i = 0; i < spread.count; i++)
		spread.squares += (values[i] - spread.mean) * (values[i] - spread.mean);
	arena_free(&arena);
	return spread;
}

size_t baseline_means(const struct baseline *baseline, bool is_anchor, const char *arm,
	const char *reference, enum trial_value metric, double *means)
{
	size_t count = 0;

	for (size_t i = 0; i < baseline->session_count; i++) {
		const struct baseline_session *session = &baseline->sessions[i];
		struct session_spread spread;

		if (is_anchor ? !session->is_anchor : !baseline_is_in_window(baseline, i))
			continue;
		spread = spread_of(&session->sample, arm, reference, metric);
		if (spread.count > 0)
			means[count++] = spread.mean;
	}
	return count;
}

struct baseline_noise baseline_noise_of(const struct baseline *baseline, const char *arm,
	const char *reference, enum trial_value metric)
{
	struct baseline_noise noise = {.within = NAN, .between = NAN, .smallest_loss = NAN};
	const struct metric *kind = &trial_value_metrics[metric];
	struct regress_evidence evidence;
	double squares = 0, freedom = 0, sum = 0;
	struct arena arena = {0};
	double *means = arena_alloc_array(&arena, baseline->session_count, sizeof(*means));
	size_t count = baseline_means(baseline, false, arm, reference, metric, means);

	noise.session_count = count;
	for (size_t i = 0; i < baseline->session_count; i++) {
		struct session_spread spread =
			spread_of(&baseline->sessions[i].sample, arm, reference, metric);

		if (spread.count == 0 || !baseline_is_in_window(baseline, i))
			continue;
		squares += spread.squares;
		freedom += (double)spread.count - 1;
	}
	if (freedom > 0)
		noise.within = sqrt(squares / freedom);
	squares = 0;
	for (size_t i = 0; i < count; i++)
		sum += means[i];
	for (size_t i = 0; i < count; i++)
		squares += (means[i] - sum / (double)count) * (means[i] - sum / (double)count);
	if (count > 1)
		noise.between = sqrt(squares / (double)(count - 1));
	if (count > 0) {
		/* The width of the evidence does not depend on what today's figure will be. */
		evidence = regress_from_sessions(kind, means, count, means, 1,
			&prediction_default_prior, INFINITY, 0, &regress_rule_default);
		noise.smallest_loss = regress_loss(kind, evidence.smallest_effect);
	}
	arena_free(&arena);
	return noise;
}

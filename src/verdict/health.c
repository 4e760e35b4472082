/* SPDX-License-Identifier: MIT */
/* Drift, order effect, memory, repeated slots and short ramps of one session. */
#include "verdict/health.h"

#include <math.h>

#include "base/arena.h"
#include "measure/series.h"

#define ORDER_LIMIT        0.02
#define ORDER_P_LIMIT      0.01
#define EARLY_EXCESS_LIMIT 0.05
#define MEMORY_BLOCKS      10

/* The blocks in which nobody who still runs is missing, as a table without gaps. */
struct whole_blocks {
	size_t count;
	size_t width;
	double *values;
	unsigned *positions;
};

static bool copy_block(const struct session *session, size_t block, struct whole_blocks *whole)
{
	size_t at = whole->count * whole->width;

	for (size_t c = 0; c < session->contender_count; c++) {
		double value;

		if (session->contenders[c].problem)
			continue;
		value = session_value(session, session->primary, block, c);
		if (isnan(value))
			return false;
		whole->values[at] = value;
		whole->positions[at++] = session_trial(session, block, c)->position;
	}
	return true;
}

static struct whole_blocks collect_whole(const struct session *session, struct arena *arena)
{
	size_t room = session->block_count * session->contender_count;
	struct whole_blocks whole = {
		.values = arena_alloc_array(arena, room, sizeof(double)),
		.positions = arena_alloc_array(arena, room, sizeof(unsigned)),
	};

	for (size_t c = 0; c < session->contender_count; c++)
		whole.width += session->contenders[c].problem == NULL;
	for (size_t b = 0; b < session->block_count; b++)
		whole.count += copy_block(session, b, &whole);
	return whole;
}

static void judge_drift(const struct metric *metric, const struct whole_blocks *whole,
	struct health *health, struct arena *arena)
{
	double *means = arena_alloc_array(arena, whole->count, sizeof(*means));

	for (size_t b = 0; b < whole->count; b++) {
		for (size_t i = 0; i < whole->width; i++)
			means[b] += whole->values[b * whole->width + i] / (double)whole->width;
	}
	health->drift = series_median_slope(means, whole->count) * ((double)whole->count - 1);
	health->drift_p = series_trend_p(means, whole->count);
	if (metric->scale == METRIC_RATIO &&
		fabs(metric_effect(metric, health->drift)) > HEALTH_DRIFT_LIMIT)
		health->flags |= HEALTH_DRIFTS;
}

static void judge_order(
	const struct metric *metric, const struct whole_blocks *whole, struct health *health)
{
	struct series_line line =
		series_position_effect(whole->values, whole->positions, whole->count, whole->width);

	health->order_effect = line.slope * ((double)whole->width - 1);
	health->order_p = line.p;
	if (metric->scale == METRIC_RATIO && health->order_p < ORDER_P_LIMIT &&
		fabs(metric_effect(metric, health->order_effect)) > ORDER_LIMIT)
		health->flags |= HEALTH_ORDER_MATTERS;
}

static void judge_memory(const struct session *session, struct health *health, struct arena *arena)
{
	double *differences = arena_alloc_array(arena, session->block_count, sizeof(double));

	for (size_t c = 0; c < session->contender_count; c++) {
		size_t count;
		double memory;

		if (c == session->reference)
			continue;
		count = session_differences(
			session, session->primary, c, session->reference, differences);
		memory = series_autocorrelation(differences, count);
		if (count < MEMORY_BLOCKS || (health->memory_contender != SESSION_NONE &&
						     fabs(memory) <= fabs(health->memory)))
			continue;
		health->memory = memory;
		health->memory_contender = c;
		if (fabs(memory) > 2 / sqrt((double)count))
			health->flags |= HEALTH_REMEMBERS;
	}
}

static void count_slots(const struct session *session, struct health *health)
{
	for (size_t i = 0; i < session->block_count * session->contender_count; i++) {
		const struct trial *trial = session->trials[i];

		health->slot_count += trial != NULL;
		health->repeated_count += trial && trial->attempt > 1;
	}
	if ((double)health->repeated_count > HEALTH_REPEATED_SHARE * (double)health->slot_count)
		health->flags |= HEALTH_IS_DISTURBED;
}

static bool has_short_ramp(const struct session *session, size_t contender)
{
	size_t known = 0;
	size_t unlike = 0;

	for (size_t b = 0; b < session->block_count; b++) {
		const struct trial *trial = session_trial(session, b, contender);

		if (!trial || !trial->counts || isnan(trial->early_excess))
			continue;
		known++;
		unlike += fabs(trial->early_excess) > EARLY_EXCESS_LIMIT;
	}
	return 2 * unlike > known;
}

void health_judge(const struct session *session, struct health *health)
{
	const struct metric *metric = &session->metrics[session->primary];
	struct arena arena = {0};
	struct whole_blocks whole = collect_whole(session, &arena);

	*health = (struct health){
		.memory = NAN,
		.memory_contender = SESSION_NONE,
		.short_ramp_contender = SESSION_NONE,
	};
	judge_drift(metric, &whole, health, &arena);
	judge_order(metric, &whole, health);
	judge_memory(session, health, &arena);
	count_slots(session, health);
	for (size_t c = 0; c < session->contender_count; c++) {
		if (has_short_ramp(session, c)) {
			health->flags |= HEALTH_RAMP_IS_SHORT;
			health->short_ramp_contender = c;
			break;
		}
	}
	arena_free(&arena);
}

/* SPDX-License-Identifier: MIT */
/* Sessions out of comparisons. */
#include <math.h>
#include <string.h>

#include "check/sample.h"
#include "measure/estimate.h"
#include "verdict/health.h"
#include "verdict/regress.h"
#include "verdict/session.h"

static const char *copy(struct arena *arena, const char *text)
{
	return text ? arena_strdup(arena, text) : NULL;
}

/* The control's ratio on the primary metric, with the bounds that a gate would have. */
static void take_control(
	struct sample *sample, const struct record_point *point, size_t first_block)
{
	struct arena arena = {0};
	struct session session;
	struct estimate e;
	double *differences;
	size_t count;

	if (point->control == SESSION_NONE || point->reference == SESSION_NONE ||
		trial_value_metrics[point->primary].scale != METRIC_RATIO)
		return;
	record_session(point, &arena, &session);
	session.trials += first_block * session.contender_count;
	session.block_count -= first_block;
	differences = arena_alloc_array(&arena, point->block_count, sizeof(*differences));
	count = session_differences(
		&session, point->primary, point->control, point->reference, differences);
	e = estimate_paired(differences, count, 2 * regress_rule_default.alpha, 1);
	if (!isnan(estimate_half_width(&e))) {
		sample->control.is_known = true;
		sample->control.ratio = exp(e.value);
		sample->control.lo = exp(e.lo);
		sample->control.hi = exp(e.hi);
	}
	arena_free(&arena);
}

static void take_trials(struct sample *sample, const struct record_point *point, size_t first_block,
	const size_t *arm_of, struct arena *arena)
{
	for (size_t i = 0; i < point->trial_count; i++) {
		const struct trial *from = &point->trials[i];
		struct sample_trial *into;

		if (from->block < first_block)
			continue;
		sample->slot_count += from->attempt == 1;
		sample->repeated_count += from->attempt == 2;
		sample->disturbed_count += from->counts && from->causes != 0;
		if (from->causes != 0 && !sample->disturbance)
			sample->disturbance = copy(arena, from->problem);
		if (!from->counts || arm_of[from->contender] == SESSION_NONE)
			continue;
		into = &sample->arms[arm_of[from->contender]].trials[from->block - first_block];
		into->is_valid = true;
		into->window_s = from->window_s;
		memcpy(into->values, from->values, sizeof(into->values));
	}
}

static double sum_of(const struct sample *sample, const struct sample_arm *arm, enum trial_value v)
{
	double sum = 0;

	for (size_t b = 0; b < sample->block_count; b++) {
		if (arm->trials[b].values[v] > 0)
			sum += arm->trials[b].values[v];
	}
	return sum;
}

static void find_errors(struct sample *sample, struct arena *arena)
{
	for (size_t i = 0; i < sample->arm_count; i++) {
		struct sample_arm *arm = &sample->arms[i];
		double errors = sum_of(sample, arm, VALUE_ERRORS);
		double short_ios = sum_of(sample, arm, VALUE_SHORT_IOS);

		if (errors > 0 && !arm->fault)
			arm->fault = arena_printf(arena, "%.0f I/Os failed", errors);
		if (short_ios > 0 && !arm->fault)
			arm->fault = arena_printf(
				arena, "%.0f I/Os moved fewer bytes than asked", short_ios);
	}
}

static void add_arm(
	struct sample *sample, const struct record_point *point, size_t c, struct arena *arena)
{
	const struct contender *contender = &point->contenders[c];
	struct sample_arm *arm = &sample->arms[sample->arm_count++];
	const char *mismatch = NULL;

	(void)record_count_mismatches(point, c, &mismatch); /* one is enough */
	*arm = (struct sample_arm){
		.name = copy(arena, contender->name),
		.fault = copy(arena, contender->problem),
		.fault_code = contender->exit_code == EXIT_INCOMPARABLE ? EXIT_INCOMPARABLE
									: EXIT_RUN_FAILED,
		.iops_asked = contender->iops_asked,
		.bandwidth_asked = contender->bandwidth_asked,
		.mismatch = copy(arena, mismatch),
		.reference = copy(arena, contender->reference),
		.trials = sample_new_trials(arena, sample->block_count),
	};
	sample_copy_settings(&arm->options, &contender->options, arena);
}

static bool is_held_against(const struct record_point *point, size_t contender)
{
	const char *name = point->contenders[contender].name;

	for (size_t c = 0; c < point->contender_count; c++) {
		const char *reference = point->contenders[c].reference;

		if (reference && strcmp(reference, name) == 0)
			return true;
	}
	return contender == point->reference;
}

/* Of a preset nobody asked for those by name that cannot run: they may be missing. */
static bool is_arm(const struct record_point *point, size_t c)
{
	const struct contender *contender = &point->contenders[c];

	return is_held_against(point, c) ||
	       !(contender->is_control || (contender->is_optional && contender->problem));
}

void sample_of_comparison(struct sample *sample, const struct record *record, size_t point_index,
	size_t first_block, struct arena *arena)
{
	const struct record_point *point = &record->points[point_index];
	size_t *arm_of = arena_alloc_array(arena, point->contender_count, sizeof(*arm_of));
	char time[SAMPLE_TIME_BYTES];

	*sample = (struct sample){
		.block_count = point->block_count - first_block,
		.seed = record->seed,
		.is_partial = true,
	};
	sample->id = arena_strdup(arena, sample_time_text(time, record->started.tv_sec));
	sample->tool = arena_printf(arena, "ringside %s (%s)",
		record->version ? record->version : "?", record->git ? record->git : "?");
	sample->arms = arena_alloc_array(arena, point->contender_count, sizeof(*sample->arms));
	for (size_t c = 0; c < point->contender_count; c++) {
		arm_of[c] = SESSION_NONE;
		if (!is_arm(point, c))
			continue;
		arm_of[c] = sample->arm_count;
		add_arm(sample, point, c, arena);
	}
	if (point->reference != SESSION_NONE && !point->has_own_references)
		sample->reference = copy(arena, point->contenders[point->reference].name);
	take_trials(sample, point, first_block, arm_of, arena);
	take_control(sample, point, first_block);
	find_errors(sample, arena);
	sample_copy_facts(&sample->environment, &record->environment, arena);
}

bool sample_control_failed(const struct sample *sample)
{
	double threshold = regress_threshold(
		&trial_value_metrics[VALUE_IOPS], metric_gate_of(METRIC_RATE)->threshold, 0, 0);
	struct regress_evidence evidence = {
		.worsening = -log(sample->control.ratio),
		.lo = -log(sample->control.hi),
		.hi = -log(sample->control.lo),
		.may_fail = true,
	};

	return sample->control.is_known && regress_control_failed(&evidence, threshold);
}

bool sample_is_disturbed(const struct sample *sample)
{
	return sample->disturbed_count > HEALTH_REPEATED_SHARE * sample->slot_count;
}

bool sample_was_disturbed(const struct sample *sample)
{
	return sample->repeated_count > HEALTH_REPEATED_SHARE * sample->slot_count;
}

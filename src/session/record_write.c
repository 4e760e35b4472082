/* SPDX-License-Identifier: MIT */
/* The comparison document: what was measured, trial by trial, and the verdicts on it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "measure/estimate.h"
#include "measure/multiple.h"
#include "result/result_json.h"
#include "session/parts.h"
#include "session/view.h"

static void add_tool(cJSON *document, const struct record *record)
{
	struct result run = {
		.version = record->version,
		.git = record->git,
		.compiler = record->compiler,
		.clock_drift_ppm = NAN,
		.argument_count = record->argument_count,
		.arguments = record->arguments,
		.started = record->started,
		.seed = record->seed,
		.signal = record->signal,
		.environment = record->environment,
	};

	result_json_add_run(document, &run);
	/* These are of one process that measures; here each trial is one. */
	cJSON_DeleteItemFromObject(document, "warnings");
	cJSON_DeleteItemFromObject(cJSON_GetObjectItem(document, "tool"), "clock");
	cJSON_DeleteItemFromObject(cJSON_GetObjectItem(document, "tool"), "clock_drift_ppm");
}

static void add_procedure(cJSON *document, const struct record *record)
{
	cJSON *procedure = json_add_object(document, "procedure");

	json_add_double(procedure, "trial_s", record->trial_s);
	json_add_double(procedure, "precision", record->precision);
	json_add_double(procedure, "least_effect", record->least_effect);
	json_add_double(procedure, "equivalence", record->equivalence);
	json_add_bool(procedure, "is_adaptive", record->is_adaptive);
	json_add_bool(procedure, "is_exploratory", record->is_exploratory);
	json_add_text(procedure, "cpus", record->cpus);
}

static void add_contender(cJSON *array, const struct contender *contender)
{
	cJSON *object = json_add_object(array, NULL);

	json_add_text(object, "name", contender->name);
	json_add_text(object, "engine", contender->engine);
	json_add_bool(object, "is_control", contender->is_control);
	json_add_bool(object, "is_optional", contender->is_optional);
	json_add_text(object, "problem", contender->problem);
	json_add_i64(object, "exit_code", contender->exit_code);
	json_add_text(object, "reference", contender->reference);
	json_add_bool(object, "is_direct", contender->is_direct);
	json_add_bool(object, "queues", contender->queues);
	json_add_u64(object, "depth", contender->depth);
	json_add_u64(object, "batch", contender->batch);
	json_add_u64(object, "numjobs", contender->numjobs);
	json_add_double(
		object, "iops_asked", contender->iops_asked > 0 ? contender->iops_asked : NAN);
	json_add_double(object, "bandwidth_asked",
		contender->bandwidth_asked > 0 ? contender->bandwidth_asked : NAN);
	result_json_add_settings(object, "options", &contender->options);
	result_json_add_settings(object, "effective", &contender->effective);
	result_json_add_settings(object, "engine_proof", &contender->proof);
	result_json_add_refused(object, &contender->refused);
}

static void add_trial(cJSON *array, const struct trial *trial)
{
	cJSON *object = json_add_object(array, NULL);
	cJSON *guards, *causes, *values;

	json_add_u64(object, "block", trial->block);
	json_add_u64(object, "contender", trial->contender);
	json_add_u64(object, "position", trial->position);
	json_add_u64(object, "attempt", trial->attempt);
	json_add_u64(object, "seed", trial->seed);
	json_add_double(object, "started_s", trial->started_s);
	json_add_double(object, "window_s", trial->window_s);
	json_add_i64(object, "exit_code", trial->exit_code);
	json_add_bool(object, "counts", trial->counts);
	json_add_text(object, "problem", trial->problem);
	json_add_text(object, "mismatch", trial->mismatch);
	causes = json_add_array(object, "causes");
	guards = json_add_object(object, "guards");
	for (int i = 0; i < GUARD_CAUSE_COUNT; i++) {
		json_add_double(guards, guard_thresholds[i].name, trial->guards[i]);
		if (trial->causes & 1u << i)
			json_add_text(causes, NULL, guard_thresholds[i].name);
	}
	json_add_double(object, "early_excess", trial->early_excess);
	values = json_add_object(object, "values");
	for (int i = 0; i < VALUE_COUNT; i++)
		json_add_double(values, trial_value_metrics[i].name, trial->values[i]);
}

static void add_contrast(
	cJSON *object, const struct metric *metric, const struct contrast *contrast)
{
	const struct estimate *difference = &contrast->difference;

	json_add_text(object, "mark", contrast_mark_name(contrast->mark));
	json_add_bool(object, "is_demoted", contrast->is_demoted);
	json_add_double(object, "effect", metric_effect(metric, difference->value));
	json_add_double(object, "lo", metric_effect(metric, difference->lo));
	json_add_double(object, "hi", metric_effect(metric, difference->hi));
	json_add_double(object, "p", difference->p);
	json_add_double(object, "p_adjusted", contrast->p_adjusted);
	json_add_u64(object, "n", difference->count);
	json_add_text(object, "method", estimate_method_name(difference->method));
	if (contrast->blocks_needed > 0)
		json_add_u64(object, "blocks_needed", contrast->blocks_needed);
	else
		json_add_null(object, "blocks_needed");
}

/* A contender's figures and its differences to the reference, where it has any. */
static void add_verdict(cJSON *array, const struct view *view, size_t c)
{
	cJSON *object = json_add_object(array, NULL);
	cJSON *figures;
	char letters[MULTIPLE_LETTERS_LIMIT + 1];

	json_add_text(object, "contender", view->point->contenders[c].name);
	json_add_text(object, "letters",
		view->comparison.letter_count > 0
			? multiple_letters_text(view->comparison.letters[c], letters)
			: NULL);
	figures = json_add_object(object, "metrics");
	for (int value = 0; value < VALUE_COUNT; value++) {
		const struct metric *metric = &trial_value_metrics[value];
		const struct estimate *level = &view->comparison.columns[value].levels[c];
		cJSON *item;

		if (level->count == 0)
			continue;
		item = json_add_object(figures, metric->name);
		json_add_double(item, "level", metric_level(metric, level->value));
		json_add_double(item, "level_lo", metric_level(metric, level->lo));
		json_add_double(item, "level_hi", metric_level(metric, level->hi));
		json_add_bool(item, "is_thin", view_is_thin(view, (enum trial_value)value, c));
		add_contrast(item, metric, view_contrast(view, (enum trial_value)value, c));
	}
}

/* Trials by their causes; those without any are left out. */
static void add_causes(
	cJSON *object, const char *key, const struct record_point *point, bool counted)
{
	cJSON *item = json_add_object(object, key);

	for (int cause = 0; cause < GUARD_CAUSE_COUNT; cause++) {
		size_t count = record_count_cause(point, (enum guard_cause)cause, counted);

		if (count > 0)
			json_add_u64(item, guard_thresholds[cause].name, count);
	}
}

static void add_health(cJSON *object, const struct record_point *point, const struct health *health)
{
	cJSON *item = json_add_object(object, "health");

	json_add_double(item, "drift", health->drift);
	json_add_double(item, "drift_p", health->drift_p);
	json_add_double(item, "order_effect", health->order_effect);
	json_add_double(item, "order_p", health->order_p);
	json_add_double(item, "memory", health->memory);
	json_add_u64(item, "slots", health->slot_count);
	json_add_u64(item, "repeated", health->repeated_count);
	add_causes(item, "repeated_causes", point, false);
	add_causes(item, "kept_causes", point, true);
}

static void add_control(cJSON *object, const struct control *control)
{
	cJSON *item;

	if (!control->is_judged) {
		json_add_null(object, "control");
		return;
	}
	item = json_add_object(object, "control");
	json_add_bool(item, "has_failed", control->has_failed);
	json_add_double(item, "half_width", control->half_width);
	json_add_double(item, "floor", control->floor);
}

/* Jobs of a check are not to be compared with each other: what they are is for check to say. */
static void add_verdicts(
	cJSON *object, const struct record *record, const struct record_point *point)
{
	struct arena arena = {0};
	struct view view;
	struct record_point *parts;
	cJSON *verdicts, *array;

	view_make(&view, record, point, &arena);
	if (!view.has_figures || parts_of_point(point, &arena, &parts) > 1) {
		json_add_null(object, "verdicts");
		arena_free(&arena);
		return;
	}
	verdicts = json_add_object(object, "verdicts");
	array = json_add_array(verdicts, "ranking");
	for (size_t i = 0; i < view.comparison.rank_count; i++)
		json_add_text(array, NULL, point->contenders[view.comparison.ranks[i]].name);
	array = json_add_array(verdicts, "contenders");
	for (size_t c = 0; c < point->contender_count; c++)
		add_verdict(array, &view, c);
	add_control(verdicts, &view.comparison.columns[point->primary].control);
	add_health(verdicts, point, &view.comparison.health);
	json_add_double(verdicts, "smallest_effect", view_smallest_effect(&view));
	arena_free(&arena);
}

static void add_index(cJSON *object, const char *key, size_t index)
{
	if (index == SESSION_NONE)
		json_add_null(object, key);
	else
		json_add_u64(object, key, index);
}

static void add_point(cJSON *array, const struct record *record, const struct record_point *point)
{
	static const char *const stops[] = {
		[STOP_NOT_YET] = "broken-off",
		[STOP_PRECISE] = "precise",
		[STOP_BLOCK_LIMIT] = "block-limit",
		[STOP_OUT_OF_TIME] = "out-of-time",
	};
	cJSON *object = json_add_object(array, NULL);
	cJSON *items;

	json_add_text(object, "name", point->name);
	json_add_text(object, "summary", point->summary);
	json_add_text(object, "primary", trial_value_metrics[point->primary].name);
	add_index(object, "reference", point->reference);
	json_add_bool(object, "own_references", point->has_own_references);
	add_index(object, "control", point->control);
	json_add_u64(object, "blocks", point->block_count);
	json_add_text(object, "stop", stops[point->stop]);
	json_add_double(object, "elapsed_s", point->elapsed_s);
	json_add_double(object, "ramp_s", point->ramp_s);
	json_add_double(object, "ramp_wanted_s", point->ramp_wanted_s);
	items = json_add_array(object, "contenders");
	for (size_t c = 0; c < point->contender_count; c++)
		add_contender(items, &point->contenders[c]);
	items = json_add_array(object, "trials");
	for (size_t i = 0; i < point->trial_count; i++)
		add_trial(items, &point->trials[i]);
	add_verdicts(object, record, point);
}

char *record_print(const struct record *record)
{
	cJSON *document = json_object();
	cJSON *points;
	char *text;

	json_add_text(document, "schema", RECORD_SCHEMA);
	add_tool(document, record);
	add_procedure(document, record);
	points = json_add_array(document, "points");
	for (size_t i = 0; i < record->point_count; i++)
		add_point(points, record, &record->points[i]);
	text = json_print(document);
	cJSON_Delete(document);
	return text;
}

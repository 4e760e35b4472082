/* SPDX-License-Identifier: MIT */
/* Comparison documents back into memory. Verdicts are not read: they follow from the trials. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "document/document.h"
#include "result/document_parts.h"
#include "session/record.h"

#define SCHEMA_FAMILY "ringside-comparison/"

static void read_contender(const struct json_node *node, struct contender *contender)
{
	contender->name = json_node_text(node, "name");
	contender->engine = json_node_text_or_null(node, "engine");
	contender->is_control = json_node_bool(node, "is_control");
	contender->is_optional = json_node_bool(node, "is_optional");
	contender->problem = json_node_text_or_null(node, "problem");
	contender->exit_code = json_node_int_or(node, "exit_code", 0);
	contender->reference = json_node_text_or_null(node, "reference");
	contender->is_direct = json_node_bool(node, "is_direct");
	contender->queues = json_node_bool(node, "queues");
	contender->depth = json_node_unsigned(node, "depth");
	contender->batch = json_node_unsigned(node, "batch");
	contender->numjobs = json_node_unsigned(node, "numjobs");
	contender->iops_asked = json_node_number_or(node, "iops_asked", 0);
	contender->bandwidth_asked = json_node_number_or(node, "bandwidth_asked", 0);
	document_settings(node, "options", &contender->options);
	document_settings(node, "effective", &contender->effective);
	document_settings(node, "engine_proof", &contender->proof);
	document_refused(node, &contender->refused);
}

static unsigned read_causes(const struct json_node *node)
{
	struct json_node array = json_node_array(node, "causes");
	unsigned causes = 0;
	const cJSON *item;

	cJSON_ArrayForEach (item, array.item) {
		for (int i = 0; cJSON_IsString(item) && i < GUARD_CAUSE_COUNT; i++) {
			if (strcmp(item->valuestring, guard_thresholds[i].name) == 0)
				causes |= 1u << i;
		}
	}
	return causes;
}

static void read_trial(
	const struct json_node *node, const struct record_point *point, struct trial *trial)
{
	struct json_node guards, values;
	enum trial_value descent;

	trial->block = json_node_unsigned(node, "block");
	trial->contender = json_node_unsigned(node, "contender");
	if (trial->block >= point->block_count || trial->contender >= point->contender_count)
		json_node_fail(node, NULL, "is of a block or contender that there is not");
	trial->position = json_node_unsigned(node, "position");
	trial->attempt = json_node_unsigned(node, "attempt");
	trial->seed = json_node_u64(node, "seed");
	trial->started_s = json_node_number(node, "started_s");
	trial->window_s = json_node_number(node, "window_s");
	trial->exit_code = json_node_int_or(node, "exit_code", 0);
	trial->counts = json_node_bool(node, "counts");
	trial->problem = json_node_text_or_null(node, "problem");
	trial->mismatch = json_node_text_or_null(node, "mismatch");
	trial->causes = read_causes(node);
	trial->early_excess = json_node_number_or(node, "early_excess", NAN);
	guards = json_node_object(node, "guards");
	for (int i = 0; i < GUARD_CAUSE_COUNT; i++)
		trial->guards[i] = json_node_number_or(&guards, guard_thresholds[i].name, NAN);
	values = json_node_object(node, "values");
	for (int i = 0; i < VALUE_COUNT; i++)
		trial->values[i] = json_node_amount_or(&values, trial_value_metrics[i].name, NAN);
	descent = trial_values_descent(trial->values);
	if (descent != VALUE_COUNT)
		json_node_fail(
			&values, trial_value_metrics[descent].name, "is below a lower percentile");
}

static size_t read_index(const struct json_node *node, const char *key, size_t limit)
{
	uint64_t index = json_node_u64_or(node, key, UINT64_MAX);

	if (index == UINT64_MAX)
		return SESSION_NONE;
	if (index >= limit)
		json_node_fail(node, key, "is no contender");
	return (size_t)index;
}

static enum stop_decision read_stop(const struct json_node *node)
{
	const char *text = json_node_text(node, "stop");

	if (strcmp(text, "precise") == 0)
		return STOP_PRECISE;
	if (strcmp(text, "block-limit") == 0)
		return STOP_BLOCK_LIMIT;
	return strcmp(text, "out-of-time") == 0 ? STOP_OUT_OF_TIME : STOP_NOT_YET;
}

static enum trial_value read_primary(const struct json_node *node)
{
	enum trial_value value = trial_value_find(json_node_text(node, "primary"));

	if (value == VALUE_COUNT)
		json_node_fail(node, "primary", "is a metric that this ringside does not know");
	return value;
}

static void read_trials(
	const struct json_node *node, struct record *record, struct record_point *point)
{
	struct json_node array = json_node_array(node, "trials");
	size_t index = 0;
	const cJSON *item;

	cJSON_ArrayForEach (item, array.item) {
		struct json_node element = json_node_element(&array, item, index++);

		read_trial(&element, point, record_add_trial(record, point));
		if (node->walk->has_failed)
			return;
	}
}

static bool has_contender(const struct record_point *point, const char *name)
{
	for (size_t c = 0; c < point->contender_count; c++) {
		if (strcmp(point->contenders[c].name, name) == 0)
			return true;
	}
	return false;
}

static void check_references(const struct json_node *node, const struct record_point *point)
{
	for (size_t c = 0; c < point->contender_count; c++) {
		const char *reference = point->contenders[c].reference;

		if (reference && !has_contender(point, reference))
			json_node_fail(node, "contenders", "name a reference that is none of them");
	}
}

static void read_point(
	const struct json_node *node, struct record *record, struct record_point *point)
{
	struct json_node array = json_node_array(node, "contenders");
	const cJSON *item;

	point->name = json_node_text(node, "name");
	point->summary = json_node_text(node, "summary");
	point->primary = read_primary(node);
	point->block_count = json_node_unsigned(node, "blocks");
	point->stop = read_stop(node);
	point->elapsed_s = json_node_number(node, "elapsed_s");
	point->ramp_s = json_node_number_or(node, "ramp_s", NAN); /* later than the format */
	point->ramp_wanted_s = json_node_number_or(node, "ramp_wanted_s", NAN);
	point->contenders = arena_alloc_array(
		&record->arena, (size_t)cJSON_GetArraySize(array.item), sizeof(*point->contenders));
	cJSON_ArrayForEach (item, array.item) {
		struct json_node element = json_node_element(&array, item, point->contender_count);

		read_contender(&element, &point->contenders[point->contender_count++]);
	}
	check_references(node, point);
	point->reference = read_index(node, "reference", point->contender_count);
	point->has_own_references = /* missing in the first ones that were written */
		cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(node->item, "own_references"));
	point->control = read_index(node, "control", point->contender_count);
	if (!node->walk->has_failed)
		read_trials(node, record, point);
}

static void read_run(const struct json_node *document, struct record *record)
{
	struct json_node tool = json_node_object(document, "tool");

	record->version = json_node_text_or_null(&tool, "version");
	record->git = json_node_text_or_null(&tool, "git");
	record->compiler = json_node_text_or_null(&tool, "compiler");
	record->arguments = document_command(document, &record->argument_count);
	record->started = document_started(document);
	record->seed = json_node_u64(document, "seed");
	record->signal = document_signal(document);
	document_environment(document, "environment", &record->environment);
}

static void read_procedure(const struct json_node *document, struct record *record)
{
	struct json_node procedure = json_node_object(document, "procedure");

	record->trial_s = json_node_number(&procedure, "trial_s");
	record->precision = json_node_number(&procedure, "precision");
	record->least_effect = json_node_number(&procedure, "least_effect");
	record->equivalence = json_node_number(&procedure, "equivalence");
	record->is_adaptive = json_node_bool(&procedure, "is_adaptive");
	record->is_exploratory = json_node_bool(&procedure, "is_exploratory");
	record->cpus = json_node_text_or_null(&procedure, "cpus");
}

static void read_document(const struct json_node *document, void *into)
{
	struct record *record = into;
	struct json_node points;
	const cJSON *item;

	read_run(document, record);
	read_procedure(document, record);
	points = json_node_array(document, "points");
	record->points = arena_alloc_array(
		&record->arena, (size_t)cJSON_GetArraySize(points.item), sizeof(*record->points));
	cJSON_ArrayForEach (item, points.item) {
		struct json_node node = json_node_element(&points, item, record->point_count);

		if (document->walk->has_failed)
			return;
		read_point(&node, record, &record->points[record->point_count++]);
	}
}

int record_read(const char *path, struct record *record, struct diag *diag)
{
	static const struct document_parts_kind kind = {
		.noun = "comparison",
		.schema = RECORD_SCHEMA,
		.family_bytes = sizeof(SCHEMA_FAMILY) - 1,
		.read = read_document,
	};
	size_t length;
	AUTO_FREE char *text = document_load(path, &length, diag);

	*record = (struct record){0};
	if (!text)
		return -errno;
	return document_parts_read(path, text, length, &kind, &record->arena, record, diag);
}

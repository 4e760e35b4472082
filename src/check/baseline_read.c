/* SPDX-License-Identifier: MIT */
/* Baselines out of files. Everything is checked: such files are edited, merged and cut short. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "check/baseline.h"
#include "document/document.h"
#include "result/document_parts.h"

enum { BLOCKS_LIMIT = 10000, WINDOW_LIMIT = 1000 };

/* An array of as many numbers (or nulls) as there are blocks. */
static void read_numbers(const struct json_node *node, const char *key,
	struct check_session *measured, struct trial *trials, enum trial_value metric)
{
	struct json_node array = json_node_array(node, key);
	const cJSON *item;
	size_t block = 0;

	if (array.item && (size_t)cJSON_GetArraySize(array.item) != measured->block_count) {
		json_node_fail(node, key, "has another number of values than there are blocks");
		return;
	}
	cJSON_ArrayForEach (item, array.item) {
		double value = cJSON_IsNumber(item) ? item->valuedouble : NAN;

		if (!cJSON_IsNull(item) && (!isfinite(value) || value < 0)) {
			json_node_fail(node, key, "holds what is no number from 0");
			return;
		}
		if (metric == VALUE_COUNT)
			trials[block].window_s = value;
		else
			trials[block].values[metric] = value;
		if (!isnan(value))
			trials[block].counts = true;
		block++;
	}
}

static enum trial_value find_metric(const char *name)
{
	for (int v = 0; v < VALUE_COUNT; v++) {
		if (strcmp(trial_value_metrics[v].name, name) == 0)
			return (enum trial_value)v;
	}
	return VALUE_COUNT;
}

static void read_contender(const struct json_node *contenders, const char *name,
	struct check_session *measured, struct check_contender *contender)
{
	struct json_node node = json_node_object(contenders, name);
	struct json_node values = json_node_object(&node, "values");
	const cJSON *item;

	contender->name = arena_strdup(contenders->walk->arena, name);
	contender->trials = check_new_trials(contenders->walk->arena, measured->block_count);
	cJSON_ArrayForEach (item, values.item) {
		enum trial_value metric = find_metric(item->string);

		/* A later ringside may measure more. */
		if (metric != VALUE_COUNT)
			read_numbers(&values, item->string, measured, contender->trials, metric);
	}
	read_numbers(&node, "window_s", measured, contender->trials, VALUE_COUNT);
	for (size_t b = 0; b < measured->block_count; b++) {
		enum trial_value descent = trial_values_descent(contender->trials[b].values);

		if (descent != VALUE_COUNT) {
			json_node_fail(&values, trial_value_metrics[descent].name,
				"is below a lower percentile");
			return;
		}
	}
}

static void read_control(const struct json_node *session, struct check_control *control)
{
	struct json_node node = json_node_object_or_null(session, "control");

	if (!node.item)
		return;
	control->is_known = true;
	control->ratio = json_node_number(&node, "ratio");
	control->lo = json_node_number(&node, "lo");
	control->hi = json_node_number(&node, "hi");
	if (!(control->lo > 0 && control->lo <= control->ratio && control->ratio <= control->hi))
		json_node_fail(session, "control", "is no ratio between its bounds");
}

static void read_session(const struct json_node *session, const struct check_session *common,
	struct baseline_session *into)
{
	struct check_session *measured = &into->session;
	struct json_node contenders = json_node_object(session, "arms");
	uint64_t blocks = json_node_u64(session, "blocks");

	*measured = *common;
	measured->id = json_node_text(session, "id");
	measured->commit = json_node_text_or_null(session, "commit");
	measured->tool = json_node_text(session, "tool");
	measured->seed = json_node_u64(session, "seed");
	measured->trial_count = json_node_unsigned(session, "slots");
	measured->repeated_count = json_node_unsigned(session, "redone");
	measured->disturbed_count = (unsigned)json_node_u64_or(session, "disturbed", 0);
	into->is_anchor = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(session->item, "anchor"));
	read_control(session, &measured->control);
	if (blocks == 0 || blocks > BLOCKS_LIMIT) {
		json_node_fail(session, "blocks", "is not 1 to 10000");
		return;
	}
	measured->block_count = (size_t)blocks;
	if (session->item && cJSON_HasObjectItem(session->item, "env"))
		document_environment(session, "env", &measured->environment);
	measured->contenders = arena_alloc_array(
		session->walk->arena, common->contender_count, sizeof(*measured->contenders));
	for (size_t i = 0; i < common->contender_count; i++) {
		read_contender(&contenders, common->contenders[i].name, measured,
			&measured->contenders[i]);
		measured->contenders[i].options = common->contenders[i].options;
		measured->contenders[i].reference = common->contenders[i].reference;
	}
}

/* --ref as it was given. */
static void read_given(const struct json_node *job, struct baseline *baseline)
{
	struct json_node given = json_node_array(job, "ref_given");
	const char **texts = arena_alloc_array(
		&baseline->arena, (size_t)cJSON_GetArraySize(given.item), sizeof(*texts));
	const cJSON *item;

	cJSON_ArrayForEach (item, given.item) {
		if (!cJSON_IsString(item)) {
			json_node_fail(job, "ref_given", "holds something that is no text");
			return;
		}
		texts[baseline->reference_count++] =
			arena_strdup(&baseline->arena, item->valuestring);
	}
	baseline->references = texts;
}

/* Which contender is held against which, where there is not one reference for all. */
static void read_pairs(const struct json_node *job, struct check_session *common)
{
	struct json_node pairs = json_node_object(job, "pairs");
	const cJSON *item;

	cJSON_ArrayForEach (item, pairs.item) {
		struct check_contender *contender = check_session_find(common, item->string);
		const char *reference = json_node_text(&pairs, item->string);

		if (!contender || !check_session_find(common, reference)) {
			json_node_fail(job, "pairs", "names what is none of the arms");
			return;
		}
		contender->reference = reference;
	}
}

/* All sessions have these in common: the job, its contenders, the machine. */
static void read_common(
	const struct json_node *document, struct baseline *baseline, struct check_session *common)
{
	struct json_node job = json_node_object(document, "job");
	struct json_node contenders = json_node_array(&job, "arms");
	struct json_node options = json_node_object(&job, "options");
	struct arena *arena = document->walk->arena;
	const cJSON *item;

	baseline->job = json_node_text_or_null(&job, "text");
	common->reference = json_node_text_or_null(&job, "ref");
	common->is_foreign = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(job.item, "foreign"));
	common->is_partial = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(job.item, "partial"));
	common->contenders = arena_alloc_array(
		arena, (size_t)cJSON_GetArraySize(contenders.item), sizeof(*common->contenders));
	cJSON_ArrayForEach (item, contenders.item) {
		struct check_contender *contender = &common->contenders[common->contender_count];

		if (!cJSON_IsString(item) || check_session_find(common, item->valuestring)) {
			json_node_fail(&job, "arms", "holds no text, or a text twice");
			return;
		}
		contender->name = arena_strdup(arena, item->valuestring);
		document_settings(&options, contender->name, &contender->options);
		common->contender_count++;
	}
	if (common->contender_count == 0)
		json_node_fail(&job, "arms", "is empty");
	read_given(&job, baseline);
	read_pairs(&job, common);
	if (common->reference && !check_session_find(common, common->reference))
		json_node_fail(&job, "ref", "is none of the arms");
	document_environment(document, "env", &common->environment);
}

static void read_thresholds(const struct json_node *document, struct baseline *baseline)
{
	struct json_node node = json_node_object(document, "thresholds");
	const cJSON *item;

	baseline->thresholds = arena_alloc_array(&baseline->arena,
		(size_t)cJSON_GetArraySize(node.item), sizeof(*baseline->thresholds));
	cJSON_ArrayForEach (item, node.item) {
		struct baseline_threshold *threshold =
			&baseline->thresholds[baseline->threshold_count++];

		threshold->name = arena_strdup(&baseline->arena, item->string);
		threshold->fraction = json_node_number(&node, item->string);
		if (!(threshold->fraction >= 0 && threshold->fraction <= 10))
			json_node_fail(&node, item->string, "is no fraction from 0 to 10");
	}
}

static void read_updates(const struct json_node *document, struct baseline *baseline)
{
	struct json_node updates = json_node_array(document, "updates");
	const cJSON *item;

	baseline->updates = arena_alloc_array(&baseline->arena,
		(size_t)cJSON_GetArraySize(updates.item), sizeof(*baseline->updates));
	cJSON_ArrayForEach (item, updates.item) {
		struct baseline_update *update = &baseline->updates[baseline->update_count];
		struct json_node node = json_node_element(&updates, item, baseline->update_count++);

		update->time = json_node_text(&node, "time");
		update->commit = json_node_text_or_null(&node, "commit");
		update->reason = json_node_text(&node, "reason");
	}
}

static void read_document(const struct json_node *document, void *into)
{
	struct baseline *baseline = into;
	struct json_node sessions = json_node_array(document, "sessions");
	uint64_t window = json_node_u64(document, "window");
	struct check_session common = {0};
	const cJSON *item;

	baseline->is_file = true;
	baseline->tool = json_node_text(document, "tool");
	if (window == 0 || window > WINDOW_LIMIT)
		json_node_fail(document, "window", "is not 1 to 1000");
	baseline->window = (size_t)window;
	read_thresholds(document, baseline);
	read_updates(document, baseline);
	read_common(document, baseline, &common);
	baseline->sessions = arena_alloc_array(&baseline->arena,
		(size_t)cJSON_GetArraySize(sessions.item), sizeof(*baseline->sessions));
	cJSON_ArrayForEach (item, sessions.item) {
		size_t i = baseline->session_count;
		struct json_node node = json_node_element(&sessions, item, i);

		if (document->walk->has_failed)
			return;
		read_session(&node, &common, &baseline->sessions[i]);
		baseline->session_count++;
	}
	if (baseline->session_count == 0)
		json_node_fail(document, "sessions", "is empty");
}

int baseline_read_memory(const char *path, const char *text, size_t length,
	struct baseline *baseline, struct diag *diag)
{
	static const struct document_parts_kind kind = {
		.noun = "baseline",
		.schema = BASELINE_SCHEMA,
		.family_bytes = sizeof("ringside-baseline/") - 1,
		.read = read_document,
	};

	*baseline = (struct baseline){0};
	return document_parts_read(path, text, length, &kind, &baseline->arena, baseline, diag);
}

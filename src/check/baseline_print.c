/* SPDX-License-Identifier: MIT */
/* Baselines as text. Canonical, so that a change of a file under version control is small. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "check/baseline.h"
#include "result/result_json.h"

static int compare_keys(const void *a, const void *b)
{
	const cJSON *first = *(cJSON *const *)a;
	const cJSON *second = *(cJSON *const *)b;

	return strcmp(first->string, second->string);
}

/* Canonical documents: the keys of every object in the order of their bytes. */
static void sort_keys(cJSON *document)
{
	size_t count = (size_t)cJSON_GetArraySize(document);
	struct arena arena = {0};
	cJSON **items = arena_alloc_array(&arena, count, sizeof(cJSON *));

	for (size_t i = 0; i < count; i++) {
		items[i] = i ? items[i - 1]->next : document->child;
		sort_keys(items[i]);
	}
	if (cJSON_IsObject(document)) {
		qsort(items, count, sizeof(cJSON *), compare_keys);
		for (size_t i = 0; i < count; i++)
			cJSON_DetachItemViaPointer(document, items[i]);
		for (size_t i = 0; i < count; i++) {
			char *key = strdup(items[i]->string);

			if (!key)
				arena_exhausted();
			json_add_item(document, key, items[i]);
			free(key);
		}
	}
	arena_free(&arena);
}

static void add_environment(cJSON *parent, const struct result_environment *environment)
{
	cJSON *object = result_json_add_environment(parent, "env", environment);
	struct arena arena = {0};

	json_add_text(object, "hash_hard", check_hash_settings(&environment->hard, &arena));
	json_add_text(object, "hash_soft", check_hash_settings(&environment->soft, &arena));
	arena_free(&arena);
}

static bool same_settings(const struct result_settings *a, const struct result_settings *b)
{
	struct arena arena = {0};
	bool same = strcmp(check_hash_settings(a, &arena), check_hash_settings(b, &arena)) == 0;

	arena_free(&arena);
	return same;
}

static void add_values(cJSON *values, const struct check_session *measured,
	const struct check_contender *contender, enum trial_value metric)
{
	cJSON *array = NULL;

	for (size_t b = 0; b < measured->block_count; b++) {
		const struct trial *trial = &contender->trials[b];

		if (trial->counts && !isnan(trial->values[metric]) && !array)
			array = json_add_array(values, trial_value_metrics[metric].name);
	}
	for (size_t b = 0; array && b < measured->block_count; b++)
		json_add_double(array, NULL,
			contender->trials[b].counts ? contender->trials[b].values[metric] : NAN);
}

static void add_contenders(cJSON *session, const struct check_session *measured)
{
	cJSON *contenders = json_add_object(session, "arms");

	for (size_t i = 0; i < measured->contender_count; i++) {
		const struct check_contender *contender = &measured->contenders[i];
		cJSON *object = json_add_object(contenders, contender->name);
		cJSON *values = json_add_object(object, "values");
		cJSON *windows = json_add_array(object, "window_s");

		for (int v = 0; v < VALUE_COUNT; v++)
			add_values(values, measured, contender, (enum trial_value)v);
		for (size_t b = 0; b < measured->block_count; b++)
			json_add_double(windows, NULL,
				contender->trials[b].counts ? contender->trials[b].window_s : NAN);
	}
}

static void add_control(cJSON *session, const struct check_control *control)
{
	cJSON *object;

	if (!control->is_known) {
		json_add_null(session, "control");
		return;
	}
	object = json_add_object(session, "control");
	json_add_double(object, "ratio", control->ratio);
	json_add_double(object, "lo", control->lo);
	json_add_double(object, "hi", control->hi);
}

static void add_session(
	cJSON *sessions, const struct baseline_session *from, const struct check_session *newest)
{
	const struct check_session *measured = &from->session;
	cJSON *session = json_add_object(sessions, NULL);

	json_add_text(session, "id", measured->id);
	json_add_bool(session, "anchor", from->is_anchor);
	json_add_text(session, "commit", measured->commit);
	json_add_text(session, "tool", measured->tool);
	json_add_u64(session, "seed", measured->seed);
	json_add_u64(session, "blocks", measured->block_count);
	json_add_u64(session, "slots", measured->trial_count);
	json_add_u64(session, "redone", measured->repeated_count);
	if (measured->disturbed_count > 0) /* in most there is none */
		json_add_u64(session, "disturbed", measured->disturbed_count);
	add_control(session, &measured->control);
	/* The newest session's is the baseline's: others say so only where theirs was another. */
	if (!same_settings(&measured->environment.hard, &newest->environment.hard) ||
		!same_settings(&measured->environment.soft, &newest->environment.soft))
		add_environment(session, &measured->environment);
	add_contenders(session, measured);
}

static void add_job(
	cJSON *document, const struct baseline *baseline, const struct check_session *newest)
{
	cJSON *job = json_add_object(document, "job");
	cJSON *contenders = json_add_array(job, "arms");
	cJSON *options = json_add_object(job, "options");
	cJSON *pairs = json_add_object(job, "pairs");
	cJSON *given = json_add_array(job, "ref_given");

	json_add_text(job, "text", baseline->job);
	json_add_text(job, "ref", newest->reference);
	json_add_bool(job, "foreign", newest->is_foreign);
	json_add_bool(job, "partial", newest->is_partial);
	for (size_t i = 0; i < baseline->reference_count; i++)
		json_add_text(given, NULL, baseline->references[i]);
	for (size_t i = 0; i < newest->contender_count; i++) {
		json_add_text(contenders, NULL, newest->contenders[i].name);
		result_json_add_settings(
			options, newest->contenders[i].name, &newest->contenders[i].options);
		if (newest->contenders[i].reference)
			json_add_text(
				pairs, newest->contenders[i].name, newest->contenders[i].reference);
	}
}

static void add_noise(
	cJSON *document, const struct baseline *baseline, const struct check_session *newest)
{
	cJSON *all = json_add_object(document, "noise");
	struct arena arena = {0};

	for (size_t i = 0; i < newest->contender_count; i++) {
		const char *contender = newest->contenders[i].name;
		const char *reference = check_session_reference_of(newest, &newest->contenders[i]);

		for (int v = 0; v < VALUE_COUNT; v++) {
			const struct metric *metric = &trial_value_metrics[v];
			const struct metric_gate *gate = metric_gate_of(metric->class);
			struct baseline_noise noise = baseline_noise_of(
				baseline, contender, reference, (enum trial_value)v);
			cJSON *object;

			if (noise.session_count == 0 || gate->is_exact ||
				metric->class == METRIC_EXTREME)
				continue;
			object = json_add_object(
				all, arena_printf(&arena, "%s.%s", contender, metric->name));
			json_add_double(object, "sd_trial", noise.within);
			json_add_double(object, "sd_session", noise.between);
			json_add_double(object, "mde95", noise.smallest_loss);
			json_add_u64(object, "m", noise.session_count);
		}
	}
	arena_free(&arena);
}

char *baseline_print(const struct baseline *baseline)
{
	const struct check_session *newest = baseline_newest(baseline);
	cJSON *document = json_object();
	cJSON *thresholds = json_add_object(document, "thresholds");
	cJSON *updates = json_add_array(document, "updates");
	cJSON *sessions = json_add_array(document, "sessions");
	char *text;

	json_add_text(document, "schema", BASELINE_SCHEMA);
	json_add_text(document, "tool", baseline->tool);
	json_add_u64(document, "window", baseline->window);
	for (size_t i = 0; i < baseline->threshold_count; i++)
		json_add_double(
			thresholds, baseline->thresholds[i].name, baseline->thresholds[i].fraction);
	for (size_t i = 0; i < baseline->update_count; i++) {
		cJSON *update = json_add_object(updates, NULL);

		json_add_text(update, "time", baseline->updates[i].time);
		json_add_text(update, "commit", baseline->updates[i].commit);
		json_add_text(update, "reason", baseline->updates[i].reason);
	}
	if (newest) {
		add_job(document, baseline, newest);
		add_environment(document, &newest->environment);
		add_noise(document, baseline, newest);
	}
	for (size_t i = 0; i < baseline->session_count; i++)
		add_session(sessions, &baseline->sessions[i], newest);
	sort_keys(document);
	text = json_print(document);
	cJSON_Delete(document);
	return text;
}

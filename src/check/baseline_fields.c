/* SPDX-License-Identifier: MIT */
/*
 * Baselines as documents. Canonical, so that a change of a file under version control is small:
 * keys are sorted, and what sessions have in common is said once. Everything that is read is
 * checked: such files are edited, merged and cut short.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check/baseline.h"
#include "document/field_row.h"
#include "result/result_fields.h"

enum { BLOCKS_LIMIT = 10000, WINDOW_LIMIT = 1000 };

struct noise {
	const char *name; /* "randread.read.iops" */
	struct baseline_noise noise;
};

/* A file holds, beside the baseline, what its sessions have in common, which is the newest's:
 * reference, contenders with their options, environment. */
struct file {
	struct baseline baseline;
	struct check_session common;
	size_t noise_count;
	struct noise *noises;
};

static void write_hash(const struct field_spot *spot)
{
	struct arena arena = {0};

	json_add_text(spot->object, spot->name, check_hash_settings(spot->member, &arena));
	arena_free(&arena);
}

static const struct field_custom hash_field = {
	write_hash, NULL, FIELD_JSON({"type" : "string", "pattern" : "^[0-9a-f]{32}$"})};

static const struct field_table env_table = FIELD_TABLE_OF("env", struct result_environment,
	{NULL, FIELD_GROUP(struct result_environment, &result_environment_table)},
	{"hash_hard", FIELD_CUSTOM(struct result_environment, hard, &hash_field),
		.help = "Fingerprint of hard."},
	{"hash_soft", FIELD_CUSTOM(struct result_environment, soft, &hash_field)});

static bool same_settings(const struct settings *a, const struct settings *b)
{
	struct arena arena = {0};
	bool same = strcmp(check_hash_settings(a, &arena), check_hash_settings(b, &arena)) == 0;

	arena_free(&arena);
	return same;
}

static void write_own_env(const struct field_spot *spot)
{
	const struct result_environment *common =
		&((const struct file *)spot->owner)->common.environment;
	const struct result_environment *own = spot->member;

	if (!same_settings(&own->hard, &common->hard) || !same_settings(&own->soft, &common->soft))
		field_write(
			json_add_object(spot->object, spot->name), &env_table, own, spot->owner);
}

static void read_own_env(const struct json_node *object, const char *name, void *member)
{
	struct json_node node = json_node_object(object, name);

	field_read(&node, &env_table, member);
}

static const struct field_custom own_env_field = {
	write_own_env, read_own_env, FIELD_JSON({"$ref" : "#/$defs/env"})};

static void add_values(cJSON *values, const struct check_session *measured,
	const struct contender *contender, enum trial_value metric)
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

static void write_contenders(const struct field_spot *spot)
{
	cJSON *contenders = json_add_object(spot->object, spot->name);
	const struct check_session *measured = spot->member;

	for (size_t i = 0; i < measured->contender_count; i++) {
		const struct contender *contender = &measured->contenders[i];
		cJSON *item = json_add_object(contenders, contender->name);
		cJSON *values = json_add_object(item, "values");
		cJSON *windows = json_add_array(item, "window_s");

		for (int v = 0; v < VALUE_COUNT; v++)
			add_values(values, measured, contender, (enum trial_value)v);
		for (size_t b = 0; b < measured->block_count; b++)
			json_add_double(windows, NULL,
				contender->trials[b].counts ? contender->trials[b].window_s : NAN);
	}
}

/* An array of as many numbers (or nulls) as there are blocks. */
static void read_numbers(const struct json_node *node, const char *key,
	struct check_session *measured, struct trial *trials, enum trial_value metric)
{
	struct json_node array = json_node_array(node, key);
	const cJSON *item;
	size_t block = 0;

	if (array.item && json_node_count(&array) != measured->block_count) {
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

/* By its whole name alone. */
static enum trial_value find_metric(const char *name)
{
	enum trial_value value = 0;

	while (value < VALUE_COUNT && strcmp(trial_value_metrics[value].name, name) != 0)
		value++;
	return value;
}

static void read_contender(const struct json_node *contenders, struct check_session *measured,
	struct contender *contender)
{
	struct json_node node = json_node_object(contenders, contender->name);
	struct json_node values = json_node_object(&node, "values");
	const cJSON *item;

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

static void read_contenders(const struct json_node *object, const char *name, void *member)
{
	const struct check_session *common = &((const struct file *)object->owner)->common;
	struct json_node contenders = json_node_object(object, name);
	struct check_session *measured = member;

	if (measured->block_count == 0 || measured->block_count > BLOCKS_LIMIT) {
		json_node_fail(object, "blocks", "is not 1 to 10000");
		return;
	}
	if (json_node_is_null(object, "env"))
		measured->environment = common->environment;
	measured->reference = common->reference;
	measured->is_foreign = common->is_foreign;
	measured->is_partial = common->is_partial;
	measured->contenders = arena_alloc_array(
		object->walk->arena, common->contender_count, sizeof(*measured->contenders));
	measured->contender_count = common->contender_count;
	for (size_t i = 0; i < common->contender_count; i++) {
		measured->contenders[i] = common->contenders[i];
		read_contender(&contenders, measured, &measured->contenders[i]);
	}
}

static const struct field_custom contenders_field = {
	write_contenders, read_contenders, FIELD_JSON({
		"type" : "object",
		"additionalProperties" : {
			"type" : "object",
			"additionalProperties" : false,
			"required" : [ "values", "window_s" ],
			"properties" : {
				"values" : {
					"type" : "object",
					"additionalProperties" : {
						"type" : "array",
						"items" : {"$ref" : "#/$defs/amount_or_null"}
					}
				},
				"window_s" : {
					"type" : "array",
					"items" : {"$ref" : "#/$defs/amount_or_null"}
				}
			}
		}
	})};

static void check_control(const struct json_node *node, void *structure)
{
	(void)node;
	((struct check_control *)structure)->is_known = true;
}

static const struct field_table control_table = FIELD_TABLE_WITH("control", struct check_control,
	(.check = check_control, .help = "The reference a second time: its ratio to the first, of "
					 "the primary metric."),
	{"ratio", FIELD_AMOUNT(struct check_control, ratio)},
	{"lo", FIELD_NUMBER(struct check_control, lo)},
	{"hi", FIELD_NUMBER(struct check_control, hi)});

static void check_session(const struct json_node *node, void *structure)
{
	const struct check_control *control =
		&((struct baseline_session *)structure)->session.control;

	if (control->is_known && !(control->lo > 0 && control->lo <= control->ratio &&
					 control->ratio <= control->hi))
		json_node_fail(node, "control", "is no ratio between its bounds");
}

static const struct field_table session_table = FIELD_TABLE_WITH("session", struct baseline_session,
	(.check = check_session),
	{"id", FIELD_TEXT(struct baseline_session, session.id), .help = "When it started."},
	{"anchor", FIELD_BOOL(struct baseline_session, is_anchor), .presence = FIELD_LATER,
		.help = "It stays when newer ones come."},
	{"commit", FIELD_TEXT(struct baseline_session, session.commit), .null = FIELD_NULL},
	{"tool", FIELD_TEXT(struct baseline_session, session.tool)},
	{"seed", FIELD_COUNT(struct baseline_session, session.seed)},
	{"rounds", FIELD_COUNT(struct baseline_session, session.rounds), .null = FIELD_NULL_ZERO,
		.presence = FIELD_RARE, .help = "Of turns in a block, where they were taken."},
	{"blocks", FIELD_COUNT(struct baseline_session, session.block_count)},
	{"slots", FIELD_COUNT(struct baseline_session, session.trial_count), .help = "Trials."},
	{"redone", FIELD_COUNT(struct baseline_session, session.repeated_count),
		.help = "Trials that were disturbed and run again."},
	{"disturbed", FIELD_COUNT(struct baseline_session, session.disturbed_count),
		.null = FIELD_NULL_ZERO, .presence = FIELD_RARE,
		.help = "Trials that were disturbed and count all the same."},
	{"control", FIELD_OBJECT(struct baseline_session, session.control, &control_table),
		FIELD_IF(struct baseline_session, session.control.is_known)},
	{"env", FIELD_CUSTOM(struct baseline_session, session.environment, &own_env_field),
		.presence = FIELD_RARE, .help = "Where it is another than the baseline's."},
	{"arms", FIELD_CUSTOM(struct baseline_session, session, &contenders_field),
		.help = "Figures of each contender by metric, one a block; null: it has none."});

static void write_names(const struct field_spot *spot)
{
	cJSON *names = json_add_array(spot->object, spot->name);
	const struct check_session *common = spot->member;

	for (size_t i = 0; i < common->contender_count; i++)
		json_add_text(names, NULL, common->contenders[i].name);
}

static void read_names(const struct json_node *object, const char *name, void *member)
{
	struct json_node names = json_node_array(object, name);
	struct arena *arena = object->walk->arena;
	struct check_session *common = member;
	const cJSON *item;

	common->contenders =
		arena_alloc_array(arena, json_node_count(&names), sizeof(*common->contenders));
	cJSON_ArrayForEach (item, names.item) {
		if (!cJSON_IsString(item) || check_session_find(common, item->valuestring)) {
			json_node_fail(object, name, "holds no text, or a text twice");
			return;
		}
		common->contenders[common->contender_count++].name =
			arena_strdup(arena, item->valuestring);
	}
	if (common->contender_count == 0)
		json_node_fail(object, name, "is empty");
}

static const struct field_custom names_field = {
	.write = write_names,
	.read = read_names,
	.schema = FIELD_JSON({
		"type" : "array",
		"items" : {"type" : "string"},
		"minItems" : 1,
		"uniqueItems" : true
	}),
};

static void write_options(const struct field_spot *spot)
{
	cJSON *options = json_add_object(spot->object, spot->name);
	const struct check_session *common = spot->member;

	for (size_t i = 0; i < common->contender_count; i++)
		result_settings_field.write(&(struct field_spot){
			.object = options,
			.name = common->contenders[i].name,
			.member = &common->contenders[i].options,
		});
}

static void read_options(const struct json_node *object, const char *name, void *member)
{
	struct json_node options = json_node_object(object, name);
	struct check_session *common = member;

	for (size_t i = 0; i < common->contender_count; i++)
		result_settings_field.read(
			&options, common->contenders[i].name, &common->contenders[i].options);
}

static const struct field_custom options_field = {
	write_options, read_options, FIELD_JSON({
		"type" : "object",
		"additionalProperties" : {
			"type" : "object",
			"additionalProperties" : {"$ref" : "#/$defs/text_or_null"}
		}
	})};

static void write_pairs(const struct field_spot *spot)
{
	cJSON *pairs = json_add_object(spot->object, spot->name);
	const struct check_session *common = spot->member;

	for (size_t i = 0; i < common->contender_count; i++) {
		if (common->contenders[i].reference)
			json_add_text(
				pairs, common->contenders[i].name, common->contenders[i].reference);
	}
}

static void read_pairs(const struct json_node *object, const char *name, void *member)
{
	struct json_node pairs = json_node_object(object, name);
	struct check_session *common = member;
	const cJSON *item;

	cJSON_ArrayForEach (item, pairs.item) {
		struct contender *contender = check_session_find(common, item->string);
		const char *reference = json_node_text(&pairs, item->string);

		if (!contender || !check_session_find(common, reference)) {
			json_node_fail(object, name, "names what is none of the arms");
			return;
		}
		contender->reference = reference;
	}
}

static const struct field_custom pairs_field = {write_pairs, read_pairs,
	FIELD_JSON({"type" : "object", "additionalProperties" : {"type" : "string"}})};

static void check_job(const struct json_node *node, void *structure)
{
	const struct check_session *common = &((struct file *)structure)->common;

	if (common->reference && !check_session_find(common, common->reference))
		json_node_fail(node, "ref", "is none of the arms");
}

static const struct field_table job_table = FIELD_TABLE_WITH("job", struct file,
	(.check = check_job),
	{"text", FIELD_TEXT(struct file, baseline.job), .null = FIELD_NULL,
		.help = "The job file or its command line."},
	{"arms", FIELD_CUSTOM(struct file, common, &names_field)},
	{"options", FIELD_CUSTOM(struct file, common, &options_field)},
	{"pairs", FIELD_CUSTOM(struct file, common, &pairs_field),
		.help = "Arms to what each is held against, where there is not one reference for "
			"all."},
	{"ref", FIELD_TEXT(struct file, common.reference), .null = FIELD_NULL},
	{"ref_given", FIELD_TEXTS(struct file, baseline.reference_count, baseline.references),
		.help = "--ref as it was given."},
	{"foreign", FIELD_BOOL(struct file, common.is_foreign), .presence = FIELD_LATER,
		.help = "Measured by fio."},
	{"partial", FIELD_BOOL(struct file, common.is_partial), .presence = FIELD_LATER,
		.help = "Options that have their default are not listed."});

static const struct field_table noise_table = FIELD_TABLE_WITH("noise", struct noise,
	(.help = "On the scale of the analysis."),
	{"sd_trial", FIELD_AMOUNT(struct noise, noise.within), .null = FIELD_NULL,
		.help = "Deviation of trials within a session."},
	{"sd_session", FIELD_AMOUNT(struct noise, noise.between), .null = FIELD_NULL,
		.help = "Deviation of the sessions' means."},
	{"mde95", FIELD_NUMBER(struct noise, noise.smallest_loss), .null = FIELD_NULL,
		.help = "The smallest loss that is found in 95 % of checks, as a fraction."},
	{"m", FIELD_COUNT(struct noise, noise.session_count), .help = "Sessions."});

static void write_thresholds(const struct field_spot *spot)
{
	cJSON *thresholds = json_add_object(spot->object, spot->name);
	const struct baseline *baseline = spot->member;

	for (size_t i = 0; i < baseline->threshold_count; i++)
		json_add_double(
			thresholds, baseline->thresholds[i].name, baseline->thresholds[i].fraction);
}

static void read_thresholds(const struct json_node *object, const char *name, void *member)
{
	struct json_node node = json_node_object(object, name);
	struct baseline *baseline = member;
	struct arena *arena = object->walk->arena;
	const cJSON *item;

	baseline->thresholds =
		arena_alloc_array(arena, json_node_count(&node), sizeof(*baseline->thresholds));
	cJSON_ArrayForEach (item, node.item) {
		struct baseline_threshold *threshold =
			&baseline->thresholds[baseline->threshold_count++];

		threshold->name = arena_strdup(arena, item->string);
		threshold->fraction = json_node_number(&node, item->string);
		if (!(threshold->fraction >= 0 && threshold->fraction <= 10))
			json_node_fail(&node, item->string, "is no fraction from 0 to 10");
	}
}

static const struct field_custom thresholds_field = {
	write_thresholds, read_thresholds, FIELD_JSON({
		"type" : "object",
		"additionalProperties" : {"type" : "number", "minimum" : 0, "maximum" : 10}
	})};

static const struct field_table update_table = FIELD_TABLE_OF("update", struct baseline_update,
	{"time", FIELD_TEXT(struct baseline_update, time)},
	{"commit", FIELD_TEXT(struct baseline_update, commit), .null = FIELD_NULL},
	{"reason", FIELD_TEXT(struct baseline_update, reason)});

static void check_file(const struct json_node *node, void *structure)
{
	struct baseline *baseline = &((struct file *)structure)->baseline;

	if (baseline->window > WINDOW_LIMIT)
		json_node_fail(node, "window", "is not 1 to 1000");
	if (baseline->session_count == 0)
		json_node_fail(node, "sessions", "is empty");
	baseline->is_file = true;
}

static const struct field_table file_table = FIELD_TABLE_WITH(NULL, struct file,
	(.is_owner = true, .check = check_file,
		.help = "Sessions with their raw figures, which checks are held against. Keys are "
			"sorted. null is: not known."),
	{"tool", FIELD_TEXT(struct file, baseline.tool), .help = "The ringside that wrote it."},
	{"window", FIELD_COUNT(struct file, baseline.window), .least = 1,
		.schema = FIELD_JSON({"maximum" : 1000}),
		.help = "How many sessions count, the newest."},
	{"thresholds", FIELD_CUSTOM(struct file, baseline, &thresholds_field),
		.help = "Tolerated losses as fractions, by the name of the gate or metric."},
	{"updates",
		FIELD_ARRAY(struct file, baseline.update_count, baseline.updates, &update_table)},
	{"job", FIELD_GROUP(struct file, &job_table)},
	{"env", FIELD_OBJECT(struct file, common.environment, &env_table),
		.help = "The machine of the newest session."},
	{"noise", FIELD_MAP(struct file, noise_count, noises, &noise_table, struct noise, name),
		.is_unread = true,
		.help = "By contender and metric; it follows from the sessions."},
	{"sessions",
		FIELD_ARRAY(struct file, baseline.session_count, baseline.sessions, &session_table),
		.schema = FIELD_JSON({"minItems" : 1})});

const struct document_kind baseline_document = {"baseline", BASELINE_SCHEMA, &file_table};

static void find_noises(struct file *file, struct arena *arena)
{
	const struct check_session *newest = &file->common;

	file->noises = arena_alloc_array(
		arena, newest->contender_count * VALUE_COUNT, sizeof(*file->noises));
	for (size_t i = 0; i < newest->contender_count; i++) {
		const char *contender = newest->contenders[i].name;
		const char *reference = check_session_reference_of(newest, &newest->contenders[i]);

		for (int v = 0; v < VALUE_COUNT; v++) {
			const struct metric *metric = &trial_value_metrics[v];
			struct baseline_noise noise = baseline_noise_of(
				&file->baseline, contender, reference, (enum trial_value)v);

			if (noise.session_count == 0 || metric_gate_of(metric->class)->is_exact ||
				metric->class == METRIC_EXTREME)
				continue;
			file->noises[file->noise_count++] = (struct noise){
				arena_printf(arena, "%s.%s", contender, metric->name), noise};
		}
	}
}

static int compare_keys(const void *a, const void *b)
{
	const cJSON *first = *(cJSON *const *)a;
	const cJSON *second = *(cJSON *const *)b;

	return strcmp(first->string, second->string);
}

static void sort_keys(cJSON *document, struct arena *arena)
{
	size_t count = (size_t)cJSON_GetArraySize(document);
	cJSON **items = arena_alloc_array(arena, count, sizeof(cJSON *));

	for (size_t i = 0; i < count; i++) {
		items[i] = i ? items[i - 1]->next : document->child;
		sort_keys(items[i], arena);
	}
	if (!cJSON_IsObject(document))
		return;
	qsort(items, count, sizeof(cJSON *), compare_keys);
	for (size_t i = 0; i < count; i++)
		cJSON_DetachItemViaPointer(document, items[i]);
	for (size_t i = 0; i < count; i++)
		json_add_item(document, arena_strdup(arena, items[i]->string), items[i]);
}

char *baseline_print(const struct baseline *baseline)
{
	const struct check_session *newest = baseline_newest(baseline);
	struct file file = {.baseline = *baseline};
	struct arena arena = {0};
	cJSON *document;
	char *text;

	if (newest)
		file.common = *newest;
	find_noises(&file, &arena);
	document = document_make(&baseline_document, &file);
	sort_keys(document, &arena);
	text = json_print(document);
	cJSON_Delete(document);
	arena_free(&arena);
	return text;
}

int baseline_read_memory(const char *path, const char *text, size_t length,
	struct baseline *baseline, struct diag *diag)
{
	struct file file = {0};
	int error;

	*baseline = (struct baseline){0};
	error = document_read(
		&baseline_document, path, text, length, &file.baseline.arena, &file, diag);
	*baseline = file.baseline;
	return error;
}

/* SPDX-License-Identifier: MIT */
/*
 * The comparison document: what was measured, trial by trial, and the verdicts on it. Verdicts are
 * not read: they follow from the trials.
 */
#include <limits.h>
#include <math.h>
#include <string.h>

#include "document/field_row.h"
#include "measure/estimate.h"
#include "result/result_fields.h"
#include "session/record.h"
#include "session/view.h"

static const struct field_table tool_table = FIELD_TABLE_OF("tool", struct record,
	{"version", FIELD_TEXT(struct record, version), .null = FIELD_NULL},
	{"git", FIELD_TEXT(struct record, git), .null = FIELD_NULL},
	{"compiler", FIELD_TEXT(struct record, compiler), .null = FIELD_NULL});

static const struct field_table procedure_table = FIELD_TABLE_WITH("procedure", struct record,
	(.help = "How it was done; shares are fractions."),
	{"trial_s", FIELD_NUMBER(struct record, trial_s)},
	{"precision", FIELD_NUMBER(struct record, precision)},
	{"least_effect", FIELD_NUMBER(struct record, least_effect)},
	{"equivalence", FIELD_NUMBER(struct record, equivalence)},
	{"is_adaptive", FIELD_BOOL(struct record, is_adaptive)},
	{"is_exploratory", FIELD_BOOL(struct record, is_exploratory)},
	{"cpus", FIELD_TEXT(struct record, cpus), .null = FIELD_NULL});

static const struct field_table contender_table =
	FIELD_TABLE_OF("contender", struct contender, {"name", FIELD_TEXT(struct contender, name)},
		{"engine", FIELD_TEXT(struct contender, engine), .null = FIELD_NULL},
		{"is_control", FIELD_BOOL(struct contender, is_control)},
		{"is_optional", FIELD_BOOL(struct contender, is_optional)},
		{"problem", FIELD_TEXT(struct contender, problem), .null = FIELD_NULL,
			.help = "Why it takes no part, or no more."},
		{"exit_code", FIELD_INTEGER(struct contender, exit_code)},
		{"reference", FIELD_TEXT(struct contender, reference), .null = FIELD_NULL,
			.presence = FIELD_LATER},
		{"is_direct", FIELD_BOOL(struct contender, is_direct)},
		{"queues", FIELD_BOOL(struct contender, queues)},
		{"depth", FIELD_COUNT(struct contender, depth)},
		{"batch", FIELD_COUNT(struct contender, batch)},
		{"numjobs", FIELD_COUNT(struct contender, numjobs)},
		{"iops_asked", FIELD_AMOUNT(struct contender, asked.iops), .null = FIELD_NULL_ZERO,
			.presence = FIELD_LATER, .help = "By its rate, of all clones together."},
		{"bandwidth_asked", FIELD_AMOUNT(struct contender, asked.bandwidth),
			.null = FIELD_NULL_ZERO, .presence = FIELD_LATER,
			.help = "The same in bytes a second."},
		{"options", FIELD_CUSTOM(struct contender, options, &result_settings_field)},
		{"effective", FIELD_CUSTOM(struct contender, effective, &result_settings_field)},
		{"engine_proof", FIELD_CUSTOM(struct contender, proof, &result_settings_field),
			.help = "What its engine did, as counted."},
		{"refused", FIELD_ARRAY(struct contender, refused.count, refused.items,
				    &result_refused_table)});

static void write_causes(const struct field_spot *spot)
{
	cJSON *causes = json_add_array(spot->object, spot->name);

	for (int i = 0; i < GUARD_CAUSE_COUNT; i++) {
		if (*(const unsigned *)spot->member & 1u << i)
			json_add_text(causes, NULL, guard_thresholds[i].name);
	}
}

/* Those of later guards are skipped. */
static void read_causes(const struct json_node *object, const char *name, void *member)
{
	struct json_node array = json_node_array(object, name);
	const cJSON *item;

	cJSON_ArrayForEach (item, array.item) {
		for (int i = 0; cJSON_IsString(item) && i < GUARD_CAUSE_COUNT; i++) {
			if (strcmp(item->valuestring, guard_thresholds[i].name) == 0)
				*(unsigned *)member |= 1u << i;
		}
	}
}

static const struct field_custom causes_field = {
	write_causes, read_causes, FIELD_JSON({"type" : "array", "items" : {"type" : "string"}})};

static void write_guards(const struct field_spot *spot)
{
	cJSON *guards = json_add_object(spot->object, spot->name);

	for (int i = 0; i < GUARD_CAUSE_COUNT; i++)
		json_add_double(
			guards, guard_thresholds[i].name, ((const double *)spot->member)[i]);
}

static void read_guards(const struct json_node *object, const char *name, void *member)
{
	struct json_node guards = json_node_object(object, name);

	for (int i = 0; i < GUARD_CAUSE_COUNT; i++)
		((double *)member)[i] = json_node_number_or(&guards, guard_thresholds[i].name, NAN);
}

static const struct field_custom guards_field = {write_guards, read_guards,
	FIELD_JSON({"type" : "object", "additionalProperties" : {"type" : [ "number", "null" ]}})};

static void write_values(const struct field_spot *spot)
{
	cJSON *values = json_add_object(spot->object, spot->name);

	for (int i = 0; i < VALUE_COUNT; i++)
		json_add_double(
			values, trial_value_metrics[i].name, ((const double *)spot->member)[i]);
}

static void read_values(const struct json_node *object, const char *name, void *member)
{
	struct json_node node = json_node_object(object, name);
	double *values = member;
	enum trial_value descent;

	for (int i = 0; i < VALUE_COUNT; i++)
		values[i] = json_node_amount_or(&node, trial_value_metrics[i].name, NAN);
	descent = trial_values_descent(values);
	if (descent != VALUE_COUNT)
		json_node_fail(
			&node, trial_value_metrics[descent].name, "is below a lower percentile");
}

static const struct field_custom values_field = {
	write_values, read_values, FIELD_JSON({
		"type" : "object",
		"additionalProperties" : {"type" : [ "number", "null" ], "minimum" : 0}
	})};

static void check_trial(const struct json_node *node, void *structure)
{
	const struct trial *trial = structure;
	const struct record_point *point = node->owner;

	if (trial->block >= point->block_count || trial->contender >= point->contender_count)
		json_node_fail(node, NULL, "is of a block or contender that there is not");
}

static const struct field_table trial_table = FIELD_TABLE_WITH("trial", struct trial,
	(.check = check_trial), {"block", FIELD_COUNT(struct trial, block)},
	{"contender", FIELD_COUNT(struct trial, contender)},
	{"position", FIELD_COUNT(struct trial, position)},
	{"attempt", FIELD_COUNT(struct trial, attempt), .schema = FIELD_JSON({"enum" : [ 1, 2 ]})},
	{"seed", FIELD_COUNT(struct trial, seed)},
	{"rounds", FIELD_COUNT(struct trial, rounds), .null = FIELD_NULL_ZERO,
		.presence = FIELD_RARE, .help = "Turns that it consists of, if it does."},
	{"started_s", FIELD_NUMBER(struct trial, started_s)},
	{"window_s", FIELD_NUMBER(struct trial, window_s)},
	{"exit_code", FIELD_INTEGER(struct trial, exit_code)},
	{"counts", FIELD_BOOL(struct trial, counts), .help = "Whether its figures are used."},
	{"problem", FIELD_TEXT(struct trial, problem), .null = FIELD_NULL},
	{"mismatch", FIELD_TEXT(struct trial, mismatch), .null = FIELD_NULL,
		.help = "What its engine did and should not have done."},
	{"causes", FIELD_CUSTOM(struct trial, causes, &causes_field),
		.help = "Guards beyond their thresholds."},
	{"guards", FIELD_CUSTOM(struct trial, guards, &guards_field)},
	{"early_excess", FIELD_NUMBER(struct trial, early_excess), .null = FIELD_NULL,
		.help = "Rate of the first fifth against the rest's, - 1."},
	{"carry_over", FIELD_NUMBER(struct trial, carry_over), .null = FIELD_NULL,
		.presence = FIELD_RARE,
		.help = "Rate of its turns after its own kind against those after others', log."},
	{"values", FIELD_CUSTOM(struct trial, values, &values_field)});

/* The verdict on a metric of a contender: its level, and its difference to the reference. */
struct metric_verdict {
	const char *metric;
	double level, level_lo, level_hi;
	bool is_thin;
	enum contrast_mark mark;
	bool is_demoted;
	double effect, lo, hi, p, p_adjusted;
	size_t count;
	enum estimate_method method;
	size_t blocks_needed;
};

struct contender_verdict {
	const char *name;
	const char *letters;
	size_t metric_count;
	struct metric_verdict *metrics;
};

struct verdicts {
	size_t rank_count;
	const char **ranking;
	size_t contender_count;
	struct contender_verdict *contenders;
	struct control control;
	struct health health;
	size_t repeated_causes[GUARD_CAUSE_COUNT], kept_causes[GUARD_CAUSE_COUNT]; /* trials */
	double smallest_effect;
};

static const struct field_table metric_table = FIELD_TABLE_WITH("metric", struct metric_verdict,
	(.help = "Level, and difference to the reference (a fraction)."),
	{"level", FIELD_NUMBER(struct metric_verdict, level), .null = FIELD_NULL},
	{"level_lo", FIELD_NUMBER(struct metric_verdict, level_lo), .null = FIELD_NULL},
	{"level_hi", FIELD_NUMBER(struct metric_verdict, level_hi), .null = FIELD_NULL},
	{"is_thin", FIELD_BOOL(struct metric_verdict, is_thin),
		.help = "Too few I/Os beyond it: no verdict."},
	{"mark",
		FIELD_CHOICE(struct metric_verdict, mark, MARK_UNRESOLVED + 1, contrast_mark_name)},
	{"is_demoted", FIELD_BOOL(struct metric_verdict, is_demoted)},
	{"effect", FIELD_NUMBER(struct metric_verdict, effect), .null = FIELD_NULL},
	{"lo", FIELD_NUMBER(struct metric_verdict, lo), .null = FIELD_NULL},
	{"hi", FIELD_NUMBER(struct metric_verdict, hi), .null = FIELD_NULL},
	{"p", FIELD_NUMBER(struct metric_verdict, p), .null = FIELD_NULL},
	{"p_adjusted", FIELD_NUMBER(struct metric_verdict, p_adjusted), .null = FIELD_NULL},
	{"n", FIELD_COUNT(struct metric_verdict, count)},
	{"method", FIELD_CHOICE(struct metric_verdict, method, ESTIMATE_WILCOXON + 1,
			   estimate_method_name)},
	{"blocks_needed", FIELD_COUNT(struct metric_verdict, blocks_needed),
		.null = FIELD_NULL_ZERO});

static const struct field_table verdict_table = FIELD_TABLE_OF("verdict", struct contender_verdict,
	{"contender", FIELD_TEXT(struct contender_verdict, name)},
	{"letters", FIELD_TEXT(struct contender_verdict, letters), .null = FIELD_NULL,
		.help = "One in common: not shown to differ."},
	{"metrics", FIELD_MAP(struct contender_verdict, metric_count, metrics, &metric_table,
			    struct metric_verdict, metric)});

static const struct field_table control_table = FIELD_TABLE_OF("control", struct control,
	{"has_failed", FIELD_BOOL(struct control, has_failed)},
	{"half_width", FIELD_NUMBER(struct control, half_width), .null = FIELD_NULL},
	{"floor", FIELD_NUMBER(struct control, floor), .null = FIELD_NULL});

/* Trials by their causes; those without any are left out. */
static void write_cause_counts(const struct field_spot *spot)
{
	cJSON *counts = json_add_object(spot->object, spot->name);

	for (int cause = 0; cause < GUARD_CAUSE_COUNT; cause++) {
		size_t count = ((const size_t *)spot->member)[cause];

		if (count > 0)
			json_add_u64(counts, guard_thresholds[cause].name, count);
	}
}

static const struct field_custom cause_counts_field = {write_cause_counts, NULL,
	FIELD_JSON({"type" : "object", "additionalProperties" : {"$ref" : "#/$defs/count"}})};

static const struct field_table health_table = FIELD_TABLE_WITH("health", struct verdicts,
	(.help = "On the scale of the analysis."),
	{"drift", FIELD_NUMBER(struct verdicts, health.drift), .null = FIELD_NULL},
	{"drift_p", FIELD_NUMBER(struct verdicts, health.drift_p), .null = FIELD_NULL},
	{"order_effect", FIELD_NUMBER(struct verdicts, health.order_effect), .null = FIELD_NULL},
	{"order_p", FIELD_NUMBER(struct verdicts, health.order_p), .null = FIELD_NULL},
	{"memory", FIELD_NUMBER(struct verdicts, health.memory), .null = FIELD_NULL},
	{"slots", FIELD_COUNT(struct verdicts, health.slot_count)},
	{"repeated", FIELD_COUNT(struct verdicts, health.repeated_count)},
	{"repeated_causes", FIELD_CUSTOM(struct verdicts, repeated_causes, &cause_counts_field),
		.help = "Disturbed trials that were run again, by what disturbed them."},
	{"kept_causes", FIELD_CUSTOM(struct verdicts, kept_causes, &cause_counts_field),
		.help = "Disturbed trials that count, likewise."});

static const struct field_table verdicts_table = FIELD_TABLE_OF("verdicts", struct verdicts,
	{"ranking", FIELD_TEXTS(struct verdicts, rank_count, ranking),
		.help = "By the primary metric, best first."},
	{"contenders", FIELD_ARRAY(struct verdicts, contender_count, contenders, &verdict_table)},
	{"control", FIELD_OBJECT(struct verdicts, control, &control_table),
		FIELD_IF(struct verdicts, control.is_judged)},
	{"health", FIELD_GROUP(struct verdicts, &health_table)},
	{"smallest_effect", FIELD_NUMBER(struct verdicts, smallest_effect), .null = FIELD_NULL});

static struct metric_verdict metric_verdict_of(
	const struct view *view, enum trial_value value, size_t c)
{
	const struct metric *metric = &trial_value_metrics[value];
	const struct estimate *level = &view->comparison.columns[value].levels[c];
	const struct contrast *contrast = view_contrast(view, value, c);
	const struct estimate *difference = &contrast->difference;

	return (struct metric_verdict){
		.metric = metric->name,
		.level = metric_level(metric, level->value),
		.level_lo = metric_level(metric, level->lo),
		.level_hi = metric_level(metric, level->hi),
		.is_thin = view_is_thin(view, value, c),
		.mark = contrast->mark,
		.is_demoted = contrast->is_demoted,
		.effect = metric_effect(metric, difference->value),
		.lo = metric_effect(metric, difference->lo),
		.hi = metric_effect(metric, difference->hi),
		.p = difference->p,
		.p_adjusted = contrast->p_adjusted,
		.count = difference->count,
		.method = difference->method,
		.blocks_needed = contrast->blocks_needed,
	};
}

static void judge_contender(struct contender_verdict *verdict, const struct view *view, size_t c)
{
	char letters[ESTIMATE_LETTERS_LIMIT + 1];

	verdict->name = view->point->contenders[c].name;
	if (view->comparison.letter_count > 0)
		verdict->letters = arena_strdup(
			view->arena, estimate_letters_text(view->comparison.letters[c], letters));
	verdict->metrics = arena_alloc_array(view->arena, VALUE_COUNT, sizeof(*verdict->metrics));
	for (int value = 0; value < VALUE_COUNT; value++) {
		if (view->comparison.columns[value].levels[c].count > 0)
			verdict->metrics[verdict->metric_count++] =
				metric_verdict_of(view, (enum trial_value)value, c);
	}
}

/* Jobs that were run side by side, each with its own reference, have no verdict in common. */
static const void *make_verdicts(const void *structure, const void *owner, struct arena *arena)
{
	const struct record_point *point = structure;
	struct verdicts *verdicts = ARENA_NEW(arena, struct verdicts);
	struct record_point *tables;
	struct view view;

	view_make(&view, owner, point, arena);
	if (!view.has_figures || view_split_point(point, arena, &tables) > 1)
		return NULL;
	verdicts->rank_count = view.comparison.rank_count;
	verdicts->ranking =
		arena_alloc_array(arena, verdicts->rank_count, sizeof(*verdicts->ranking));
	for (size_t i = 0; i < verdicts->rank_count; i++)
		verdicts->ranking[i] = point->contenders[view.comparison.ranks[i]].name;
	verdicts->contender_count = point->contender_count;
	verdicts->contenders =
		arena_alloc_array(arena, point->contender_count, sizeof(*verdicts->contenders));
	for (size_t c = 0; c < point->contender_count; c++)
		judge_contender(&verdicts->contenders[c], &view, c);
	verdicts->control = view.comparison.columns[point->primary].control;
	verdicts->health = view.comparison.health;
	for (int cause = 0; cause < GUARD_CAUSE_COUNT; cause++) {
		verdicts->repeated_causes[cause] =
			record_count_cause(point, (enum guard_cause)cause, false);
		verdicts->kept_causes[cause] =
			record_count_cause(point, (enum guard_cause)cause, true);
	}
	verdicts->smallest_effect = view_smallest_effect(&view);
	return verdicts;
}

static void write_metric(const struct field_spot *spot)
{
	json_add_text(spot->object, spot->name,
		trial_value_metrics[*(const enum trial_value *)spot->member].name);
}

static void read_metric(const struct json_node *object, const char *name, void *member)
{
	enum trial_value value = trial_value_find(json_node_text(object, name));

	if (value == VALUE_COUNT)
		json_node_fail(object, name, "is a metric that this ringside does not know");
	*(enum trial_value *)member = value;
}

const struct field_custom record_metric_field = {
	write_metric, read_metric, FIELD_JSON({"type" : "string"})};

static const char *stop_name(enum stop_decision stop)
{
	static const char *const names[] = {
		[STOP_NOT_YET] = "broken-off",
		[STOP_PRECISE] = "precise",
		[STOP_BLOCK_LIMIT] = "block-limit",
		[STOP_OUT_OF_TIME] = "out-of-time",
	};

	return names[stop];
}

static void check_index(const struct json_node *node, const char *name, size_t index, size_t limit)
{
	if (index != SESSION_NONE && index >= limit)
		json_node_fail(node, name, "is no contender");
}

static void check_point(const struct json_node *node, void *structure)
{
	struct record_point *point = structure;

	for (size_t c = 0; c < point->contender_count; c++) {
		const char *reference = point->contenders[c].reference;

		if (reference && session_find(point->contenders, point->contender_count,
					 reference) == SESSION_NONE)
			json_node_fail(node, "contenders", "name a reference that is none of them");
	}
	check_index(node, "reference", point->reference, point->contender_count);
	check_index(node, "control", point->control, point->contender_count);
	if (point->block_count > UINT_MAX)
		json_node_fail(node, "blocks", "is too large");
	point->trial_limit = point->trial_count;
}

static const struct field_table point_table = FIELD_TABLE_WITH("point", struct record_point,
	(.is_owner = true, .check = check_point), {"name", FIELD_TEXT(struct record_point, name)},
	{"summary", FIELD_TEXT(struct record_point, summary)},
	{"primary", FIELD_CUSTOM(struct record_point, primary, &record_metric_field),
		.help = "The metric that decides; a key of values."},
	{"reference", FIELD_COUNT(struct record_point, reference), .null = FIELD_NULL_LARGEST,
		.help = "Its index among the contenders; null: none could run."},
	{"own_references", FIELD_BOOL(struct record_point, has_own_references),
		.presence = FIELD_LATER, .help = "reference is the control's alone."},
	{"control", FIELD_COUNT(struct record_point, control), .null = FIELD_NULL_LARGEST},
	{"blocks", FIELD_COUNT(struct record_point, block_count)},
	{"stop", FIELD_CHOICE(struct record_point, stop, STOP_OUT_OF_TIME + 1, stop_name),
		.help = "Why there were no more blocks; of a session that has no rule to stop by, "
			"always broken-off."},
	{"elapsed_s", FIELD_NUMBER(struct record_point, elapsed_s)},
	{"turn_s", FIELD_NUMBER(struct record_point, window_s), .null = FIELD_NULL_ZERO,
		.presence = FIELD_RARE, .help = "Window of the turns that contenders took."},
	{"rounds", FIELD_COUNT(struct record_point, rounds), .null = FIELD_NULL_ZERO,
		.presence = FIELD_RARE, .help = "Of turns, in a block."},
	{"why_trials", FIELD_TEXT(struct record_point, why_trials), .null = FIELD_NULL,
		.presence = FIELD_RARE, .help = "Why they took no turns, which were wanted."},
	{"ramp_s", FIELD_NUMBER(struct record_point, ramp_s), .null = FIELD_NULL,
		.presence = FIELD_LATER, .help = "Before each trial's window."},
	{"ramp_wanted_s", FIELD_NUMBER(struct record_point, ramp_wanted_s), .null = FIELD_NULL,
		.presence = FIELD_LATER, .help = "ramp_s, if its time were not bounded."},
	{"contenders",
		FIELD_ARRAY(struct record_point, contender_count, contenders, &contender_table)},
	{"trials", FIELD_ARRAY(struct record_point, trial_count, trials, &trial_table)},
	{"verdicts", FIELD_POINTER_OF(&verdicts_table, make_verdicts),
		.help = "null: nothing to compare, or jobs that have a reference each."});

static const struct field_table record_table = FIELD_TABLE_WITH(NULL, struct record,
	(.is_owner = true,
		.help = "Every trial of a comparison, and its verdicts. null is: not known here."),
	{"tool", FIELD_GROUP(struct record, &tool_table), .help = "The ringside that compared."},
	{"command", FIELD_TEXTS(struct record, argument_count, arguments)},
	{"started", FIELD_TIME(struct record, started)}, {"seed", FIELD_COUNT(struct record, seed)},
	{"signal", FIELD_INTEGER(struct record, signal), .null = FIELD_NULL_ZERO,
		.schema = FIELD_JSON({"minimum" : 1})},
	{"environment", FIELD_OBJECT(struct record, environment, &result_environment_table)},
	{"procedure", FIELD_GROUP(struct record, &procedure_table)},
	{"points", FIELD_ARRAY(struct record, point_count, points, &point_table),
		.help = "Tables: one, or one for each value that was varied."});

const struct document_kind record_document = {"comparison", RECORD_SCHEMA, &record_table};

char *record_print(const struct record *record)
{
	return document_print(&record_document, record);
}

int record_read(const char *path, struct record *record, struct diag *diag)
{
	*record = (struct record){0};
	return document_read_file(&record_document, path, &record->arena, record, diag);
}

/* SPDX-License-Identifier: MIT */
/* The curve document: every load with its figures, the trials behind them, and what follows. */
#include <math.h>
#include <string.h>

#include "curve/curve.h"
#include "document/field_row.h"
#include "result/result_fields.h"

static const struct field_table tool_table = FIELD_TABLE_OF("tool", struct curve,
	{"version", FIELD_TEXT(struct curve, version), .null = FIELD_NULL},
	{"git", FIELD_TEXT(struct curve, git), .null = FIELD_NULL},
	{"compiler", FIELD_TEXT(struct curve, compiler), .null = FIELD_NULL});

static void write_values(const struct field_spot *spot)
{
	cJSON *values = json_add_object(spot->object, spot->name);

	for (int v = 0; v < CURVE_VALUE_COUNT; v++)
		json_add_double(values, curve_figures[v].name, ((const double *)spot->member)[v]);
}

static void read_values(const struct json_node *object, const char *name, void *member)
{
	struct json_node values = json_node_object(object, name);

	for (int v = 0; v < CURVE_VALUE_COUNT; v++)
		((double *)member)[v] = json_node_amount_or(&values, curve_figures[v].name, NAN);
}

static const struct field_custom values_field = {
	.write = write_values,
	.read = read_values,
	.schema = FIELD_JSON({
		"type" : "object",
		"additionalProperties" : {"type" : [ "number", "null" ], "minimum" : 0}
	}),
};

static const struct field_table level_table =
	FIELD_TABLE_WITH("level", struct curve_level, (.help = "A figure with its 95 % interval."),
		{"value", FIELD_AMOUNT(struct curve_level, value), .null = FIELD_NULL},
		{"lo", FIELD_AMOUNT(struct curve_level, lo), .null = FIELD_NULL},
		{"hi", FIELD_AMOUNT(struct curve_level, hi), .null = FIELD_NULL});

static void write_levels(const struct field_spot *spot)
{
	cJSON *levels = json_add_object(spot->object, spot->name);

	for (int v = 0; v < CURVE_VALUE_COUNT; v++)
		field_write(json_add_object(levels, curve_figures[v].name), &level_table,
			(const struct curve_level *)spot->member + v, spot->owner);
}

static void read_levels(const struct json_node *object, const char *name, void *member)
{
	struct json_node levels = json_node_object(object, name);

	for (int v = 0; v < CURVE_VALUE_COUNT; v++) {
		struct curve_level *level = (struct curve_level *)member + v;
		struct json_node node = json_node_object_or_null(&levels, curve_figures[v].name);

		*level = (struct curve_level){NAN, NAN, NAN};
		if (node.item)
			field_read(&node, &level_table, level);
	}
}

static const struct field_custom levels_field = {
	.write = write_levels,
	.read = read_levels,
	.schema = FIELD_JSON(
		{"type" : "object", "additionalProperties" : {"$ref" : "#/$defs/level"}}),
};

static const struct field_table trial_table = FIELD_TABLE_OF("trial", struct curve_trial,
	{"block", FIELD_COUNT(struct curve_trial, block)},
	{"seed", FIELD_COUNT(struct curve_trial, seed)},
	{"started_s", FIELD_AMOUNT(struct curve_trial, started_s)},
	{"window_s", FIELD_AMOUNT(struct curve_trial, window_s), .null = FIELD_NULL},
	{"counts", FIELD_BOOL(struct curve_trial, counts), .help = "Whether its figures are used."},
	{"problem", FIELD_TEXT(struct curve_trial, problem), .null = FIELD_NULL},
	{"values", FIELD_CUSTOM(struct curve_trial, values, &values_field)});

static void check_point(const struct json_node *node, void *structure)
{
	struct curve_point *point = structure;

	(void)node;
	point->trial_limit = point->trial_count;
}

static const struct field_table point_table = FIELD_TABLE_WITH("point", struct curve_point,
	(.check = check_point), {"offered_iops", FIELD_AMOUNT(struct curve_point, offered)},
	{"window_s", FIELD_AMOUNT(struct curve_point, window_s),
		.help = "Of its trials that count, together; 0: none was run."},
	{"ios", FIELD_AMOUNT(struct curve_point, ios), .help = "Of these trials, together."},
	{"is_saturated", FIELD_BOOL(struct curve_point, is_saturated),
		.help = "Less was done than offered, and chance does not explain it."},
	{"limit", FIELD_CHOICE(struct curve_point, cause, SATURATION_CAUSE_COUNT, saturation_name),
		.help = "Of a load that was not done, or whose I/Os were sent late."},
	{"figures", FIELD_CUSTOM(struct curve_point, levels, &levels_field),
		.help = "Latencies are from when an I/O was due, but for service_*: from when it "
			"was sent; lag_* is what lies between."},
	{"trials", FIELD_ARRAY(struct curve_point, trial_count, trials, &trial_table)});

static const struct field_table knee_table = FIELD_TABLE_WITH("knee", struct curve_knee,
	(.help = "The load from which on p99 stays above twice the least p99; null: there is "
		 "none."),
	{"least_p99_ns", FIELD_AMOUNT(struct curve_knee, least_ns), .null = FIELD_NULL},
	{"iops", FIELD_OBJECT(struct curve_knee, load, &level_table)});

static const struct field_table slo_result_table = FIELD_TABLE_WITH("slo_result",
	struct curve_slo_result, (.help = "The largest load within the limit."),
	{"answer", FIELD_CHOICE(struct curve_slo_result, answer, SLO_ANSWER_COUNT, slo_answer_name),
		.help = "none: the lowest load is beyond the limit. all: the highest is within."},
	{"iops", FIELD_OBJECT(struct curve_slo_result, load, &level_table),
		.help = "lo was within the limit, hi was beyond it."},
	{"tests", FIELD_ARRAY(struct curve_slo_result, test_count, tests, &point_table),
		.help = "Loads that were tried for it, in the order in which they began."});

static const struct field_table line_table =
	FIELD_TABLE_OF("line", struct curve_line, {"name", FIELD_TEXT(struct curve_line, name)},
		{"engine", FIELD_TEXT(struct curve_line, engine), .null = FIELD_NULL},
		{"summary", FIELD_TEXT(struct curve_line, summary)},
		{"problem", FIELD_TEXT(struct curve_line, problem), .null = FIELD_NULL,
			.help = "Why it takes no part, or no more."},
		{"exit_code", FIELD_INTEGER(struct curve_line, exit_code)},
		{"numjobs", FIELD_COUNT(struct curve_line, numjobs)},
		{"depth", FIELD_COUNT(struct curve_line, depth)},
		{"read_percent", FIELD_AMOUNT(struct curve_line, read_percent), .null = FIELD_NULL,
			.help = "Of a row of --mixed."},
		{"options", FIELD_CUSTOM(struct curve_line, options, &result_settings_field)},
		{"most_iops", FIELD_OBJECT(struct curve_line, most, &level_table),
			.help = "Without a rate: as many at a time as iodepth allows."},
		{"most_p99_ns", FIELD_OBJECT(struct curve_line, most_p99, &level_table),
			.help = "Then, from when an I/O was sent."},
		{"knee", FIELD_OBJECT(struct curve_line, knee, &knee_table)},
		{"slo", FIELD_OBJECT(struct curve_line, slo, &slo_result_table)},
		{"points", FIELD_ARRAY(struct curve_line, point_count, points, &point_table)});

static bool lacks_slo(const void *structure)
{
	return !((const struct curve *)structure)->has_slo;
}

static void write_metric(const struct field_spot *spot)
{
	json_add_text(spot->object, spot->name,
		curve_figures[((const struct slo *)spot->member)->metric].name);
}

static void read_metric(const struct json_node *object, const char *name, void *member)
{
	const char *figure = json_node_text(object, name);
	struct slo *slo = member;

	for (int v = 0; v < CURVE_VALUE_COUNT; v++) {
		if (strcmp(curve_figures[v].name, figure) == 0) {
			slo->metric = (enum curve_value)v;
			return;
		}
	}
	json_node_fail(object, name, "is a figure that this ringside does not know");
}

static const struct field_custom metric_field = {
	.write = write_metric,
	.read = read_metric,
	.schema = FIELD_JSON({"type" : "string"}),
};

static const struct field_table slo_table =
	FIELD_TABLE_OF("slo", struct slo, {"figure", FIELD_CUSTOM_OF(&metric_field)},
		{"limit_ns", FIELD_AMOUNT(struct slo, limit_ns)});

static const struct field_table procedure_table =
	FIELD_TABLE_WITH("procedure", struct curve, (.help = "How it was done."),
		{"trial_s", FIELD_AMOUNT(struct curve, trial_s),
			.help = "Of loads with many I/Os; others have longer trials."},
		{"ramp_s", FIELD_AMOUNT(struct curve, ramp_s)},
		{"blocks", FIELD_COUNT(struct curve, block_count)},
		{"blocks_asked", FIELD_COUNT(struct curve, blocks_asked)},
		{"is_poisson", FIELD_BOOL(struct curve, is_poisson),
			.help = "Arrivals at random; else at even distances."},
		{"is_mixed", FIELD_BOOL(struct curve, is_mixed)},
		{"is_out_of_time", FIELD_BOOL(struct curve, is_out_of_time)},
		{"slo", FIELD_OBJECT(struct curve, slo, &slo_table), .lacks = lacks_slo},
		{"elapsed_s", FIELD_AMOUNT(struct curve, elapsed_s)});

static const struct field_table curve_table = FIELD_TABLE_WITH(NULL, struct curve,
	(.is_owner = true, .help = "Latency by offered load. null is: not known here."),
	{"tool", FIELD_GROUP(struct curve, &tool_table), .help = "The ringside that measured."},
	{"command", FIELD_TEXTS(struct curve, argument_count, arguments)},
	{"started", FIELD_TIME(struct curve, started)}, {"seed", FIELD_COUNT(struct curve, seed)},
	{"signal", FIELD_INTEGER(struct curve, signal), .null = FIELD_NULL_ZERO,
		.schema = FIELD_JSON({"minimum" : 1})},
	{"environment", FIELD_OBJECT(struct curve, environment, &result_environment_table)},
	{"procedure", FIELD_GROUP(struct curve, &procedure_table)},
	{"lines", FIELD_ARRAY(struct curve, line_count, lines, &line_table),
		.help = "One for each contender."});

const struct document_kind curve_document = {
	.noun = "curve",
	.schema = CURVE_SCHEMA,
	.table = &curve_table,
};

char *curve_print(const struct curve *curve)
{
	return document_print(&curve_document, curve);
}

int curve_read(const char *path, struct curve *curve, struct diag *diag)
{
	int error;

	*curve = (struct curve){0};
	error = document_read_file(&curve_document, path, &curve->arena, curve, diag);
	curve->has_slo = curve->slo.limit_ns > 0;
	return error;
}

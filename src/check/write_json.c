/* SPDX-License-Identifier: MIT */
/* The report as JSON: schema "ringside-check/1". Whoever changes this changes check_schema.c. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "base/stream.h"
#include "base/version.h"
#include "check/check.h"

static void add_changes(cJSON *parent, const char *key, const struct check_changes *changes)
{
	cJSON *array = json_add_array(parent, key);

	for (size_t i = 0; i < changes->count; i++) {
		cJSON *change = json_add_object(array, NULL);

		json_add_text(change, "key", changes->items[i].key);
		json_add_text(change, "before", changes->items[i].before);
		json_add_text(change, "now", changes->items[i].now);
		json_add_bool(change, "allowed", changes->items[i].is_allowed);
	}
}

static void add_gate(cJSON *array, const struct check_gate *gate)
{
	cJSON *object = json_add_object(array, NULL);
	bool is_asserted = gate->kind == GATE_ASSERTED;
	bool is_lower = gate->metric->sense == METRIC_LOWER_IS_BETTER;

	json_add_text(object, "name", gate->name);
	json_add_text(object, "arm", gate->arm);
	json_add_text(object, "metric", gate->metric->name);
	json_add_text(object, "unit", gate->metric->unit);
	json_add_text(object, "better", is_lower ? "lower" : "higher");
	json_add_text(object, "kind", gate_kind_name(gate->kind));
	json_add_text(object, "outcome", outcome_name(gate->outcome));
	json_add_text(object, "reason", gate->reason);
	json_add_bool(object, "anchor", gate->is_anchor);
	json_add_double(object, "threshold", gate->threshold);
	json_add_double(object, "threshold_absolute", gate->absolute);
	json_add_double(object, "before", gate->before);
	json_add_double(object, "now", gate->now);
	json_add_double(object, "change", gate->change);
	json_add_double(object, "change_lo", gate->change_lo);
	json_add_double(object, "change_hi", gate->change_hi);
	json_add_double(object, "p_worse", gate->p_worse);
	json_add_double(object, "smallest_loss", gate->smallest_loss);
	json_add_bool(object, "small_loss", gate->is_small_loss);
	json_add_u64(object, "before_count", gate->before_count);
	json_add_u64(object, "now_count", gate->now_count);
	json_add_text(object, "relation",
		!is_asserted                      ? NULL
		: gate->relation == GATE_AT_LEAST ? ">="
						  : "<=");
	json_add_double(object, "limit", gate->limit);
}

static void add_today(cJSON *document, const struct sample *today)
{
	cJSON *object = json_add_object(document, "today");
	cJSON *array;

	json_add_text(object, "started", today->id);
	json_add_text(object, "tool", today->tool);
	json_add_text(object, "commit", today->commit);
	json_add_u64(object, "seed", today->seed);
	json_add_u64(object, "blocks", today->block_count);
	json_add_u64(object, "slots", today->slot_count);
	json_add_u64(object, "redone", today->repeated_count);
	json_add_u64(object, "disturbed", today->disturbed_count);
	json_add_text(object, "reference", today->reference);
	array = json_add_array(object, "arms");
	for (size_t i = 0; i < today->arm_count; i++) {
		cJSON *arm = json_add_object(array, NULL);

		json_add_text(arm, "name", today->arms[i].name);
		json_add_text(arm, "reference", today->arms[i].reference);
	}
}

static void add_policy(cJSON *document, const struct outcome_policy *policy)
{
	static const char *const inconclusive[] = {
		[INCONCLUSIVE_STANDS] = "3",
		[INCONCLUSIVE_PASSES] = "pass",
		[INCONCLUSIVE_FAILS] = "fail",
	};
	cJSON *object = json_add_object(document, "policy");

	json_add_text(object, "inconclusive", inconclusive[policy->inconclusive]);
	json_add_text(object, "improved", policy->improved_fails ? "fail" : "pass");
}

int check_write_json(const struct check *report, FILE *stream)
{
	cJSON *document = json_object();
	cJSON *tool, *array;
	char *text;

	errno = 0;
	json_add_text(document, "schema", CHECK_SCHEMA);
	tool = json_add_object(document, "tool");
	json_add_text(tool, "version", version_number);
	json_add_text(tool, "git", version_git);
	json_add_text(document, "job", report->title);
	json_add_text(document, "verdict", check_verdict(report));
	json_add_i64(document, "exit_code", report->exit_code);
	add_policy(document, &report->policy);
	json_add_text(document, "baseline", report->baseline);
	json_add_u64(document, "baseline_sessions", report->session_count);
	if (report->today)
		add_today(document, report->today);
	else
		json_add_null(document, "today");
	add_changes(document, "changes_hard", &report->hard);
	add_changes(document, "changes_soft", &report->soft);
	array = json_add_array(document, "notes");
	for (size_t i = 0; i < report->note_count; i++)
		json_add_text(array, NULL, report->notes[i]);
	array = json_add_array(document, "gates");
	for (size_t i = 0; i < report->gate_count; i++)
		add_gate(array, &report->gates[i]);
	text = json_print(document);
	fputs(text, stream);
	free(text);
	cJSON_Delete(document);
	return stream_finish(stream);
}

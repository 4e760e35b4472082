/* SPDX-License-Identifier: MIT */
/* What a check said, out of the document that check_write_json wrote, to be said again. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/cleanup.h"
#include "check/check.h"
#include "document/document.h"
#include "result/document_parts.h"

#define SCHEMA_FAMILY "ringside-check/"

static double number(const struct json_node *node, const char *key)
{
	return json_node_number_or(node, key, NAN);
}

static enum gate_kind read_kind(const struct json_node *node)
{
	const char *name = json_node_text(node, "kind");

	for (int kind = 0; kind < GATE_KIND_COUNT; kind++) {
		if (strcmp(name, gate_kind_name((enum gate_kind)kind)) == 0)
			return (enum gate_kind)kind;
	}
	json_node_fail(node, "kind", "is no kind of gate");
	return GATE_EXACT;
}

static enum outcome read_outcome(const struct json_node *node)
{
	const char *name = json_node_text(node, "outcome");

	for (int outcome = 0; outcome < OUTCOME_COUNT; outcome++) {
		if (strcmp(name, outcome_name((enum outcome)outcome)) == 0)
			return (enum outcome)outcome;
	}
	json_node_fail(node, "outcome", "is no outcome");
	return OUTCOME_ERROR;
}

static const struct metric *read_metric(const struct json_node *node)
{
	enum trial_value value = trial_value_find(json_node_text(node, "metric"));

	if (value == VALUE_COUNT)
		json_node_fail(node, "metric", "is no metric");
	return &trial_value_metrics[value == VALUE_COUNT ? VALUE_IOPS : value];
}

static void read_gate(const struct json_node *node, struct check_gate *gate)
{
	const char *relation = json_node_text_or_null(node, "relation");

	gate->name = json_node_text(node, "name");
	gate->arm = json_node_text(node, "arm");
	gate->metric = read_metric(node);
	gate->kind = read_kind(node);
	gate->outcome = read_outcome(node);
	gate->reason = json_node_text_or_null(node, "reason");
	gate->is_anchor = json_node_bool(node, "anchor");
	gate->threshold = number(node, "threshold");
	gate->absolute = json_node_number_or(node, "threshold_absolute", 0);
	gate->before = number(node, "before");
	gate->now = number(node, "now");
	gate->change = number(node, "change");
	gate->change_lo = number(node, "change_lo");
	gate->change_hi = number(node, "change_hi");
	gate->p_worse = number(node, "p_worse");
	gate->smallest_loss = number(node, "smallest_loss");
	gate->is_small_loss = json_node_bool(node, "small_loss");
	gate->before_count = json_node_u64(node, "before_count");
	gate->now_count = json_node_u64(node, "now_count");
	gate->relation = relation && strcmp(relation, "<=") == 0 ? GATE_AT_MOST : GATE_AT_LEAST;
	gate->limit = number(node, "limit");
}

static void read_changes(
	const struct json_node *document, const char *key, struct check_changes *changes)
{
	struct json_node array = json_node_array(document, key);
	const cJSON *item;

	changes->items = arena_alloc_array(document->walk->arena,
		(size_t)cJSON_GetArraySize(array.item), sizeof(*changes->items));
	cJSON_ArrayForEach (item, array.item) {
		struct json_node node = json_node_element(&array, item, changes->count);

		changes->items[changes->count++] = (struct check_change){
			.key = json_node_text(&node, "key"),
			.before = json_node_text_or_null(&node, "before"),
			.now = json_node_text_or_null(&node, "now"),
			.is_allowed = json_node_bool(&node, "allowed"),
		};
	}
}

/* What was held against what: the rest of the session is not needed to tell of it. */
static const struct sample *read_today(const struct json_node *document)
{
	struct json_node today = json_node_object_or_null(document, "today");
	struct sample *sample = ARENA_NEW(document->walk->arena, struct sample);
	struct json_node arms;
	const cJSON *item;

	if (!today.item)
		return NULL;
	sample->reference = json_node_text_or_null(&today, "reference");
	arms = json_node_array(&today, "arms");
	sample->arms = arena_alloc_array(document->walk->arena,
		(size_t)cJSON_GetArraySize(arms.item), sizeof(*sample->arms));
	cJSON_ArrayForEach (item, arms.item) {
		struct json_node node = json_node_element(&arms, item, sample->arm_count);

		sample->arms[sample->arm_count++] = (struct sample_arm){
			.name = json_node_text(&node, "name"),
			.reference = json_node_text_or_null(&node, "reference"),
		};
	}
	return sample;
}

static void read_notes(const struct json_node *document, struct check *report)
{
	struct json_node array = json_node_array(document, "notes");
	const cJSON *item;

	cJSON_ArrayForEach (item, array.item) {
		if (!cJSON_IsString(item)) {
			json_node_fail(document, "notes", "holds what is no text");
			return;
		}
		check_note(report, "%s", item->valuestring);
	}
}

static struct outcome_policy read_policy(const struct json_node *document)
{
	struct json_node node = json_node_object(document, "policy");
	const char *inconclusive = json_node_text(&node, "inconclusive");

	return (struct outcome_policy){
		.inconclusive = strcmp(inconclusive, "pass") == 0   ? INCONCLUSIVE_PASSES
				: strcmp(inconclusive, "fail") == 0 ? INCONCLUSIVE_FAILS
								    : INCONCLUSIVE_STANDS,
		.improved_fails = strcmp(json_node_text(&node, "improved"), "fail") == 0,
	};
}

static void read_document(const struct json_node *document, void *into)
{
	struct check *report = into;
	struct json_node gates = json_node_array(document, "gates");
	struct outcome_policy policy = read_policy(document);
	const cJSON *item;

	report->title = json_node_text(document, "job");
	report->baseline = json_node_text_or_null(document, "baseline");
	report->session_count = json_node_u64(document, "baseline_sessions");
	report->today = read_today(document);
	read_changes(document, "changes_hard", &report->hard);
	read_changes(document, "changes_soft", &report->soft);
	read_notes(document, report);
	cJSON_ArrayForEach (item, gates.item) {
		struct json_node node = json_node_element(&gates, item, report->gate_count);

		read_gate(&node, check_add_gate(report));
	}
	check_conclude(report, &policy);
	report->exit_code = json_node_int_or(document, "exit_code", report->exit_code);
}

int check_read(const char *path, struct check *report, struct diag *diag)
{
	static const struct document_parts_kind kind = {
		.noun = "check",
		.schema = CHECK_SCHEMA,
		.family_bytes = sizeof(SCHEMA_FAMILY) - 1,
		.read = read_document,
	};
	size_t length;
	AUTO_FREE char *text = document_load(path, &length, diag);

	check_init(report);
	if (!text)
		return -errno;
	return document_parts_read(path, text, length, &kind, &report->arena, report, diag);
}

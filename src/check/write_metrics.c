/* SPDX-License-Identifier: MIT */
/* Figures for other programs: OpenMetrics, github-action-benchmark, Bencher. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/stream.h"
#include "check/check.h"
#include "run/metrics_text.h"

/* A gate whose figure was measured; each figure once, whatever it is held against. */
static bool has_figure(const struct check *report, size_t index)
{
	const struct check_gate *gate = &report->gates[index];

	if (!isfinite(gate->now) || gate->is_anchor)
		return false;
	for (size_t i = 0; i < index; i++) {
		const struct check_gate *other = &report->gates[i];

		if (isfinite(other->now) && other->metric == gate->metric &&
			(other->kind == GATE_RELATIVE) == (gate->kind == GATE_RELATIVE) &&
			strcmp(other->contender, gate->contender) == 0)
			return false;
	}
	return true;
}

/* "ringside_read_lat_p99_9_ns": [a-zA-Z0-9_] only. */
static const char *family_of(const struct check_gate *gate, struct arena *arena)
{
	const char *unit = strcmp(gate->metric->unit, "ns") == 0    ? "_ns"
			   : strcmp(gate->metric->unit, "/s") == 0  ? "_per_second"
			   : strcmp(gate->metric->unit, "B/s") == 0 ? "_bytes_per_second"
								    : "";
	char *name = arena_printf(arena, "ringside_%s%s%s", gate->metric->name,
		gate->kind == GATE_RELATIVE ? "_ratio" : "",
		gate->kind == GATE_RELATIVE ? "" : unit);

	for (char *c = name; *c; c++) {
		if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
			    (*c >= '0' && *c <= '9')))
			*c = '_';
	}
	return name;
}

/*
 * GitLab compares values as texts: more digits than mean something make each run differ from the
 * last, so there are three.
 */
static void print_sample(
	const struct check *report, const struct check_gate *gate, const char *family, FILE *stream)
{
	fprintf(stream, "%s{job=\"", family);
	metrics_text_label(report->title, stream);
	fputs("\",arm=\"", stream);
	metrics_text_label(gate->contender, stream);
	fprintf(stream, "\"} %.3g\n", gate->now);
}

/* Samples of a family must stand together. */
static void print_family(const struct check *report, size_t first, FILE *stream)
{
	struct arena arena = {0};
	const char *family = family_of(&report->gates[first], &arena);
	bool is_first = true;

	for (size_t i = 0; i < report->gate_count; i++) {
		const struct check_gate *gate = &report->gates[i];

		if (!has_figure(report, i) || strcmp(family_of(gate, &arena), family) != 0)
			continue;
		if (i < first)
			break;
		if (is_first)
			fprintf(stream, "# TYPE %s gauge\n", family);
		is_first = false;
		print_sample(report, gate, family, stream);
	}
	arena_free(&arena);
}

int check_write_openmetrics(const struct check *report, FILE *stream)
{
	errno = 0;
	for (size_t i = 0; i < report->gate_count; i++) {
		if (has_figure(report, i))
			print_family(report, i, stream);
	}
	fputs("# TYPE ringside_exit_code gauge\nringside_exit_code{job=\"", stream);
	metrics_text_label(report->title, stream);
	fprintf(stream, "\"} %d\n# EOF\n", report->exit_code);
	return stream_finish(stream);
}

static const char *unit_of(const struct check_gate *gate)
{
	if (gate->kind == GATE_RELATIVE)
		return "x";
	return *gate->metric->unit ? gate->metric->unit : "1";
}

/*
 * customBiggerIsBetter wants figures of which more is better, so those of which less is are left
 * to be told by their name: they are written as their reciprocal.
 */
int check_write_gab(const struct check *report, FILE *stream)
{
	cJSON *array = json_array();
	struct arena arena = {0};
	int error;

	for (size_t i = 0; i < report->gate_count; i++) {
		const struct check_gate *gate = &report->gates[i];
		bool is_lower = gate->metric->sense == METRIC_LOWER_IS_BETTER;
		cJSON *item;

		if (!has_figure(report, i) || (is_lower && gate->now <= 0))
			continue;
		item = json_add_object(array, NULL);
		json_add_text(item, "name",
			is_lower ? arena_printf(&arena, "1 / %s", gate->name) : gate->name);
		json_add_text(item, "unit",
			is_lower ? arena_printf(&arena, "1/%s", unit_of(gate)) : unit_of(gate));
		json_add_double(item, "value", is_lower ? 1 / gate->now : gate->now);
		if (isfinite(gate->change_lo) && isfinite(gate->change_hi))
			json_add_text(item, "range",
				arena_printf(&arena, "± %.1f%%",
					50 * (gate->change_hi - gate->change_lo)));
		json_add_text(item, "extra",
			arena_printf(&arena, "%s, %s", outcome_gate_kind_name(gate->kind),
				outcome_name(gate->outcome)));
	}
	error = document_write_json(array, stream);
	arena_free(&arena);
	return error;
}

/* The bounds of the change as bounds of the value, where it is a ratio to what was before. */
static void add_bounds(cJSON *measure, const struct check_gate *gate)
{
	bool is_ratio = gate->metric->scale == METRIC_RATIO && gate->kind != GATE_EXACT;

	if (!is_ratio || !isfinite(gate->change_lo) || !isfinite(gate->change_hi))
		return;
	json_add_double(measure, "lower_value", gate->before * (1 + gate->change_lo));
	json_add_double(measure, "upper_value", gate->before * (1 + gate->change_hi));
}

int check_write_bencher(const struct check *report, FILE *stream)
{
	cJSON *document = json_object();

	for (size_t i = 0; i < report->gate_count; i++) {
		const struct check_gate *gate = &report->gates[i];
		cJSON *bench, *measure;
		struct arena arena = {0};

		if (!has_figure(report, i))
			continue;
		bench = cJSON_GetObjectItemCaseSensitive(document, gate->contender);
		if (!bench)
			bench = json_add_object(document, gate->contender);
		measure = json_add_object(
			bench, gate->kind == GATE_RELATIVE
				       ? arena_printf(&arena, "%s.ratio", gate->metric->name)
				       : gate->metric->name);
		json_add_double(measure, "value", gate->now);
		add_bounds(measure, gate);
		arena_free(&arena);
	}
	return document_write_json(document, stream);
}

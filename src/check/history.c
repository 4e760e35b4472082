/* SPDX-License-Identifier: MIT */
/* Writing and reading histories. */
#include "check/history.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "base/save_file.h"
#include "base/text.h"
#include "document/document.h"
#include "document/json_node.h"

#define SCHEMA_FAMILY "ringside-history/"

/* Lines that are none, each with a warning; more of them are counted. */
enum { WARNINGS_LIMIT = 3 };

/* Standard error of the mean of today's trials, scaled. */
static double standard_error(const struct check *report, const struct check_gate *gate)
{
	const struct sample *today = report->today;
	const struct sample_arm *arm = sample_find_arm(today, gate->arm);
	const char *reference =
		arm && gate->kind == GATE_RELATIVE ? sample_reference_of(today, arm) : NULL;
	const struct sample_arm *other = reference ? sample_find_arm(today, reference) : NULL;
	struct arena arena = {0};
	struct estimate e;
	double *values;
	size_t count;

	if (!arm)
		return NAN;
	values = arena_alloc_array(&arena, today->block_count, sizeof(*values));
	count = sample_values(
		today, arm, other, (enum trial_value)(gate->metric - trial_value_metrics), values);
	e = estimate_mean(values, count, 0.05);
	arena_free(&arena);
	return e.deviation / sqrt((double)count);
}

static void add_value(cJSON *values, const struct check *report, const struct check_gate *gate,
	struct arena *arena)
{
	const char *name = gate->kind == GATE_RELATIVE
				   ? arena_printf(arena, "%s (relative)", gate->name)
				   : gate->name;
	cJSON *value;

	/* A limit may be on what another gate is about, or there are two. */
	if (!isfinite(gate->now) || gate->is_anchor ||
		cJSON_GetObjectItemCaseSensitive(values, name))
		return;
	value = json_add_object(values, name);
	json_add_text(value, "metric", gate->metric->name);
	json_add_text(value, "kind", gate_kind_name(gate->kind));
	json_add_text(value, "outcome", outcome_name(gate->outcome));
	json_add_double(value, "mean", metric_scaled(gate->metric, gate->now));
	json_add_double(value, "se", standard_error(report, gate));
	json_add_u64(value, "n", gate->now_count);
}

char *history_print(const struct check *report)
{
	const struct sample *today = report->today;
	cJSON *line = json_object();
	struct arena arena = {0};
	cJSON *values;
	char *text;

	json_add_text(line, "schema", HISTORY_SCHEMA);
	json_add_text(line, "time", today->id);
	json_add_text(line, "commit", today->commit);
	json_add_text(line, "job", report->title);
	json_add_text(line, "hash_hard", sample_hash_settings(&today->environment.hard, &arena));
	json_add_text(line, "hash_soft", sample_hash_settings(&today->environment.soft, &arena));
	json_add_i64(line, "exit_code", report->exit_code);
	values = json_add_object(line, "gates");
	for (size_t i = 0; i < report->gate_count; i++)
		add_value(values, report, &report->gates[i], &arena);
	text = json_print_line(line);
	cJSON_Delete(line);
	arena_free(&arena);
	return text;
}

/* False where somebody was broken off in the middle of a line. */
static bool ends_with_newline(int file)
{
	off_t end = lseek(file, 0, SEEK_END);
	char last;

	return end <= 0 || pread(file, &last, 1, end - 1) != 1 || last == '\n';
}

static int write_whole(int file, const char *text, size_t length)
{
	while (length > 0) {
		ssize_t written = write(file, text, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -errno;
		text += written;
		length -= (size_t)written;
	}
	return 0;
}

int history_append(const char *path, const char *line)
{
	int file AUTO_CLOSE = save_file_open(path, O_RDWR | O_APPEND);
	off_t end;
	int error = 0;

	if (file < 0)
		return file;
	while (flock(file, LOCK_EX) != 0) {
		if (errno != EINTR)
			return -errno;
	}
	if (!ends_with_newline(file))
		error = write_whole(file, "\n", 1);
	end = lseek(file, 0, SEEK_END);
	if (error == 0)
		error = write_whole(file, line, strlen(line));
	/* Half a line helps nobody (a full disk). Where it stays, the next writer ends it, and
	 * readers leave it out. Closing unlocks. */
	if (error != 0 && ftruncate(file, end) != 0)
		return error;
	return error;
}

static void read_value(
	const struct json_node *values, const char *name, struct history_value *value)
{
	struct json_node node = json_node_object(values, name);

	value->name = arena_strdup(values->walk->arena, name);
	value->metric = json_node_text(&node, "metric");
	value->kind = json_node_text(&node, "kind");
	value->outcome = json_node_text(&node, "outcome");
	value->mean = json_node_number_or(&node, "mean", NAN);
	value->standard_error = json_node_number_or(&node, "se", NAN);
	value->count = json_node_unsigned(&node, "n");
}

static void read_line(const struct json_node *node, struct history_line *line)
{
	struct json_node values = json_node_object(node, "gates");
	const cJSON *item;

	line->time = json_node_text(node, "time");
	line->commit = json_node_text_or_null(node, "commit");
	line->job = json_node_text(node, "job");
	line->hash_hard = json_node_text(node, "hash_hard");
	line->hash_soft = json_node_text(node, "hash_soft");
	line->exit_code = (int)json_node_unsigned(node, "exit_code");
	line->values = arena_alloc_array(
		node->walk->arena, (size_t)cJSON_GetArraySize(values.item), sizeof(*line->values));
	cJSON_ArrayForEach (item, values.item)
		read_value(&values, item->string, &line->values[line->value_count++]);
}

/* 0: read; 1: no line of a history; -EINVAL: of a later version, reported. */
static int read_text(const struct place *place, const char *text, size_t length,
	struct history *history, struct history_line *line, struct diag *diag)
{
	/* What is wrong within a line is not worth more than the warning that it is. */
	FILE *nowhere AUTO_FCLOSE = fopen("/dev/null", "we");
	struct diag quiet;
	struct json_walk walk = {.arena = &history->arena, .diag = &quiet, .path = place->file};
	struct json_node node = {.walk = &walk, .where = ""};
	const char *schema;
	size_t problem;
	cJSON *root;
	int result = 1;

	if (!nowhere)
		return -errno;
	diag_init(&quiet, nowhere);
	root = json_parse(text, length, &problem);
	schema = root ? json_get_text(root, "schema") : NULL;
	if (schema && strcmp(schema, HISTORY_SCHEMA) == 0) {
		node.item = root;
		read_line(&node, line);
		result = walk.has_failed;
	} else if (schema && text_starts_with(schema, SCHEMA_FAMILY)) {
		diag_error(diag, place, "a history of another version, %s: this ringside reads %s",
			schema, HISTORY_SCHEMA);
		result = -EINVAL;
	}
	cJSON_Delete(root);
	return result;
}

int history_read_memory(const char *path, const char *text, size_t length, struct history *history,
	struct diag *diag)
{
	struct place place = {.file = path};
	enum document_type type = document_type_of(text, length);
	size_t limit = 1, left_out = 0;

	*history = (struct history){0};
	if (type != DOCUMENT_UNKNOWN && type != DOCUMENT_HISTORY) {
		document_refuse(type, path, "a history of checks", diag);
		return -EINVAL;
	}
	for (size_t i = 0; i < length; i++)
		limit += text[i] == '\n';
	history->lines = arena_alloc_array(&history->arena, limit, sizeof(*history->lines));
	for (size_t at = 0; at < length;) {
		const char *newline = memchr(text + at, '\n', length - at);
		size_t end = newline ? (size_t)(newline - text) : length;
		struct history_line *line = &history->lines[history->line_count];
		size_t bytes = text_trimmed_length(text + at, end - at);
		int result;

		place.line++;
		*line = (struct history_line){0};
		result =
			bytes > 0 ? read_text(&place, text + at, end - at, history, line, diag) : 1;
		if (result < 0)
			return result;
		history->line_count += result == 0;
		if (result == 1 && bytes > 0 && ++left_out <= WARNINGS_LIMIT)
			diag_warning(diag, &place, "no line of a history: left out");
		at = end + 1;
	}
	place.line = 0;
	if (left_out > WARNINGS_LIMIT)
		diag_warning(
			diag, &place, "%zu more lines are left out", left_out - WARNINGS_LIMIT);
	if (history->line_count > 0)
		return 0;
	diag_error(diag, &place, "no history: it has not one line of \"%s\"", HISTORY_SCHEMA);
	return -EINVAL;
}

int history_read(const char *path, struct history *history, struct diag *diag)
{
	size_t length = 0;
	char *text AUTO_FREE = document_load(path, &length, diag);

	*history = (struct history){0};
	if (!text)
		return -errno;
	return history_read_memory(path, text, length, history, diag);
}

void history_free(struct history *history)
{
	arena_free(&history->arena);
	*history = (struct history){0};
}

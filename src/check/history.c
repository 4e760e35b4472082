/* SPDX-License-Identifier: MIT */
/* Histories: written and read. */
#include "check/history.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/save_file.h"
#include "base/text.h"
#include "document/document.h"
#include "document/field_row.h"

#define SCHEMA_FAMILY "ringside-history/"

/* Lines that are none, each with a warning; more of them are counted. */
enum { WARNINGS_LIMIT = 3 };

/* Standard error of the mean of today's trials, scaled. */
static double standard_error(const struct check *report, const struct check_gate *gate)
{
	const struct check_session *today = report->today;
	const struct contender *contender = check_session_find(today, gate->contender);
	const char *reference = contender && gate->kind == GATE_RELATIVE
					? check_session_reference_of(today, contender)
					: NULL;
	const struct contender *other = check_session_find(today, reference);
	struct arena arena = {0};
	struct estimate e;
	double *values;
	size_t count;

	if (!contender)
		return NAN;
	values = arena_alloc_array(&arena, today->block_count, sizeof(*values));
	count = check_session_values(today, contender, other,
		(enum trial_value)(gate->metric - trial_value_metrics), values);
	e = estimate_mean(values, count, 0.05);
	arena_free(&arena);
	return e.deviation / sqrt((double)count);
}

static const struct field_table value_table = FIELD_TABLE_OF("value", struct history_value,
	{"metric", FIELD_TEXT(struct history_value, metric)},
	{"kind", FIELD_TEXT(struct history_value, kind), .help = "Kind of the gate."},
	{"outcome", FIELD_TEXT(struct history_value, outcome)},
	{"mean", FIELD_NUMBER(struct history_value, mean), .null = FIELD_NULL,
		.help = "On the scale of the analysis: its logarithm, unless the metric may be 0."},
	{"se", FIELD_AMOUNT(struct history_value, standard_error), .null = FIELD_NULL,
		.help = "Standard error of the mean; null: one trial."},
	{"n", FIELD_COUNT(struct history_value, count), .help = "Trials."});

static const struct field_table line_table = FIELD_TABLE_WITH(NULL, struct history_line,
	(.help = "A line of a history: what one check measured."),
	{"time", FIELD_TEXT(struct history_line, time), .help = "RFC 3339."},
	{"commit", FIELD_TEXT(struct history_line, commit), .null = FIELD_NULL},
	{"job", FIELD_TEXT(struct history_line, job), .help = "Title of the check."},
	{"hash_hard", FIELD_TEXT(struct history_line, hash_hard),
		.help = "Fingerprint of the machine: lines of another one are not compared."},
	{"hash_soft", FIELD_TEXT(struct history_line, hash_soft)},
	{"exit_code", FIELD_INTEGER(struct history_line, exit_code)},
	{"gates",
		FIELD_MAP(struct history_line, value_count, values, &value_table,
			struct history_value, name),
		.help = "By the gate's name, with \" (relative)\" behind it where it is a ratio."});

const struct document_kind history_document = {"history", HISTORY_SCHEMA, &line_table};

const struct history_value *history_find(const struct history_line *line, const char *name)
{
	for (size_t i = 0; i < line->value_count; i++) {
		if (strcmp(line->values[i].name, name) == 0)
			return &line->values[i];
	}
	return NULL;
}

static void add_value(struct history_line *line, const struct check *report,
	const struct check_gate *gate, struct arena *arena)
{
	const char *name = gate->kind == GATE_RELATIVE
				   ? arena_printf(arena, "%s (relative)", gate->name)
				   : gate->name;

	/* A limit may be on what another gate is about, or there are two. */
	if (!isfinite(gate->now) || gate->is_anchor || history_find(line, name))
		return;
	line->values[line->value_count++] = (struct history_value){
		.name = name,
		.metric = gate->metric->name,
		.kind = outcome_gate_kind_name(gate->kind),
		.outcome = outcome_name(gate->outcome),
		.mean = metric_scaled(gate->metric, gate->now),
		.standard_error = standard_error(report, gate),
		.count = gate->now_count,
	};
}

char *history_print(const struct check *report)
{
	const struct check_session *today = report->today;
	struct arena arena = {0};
	struct history_line line = {
		.time = today->id,
		.commit = today->commit,
		.job = report->title,
		.hash_hard = check_hash_settings(&today->environment.hard, &arena),
		.hash_soft = check_hash_settings(&today->environment.soft, &arena),
		.exit_code = report->exit_code,
		.values = arena_alloc_array(&arena, report->gate_count, sizeof(*line.values)),
	};
	cJSON *document;
	char *text;

	for (size_t i = 0; i < report->gate_count; i++)
		add_value(&line, report, &report->gates[i], &arena);
	document = document_make(&history_document, &line);
	text = json_print_line(document);
	cJSON_Delete(document);
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
		error = save_file_write(file, "\n", 1);
	end = lseek(file, 0, SEEK_END);
	if (error == 0)
		error = save_file_write(file, line, strlen(line));
	/* Half a line helps nobody (a full disk). Where it stays, the next writer ends it, and
	 * readers leave it out. Closing unlocks. */
	if (error != 0 && ftruncate(file, end) != 0)
		return error;
	return error;
}

/* 0: read; 1: no line of a history; -EINVAL: of a later version, reported. */
static int read_text(const struct place *place, const char *text, size_t length,
	struct history *history, struct history_line *line, struct diag *diag)
{
	/* A warning is enough: the problem within the line is not reported. */
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
		field_read(&node, &line_table, line);
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
			diag_warning(diag, &place, "not a line of a history: ignored");
		at = end + 1;
	}
	place.line = 0;
	if (left_out > WARNINGS_LIMIT)
		diag_warning(diag, &place, "%zu more lines are ignored", left_out - WARNINGS_LIMIT);
	if (history->line_count > 0)
		return 0;
	diag_error(diag, &place, "not a history: it has no line of \"%s\"", HISTORY_SCHEMA);
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

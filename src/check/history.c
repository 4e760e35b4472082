/* SPDX-License-Identifier: MIT */
/* Histories: written, read, and shown with where a level changed. */
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
#include "check/check_text.h"
#include "document/document.h"
#include "document/field_row.h"
#include "measure/series.h"
#include "text/page.h"

#define SCHEMA_FAMILY "ringside-history/"

enum { SPARK_LEAST = 10, SPARK_LIMIT = 50, LEVELS = 8 };

/* Beside name and sparkline: "  91.5k/s, 128 sessions", and marks in it. */
enum { LEVEL_COLUMNS = 30 };

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

static const struct history_value *find_value(const struct history_line *line, const char *name)
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
	if (!isfinite(gate->now) || gate->is_anchor || find_value(line, name))
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

/* One gate over the sessions that have it. */
struct series {
	const struct metric *metric;
	const char *name;
	bool is_relative;
	size_t count;
	double *means;
	const struct history_line **lines;
};

/* Sessions of the same machine and job as `last`. */
static void collect(const struct history *history, const struct history_line *last,
	const struct history_value *value, struct series *series, struct arena *arena)
{
	enum trial_value metric = trial_value_find(value->metric);

	*series = (struct series){
		.metric = metric == VALUE_COUNT ? NULL : &trial_value_metrics[metric],
		.name = value->name,
		.is_relative = strcmp(value->kind, outcome_gate_kind_name(GATE_RELATIVE)) == 0,
		.means = arena_alloc_array(arena, history->line_count, sizeof(double)),
		.lines = arena_alloc_array(
			arena, history->line_count, sizeof(struct history_line *)),
	};
	for (size_t i = 0; i < history->line_count; i++) {
		const struct history_line *line = &history->lines[i];
		const struct history_value *found = find_value(line, value->name);

		if (!found || !isfinite(found->mean) || strcmp(line->job, last->job) != 0 ||
			strcmp(line->hash_hard, last->hash_hard) != 0)
			continue;
		series->means[series->count] = found->mean;
		series->lines[series->count++] = line;
	}
}

static void print_spark(struct page *page, const struct series *series, size_t limit)
{
	static const char *const blocks[LEVELS] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	static const char *const ascii[LEVELS] = {"_", ".", "-", "~", "=", "+", "*", "#"};
	size_t first = series->count > limit ? series->count - limit : 0;
	double least = INFINITY, most = -INFINITY;

	for (size_t i = first; i < series->count; i++) {
		least = fmin(least, series->means[i]);
		most = fmax(most, series->means[i]);
	}
	for (size_t i = first; i < series->count; i++) {
		double share = most > least ? (series->means[i] - least) / (most - least) : 0.5;
		int level = (int)(share * (LEVELS - 1) + 0.5);

		/* Something about the machine changed before this session. */
		if (i > first &&
			strcmp(series->lines[i]->hash_soft, series->lines[i - 1]->hash_soft) != 0)
			fputs(PAGE_DIM "|" PAGE_PLAIN, page->stream);
		fputs(page->options.is_utf8 ? blocks[level] : ascii[level], page->stream);
	}
}

/* Where to look for the cause: as git writes it, after the first, up to the second. */
static const char *suspects(
	const struct history_line *before, const struct history_line *after, struct arena *arena)
{
	if (!before->commit || !after->commit)
		return arena_printf(arena, "not yet %s", before->time);
	return arena_printf(arena, "commits %.12s..%.12s", before->commit, after->commit);
}

static void print_changes(struct page *page, const struct series *series, struct arena *arena)
{
	struct change_point_rule rule = series_default_change_rule;
	struct change_point *points =
		arena_alloc_array(arena, series->count / CHANGE_POINT_MARGIN + 1, sizeof(*points));
	size_t count;

	if (series->metric->scale == METRIC_DIFFERENCE)
		rule.smallest_step *= fabs(series->means[series->count - 1]);
	count = series_change_points(series->means, series->count, &rule, points);
	for (size_t i = 0; i < count; i++) {
		const struct change_point *point = &points[i];
		const struct history_line *after = series->lines[point->index];
		const struct history_line *before = series->lines[point->index - 1];
		double step = metric_effect(series->metric, point->after - point->before);
		bool is_worse = metric_direction(series->metric) * step < 0;

		fprintf(page->stream,
			"    %s%s" PAGE_PLAIN " from %s on: ", is_worse ? PAGE_RED : PAGE_BOLD,
			is_worse ? "worse" : "better", after->time);
		if (series->metric->scale == METRIC_RATIO)
			fprintf(page->stream, "%+.1f %%", 100 * step);
		else
			fprintf(page->stream, "%+.3g", step);
		fprintf(page->stream, ", p %.3f, %s\n", point->p, suspects(before, after, arena));
	}
}

static void print_series(
	struct page *page, const struct series *series, int width, struct arena *arena)
{
	struct check_gate gate = {
		.metric = series->metric,
		.kind = series->is_relative ? GATE_RELATIVE : GATE_ABSOLUTE,
	};
	double now = metric_level(series->metric, series->means[series->count - 1]);
	int room = (int)page->columns - width - LEVEL_COLUMNS;
	int limit = room < SPARK_LEAST ? SPARK_LEAST : room > SPARK_LIMIT ? SPARK_LIMIT : room;

	fprintf(page->stream, "%-*s  ", width, series->name);
	print_spark(page, series, (size_t)limit);
	fprintf(page->stream, "  %s, %zu session%s\n", check_text_level(&gate, now, arena),
		series->count, series->count == 1 ? "" : "s");
	print_changes(page, series, arena);
}

static bool is_asked(const struct history_value *value, const char *metric)
{
	return !metric || strcmp(value->name, metric) == 0 || strcmp(value->metric, metric) == 0;
}

/* Whether no later line of the same job has figures: a check that cannot run has none. */
static bool is_newest(const struct history *history, size_t line)
{
	for (size_t i = line + 1; i < history->line_count; i++) {
		if (history->lines[i].value_count > 0 &&
			strcmp(history->lines[i].job, history->lines[line].job) == 0)
			return false;
	}
	return history->lines[line].value_count > 0;
}

static void print_job(struct page *page, const struct history *history,
	const struct history_line *last, const char *metric, size_t *shown)
{
	struct arena arena = {0};
	size_t others = 0;
	int width = 0;

	for (size_t i = 0; i < history->line_count; i++)
		others += history->lines[i].value_count > 0 &&
			  strcmp(history->lines[i].job, last->job) == 0 &&
			  strcmp(history->lines[i].hash_hard, last->hash_hard) != 0;
	for (size_t i = 0; i < last->value_count; i++) {
		int length = (int)strlen(last->values[i].name);

		if (is_asked(&last->values[i], metric) && length > width)
			width = length;
	}
	if (width > 0)
		fprintf(page->stream, PAGE_BOLD "%s" PAGE_PLAIN "\n", last->job);
	for (size_t i = 0; i < last->value_count; i++) {
		struct series series;

		if (!is_asked(&last->values[i], metric))
			continue;
		collect(history, last, &last->values[i], &series, &arena);
		if (!series.metric || series.count == 0)
			continue;
		print_series(page, &series, width, &arena);
		(*shown)++;
	}
	if (others > 0 && width > 0)
		fprintf(page->stream, "%zu session%s of other machines not shown\n", others,
			others == 1 ? "" : "s");
	arena_free(&arena);
}

int history_show(const struct history *history, const char *metric, FILE *stream, size_t *shown)
{
	struct page page;

	*shown = 0;
	page_open(&page, NULL, stream);
	for (size_t i = 0; i < history->line_count; i++) {
		if (is_newest(history, i))
			print_job(&page, history, &history->lines[i], metric, shown);
	}
	return page_close(&page);
}

/* SPDX-License-Identifier: MIT */
/* Histories as they are shown: levels over sessions, and where they changed. */
#include <math.h>
#include <string.h>

#include "check/check_text.h"
#include "check/history.h"
#include "measure/series.h"
#include "text/page.h"

enum { SPARK_LEAST = 10, SPARK_LIMIT = 50, LEVELS = 8 };

/* Beside name and sparkline: "  91.5k/s, 128 sessions", and marks in it. */
enum { LEVEL_COLUMNS = 30 };

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
		const struct history_value *found = history_find(line, value->name);

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

struct level_change {
	size_t at; /* the first session of the new level */
	bool is_worse;
	const char *text; /* " from … on: -5.0 %, p 0.001, commits a..b" */
};

static size_t find_changes(
	const struct series *series, struct level_change **changes, struct arena *arena)
{
	struct change_point_rule rule = series_default_change_rule;
	size_t limit = series->count / CHANGE_POINT_MARGIN + 1;
	struct change_point *points = arena_alloc_array(arena, limit, sizeof(*points));
	size_t count;

	if (series->metric->scale == METRIC_DIFFERENCE)
		rule.smallest_step *= fabs(series->means[series->count - 1]);
	count = series_change_points(series->means, series->count, &rule, points);
	*changes = arena_alloc_array(arena, limit, sizeof(**changes));
	for (size_t i = 0; i < count; i++) {
		const struct change_point *point = &points[i];
		const struct history_line *after = series->lines[point->index];
		const struct history_line *before = series->lines[point->index - 1];
		double step = metric_effect(series->metric, point->after - point->before);
		const char *size = series->metric->scale == METRIC_RATIO
					   ? arena_printf(arena, "%+.1f %%", 100 * step)
					   : arena_printf(arena, "%+.3g", step);

		(*changes)[i] = (struct level_change){
			.at = point->index,
			.is_worse = metric_direction(series->metric) * step < 0,
			.text = arena_printf(arena, " from %s on: %s, p %.3f, %s", after->time,
				size, point->p, suspects(before, after, arena)),
		};
	}
	return count;
}

static const char *change_name(const struct level_change *change)
{
	return change->is_worse ? "worse" : "better";
}

static void print_changes(struct page *page, const struct series *series, struct arena *arena)
{
	struct level_change *changes;
	size_t count = find_changes(series, &changes, arena);

	for (size_t i = 0; i < count; i++)
		fprintf(page->stream, "    %s%s" PAGE_PLAIN "%s\n",
			changes[i].is_worse ? PAGE_RED : PAGE_BOLD, change_name(&changes[i]),
			changes[i].text);
}

static const char *level_now(const struct series *series, struct arena *arena)
{
	const struct check_gate gate = {
		.metric = series->metric,
		.kind = series->is_relative ? GATE_RELATIVE : GATE_ABSOLUTE,
	};

	return check_text_level(
		&gate, metric_level(series->metric, series->means[series->count - 1]), arena);
}

static void print_series(
	struct page *page, const struct series *series, int width, struct arena *arena)
{
	int room = (int)page->columns - width - LEVEL_COLUMNS;
	int limit = room < SPARK_LEAST ? SPARK_LEAST : room > SPARK_LIMIT ? SPARK_LIMIT : room;

	fprintf(page->stream, "%-*s  ", width, series->name);
	print_spark(page, series, (size_t)limit);
	fprintf(page->stream, "  %s, %zu session%s\n", level_now(series, arena), series->count,
		series->count == 1 ? "" : "s");
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

static size_t count_others(const struct history *history, const struct history_line *last)
{
	size_t others = 0;

	for (size_t i = 0; i < history->line_count; i++)
		others += history->lines[i].value_count > 0 &&
			  strcmp(history->lines[i].job, last->job) == 0 &&
			  strcmp(history->lines[i].hash_hard, last->hash_hard) != 0;
	return others;
}

static void print_job(struct page *page, const struct history *history,
	const struct history_line *last, const char *metric, size_t *shown)
{
	struct arena arena = {0};
	size_t others = count_others(history, last);
	int width = 0;

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

/* "sessions" are indexes of the history's lines; a change is at an index of these. */
static void add_series(cJSON *list, const struct history *history, const struct series *series,
	struct arena *arena)
{
	cJSON *object = json_add_object(list, NULL);
	struct level_change *changes;
	cJSON *array;
	size_t count = find_changes(series, &changes, arena);

	json_add_text(object, "name", series->name);
	json_add_text(object, "level", level_now(series, arena));
	json_add_text(object, "unit", series->is_relative ? "" : series->metric->unit);
	json_add_bool(object, "is_logarithm", series->metric->scale == METRIC_RATIO);
	json_add_text(object, "better",
		series->metric->sense == METRIC_LOWER_IS_BETTER ? "lower" : "higher");
	array = json_add_array(object, "sessions");
	for (size_t i = 0; i < series->count; i++)
		json_add_u64(array, NULL, (uint64_t)(series->lines[i] - history->lines));
	array = json_add_array(object, "changes");
	for (size_t i = 0; i < count; i++) {
		cJSON *change = json_add_object(array, NULL);

		json_add_u64(change, "at", changes[i].at);
		json_add_bool(change, "is_worse", changes[i].is_worse);
		json_add_text(change, "text",
			arena_printf(arena, "%s%s", change_name(&changes[i]), changes[i].text));
	}
}

static void add_job(cJSON *jobs, const struct history *history, const struct history_line *last)
{
	struct arena arena = {0};
	cJSON *job = json_add_object(jobs, NULL);
	cJSON *list;

	json_add_text(job, "job", last->job);
	json_add_u64(job, "others", count_others(history, last));
	list = json_add_array(job, "series");
	for (size_t i = 0; i < last->value_count; i++) {
		struct series series;

		collect(history, last, &last->values[i], &series, &arena);
		if (series.metric && series.count > 0)
			add_series(list, history, &series, &arena);
	}
	arena_free(&arena);
}

cJSON *history_page_words(const struct history *history)
{
	cJSON *words = json_object();
	cJSON *jobs = json_add_array(words, "jobs");

	for (size_t i = 0; i < history->line_count; i++) {
		if (is_newest(history, i))
			add_job(jobs, history, &history->lines[i]);
	}
	return words;
}

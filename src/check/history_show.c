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

/* SPDX-License-Identifier: MIT */
/*
 * CSV: a row for each contender and metric; or, of a sweep, for each point and contender. Full
 * precision, RFC 4180's quoting, lines ended as Unix does. An empty field: unknown.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/stream.h"
#include "base/text.h"
#include "session/report.h"
#include "text/csv.h"

enum { KEYS_LIMIT = 16 };

static void put_row(const struct view *view, size_t c, enum trial_value value, FILE *stream)
{
	const struct metric *metric = &trial_value_metrics[value];
	const struct estimate *level = &view->comparison.columns[value].levels[c];
	const struct contrast *contrast = view_contrast(view, value, c);

	if (level->count == 0)
		return;
	csv_put_text(view->point->name, stream);
	fputc(',', stream);
	csv_put_text(view->point->contenders[c].name, stream);
	fprintf(stream, ",%s,%s,%zu", metric->name, metric->unit, level->count);
	csv_put_number(metric_level(metric, level->value), stream);
	csv_put_number(metric_level(metric, level->lo), stream);
	csv_put_number(metric_level(metric, level->hi), stream);
	csv_put_number(metric_effect(metric, contrast->difference.value), stream);
	csv_put_number(metric_effect(metric, contrast->difference.lo), stream);
	csv_put_number(metric_effect(metric, contrast->difference.hi), stream);
	csv_put_number(contrast->difference.p, stream);
	csv_put_number(contrast->p_adjusted, stream);
	fprintf(stream, ",%s\n", contrast_mark_name(contrast->mark));
}

int report_csv(const struct record *record, FILE *stream)
{
	struct arena arena = {0};
	struct record_point *tables;
	size_t table_count = view_split_record(record, &arena, &tables);

	errno = 0;
	fputs("point,contender,metric,unit,blocks,level,level_lo,level_hi,effect,effect_lo,"
	      "effect_hi,p,p_adjusted,mark\n",
		stream);
	for (size_t i = 0; i < table_count; i++) {
		struct view view;

		view_make(&view, record, &tables[i], &arena);
		for (size_t c = 0; view.has_figures && c < view.point->contender_count; c++) {
			for (int value = 0; value < VALUE_COUNT; value++)
				put_row(&view, c, (enum trial_value)value, stream);
		}
	}
	arena_free(&arena);
	return stream_finish(stream);
}

/* "randread bs=4k iodepth=8": a job, where several are swept, and the keys with their values. */
struct place_in_sweep {
	const char *job;
	size_t count;
	const char *keys[KEYS_LIMIT];
	const char *values[KEYS_LIMIT];
};

static void read_name(const char *name, struct arena *arena, struct place_in_sweep *place)
{
	char **words;
	size_t count = text_split(arena, name, ' ', &words);

	*place = (struct place_in_sweep){.job = ""};
	for (size_t i = 0; i < count; i++) {
		const char *equals = strchr(words[i], '=');

		if (equals && place->count < KEYS_LIMIT) {
			place->keys[place->count] =
				arena_strndup(arena, words[i], (size_t)(equals - words[i]));
			place->values[place->count++] = equals + 1;
		} else {
			place->job = arena_printf(
				arena, "%s%s%s", place->job, *place->job ? " " : "", words[i]);
		}
	}
}

static void put_sweep_head(
	const struct view_sweep *sweep, const struct place_in_sweep *first, FILE *stream)
{
	const char *primary = trial_value_metrics[sweep->rows[0].view->point->primary].name;

	fputs("job", stream);
	for (size_t i = 0; i < first->count; i++) {
		fputc(',', stream);
		csv_put_text(first->keys[i], stream);
	}
	fprintf(stream, ",contender,blocks,%s.lo,%s.hi,%s.effect", primary, primary, primary);
	for (int value = 0; value < VALUE_COUNT; value++) {
		if (view_sweep_has(sweep, (enum trial_value)value))
			fprintf(stream, ",%s", trial_value_metrics[value].name);
	}
	fputc('\n', stream);
}

static void put_sweep_row(const struct view_sweep *sweep, const struct view_sweep_row *row,
	struct arena *arena, FILE *stream)
{
	const struct view *view = row->view;
	enum trial_value primary = view->point->primary;
	const struct metric *metric = &trial_value_metrics[primary];
	const struct estimate *level = &view->comparison.columns[primary].levels[row->contender];
	struct place_in_sweep place;

	read_name(view->point->name, arena, &place);
	csv_put_text(place.job, stream);
	for (size_t i = 0; i < place.count; i++) {
		fputc(',', stream);
		csv_put_text(place.values[i], stream);
	}
	fputc(',', stream);
	csv_put_text(view->point->contenders[row->contender].name, stream);
	fprintf(stream, ",%zu", level->count);
	csv_put_number(metric_level(metric, level->lo), stream);
	csv_put_number(metric_level(metric, level->hi), stream);
	csv_put_number(metric_effect(metric,
			       view_contrast(view, primary, row->contender)->difference.value),
		stream);
	for (int value = 0; value < VALUE_COUNT; value++) {
		if (view_sweep_has(sweep, (enum trial_value)value))
			csv_put_number(
				view_level(view, (enum trial_value)value, row->contender), stream);
	}
	fputc('\n', stream);
}

int report_sweep_csv(const struct record *record, FILE *stream)
{
	struct place_in_sweep first;
	struct arena arena = {0};
	struct view_sweep sweep;

	errno = 0;
	view_sweep(record, &arena, &sweep);
	if (sweep.row_count > 0) {
		read_name(sweep.rows[0].view->point->name, &arena, &first);
		put_sweep_head(&sweep, &first, stream);
	}
	for (size_t i = 0; i < sweep.row_count; i++)
		put_sweep_row(&sweep, &sweep.rows[i], &arena, stream);
	arena_free(&arena);
	return stream_finish(stream);
}

/* SPDX-License-Identifier: MIT */
/* Points side by side. */
#include "session/sweep.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/stream.h"
#include "base/text.h"
#include "result/csv.h"

enum { KEYS_LIMIT = 16 };

void sweep_make(const struct record *record, struct arena *arena, struct sweep *sweep)
{
	struct view *views = arena_alloc_array(arena, record->point_count, sizeof(*views));
	size_t limit = 0;

	*sweep = (struct sweep){0};
	for (size_t i = 0; i < record->point_count; i++)
		limit += record->points[i].contender_count;
	sweep->rows = arena_alloc_array(arena, limit, sizeof(*sweep->rows));
	for (size_t i = 0; i < record->point_count; i++) {
		const struct record_point *point = &record->points[i];
		size_t before = sweep->row_count;

		view_make(&views[i], record, point, arena);
		for (size_t c = 0; views[i].has_figures && c < point->contender_count; c++) {
			if (c != point->control && !isnan(view_level(&views[i], point->primary, c)))
				sweep->rows[sweep->row_count++] = (struct sweep_row){&views[i], c};
		}
		sweep->compares |= sweep->row_count - before > 1;
	}
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

static bool is_measured(const struct sweep *sweep, enum trial_value value)
{
	for (size_t i = 0; i < sweep->row_count; i++) {
		if (!isnan(view_level(sweep->rows[i].view, value, sweep->rows[i].contender)))
			return true;
	}
	return false;
}

static void put_head(const struct sweep *sweep, const struct place_in_sweep *first, FILE *stream)
{
	const char *primary = trial_value_metrics[sweep->rows[0].view->point->primary].name;

	fputs("job", stream);
	for (size_t i = 0; i < first->count; i++) {
		fputc(',', stream);
		csv_put_text(first->keys[i], stream);
	}
	fprintf(stream, ",contender,blocks,%s.lo,%s.hi,%s.effect", primary, primary, primary);
	for (int value = 0; value < VALUE_COUNT; value++) {
		if (is_measured(sweep, (enum trial_value)value))
			fprintf(stream, ",%s", trial_value_metrics[value].name);
	}
	fputc('\n', stream);
}

static void put_row(
	const struct sweep *sweep, const struct sweep_row *row, struct arena *arena, FILE *stream)
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
		if (is_measured(sweep, (enum trial_value)value))
			csv_put_number(
				view_level(view, (enum trial_value)value, row->contender), stream);
	}
	fputc('\n', stream);
}

int report_sweep_csv(const struct record *record, FILE *stream)
{
	struct place_in_sweep first;
	struct arena arena = {0};
	struct sweep sweep;

	errno = 0;
	sweep_make(record, &arena, &sweep);
	if (sweep.row_count > 0) {
		read_name(sweep.rows[0].view->point->name, &arena, &first);
		put_head(&sweep, &first, stream);
	}
	for (size_t i = 0; i < sweep.row_count; i++)
		put_row(&sweep, &sweep.rows[i], &arena, stream);
	arena_free(&arena);
	return stream_finish(stream);
}

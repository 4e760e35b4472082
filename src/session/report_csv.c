/* SPDX-License-Identifier: MIT */
/*
 * A row for each contender and metric, full precision: RFC 4180's quoting, lines ended as Unix
 * does. An empty field is: not known.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/stream.h"
#include "result/csv.h"
#include "session/parts.h"
#include "session/report.h"

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
	struct record_point *parts;
	size_t part_count = parts_of_record(record, &arena, &parts);

	errno = 0;
	fputs("point,contender,metric,unit,blocks,level,level_lo,level_hi,effect,effect_lo,"
	      "effect_hi,p,p_adjusted,mark\n",
		stream);
	for (size_t i = 0; i < part_count; i++) {
		struct view view;

		view_make(&view, record, &parts[i], &arena);
		for (size_t c = 0; view.has_figures && c < view.point->contender_count; c++) {
			for (int value = 0; value < VALUE_COUNT; value++)
				put_row(&view, c, (enum trial_value)value, stream);
		}
	}
	arena_free(&arena);
	return stream_finish(stream);
}

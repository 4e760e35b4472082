/* SPDX-License-Identifier: MIT */
/* Text with a plot, Markdown, CSV, JSON. */
#include "curve/curve_report.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/stream.h"
#include "curve/curve_words.h"
#include "text/csv.h"
#include "text/plot.h"

enum { WIDE_COLUMNS = 250 };

static struct plot_series series_of(
	const struct curve *curve, size_t l, enum curve_value value, struct arena *arena)
{
	const struct curve_line *line = &curve->lines[l];
	struct plot_point *points = arena_alloc_array(arena, line->point_count, sizeof(*points));
	size_t count = 0;

	for (size_t i = 0; i < line->point_count; i++) {
		if (line->points[i].window_s > 0 && !curve_is_thin(&line->points[i], value))
			points[count++] = (struct plot_point){
				line->points[i].offered, line->points[i].levels[value].value};
	}
	return (struct plot_series){
		.mark = curve->line_count > 1 ? arena_printf(arena, "%c", 'A' + (int)l) : "●",
		.count = count,
		.points = points,
	};
}

static void print_plot(const struct curve *curve, struct arena *arena, struct page *page)
{
	enum curve_value value = curve->has_slo ? curve->slo.metric : CURVE_P99;
	struct plot_series *series = arena_alloc_array(arena, curve->line_count, sizeof(*series));
	const struct plot plot = {
		.x_kind = FIGURE_COUNT,
		.y_kind = FIGURE_TIME,
		.x_title = "I/Os a second",
		.limit = curve->has_slo ? curve->slo.limit_ns : NAN,
		.series_count = curve->line_count,
		.series = series,
	};
	size_t drawn = 0;

	for (size_t l = 0; l < curve->line_count; l++) {
		series[l] = series_of(curve, l, value, arena);
		drawn += series[l].count;
	}
	if (drawn == 0)
		return;
	fprintf(page->stream, "  %s, from when an I/O was due, by load\n",
		curve->has_slo ? slo_name(&curve->slo) : "p99");
	plot_print(&plot, page);
	fputc('\n', page->stream);
}

static void print_lines(const char **lines, const char *mark, const char *label, struct page *page)
{
	for (size_t i = 0; lines[i]; i++)
		page_note(page, mark, i == 0 ? label : "", lines[i]);
}

static void print_grid(struct grid *grid, struct page *page)
{
	grid_print(grid, page);
	fputc('\n', page->stream);
}

static bool has_points(const struct curve *curve)
{
	for (size_t l = 0; l < curve->line_count; l++) {
		if (curve->lines[l].point_count > 0)
			return true;
	}
	return false;
}

static void print_tables(
	const struct curve *curve, bool is_wide, struct arena *arena, struct page *page)
{
	bool is_alone = curve->line_count == 1, is_shown = is_alone;
	struct grid grid;

	if (curve->is_mixed)
		curve_words_matrix(curve, arena, &grid);
	else if (!is_alone)
		is_shown = !curve_words_together(curve, arena, &grid);
	if (curve->is_mixed || !is_shown)
		print_grid(&grid, page);
	for (size_t l = 0; l < curve->line_count && (is_shown || is_wide); l++) {
		if (!is_alone)
			fprintf(page->stream, PAGE_BOLD "%s" PAGE_PLAIN "\n",
				curve_words_label(curve, l, arena));
		curve_words_loads(&curve->lines[l], is_wide, arena, &grid);
		print_grid(&grid, page);
	}
}

int curve_write_text_with(
	const struct curve *curve, bool is_wide, const struct page_options *options, FILE *stream)
{
	struct arena arena = {0};
	const char *again = curve_words_again(curve, &arena);
	struct page page;
	struct grid grid;

	page_open(&page, options, stream);
	fprintf(page.stream, PAGE_BOLD "%s" PAGE_PLAIN "\n", curve_words_title(curve, &arena));
	if (has_points(curve)) {
		print_plot(curve, &arena, &page);
		print_tables(curve, is_wide, &arena, &page);
		curve_words_summary(curve, &arena, &grid);
		print_grid(&grid, &page);
	}
	print_lines(curve_words_notes(curve, &arena), PAGE_DIM, "notes", &page);
	print_lines(curve_words_findings(curve, &arena), PAGE_BOLD, "found", &page);
	if (*again)
		page_note(&page, PAGE_DIM, "again", again);
	arena_free(&arena);
	return page_close(&page);
}

int curve_write_text(const struct curve *curve, FILE *stream)
{
	return curve_write_text_with(curve, false, NULL, stream);
}

int curve_write_wide(const struct curve *curve, FILE *stream)
{
	struct page_options options = page_options_of(stream);

	options.columns = WIDE_COLUMNS;
	return curve_write_text_with(curve, true, &options, stream);
}

static void print_markdown_lines(const char **lines, FILE *stream)
{
	for (size_t i = 0; lines[i]; i++)
		page_markdown(stream, "- ", lines[i], "\n");
	if (lines[0])
		fputc('\n', stream);
}

static void print_markdown_grid(struct grid *grid, FILE *stream)
{
	grid_print_markdown(grid, stream);
	fputc('\n', stream);
}

int curve_write_markdown(const struct curve *curve, FILE *stream)
{
	struct arena arena = {0};
	const char *again = curve_words_again(curve, &arena);
	struct grid grid;

	errno = 0;
	page_markdown(stream, "### ", curve_words_title(curve, &arena), "\n\n");
	curve_words_summary(curve, &arena, &grid);
	print_markdown_grid(&grid, stream);
	if (curve->is_mixed) {
		curve_words_matrix(curve, &arena, &grid);
		print_markdown_grid(&grid, stream);
	}
	for (size_t l = 0; l < curve->line_count; l++) {
		page_markdown(stream, "#### ", curve_words_label(curve, l, &arena), "\n\n");
		curve_words_loads(&curve->lines[l], true, &arena, &grid);
		print_markdown_grid(&grid, stream);
	}
	print_markdown_lines(curve_words_notes(curve, &arena), stream);
	print_markdown_lines(curve_words_findings(curve, &arena), stream);
	if (*again) {
		fputs("Again: ", stream);
		page_markdown_code(stream, again);
		fputc('\n', stream);
	}
	arena_free(&arena);
	return stream_finish(stream);
}

static void put_csv_row(
	const struct curve_line *line, const struct curve_point *point, FILE *stream)
{
	csv_put_text(line->name, stream);
	csv_put_number(point->offered, stream);
	csv_put_number(point->window_s, stream);
	csv_put_number(point->ios, stream);
	fprintf(stream, ",%d,%s", point->is_saturated, saturation_name(point->cause));
	for (int v = 0; v < CURVE_VALUE_COUNT; v++) {
		csv_put_number(point->levels[v].value, stream);
		csv_put_number(point->levels[v].lo, stream);
		csv_put_number(point->levels[v].hi, stream);
	}
	fputc('\n', stream);
}

/* Full precision; an empty field: unknown. */
int curve_write_csv(const struct curve *curve, FILE *stream)
{
	errno = 0;
	fputs("line,offered_iops,window_s,ios,is_saturated,limit", stream);
	for (int v = 0; v < CURVE_VALUE_COUNT; v++) {
		const char *name = curve_figures[v].name;

		fprintf(stream, ",%s,%s_lo,%s_hi", name, name, name);
	}
	fputc('\n', stream);
	for (size_t l = 0; l < curve->line_count; l++) {
		for (size_t i = 0; i < curve->lines[l].point_count; i++) {
			if (curve->lines[l].points[i].window_s > 0)
				put_csv_row(&curve->lines[l], &curve->lines[l].points[i], stream);
		}
	}
	return stream_finish(stream);
}

int curve_write_json(const struct curve *curve, FILE *stream)
{
	return document_write(&curve_document, curve, stream);
}

#define WRITER(name, as, function) {name, as, DOCUMENT_WRITE(const struct curve, function)},

static const struct document_writer writers[] = {CURVE_WRITER_LIST(WRITER){NULL, NULL, NULL}};

static int write_curve(const struct document_writer *writer, void *document, FILE *stream)
{
	return DOCUMENT_FUNCTION(const struct curve, writer)(document, stream);
}

const struct document_formats curve_formats = {"a curve", writers, write_curve};

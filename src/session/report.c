/* SPDX-License-Identifier: MIT */
/* Text and Markdown: heads, tables, notes, words. */
#include "session/report.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/stream.h"
#include "base/text.h"

enum { WIDE_COLUMNS = 250 };

static size_t count_running(const struct record_point *point)
{
	size_t count = 0;

	for (size_t c = 0; c < point->contender_count; c++)
		count += point->contenders[c].problem == NULL;
	return count;
}

/* Of a block, mean: on a busy machine it has fewer than were planned. */
static double rounds_played(const struct record_point *point)
{
	double sum = 0;
	size_t count = 0;

	for (size_t i = 0; i < point->trial_count; i++) {
		if (!point->trials[i].counts)
			continue;
		sum += point->trials[i].rounds;
		count++;
	}
	return count > 0 ? sum / (double)count : point->rounds;
}

/* "2 s", or "76 turns of 5 ms". */
static const char *length_of(
	const struct record *record, const struct record_point *point, struct arena *arena)
{
	if (point->rounds > 0)
		return arena_printf(arena, "%.0f turns of %.3g ms", rounds_played(point),
			point->window_s * 1e3);
	return arena_printf(arena, "%.3g s", record->trial_s);
}

const char *report_title(const struct view *view)
{
	const struct record_point *point = view->point;
	const char *head =
		*point->name ? arena_printf(view->arena, "%s: %s", point->name, point->summary)
			     : point->summary;

	if (point->block_count == 0)
		return head;
	return arena_printf(view->arena, "%s — %zu block%s × %zu × %s, seed %llu%s", head,
		point->block_count, point->block_count == 1 ? "" : "s", count_running(point),
		length_of(view->record, point, view->arena), (unsigned long long)view->record->seed,
		view->record->is_exploratory ? ", exploratory" : "");
}

/* A shell reads it as it is. */
static bool is_plain(const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "_-+=./,:@%";

	return *text && strspn(text, plain) == strlen(text);
}

static const char *quoted(struct arena *arena, const char *text)
{
	const char *copy = "'";

	if (is_plain(text))
		return text;
	for (; *text; text++)
		copy = *text == '\'' ? arena_printf(arena, "%s'\\''", copy)
				     : arena_printf(arena, "%s%c", copy, *text);
	return arena_printf(arena, "%s'", copy);
}

/* Bytes of "NAME=", by which a shell sets a variable; 0: it is something else. */
static size_t variable_bytes(const char *argument)
{
	size_t length = strspn(argument, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
					 "0123456789");

	return length > 0 && argument[length] == '=' ? length + 1 : 0;
}

/* Variables that the command took out of the environment stand before it. */
const char *report_again(const struct record *record, struct arena *arena)
{
	const char *line = "";
	size_t first = 0;

	for (; first < record->argument_count; first++) {
		const char *variable = record->arguments[first];
		size_t bytes = variable_bytes(variable);

		if (bytes == 0)
			break;
		line = arena_printf(arena, "%s%.*s%s ", line, (int)bytes, variable,
			quoted(arena, variable + bytes));
	}
	if (first == record->argument_count)
		return "";
	line = arena_printf(
		arena, "%sringside %s", line, record->command ? record->command : "compare");
	for (size_t i = first; i < record->argument_count; i++) {
		const char *argument = record->arguments[i];

		/* "--seed=7", or "--seed" and "7" */
		if (text_starts_with(argument, "--seed"))
			i += strcmp(argument, "--seed") == 0;
		else
			line = arena_printf(arena, "%s %s", line, quoted(arena, argument));
	}
	return arena_printf(arena, "%s --seed=%llu", line, (unsigned long long)record->seed);
}

void report_say(struct report_lines *lines, const char *format, ...)
{
	va_list arguments;

	if (lines->count + 1 >= lines->room)
		return;
	va_start(arguments, format);
	lines->lines[lines->count++] = arena_vprintf(lines->view->arena, format, arguments);
	va_end(arguments);
}

static void print_lines(const char **lines, const char *label, const char *mark, struct page *page)
{
	for (size_t i = 0; lines[i]; i++) {
		bool warns = text_starts_with(lines[i], "warning: ");

		page_note(page, warns ? PAGE_YELLOW : mark, i == 0 ? label : "", lines[i]);
	}
}

static void print_point(const struct view *view, bool is_wide, struct page *page)
{
	struct grid grid;

	fprintf(page->stream, "%s%s%s\n", PAGE_BOLD, report_title(view), PAGE_PLAIN);
	if (view->has_figures) {
		report_figures(view, is_wide, &grid);
		grid_print(&grid, page);
		fputc('\n', page->stream);
		report_costs(view, &grid);
		grid_print(&grid, page);
	}
	fputc('\n', page->stream);
	print_lines(report_notes(view), "notes", PAGE_DIM, page);
	print_lines(report_words(view), "verdict", PAGE_BOLD, page);
}

/* A point that has nothing to compare: all its figures stand in the table of the sweep. */
static bool is_alone(const struct record_point *point)
{
	return point->contender_count == 1;
}

static const char *sweep_title(const struct record *record, struct arena *arena)
{
	return arena_printf(arena, "%s — %zu points × %s, seed %llu%s", record->points[0].summary,
		record->point_count, length_of(record, &record->points[0], arena),
		(unsigned long long)record->seed, record->is_exploratory ? ", exploratory" : "");
}

/* All points in one table; false where there are no several. */
static bool print_sweep(const struct record *record, struct arena *arena, struct page *page)
{
	struct view_sweep sweep;
	struct grid grid;

	view_sweep(record, arena, &sweep);
	if (record->point_count < 2 || sweep.row_count == 0)
		return false;
	fprintf(page->stream, PAGE_BOLD "%s" PAGE_PLAIN "\n", sweep_title(record, arena));
	report_sweep(&sweep, arena, &grid);
	grid_print(&grid, page);
	fputc('\n', page->stream);
	return true;
}

static void print_point_notes(const struct view *view, struct page *page)
{
	static const char warning[] = "warning: ";
	const char **lines = report_notes(view);

	for (size_t i = 0; lines[i]; i++) {
		bool warns = text_starts_with(lines[i], warning);

		lines[i] = arena_printf(view->arena, "%s%s: %s", warns ? warning : "",
			view->point->name, lines[i] + (warns ? strlen(warning) : 0));
	}
	print_lines(lines, "notes", PAGE_DIM, page);
}

int report_text_with(
	const struct record *record, bool is_wide, const struct page_options *options, FILE *stream)
{
	struct arena arena = {0};
	const char *again = report_again(record, &arena);
	struct record_point *tables;
	size_t table_count = view_split_record(record, &arena, &tables);
	struct page page;
	bool is_swept;

	page_open(&page, options, stream);
	is_swept = print_sweep(record, &arena, &page);
	for (size_t i = 0; i < table_count; i++) {
		struct view view;

		view_make(&view, record, &tables[i], &arena);
		if (is_swept && is_alone(&tables[i])) {
			print_point_notes(&view, &page);
			continue;
		}
		if (i > 0)
			fputc('\n', page.stream);
		print_point(&view, is_wide, &page);
	}
	if (*again)
		page_note(&page, PAGE_DIM, "again", again);
	arena_free(&arena);
	return page_close(&page);
}

int report_text(const struct record *record, FILE *stream)
{
	return report_text_with(record, false, NULL, stream);
}

int report_wide(const struct record *record, FILE *stream)
{
	struct page_options options = page_options_of(stream);

	options.columns = WIDE_COLUMNS;
	return report_text_with(record, true, &options, stream);
}

static void print_markdown_grid(struct grid *grid, FILE *stream)
{
	grid_print_markdown(grid, stream);
	fputc('\n', stream);
}

static void print_markdown_lines(const char **lines, FILE *stream)
{
	for (size_t i = 0; lines[i]; i++)
		page_markdown(stream, "- ", lines[i], "\n");
	if (lines[0])
		fputc('\n', stream);
}

int report_markdown(const struct record *record, FILE *stream)
{
	struct arena arena = {0};
	struct view_sweep sweep;
	struct grid grid;
	bool is_swept;
	struct record_point *tables;
	size_t table_count = view_split_record(record, &arena, &tables);

	errno = 0;
	view_sweep(record, &arena, &sweep);
	is_swept = record->point_count > 1 && sweep.row_count > 0;
	if (is_swept) {
		page_markdown(stream, "### ", sweep_title(record, &arena), "\n\n");
		report_sweep(&sweep, &arena, &grid);
		print_markdown_grid(&grid, stream);
	}
	for (size_t i = 0; i < table_count; i++) {
		struct view view;

		view_make(&view, record, &tables[i], &arena);
		page_markdown(stream, "### ", report_title(&view), "\n\n");
		if (view.has_figures && !(is_swept && is_alone(&tables[i]))) {
			report_figures(&view, true, &grid);
			print_markdown_grid(&grid, stream);
			report_costs(&view, &grid);
			print_markdown_grid(&grid, stream);
		}
		print_markdown_lines(report_notes(&view), stream);
		print_markdown_lines(report_words(&view), stream);
	}
	if (*report_again(record, &arena)) {
		fputs("Again: ", stream);
		page_markdown_code(stream, report_again(record, &arena));
		fputc('\n', stream);
	}
	arena_free(&arena);
	return stream_finish(stream);
}

int report_json(const struct record *record, FILE *stream)
{
	return document_write(&record_document, record, stream);
}

#define WRITER(name, as, function) {name, as, DOCUMENT_WRITE(const struct record, function)},

DOCUMENT_FORMATS(report_formats, "a comparison", const struct record, REPORT_WRITER_LIST(WRITER));

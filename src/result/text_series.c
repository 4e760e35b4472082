/* SPDX-License-Identifier: MIT */
/* A job over time, for people: lines of marks for IOPS and p99, the longest gap, and a map of
 * latency by time. */
#include "result/text_series.h"

#include <math.h>
#include <string.h>

#include "result/result_figures.h"
#include "result/series_columns.h"
#include "text/figure.h"

enum {
	LINE_COLUMNS = 60,  /* of marks, */
	RANGE_COLUMNS = 38, /* and of what stands before and behind them */
	LINE_LEAST = 3,     /* intervals: of fewer there is nothing to see */
	LEVELS = 8,
	MAP_COLUMNS = 80,
	MAP_ROWS = 24,
	MAP_LABEL_COLUMNS = 11,
	SHADES = 4,
	MARK_BYTES = 4, /* of a mark in UTF-8, at most */
};

/* p99 of less than these octaves between them are no mountains. */
#define LEAST_OCTAVES 3.0

#define DATA_DIRECTIONS (1u << DIRECTION_READ | 1u << DIRECTION_WRITE | 1u << DIRECTION_TRIM)

static const char *const levels[LEVELS] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

/* 0 <= share <= 1 */
static const char *level_of(double share)
{
	int level = (int)(share * LEVELS);

	return levels[level < LEVELS ? level : LEVELS - 1];
}

/* Of 0 to the most: nothing is a line at the bottom. */
static void draw_rates(const struct series_columns *columns, char *line, double most)
{
	for (size_t i = 0; i < columns->count; i++) {
		double rate = columns->columns[i].ios_per_second;

		line = stpcpy(line, rate > 0 ? level_of(rate / most) : "_");
	}
}

/* By the logarithm, from the least on; nothing where nothing came back. */
static void draw_latencies(
	const struct series_columns *columns, char *line, double least, double most)
{
	double octaves = fmax(log2(most / least), LEAST_OCTAVES);

	for (size_t i = 0; i < columns->count; i++) {
		double latency = (double)columns->columns[i].p99_ns;

		line = stpcpy(line, latency > 0 ? level_of(log2(latency / least) / octaves) : " ");
	}
}

struct bounds {
	double least, most;
};

static void widen(struct bounds *bounds, double value)
{
	bounds->least = fmin(bounds->least, value);
	bounds->most = fmax(bounds->most, value);
}

static void print_range(const char *label, const char *line, enum figure_kind kind,
	const struct bounds *bounds, struct page *page)
{
	char from[FIGURE_BYTES_OF_TEXT], to[FIGURE_BYTES_OF_TEXT];

	page_line(page, PAGE_DIM, label);
	page_phrase(page, "", "%s  %s to %s", line, figure_text(from, kind, bounds->least),
		figure_text(to, kind, bounds->most));
	page_line_end(page);
}

static void print_lines(const struct series_columns *columns, struct page *page)
{
	struct bounds rates = {INFINITY, 0}, latencies = {INFINITY, 0};
	char line[LINE_COLUMNS * MARK_BYTES + 1];

	for (size_t i = 0; i < columns->count; i++) {
		widen(&rates, columns->columns[i].ios_per_second);
		if (columns->columns[i].p99_ns > 0)
			widen(&latencies, (double)columns->columns[i].p99_ns);
	}
	if (rates.most <= 0)
		return;
	draw_rates(columns, line, rates.most);
	print_range("IOPS", line, FIGURE_COUNT, &rates, page);
	if (latencies.most <= 0)
		return;
	draw_latencies(columns, line, latencies.least, latencies.most);
	print_range("p99", line, FIGURE_TIME, &latencies, page);
}

static void print_gap(const struct result_series *series, struct page *page)
{
	char length[FIGURE_BYTES_OF_TEXT], start[FIGURE_BYTES_OF_TEXT];

	if (series->longest_gap.duration_ns == 0)
		return;
	page_line(page, PAGE_DIM, "gap");
	page_phrase(page, "", "nothing came back for %s at most, from %s on",
		figure_text(length, FIGURE_TIME, (double)series->longest_gap.duration_ns),
		figure_text(start, FIGURE_TIME, (double)series->longest_gap.start_ns));
	page_line_end(page);
}

static size_t room_for(unsigned most, unsigned others, const struct page *page)
{
	return page->columns < most + others ? page->columns - others : most;
}

void text_series(const struct result_job *job, struct arena *arena, struct page *page)
{
	struct series_columns columns = series_columns_make(
		job, DATA_DIRECTIONS, room_for(LINE_COLUMNS, RANGE_COLUMNS, page), arena);

	if (columns.count >= LINE_LEAST)
		print_lines(&columns, page);
	if (columns.count > 0)
		print_gap(&job->series, page);
}

/* By the logarithm of the count; one I/O is seen, too. */
static unsigned shade_of(double count, double most)
{
	double share = most > 1 ? log(fmax(count, 1)) / log(most) : 1;

	return share < 1 ? (unsigned)(share * SHADES) : SHADES - 1;
}

static void print_cell(double count, double most, struct page *page)
{
	static const char *const shades[SHADES] = {
		PAGE_DIM "░", "▒", PAGE_YELLOW "▓", PAGE_RED "█"};

	if (count <= 0)
		fputc(' ', page->stream);
	else
		fprintf(page->stream, "%s" PAGE_PLAIN, shades[shade_of(count, most)]);
}

static void print_label(const char *text, struct page *page)
{
	fprintf(page->stream, "%*s%s  ", (int)(MAP_LABEL_COLUMNS - 2 - page_width(text)), "", text);
}

static void print_row(const struct series_map *map, size_t row, double most, struct page *page)
{
	char text[FIGURE_BYTES_OF_TEXT];

	/* Each octave has one label. */
	if (map->half_octaves > 1 || (map->first + row) % 2 == 0 || map->row_count == 1)
		figure_text(text, FIGURE_TIME, series_map_row_ns(map, row));
	else
		*text = '\0';
	print_label(text, page);
	for (size_t c = 0; c < map->column_count; c++)
		print_cell(map->counts[row * map->column_count + c], most, page);
	fputc('\n', page->stream);
}

static void print_axis(
	const struct result_series *series, const struct series_map *map, struct page *page)
{
	const struct result_interval *last = &series->intervals[series->count - 1];
	char text[FIGURE_BYTES_OF_TEXT];
	unsigned width;

	figure_text(text, FIGURE_TIME, (double)(last->start_ns + last->duration_ns));
	width = page_width(text) + 1;
	print_label("", page);
	fprintf(page->stream, "0%*s%s\n",
		map->column_count > width ? (int)(map->column_count - width) : 1, "", text);
}

static void print_map(const struct result_job *job, enum io_direction direction,
	struct arena *arena, struct page *page)
{
	struct series_map map = series_map_make(job, 1u << direction,
		room_for(MAP_COLUMNS, MAP_LABEL_COLUMNS, page), MAP_ROWS, arena);
	char each[FIGURE_BYTES_OF_TEXT];
	double most = 0;

	if (map.row_count == 0)
		return;
	for (size_t i = 0; i < map.row_count * map.column_count; i++)
		most = fmax(most, map.counts[i]);
	figure_text(each, FIGURE_TIME, (double)map.length_ns);
	fprintf(page->stream, "\n  %s latency by time, %s a column\n", io_direction_name(direction),
		each);
	for (size_t row = map.row_count; row-- > 0;)
		print_row(&map, row, most, page);
	print_axis(&job->series, &map, page);
}

void text_heat_map(const struct result_job *job, struct arena *arena, struct page *page)
{
	for (int d = 0; d < DIRECTION_COUNT; d++) {
		if (result_has_direction(job, (enum io_direction)d))
			print_map(job, (enum io_direction)d, arena, page);
	}
}

static void add_direction(const struct result_interval *interval, enum io_direction direction,
	const char *separator, struct page *page)
{
	const struct result_interval_direction *figures = &interval->directions[direction];
	double seconds = (double)interval->duration_ns / 1e9;
	char text[FIGURE_BYTES_OF_TEXT];

	page_phrase(page, separator, "%s %s IOPS", io_direction_name(direction),
		figure_text(text, FIGURE_COUNT, (double)figures->ios / seconds));
	page_phrase(page, ",", "%s",
		figure_text(text, FIGURE_BANDWIDTH, (double)figures->bytes / seconds));
	page_phrase(page, ",", "p50 %s",
		figure_text(
			text, FIGURE_TIME, (double)sparse_histogram_percentile(&figures->lat, 50)));
	page_phrase(page, ",", "p99 %s",
		figure_text(
			text, FIGURE_TIME, (double)sparse_histogram_percentile(&figures->lat, 99)));
	page_phrase(page, ",", "max %s",
		figure_text(text, FIGURE_TIME, (double)figures->lat.summary.max_ns));
	if (figures->errors > 0)
		page_phrase(page, ",", "%llu errors", (unsigned long long)figures->errors);
}

void text_interval(const struct result_interval_line *line, FILE *stream)
{
	const struct result_interval *interval = &line->interval;
	bool is_idle = true;
	char time[FIGURE_BYTES_OF_TEXT];
	struct page page;

	page_open(&page, NULL, stream);
	figure_text(time, FIGURE_TIME, (double)(interval->start_ns + interval->duration_ns));
	page_line(&page, PAGE_DIM, time);
	page_phrase(&page, "", "%s:", line->job);
	for (int d = 0; d < DIRECTION_COUNT; d++) {
		const struct result_interval_direction *figures = &interval->directions[d];

		if (figures->ios == 0 && figures->errors == 0)
			continue;
		add_direction(interval, (enum io_direction)d, is_idle ? "" : ";", &page);
		is_idle = false;
	}
	if (is_idle)
		page_phrase(&page, "", "0 IOPS, %llu in flight",
			(unsigned long long)interval->in_flight);
	page_line_end(&page);
	/* What is told meanwhile is no result: one that nobody can read ends nothing. */
	(void)page_close(&page);
}

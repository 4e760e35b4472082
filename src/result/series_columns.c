/* SPDX-License-Identifier: MIT */
/* Intervals, which are of unlike lengths, shared out among columns of equal time. */
#include "result/series_columns.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct layout {
	size_t count;
	uint64_t length_ns; /* the last one has what is left */
};

/* A whole number of intervals each, so that none is shared out without need. */
static struct layout lay_out(const struct result_job *job, size_t limit)
{
	const struct result_series *series = &job->series;
	const struct result_interval *last = &series->intervals[series->count - 1];
	uint64_t all_ns = last->start_ns + last->duration_ns;
	uint64_t intervals = all_ns / series->interval_ns;
	uint64_t each;

	intervals += all_ns % series->interval_ns >= (series->interval_ns + 1) / 2;
	if (intervals == 0)
		intervals = 1;
	each = intervals / limit + (intervals % limit > 0);
	return (struct layout){
		.count = (size_t)((intervals + each - 1) / each),
		.length_ns = series->interval_ns * each,
	};
}

/* Time that the interval and the column have in common. */
static uint64_t overlap_ns(
	const struct result_interval *interval, const struct layout *layout, size_t column)
{
	uint64_t from = column * layout->length_ns, to = from + layout->length_ns;
	uint64_t end = interval->start_ns + interval->duration_ns;

	if (interval->start_ns > from)
		from = interval->start_ns;
	if (end < to || column == layout->count - 1)
		to = end;
	return to > from ? to - from : 0;
}

static bool has(unsigned directions, int direction)
{
	return directions & 1u << direction;
}

static uint64_t ios_of(const struct result_interval *interval, unsigned directions)
{
	uint64_t ios = 0;

	for (int d = 0; d < DIRECTION_COUNT; d++)
		ios += has(directions, d) ? interval->directions[d].ios : 0;
	return ios;
}

static void fill_column(const struct result_job *job, unsigned directions,
	const struct layout *layout, size_t column, struct series_column *into)
{
	struct histogram *sum = calloc(1, sizeof(*sum));
	double ios = 0;
	uint64_t covered_ns = 0;

	if (!sum)
		arena_exhausted();
	for (size_t i = 0; i < job->series.count; i++) {
		const struct result_interval *interval = &job->series.intervals[i];
		uint64_t common_ns = overlap_ns(interval, layout, column);

		if (common_ns == 0)
			continue;
		covered_ns += common_ns;
		ios += (double)ios_of(interval, directions) * (double)common_ns /
		       (double)interval->duration_ns;
		for (int d = 0; d < DIRECTION_COUNT; d++) {
			if (has(directions, d))
				sparse_histogram_expand(&interval->directions[d].lat, sum);
		}
	}
	into->ios_per_second = covered_ns > 0 ? ios * 1e9 / (double)covered_ns : 0;
	into->p99_ns = histogram_percentile(sum, 99);
	free(sum);
}

struct series_columns series_columns_make(
	const struct result_job *job, unsigned directions, size_t limit, struct arena *arena)
{
	struct series_columns columns = {0};
	struct layout layout;

	if (job->series.interval_ns == 0 || job->series.count == 0)
		return columns;
	layout = lay_out(job, limit);
	columns.count = layout.count;
	columns.length_ns = layout.length_ns;
	columns.columns = arena_alloc_array(arena, columns.count, sizeof(*columns.columns));
	for (size_t i = 0; i < columns.count; i++)
		fill_column(job, directions, &layout, i, &columns.columns[i]);
	return columns;
}

/* 2 log2: below 1 ns is 0. */
static unsigned half_octave(uint64_t ns)
{
	return ns > 1 ? (unsigned)(2 * log2((double)ns)) : 0;
}

struct range {
	unsigned least, greatest;
	bool is_known;
};

static struct range range_of(const struct result_job *job, unsigned directions)
{
	struct range range = {0};

	for (size_t i = 0; i < job->series.count; i++) {
		for (int d = 0; d < DIRECTION_COUNT; d++) {
			const struct latency_summary *summary =
				&job->series.intervals[i].directions[d].lat.summary;
			unsigned least = half_octave(summary->min_ns);
			unsigned greatest = half_octave(summary->max_ns);

			if (!has(directions, d) || summary->count == 0)
				continue;
			if (!range.is_known || least < range.least)
				range.least = least;
			if (greatest > range.greatest)
				range.greatest = greatest;
			range.is_known = true;
		}
	}
	return range;
}

static size_t row_of(const struct series_map *map, unsigned index)
{
	unsigned at = half_octave(histogram_lowest(index));
	size_t row = at > map->first ? (at - map->first) / map->half_octaves : 0;

	return row < map->row_count ? row : map->row_count - 1;
}

static void add_histogram(struct series_map *map, size_t column,
	const struct sparse_histogram *histogram, double share)
{
	for (size_t i = 0; i < histogram->count; i++) {
		size_t row = row_of(map, histogram->buckets[i].index);

		map->counts[row * map->column_count + column] +=
			(double)histogram->buckets[i].count * share;
	}
}

static void add_interval(struct series_map *map, const struct layout *layout,
	const struct result_interval *interval, unsigned directions)
{
	uint64_t first = interval->start_ns / layout->length_ns;

	if (first >= map->column_count)
		first = map->column_count - 1;
	for (size_t c = (size_t)first; c < map->column_count; c++) {
		uint64_t common_ns = overlap_ns(interval, layout, c);

		if (common_ns == 0)
			break;
		for (int d = 0; d < DIRECTION_COUNT; d++) {
			if (has(directions, d))
				add_histogram(map, c, &interval->directions[d].lat,
					(double)common_ns / (double)interval->duration_ns);
		}
	}
}

struct series_map series_map_make(const struct result_job *job, unsigned directions,
	size_t column_limit, size_t row_limit, struct arena *arena)
{
	struct range range = range_of(job, directions);
	struct series_map map = {.half_octaves = 1};
	struct layout layout;

	if (job->series.interval_ns == 0 || !range.is_known)
		return map;
	layout = lay_out(job, column_limit);
	while ((range.greatest - range.least) / map.half_octaves + 1 > row_limit)
		map.half_octaves *= 2;
	map.column_count = layout.count;
	map.length_ns = layout.length_ns;
	map.row_count = (range.greatest - range.least) / map.half_octaves + 1;
	map.first = range.least;
	map.counts =
		arena_alloc_array(arena, map.row_count * map.column_count, sizeof(*map.counts));
	for (size_t i = 0; i < job->series.count; i++)
		add_interval(&map, &layout, &job->series.intervals[i], directions);
	return map;
}

double series_map_row_ns(const struct series_map *map, size_t row)
{
	return exp2((double)(map->first + row * map->half_octaves) / 2);
}

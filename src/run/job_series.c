/* SPDX-License-Identifier: MIT */
/* Intervals of several workers: added, made fewer, and copied to a result. */
#include "run/job_series.h"

#include <stdlib.h>
#include <string.h>

void job_series_init(struct job_series *series, unsigned worker_count, uint64_t length_ns,
	uint64_t stride, size_t limit)
{
	*series = (struct job_series){
		.length_ns = length_ns,
		.stride = stride,
		.limit = limit,
		.worker_count = worker_count,
		.workers = calloc(worker_count, sizeof(*series->workers)),
	};
	if (!series->workers)
		arena_exhausted();
}

static void free_interval(struct series_interval *interval)
{
	for (int d = 0; d < DIRECTION_COUNT; d++)
		sparse_histogram_free(&interval->directions[d].lat);
}

void job_series_free(struct job_series *series)
{
	for (size_t i = 0; i < series->count; i++)
		free_interval(&series->intervals[i]);
	for (unsigned i = 0; i < series->worker_count; i++)
		free(series->workers[i].gaps);
	free(series->intervals);
	free(series->workers);
	*series = (struct job_series){0};
}

static void add_counts(struct worker_counts *into, const struct worker_counts *from)
{
	into->ios += from->ios;
	into->bytes += from->bytes;
	into->errors += from->errors;
}

/* `from` follows `into`, and is empty then. */
static void absorb(struct series_interval *into, struct series_interval *from)
{
	for (int d = 0; d < DIRECTION_COUNT; d++) {
		add_counts(&into->directions[d].counts, &from->directions[d].counts);
		sparse_histogram_merge(&into->directions[d].lat, &from->directions[d].lat);
	}
	into->in_flight = from->in_flight;
	into->joins_next = from->joins_next;
	free_interval(from);
	*from = (struct series_interval){0};
}

/* An odd last one is half of an interval that goes on: how many are in flight is of its end. */
static void halve(struct job_series *series)
{
	size_t half = (series->count + 1) / 2;

	for (size_t i = 0; i < half; i++) {
		struct series_interval pair = series->intervals[2 * i];

		if (2 * i + 1 < series->count) {
			absorb(&pair, &series->intervals[2 * i + 1]);
		} else {
			pair.in_flight = 0;
			pair.joins_next = false;
		}
		series->intervals[i] = pair;
	}
	memset(&series->intervals[half], 0, (series->count - half) * sizeof(*series->intervals));
	series->count = half;
	series->stride *= 2;
}

/* Makes all intervals up to the one that a worker's interval is in. */
static void reach(struct job_series *series, uint64_t index)
{
	size_t count;

	while (index / series->stride >= series->limit)
		halve(series);
	count = index / series->stride + 1;
	if (count > series->room) {
		size_t room = count > 2 * series->room ? count : 2 * series->room;

		series->intervals = realloc(series->intervals, room * sizeof(*series->intervals));
		if (!series->intervals)
			arena_exhausted();
		memset(&series->intervals[series->room], 0,
			(room - series->room) * sizeof(*series->intervals));
		series->room = room;
	}
	if (count > series->count)
		series->count = count;
}

/* At the ends of those from `last` on that are over. */
static void add_in_flight(struct job_series *series, const struct worker_interval *interval)
{
	uint64_t first_end = (interval->last + 1 + series->stride - 1) / series->stride;
	uint64_t ends = interval->next / series->stride;

	if (interval->is_final) {
		series->intervals[interval->last / series->stride].in_flight += interval->in_flight;
		return;
	}
	for (uint64_t end = first_end; end <= ends; end++)
		series->intervals[end - 1].in_flight += interval->in_flight;
}

static void make_gap_room(struct series_worker *worker)
{
	worker->gap_room = worker->gap_room > 0 ? 2 * worker->gap_room : 1;
	worker->gaps = reallocarray(worker->gaps, worker->gap_room, sizeof(*worker->gaps));
	if (!worker->gaps)
		arena_exhausted();
}

/* The longest are kept. */
static void add_gap(struct series_worker *worker, const struct worker_gap *gap)
{
	size_t shortest = 0;

	if (worker->gap_count < JOB_SERIES_GAPS) {
		if (worker->gap_count == worker->gap_room)
			make_gap_room(worker);
		worker->gaps[worker->gap_count++] = *gap;
		return;
	}
	for (size_t i = 1; i < JOB_SERIES_GAPS; i++) {
		if (worker->gaps[i].length_ns < worker->gaps[shortest].length_ns)
			shortest = i;
	}
	if (gap->length_ns > worker->gaps[shortest].length_ns)
		worker->gaps[shortest] = *gap;
}

void job_series_add(
	struct job_series *series, unsigned worker, const struct worker_interval *interval)
{
	struct series_interval *first;

	reach(series, interval->next - 1);
	first = &series->intervals[interval->first / series->stride];
	for (int d = 0; d < DIRECTION_COUNT; d++) {
		add_counts(&first->directions[d].counts, &interval->counts[d]);
		if (interval->counts[d].ios > 0)
			sparse_histogram_record(&first->directions[d].lat, &interval->lat[d]);
	}
	for (uint64_t i = interval->first / series->stride; i < interval->last / series->stride;
		i++)
		series->intervals[i].joins_next = true;
	add_in_flight(series, interval);
	if (interval->gap.length_ns > 0)
		add_gap(&series->workers[worker], &interval->gap);
	series->workers[worker].next = interval->next;
}

void job_series_end_worker(
	struct job_series *series, unsigned worker, uint64_t started_ns, uint64_t ended_ns)
{
	series->workers[worker].next = UINT64_MAX;
	series->workers[worker].started_ns = started_ns;
	series->workers[worker].ended_ns = ended_ns;
}

size_t job_series_known(const struct job_series *series)
{
	uint64_t known = UINT64_MAX;

	for (unsigned i = 0; i < series->worker_count; i++) {
		if (series->workers[i].next < known)
			known = series->workers[i].next;
	}
	known = known == UINT64_MAX ? series->count : known / series->stride;
	return known < series->count ? (size_t)known : series->count;
}

static int by_time(const void *a, const void *b)
{
	uint64_t x = ((const struct worker_gap *)a)->began_ns;
	uint64_t y = ((const struct worker_gap *)b)->began_ns;

	return (x > y) - (x < y);
}

struct gaps {
	size_t count;
	struct worker_gap *items; /* in their order, one after the other */
};

/* The worker's, and that nothing comes back before its window and after it. */
static struct gaps gaps_of(const struct series_worker *worker, struct arena *arena)
{
	struct gaps gaps = {
		.items = arena_alloc_array(arena, worker->gap_count + 2, sizeof(*gaps.items))};

	gaps.items[gaps.count++] = (struct worker_gap){0, worker->started_ns};
	for (size_t i = 0; i < worker->gap_count; i++)
		gaps.items[gaps.count++] = worker->gaps[i];
	gaps.items[gaps.count++] =
		(struct worker_gap){worker->ended_ns, UINT64_MAX - worker->ended_ns};
	qsort(gaps.items, gaps.count, sizeof(*gaps.items), by_time);
	return gaps;
}

/* Time that is in a gap of both. */
static struct gaps common_gaps(struct gaps a, struct gaps b, struct arena *arena)
{
	struct gaps common = {
		.items = arena_alloc_array(arena, a.count + b.count, sizeof(*common.items))};

	for (size_t i = 0, k = 0; i < a.count && k < b.count;) {
		uint64_t a_end = a.items[i].began_ns + a.items[i].length_ns;
		uint64_t b_end = b.items[k].began_ns + b.items[k].length_ns;
		uint64_t began = a.items[i].began_ns > b.items[k].began_ns ? a.items[i].began_ns
									   : b.items[k].began_ns;
		uint64_t end = a_end < b_end ? a_end : b_end;

		if (began < end)
			common.items[common.count++] = (struct worker_gap){began, end - began};
		if (a_end < b_end)
			i++;
		else
			k++;
	}
	return common;
}

struct window {
	uint64_t started_ns; /* UINT64_MAX: there is none */
	uint64_t ended_ns;
};

static struct window window_of(const struct job_series *series)
{
	struct window window = {.started_ns = UINT64_MAX};

	for (unsigned i = 0; i < series->worker_count; i++) {
		const struct series_worker *worker = &series->workers[i];

		if (worker->started_ns == 0)
			continue;
		if (worker->started_ns < window.started_ns)
			window.started_ns = worker->started_ns;
		if (worker->ended_ns > window.ended_ns)
			window.ended_ns = worker->ended_ns;
	}
	return window;
}

static struct result_gap longest_gap(
	const struct job_series *series, const struct window *window, struct arena *arena)
{
	struct worker_gap longest = {0};
	struct worker_gap all = {window->started_ns, window->ended_ns - window->started_ns};
	struct gaps gaps = {1, &all};

	for (unsigned i = 0; i < series->worker_count; i++) {
		if (series->workers[i].started_ns != 0)
			gaps = common_gaps(gaps, gaps_of(&series->workers[i], arena), arena);
	}
	for (size_t i = 0; i < gaps.count; i++) {
		if (gaps.items[i].length_ns > longest.length_ns)
			longest = gaps.items[i];
	}
	if (longest.length_ns == 0)
		return (struct result_gap){0};
	return (struct result_gap){longest.began_ns - window->started_ns, longest.length_ns};
}

static struct sparse_histogram copy_histogram(
	const struct sparse_histogram *from, struct arena *arena)
{
	struct sparse_histogram copy = *from;

	copy.buckets = arena_alloc_array(arena, from->count, sizeof(*copy.buckets));
	if (from->count > 0)
		memcpy(copy.buckets, from->buckets, from->count * sizeof(*copy.buckets));
	return copy;
}

static void copy_interval(
	struct result_interval *into, const struct series_interval *from, struct arena *arena)
{
	into->in_flight = from->in_flight;
	for (int d = 0; d < DIRECTION_COUNT; d++) {
		const struct series_figures *figures = &from->directions[d];

		into->directions[d] = (struct result_interval_direction){
			.ios = figures->counts.ios,
			.bytes = figures->counts.bytes,
			.errors = figures->counts.errors,
			.lat = copy_histogram(&figures->lat, arena),
		};
	}
}

/* All up to the window's end, empty ones too; the rest of one belongs to the one before. */
static void reach_end(struct job_series *series, uint64_t length_ns)
{
	uint64_t interval_ns;

	reach(series, length_ns > 0 ? (length_ns - 1) / series->length_ns : 0);
	interval_ns = series->length_ns * series->stride;
	if (series->count >= 2 && length_ns - (series->count - 1) * interval_ns < interval_ns / 2)
		series->intervals[series->count - 2].joins_next = true;
}

size_t job_series_joined(const struct job_series *series, size_t first)
{
	size_t count = 1;

	while (first + count < series->count && series->intervals[first + count - 1].joins_next)
		count++;
	return count;
}

void job_series_take(struct job_series *series, size_t first, size_t count,
	struct result_interval *into, struct arena *arena)
{
	struct series_interval *sum = &series->intervals[first];

	for (size_t i = 1; i < count; i++)
		absorb(sum, &series->intervals[first + i]);
	copy_interval(into, sum, arena);
	free_interval(sum);
	*sum = (struct series_interval){0};
}

static uint64_t within(uint64_t value, const struct window *window)
{
	if (value < window->started_ns)
		return 0;
	return (value < window->ended_ns ? value : window->ended_ns) - window->started_ns;
}

struct result_series job_series_finish(
	struct job_series *series, uint64_t origin_ns, struct arena *arena)
{
	struct window window = window_of(series);
	struct result_series result = {0};
	uint64_t interval_ns;

	if (window.started_ns == UINT64_MAX)
		return result;
	reach_end(series, window.ended_ns - origin_ns);
	interval_ns = result.interval_ns = series->length_ns * series->stride;
	result.intervals = arena_alloc_array(arena, series->count, sizeof(*result.intervals));
	/* One that was to start first, and could not, leaves empty ones. */
	for (size_t i = (window.started_ns - origin_ns) / interval_ns; i < series->count;) {
		struct result_interval *interval = &result.intervals[result.count++];
		size_t count = job_series_joined(series, i);

		job_series_take(series, i, count, interval, arena);
		interval->start_ns = within(origin_ns + i * interval_ns, &window);
		interval->duration_ns =
			within(origin_ns + (i + count) * interval_ns, &window) - interval->start_ns;
		i += count;
	}
	result.longest_gap = longest_gap(series, &window, arena);
	return result;
}

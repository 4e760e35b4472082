/* SPDX-License-Identifier: MIT */
#include "result/fio_log_series.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "result/result_series.h"

enum {
	INTERVALS_WANTED = 300, /* of single I/Os, at most, */
	INTERVAL_LEAST_MS = 100,
	KIB = 1024,
};

static bool are_of_one_job(const struct fio_log *one, const struct fio_log *other)
{
	return one->number == other->number && strcmp(one->prefix, other->prefix) == 0;
}

static bool is_first_of_its_job(const struct fio_logs *logs, const struct fio_log *log)
{
	const struct fio_log *other = logs->first;

	while (!are_of_one_job(other, log))
		other = other->next;
	return other == log;
}

static void find_logs(
	const struct fio_logs *logs, const struct fio_log *first, struct fio_log_job *job)
{
	for (const struct fio_log *log = logs->first; log; log = log->next) {
		if (!are_of_one_job(log, first))
			continue;
		job->of[log->kind] = log;
		job->has_averages |= log->is_averaged;
	}
}

static bool is_of_single_ios(const struct fio_log *log)
{
	return log && log->kind != FIO_LOG_HISTOGRAM && !log->is_averaged;
}

static int compare_lengths(const void *a, const void *b)
{
	const uint64_t *one = a, *other = b;

	return (*one > *other) - (*one < *other);
}

/* The usual length of what a log averages over; 0: it has single I/Os, or nothing. */
static uint64_t usual_length(const struct fio_log *log)
{
	uint64_t *lengths, usual;

	if (log->count == 0 || is_of_single_ios(log))
		return 0;
	lengths = calloc(log->count, sizeof(*lengths));
	if (!lengths)
		arena_exhausted();
	for (size_t i = 0; i < log->count; i++)
		lengths[i] = log->lines[i].time_ms - log->lines[i].start_ms;
	qsort(lengths, log->count, sizeof(*lengths), compare_lengths);
	usual = lengths[(log->count - 1) / 2];
	free(lengths);
	return usual;
}

/* 1, 2 or 5 times a power of ten. */
static uint64_t round_length(uint64_t least_ms)
{
	uint64_t length = INTERVAL_LEAST_MS;

	for (;;) {
		for (unsigned i = 0; i < 3; i++) {
			static const unsigned steps[] = {1, 2, 5};

			if (length * steps[i] >= least_ms)
				return length * steps[i];
		}
		length *= 10;
	}
}

static void set_times(struct fio_log_job *job)
{
	uint64_t length_ms, first_ms = UINT64_MAX;

	for (int kind = 0; kind < FIO_LOG_KIND_COUNT; kind++) {
		const struct fio_log *log = job->of[kind];
		uint64_t usual_ms = log ? usual_length(log) : 0;

		if (usual_ms > job->interval_ms)
			job->interval_ms = usual_ms;
		for (size_t i = 0; log && i < log->count; i++) {
			uint64_t start_ms = log->lines[i].start_ms;

			first_ms = start_ms < first_ms ? start_ms : first_ms;
			if (log->lines[i].time_ms > job->end_ms)
				job->end_ms = log->lines[i].time_ms;
		}
	}
	if (first_ms == UINT64_MAX)
		return;
	/* A log begins when its job does. */
	job->start_ms = first_ms < FIO_LOG_EPOCH_LEAST_MS ? 0 : first_ms;
	job->end_ms += job->end_ms == job->start_ms;
	length_ms = job->end_ms - job->start_ms;
	if (job->interval_ms == 0)
		job->interval_ms = round_length(length_ms / INTERVALS_WANTED);
	while (length_ms / job->interval_ms >= RESULT_INTERVALS_LIMIT)
		job->interval_ms *= 2;
	job->count = (size_t)((length_ms + job->interval_ms - 1) / job->interval_ms);
	job->map_step = (job->count + HTML_MAP_COLUMNS - 1) / HTML_MAP_COLUMNS;
	job->map_count = (job->count + job->map_step - 1) / job->map_step;
}

uint64_t fio_log_interval_ms(const struct fio_log_job *job, size_t index)
{
	uint64_t from_ms = job->start_ms + index * job->interval_ms;
	uint64_t left_ms = job->end_ms - from_ms;

	return left_ms < job->interval_ms ? left_ms : job->interval_ms;
}

static size_t index_of(const struct fio_log_job *job, uint64_t time_ms)
{
	size_t index = time_ms <= job->start_ms
			       ? 0
			       : (size_t)((time_ms - job->start_ms) / job->interval_ms);

	return index < job->count ? index : job->count - 1;
}

static double *column_of(struct fio_log_job *job, struct arena *arena)
{
	double *values = arena_alloc_array(arena, job->count, sizeof(*values));

	for (size_t i = 0; i < job->count; i++)
		values[i] = NAN;
	return values;
}

static void add(double *sum, double value)
{
	*sum = (isnan(*sum) ? 0 : *sum) + value;
}

/* Where an average lies in an interval, in seconds. */
static double overlap_s(
	const struct fio_log_job *job, size_t index, uint64_t start_ms, uint64_t end_ms)
{
	uint64_t from_ms = job->start_ms + index * job->interval_ms;
	uint64_t to_ms = from_ms + fio_log_interval_ms(job, index);

	from_ms = from_ms > start_ms ? from_ms : start_ms;
	to_ms = to_ms < end_ms ? to_ms : end_ms;
	return to_ms > from_ms ? (double)(to_ms - from_ms) / 1e3 : 0;
}

/* Shares averages out: values times seconds go to `sums`, seconds to `weights` unless NULL. */
static void spread(const struct fio_log_job *job, const struct fio_log *log, unsigned direction,
	double factor, double *sums, double *weights)
{
	for (size_t i = 0; i < log->count; i++) {
		const struct fio_log_line *line = &log->lines[i];

		if (line->direction != direction)
			continue;
		for (size_t at = index_of(job, line->start_ms); at < job->count; at++) {
			double part_s = overlap_s(job, at, line->start_ms, line->time_ms);

			if (part_s <= 0)
				break;
			add(&sums[at], (double)line->value * factor * part_s);
			if (weights)
				weights[at] += part_s;
		}
	}
}

/* Of a log of single I/Os: how many, and of how many bytes. */
static void count_ios(struct fio_log_job *job, struct fio_log_direction *part,
	const struct fio_log *log, unsigned direction)
{
	double *ios = part->columns[FIO_LOG_COLUMN_IOS];
	double *bytes = part->columns[FIO_LOG_COLUMN_BYTES];

	for (size_t i = 0; i < job->count; i++)
		ios[i] = bytes[i] = 0;
	for (size_t i = 0; i < log->count; i++) {
		const struct fio_log_line *line = &log->lines[i];
		size_t at = index_of(job, line->time_ms);

		if (line->direction != direction)
			continue;
		ios[at]++;
		bytes[at] += (double)line->bytes;
	}
}

/* A histogram's counts are in the interval that has the middle of its time. */
static size_t index_of_histogram(const struct fio_log_job *job, const struct fio_log *log, size_t i)
{
	const struct fio_log_line *line = &log->lines[i];

	return index_of(job, line->start_ms + (line->time_ms - line->start_ms) / 2);
}

static void count_histograms(const struct fio_log_job *job, struct fio_log_direction *part,
	const struct fio_log *log, unsigned direction)
{
	for (size_t i = 0; i < log->count; i++) {
		const struct fio_log_line *line = &log->lines[i];
		size_t at = index_of_histogram(job, log, i);

		if (line->direction != direction)
			continue;
		for (size_t bin = 0; bin < line->bin_count; bin++)
			add(&part->columns[FIO_LOG_COLUMN_IOS][at], (double)line->bins[bin].count);
	}
}

static void set_rates(struct fio_log_job *job, struct fio_log_direction *part, unsigned direction)
{
	static const enum fio_log_kind kinds[] = {
		FIO_LOG_IOPS, FIO_LOG_BW, FIO_LOG_LAT, FIO_LOG_CLAT, FIO_LOG_SLAT};
	const struct fio_log *iops = job->of[FIO_LOG_IOPS], *bw = job->of[FIO_LOG_BW];
	const struct fio_log *histograms = job->of[FIO_LOG_HISTOGRAM];

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (is_of_single_ios(job->of[kinds[i]]) && job->of[kinds[i]]->count > 0) {
			count_ios(job, part, job->of[kinds[i]], direction);
			return;
		}
	}
	if (iops)
		spread(job, iops, direction, 1, part->columns[FIO_LOG_COLUMN_IOS], NULL);
	else if (histograms)
		count_histograms(job, part, histograms, direction);
	if (bw)
		spread(job, bw, direction, KIB, part->columns[FIO_LOG_COLUMN_BYTES], NULL);
}

static double sum_of(const struct fio_log_job *job, const double *values)
{
	double sum = NAN;

	for (size_t i = 0; i < job->count; i++) {
		if (!isnan(values[i]))
			add(&sum, values[i]);
	}
	return sum;
}

/* By the I/Os of each interval, where they are known. */
static double mean_of(const struct fio_log_job *job, const struct fio_log_direction *part,
	const double *means, const double *weights)
{
	const double *ios = part->columns[FIO_LOG_COLUMN_IOS];
	bool has_ios = part->ios > 0;
	double sum = 0, weight_sum = 0;

	for (size_t i = 0; i < job->count; i++) {
		double weight = has_ios ? ios[i] : weights[i];

		if (isnan(means[i]) || isnan(weight))
			continue;
		sum += means[i] * weight;
		weight_sum += weight;
	}
	return weight_sum > 0 ? sum / weight_sum : NAN;
}

/* Averages of latencies: their means, by time within an interval. */
static void add_means(struct fio_log_job *job, struct fio_log_direction *part, unsigned direction,
	enum fio_log_kind kind, bool is_source, struct arena *arena)
{
	double *means = column_of(job, arena);
	double *weights = arena_alloc_array(arena, job->count, sizeof(*weights));
	struct fio_log_latency *latency = &part->latencies[kind];

	spread(job, job->of[kind], direction, 1, means, weights);
	for (size_t i = 0; i < job->count; i++)
		means[i] /= weights[i] > 0 ? weights[i] : NAN;
	latency->mean_ns = mean_of(job, part, means, weights);
	latency->is_known = !isnan(latency->mean_ns);
	if (is_source)
		part->columns[FIO_LOG_COLUMN_MEAN] = means;
}

/* Lines of a direction by their interval: those of interval i are order[first[i]..first[i + 1]). */
struct sorting {
	size_t *order, *first;
};

static size_t place_of(const struct fio_log_job *job, const struct fio_log *log, size_t i)
{
	return log->kind == FIO_LOG_HISTOGRAM ? index_of_histogram(job, log, i)
					      : index_of(job, log->lines[i].time_ms);
}

static void sort_lines(struct sorting *sorting, const struct fio_log_job *job,
	const struct fio_log *log, unsigned direction)
{
	size_t *next = calloc(job->count + 1, sizeof(*next));

	sorting->order = calloc(log->count + 1, sizeof(*sorting->order));
	sorting->first = calloc(job->count + 2, sizeof(*sorting->first));
	if (!next || !sorting->order || !sorting->first)
		arena_exhausted();
	for (size_t i = 0; i < log->count; i++) {
		if (log->lines[i].direction == direction)
			sorting->first[place_of(job, log, i) + 1]++;
	}
	for (size_t i = 0; i < job->count; i++) {
		sorting->first[i + 1] += sorting->first[i];
		next[i] = sorting->first[i];
	}
	for (size_t i = 0; i < log->count; i++) {
		if (log->lines[i].direction == direction)
			sorting->order[next[place_of(job, log, i)]++] = i;
	}
	free(next);
}

static void record_line(
	struct histogram *histogram, const struct fio_log *log, const struct fio_log_line *line)
{
	if (log->kind != FIO_LOG_HISTOGRAM)
		histogram_record(histogram, line->value, 1);
	for (size_t i = 0; i < line->bin_count; i++)
		histogram_record(histogram, line->bins[i].ns, line->bins[i].count);
}

static void set_columns(struct fio_log_direction *part, size_t index, size_t map_index,
	const struct histogram *histogram)
{
	static const struct {
		enum fio_log_column column;
		double percent;
	} percentiles[] = {
		{FIO_LOG_COLUMN_P50, 50}, {FIO_LOG_COLUMN_P99, 99}, {FIO_LOG_COLUMN_P99_9, 99.9}};

	part->columns[FIO_LOG_COLUMN_MEAN][index] = histogram_summary_mean(&histogram->summary);
	part->columns[FIO_LOG_COLUMN_MIN][index] = (double)histogram->summary.min_ns;
	part->columns[FIO_LOG_COLUMN_MAX][index] = (double)histogram->summary.max_ns;
	for (size_t i = 0; i < sizeof(percentiles) / sizeof(percentiles[0]); i++)
		part->columns[percentiles[i].column][index] =
			(double)histogram_percentile(histogram, percentiles[i].percent);
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++)
		part->map[map_index * HTML_MAP_ROWS + (i >> HTML_MAP_ROW_BITS)] +=
			histogram->counts[i];
}

/* Single latencies, or bins: as they are, and by intervals. */
static void add_latencies(struct fio_log_job *job, struct fio_log_direction *part,
	unsigned direction, const struct fio_log *log, bool is_source, struct arena *arena)
{
	struct histogram *all = ARENA_NEW(arena, struct histogram);
	struct histogram *one = calloc(1, sizeof(*one));
	struct fio_log_latency *latency =
		&part->latencies[log->kind == FIO_LOG_HISTOGRAM ? FIO_LOG_CLAT : log->kind];
	struct sorting lines;

	if (!one)
		arena_exhausted();
	sort_lines(&lines, job, log, direction);
	if (is_source)
		part->map = arena_alloc_array(
			arena, job->map_count * HTML_MAP_ROWS, sizeof(*part->map));
	for (size_t i = 0; i < job->count; i++) {
		histogram_clear(one);
		for (size_t at = lines.first[i]; at < lines.first[i + 1]; at++)
			record_line(one, log, &log->lines[lines.order[at]]);
		if (one->summary.count == 0)
			continue;
		histogram_merge(all, one);
		if (is_source)
			set_columns(part, i, i / job->map_step, one);
	}
	free(lines.order);
	free(lines.first);
	free(one);
	if (all->summary.count == 0)
		return;
	*latency = (struct fio_log_latency){
		.is_known = true,
		.mean_ns = histogram_summary_mean(&all->summary),
		.all = {.summary = all->summary, .histogram = all},
	};
}

/* The best that the logs have of a latency: single ones, a histogram, averages. */
static enum fio_log_kind source_of(const struct fio_log_job *job)
{
	static const enum fio_log_kind kinds[] = {FIO_LOG_LAT, FIO_LOG_CLAT, FIO_LOG_SLAT};
	enum fio_log_kind average = FIO_LOG_KIND_COUNT;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct fio_log *log = job->of[kinds[i]];

		if (!log || log->count == 0)
			continue;
		if (is_of_single_ios(log) && kinds[i] != FIO_LOG_SLAT)
			return kinds[i];
		if (average == FIO_LOG_KIND_COUNT)
			average = kinds[i];
	}
	return job->of[FIO_LOG_HISTOGRAM] ? FIO_LOG_HISTOGRAM : average;
}

static void set_latencies(struct fio_log_job *job, struct fio_log_direction *part,
	unsigned direction, struct arena *arena)
{
	enum fio_log_kind source = source_of(job);

	part->source = source == FIO_LOG_HISTOGRAM ? FIO_LOG_CLAT : source;
	part->has_percentiles = source == FIO_LOG_HISTOGRAM ||
				(source < FIO_LOG_KIND_COUNT && is_of_single_ios(job->of[source]));
	for (int kind = FIO_LOG_LAT; kind <= FIO_LOG_SLAT; kind++) {
		const struct fio_log *log = job->of[kind];

		if (log && is_of_single_ios(log))
			add_latencies(job, part, direction, log, kind == (int)source, arena);
		else if (log)
			add_means(job, part, direction, (enum fio_log_kind)kind,
				kind == (int)source, arena);
	}
	if (source == FIO_LOG_HISTOGRAM)
		add_latencies(job, part, direction, job->of[FIO_LOG_HISTOGRAM], true, arena);
}

static bool has_lines(const struct fio_log_job *job, unsigned direction)
{
	for (int kind = 0; kind < FIO_LOG_KIND_COUNT; kind++) {
		for (size_t i = 0; job->of[kind] && i < job->of[kind]->count; i++) {
			if (job->of[kind]->lines[i].direction == direction)
				return true;
		}
	}
	return false;
}

static void make_direction(struct fio_log_job *job, unsigned direction, struct arena *arena)
{
	struct fio_log_direction *part = &job->directions[direction];

	*part = (struct fio_log_direction){.ios = NAN, .bytes = NAN, .source = FIO_LOG_KIND_COUNT};
	part->is_there = has_lines(job, direction);
	if (!part->is_there)
		return;
	for (int i = 0; i < FIO_LOG_COLUMN_COUNT; i++)
		part->columns[i] = column_of(job, arena);
	set_rates(job, part, direction);
	part->ios = sum_of(job, part->columns[FIO_LOG_COLUMN_IOS]);
	part->bytes = sum_of(job, part->columns[FIO_LOG_COLUMN_BYTES]);
	set_latencies(job, part, direction, arena);
}

bool fio_log_job_make(
	const struct fio_logs *logs, size_t number, struct fio_log_job *job, struct arena *arena)
{
	const struct fio_log *log = logs->first;

	*job = (struct fio_log_job){0};
	for (; log; log = log->next) {
		if (is_first_of_its_job(logs, log) && number-- == 0)
			break;
	}
	if (!log)
		return false;
	job->name =
		log->number > 0
			? arena_printf(arena, "%s, job %u", text_name_of(log->prefix), log->number)
			: arena_printf(arena, "%s, all jobs", text_name_of(log->prefix));
	find_logs(logs, log, job);
	set_times(job);
	for (unsigned d = 0; d < FIO_LOG_DIRECTIONS; d++)
		make_direction(job, d, arena);
	return true;
}

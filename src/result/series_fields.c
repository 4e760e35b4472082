/* SPDX-License-Identifier: MIT */
/*
 * The series of a job as a document: its intervals, one after the other. What is read is checked:
 * each histogram agrees with its count and extremes, and all of them add up to the job's.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "document/field_row.h"
#include "result/result_fields.h"
#include "result/result_figures.h"

static void write_counts(const struct field_spot *spot)
{
	const struct sparse_histogram *histogram = spot->member;
	struct json_raw counts;

	json_raw_begin(&counts, ", ");
	for (size_t i = 0; i < histogram->count; i++)
		result_bucket_write(
			&counts, histogram->buckets[i].index, histogram->buckets[i].count);
	json_raw_end(&counts, spot->object, spot->name);
}

/* [index, count], of which the index is above those before. */
static bool read_bucket(const cJSON *pair, uint64_t least, struct sparse_bucket *bucket)
{
	uint64_t index, count;

	if (!json_node_pair(pair, &index, &count) || index < least || index >= HISTOGRAM_BUCKETS ||
		count == 0 || count >= SPARSE_COUNT_LIMIT)
		return false;
	*bucket = (struct sparse_bucket){.index = index, .count = count};
	return true;
}

static bool has_extremes(const struct sparse_histogram *histogram)
{
	if (histogram->count == 0)
		return true;
	return histogram->buckets[0].index == histogram_index(histogram->summary.min_ns) &&
	       histogram->buckets[histogram->count - 1].index ==
		       histogram_index(histogram->summary.max_ns);
}

static void read_counts(const struct json_node *object, const char *name, void *member)
{
	struct json_node counts = json_node_array(object, name);
	struct sparse_histogram *histogram = member;
	uint64_t least = 0, sum = 0;
	const cJSON *pair;

	histogram->buckets = arena_alloc_array(
		object->walk->arena, json_node_count(&counts), sizeof(*histogram->buckets));
	cJSON_ArrayForEach (pair, counts.item) {
		struct sparse_bucket *bucket = &histogram->buckets[histogram->count];

		if (!read_bucket(pair, least, bucket)) {
			json_node_fail(object, name,
				"contains something else than ascending [index, count]");
			return;
		}
		least = bucket->index + 1;
		sum += bucket->count;
		histogram->count++;
	}
	if (sum != histogram->summary.count)
		json_node_fail(object, name, "add up to another number than 'count'");
	else if (!has_extremes(histogram))
		json_node_fail(object, name, "do not reach from 'min' to 'max'");
}

/* clang-format off */
static const struct field_custom counts_field = {
	.write = write_counts,
	.read = read_counts,
	.schema = FIELD_JSON({
		"type": "array",
		"items": {
			"type": "array",
			"prefixItems": [
				{"type": "integer", "minimum": 0, "maximum": 4351},
				{"$ref": "#/$defs/count", "minimum": 1}
			],
			"items": false,
			"minItems": 2
		}
	}),
};
/* clang-format on */

static uint64_t p50(const void *structure)
{
	return sparse_histogram_percentile(structure, 50);
}

static uint64_t p99(const void *structure)
{
	return sparse_histogram_percentile(structure, 99);
}

static uint64_t p99_9(const void *structure)
{
	return sparse_histogram_percentile(structure, 99.9);
}

static bool is_empty(const void *structure)
{
	return ((const struct sparse_histogram *)structure)->summary.count == 0;
}

static const struct field_table latency_table = FIELD_TABLE_WITH("interval_latency",
	struct sparse_histogram,
	(.help = "Nanoseconds. The percentiles are those of the interval, to 1/128."),
	{NULL, FIELD_OBJECT(struct sparse_histogram, summary, &result_summary_table)},
	{"p50", FIELD_COUNT_OF(p50), .lacks = is_empty},
	{"p99", FIELD_COUNT_OF(p99), .lacks = is_empty},
	{"p99_9", FIELD_COUNT_OF(p99_9), .lacks = is_empty},
	{"counts", FIELD_CUSTOM_OF(&counts_field),
		.help = "Buckets of the job's histogram that are not empty here, ascending: "
			"[index, count]."});

static const struct field_table direction_table =
	FIELD_TABLE_OF("interval_direction", struct result_interval_direction,
		{"ios", FIELD_COUNT(struct result_interval_direction, ios),
			.help = "Completed in the interval, without those that failed."},
		{"bytes", FIELD_COUNT(struct result_interval_direction, bytes)},
		{"errors", FIELD_COUNT(struct result_interval_direction, errors)},
		{"lat_ns", FIELD_OBJECT(struct result_interval_direction, lat, &latency_table)});

static bool is_idle(const void *structure, enum io_direction direction)
{
	const struct result_interval *interval = structure;

	return interval->directions[direction].ios == 0 &&
	       interval->directions[direction].errors == 0;
}

static bool lacks_read(const void *structure)
{
	return is_idle(structure, DIRECTION_READ);
}

static bool lacks_write(const void *structure)
{
	return is_idle(structure, DIRECTION_WRITE);
}

static bool lacks_trim(const void *structure)
{
	return is_idle(structure, DIRECTION_TRIM);
}

static bool lacks_sync(const void *structure)
{
	return is_idle(structure, DIRECTION_SYNC);
}

#define DIRECTION(direction, lacking)                                                              \
	FIELD_OBJECT(struct result_interval, directions[direction], &direction_table),             \
		.lacks = (lacking), .presence = FIELD_RARE

static const struct field_table interval_rows = FIELD_TABLE_OF(NULL, struct result_interval,
	{"start_ns", FIELD_COUNT(struct result_interval, start_ns),
		.help = "From the start of the window."},
	{"duration_ns", FIELD_COUNT(struct result_interval, duration_ns)},
	{"in_flight", FIELD_COUNT(struct result_interval, in_flight),
		.help = "I/Os that were sent and not back at its end."},
	{"read", DIRECTION(DIRECTION_READ, lacks_read),
		.help = "A direction is left out where nothing came back."},
	{"write", DIRECTION(DIRECTION_WRITE, lacks_write)},
	{"trim", DIRECTION(DIRECTION_TRIM, lacks_trim)},
	{"sync", DIRECTION(DIRECTION_SYNC, lacks_sync)});

static const struct field_table interval_table = FIELD_TABLE_OF("interval", struct result_interval,
	{NULL, FIELD_GROUP(struct result_interval, &interval_rows)});

static const struct field_table line_table = FIELD_TABLE_WITH(NULL, struct result_interval_line,
	(.help = "An interval of a job's series, as a line of its own. Times are nanoseconds."),
	{"job", FIELD_TEXT(struct result_interval_line, job), .help = "Name of the job."},
	{"index", FIELD_COUNT(struct result_interval_line, index),
		.help = "Which of the run's jobs it is, as the result lists them, from 0 on."},
	{"started_ns", FIELD_COUNT(struct result_interval_line, started_ns),
		.help = "Start of the job's window, from the start of the run."},
	{NULL, FIELD_OBJECT(struct result_interval_line, interval, &interval_rows)});

const struct document_kind result_interval_document = {
	.noun = "interval",
	.schema = RESULT_INTERVAL_SCHEMA,
	.table = &line_table,
};

static const struct field_table gap_table = FIELD_TABLE_OF("gap", struct result_gap,
	{"start_ns", FIELD_COUNT(struct result_gap, start_ns),
		.help = "From the start of the window."},
	{"duration_ns", FIELD_COUNT(struct result_gap, duration_ns)});

static void check_series(const struct json_node *node, void *structure)
{
	const struct result_series *series = structure;
	uint64_t end_ns = 0;

	for (size_t i = 0; i < series->count; i++) {
		const struct result_interval *interval = &series->intervals[i];

		if (interval->start_ns != end_ns || __builtin_add_overflow(interval->start_ns,
							    interval->duration_ns, &end_ns)) {
			json_node_fail(node, "intervals", "do not follow each other");
			return;
		}
	}
}

const struct field_table result_series_table = FIELD_TABLE_WITH("series", struct result_series,
	(.check = check_series, .help = "The job by intervals of time. Each I/O is in one of them: "
					"counts, and buckets of "
					"histograms, add up to those of the job."),
	{"interval_ns", FIELD_COUNT(struct result_series, interval_ns), .least = 1,
		.help = "--interval, or a multiple of it, so that there are no more than 2,000."},
	{"longest_gap", FIELD_OBJECT(struct result_series, longest_gap, &gap_table),
		.help = "The longest time in which nothing came back, the window's start and end "
			"taken as completions; of merged clones, to none of them, as far as the "
			"longest gaps of each show it."},
	{"intervals", FIELD_ARRAY(struct result_series, count, intervals, &interval_table),
		.help = "One after the other, from the start of the window to its end. Two that "
			"could not be told apart are one, and a last one of less than half an "
			"interval belongs to the one before."});

/* With as many I/Os in both, those of `whole` in other buckets are none. They are not looked at, as
 * the pages of most are not there. */
static bool has_same_buckets(const struct result_series *series, enum io_direction direction,
	const struct histogram *whole)
{
	uint64_t counts[HISTOGRAM_BUCKETS] = {0};

	for (size_t i = 0; i < series->count; i++) {
		const struct sparse_histogram *part =
			&series->intervals[i].directions[direction].lat;

		for (size_t k = 0; k < part->count; k++)
			counts[part->buckets[k].index] += part->buckets[k].count;
	}
	for (size_t i = 0; i < series->count; i++) {
		const struct sparse_histogram *part =
			&series->intervals[i].directions[direction].lat;

		for (size_t k = 0; k < part->count; k++) {
			unsigned index = part->buckets[k].index;

			if (counts[index] != whole->counts[index])
				return false;
		}
	}
	return true;
}

static bool adds_up(const struct result_series *series, enum io_direction direction,
	const struct result_direction *whole)
{
	uint64_t ios = 0, bytes = 0, errors = 0, latencies = 0;

	for (size_t i = 0; i < series->count; i++) {
		const struct result_interval_direction *part =
			&series->intervals[i].directions[direction];

		ios += part->ios;
		bytes += part->bytes;
		errors += part->errors;
		latencies += part->lat.summary.count;
	}
	return ios == whole->ios && bytes == whole->bytes &&
	       errors == result_direction_errors(whole) && latencies == whole->lat.summary.count &&
	       (!whole->lat.histogram || has_same_buckets(series, direction, whole->lat.histogram));
}

bool result_series_adds_up(const struct result_job *job)
{
	for (int d = 0; d < DIRECTION_COUNT; d++) {
		if (!adds_up(&job->series, (enum io_direction)d, &job->directions[d]))
			return false;
	}
	return true;
}

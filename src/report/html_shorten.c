/* SPDX-License-Identifier: MIT */
/* Long series of a result, in columns without the histograms of single intervals. */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "measure/histogram.h"
#include "report/html.h"

static const char *const directions[] = {"read", "write", "trim", "sync"};
static const char *const latencies[] = {"min", "max", "p50", "p99", "p99_9"};
static const char *const counts[] = {"ios", "bytes", "errors"};

/* A number of a document, or null. */
static void add_number(struct json_raw *column, const cJSON *number)
{
	FILE *stream = json_raw_next(column);
	uint64_t value;

	if (json_item_u64(number, &value))
		fprintf(stream, "%" PRIu64, value);
	else
		fputs("null", stream);
}

/* `name` of each of `intervals`, or of an object in each, or of one in that. */
static void add_column(cJSON *object, const cJSON *intervals, const char *direction,
	const char *group, const char *name)
{
	const cJSON *interval;
	struct json_raw column;

	json_raw_begin(&column, ",");
	cJSON_ArrayForEach (interval, intervals) {
		const cJSON *place = interval;

		if (direction)
			place = cJSON_GetObjectItemCaseSensitive(place, direction);
		if (group)
			place = cJSON_GetObjectItemCaseSensitive(place, group);
		add_number(&column, cJSON_GetObjectItemCaseSensitive(place, name));
	}
	json_raw_end(&column, object, name);
}

/* Adds [[index, count], ...] to rows: an array, or the text of one. */
static void add_rows(const cJSON *pairs, uint64_t *rows)
{
	cJSON *parsed = NULL;
	const cJSON *pair;
	size_t problem;

	if (cJSON_IsRaw(pairs))
		pairs = parsed =
			json_parse(pairs->valuestring, strlen(pairs->valuestring), &problem);
	cJSON_ArrayForEach (pair, pairs) {
		uint64_t index, count;

		if (json_item_u64(cJSON_GetArrayItem(pair, 0), &index) &&
			json_item_u64(cJSON_GetArrayItem(pair, 1), &count) &&
			index < HISTOGRAM_BUCKETS)
			rows[index >> HTML_MAP_ROW_BITS] += count;
	}
	cJSON_Delete(parsed);
}

void html_map_column(struct json_raw *map, const uint64_t *rows)
{
	const char *separator = "";
	FILE *stream = json_raw_next(map);

	fputc('[', stream);
	for (unsigned row = 0; row < HTML_MAP_ROWS; row++) {
		if (rows[row] == 0)
			continue;
		fprintf(stream, "%s%u,%" PRIu64, separator, row, rows[row]);
		separator = ",";
	}
	fputc(']', stream);
}

/* "map": latency by time, `step` intervals a column. */
static void add_map(cJSON *object, const cJSON *intervals, const char *direction, size_t step)
{
	uint64_t rows[HTML_MAP_ROWS] = {0};
	const cJSON *interval;
	struct json_raw map;
	size_t done = 0;

	json_raw_begin(&map, ",");
	cJSON_ArrayForEach (interval, intervals) {
		const cJSON *part = cJSON_GetObjectItemCaseSensitive(interval, direction);
		const cJSON *latency = cJSON_GetObjectItemCaseSensitive(part, "lat_ns");

		add_rows(cJSON_GetObjectItemCaseSensitive(latency, "counts"), rows);
		done++;
		if (done % step != 0 && interval->next)
			continue;
		html_map_column(&map, rows);
		memset(rows, 0, sizeof(rows));
	}
	json_raw_end(&map, object, "map");
}

static bool has_direction(const cJSON *intervals, const char *direction)
{
	const cJSON *interval;

	cJSON_ArrayForEach (interval, intervals) {
		if (cJSON_GetObjectItemCaseSensitive(interval, direction))
			return true;
	}
	return false;
}

static void add_direction(
	cJSON *columns, const cJSON *intervals, const char *direction, size_t step)
{
	cJSON *object = json_add_object(columns, direction);

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		add_column(object, intervals, direction, NULL, counts[i]);
	for (size_t i = 0; i < sizeof(latencies) / sizeof(latencies[0]); i++)
		add_column(object, intervals, direction, "lat_ns", latencies[i]);
	add_map(object, intervals, direction, step);
}

static cJSON *columns_of(cJSON *series, const cJSON *intervals)
{
	size_t count = (size_t)cJSON_GetArraySize(intervals);
	size_t step = (count + HTML_MAP_COLUMNS - 1) / HTML_MAP_COLUMNS;
	cJSON *columns = json_object();

	json_add_item(columns, "interval_ns",
		cJSON_DetachItemFromObjectCaseSensitive(series, "interval_ns"));
	json_add_item(columns, "longest_gap",
		cJSON_DetachItemFromObjectCaseSensitive(series, "longest_gap"));
	add_column(columns, intervals, NULL, NULL, "duration_ns");
	add_column(columns, intervals, NULL, NULL, "in_flight");
	json_add_u64(columns, "map_step", step);
	json_add_u64(columns, "map_row_bits", HTML_MAP_ROW_BITS);
	for (size_t i = 0; i < sizeof(directions) / sizeof(directions[0]); i++) {
		if (has_direction(intervals, directions[i]))
			add_direction(columns, intervals, directions[i], step);
	}
	return columns;
}

static bool shorten_job(cJSON *job)
{
	cJSON *series = cJSON_GetObjectItemCaseSensitive(job, "series");
	const cJSON *intervals = cJSON_GetObjectItemCaseSensitive(series, "intervals");
	cJSON *columns;

	if (cJSON_GetArraySize(intervals) == 0)
		return false;
	columns = columns_of(series, intervals);
	if (!cJSON_ReplaceItemInObjectCaseSensitive(job, "series", cJSON_CreateNull()))
		arena_exhausted();
	json_add_item(job, "series_columns", columns);
	return true;
}

bool html_shorten(cJSON *document)
{
	bool has_changed = false;
	cJSON *job;

	if (document_type_of_json(document) != DOCUMENT_RESULT)
		return false;
	cJSON_ArrayForEach (job, cJSON_GetObjectItemCaseSensitive(document, "jobs"))
		has_changed |= shorten_job(job);
	return has_changed;
}

/* SPDX-License-Identifier: MIT */
/* What fio's logs say: as text, and as a document. What they do not say is said, too. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/stream.h"
#include "base/text.h"
#include "result/fio_log_series.h"
#include "result/job_table.h"
#include "result/result_fields.h"

static const double percentiles[] = {50, 90, 99, 99.9, 99.99};
enum { PERCENTILE_COUNT = sizeof(percentiles) / sizeof(percentiles[0]) };

/* As collect.c has them for a run. */
static double document_percentiles[] = {
	1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99, 99.5, 99.9, 99.95, 99.99};

static const char *const latency_names[FIO_LOG_KIND_COUNT] = {
	[FIO_LOG_LAT] = "lat", [FIO_LOG_CLAT] = "clat", [FIO_LOG_SLAT] = "slat"};

static double seconds_of(const struct fio_log_job *job)
{
	return (double)(job->end_ms - job->start_ms) / 1e3;
}

static bool is_empty(const struct fio_log_job *job)
{
	for (int d = 0; d < FIO_LOG_DIRECTIONS; d++) {
		if (job->directions[d].is_there)
			return false;
	}
	return true;
}

static bool knows(const struct fio_log_job *job, bool of_bytes)
{
	for (int d = 0; d < FIO_LOG_DIRECTIONS; d++) {
		const struct fio_log_direction *part = &job->directions[d];

		if (part->is_there && isnan(of_bytes ? part->bytes : part->ios))
			return false;
	}
	return true;
}

enum { NOTE_LIMIT = 6 };

/* Sentences about what the logs do not have. Returns their number. */
static size_t make_notes(const struct fio_log_job *job, const char *notes[NOTE_LIMIT])
{
	enum fio_log_kind source = FIO_LOG_KIND_COUNT;
	bool has_percentiles = false;
	size_t count = 0;

	for (int d = 0; d < FIO_LOG_DIRECTIONS; d++) {
		if (!job->directions[d].is_there)
			continue;
		source = job->directions[d].source;
		has_percentiles = job->directions[d].has_percentiles;
	}
	if (is_empty(job)) {
		notes[count++] = "The logs have no lines.";
		return count;
	}
	if (!knows(job, false))
		notes[count++] = "IOPS are unknown: no log has them (write_iops_log).";
	if (!knows(job, true))
		notes[count++] = "Bandwidth is unknown: no log has it (write_bw_log).";
	if (source == FIO_LOG_KIND_COUNT)
		notes[count++] = "Latency is unknown: no log has it (write_lat_log).";
	else if (!has_percentiles)
		notes[count++] =
			"Percentiles are unknown: the log has averages of latency, or with "
			"log_max_value maxima. write_hist_log keeps percentiles, as does "
			"log_avg_msec=0.";
	if (has_percentiles && job->of[FIO_LOG_HISTOGRAM] && source == FIO_LOG_CLAT)
		notes[count++] = "Percentiles are from the histogram log: of clat, by the middle "
				 "of fio's bins.";
	if (job->has_averages)
		notes[count++] = "Counts are averages times their duration: what fio did not log "
				 "at the end is missing.";
	return count;
}

static void add_row(struct grid *grid, const struct fio_log_job *job, const char *label,
	const struct fio_log_direction *part)
{
	const struct fio_log_latency *latency =
		part->source < FIO_LOG_KIND_COUNT ? &part->latencies[part->source] : NULL;
	const struct histogram *histogram = latency ? latency->all.histogram : NULL;
	double seconds = seconds_of(job);

	grid_add_row(grid, label);
	grid_put(grid, part->ios / seconds);
	grid_put(grid, part->bytes / seconds);
	grid_put(grid, latency && latency->is_known ? latency->mean_ns : GRID_UNKNOWN);
	for (int i = 0; i < PERCENTILE_COUNT; i++)
		grid_put(grid, histogram ? (double)histogram_percentile(histogram, percentiles[i])
					 : GRID_UNKNOWN);
	grid_put(grid, histogram ? (double)histogram->summary.max_ns : GRID_UNKNOWN);
	grid_put_text(grid, latency ? latency_names[part->source] : "");
}

static void fill(struct grid *grid, struct arena *arena, const struct fio_logs *logs)
{
	struct fio_log_job job;

	job_table_begin(
		grid, arena, logs->count * FIO_LOG_DIRECTIONS, percentiles, PERCENTILE_COUNT);
	grid->label_title = "job";
	grid_add_figures(grid, "max", FIGURE_TIME, NULL);
	grid_add_texts(grid, "latency", true);
	for (size_t i = 0; fio_log_job_make(logs, i, &job, arena); i++) {
		for (int d = 0; d < FIO_LOG_DIRECTIONS; d++) {
			if (job.directions[d].is_there)
				add_row(grid, &job,
					arena_printf(arena, "%s %s", job.name,
						io_direction_name((enum io_direction)d)),
					&job.directions[d]);
		}
	}
}

static void print_job(const struct fio_log_job *job, struct page *page)
{
	const char *notes[NOTE_LIMIT];
	size_t note_count = make_notes(job, notes);
	char text[FIGURE_BYTES_OF_TEXT];
	bool is_first = true;

	page_line(page, PAGE_DIM, "job");
	page_phrase(page, "", "%s:", job->name);
	if (job->count > 0)
		page_phrase(page, "", "%s of %s; from",
			figure_text(text, FIGURE_TIME, seconds_of(job) * NS_PER_S),
			job->has_averages ? "averages" : "single I/Os");
	for (int kind = 0; kind < FIO_LOG_KIND_COUNT; kind++) {
		if (!job->of[kind])
			continue;
		page_phrase(page, is_first ? "" : ",", "%s", text_name_of(job->of[kind]->path));
		is_first = false;
	}
	page_line_end(page);
	for (size_t i = 0; i < note_count; i++) {
		page_line(page, PAGE_YELLOW, "note");
		page_phrase(page, "", "%s", notes[i]);
		page_line_end(page);
	}
}

static int show_text(const struct fio_logs *logs, FILE *stream)
{
	struct arena arena = {0};
	struct fio_log_job job;
	struct grid grid;
	struct page page;

	page_open(&page, NULL, stream);
	for (size_t i = 0; fio_log_job_make(logs, i, &job, &arena); i++)
		print_job(&job, &page);
	fill(&grid, &arena, logs);
	if (grid.row_count > 0) {
		fputc('\n', page.stream);
		grid_print(&grid, &page);
	}
	arena_free(&arena);
	return page_close(&page);
}

static int show_markdown(const struct fio_logs *logs, FILE *stream)
{
	struct arena arena = {0};
	struct grid grid;

	errno = 0;
	fill(&grid, &arena, logs);
	grid_print_markdown(&grid, stream);
	arena_free(&arena);
	return stream_finish(stream);
}

/* Whole counts as such. */
static void add_number(cJSON *object, const char *key, double value)
{
	if (isnan(value))
		json_add_null(object, key);
	else if (value >= 0 && value < 0x1p53 && value == floor(value))
		json_add_u64(object, key, (uint64_t)value);
	else
		json_add_double(object, key, value);
}

static void add_latency(cJSON *object, const char *key, const struct fio_log_latency *latency)
{
	const struct result_job percentiles_of = {
		.percentile_count = sizeof(document_percentiles) / sizeof(document_percentiles[0]),
		.percentiles = document_percentiles,
	};
	cJSON *item;

	if (!latency->is_known) {
		json_add_null(object, key);
		return;
	}
	item = json_add_object(object, key);
	if (latency->all.histogram) {
		field_write(item, &result_latency_table, &latency->all, &percentiles_of);
		return;
	}
	json_add_null(item, "count");
	json_add_null(item, "min");
	json_add_null(item, "max");
	add_number(item, "mean", latency->mean_ns);
	json_add_null(item, "stddev");
}

static void add_direction(
	cJSON *object, const struct fio_log_job *job, const struct fio_log_direction *part)
{
	double seconds = seconds_of(job);

	add_number(object, "ios", part->ios);
	add_number(object, "bytes", part->bytes);
	add_number(object, "iops", part->ios / seconds);
	add_number(object, "bytes_per_second", part->bytes / seconds);
	json_add_text(object, "latency",
		part->source < FIO_LOG_KIND_COUNT ? latency_names[part->source] : NULL);
	add_latency(object, "slat_ns", &part->latencies[FIO_LOG_SLAT]);
	add_latency(object, "clat_ns", &part->latencies[FIO_LOG_CLAT]);
	add_latency(object, "lat_ns", &part->latencies[FIO_LOG_LAT]);
}

/* Averages have no more digits than that. */
static void raw_add(struct json_raw *raw, double value)
{
	FILE *stream = json_raw_next(raw);

	if (isnan(value))
		fputs("null", stream);
	else if (value == floor(value) && value < 0x1p53)
		fprintf(stream, "%.0f", value);
	else
		fprintf(stream, "%.9g", value);
}

static void add_map(
	cJSON *object, const struct fio_log_job *job, const struct fio_log_direction *part)
{
	struct json_raw map;

	json_raw_begin(&map, ",");
	for (size_t c = 0; c < job->map_count; c++)
		html_map_column(&map, &part->map[c * HTML_MAP_ROWS]);
	json_raw_end(&map, object, "map");
}

/* As html_shorten leaves a series, with the mean of latencies. */
static void add_columns(cJSON *object, const struct fio_log_job *job)
{
	static const char *const names[FIO_LOG_COLUMN_COUNT] = {
		"ios", "bytes", "mean", "min", "max", "p50", "p99", "p99_9"};
	struct json_raw raw;

	json_add_u64(object, "interval_ns", job->interval_ms * NS_PER_MS);
	json_raw_begin(&raw, ",");
	for (size_t i = 0; i < job->count; i++)
		raw_add(&raw, (double)(fio_log_interval_ms(job, i) * NS_PER_MS));
	json_raw_end(&raw, object, "duration_ns");
	json_add_u64(object, "map_step", job->map_step);
	json_add_u64(object, "map_row_bits", HTML_MAP_ROW_BITS);
	for (int d = 0; d < FIO_LOG_DIRECTIONS; d++) {
		const struct fio_log_direction *part = &job->directions[d];
		cJSON *direction;

		if (!part->is_there)
			continue;
		direction = json_add_object(object, io_direction_name((enum io_direction)d));
		for (int c = 0; c < FIO_LOG_COLUMN_COUNT; c++) {
			json_raw_begin(&raw, ",");
			for (size_t i = 0; i < job->count; i++)
				raw_add(&raw, part->columns[c][i]);
			json_raw_end(&raw, direction, names[c]);
		}
		if (part->map)
			add_map(direction, job, part);
	}
}

static void add_job(cJSON *jobs, const struct fio_log_job *job)
{
	cJSON *object = json_add_object(jobs, NULL);
	const char *notes[NOTE_LIMIT];
	size_t note_count = make_notes(job, notes);
	cJSON *list;

	json_add_text(object, "name", job->name);
	list = json_add_array(object, "logs");
	for (int kind = 0; kind < FIO_LOG_KIND_COUNT; kind++) {
		if (job->of[kind])
			json_add_text(list, NULL, job->of[kind]->path);
	}
	list = json_add_array(object, "notes");
	for (size_t i = 0; i < note_count; i++)
		json_add_text(list, NULL, notes[i]);
	json_add_u64(object, "elapsed_ns", (job->end_ms - job->start_ms) * NS_PER_MS);
	for (int d = 0; d < FIO_LOG_DIRECTIONS; d++) {
		const char *name = io_direction_name((enum io_direction)d);

		if (job->directions[d].is_there)
			add_direction(json_add_object(object, name), job, &job->directions[d]);
	}
	if (job->count > 0)
		add_columns(json_add_object(object, "series_columns"), job);
}

cJSON *fio_logs_document(const struct fio_logs *logs)
{
	cJSON *document = json_object();
	struct fio_log_job job;
	cJSON *jobs;

	json_add_text(document, "schema", FIO_LOG_SCHEMA);
	jobs = json_add_array(document, "jobs");
	for (size_t i = 0;; i++) {
		AUTO_ARENA struct arena arena = {0};

		if (!fio_log_job_make(logs, i, &job, &arena))
			break;
		add_job(jobs, &job);
	}
	return document;
}

static int show_json(const struct fio_logs *logs, FILE *stream)
{
	return document_write_json(fio_logs_document(logs), stream);
}

static int show_html(const struct fio_logs *logs, FILE *stream)
{
	struct html_document page = {.name = "logs of fio", .json = fio_logs_document(logs)};
	int error = html_write("ringside: logs of fio", &page, 1, stream);

	cJSON_Delete(page.json);
	return error;
}

#define WRITER(name, as, function) {name, as, DOCUMENT_WRITE(const struct fio_logs, function)},

DOCUMENT_FORMATS(fio_log_formats, "logs of fio's", const struct fio_logs,
	WRITER("text", NULL, show_text) WRITER("markdown", "Markdown", show_markdown) WRITER(
		"json", "JSON", show_json) WRITER("html", "a page with pictures", show_html));

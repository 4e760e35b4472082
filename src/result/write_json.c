/* SPDX-License-Identifier: MIT */
/* The result document: all that is known, by the schema in result_schema.c. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "result/result_json.h"

static void add_known_u64(cJSON *object, const char *key, bool is_known, uint64_t value)
{
	if (is_known)
		json_add_u64(object, key, value);
	else
		json_add_null(object, key);
}

static void add_percentiles(
	cJSON *object, const struct result_job *job, const struct histogram *histogram)
{
	cJSON *percentiles = json_add_object(object, "percentiles");
	char key[RESULT_PERCENTILE_BYTES];

	for (size_t i = 0; histogram->summary.count > 0 && i < job->percentile_count; i++)
		json_add_u64(percentiles, result_percentile_key(key, job->percentiles[i]),
			histogram_percentile(histogram, job->percentiles[i]));
}

/* As one raw item: a node for every number of every bucket would be most of the document. */
static cJSON *counts_item(const struct histogram *histogram)
{
	const char *separator = "";
	char *text = NULL;
	size_t bytes;
	FILE *stream = open_memstream(&text, &bytes);
	cJSON *item;

	if (!stream)
		arena_exhausted();
	fputc('[', stream);
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
		if (histogram->counts[i] == 0)
			continue;
		fprintf(stream, "%s[%u, %" PRIu64 "]", separator, i, histogram->counts[i]);
		separator = ", ";
	}
	fputc(']', stream);
	if (ferror(stream) | fclose(stream))
		arena_exhausted();
	item = cJSON_CreateRaw(text);
	if (!item)
		arena_exhausted();
	free(text);
	return item;
}

static void add_histogram(cJSON *object, const struct histogram *histogram)
{
	cJSON *item = json_add_object(object, "histogram");

	json_add_text(item, "geometry", HISTOGRAM_GEOMETRY);
	json_add_item(item, "counts", counts_item(histogram));
}

static void add_latency(cJSON *direction, const char *key, const struct result_job *job,
	const struct result_latency *latency)
{
	const struct latency_summary *summary = &latency->summary;
	cJSON *object = json_add_object(direction, key);
	bool is_known = summary->count > 0;

	json_add_u64(object, "count", summary->count);
	add_known_u64(object, "min", is_known, summary->min_ns);
	add_known_u64(object, "max", is_known, summary->max_ns);
	json_add_double(object, "mean", is_known ? latency_summary_mean(summary) : NAN);
	json_add_double(object, "stddev", is_known ? latency_summary_stddev(summary) : NAN);
	json_add_double(object, "sum", summary->sum_ns);
	json_add_double(object, "sum_of_squares", summary->sum_squares_ns2);
	if (latency->histogram) {
		add_percentiles(object, job, latency->histogram);
		add_histogram(object, latency->histogram);
	}
}

static void add_rate(cJSON *object, const char *key, double rate)
{
	json_add_double(object, key, rate > 0 ? rate : NAN);
}

static void add_pace(
	cJSON *direction, const struct result_job *job, const struct result_direction *d)
{
	cJSON *pace;

	if (!result_is_paced(d)) {
		json_add_null(direction, "pace");
		return;
	}
	pace = json_add_object(direction, "pace");
	add_rate(pace, "iops_asked", d->pace.iops_asked);
	add_rate(pace, "bytes_per_second_asked", d->pace.bytes_per_second_asked);
	json_add_u64(pace, "unsent", d->pace.unsent);
	add_latency(pace, "lag_ns", job, &d->pace.lag);
	add_latency(pace, "service_ns", job, &d->pace.service);
}

static void add_sample(
	cJSON *direction, const struct result_job *job, const struct result_direction *d)
{
	cJSON *sample;

	if (d->sample.slat.summary.count == 0) {
		json_add_null(direction, "submission_sample");
		return;
	}
	sample = json_add_object(direction, "submission_sample");
	add_latency(sample, "slat_ns", job, &d->sample.slat);
	add_latency(sample, "clat_ns", job, &d->sample.clat);
}

static void add_direction(cJSON *object, const struct result_job *job, enum io_direction direction)
{
	const struct result_direction *d = &job->directions[direction];
	cJSON *item = json_add_object(object, io_direction_name(direction));
	cJSON *errors;

	json_add_u64(item, "ios", d->ios);
	json_add_u64(item, "bytes", d->bytes);
	json_add_double(item, "iops", result_iops(job, direction));
	json_add_double(item, "bytes_per_second", result_bytes_per_second(job, direction));
	json_add_u64(item, "short_ios", d->short_ios);
	errors = json_add_object(item, "errors");
	for (size_t i = 0; i < d->error_count; i++)
		json_add_u64(errors, d->errors[i].name, d->errors[i].count);
	json_add_u64(item, "errors_ignored", d->ignored_errors);
	add_latency(item, "slat_ns", job, &d->slat);
	add_latency(item, "clat_ns", job, &d->clat);
	add_latency(item, "lat_ns", job, &d->lat);
	add_sample(item, job, d);
	add_pace(item, job, d);
}

static void add_disks(cJSON *document, const struct result *result)
{
	cJSON *disks = json_add_array(document, "disks");

	for (size_t i = 0; i < result->disk_count; i++) {
		const struct result_disk *disk = &result->disks[i];
		cJSON *item = json_add_object(disks, NULL);

		result_json_add_disk(item, disk);
		json_add_u64(item, "read_ticks_ms", disk->read_ticks_ms);
		json_add_u64(item, "write_ticks_ms", disk->write_ticks_ms);
		json_add_u64(item, "in_queue_ms", disk->in_queue_ms);
		json_add_double(item, "utilisation_percent", disk->utilisation_percent);
	}
}

int write_json(const struct result *result, FILE *stream)
{
	cJSON *document = json_object();
	cJSON *jobs;

	json_add_text(document, "schema", RESULT_SCHEMA);
	result_json_add_run(document, result);
	jobs = json_add_array(document, "jobs");
	for (size_t i = 0; i < result->job_count; i++) {
		cJSON *job = json_add_object(jobs, NULL);

		result_json_add_job(job, &result->jobs[i]);
		for (int j = 0; j < DIRECTION_COUNT; j++)
			add_direction(job, &result->jobs[i], j);
		if (result->jobs[i].closing_syncs.summary.count > 0)
			add_latency(job, "closing_syncs_ns", &result->jobs[i],
				&result->jobs[i].closing_syncs);
		else
			json_add_null(job, "closing_syncs_ns");
		result_json_add_costs(job, &result->jobs[i]);
	}
	add_disks(document, result);
	return result_json_write(document, stream);
}

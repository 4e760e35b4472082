/* SPDX-License-Identifier: MIT */
/*
 * The histograms as HdrHistogram's tools read them: a histogram log, a line for each latency of
 * each job, tagged JOB:DIRECTION:LATENCY; of `lat` a line for each interval of the job's series in
 * which something came back. Values are in ns, times in s, the maximum in ms.
 * Source: HdrHistogram, HistogramLogWriter.java (format version 1.3).
 */
#include <ctype.h>
#include <inttypes.h>

#include "base/stream.h"
#include "base/text.h"
#include "measure/histogram.h"
#include "result/result_fields.h"
#include "result/result_figures.h"

static void put_head(const struct result *result, FILE *stream)
{
	struct tm utc;
	char date[64];

	gmtime_r(&result->started.tv_sec, &utc);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", &utc);
	fprintf(stream,
		"#[Latencies measured by ringside %s, in nanoseconds]\n"
		"#[Histogram log format version 1.3]\n"
		"#[StartTime: %lld.%03ld (seconds since epoch), %s]\n"
		"\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\","
		"\"Interval_Compressed_Histogram\"\n",
		result->version, (long long)result->started.tv_sec,
		result->started.tv_nsec / 1000000, date);
}

/* A tag must have no comma and no blank. */
static void put_tag(const char *name, FILE *stream)
{
	for (; *name; name++)
		fputc(*name == ',' || isspace((unsigned char)*name) ? '_' : *name, stream);
}

struct line {
	const struct result_job *job;
	enum io_direction direction;
	const char *latency;
	uint64_t start_ns; /* since the run's start */
	uint64_t length_ns;
};

static void put_line(const struct line *line, const struct histogram *histogram, FILE *stream)
{
	struct arena arena = {0};

	fputs("Tag=", stream);
	put_tag(line->job->name, stream);
	fprintf(stream, ":%s:%s,%.6f,%.6f,%.6f,%s\n", io_direction_name(line->direction),
		line->latency, (double)line->start_ns / 1e9, (double)line->length_ns / 1e9,
		(double)histogram->summary.max_ns / 1e6, histogram_export(histogram, &arena));
	arena_free(&arena);
}

static void put_latency(const struct result_job *job, enum io_direction direction, const char *name,
	const struct result_latency *latency, FILE *stream)
{
	const struct line line = {job, direction, name, job->started_ns, job->elapsed_ns};

	if (latency->histogram && latency->summary.count > 0)
		put_line(&line, latency->histogram, stream);
}

/* A reader adds up the lines of a tag: the whole is not among them. */
static void put_series(const struct result_job *job, enum io_direction direction, FILE *stream)
{
	struct arena arena = {0};
	struct histogram *histogram = ARENA_NEW(&arena, struct histogram);

	for (size_t i = 0; i < job->series.count; i++) {
		const struct result_interval *interval = &job->series.intervals[i];
		const struct line line = {job, direction, "lat",
			job->started_ns + interval->start_ns, interval->duration_ns};

		if (interval->directions[direction].lat.summary.count == 0)
			continue;
		sparse_histogram_expand(&interval->directions[direction].lat, histogram);
		put_line(&line, histogram, stream);
		histogram_clear(histogram);
	}
	arena_free(&arena);
}

/* A comment: readers of such logs have no place for it. */
static void put_failures(const struct result_job *job, FILE *stream)
{
	uint64_t errors = result_job_errors(job);

	if (errors == 0 && !job->error)
		return;
	fputs("#[", stream);
	put_tag(job->name, stream);
	fprintf(stream, ": %" PRIu64 " I/Os failed, their latencies are not in it; first error: %s",
		errors, job->first_error ? text_errno_symbol(job->first_error) : "not known");
	fprintf(stream, "; job: %s]\n", job->error ? text_errno_symbol(job->error) : "not failed");
}

int write_hdr_log(const struct result *result, FILE *stream)
{
	errno = 0;
	put_head(result, stream);
	for (size_t i = 0; i < result->job_count; i++) {
		const struct result_job *job = &result->jobs[i];

		put_failures(job, stream);
		for (int k = 0; k < DIRECTION_COUNT; k++) {
			const struct result_direction *direction = &job->directions[k];

			put_latency(job, k, "slat", &direction->slat, stream);
			put_latency(job, k, "clat", &direction->clat, stream);
			put_latency(job, k, "slat_sample", &direction->sample.slat, stream);
			put_latency(job, k, "clat_sample", &direction->sample.clat, stream);
			if (job->series.count > 0)
				put_series(job, k, stream);
			else
				put_latency(job, k, "lat", &direction->lat, stream);
		}
	}
	return stream_finish(stream);
}

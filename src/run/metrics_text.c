/* SPDX-License-Identifier: MIT */
/* From jobs of the moment to OpenMetrics: family by family, as their samples must stand together.
 */
#include "run/metrics_text.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/version.h"

void metrics_text_label(const char *value, FILE *stream)
{
	for (size_t length; *value; value += length > 0 ? length : 1) {
		length = text_utf8_length(value);
		if (length == 0)
			fputs("\xef\xbf\xbd", stream);
		else if (*value == '\n')
			fputs("\\n", stream);
		else if (*value == '\\' || *value == '"')
			fprintf(stream, "\\%c", *value);
		else
			fwrite(value, 1, length, stream);
	}
}

uint64_t metrics_text_bound(unsigned number)
{
	unsigned octave = METRICS_LEAST_OCTAVE + number / 2;

	return (number % 2 == 0 ? 1ull << octave : 3ull << (octave - 1)) - 1;
}

/* "{job="a",index="0"": the caller adds labels, and the bracket. */
static void begin_sample(
	const char *name, const struct live_jobs *now, const struct live_job *job, FILE *stream)
{
	fprintf(stream, "%s{job=\"", name);
	metrics_text_label(job->name, stream);
	fprintf(stream, "\",index=\"%zu\"", (size_t)(job - now->jobs));
}

static void write_family(
	const char *name, const char *type, const char *unit, const char *help, FILE *stream)
{
	fprintf(stream, "# TYPE %s %s\n", name, type);
	if (unit)
		fprintf(stream, "# UNIT %s %s\n", name, unit);
	fprintf(stream, "# HELP %s %s\n", name, help);
}

/* Exact, and with a fraction always, as le= wants it: 0.000000255, 1.0. */
static void write_seconds(uint64_t ns, FILE *stream)
{
	uint64_t whole = ns / NS_PER_S, fraction = ns % NS_PER_S;
	int digits = 9;

	while (digits > 1 && fraction % 10 == 0) {
		fraction /= 10;
		digits--;
	}
	fprintf(stream, "%" PRIu64 ".%0*" PRIu64, whole, digits, fraction);
}

static void write_time(const char *name, uint64_t ns, FILE *stream)
{
	fprintf(stream, "%s ", name);
	write_seconds(ns, stream);
	fputc('\n', stream);
}

static void write_run(const struct live_jobs *now, FILE *stream)
{
	write_family("ringside_run", "info", NULL, "The ringside that measures.", stream);
	fputs("ringside_run_info{version=\"", stream);
	metrics_text_label(version_number, stream);
	fputs("\",git=\"", stream);
	metrics_text_label(version_git, stream);
	fputs("\"} 1\n", stream);
	if (!now)
		return;
	write_family("ringside_run_elapsed_seconds", "gauge", "seconds",
		"Since the start of the run.", stream);
	write_time("ringside_run_elapsed_seconds", now->elapsed_ns, stream);
	if (now->left_ns == UINT64_MAX)
		return;
	write_family("ringside_run_left_seconds", "gauge", "seconds",
		"Until its end, as far as it is known.", stream);
	write_time("ringside_run_left_seconds", now->left_ns, stream);
}

static bool has_direction(const struct live_job *job, int direction)
{
	const struct worker_counts *counts = &job->all[direction].counts;

	return counts->ios > 0 || counts->errors > 0;
}

struct count_family {
	const char *name, *sample, *unit, *help;
	size_t member; /* of struct worker_counts */
};

static const struct count_family count_families[] = {
	{"ringside_ios", "ringside_ios_total", NULL,
		"I/Os of the window that came back, without those that failed.",
		offsetof(struct worker_counts, ios)},
	{"ringside_bytes", "ringside_bytes_total", "bytes", "Bytes that they moved.",
		offsetof(struct worker_counts, bytes)},
	{"ringside_errors", "ringside_errors_total", NULL, "I/Os of the window that failed.",
		offsetof(struct worker_counts, errors)},
};

static void write_counts(
	const struct count_family *family, const struct live_jobs *now, FILE *stream)
{
	write_family(family->name, "counter", family->unit, family->help, stream);
	for (size_t i = 0; i < now->count; i++) {
		for (int d = 0; d < DIRECTION_COUNT; d++) {
			const char *counts = (const char *)&now->jobs[i].all[d].counts;

			if (!has_direction(&now->jobs[i], d))
				continue;
			begin_sample(family->sample, now, &now->jobs[i], stream);
			fprintf(stream, ",direction=\"%s\"} %" PRIu64 "\n",
				io_direction_name((enum io_direction)d),
				*(const uint64_t *)(counts + family->member));
		}
	}
}

#define LATENCY "ringside_latency_seconds"

static void begin_latency(const char *name, const struct live_jobs *now, const struct live_job *job,
	int direction, FILE *stream)
{
	begin_sample(name, now, job, stream);
	fprintf(stream, ",direction=\"%s\"", io_direction_name((enum io_direction)direction));
}

static void write_latency(
	const struct live_jobs *now, const struct live_job *job, int direction, FILE *stream)
{
	const struct sparse_histogram *lat = &job->all[direction].lat;
	uint64_t below = 0;
	size_t at = 0;

	for (unsigned i = 0; i < METRICS_BOUNDS; i++) {
		uint64_t bound = metrics_text_bound(i);
		unsigned last = histogram_index(bound);

		while (at < lat->count && lat->buckets[at].index <= last)
			below += lat->buckets[at++].count;
		begin_latency(LATENCY "_bucket", now, job, direction, stream);
		fputs(",le=\"", stream);
		write_seconds(bound, stream);
		fprintf(stream, "\"} %" PRIu64 "\n", below);
	}
	begin_latency(LATENCY "_bucket", now, job, direction, stream);
	fprintf(stream, ",le=\"+Inf\"} %" PRIu64 "\n", lat->summary.count);
	begin_latency(LATENCY "_count", now, job, direction, stream);
	fprintf(stream, "} %" PRIu64 "\n", lat->summary.count);
	begin_latency(LATENCY "_sum", now, job, direction, stream);
	fprintf(stream, "} %.9f\n", lat->summary.sum_ns / (double)NS_PER_S);
}

static void write_latencies(const struct live_jobs *now, FILE *stream)
{
	write_family(LATENCY, "histogram", "seconds",
		"Latency (lat) of the window's I/Os; with a rate, from when they were due.",
		stream);
	for (size_t i = 0; i < now->count; i++) {
		for (int d = 0; d < DIRECTION_COUNT; d++) {
			if (has_direction(&now->jobs[i], d))
				write_latency(now, &now->jobs[i], d, stream);
		}
	}
}

static void write_cpu(const struct live_jobs *now, FILE *stream)
{
	write_family("ringside_cpu_seconds", "counter", "seconds",
		"CPU time of workers, and of threads that work for them, since they began.",
		stream);
	for (size_t i = 0; i < now->count; i++) {
		const struct live_job *job = &now->jobs[i];

		begin_sample("ringside_cpu_seconds_total", now, job, stream);
		write_time(",of=\"worker\"}", job->worker_cpu_ns, stream);
		begin_sample("ringside_cpu_seconds_total", now, job, stream);
		write_time(",of=\"helper\"}", job->helper_cpu_ns, stream);
	}
}

static uint64_t depth_of(const struct live_job *job)
{
	return job->depth;
}

static uint64_t in_flight_of(const struct live_job *job)
{
	return job->in_flight;
}

static uint64_t running_of(const struct live_job *job)
{
	return job->running_count;
}

static const struct gauge_family {
	const char *name, *help;
	uint64_t (*value)(const struct live_job *job);
} gauge_families[] = {
	{"ringside_depth", "iodepth of the job's workers together.", depth_of},
	{"ringside_in_flight", "I/Os that were sent and not back, at the end of an interval.",
		in_flight_of},
	{"ringside_workers_running", "Workers of the job that have not ended.", running_of},
};

static void write_gauges(const struct live_jobs *now, FILE *stream)
{
	for (size_t g = 0; g < sizeof(gauge_families) / sizeof(gauge_families[0]); g++) {
		const struct gauge_family *family = &gauge_families[g];

		write_family(family->name, "gauge", NULL, family->help, stream);
		for (size_t i = 0; i < now->count; i++) {
			begin_sample(family->name, now, &now->jobs[i], stream);
			fprintf(stream, "} %" PRIu64 "\n", family->value(&now->jobs[i]));
		}
	}
}

static void write_phases(const struct live_jobs *now, FILE *stream)
{
	write_family("ringside_phase", "stateset", NULL, "What the job does.", stream);
	for (size_t i = 0; i < now->count; i++) {
		for (int phase = LIVE_TO_COME; phase <= LIVE_FAILED; phase++) {
			begin_sample("ringside_phase", now, &now->jobs[i], stream);
			fprintf(stream, ",ringside_phase=\"%s\"} %d\n",
				live_phase_name((enum live_phase)phase),
				now->jobs[i].phase == (enum live_phase)phase);
		}
	}
}

/* What has no end that is known has no sample. */
static void write_times_left(const struct live_jobs *now, FILE *stream)
{
	write_family("ringside_left_seconds", "gauge", "seconds",
		"Until the job ends, by its runtime or amount; none: not known.", stream);
	for (size_t i = 0; i < now->count; i++) {
		if (now->jobs[i].left_ns == UINT64_MAX || now->jobs[i].phase == LIVE_TO_COME)
			continue;
		begin_sample("ringside_left_seconds", now, &now->jobs[i], stream);
		write_time("}", now->jobs[i].left_ns, stream);
	}
}

void metrics_text_write(const struct live_jobs *now, FILE *stream)
{
	write_run(now, stream);
	if (now) {
		for (size_t i = 0; i < sizeof(count_families) / sizeof(count_families[0]); i++)
			write_counts(&count_families[i], now, stream);
		write_latencies(now, stream);
		write_cpu(now, stream);
		write_gauges(now, stream);
		write_phases(now, stream);
		write_times_left(now, stream);
	}
	fputs("# EOF\n", stream);
}

/* SPDX-License-Identifier: MIT */
/*
 * A row for each job and direction, full precision, for spreadsheets and scripts: RFC 4180's
 * quoting, lines ended as Unix does. An empty field is: not known.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/stream.h"
#include "base/text.h"
#include "base/units.h"
#include "result/result_fields.h"
#include "result/result_figures.h"
#include "text/csv.h"

enum { PERCENTILES_LIMIT = 256 };

/* The percentiles of all jobs: columns must be the same for every row. */
struct percentile_columns {
	size_t count;
	double percents[PERCENTILES_LIMIT];
};

static bool has_percent(const double *percents, size_t count, double percent)
{
	for (size_t i = 0; i < count; i++) {
		if (percents[i] == percent)
			return true;
	}
	return false;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

static void collect_percentiles(const struct result *result, struct percentile_columns *columns)
{
	columns->count = 0;
	for (size_t i = 0; i < result->job_count; i++) {
		const struct result_job *job = &result->jobs[i];

		for (size_t j = 0; j < job->percentile_count; j++) {
			if (columns->count < PERCENTILES_LIMIT &&
				!has_percent(
					columns->percents, columns->count, job->percentiles[j]))
				columns->percents[columns->count++] = job->percentiles[j];
		}
	}
	qsort(columns->percents, columns->count, sizeof(columns->percents[0]), by_value);
}

static void put_text(const char *text, FILE *stream)
{
	if (!text)
		return;
	if (!strpbrk(text, ",\"\r\n")) {
		fputs(text, stream);
		return;
	}
	csv_put_text(text, stream);
}

static void put_u64(uint64_t value, FILE *stream)
{
	fprintf(stream, ",%" PRIu64, value);
}

static void put_u64_if(bool is_known, uint64_t value, FILE *stream)
{
	if (is_known)
		put_u64(value, stream);
	else
		fputc(',', stream);
}

static void put_double(double value, FILE *stream)
{
	char text[UNITS_TEXT_BYTES];

	fputc(',', stream);
	if (!isfinite(value))
		return;
	fputs(units_format_exact_double(text, value), stream);
}

static void put_head(const struct percentile_columns *columns, FILE *stream)
{
	char key[RESULT_PERCENTILE_BYTES];

	fputs("job,group,numjobs,engine,rw,bs,iodepth,direction,elapsed_ns,ios,bytes,iops,"
	      "bytes_per_second,short_ios,errors,lat_min_ns,lat_mean_ns,lat_stddev_ns",
		stream);
	for (size_t i = 0; i < columns->count; i++)
		fprintf(stream, ",lat_p%s_ns", result_percentile_key(key, columns->percents[i]));
	fputs(",lat_max_ns,slat_mean_ns,clat_mean_ns,job_cores,job_cpu_ns_per_io,"
	      "job_syscalls_per_io,job_context_switches_per_io,job_depth_mean,errors_ignored,"
	      "job_first_error,job_error,sample_ios,sample_slat_mean_ns,sample_clat_mean_ns,"
	      "job_instructions_per_io,job_user_instructions_per_io,"
	      "job_kernel_instructions_per_io,job_cycles_per_io,job_user_cycles_per_io,"
	      "job_kernel_cycles_per_io,job_verified_blocks,job_wrong_blocks,job_wrong_kinds,"
	      "job_unjudged_blocks\n",
		stream);
}

static void put_job(const struct result_job *job, FILE *stream)
{
	put_text(job->name, stream);
	put_u64(job->group, stream);
	put_u64(job->numjobs, stream);
	fputc(',', stream);
	put_text(job->engine, stream);
	fputc(',', stream);
	put_text(settings_value(&job->options, "rw"), stream);
	fputc(',', stream);
	put_text(result_block_sizes(&job->options), stream);
	fputc(',', stream);
	put_text(settings_value(&job->options, "iodepth"), stream);
}

static void put_mean(const struct latency_summary *summary, FILE *stream)
{
	put_double(summary->count > 0 ? histogram_summary_mean(summary) : NAN, stream);
}

static void put_error(int error, FILE *stream)
{
	fputc(',', stream);
	put_text(error ? text_errno_symbol(error) : NULL, stream);
}

static void put_latency(const struct result_job *job, const struct result_latency *latency,
	const struct percentile_columns *columns, FILE *stream)
{
	const struct latency_summary *summary = &latency->summary;
	bool is_known = summary->count > 0;

	put_u64_if(is_known, summary->min_ns, stream);
	put_mean(summary, stream);
	put_double(is_known ? histogram_summary_stddev(summary) : NAN, stream);
	for (size_t i = 0; i < columns->count; i++) {
		double percent = columns->percents[i];
		bool is_asked = is_known && latency->histogram &&
				has_percent(job->percentiles, job->percentile_count, percent);

		put_u64_if(is_asked,
			is_asked ? histogram_percentile(latency->histogram, percent) : 0, stream);
	}
	put_u64_if(is_known, summary->max_ns, stream);
}

static void put_counters(const struct result_job *job, FILE *stream)
{
	static const enum perf_scope scopes[] = {PERF_SCOPE_COUNT, PERF_USER, PERF_KERNEL};
	enum { COUNT = sizeof(scopes) / sizeof(*scopes) };

	for (int i = 0; i < COUNT; i++)
		put_double(result_instructions_per_io(job, scopes[i]), stream);
	for (int i = 0; i < COUNT; i++)
		put_double(result_cycles_per_io(job, scopes[i]), stream);
}

static void put_kind(const char *name, uint64_t count, const char **separator, FILE *stream)
{
	if (count == 0)
		return;
	fprintf(stream, "%s%s:%" PRIu64, *separator, name, count);
	*separator = " ";
}

/* "zeros:2 torn:1", as the document calls them. */
static void put_verify(const struct result_verify *verify, FILE *stream)
{
	const char *separator = "";

	if (!verify) {
		fputs(",,,,", stream);
		return;
	}
	put_u64(verify->blocks, stream);
	put_u64(verify->wrong, stream);
	fputc(',', stream);
	for (unsigned i = 0; i < DIAGNOSIS_KIND_COUNT; i++)
		put_kind(diagnosis_kind_name(i), verify->kinds[i], &separator, stream);
	put_kind("missing", verify->missing, &separator, stream);
	put_u64(result_verify_unjudged(verify), stream);
}

static void put_row(const struct result_job *job, enum io_direction direction,
	const struct percentile_columns *columns, FILE *stream)
{
	const struct result_direction *d = &job->directions[direction];

	put_job(job, stream);
	fprintf(stream, ",%s", io_direction_name(direction));
	put_u64(job->elapsed_ns, stream);
	put_u64(d->ios, stream);
	put_u64(d->bytes, stream);
	put_double(result_iops(job, direction), stream);
	put_double(result_bytes_per_second(job, direction), stream);
	put_u64(d->short_ios, stream);
	put_u64(result_direction_errors(d), stream);
	put_latency(job, &d->lat, columns, stream);
	put_mean(&d->slat.summary, stream);
	put_mean(&d->clat.summary, stream);
	put_double(result_cores(job), stream);
	put_double(result_per_io(job, job->cpu.total_ns), stream);
	put_double(result_per_io(job, job->syscalls), stream);
	put_double(result_per_io(job, job->voluntary_switches + job->involuntary_switches), stream);
	put_double(job->depth_mean > 0 ? job->depth_mean : NAN, stream);
	put_u64(d->ignored_errors, stream);
	put_error(job->first_error, stream);
	put_error(job->error, stream);
	put_u64_if(d->sample.slat.summary.count > 0, d->sample.slat.summary.count, stream);
	put_mean(&d->sample.slat.summary, stream);
	put_mean(&d->sample.clat.summary, stream);
	put_counters(job, stream);
	put_verify(job->verify, stream);
	fputc('\n', stream);
}

int write_csv(const struct result *result, FILE *stream)
{
	struct percentile_columns columns;

	errno = 0;
	collect_percentiles(result, &columns);
	put_head(&columns, stream);
	for (size_t i = 0; i < result->job_count; i++) {
		for (int j = 0; j < DIRECTION_COUNT; j++) {
			if (result_has_direction(&result->jobs[i], j))
				put_row(&result->jobs[i], j, &columns, stream);
		}
	}
	return stream_finish(stream);
}

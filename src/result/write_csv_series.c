/* SPDX-License-Identifier: MIT */
/*
 * The intervals of all jobs as CSV: a row for each interval and direction of the job, 0 where
 * nothing came back, an empty field where there is no value.
 */
#include <errno.h>
#include <inttypes.h>

#include "base/stream.h"
#include "result/result_fields.h"
#include "result/result_figures.h"
#include "text/csv.h"

static void put_latency(const struct sparse_histogram *lat, FILE *stream)
{
	static const double percents[] = {50, 99, 99.9};

	if (lat->summary.count == 0) {
		fputs(",,,,,,", stream);
		return;
	}
	fprintf(stream, ",%" PRIu64, lat->summary.min_ns);
	csv_put_number(histogram_summary_mean(&lat->summary), stream);
	for (size_t i = 0; i < sizeof(percents) / sizeof(percents[0]); i++)
		fprintf(stream, ",%" PRIu64, sparse_histogram_percentile(lat, percents[i]));
	fprintf(stream, ",%" PRIu64, lat->summary.max_ns);
}

static void put_row(const struct result_job *job, const struct result_interval *interval,
	enum io_direction direction, FILE *stream)
{
	const struct result_interval_direction *figures = &interval->directions[direction];
	double seconds = (double)interval->duration_ns / 1e9;

	csv_put_text(job->name, stream);
	fprintf(stream, ",%u,%s,%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64,
		job->group, io_direction_name(direction), interval->start_ns, interval->duration_ns,
		figures->ios, figures->bytes, figures->errors);
	csv_put_number((double)figures->ios / seconds, stream); /* nothing where it is 0 */
	csv_put_number((double)figures->bytes / seconds, stream);
	fprintf(stream, ",%" PRIu64, interval->in_flight);
	put_latency(&figures->lat, stream);
	fputc('\n', stream);
}

int write_csv_series(const struct result *result, FILE *stream)
{
	errno = 0;
	fputs("job,group,direction,start_ns,duration_ns,ios,bytes,errors,iops,bytes_per_second,"
	      "job_in_flight,lat_min_ns,lat_mean_ns,lat_p50_ns,lat_p99_ns,lat_p99.9_ns,"
	      "lat_max_ns\n",
		stream);
	for (size_t i = 0; i < result->job_count; i++) {
		const struct result_job *job = &result->jobs[i];

		for (size_t k = 0; k < job->series.count; k++) {
			for (int d = 0; d < DIRECTION_COUNT; d++) {
				if (result_has_direction(job, (enum io_direction)d))
					put_row(job, &job->series.intervals[k],
						(enum io_direction)d, stream);
			}
		}
	}
	return stream_finish(stream);
}

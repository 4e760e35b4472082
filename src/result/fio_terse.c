/* SPDX-License-Identifier: MIT */
/*
 * fio's terse lines, version 2 to 5. Latencies are in us, bandwidths in KiB/s. Version 2 has no
 * fio version and no disks, version 3 no trims; version 5 adds to the samples their number, and
 * those of IOPS. Source: fio's HOWTO, "Terse output", and what fio 3.33 prints.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "result/fio_figures.h"
#include "result/fio_style.h"
#include "result/result_figures.h"
#include "result/unified.h"

enum { PERCENTILES = 20 }; /* always so many; those that are not there are 0%=0 */

static void write_latency(const struct latency_summary *summary, FILE *stream)
{
	uint64_t least_ns = summary->count > 0 ? summary->min_ns : 0;

	fprintf(stream, ";%llu;%llu;%f;%f", (unsigned long long)(least_ns / NS_PER_US),
		(unsigned long long)(summary->max_ns / NS_PER_US),
		histogram_summary_mean(summary) / 1e3, histogram_summary_stddev(summary) / 1e3);
}

/* Of lat where its percentiles are asked for, else of clat. */
static void write_percentiles(
	const struct result_job *job, const struct result_direction *direction, FILE *stream)
{
	enum fio_latency_kind kind = fio_figures_has_percentiles(job, FIO_LATENCY_LAT)
					     ? FIO_LATENCY_LAT
					     : FIO_LATENCY_CLAT;
	const struct result_latency *latency = fio_figures_latency(direction, kind);
	size_t count = fio_figures_has_percentiles(job, kind) ? job->percentile_count : 0;

	for (size_t i = 0; i < PERCENTILES; i++) {
		uint64_t ns = 0;

		if (i >= count) {
			fputs(";0%=0", stream);
			continue;
		}
		if (latency->histogram && latency->summary.count > 0)
			ns = histogram_percentile(latency->histogram, job->percentiles[i]);
		fprintf(stream, ";%f%%=%llu", job->percentiles[i],
			(unsigned long long)(ns / NS_PER_US));
	}
}

static void write_direction(const struct result *result, const struct result_job *job,
	enum io_direction direction, unsigned version, FILE *stream)
{
	const struct result_direction *d = &job->directions[direction];
	struct fio_rate rate = fio_figures_rate(job, direction);
	struct fio_spread bandwidth = fio_figures_bandwidth(job, direction);
	struct fio_spread iops = fio_figures_iops(job, direction);
	struct fio_group group = fio_figures_group(result, job->group, direction);

	fprintf(stream, ";%" PRIu64 ";%" PRIu64 ";%" PRIu64 ";%" PRIu64, d->bytes / 1024,
		rate.bytes_per_second / 1024, rate.whole_iops, rate.runtime_ms);
	write_latency(&fio_figures_latency(d, FIO_LATENCY_SLAT)->summary, stream);
	write_latency(&fio_figures_latency(d, FIO_LATENCY_CLAT)->summary, stream);
	write_percentiles(job, d, stream);
	write_latency(&d->lat.summary, stream);
	fprintf(stream, ";%" PRIu64 ";%" PRIu64 ";%f%%;%f;%f", bandwidth.least, bandwidth.greatest,
		fio_figures_of_group(&bandwidth, &group), bandwidth.mean, bandwidth.deviation);
	if (version < 5)
		return;
	fprintf(stream, ";%" PRIu64 ";%" PRIu64 ";%" PRIu64 ";%f;%f;%" PRIu64, bandwidth.samples,
		iops.least, iops.greatest, iops.mean, iops.deviation, iops.samples);
}

/* A share that is not nothing is not printed as nothing. */
static void write_shares(
	const double *shares, size_t count, double least, int decimals, FILE *stream)
{
	for (size_t i = 0; i < count; i++)
		fprintf(stream, ";%.*f%%", decimals,
			shares[i] > 0 && shares[i] < least ? least : shares[i]);
}

/* Those of ns belong to the first of us. */
static void write_distributions(const struct result_job *job, FILE *stream)
{
	struct fio_shares shares = fio_figures_shares(job);
	double depths[FIO_LEVELS];

	fio_figures_depths(job, depths);
	write_shares(depths, FIO_LEVELS, 0.1, 1, stream);
	for (int i = 0; i < FIO_SHARES_NS; i++)
		shares.us[0] += shares.ns[i];
	write_shares(shares.us, FIO_SHARES_US, 0.01, 2, stream);
	write_shares(shares.ms, FIO_SHARES_MS, 0.01, 2, stream);
}

static void write_disks(const struct result *result, FILE *stream)
{
	for (size_t i = 0; i < result->disk_count; i++) {
		const struct result_disk *disk = &result->disks[i];

		fprintf(stream,
			";%s;%" PRIu64 ";%" PRIu64 ";%" PRIu64 ";%" PRIu64 ";%" PRIu64 ";%" PRIu64
			";%" PRIu64 ";%.2f%%",
			disk->name, disk->read_ios, disk->write_ios, disk->read_merges,
			disk->write_merges, disk->read_ticks_ms, disk->write_ticks_ms,
			disk->in_queue_ms, disk->utilisation_percent);
	}
}

static void write_job(
	const struct result *result, const struct result_job *job, unsigned version, FILE *stream)
{
	struct fio_cpu cpu = fio_figures_cpu(job);

	if (version == FIO_TERSE_OLDEST)
		fprintf(stream, "%u;%s;%u;%d", version, job->name, job->group, job->error);
	else
		fprintf(stream, "%u;%s;%s;%u;%d", version, FIO_VERSION, job->name, job->group,
			job->error);
	write_direction(result, job, DIRECTION_READ, version, stream);
	write_direction(result, job, DIRECTION_WRITE, version, stream);
	if (version != 3)
		write_direction(result, job, DIRECTION_TRIM, version, stream);
	fprintf(stream, ";%f%%;%f%%;%" PRIu64 ";0;0", cpu.user_percent, cpu.system_percent,
		cpu.switches);
	write_distributions(job, stream);
	if (version > FIO_TERSE_OLDEST)
		write_disks(result, stream);
	if (fio_figures_counts_errors(job))
		fprintf(stream, ";%" PRIu64 ";%d", result_job_errors(job), job->first_error);
	if (job->description && version == FIO_TERSE_OLDEST)
		fputc('\n', stream);
	if (job->description)
		fprintf(stream, ";%s", job->description);
	fputc('\n', stream);
}

int fio_terse_write(const struct result *result, unsigned version, FILE *stream)
{
	AUTO_ARENA struct arena arena = {0};
	/* unified_rw_reporting=mixed: the sum stands where reads do, as in fio. */
	struct result view = unified_result(result, UNIFIED_MIXED, &arena);

	for (size_t i = 0; i < view.job_count; i++)
		write_job(&view, &view.jobs[i], version, stream);
	return ferror(stream) ? -EIO : 0;
}

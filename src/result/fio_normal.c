/* SPDX-License-Identifier: MIT */
/*
 * fio's text for people, to the blank, because programs look for its words: a block for each job,
 * then its status groups and the disks. Source: what fio 3.33 prints, its HOWTO ("Interpreting the
 * output").
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "result/fio_figures.h"
#include "result/fio_number.h"
#include "result/fio_style.h"
#include "result/result_figures.h"
#include "result/unified.h"

enum { PAGE_COLUMNS = 80, LATENCY_DIGITS = 6, SHARES_IN_LINE = 5 };

/* How latencies are told: in which unit. */
struct scale {
	const char *name;
	double ns;
};

static const struct scale scales[] = {{"nsec", 1}, {"usec", 1e3}, {"msec", 1e6}};

/* The largest unit that leaves digits of all of them. */
static const struct scale *scale_of(const struct latency_summary *s)
{
	double deviation = histogram_summary_stddev(s);

	for (const struct scale *scale = &scales[2]; scale > scales; scale--) {
		if ((double)s->min_ns > 2 * scale->ns && (double)s->max_ns > 100 * scale->ns - 1 &&
			deviation > scale->ns)
			return scale;
	}
	return scales;
}

static void print_latency(const char *name, const struct latency_summary *s, FILE *stream)
{
	const struct scale *scale = scale_of(s);
	char least[FIO_NUMBER_BYTES], most[FIO_NUMBER_BYTES];
	uint64_t unit_ns = (uint64_t)scale->ns;

	if (s->count == 0)
		return;
	fprintf(stream, "    %s (%s): min=%s, max=%s, avg=%5.02f, stdev=%5.02f\n", name,
		scale->name,
		fio_number(least, s->min_ns / unit_ns, LATENCY_DIGITS, FIO_NUMBER_DECIMAL, ""),
		fio_number(most, s->max_ns / unit_ns, LATENCY_DIGITS, FIO_NUMBER_DECIMAL, ""),
		histogram_summary_mean(s) / scale->ns, histogram_summary_stddev(s) / scale->ns);
}

/* Those of the first and the last percentile decide the unit; values are rounded up to it. */
static const struct scale *percentile_scale(uint64_t first_ns, uint64_t last_ns)
{
	for (const struct scale *scale = &scales[2]; scale > scales; scale--) {
		if ((double)first_ns > 2 * scale->ns && (double)last_ns > 100 * scale->ns - 1)
			return scale;
	}
	return scales;
}

static void print_percentiles(const char *name, const struct result_job *job,
	const struct result_latency *latency, FILE *stream)
{
	const struct histogram *histogram = latency->histogram;
	const struct scale *scale;
	uint64_t last_ns, unit_ns;
	int width, in_line;

	if (!histogram || latency->summary.count == 0 || job->percentile_count == 0)
		return;
	last_ns = histogram_percentile(histogram, job->percentiles[job->percentile_count - 1]);
	scale = percentile_scale(histogram_percentile(histogram, job->percentiles[0]), last_ns);
	unit_ns = (uint64_t)scale->ns;
	width = snprintf(NULL, 0, "%" PRIu64, last_ns / unit_ns);
	width = width > 5 ? width : 5;
	in_line = (PAGE_COLUMNS - 7) / (12 + width);
	fprintf(stream, "    %s percentiles (%s):\n", name, scale->name);
	for (size_t i = 0; i < job->percentile_count; i++) {
		uint64_t ns = histogram_percentile(histogram, job->percentiles[i]);
		bool is_last = i + 1 == job->percentile_count;
		bool ends_line = (int)(i % (size_t)in_line) == in_line - 1;

		fprintf(stream, "%s %5.2fth=[%*" PRIu64 "]%s%s",
			i % (size_t)in_line == 0 ? "     |" : "", job->percentiles[i], width,
			(ns + unit_ns - 1) / unit_ns, is_last ? "" : ",",
			is_last || ends_line ? "\n" : "");
	}
}

static void print_samples(const struct result *result, const struct result_job *job,
	enum io_direction direction, FILE *stream)
{
	struct fio_spread bandwidth = fio_figures_bandwidth(job, direction);
	struct fio_spread iops = fio_figures_iops(job, direction);
	struct fio_group group = fio_figures_group(result, job->group, direction);
	bool is_large = bandwidth.mean > 1024.0 * 1024;
	uint64_t unit = is_large ? 1024 : 1;

	if (bandwidth.samples == 0)
		return;
	fprintf(stream,
		"   bw (%5s/s): min=%5" PRIu64 ", max=%5" PRIu64
		", per=%3.2f%%, avg=%5.02f, stdev=%5.02f, samples=%" PRIu64 "\n",
		is_large ? "MiB" : "KiB", bandwidth.least / unit, bandwidth.greatest / unit,
		fio_figures_of_group(&bandwidth, &group), bandwidth.mean / (double)unit,
		bandwidth.deviation / (double)unit, bandwidth.samples);
	fprintf(stream,
		"   iops        : min=%5" PRIu64 ", max=%5" PRIu64
		", avg=%5.02f, stdev=%5.02f, samples=%" PRIu64 "\n",
		iops.least, iops.greatest, iops.mean, iops.deviation, iops.samples);
}

static void print_priorities(const struct result_job *job, const struct result_direction *direction,
	bool of_percentiles, FILE *stream)
{
	bool is_lat = fio_figures_has_percentiles(job, FIO_LATENCY_LAT);

	if (fio_figures_priorities(direction) < 2)
		return;
	for (size_t i = 0; i < direction->priority_count; i++) {
		const struct result_priority *priority = &direction->priorities[i];
		char name[96];
		int length = snprintf(name, sizeof(name), "%s prio %u/%u", is_lat ? "lat" : "clat",
			priority->class, priority->level);

		if (!of_percentiles) {
			print_latency(name, &priority->lat.summary, stream);
			continue;
		}
		snprintf(name + length, sizeof(name) - (size_t)length, " (%.2f%% of IOs)",
			100 * (double)priority->lat.summary.count /
				(double)direction->lat.summary.count);
		print_percentiles(name, job, &priority->lat, stream);
	}
}

static void print_direction(const struct result *result, const struct result_job *job,
	enum io_direction direction, const char *name, FILE *stream)
{
	static const char *const latencies[] = {"slat", "clat", " lat"};
	const struct result_direction *d = &job->directions[direction];
	struct fio_rate rate = fio_figures_rate(job, direction);
	char iops[FIO_NUMBER_BYTES], binary[FIO_NUMBER_BYTES], decimal[FIO_NUMBER_BYTES];
	char bytes[FIO_NUMBER_BYTES];

	if (d->bytes == 0 || rate.runtime_ms == 0)
		return;
	fprintf(stream, "  %s: IOPS=%s, BW=%s (%s)(%s/%" PRIu64 "msec)", name,
		fio_number(iops, rate.whole_iops, FIO_NUMBER_DIGITS, FIO_NUMBER_DECIMAL, ""),
		fio_number(
			binary, rate.bytes_per_second, FIO_NUMBER_DIGITS, FIO_NUMBER_BINARY, "B/s"),
		fio_number(decimal, rate.bytes_per_second, FIO_NUMBER_DIGITS, FIO_NUMBER_DECIMAL,
			"B/s"),
		fio_number(bytes, d->bytes, FIO_NUMBER_DIGITS, FIO_NUMBER_BINARY, "B"),
		rate.runtime_ms);
	if (direction == DIRECTION_WRITE)
		fprintf(stream, "; %" PRIu64 " zone resets", job->zone_resets);
	fputc('\n', stream);
	for (int kind = FIO_LATENCY_SLAT; kind <= FIO_LATENCY_LAT; kind++)
		print_latency(latencies[kind],
			&fio_figures_latency(d, (enum fio_latency_kind)kind)->summary, stream);
	print_priorities(job, d, false, stream);
	for (int kind = FIO_LATENCY_SLAT; kind <= FIO_LATENCY_LAT; kind++) {
		if (fio_figures_has_percentiles(job, (enum fio_latency_kind)kind))
			print_percentiles(latencies[kind] + (latencies[kind][0] == ' '), job,
				fio_figures_latency(d, (enum fio_latency_kind)kind), stream);
	}
	if (fio_figures_has_percentiles(job, FIO_LATENCY_LAT) ||
		fio_figures_has_percentiles(job, FIO_LATENCY_CLAT))
		print_priorities(job, d, true, stream);
	print_samples(result, job, direction, stream);
}

static void print_shares(const char *unit, const double *shares, int count, FILE *stream)
{
	static const char *const names[] = {
		"2", "4", "10", "20", "50", "100", "250", "500", "750", "1000", "2000", ">=2000"};
	int in_line = 0;

	for (int i = 0; i < count; i++) {
		if (shares[i] <= 0)
			continue;
		if (in_line == SHARES_IN_LINE)
			fputc('\n', stream);
		in_line %= SHARES_IN_LINE;
		if (in_line++ == 0)
			fprintf(stream, "  lat (%s)   : ", unit);
		else
			fputs(", ", stream);
		fprintf(stream, "%s=%3.2f%%", names[i], fmax(shares[i], 0.01));
	}
	if (in_line > 0)
		fputc('\n', stream);
}

static void print_sync(const struct result_job *job, FILE *stream)
{
	struct histogram buckets;
	struct result_latency syncs = fio_figures_syncs(job, &buckets);

	if (syncs.summary.count == 0)
		return;
	fprintf(stream, "  fsync/fdatasync/sync_file_range:\n");
	print_latency("sync", &syncs.summary, stream);
	print_percentiles("sync", job, &syncs, stream);
}

static void print_levels(
	const char *head, const char *names, const double percent[static FIO_LEVELS], FILE *stream)
{
	fprintf(stream, "  %s:", head);
	for (int i = 0; i < FIO_LEVELS; i++) {
		int length = (int)strcspn(names, " ");

		fprintf(stream, "%s %.*s=%3.1f%%", i > 0 ? "," : "", length, names,
			percent[i] > 0 ? fmax(percent[i], 0.1) : 0);
		names += length + (names[length] == ' ');
	}
	fputc('\n', stream);
}

static void print_depths(const struct result_job *job, FILE *stream)
{
	static const char batches[] = "0 4 8 16 32 64 >=64";
	double percent[FIO_LEVELS];

	fio_figures_depths(job, percent);
	print_levels("IO depths    ", "1 2 4 8 16 32 >=64", percent, stream);
	fio_figures_submissions(job, percent);
	print_levels("   submit    ", batches, percent, stream);
	fio_figures_completions(job, percent);
	print_levels("   complete  ", batches, percent, stream);
}

/* Above 2 of a unit it is told in that. */
static void print_time(const char *name, uint64_t ns, FILE *stream)
{
	static const struct scale units[] = {{"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}};
	const struct scale *unit = units;

	while (unit->ns > 1 && (double)ns < 2 * unit->ns)
		unit++;
	fprintf(stream, "%s=%.2f%s, ", name, (double)ns / unit->ns, unit->name);
}

static void print_goals(const struct result_job *job, FILE *stream)
{
	const struct result_latency_goal none = {.depth = job->depth_asked, .percentile = 100};
	const struct result_latency_goal *goal = job->goals.latency ? job->goals.latency : &none;

	fprintf(stream, "     latency   : ");
	if (goal->target_ns == 0) {
		fprintf(stream, "target=0, window=0, ");
	} else {
		print_time("target", goal->target_ns, stream);
		print_time("window", goal->window_ns, stream);
	}
	fprintf(stream, "percentile=%.2f%%, depth=%" PRIu64 "\n", goal->percentile, goal->depth);
}

static uint64_t mean_of(const struct result_steady *steady, size_t offset)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < steady->count; i++)
		sum += *(const uint64_t *)((const char *)&steady->intervals[i] + offset);
	return steady->count > 0 ? sum / steady->count : 0;
}

static void print_steady(const struct result_steady *steady, FILE *stream)
{
	char binary[FIO_NUMBER_BYTES], decimal[FIO_NUMBER_BYTES], iops[FIO_NUMBER_BYTES];
	uint64_t bandwidth;
	const char *asked;

	if (!steady)
		return;
	asked = steady->asked;
	bandwidth = mean_of(steady, offsetof(struct result_steady_interval, bytes_per_second));
	fprintf(stream, "  steadystate  : attained=%s, bw=%s (%s), iops=%s, %.*s%s=%.3f%s\n",
		steady->is_attained ? "yes" : "no",
		fio_number(binary, bandwidth, FIO_NUMBER_DIGITS, FIO_NUMBER_BINARY, "B/s"),
		fio_number(decimal, bandwidth, FIO_NUMBER_DIGITS, FIO_NUMBER_DECIMAL, "B/s"),
		fio_number(iops,
			mean_of(steady, offsetof(struct result_steady_interval, ios_per_second)),
			FIO_NUMBER_DIGITS, FIO_NUMBER_DECIMAL, ""),
		(int)strcspn(asked, "_:"), asked, strstr(asked, "_slope") ? " slope" : " mean dev",
		isfinite(steady->criterion) ? steady->criterion : 0,
		asked[strlen(asked) - 1] == '%' ? "%" : "");
}

static void print_issued(const struct result_job *job, FILE *stream)
{
	uint64_t syncs = job->directions[DIRECTION_SYNC].ios - job->closing_syncs.summary.count;

	fprintf(stream, "     issued rwts: total=");
	for (int d = 0; d < DATA_DIRECTION_COUNT; d++)
		fprintf(stream, "%" PRIu64 ",", job->directions[d].ios);
	fprintf(stream, "%" PRIu64 " short=", syncs);
	for (int d = 0; d < DATA_DIRECTION_COUNT; d++)
		fprintf(stream, "%" PRIu64 ",", job->directions[d].short_ios);
	fprintf(stream, "0 dropped=0,0,0,0\n");
}

static void print_head(const struct result_job *job, time_t ended, FILE *stream)
{
	struct tm local;
	char text[64];

	localtime_r(&ended, &local);
	strftime(text, sizeof(text), "%a %b %e %H:%M:%S %Y", &local);
	fprintf(stream, "%s: (groupid=%u, jobs=%u): err=%2d", job->name, job->group, job->numjobs,
		job->error);
	if (job->error != 0)
		fprintf(stream, " (%s)",
			job->error_message ? job->error_message : strerror(job->error));
	fprintf(stream, ": pid=%d: %s\n", (int)getpid(), text);
	if (job->description)
		fprintf(stream, "  Description  : [%s]\n", job->description);
}

/* Each by itself, or their sum, or both; as unified_rw_reporting asks. */
static void print_directions(
	const struct result *result, const struct result_job *job, FILE *stream)
{
	AUTO_ARENA struct arena arena = {0};
	enum unified_mode mode = unified_mode_of(job);
	struct result view;
	struct result_job sum;

	for (int d = 0; d < DATA_DIRECTION_COUNT && mode != UNIFIED_MIXED; d++)
		print_direction(result, job, (enum io_direction)d,
			io_direction_name((enum io_direction)d), stream);
	if (mode == UNIFIED_NONE)
		return;
	view = unified_result(result, mode, &arena);
	sum = unified_job(job, &arena);
	print_direction(&view, &sum, DIRECTION_READ, "mixed", stream);
}

/* As fio: one that moved nothing is left out, unless its first I/O failed. */
static void print_job(
	const struct result *result, const struct result_job *job, time_t ended, FILE *stream)
{
	struct fio_shares shares = fio_figures_shares(job);
	struct fio_cpu cpu = fio_figures_cpu(job);

	if (result_job_ios(job) == 0 && job->error == 0)
		return;
	print_head(job, ended, stream);
	print_directions(result, job, stream);
	print_shares("nsec", shares.ns, FIO_SHARES_NS, stream);
	print_shares("usec", shares.us, FIO_SHARES_US, stream);
	print_shares("msec", shares.ms, FIO_SHARES_MS, stream);
	print_sync(job, stream);
	fprintf(stream,
		"  cpu          : usr=%3.2f%%, sys=%3.2f%%, ctx=%" PRIu64 ", majf=0, minf=0\n",
		cpu.user_percent, cpu.system_percent, cpu.switches);
	print_depths(job, stream);
	print_issued(job, stream);
	if (fio_figures_counts_errors(job))
		fprintf(stream, "     errors    : total=%" PRIu64 ", first_error=%d/<%s>\n",
			result_job_errors(job), job->first_error, strerror(job->first_error));
	print_goals(job, stream);
	print_steady(job->goals.steady, stream);
}

/* "READ: bw=48.4MiB/s (50.8MB/s), " with each figure in both bases. */
static void print_group_direction(const char *name, const struct fio_group *group, FILE *stream)
{
	const uint64_t rates[] = {group->bytes_per_second, group->least, group->greatest};
	char text[2][3][FIO_NUMBER_BYTES], bytes[2][FIO_NUMBER_BYTES];

	if (group->longest_run_ms == 0)
		return;
	for (int i = 0; i < 3; i++) {
		fio_number(text[0][i], rates[i], FIO_NUMBER_DIGITS, FIO_NUMBER_BINARY, "B/s");
		fio_number(text[1][i], rates[i], FIO_NUMBER_DIGITS, FIO_NUMBER_DECIMAL, "B/s");
	}
	fio_number(bytes[0], group->bytes, FIO_NUMBER_DIGITS, FIO_NUMBER_BINARY, "B");
	fio_number(bytes[1], group->bytes, FIO_NUMBER_DIGITS, FIO_NUMBER_DECIMAL, "B");
	fprintf(stream,
		"%s: bw=%s (%s), %s-%s (%s-%s), io=%s (%s), run=%" PRIu64 "-%" PRIu64 "msec\n",
		name, text[0][0], text[1][0], text[0][1], text[0][2], text[1][1], text[1][2],
		bytes[0], bytes[1], group->least_run_ms, group->longest_run_ms);
}

/* Its last job's, as fio. */
static enum unified_mode group_mode(const struct result *result, unsigned number)
{
	enum unified_mode mode = UNIFIED_NONE;

	for (size_t i = 0; i < result->job_count; i++) {
		if (result->jobs[i].group == number)
			mode = unified_mode_of(&result->jobs[i]);
	}
	return mode;
}

static void print_group(const struct result *result, unsigned number, FILE *stream)
{
	static const char *const names[] = {"   READ", "  WRITE", "   TRIM"};
	AUTO_ARENA struct arena arena = {0};
	enum unified_mode mode = group_mode(result, number);
	struct fio_group group;
	struct result view;

	fprintf(stream, "\nRun status group %u (all jobs):\n", number);
	for (int d = 0; d < DATA_DIRECTION_COUNT && mode != UNIFIED_MIXED; d++) {
		group = fio_figures_group(result, number, (enum io_direction)d);
		print_group_direction(names[d], &group, stream);
	}
	if (mode == UNIFIED_NONE)
		return;
	view = unified_result(result, mode, &arena);
	group = fio_figures_group(&view, number, DIRECTION_READ);
	print_group_direction("  MIXED", &group, stream);
}

static void print_disks(const struct result *result, FILE *stream)
{
	if (result->disk_count > 0)
		fprintf(stream, "\nDisk stats (read/write):\n");
	for (size_t i = 0; i < result->disk_count; i++) {
		const struct result_disk *disk = &result->disks[i];

		fprintf(stream,
			"  %s: ios=%" PRIu64 "/%" PRIu64 ", merge=%" PRIu64 "/%" PRIu64
			", ticks=%" PRIu64 "/%" PRIu64 ", in_queue=%" PRIu64 ", util=%3.2f%%\n",
			disk->name, disk->read_ios, disk->write_ios, disk->read_merges,
			disk->write_merges, disk->read_ticks_ms, disk->write_ticks_ms,
			disk->in_queue_ms, disk->utilisation_percent);
	}
}

/* Units of work, which fio's busy threads measure here, are not known. */
static void print_idle(const struct fio_idle *idle, FILE *stream)
{
	if (!idle)
		return;
	fprintf(stream, "\nCPU idleness:\n  system: %3.2f%%\n", idle->system_percent);
	for (size_t i = 0; i < idle->cpu_count; i++)
		fprintf(stream, "%s%3.2f%%%s", i == 0 ? "  percpu: " : ", ", idle->cpus[i].percent,
			i + 1 == idle->cpu_count ? "\n" : "");
}

static time_t end_of(const struct result *result)
{
	return result->started.tv_sec +
	       (time_t)(((uint64_t)result->started.tv_nsec + result_run_ns(result)) / NS_PER_S);
}

int fio_normal_write(const struct result *result, const struct fio_style *style, FILE *stream)
{
	unsigned groups = 0;

	fputc('\n', stream);
	for (size_t i = 0; i < result->job_count; i++) {
		const struct result_job *job = &result->jobs[i];

		print_job(result, job, end_of(result), stream);
		groups = job->group >= groups ? job->group + 1 : groups;
	}
	for (unsigned i = 0; i < groups; i++)
		print_group(result, i, stream);
	print_disks(result, stream);
	print_idle(style->idle, stream);
	return ferror(stream) ? -EIO : 0;
}

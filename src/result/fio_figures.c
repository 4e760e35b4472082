/* SPDX-License-Identifier: MIT */
/* Rates, samples, shares and levels as fio defines them. */
#include "result/fio_figures.h"

#include <math.h>
#include <string.h>
#include <sys/param.h>

#include "base/clock.h"
#include "result/fio.h"
#include "result/result_figures.h"

uint64_t fio_figures_ms(uint64_t time_ns)
{
	if (time_ns > 0 && time_ns < NS_PER_MS)
		return 1;
	return (time_ns + NS_PER_MS / 2) / NS_PER_MS;
}

/* Rounded down, but for what is a whole number within the error of a double. */
static uint64_t whole(double value)
{
	return isfinite(value) && value > 0 ? (uint64_t)(value * (1 + 1e-12)) : 0;
}

static double known(double value)
{
	return isfinite(value) ? value : 0;
}

struct fio_rate fio_figures_rate(const struct result_job *job, enum io_direction direction)
{
	bool did_any = job->directions[direction].ios > 0;

	return (struct fio_rate){
		.bytes_per_second = whole(result_bytes_per_second(job, direction)),
		.runtime_ms = did_any ? fio_figures_ms(result_runtime_ns(job, direction)) : 0,
		.iops = known(result_iops(job, direction)),
		.whole_iops = whole(result_iops(job, direction)),
	};
}

/* Adds up samples; the deviation is by their squares, which are divided last. */
struct sums {
	struct fio_spread spread;
	double sum, squares;
};

static void add_sample(struct sums *sums, double value)
{
	struct fio_spread *spread = &sums->spread;

	if (spread->samples == 0 || whole(value) < spread->least)
		spread->least = whole(value);
	if (whole(value) > spread->greatest)
		spread->greatest = whole(value);
	spread->samples++;
	sums->sum += value;
	sums->squares += value * value;
}

static struct fio_spread spread_of(const struct sums *sums)
{
	struct fio_spread spread = sums->spread;
	double count = (double)spread.samples;

	if (spread.samples == 0)
		return spread;
	spread.mean = sums->sum / count;
	if (spread.samples > 1)
		spread.deviation = sqrt(
			fmax(sums->squares - count * spread.mean * spread.mean, 0) / (count - 1));
	return spread;
}

/* What is left at the end has no rate. */
static bool is_whole(const struct result_series *series, size_t interval)
{
	return series->intervals[interval].duration_ns >= series->interval_ns / 2 &&
	       series->intervals[interval].duration_ns > 0;
}

static struct fio_spread samples_of(
	const struct result_job *job, enum io_direction direction, bool is_of_bytes)
{
	const struct result_series *series = &job->series;
	struct sums sums = {0};

	if (job->directions[direction].ios == 0)
		return sums.spread;
	for (size_t i = 0; i < series->count; i++) {
		const struct result_interval *interval = &series->intervals[i];
		const struct result_interval_direction *d = &interval->directions[direction];
		double seconds = (double)interval->duration_ns / 1e9;

		if (is_whole(series, i))
			add_sample(&sums, is_of_bytes ? (double)d->bytes / 1024 / seconds
						      : (double)d->ios / seconds);
	}
	if (sums.spread.samples == 0)
		add_sample(&sums, is_of_bytes
					  ? known(result_bytes_per_second(job, direction)) / 1024
					  : known(result_iops(job, direction)));
	return spread_of(&sums);
}

struct fio_spread fio_figures_bandwidth(const struct result_job *job, enum io_direction direction)
{
	return samples_of(job, direction, true);
}

struct fio_spread fio_figures_iops(const struct result_job *job, enum io_direction direction)
{
	return samples_of(job, direction, false);
}

static void add_entry(
	struct fio_group *group, const struct result_job *job, enum io_direction direction)
{
	struct fio_rate rate = fio_figures_rate(job, direction);

	if (rate.runtime_ms == 0)
		return;
	if (group->longest_run_ms == 0 || rate.bytes_per_second < group->least)
		group->least = rate.bytes_per_second;
	if (rate.bytes_per_second > group->greatest)
		group->greatest = rate.bytes_per_second;
	if (group->least_run_ms == 0 || rate.runtime_ms < group->least_run_ms)
		group->least_run_ms = rate.runtime_ms;
	if (rate.runtime_ms > group->longest_run_ms)
		group->longest_run_ms = rate.runtime_ms;
	group->bytes += job->directions[direction].bytes;
}

struct fio_group fio_figures_group(
	const struct result *result, unsigned group, enum io_direction direction)
{
	struct fio_group sum = {0};
	uint64_t longest_ns = 0;

	for (size_t i = 0; i < result->job_count; i++) {
		const struct result_job *job = &result->jobs[i];

		if (job->group != group)
			continue;
		add_entry(&sum, job, direction);
		if (job->directions[direction].ios > 0)
			longest_ns = MAX(longest_ns, result_runtime_ns(job, direction));
	}
	if (longest_ns > 0)
		sum.bytes_per_second = whole((double)sum.bytes * 1e9 / (double)longest_ns);
	return sum;
}

double fio_figures_of_group(const struct fio_spread *bandwidth, const struct fio_group *group)
{
	if (bandwidth->samples == 0)
		return 0;
	if (group->bytes_per_second == 0)
		return 100;
	return fmin(100, 100 * bandwidth->mean * 1024 / (double)group->bytes_per_second);
}

/* fio adds up the run times of a group's members, and divides their CPU time by the sum. */
struct fio_cpu fio_figures_cpu(const struct result_job *job)
{
	double runtime_ns = (double)job->elapsed_ns * job->numjobs;
	double system_ns = (double)job->cpu.system_ns + (double)job->cpu.helper_ns;
	double percent = runtime_ns > 0 ? 100 / runtime_ns : 0;
	struct fio_cpu cpu = {.runtime_ms = fio_figures_ms(job->elapsed_ns) * job->numjobs};

	if (job->lacks_costs)
		return cpu;
	cpu.is_known = true;
	cpu.user_percent = percent * (double)job->cpu.user_ns;
	cpu.system_percent = percent * system_ns;
	cpu.switches = job->voluntary_switches + job->involuntary_switches;
	return cpu;
}

/* In percent of all that was counted. */
static void count_levels(
	double percent[static FIO_LEVELS], const struct tally *tally, int level_of(uint64_t value))
{
	double total = 0;

	memset(percent, 0, FIO_LEVELS * sizeof(*percent));
	for (size_t i = 0; i < tally->count; i++) {
		percent[level_of(tally->items[i].value)] += (double)tally->items[i].count;
		total += (double)tally->items[i].count;
	}
	for (int i = 0; i < FIO_LEVELS; i++)
		percent[i] = total > 0 ? 100 * percent[i] / total : 0;
}

/* Depths 1, 2-3, 4-7, … 64 and more. */
static int depth_level(uint64_t depth)
{
	int level = depth > 0 ? 63 - __builtin_clzll(depth) : 0;

	return level < FIO_LEVELS ? level : FIO_LEVELS - 1;
}

/* Batches of 0, 1-4, 5-8, 9-16, … more than 64. */
static int batch_level(uint64_t size)
{
	int level = size > 0;

	for (uint64_t bound = 4; size > bound && level < FIO_LEVELS - 1; bound *= 2)
		level++;
	return level;
}

void fio_figures_depths(const struct result_job *job, double percent[static FIO_LEVELS])
{
	count_levels(percent, &job->depths, depth_level);
}

void fio_figures_submissions(const struct result_job *job, double percent[static FIO_LEVELS])
{
	count_levels(percent, &job->submit_sizes, batch_level);
}

void fio_figures_completions(const struct result_job *job, double percent[static FIO_LEVELS])
{
	count_levels(percent, &job->reap_sizes, batch_level);
}

/* Of a unit below 1000 of it; ms have all the rest. */
static unsigned share_of(uint64_t value)
{
	static const uint64_t bounds[] = {2, 4, 10, 20, 50, 100, 250, 500, 750, 1000, 2000};
	unsigned i = 0;

	while (i < FIO_SHARES_MS - 1 && value >= bounds[i])
		i++;
	return i;
}

static void count_latency(struct fio_shares *shares, uint64_t latency_ns, double count)
{
	if (latency_ns < NS_PER_US)
		shares->ns[share_of(latency_ns)] += count;
	else if (latency_ns < NS_PER_MS)
		shares->us[share_of(latency_ns / NS_PER_US)] += count;
	else
		shares->ms[share_of(latency_ns / NS_PER_MS)] += count;
}

static void divide(double *shares, size_t count, double total)
{
	for (size_t i = 0; i < count; i++)
		shares[i] = total > 0 ? 100 * shares[i] / total : 0;
}

struct fio_shares fio_figures_shares(const struct result_job *job)
{
	struct fio_shares shares = {0};
	double total = 0;

	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		const struct result_latency *latency =
			fio_latency_of_completion(&job->directions[i]);

		if (!latency->histogram)
			continue;
		total += (double)latency->summary.count;
		for (unsigned j = 0; j < HISTOGRAM_BUCKETS; j++) {
			uint64_t width = histogram_highest(j) - histogram_lowest(j);

			count_latency(&shares, histogram_lowest(j) + width / 2,
				(double)latency->histogram->counts[j]);
		}
	}
	divide(shares.ns, FIO_SHARES_NS, total);
	divide(shares.us, FIO_SHARES_US, total);
	divide(shares.ms, FIO_SHARES_MS, total);
	return shares;
}

struct result_latency fio_figures_syncs(const struct result_job *job, struct histogram *buckets)
{
	struct result_latency rest;

	fio_latency_subtract(
		&rest, buckets, &job->directions[DIRECTION_SYNC].lat, &job->closing_syncs);
	return rest;
}

const struct result_latency *fio_figures_latency(
	const struct result_direction *direction, enum fio_latency_kind kind)
{
	if (kind == FIO_LATENCY_SLAT)
		return fio_latency_of_submission(direction);
	return kind == FIO_LATENCY_CLAT ? fio_latency_of_completion(direction) : &direction->lat;
}

bool fio_figures_has_percentiles(const struct result_job *job, enum fio_latency_kind kind)
{
	static const char *const names[] = {
		[FIO_LATENCY_SLAT] = "slat_percentiles",
		[FIO_LATENCY_CLAT] = "clat_percentiles",
		[FIO_LATENCY_LAT] = "lat_percentiles",
	};
	const struct setting *set = settings_find(&job->options, names[kind]);

	if (kind == FIO_LATENCY_CLAT && (!set || set->is_default))
		return true;
	return set && set->value && strcmp(set->value, "1") == 0;
}

unsigned fio_figures_priorities(const struct result_direction *direction)
{
	unsigned count = 0;

	for (size_t i = 0; i < direction->priority_count; i++)
		count += direction->priorities[i].lat.summary.count > 0;
	return count;
}

bool fio_figures_counts_errors(const struct result_job *job)
{
	const char *set = settings_value(&job->options, "continue_on_error");

	return result_job_errors(job) > 0 || (set && strcmp(set, "none") != 0) ||
	       settings_value(&job->options, "ignore_error");
}

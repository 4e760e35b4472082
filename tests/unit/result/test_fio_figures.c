/* SPDX-License-Identifier: MIT */
/* Rates, samples, groups and shares as fio defines them. */
#include <string.h>

#include "base/clock.h"
#include "result/fio_figures.h"
#include "test.h"

static struct result_job job;
static struct histogram histogram;

static void record_only(uint64_t latency_ns, uint64_t count)
{
	histogram = (struct histogram){0};
	job = (struct result_job){.elapsed_ns = NS_PER_S, .numjobs = 1};
	histogram_record(&histogram, latency_ns, count);
	job.directions[DIRECTION_READ].ios = count;
	job.directions[DIRECTION_READ].lat =
		(struct result_latency){histogram.summary, &histogram, NULL};
}

TEST(shares_are_named_by_their_upper_bound)
{
	static const struct {
		uint64_t latency_ns;
		int unit, index;
	} samples[] = {
		{1, 0, 0},
		{2, 0, 1},
		{249, 0, 6},
		{250, 0, 7},
		{996, 0, 9},
		{1000, 1, 0},
		{20 * NS_PER_US, 1, 4},
		{800 * NS_PER_US, 1, 9},
		{3 * NS_PER_MS, 2, 1},
		{1500 * NS_PER_MS, 2, 10},
		{3 * NS_PER_S, 2, 11},
	};

	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		struct fio_shares shares;
		const double *units[] = {shares.ns, shares.us, shares.ms};

		record_only(samples[i].latency_ns, 3);
		shares = fio_figures_shares(&job);
		assert_true(units[samples[i].unit][samples[i].index] == 100);
	}
}

TEST(shares_are_of_reads_writes_and_trims_together)
{
	struct histogram trims = {0};
	struct fio_shares shares;

	record_only(5, 3);
	histogram_record(&trims, 60, 1);
	job.directions[DIRECTION_TRIM].clat = (struct result_latency){trims.summary, &trims, NULL};
	job.directions[DIRECTION_SYNC].lat = (struct result_latency){trims.summary, &trims, NULL};
	shares = fio_figures_shares(&job);
	assert_true(shares.ns[2] == 75);
	assert_true(shares.ns[5] == 25);
}

static struct result_interval intervals[4];

static void give_intervals(uint64_t length_ns, const uint64_t ios[4])
{
	job.series = (struct result_series){
		.interval_ns = length_ns, .count = 4, .intervals = intervals};
	for (int i = 0; i < 4; i++) {
		intervals[i] = (struct result_interval){.duration_ns = length_ns};
		intervals[i].directions[DIRECTION_READ].ios = ios[i];
		intervals[i].directions[DIRECTION_READ].bytes = ios[i] * 4096;
	}
}

TEST(samples_are_the_intervals_that_are_whole)
{
	static const uint64_t ios[] = {100, 200, 300, 1};
	struct fio_spread spread;

	record_only(5000, 601);
	give_intervals(500 * NS_PER_MS, ios);
	intervals[3].duration_ns = 50 * NS_PER_MS; /* what is left at the end */
	spread = fio_figures_iops(&job, DIRECTION_READ);
	assert_int_equal(spread.samples, 3);
	assert_int_equal(spread.least, 200);
	assert_int_equal(spread.greatest, 600);
	assert_true(spread.mean == 400 && spread.deviation == 200);
	spread = fio_figures_bandwidth(&job, DIRECTION_READ);
	assert_int_equal(spread.least, 800);
	assert_int_equal(spread.greatest, 2400);
	assert_true(spread.mean == 1600 && spread.deviation == 800);
}

TEST(without_a_series_the_window_is_one_sample)
{
	struct fio_spread spread;

	record_only(5000, 700);
	job.directions[DIRECTION_READ].bytes = 700 << 10;
	spread = fio_figures_bandwidth(&job, DIRECTION_READ);
	assert_int_equal(spread.samples, 1);
	assert_int_equal(spread.least, 700);
	assert_true(spread.mean == 700 && spread.deviation == 0);
	spread = fio_figures_iops(&job, DIRECTION_WRITE);
	assert_int_equal(spread.samples, 0);
	assert_true(spread.mean == 0);
}

/* Two entries that ran for 1 s and 2 s: fio's rate of the group is by the longer one. */
TEST(a_group_is_of_its_entries)
{
	struct result_job jobs[3];
	struct result result = {.job_count = 3, .jobs = jobs};
	struct fio_group group;
	struct fio_spread half = {.samples = 1, .mean = 150};

	record_only(5000, 100);
	job.directions[DIRECTION_READ].bytes = 100 << 10;
	job.group = 4;
	jobs[0] = jobs[1] = jobs[2] = job;
	jobs[1].directions[DIRECTION_READ].bytes = 500 << 10;
	jobs[1].elapsed_ns = 2 * NS_PER_S;
	jobs[2].group = 5;
	group = fio_figures_group(&result, 4, DIRECTION_READ);
	assert_int_equal(group.bytes, 600 << 10);
	assert_int_equal(group.bytes_per_second, 300 << 10);
	assert_int_equal(group.least, 100 << 10);
	assert_int_equal(group.greatest, 250 << 10);
	assert_int_equal(group.least_run_ms, 1000);
	assert_int_equal(group.longest_run_ms, 2000);
	assert_true(fio_figures_of_group(&half, &group) == 50);
	assert_int_equal(fio_figures_group(&result, 4, DIRECTION_WRITE).longest_run_ms, 0);
}

/* A job that verifies writes for a part of its window: the group's rate is by that, as its run=. */
TEST(a_group_that_verifies_is_by_the_time_of_its_direction)
{
	struct result result = {.job_count = 1, .jobs = &job};
	struct fio_group group;

	record_only(5000, 100);
	job.elapsed_ns = 4 * NS_PER_S;
	job.directions[DIRECTION_WRITE].ios = 100;
	job.directions[DIRECTION_WRITE].bytes = 100 << 10;
	job.directions[DIRECTION_WRITE].runtime_ns = NS_PER_S;
	group = fio_figures_group(&result, 0, DIRECTION_WRITE);
	assert_int_equal(group.longest_run_ms, 1000);
	assert_int_equal(group.bytes_per_second, 100 << 10);
	assert_int_equal(group.greatest, 100 << 10);
}

static void set_option(const char *key, const char *value, bool is_default)
{
	static struct setting setting;

	setting = (struct setting){.key = key, .value = value, .is_default = is_default};
	job.options = (struct settings){.count = 1, .items = &setting};
}

TEST(percentiles_are_of_clat_unless_asked_for_otherwise)
{
	record_only(5000, 1);
	assert_true(fio_figures_has_percentiles(&job, FIO_LATENCY_CLAT));
	assert_false(fio_figures_has_percentiles(&job, FIO_LATENCY_LAT));
	set_option("clat_percentiles", "0", true);
	assert_true(fio_figures_has_percentiles(&job, FIO_LATENCY_CLAT));
	set_option("clat_percentiles", "0", false);
	assert_false(fio_figures_has_percentiles(&job, FIO_LATENCY_CLAT));
	set_option("lat_percentiles", "1", false);
	assert_true(fio_figures_has_percentiles(&job, FIO_LATENCY_LAT));
	assert_false(fio_figures_has_percentiles(&job, FIO_LATENCY_SLAT));
}

TEST(errors_are_counted_where_jobs_go_on_after_them)
{
	record_only(5000, 1);
	assert_false(fio_figures_counts_errors(&job));
	set_option("continue_on_error", "none", true);
	assert_false(fio_figures_counts_errors(&job));
	set_option("continue_on_error", "io", false);
	assert_true(fio_figures_counts_errors(&job));
}

/* The CPU time of all clones by their time together. */
TEST(cpu_time_is_shared_by_the_clones)
{
	struct fio_cpu cpu;

	record_only(5000, 1);
	job.numjobs = 4;
	job.cpu.user_ns = NS_PER_S;
	job.cpu.system_ns = NS_PER_S / 2;
	job.cpu.helper_ns = NS_PER_S / 2;
	job.voluntary_switches = 3;
	job.involuntary_switches = 4;
	cpu = fio_figures_cpu(&job);
	assert_int_equal(cpu.runtime_ms, 4000);
	assert_true(cpu.is_known && cpu.user_percent == 25 && cpu.system_percent == 25);
	assert_int_equal(cpu.switches, 7);
	job.lacks_costs = true;
	assert_false(fio_figures_cpu(&job).is_known);
}

TEST_MAIN(NULL, NULL);

/* SPDX-License-Identifier: MIT */
/* Which figures stand in which cell. */
#include <math.h>

#include "base/clock.h"
#include "result/job_table.h"
#include "result/result_figures.h"
#include "test.h"
#include "unit/result/on_sample.h"

static struct grid grid;

static double cell(const char *label, const char *title)
{
	for (size_t i = 0; i < grid.row_count; i++) {
		for (size_t j = 0; j < grid.column_count; j++) {
			if (strcmp(grid.labels[i], label) == 0 &&
				strcmp(grid.columns[j].title, title) == 0)
				return grid.columns[j].cells[i].value;
		}
	}
	fail_msg("no cell '%s' of '%s'", title, label);
	return NAN;
}

static bool has_column(const char *title)
{
	for (size_t j = 0; j < grid.column_count; j++) {
		if (strcmp(grid.columns[j].title, title) == 0)
			return true;
	}
	return false;
}

TEST_FIXTURE(open_sample, close_sample);

TEST(a_row_for_each_direction_and_latency_asked_for)
{
	static const char *const labels[] = {
		"read", "read slat", "read clat", "write", "write lag", "write service", "sync"};

	job_table(&grid, &result.arena, &result.jobs[1]);
	assert_int_equal(grid.row_count, 7);
	for (int i = 0; i < 7; i++)
		assert_string_equal(grid.labels[i], labels[i]);
	/* Buckets of clat that nobody asked for are not shown; those of a sample are named so. */
	SAMPLE_SETTINGS(
		&result, &result.jobs[1].options, {.key = "clat_percentiles", .value = "0"});
	result.jobs[1].directions[DIRECTION_READ].sample.clat =
		sample_latency(&result, 50, 80000, true);
	job_table(&grid, &result.arena, &result.jobs[1]);
	assert_int_equal(grid.row_count, 7);
	assert_string_equal(grid.labels[1], "read slat");
	assert_string_equal(grid.labels[2], "read clat sample");
	job_table(&grid, &result.arena, &result.jobs[2]);
	assert_int_equal(grid.row_count, 0);
}

TEST(figures_are_the_results)
{
	const struct result_direction *read = &result.jobs[0].directions[DIRECTION_READ];

	job_table(&grid, &result.arena, &result.jobs[0]);
	assert_true(cell("read", "IOPS") == 200000);
	assert_true(cell("read", "BW") == 819200000);
	assert_true(cell("read", "mean") == histogram_summary_mean(&read->lat.summary));
	assert_true(
		cell("read", "p99.9") == (double)histogram_percentile(read->lat.histogram, 99.9));
	assert_true(cell("read", "max") == (double)read->lat.summary.max_ns);
}

TEST(what_makes_no_sense_is_blank)
{
	job_table(&grid, &result.arena, &result.jobs[1]);
	assert_true(isinf(cell("sync", "BW")));
	assert_true(isinf(cell("read slat", "IOPS")));
	assert_true(cell("sync", "IOPS") > 29);
}

/* 1000 samples above p99 of 100,000, 100 above p99.9, 10 above p99.99: just enough. */
TEST(percentiles_need_ten_samples_above)
{
	struct result_job *job = &result.jobs[0];
	struct histogram *histogram = ARENA_NEW(&result.arena, struct histogram);
	struct result_latency *lat = &job->directions[DIRECTION_READ].lat;

	histogram_record(histogram, 100, 100000);
	*lat = (struct result_latency){.summary = histogram->summary, .histogram = histogram};
	job_table(&grid, &result.arena, job);
	assert_true(cell("read", "p99.99") == 100);
	histogram->summary.count = 99999;
	job_table(&grid, &result.arena, job);
	assert_true(isnan(cell("read", "p99.99")));
	assert_true(cell("read", "p99.9") == 100);
}

TEST(a_latency_without_buckets_has_no_percentiles)
{
	struct result_latency *lat = &result.jobs[0].directions[DIRECTION_READ].lat;

	lat->histogram = NULL;
	job_table(&grid, &result.arena, &result.jobs[0]);
	assert_true(isnan(cell("read", "p50")));
	assert_true(cell("read", "mean") > 0);
	lat->summary = (struct latency_summary){0};
	job_table(&grid, &result.arena, &result.jobs[0]);
	assert_true(isnan(cell("read", "mean")));
	assert_true(isnan(cell("read", "max")));
}

TEST(a_short_list_of_percentiles_is_shown_whole)
{
	double percents[] = {12.5, 50, 75};

	result.jobs[0].percentile_count = 3;
	result.jobs[0].percentiles = percents;
	job_table(&grid, &result.arena, &result.jobs[0]);
	assert_true(has_column("p12.5"));
	assert_true(has_column("p75"));
	assert_false(has_column("p99"));
}

TEST(of_a_long_list_the_usual_ones_are_shown)
{
	job_table(&grid, &result.arena, &result.jobs[0]);
	assert_true(has_column("p50") && has_column("p90") && has_column("p99"));
	assert_true(has_column("p99.9") && has_column("p99.99"));
	assert_false(has_column("p95"));
}

TEST(of_a_long_list_without_them_the_highest_are_shown)
{
	double percents[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};

	result.jobs[0].percentile_count = 9;
	result.jobs[0].percentiles = percents;
	job_table(&grid, &result.arena, &result.jobs[0]);
	assert_false(has_column("p2"));
	assert_true(has_column("p3"));
	assert_true(has_column("p9"));
}

TEST(a_run_has_a_row_for_each_job_and_data_direction)
{
	static const char *const labels[] = {"rand-read", "mixed, \"70|30\" µ read",
		"mixed, \"70|30\" µ write", "no-such-device"};

	job_table_of_run(&grid, &result.arena, &result);
	assert_int_equal(grid.row_count, 4);
	for (int i = 0; i < 4; i++)
		assert_string_equal(grid.labels[i], labels[i]);
	assert_true(cell(labels[0], "cores") == result_cores(&result.jobs[0]));
	assert_true(cell(labels[1], "syscalls") == 2);
	assert_true(isinf(cell(labels[2], "syscalls")));
	assert_true(isnan(cell(labels[3], "IOPS")));
}

TEST(interrupts_have_a_column_where_they_are_known)
{
	job_table_of_run(&grid, &result.arena, &result);
	assert_false(has_column("irqs"));
	SAMPLE_SETTINGS(&result, &result.jobs[1].engine_proof,
		{.key = "device_interrupts", .value = "6250"});
	job_table_of_run(&grid, &result.arena, &result);
	assert_true(isnan(cell("rand-read", "irqs")));
	assert_true(cell("mixed, \"70|30\" µ read", "irqs") == 6250);
	assert_true(isinf(cell("mixed, \"70|30\" µ write", "irqs")));
}

TEST(a_percentile_nobody_asked_for_is_not_in_the_run_either)
{
	double percents[] = {50};

	result.jobs[0].percentile_count = 1;
	result.jobs[0].percentiles = percents;
	job_table_of_run(&grid, &result.arena, &result);
	assert_true(cell("rand-read", "p50") > 0);
	assert_true(isnan(cell("rand-read", "p99")));
}

TEST_MAIN(NULL, NULL);

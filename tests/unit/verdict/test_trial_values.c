/* SPDX-License-Identifier: MIT */
/* Figures out of a result. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"
#include "verdict/trial_values.h"

static struct histogram lat;

static struct result_job sample(void)
{
	struct result_job job = {
		.elapsed_ns = 2000000000,
		.cpu = {.user_ns = 300, .system_ns = 500, .helper_ns = 200, .total_ns = 1000},
		.counts = {{true, 2000, 3000, 1, NULL}, {true, 40000, 60000, 1, NULL}},
		.syscalls = 50,
		.voluntary_switches = 6,
		.involuntary_switches = 4,
		.knows_punts = true,
		.punts = 25,
		.submit_share = 0.5,
		.batch_submit_mean = 4,
		.batch_reap_mean = 3,
		.depth_mean = 7.5,
		.first_fifth_share = 0.2,
	};
	struct result_direction *read = &job.directions[DIRECTION_READ];
	struct result_direction *write = &job.directions[DIRECTION_WRITE];

	memset(&lat, 0, sizeof(lat));
	histogram_record(&lat, 100, 75);
	read->ios = 75;
	read->bytes = 75 * 4096;
	read->lat = (struct result_latency){lat.summary, &lat, NULL};
	write->ios = 25;
	write->bytes = 25 * 4096;
	write->short_ios = 2;
	write->error_count = 1;
	write->errors[0] = (struct result_error_count){5, "EIO", 3};
	return job;
}

TEST(every_figure_is_taken)
{
	struct result_job job = sample();
	double values[VALUE_COUNT];

	trial_values_take(&job, values);
	assert_true(values[VALUE_IOPS] == 50);
	assert_true(values[VALUE_BANDWIDTH] == 50 * 4096);
	assert_true(values[VALUE_READ_IOPS] == 37.5);
	assert_true(values[VALUE_WRITE_IOPS] == 12.5);
	assert_true(isnan(values[VALUE_TRIM_IOPS]));
	assert_true(values[VALUE_LAT_P50] == 100); /* of reads, which are the most */
	assert_true(values[VALUE_READ_P999] == 100);
	assert_true(isnan(values[VALUE_WRITE_P50]));
	assert_true(values[VALUE_CORES] == 1000 / 2e9);
	assert_true(values[VALUE_CPU_PER_IO] == 10);
	assert_true(values[VALUE_HELPER_PER_IO] == 2);
	assert_true(values[VALUE_INSTRUCTIONS_PER_IO] == 420);
	assert_true(values[VALUE_USER_INSTRUCTIONS_PER_IO] == 20);
	assert_true(values[VALUE_KERNEL_INSTRUCTIONS_PER_IO] == 400);
	assert_true(values[VALUE_CYCLES_PER_IO] == 630);
	assert_true(values[VALUE_USER_CYCLES_PER_IO] == 30);
	assert_true(values[VALUE_KERNEL_CYCLES_PER_IO] == 600);
	assert_true(values[VALUE_SYSCALLS_PER_IO] == 0.5);
	assert_true(values[VALUE_SWITCHES_PER_IO] == 0.1);
	assert_true(values[VALUE_PUNTS_PER_IO] == 0.25);
	assert_true(values[VALUE_SUBMIT_SHARE] == 0.5);
	assert_true(values[VALUE_DEPTH] == 7.5);
	assert_true(values[VALUE_ERRORS] == 3);
	assert_true(values[VALUE_SHORT_IOS] == 2);
}

/* What verifies writes for 0.1 s and reads back for 1.9 s: the sum of both rates is no rate. */
TEST(directions_with_parts_of_the_window_have_a_sum_over_all_of_it)
{
	struct result_job job = sample();
	double values[VALUE_COUNT];

	job.directions[DIRECTION_WRITE].runtime_ns = 100000000;
	job.directions[DIRECTION_READ].runtime_ns = 1900000000;
	trial_values_take(&job, values);
	assert_true(values[VALUE_WRITE_IOPS] == 250);
	assert_true(values[VALUE_IOPS] == 50);
	assert_true(values[VALUE_BANDWIDTH] == 50 * 4096);
	/* 25 writes: not 500, of which 5 were beyond p99. */
	assert_true(trial_values_tail(values, 2, VALUE_WRITE_P99) <= 1);
	assert_true(trial_values_tail(values, 2, VALUE_LAT_P99) <= 1);
}

TEST(what_is_not_known_is_nan)
{
	struct result_job job = sample();
	double values[VALUE_COUNT];

	job.submit_share = -1;
	job.knows_punts = false;
	job.counts[PERF_KERNEL].is_known = false;
	trial_values_take(&job, values);
	assert_true(isnan(values[VALUE_INSTRUCTIONS_PER_IO]));
	assert_true(isnan(values[VALUE_KERNEL_INSTRUCTIONS_PER_IO]));
	assert_true(isnan(values[VALUE_CYCLES_PER_IO]));
	assert_true(values[VALUE_USER_INSTRUCTIONS_PER_IO] == 20);
	assert_true(isnan(values[VALUE_SUBMIT_SHARE]));
	assert_true(isnan(values[VALUE_PUNTS_PER_IO]));
}

TEST(syncs_have_figures_of_their_own)
{
	struct result_job job = sample();
	double values[VALUE_COUNT];

	trial_values_take(&job, values);
	assert_true(isnan(values[VALUE_SYNC_IOPS]) && isnan(values[VALUE_SYNC_MEAN]));
	job.directions[DIRECTION_SYNC].ios = 75;
	job.directions[DIRECTION_SYNC].lat = (struct result_latency){lat.summary, &lat, NULL};
	trial_values_take(&job, values);
	assert_true(values[VALUE_IOPS] == 50); /* none of these is a sync */
	assert_true(values[VALUE_SYNC_IOPS] == 37.5);
	assert_true(values[VALUE_SYNC_MEAN] == 100);
	assert_true(values[VALUE_SYNC_P50] == 100);
	assert_true(values[VALUE_SYNC_P999] == 100);
	assert_true(fabs(trial_values_tail(values, 2, VALUE_SYNC_P99) - 0.75) < 1e-9);
	assert_int_equal(trial_value_find("sync.lat.mean"), VALUE_SYNC_MEAN);
	assert_int_equal(trial_value_find("sync.lat"), VALUE_SYNC_P50);
}

TEST(the_first_fifth_against_the_rest)
{
	struct result_job job = sample();

	assert_true(fabs(trial_values_early_excess(&job)) < 1e-12);
	job.first_fifth_share = 1.0 / 3; /* twice the rate of the rest */
	assert_true(fabs(trial_values_early_excess(&job) - 1) < 1e-12);
	job.first_fifth_share = 0;
	assert_true(isnan(trial_values_early_excess(&job)));
}

TEST(names_find_their_metrics)
{
	for (int i = 0; i < VALUE_COUNT; i++)
		assert_int_equal(trial_value_find(trial_value_metrics[i].name), i);
	assert_int_equal(trial_value_find("p99"), VALUE_LAT_P99);
	assert_int_equal(trial_value_find("write.lat.p99.9"), VALUE_WRITE_P999);
	assert_int_equal(trial_value_find("trim.iops"), VALUE_TRIM_IOPS);
	assert_int_equal(trial_value_find("short_ios"), VALUE_SHORT_IOS);
	assert_int_equal(trial_value_find("speed"), VALUE_COUNT);
}

/* The latencies of a mix are those of the direction with the most I/Os: others' are not theirs. */
TEST(tails_are_counted_in_the_direction_they_are_of)
{
	double values[VALUE_COUNT];

	for (int i = 0; i < VALUE_COUNT; i++)
		values[i] = NAN;
	values[VALUE_IOPS] = 50000;
	values[VALUE_READ_IOPS] = 30000;
	values[VALUE_WRITE_IOPS] = 20000;
	assert_true(fabs(trial_values_tail(values, 2, VALUE_LAT_P999) - 60) < 1e-9);
	assert_true(fabs(trial_values_tail(values, 2, VALUE_LAT_P99) - 600) < 1e-9);
	assert_true(fabs(trial_values_tail(values, 2, VALUE_WRITE_P999) - 40) < 1e-9);
	assert_true(isnan(trial_values_tail(values, 2, VALUE_TRIM_P50)));
	assert_true(isnan(trial_values_tail(values, NAN, VALUE_READ_P50)));
	assert_true(trial_values_tail(values, 2, VALUE_CPU_PER_IO) == INFINITY);
}

TEST(percentiles_that_descend_are_found)
{
	double values[VALUE_COUNT];

	for (int i = 0; i < VALUE_COUNT; i++)
		values[i] = NAN;
	assert_int_equal(trial_values_descent(values), VALUE_COUNT);
	values[VALUE_WRITE_P50] = values[VALUE_WRITE_P99] = 5;
	values[VALUE_TRIM_P50] = 9; /* p99 is not known */
	values[VALUE_TRIM_P999] = 8;
	assert_int_equal(trial_values_descent(values), VALUE_COUNT);
	values[VALUE_WRITE_P999] = 4;
	assert_int_equal(trial_values_descent(values), VALUE_WRITE_P999);
	values[VALUE_LAT_P50] = 2;
	values[VALUE_LAT_P99] = 1;
	assert_int_equal(trial_values_descent(values), VALUE_LAT_P99);
}

TEST_MAIN(NULL, NULL);

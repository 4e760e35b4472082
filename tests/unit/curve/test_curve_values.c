/* SPDX-License-Identifier: MIT */
/* The figures of a trial. */
#include <math.h>
#include <string.h>

#include "curve/curve_values.h"
#include "near.h"
#include "test.h"

static struct histogram lat[2], lag[2], service[2];
static struct curve_samples samples;
static double values[CURVE_VALUE_COUNT];

/* 90 reads of 100 us, on time, and 10 writes of 1 ms that were sent 500 us late, in half a second.
 */
static struct result_job job_of_two(void)
{
	static struct tally_item depths[] = {{1, 60}, {4, 40}};
	struct result_job job = {
		.numjobs = 2,
		.elapsed_ns = 500000000,
		.depth_asked = 8,
		.depth_mean = 1.5,
		.depths = {2, depths},
		.cpu = {.user_ns = 50000000,
			.system_ns = 100000000,
			.helper_ns = 50000000,
			.total_ns = 200000000},
	};

	memset(lat, 0, sizeof(lat));
	memset(lag, 0, sizeof(lag));
	memset(service, 0, sizeof(service));
	for (int d = 0; d < 2; d++) {
		struct result_direction *direction = &job.directions[d];
		uint64_t count = d == DIRECTION_READ ? 90 : 10;
		uint64_t late = d == DIRECTION_READ ? 0 : 500000;
		uint64_t took = d == DIRECTION_READ ? 100000 : 1000000;

		direction->ios = count;
		histogram_record(&lat[d], late + took, count);
		histogram_record(&lag[d], late, count);
		histogram_record(&service[d], took, count);
		direction->lat =
			(struct result_latency){.summary = lat[d].summary, .histogram = &lat[d]};
		direction->pace.lag =
			(struct result_latency){.summary = lag[d].summary, .histogram = &lag[d]};
		direction->pace.service = (struct result_latency){
			.summary = service[d].summary, .histogram = &service[d]};
	}
	return job;
}

TEST(directions_are_put_together)
{
	struct result_job job = job_of_two();

	curve_values_take(&job, 4, values, &samples);
	assert_near(values[CURVE_ACHIEVED], 200, 0);
	assert_near(values[CURVE_MEAN], 240e3, 1);
	assert_near(values[CURVE_P50], 100e3, 800);
	assert_near(values[CURVE_P99], 1500e3, 12e3);
	assert_near(values[CURVE_MAX], 1500e3, 0);
	assert_near(values[CURVE_SERVICE_MEAN], 190e3, 1);
	assert_near(values[CURVE_SERVICE_P99], 1000e3, 8e3);
	assert_near(values[CURVE_SERVICE_MAX], 1000e3, 0);
	assert_near(values[CURVE_LAG_P99], 500e3, 4e3);
	assert_near(values[CURVE_READ_P99], 100e3, 0);
	assert_near(values[CURVE_WRITE_P99], 1500e3, 0);
	assert_int_equal(samples.sources[CURVE_RESPONSE].summary.count, 100);
	assert_int_equal(samples.sources[CURVE_WRITES].summary.count, 10);
}

TEST(costs_are_of_all_threads_and_busy_of_those_that_send)
{
	struct result_job job = job_of_two();

	curve_values_take(&job, 4, values, &samples);
	assert_near(values[CURVE_CPU_PER_IO], 2e6, 0);
	assert_near(values[CURVE_CORES], 0.4, 1e-9);
	assert_near(values[CURVE_BUSY], 0.15, 1e-9); /* 150 ms of 2 times 500 ms */
	assert_near(values[CURVE_DEPTH], 1.5, 0);
	assert_near(values[CURVE_FULL_SHARE], 0.4, 1e-9);
	assert_near(values[CURVE_TAKEN], 200 * 190e-6 / 8, 1e-9);
	job.lacks_costs = true;
	curve_values_take(&job, 4, values, &samples);
	assert_true(isnan(values[CURVE_BUSY]));
}

TEST(what_is_not_there_is_not_known)
{
	struct result_job job = {.elapsed_ns = 1000000000};

	curve_values_take(&job, 1, values, &samples);
	for (int v = 0; v < CURVE_VALUE_COUNT; v++)
		assert_true(isnan(values[v]) || values[v] == 0);
	assert_true(isnan(values[CURVE_P99]));
	assert_true(isnan(values[CURVE_FULL_SHARE]));
}

TEST_MAIN(NULL, NULL);

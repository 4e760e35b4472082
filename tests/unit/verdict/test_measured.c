/* SPDX-License-Identifier: MIT */
/* Which metrics a job has, and what they are in one trial. */
#include "verdict/measured.h"

#include "near.h"

static double percentiles[] = {50, 99, 99.9};
static struct histogram latencies;
static struct result_job job;
static struct arena arena;

/* 20 000 reads of 4 KiB in 2 s, each of 100 us but the slowest 300, of 1 ms. */
static void fill(void)
{
	latencies = (struct histogram){0};
	histogram_record(&latencies, 100000, 19700);
	histogram_record(&latencies, 1000000, 300);
	job = (struct result_job){
		.name = "job",
		.elapsed_ns = 2000000000,
		.syscalls = 10000,
		.voluntary_switches = 3000,
		.involuntary_switches = 1000,
		.cpu = {.total_ns = 40000000},
		.percentile_count = 3,
		.percentiles = percentiles,
	};
	job.directions[DIRECTION_READ] = (struct result_direction){
		.ios = 20000,
		.bytes = 20000 * 4096,
		.short_ios = 2,
		.lat = {.summary = latencies.summary, .histogram = &latencies},
	};
}

static double value_of(const struct measured_list *list, const char *name)
{
	size_t at = measured_find(list, name);

	if (at == SIZE_MAX)
		fail_msg("there is no metric %s", name);
	return measured_value(&job, &list->sources[at]);
}

static void a_job_has_the_metrics_of_its_directions(void **state)
{
	static const struct {
		const char *name;
		enum metric_class class;
		enum metric_sense sense;
		enum metric_scale scale;
	} table[] = {
		{"read.iops", METRIC_RATE, METRIC_HIGHER_IS_BETTER, METRIC_RATIO},
		{"read.bw", METRIC_RATE, METRIC_HIGHER_IS_BETTER, METRIC_RATIO},
		{"read.lat.mean", METRIC_TYPICAL, METRIC_LOWER_IS_BETTER, METRIC_RATIO},
		{"read.lat.p50", METRIC_TYPICAL, METRIC_LOWER_IS_BETTER, METRIC_RATIO},
		{"read.lat.p99", METRIC_TAIL, METRIC_LOWER_IS_BETTER, METRIC_RATIO},
		{"read.lat.p99.9", METRIC_FAR_TAIL, METRIC_LOWER_IS_BETTER, METRIC_RATIO},
		{"read.lat.max", METRIC_EXTREME, METRIC_LOWER_IS_BETTER, METRIC_RATIO},
		{"cpu_ns_per_io", METRIC_CPU, METRIC_LOWER_IS_BETTER, METRIC_RATIO},
		{"syscalls_per_io", METRIC_COUNTS, METRIC_LOWER_IS_BETTER, METRIC_DIFFERENCE},
		{"switches_per_io", METRIC_SWITCHES, METRIC_LOWER_IS_BETTER, METRIC_DIFFERENCE},
		{"errors", METRIC_FAULTS, METRIC_LOWER_IS_BETTER, METRIC_DIFFERENCE},
		{"short_ios", METRIC_FAULTS, METRIC_LOWER_IS_BETTER, METRIC_DIFFERENCE},
	};
	struct measured_list list;

	(void)state; /* cmocka's signature */
	fill();
	list = measured_list_of(&job, &arena);
	assert_int_equal(list.count, sizeof(table) / sizeof(*table));
	for (size_t i = 0; i < list.count; i++) {
		assert_string_equal(list.metrics[i].name, table[i].name);
		assert_int_equal(list.metrics[i].class, table[i].class);
		assert_int_equal(list.metrics[i].sense, table[i].sense);
		assert_int_equal(list.metrics[i].scale, table[i].scale);
	}
	assert_true(measured_find(&list, "write.iops") == SIZE_MAX);
	job.directions[DIRECTION_WRITE].ios = 1;
	job.directions[DIRECTION_SYNC].ios = 1; /* is not compared */
	list = measured_list_of(&job, &arena);
	assert_int_equal(list.count, 12 + 7);
	assert_true(measured_find(&list, "write.lat.p99.9") < list.count);
}

static void values_are_those_of_the_result(void **state)
{
	struct measured_list list;

	(void)state;
	fill();
	list = measured_list_of(&job, &arena);
	assert_near(value_of(&list, "read.iops"), 10000, 0);
	assert_near(value_of(&list, "read.bw"), 40960000, 0);
	assert_near(value_of(&list, "read.lat.mean"), (197 * 1e5 + 3 * 1e6) / 200, 1e-6);
	assert_near(value_of(&list, "read.lat.p50"), 1e5, 1e5 / 128);
	assert_near(value_of(&list, "read.lat.p99"), 1e6, 0);
	assert_near(value_of(&list, "read.lat.max"), 1e6, 0);
	assert_near(value_of(&list, "cpu_ns_per_io"), 2000, 0);
	assert_near(value_of(&list, "syscalls_per_io"), 0.5, 0);
	assert_near(value_of(&list, "switches_per_io"), 0.2, 0);
	assert_near(value_of(&list, "errors"), 0, 0);
	assert_near(value_of(&list, "short_ios"), 2, 0);
	job.directions[DIRECTION_READ].error_count = 1;
	job.directions[DIRECTION_READ].errors[0].count = 3;
	assert_near(value_of(&list, "errors"), 3, 0);
}

static void thin_tails_have_no_value(void **state)
{
	struct measured_list list;
	const struct measured_source *far;

	(void)state;
	fill();
	list = measured_list_of(&job, &arena);
	far = &list.sources[measured_find(&list, "read.lat.p99.9")];
	assert_near(measured_tail_count(&job, far), 20, 1e-9);
	assert_near(measured_value(&job, far), 1e6, 0);
	job.directions[DIRECTION_READ].lat.summary.count = 9000;
	assert_near(measured_tail_count(&job, far), 9, 1e-9);
	assert_true(isnan(measured_value(&job, far)));
	assert_true(isinf(measured_tail_count(&job, &list.sources[0])));
}

static void what_was_not_measured_is_not_zero(void **state)
{
	struct measured_list list;

	(void)state;
	fill();
	list = measured_list_of(&job, &arena);
	job.directions[DIRECTION_READ].lat.histogram = NULL;
	assert_true(isnan(value_of(&list, "read.lat.p50")));
	assert_false(isnan(value_of(&list, "read.lat.mean")));
	job.directions[DIRECTION_READ] = (struct result_direction){0};
	assert_true(isnan(value_of(&list, "read.lat.mean")));
	assert_true(isnan(value_of(&list, "read.lat.max")));
	assert_true(isnan(value_of(&list, "cpu_ns_per_io")));
	assert_true(isnan(value_of(&list, "syscalls_per_io")));
}

static int free_arena(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_job_has_the_metrics_of_its_directions),
		cmocka_unit_test(values_are_those_of_the_result),
		cmocka_unit_test(thin_tails_have_no_value),
		cmocka_unit_test(what_was_not_measured_is_not_zero),
	};

	return cmocka_run_group_tests(tests, NULL, free_arena);
}

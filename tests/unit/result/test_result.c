/* SPDX-License-Identifier: MIT */
/* The figures that all writers derive, and warnings. */
/* covers: src/result/result_figures.c */
#include <errno.h>
#include <math.h>

#include "base/clock.h"
#include "base/version.h"
#include "result/result_figures.h"
#include "test.h"

static struct result_job job_of(uint64_t reads, uint64_t writes, uint64_t elapsed_ns)
{
	struct result_job job = {.elapsed_ns = elapsed_ns};

	job.directions[DIRECTION_READ].ios = reads;
	job.directions[DIRECTION_READ].bytes = reads * 4096;
	job.directions[DIRECTION_WRITE].ios = writes;
	job.directions[DIRECTION_SYNC].ios = 1000;
	return job;
}

TEST(a_new_result_names_this_ringside)
{
	struct result result;

	result_init(&result);
	assert_string_equal(result.version, version_number);
	assert_string_equal(result.git, version_git);
	assert_string_equal(result.compiler, version_compiler);
	assert_int_equal(result.job_count, 0);
	result_free(&result);
	assert_null(result.version);
}

TEST(warnings_are_copied_and_keep_their_order)
{
	struct result result;
	char name[] = "job";

	result_init(&result);
	result_warn(&result, name, "one", "%d is %s", 1, "one");
	result_warn(&result, NULL, "two", "of the run");
	name[0] = 'X';
	assert_int_equal(result.warning_count, 2);
	assert_string_equal(result.warnings[0].job, "job");
	assert_string_equal(result.warnings[0].code, "one");
	assert_string_equal(result.warnings[0].message, "1 is one");
	assert_null(result.warnings[1].job);
	assert_string_equal(result.warnings[1].message, "of the run");
	result_free(&result);
}

/* Each array that is left behind stays in the arena: 2,000 of them would be 64 MB. */
TEST(thousands_of_warnings_are_moved_a_few_times)
{
	enum { WARNINGS = 2000, MOVES_LIMIT = 10 };
	const struct result_warning *before = NULL;
	unsigned moves = 0;
	struct result result;

	result_init(&result);
	for (unsigned i = 0; i < WARNINGS; i++) {
		result_warn(&result, "a", "few-samples", "number %u", i);
		moves += result.warnings != before;
		before = result.warnings;
	}
	assert_int_equal(result.warning_count, WARNINGS);
	assert_string_equal(result.warnings[WARNINGS - 1].message, "number 1999");
	assert_true(moves <= MOVES_LIMIT);
	result_free(&result);
}

TEST(syncs_are_no_ios_of_the_job)
{
	struct result_job job = job_of(30, 12, NS_PER_S);

	assert_int_equal(result_job_ios(&job), 42);
}

TEST(errors_of_all_directions_and_kinds_add_up)
{
	struct result_job job = job_of(0, 0, NS_PER_S);

	job.directions[DIRECTION_READ].error_count = 2;
	job.directions[DIRECTION_READ].errors[0].count = 3;
	job.directions[DIRECTION_READ].errors[1].count = 4;
	job.directions[DIRECTION_SYNC].error_count = 1;
	job.directions[DIRECTION_SYNC].errors[0].count = 5;
	assert_int_equal(result_direction_errors(&job.directions[DIRECTION_READ]), 7);
	assert_int_equal(result_direction_errors(&job.directions[DIRECTION_WRITE]), 0);
	assert_int_equal(result_job_errors(&job), 12);
	job.directions[DIRECTION_READ].ignored_errors = 6;
	job.directions[DIRECTION_SYNC].ignored_errors = 1;
	assert_int_equal(result_job_errors(&job), 12);
	assert_int_equal(result_job_failures(&job), 5);
}

TEST(a_fault_is_named_for_what_it_is)
{
	struct result_job job = job_of(8, 8, NS_PER_S);
	struct arena arena = {0};

	assert_null(result_job_fault(&job, &arena));
	job.directions[DIRECTION_READ].short_ios = 2;
	job.directions[DIRECTION_WRITE].short_ios = 1;
	assert_string_equal(result_job_fault(&job, &arena), "3 I/Os moved fewer bytes than asked");
	job.directions[DIRECTION_READ].error_count = 1;
	job.directions[DIRECTION_READ].errors[0].count = 4;
	assert_string_equal(result_job_fault(&job, &arena), "4 I/Os failed");
	job.error = EIO;
	assert_string_equal(result_job_fault(&job, &arena), "ended by Input/output error");
	job.error_message = "its own words";
	assert_string_equal(result_job_fault(&job, &arena), "its own words");
	arena_free(&arena);
}

TEST(a_direction_that_only_failed_is_there)
{
	struct result_job job = job_of(1, 0, NS_PER_S);

	job.directions[DIRECTION_TRIM].error_count = 1;
	job.directions[DIRECTION_TRIM].errors[0].count = 1;
	assert_true(result_has_direction(&job, DIRECTION_READ));
	assert_false(result_has_direction(&job, DIRECTION_WRITE));
	assert_true(result_has_direction(&job, DIRECTION_TRIM));
	assert_true(result_has_direction(&job, DIRECTION_SYNC));
}

TEST(rates_are_by_the_window)
{
	struct result_job job = job_of(30, 12, NS_PER_S / 4);

	assert_true(result_iops(&job, DIRECTION_READ) == 120);
	assert_true(result_iops(&job, DIRECTION_WRITE) == 48);
	assert_true(result_bytes_per_second(&job, DIRECTION_READ) == 120 * 4096);
}

TEST(costs_are_by_window_and_io)
{
	struct result_job job = job_of(30, 10, NS_PER_S / 4);

	job.cpu.total_ns = NS_PER_S / 2;
	assert_true(result_cores(&job) == 2);
	assert_true(result_iops_per_core(&job) == 80);
	assert_true(result_per_io(&job, 10) == 0.25);
}

TEST(what_nothing_was_measured_for_is_not_known)
{
	struct result_job empty = {0};

	assert_true(isnan(result_iops(&empty, DIRECTION_READ)));
	assert_true(isnan(result_bytes_per_second(&empty, DIRECTION_READ)));
	assert_true(isnan(result_cores(&empty)));
	assert_true(isnan(result_iops_per_core(&empty)));
	assert_true(isnan(result_per_io(&empty, 5)));
}

TEST(settings_are_found_by_key)
{
	struct setting items[] = {{.key = "rw", .value = "read"}, {.key = "bs", .value = NULL}};
	struct settings settings = {.count = 2, .items = items};

	assert_string_equal(settings_value(&settings, "rw"), "read");
	assert_null(settings_value(&settings, "bs"));
	assert_null(settings_value(&settings, "r"));
}

TEST(percentiles_have_the_shortest_key)
{
	static const struct {
		double percent;
		const char *key;
	} samples[] = {{50, "50"}, {99.9, "99.9"}, {99.99, "99.99"}, {0.1 + 0.2, "0.3"},
		{100, "100"}, {0, "0"}, {99.9999999, "99.9999999"}};
	char text[RESULT_PERCENTILE_BYTES];

	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++)
		assert_string_equal(
			result_percentile_key(text, samples[i].percent), samples[i].key);
}

TEST_MAIN(NULL, NULL);

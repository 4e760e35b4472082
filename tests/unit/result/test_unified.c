/* SPDX-License-Identifier: MIT */
/* Directions as one. */
#include <stdlib.h>

#include "result/result_fields.h"
#include "result/result_figures.h"
#include "result/unified.h"
#include "test.h"
#include "unit/result/golden.h"

static struct arena arena;

static void ask_for(struct result_job *job, const char *value)
{
	job->options = (struct settings){0};
	settings_add(&job->options, &arena, "unified_rw_reporting", value);
}

TEST(a_sum_has_all_of_its_directions)
{
	struct result_interval interval = {.duration_ns = 5};
	struct result_job job = {.name = "a", .series = {1, 1, &interval, {0}}}, sum;

	for (int d = 0; d < DATA_DIRECTION_COUNT; d++) {
		job.directions[d].ios = 10u << d;
		job.directions[d].bytes = 100u << d;
		interval.directions[d].ios = 1u << d;
		histogram_summary_add(&job.directions[d].lat.summary, 7u << d, 2);
	}
	job.directions[DIRECTION_SYNC].ios = 3;
	sum = unified_job(&job, &arena);
	assert_int_equal(sum.directions[DIRECTION_READ].ios, 70);
	assert_int_equal(sum.directions[DIRECTION_READ].bytes, 700);
	assert_int_equal(sum.directions[DIRECTION_READ].lat.summary.count, 6);
	assert_int_equal(sum.directions[DIRECTION_READ].lat.summary.max_ns, 28);
	assert_int_equal(sum.directions[DIRECTION_WRITE].ios, 0);
	assert_int_equal(sum.directions[DIRECTION_SYNC].ios, 3);
	assert_int_equal(sum.series.intervals[0].directions[DIRECTION_READ].ios, 7);
	assert_int_equal(sum.series.intervals[0].directions[DIRECTION_TRIM].ios, 0);
	/* The job stays as it was. */
	assert_int_equal(job.directions[DIRECTION_READ].ios, 10);
	assert_int_equal(interval.directions[DIRECTION_READ].ios, 1);
}

TEST(only_jobs_that_ask_are_summed)
{
	struct result_job jobs[3] = {{.name = "none"}, {.name = "mixed"}, {.name = "both"}};
	struct result result = {.job_count = 3, .jobs = jobs}, view;

	ask_for(&jobs[1], "mixed");
	ask_for(&jobs[2], "both");
	for (int i = 0; i < 3; i++)
		jobs[i].directions[DIRECTION_WRITE].ios = 5;
	view = unified_result(&result, UNIFIED_MIXED, &arena);
	assert_int_equal(view.jobs[0].directions[DIRECTION_READ].ios, 0);
	assert_int_equal(view.jobs[1].directions[DIRECTION_READ].ios, 5);
	assert_int_equal(view.jobs[2].directions[DIRECTION_READ].ios, 0);
	view = unified_result(&result, UNIFIED_BOTH, &arena);
	assert_int_equal(view.jobs[2].directions[DIRECTION_READ].ios, 5);
	assert_int_equal(unified_mode_of(&jobs[0]), UNIFIED_NONE);
	arena_free(&arena);
}

/* A mix that verifies: reads go on in all of its window, writes in a part. */
TEST(the_sum_takes_as_long_as_the_longest)
{
	struct result_job job = {.elapsed_ns = 4000000000, .numjobs = 1}, sum;

	job.directions[DIRECTION_READ].ios = 300;
	job.directions[DIRECTION_WRITE].ios = 100;
	job.directions[DIRECTION_WRITE].runtime_ns = 1000000000;
	sum = unified_job(&job, &arena);
	assert_true(result_iops(&sum, DIRECTION_READ) == 100);
	arena_free(&arena);
}

/* Each figure of the row "mixed" is in the document, too, and is not read back as I/Os. */
TEST(the_document_has_the_sum)
{
	struct result_job job = {
		.name = "a", .engine = "null", .elapsed_ns = 1000000000, .numjobs = 1};
	struct result result, again;
	struct diag diag;
	char *text;

	result_init(&result);
	diag_init(&diag, stderr);
	ask_for(&job, "mixed");
	job.directions[DIRECTION_READ].ios = 300;
	job.directions[DIRECTION_WRITE].ios = 100;
	result.job_count = 1;
	result.jobs = &job;
	text = written(&result, result_write_json);
	assert_non_null(strstr(strstr(strstr(text, "\"unified\""), "\"mixed\""), "\"iops\": 400"));
	assert_int_equal(result_read_memory("t", text, strlen(text), &again, &diag), 0);
	assert_int_equal(again.jobs[0].directions[DIRECTION_READ].ios, 300);
	result_free(&again);
	free(text);
	ask_for(&job, "none");
	text = written(&result, result_write_json);
	assert_null(strstr(text, "\"unified\""));
	free(text);
	result_free(&result);
	arena_free(&arena);
}

TEST_MAIN(NULL, NULL);

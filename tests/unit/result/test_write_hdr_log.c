/* SPDX-License-Identifier: MIT */
/*
 * The histogram log, line by line. What stands in the last field is tested with measure/hdr_export;
 * here it must be the right histogram's.
 */
#include <errno.h>

#include "measure/histogram.h"
#include "result/result_fields.h"
#include "test.h"
#include "unit/result/golden.h"

static struct histogram fast, slow;
static struct arena arena;

static int set_up(void **state)
{
	(void)state;
	histogram_record(&fast, 1500, 3);
	histogram_record(&slow, 2500000, 1);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

TEST(each_latency_with_buckets_has_a_line)
{
	struct result_job jobs[] = {
		{.name = "a job, long", .started_ns = 250000000, .elapsed_ns = 2000000000},
		{.name = "b", .elapsed_ns = 1000},
	};
	const struct result result = {
		.version = "9.8.7",
		.started = {.tv_sec = 1700000000, .tv_nsec = 42999999},
		.job_count = 2,
		.jobs = jobs,
	};
	const char *expected;
	char *text;

	jobs[0].directions[DIRECTION_READ].lat =
		(struct result_latency){.summary = slow.summary, .histogram = &slow, NULL};
	jobs[0].directions[DIRECTION_READ].clat =
		(struct result_latency){.summary = fast.summary, .histogram = &fast, NULL};
	/* No buckets: no line. */
	jobs[0].directions[DIRECTION_READ].slat =
		(struct result_latency){.summary = fast.summary, .histogram = NULL};
	jobs[1].directions[DIRECTION_SYNC].sample.clat =
		(struct result_latency){.summary = slow.summary, .histogram = &slow, NULL};
	jobs[1].directions[DIRECTION_SYNC].error_count = 1;
	jobs[1].directions[DIRECTION_SYNC].errors[0] = (struct result_error_count){5, "EIO", 3};
	jobs[1].first_error = 5;
	jobs[1].directions[DIRECTION_SYNC].lat =
		(struct result_latency){.summary = fast.summary, .histogram = &fast, NULL};
	expected = arena_printf(&arena,
		"#[Latencies measured by ringside 9.8.7, in nanoseconds]\n"
		"#[Histogram log format version 1.3]\n"
		"#[StartTime: 1700000000.042 (seconds since epoch), 2023-11-14T22:13:20Z]\n"
		"\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\","
		"\"Interval_Compressed_Histogram\"\n"
		"Tag=a_job__long:read:clat,0.250000,2.000000,0.001500,%s\n"
		"Tag=a_job__long:read:lat,0.250000,2.000000,2.500000,%s\n"
		"#[b: 3 I/Os failed, their latencies are not in it; first error: EIO; job: not "
		"failed]\n"
		"Tag=b:sync:clat_sample,0.000000,0.000001,2.500000,%s\n"
		"Tag=b:sync:lat,0.000000,0.000001,0.001500,%s\n",
		histogram_export(&fast, &arena), histogram_export(&slow, &arena),
		histogram_export(&slow, &arena), histogram_export(&fast, &arena));
	text = written(&result, format_named("hdr-log"));
	assert_string_equal(text, expected);
	free(text);
}

/* Of lat there are the intervals in place of the whole: a reader adds up the lines of a tag. */
TEST(each_interval_has_a_line)
{
	struct sparse_bucket fast_bucket = {.index = histogram_index(1500), .count = 3};
	struct sparse_bucket slow_bucket = {.index = histogram_index(2500000), .count = 1};
	struct result_interval intervals[3] = {
		{.duration_ns = 1000000000},
		{.start_ns = 1000000000, .duration_ns = 1000000000},
		{.start_ns = 2000000000, .duration_ns = 500000000},
	};
	struct result_job job = {
		.name = "a",
		.started_ns = 250000000,
		.elapsed_ns = 2500000000,
		.series = {.interval_ns = 1000000000, .count = 3, .intervals = intervals},
	};
	const struct result result = {.version = "1", .job_count = 1, .jobs = &job};
	static struct histogram whole;
	const char *expected;
	char *text;

	histogram_merge(&whole, &fast);
	histogram_merge(&whole, &slow);
	job.directions[DIRECTION_READ].lat =
		(struct result_latency){.summary = whole.summary, .histogram = &whole, NULL};
	job.directions[DIRECTION_READ].clat =
		(struct result_latency){.summary = fast.summary, .histogram = &fast, NULL};
	intervals[0].directions[DIRECTION_READ].lat =
		(struct sparse_histogram){fast.summary, 1, &fast_bucket};
	intervals[2].directions[DIRECTION_READ].lat =
		(struct sparse_histogram){slow.summary, 1, &slow_bucket};
	expected = arena_printf(&arena,
		"Tag=a:read:clat,0.250000,2.500000,0.001500,%s\n"
		"Tag=a:read:lat,0.250000,1.000000,0.001500,%s\n"
		"Tag=a:read:lat,2.250000,0.500000,2.500000,%s\n",
		histogram_export(&fast, &arena), histogram_export(&fast, &arena),
		histogram_export(&slow, &arena));
	text = written(&result, write_hdr_log);
	assert_string_equal(strstr(text, "Tag="), expected);
	free(text);
}

TEST(a_run_without_figures_is_a_log_without_lines)
{
	const struct result result = {.version = "1"};
	char *text = written(&result, write_hdr_log);

	assert_null(strstr(text, "Tag="));
	assert_non_null(strstr(text, "format version 1.3"));
	free(text);
}

TEST(a_full_disk_is_told)
{
	const struct result result = {.version = "1"};
	FILE *full = fopen("/dev/full", "we");

	assert_non_null(full);
	assert_int_equal(write_hdr_log(&result, full), -ENOSPC);
	fclose(full);
}

TEST_MAIN(set_up, tear_down);

/* SPDX-License-Identifier: MIT */
/* A series in the document: it comes back, by its schema; one that is damaged does not come in. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "result/result_fields.h"
#include "test.h"
#include "unit/result/golden.h"
#include "unit/result/sample.h"
#include "unit/result/validate.h"

static struct diag diag;
static char *said;
static size_t said_bytes;

static int set_up(void **state)
{
	(void)state;
	diag_init(&diag, open_memstream(&said, &said_bytes));
	return diag.stream ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	fclose(diag.stream);
	free(said);
	return 0;
}

/* A job with a series of 5 reads: two of 10 ns, two of 300 ns, one of 9000 ns, and a stall. */
static void small_result(struct result *result)
{
	static struct histogram whole;
	struct histogram *lat;
	struct result_job *job;

	sample_result(result);
	result->job_count = 1;
	job = &result->jobs[0];
	lat = ARENA_NEW(&result->arena, struct histogram);
	memset(&job->directions[DIRECTION_READ], 0, sizeof(job->directions[DIRECTION_READ]));
	memset(&whole, 0, sizeof(whole));
	histogram_record(lat, 10, 2);
	histogram_record(lat, 300, 2);
	histogram_record(lat, 9000, 1);
	job->directions[DIRECTION_READ].ios = 5;
	job->directions[DIRECTION_READ].bytes = 5 * 4096;
	job->directions[DIRECTION_READ].lat =
		(struct result_latency){.summary = lat->summary, .histogram = lat};
	for (unsigned i = 0; i < 5; i++)
		job->series.intervals[i].directions[DIRECTION_READ] =
			(struct result_interval_direction){0};
	for (unsigned i = 0; i < 5; i += 4) {
		struct result_interval_direction *read =
			&job->series.intervals[i].directions[DIRECTION_READ];

		memset(&whole, 0, sizeof(whole));
		histogram_record(&whole, i == 0 ? 10 : 300, 2);
		if (i == 4)
			histogram_record(&whole, 9000, 1);
		read->ios = whole.summary.count;
		read->bytes = 4096 * read->ios;
		read->lat.summary = whole.summary;
		read->lat.count = i == 0 ? 1 : 2;
		read->lat.buckets = arena_alloc_array(
			&result->arena, read->lat.count, sizeof(*read->lat.buckets));
		read->lat.buckets[0] = (struct sparse_bucket){
			.index = histogram_index(i == 0 ? 10 : 300), .count = 2};
		if (i == 4)
			read->lat.buckets[1] =
				(struct sparse_bucket){.index = histogram_index(9000), .count = 1};
	}
}

static char *small_document(void)
{
	struct result result;
	char *text;

	small_result(&result);
	text = written(&result, result_write_json);
	result_free(&result);
	return text;
}

/* After "series", the first `old` made `new`; malloc'd. Frees `text`. */
static char *with(char *text, const char *old, const char *new)
{
	char *at = strstr(strstr(text, "\"series\""), old);
	char *changed = NULL;

	if (!at)
		fail_msg("'%s' is not in:\n%s", old, strstr(text, "\"series\""));
	assert_true(
		asprintf(&changed, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old)) >= 0);
	free(text);
	return changed;
}

static void assert_refused(char *text, const char *message)
{
	struct result result;

	rewind(diag.stream);
	assert_int_equal(result_read_memory("r.json", text, strlen(text), &result, &diag), -EINVAL);
	result_free(&result);
	fflush(diag.stream);
	if (!strstr(said, message))
		fail_msg("said '%s', not '%s'", said, message);
	free(text);
}

TEST_FIXTURE(set_up, tear_down);

TEST(a_series_comes_back_as_it_was)
{
	char *text = small_document();
	const struct result_interval *last;
	struct result result;
	char *again;

	assert_true(is_valid(text));
	assert_int_equal(result_read_memory("r.json", text, strlen(text), &result, &diag), 0);
	assert_int_equal(result.jobs[0].series.count, 5);
	assert_int_equal(result.jobs[0].series.interval_ns, 100 * NS_PER_MS);
	assert_int_equal(result.jobs[0].series.longest_gap.start_ns, 295 * NS_PER_MS);
	last = &result.jobs[0].series.intervals[4];
	assert_int_equal(last->start_ns, 400 * NS_PER_MS);
	assert_int_equal(last->directions[DIRECTION_READ].ios, 3);
	assert_int_equal(last->directions[DIRECTION_READ].lat.count, 2);
	assert_int_equal(last->directions[DIRECTION_READ].lat.summary.max_ns, 9000);
	assert_int_equal(result.jobs[0].series.intervals[2].directions[DIRECTION_READ].ios, 0);
	again = written(&result, result_write_json);
	assert_same_lines("written again", again, text);
	result_free(&result);
	free(again);
	free(text);
}

TEST(percentiles_are_the_intervals)
{
	char *text = small_document();

	assert_non_null(strstr(strstr(text, "\"start_ns\": 400000000"), "\"p50\": 301,"));
	assert_non_null(strstr(strstr(text, "\"start_ns\": 400000000"), "\"p99\": 9000,"));
	assert_non_null(strstr(strstr(text, "\"start_ns\": 400000000"), "\"p99_9\": 9000,"));
	free(text);
}

TEST(a_job_without_a_series_has_none)
{
	struct result result;
	char *text;

	sample_result(&result);
	result.jobs[0].series = (struct result_series){0};
	text = written(&result, result_write_json);
	assert_null(strstr(text, "\"series\""));
	assert_true(is_valid(text));
	result_free(&result);
	free(text);
}

TEST(what_does_not_add_up_is_refused)
{
	assert_refused(with(small_document(), "\"ios\": 3", "\"ios\": 4"),
		"jobs[0]: 'series' does not add up to the job");
	assert_refused(with(small_document(), "\"bytes\": 8192", "\"bytes\": 8193"),
		"jobs[0]: 'series' does not add up to the job");
	assert_refused(with(small_document(), "\"errors\": 0", "\"errors\": 1"),
		"jobs[0]: 'series' does not add up to the job");
	assert_refused(with(small_document(), "[[278, 2], [908, 1]]", "[[278, 1], [908, 2]]"),
		"jobs[0]: 'series' does not add up to the job");
	assert_refused(
		with(small_document(), "[[278, 2], [908, 1]]", "[[278, 1], [500, 1], [908, 1]]"),
		"jobs[0]: 'series' does not add up to the job");
}

TEST(counts_that_are_no_histogram_are_refused)
{
	assert_refused(with(small_document(), "[[10, 2]]", "[[10, 3]]"),
		"intervals[0].read.lat_ns: 'counts' add up to another number than 'count'");
	assert_refused(with(small_document(), "[[10, 2]]", "[[11, 2]]"),
		"intervals[0].read.lat_ns: 'counts' do not reach from 'min' to 'max'");
	assert_refused(with(small_document(), "[[10, 2]]", "[[10, 1], [10, 1]]"),
		"intervals[0].read.lat_ns: 'counts' contains something else than ascending");
	assert_refused(with(small_document(), "[[10, 2]]", "[[10, 2], [4352, 0]]"),
		"'counts' contains something else than ascending");
	assert_refused(with(small_document(), "[[10, 2]]", "[[10, 2251799813685248]]"),
		"'counts' contains something else than ascending");
	assert_refused(with(small_document(), "[[10, 2]]", "17"), "'counts'");
}

TEST(intervals_that_do_not_follow_each_other_are_refused)
{
	assert_refused(with(small_document(), "\"start_ns\": 100000000", "\"start_ns\": 100000001"),
		"jobs[0].series: 'intervals' do not follow each other");
	assert_refused(with(small_document(), "\"duration_ns\": 100000000",
			       "\"duration_ns\": 18446744073709551615"),
		"jobs[0].series: 'intervals' do not follow each other");
	assert_refused(with(small_document(), "\"interval_ns\": 100000000", "\"interval_ns\": 0"),
		"'interval_ns'");
}

TEST_MAIN(NULL, NULL);

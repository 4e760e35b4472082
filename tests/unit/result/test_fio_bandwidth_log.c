/* SPDX-License-Identifier: MIT */
/* The log of all jobs together: each interval's bytes are in it once. */
#include <stdlib.h>

#include "base/clock.h"
#include "result/fio_style.h"
#include "test.h"

static struct result_interval intervals[2][3];
static struct result_job jobs[2];
static struct result result = {.job_count = 2, .jobs = jobs};

static char *written(uint64_t period_ns)
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *stream = open_memstream(&text, &bytes);

	assert_non_null(stream);
	assert_int_equal(fio_bandwidth_log_write(&result, period_ns, DIRECTION_WRITE, stream), 0);
	fclose(stream);
	return text;
}

/* Of so many ms each, one after the other, with so many KiB each. */
static void give(int job, uint64_t started_ms, const uint64_t ms[3], const uint64_t kib[3])
{
	uint64_t start_ns = 0;

	for (int i = 0; i < 3; i++) {
		intervals[job][i] = (struct result_interval){
			.start_ns = start_ns, .duration_ns = ms[i] * NS_PER_MS};
		intervals[job][i].directions[DIRECTION_WRITE].bytes = kib[i] << 10;
		start_ns += ms[i] * NS_PER_MS;
	}
	jobs[job] =
		(struct result_job){.started_ns = started_ms * NS_PER_MS, .elapsed_ns = start_ns};
	jobs[job].series = (struct result_series){
		.interval_ns = ms[0] * NS_PER_MS, .count = 3, .intervals = intervals[job]};
}

TEST(jobs_are_added_up_by_time)
{
	static const uint64_t even[] = {500, 500, 500}, odd[] = {500, 500, 250};
	static const uint64_t first[] = {100, 200, 300}, second[] = {1000, 500, 50};
	char *text;

	give(0, 0, even, first);
	give(1, 250, odd, second); /* half of each interval is in another slot */
	text = written(500 * NS_PER_MS);
	assert_string_equal(text, "500, 1200, 1, 0, 0\n"
				  "1000, 1900, 1, 0, 0\n"
				  "1500, 1200, 1, 0, 0\n");
	free(text);
}

TEST(a_short_rest_belongs_to_the_last_period)
{
	static const uint64_t ms[] = {500, 500, 100}, kib[] = {50, 50, 20};

	give(0, 0, ms, kib);
	jobs[1] = (struct result_job){0};
	char *text = written(500 * NS_PER_MS);

	assert_string_equal(text, "500, 100, 1, 0, 0\n"
				  "1100, 116, 1, 0, 0\n"); /* 70 KiB in 600 ms */
	free(text);
	jobs[0] = (struct result_job){0};
	text = written(500 * NS_PER_MS);
	assert_string_equal(text, "");
	free(text);
}

TEST_MAIN(NULL, NULL);

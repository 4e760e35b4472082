/* SPDX-License-Identifier: MIT */
/* Jobs of the moment as OpenMetrics: text for plain data. */
#include "run/metrics_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "test.h"

static struct series_figures all[2][DIRECTION_COUNT];
static struct live_job jobs[2];
static struct live_jobs now = {
	.elapsed_ns = 1500000000, .left_ns = UINT64_MAX, .count = 2, .jobs = jobs};

static char *text_of(const struct live_jobs *of)
{
	char *text;
	size_t length;
	FILE *stream = open_memstream(&text, &length);

	assert_non_null(stream);
	metrics_text_write(of, stream);
	assert_int_equal(fclose(stream), 0);
	return text;
}

static void begin(void)
{
	memset(all, 0, sizeof(all));
	for (int i = 0; i < 2; i++)
		jobs[i] = (struct live_job){.name = i ? "b" : "a",
			.all = all[i],
			.left_ns = UINT64_MAX,
			.phase = i ? LIVE_TO_COME : LIVE_MEASURING};
}

/* The text has this line, whole. */
static void expect_line(const char *text, const char *line)
{
	char whole[256];

	snprintf(whole, sizeof(whole), "\n%s\n", line);
	if (!strstr(text, whole))
		fail_msg("no line %s in\n%s", line, text);
}

static void record(struct series_figures *figures, uint64_t latency_ns, uint64_t count)
{
	static struct histogram histogram;

	memset(&histogram, 0, sizeof(histogram));
	histogram_record(&histogram, latency_ns, count);
	sparse_histogram_record(&figures->lat, &histogram);
	figures->counts.ios += count;
	figures->counts.bytes += 4096 * count;
}

TEST(before_a_run_there_is_the_program_alone)
{
	char *text = text_of(NULL);

	expect_line(text, "# HELP ringside_run The ringside that measures.");
	assert_null(strstr(text, "elapsed"));
	assert_string_equal(text + strlen(text) - 6, "# EOF\n");
	free(text);
}

TEST(counts_are_of_directions_that_did_anything)
{
	char *text;

	begin();
	record(&all[0][DIRECTION_WRITE], 1000, 3);
	all[0][DIRECTION_TRIM].counts.errors = 2;
	text = text_of(&now);
	expect_line(text, "ringside_ios_total{job=\"a\",index=\"0\",direction=\"write\"} 3");
	expect_line(text, "ringside_bytes_total{job=\"a\",index=\"0\",direction=\"write\"} 12288");
	expect_line(text, "ringside_errors_total{job=\"a\",index=\"0\",direction=\"write\"} 0");
	expect_line(text, "ringside_errors_total{job=\"a\",index=\"0\",direction=\"trim\"} 2");
	assert_null(strstr(text, "direction=\"read\""));
	assert_null(strstr(text, "job=\"b\",index=\"1\",direction"));
	sparse_histogram_free(&all[0][DIRECTION_WRITE].lat);
	free(text);
}

TEST(bounds_are_ends_of_buckets)
{
	assert_int_equal(metrics_text_bound(0), 255);
	assert_int_equal(metrics_text_bound(1), 383);
	assert_int_equal(metrics_text_bound(2), 511);
	assert_int_equal(metrics_text_bound(METRICS_BOUNDS - 1), (1ull << 34) - 1);
	for (unsigned i = 0; i < METRICS_BOUNDS; i++) {
		uint64_t bound = metrics_text_bound(i);

		assert_int_equal(histogram_highest(histogram_index(bound)), bound);
	}
}

TEST(buckets_count_what_is_no_longer_than_their_bound)
{
#define BUCKET "ringside_latency_seconds_bucket{job=\"a\",index=\"0\",direction=\"read\",le="
	struct series_figures *figures = &all[0][DIRECTION_READ];
	char *text;

	begin();
	record(figures, 255, 1);
	record(figures, 256, 10);
	record(figures, 383, 100);
	record(figures, 384, 1000);
	record(figures, 1ull << 34, 1); /* above the last bound */
	text = text_of(&now);
	expect_line(text, BUCKET "\"0.000000255\"} 1");
	expect_line(text, BUCKET "\"0.000000383\"} 111");
	expect_line(text, BUCKET "\"0.000000511\"} 1111");
	expect_line(text, BUCKET "\"17.179869183\"} 1111");
	expect_line(text, BUCKET "\"+Inf\"} 1112");
	expect_line(text,
		"ringside_latency_seconds_count{job=\"a\",index=\"0\",direction=\"read\"} 1112");
	expect_line(text, "ringside_latency_seconds_sum{job=\"a\",index=\"0\",direction=\"read\"} "
			  "17.180294299");
	sparse_histogram_free(&figures->lat);
	free(text);
}

TEST(states_and_times_are_those_of_the_job)
{
	char *text;

	begin();
	jobs[0].left_ns = 2 * NS_PER_S;
	jobs[1].left_ns = 3 * NS_PER_S; /* once it has begun */
	jobs[0].depth = 32;
	jobs[0].in_flight = 31;
	jobs[0].running_count = 2;
	jobs[0].worker_cpu_ns = 1;
	jobs[0].helper_cpu_ns = 12 * NS_PER_S + 340 * NS_PER_MS;
	now.left_ns = 120 * NS_PER_S;
	text = text_of(&now);
	now.left_ns = UINT64_MAX;
	expect_line(text, "ringside_run_elapsed_seconds 1.5");
	expect_line(text, "ringside_run_left_seconds 120.0");
	expect_line(text, "ringside_left_seconds{job=\"a\",index=\"0\"} 2.0");
	expect_line(text, "ringside_depth{job=\"a\",index=\"0\"} 32");
	expect_line(text, "ringside_in_flight{job=\"a\",index=\"0\"} 31");
	expect_line(text, "ringside_workers_running{job=\"a\",index=\"0\"} 2");
	expect_line(text, "ringside_cpu_seconds_total{job=\"a\",index=\"0\",of=\"worker\"} "
			  "0.000000001");
	expect_line(text, "ringside_cpu_seconds_total{job=\"a\",index=\"0\",of=\"helper\"} 12.34");
	expect_line(text, "ringside_phase{job=\"a\",index=\"0\",ringside_phase=\"measuring\"} 1");
	expect_line(text, "ringside_phase{job=\"a\",index=\"0\",ringside_phase=\"to come\"} 0");
	expect_line(text, "ringside_phase{job=\"b\",index=\"1\",ringside_phase=\"to come\"} 1");
	assert_null(strstr(text, "ringside_left_seconds{job=\"b\""));
	free(text);
}

TEST(what_is_not_known_has_no_sample)
{
	char *text;

	begin();
	text = text_of(&now);
	assert_null(strstr(text, "ringside_run_left_seconds"));
	assert_null(strstr(text, "ringside_left_seconds{"));
	free(text);
}

TEST(labels_are_escaped_and_utf8)
{
	char *text;

	begin();
	jobs[0].name = "a\"\\b\nc\xff\xc3\xa4\xe2\x82";
	text = text_of(&now);
	expect_line(text, "ringside_depth{job=\"a\\\"\\\\b\\nc\xef\xbf\xbd\xc3\xa4\xef\xbf\xbd"
			  "\xef\xbf\xbd\",index=\"0\"} 0");
	free(text);
}

TEST_MAIN(NULL, NULL);

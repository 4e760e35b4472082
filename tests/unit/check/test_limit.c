/* SPDX-License-Identifier: MIT */
/* Thresholds and limits as they are written. */
#include "check/baseline.h"
#include "check/judge.h"
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

TEST(thresholds_are_percentages_of_metrics_that_exist)
{
	static const char *const wrong[] = {"read.iops", "read.iops=3", "=3%", "read.iops=%",
		"read.iops=x%", "read.iops=-1%", "read.iops=100%", "read.lat.p50=1001%", "aiops=3%",
		"read.oops=3%", "errors=3%", "depth=3%"};
	struct baseline_threshold threshold;
	struct arena arena = {0};
	char *messages = NULL;
	size_t bytes = 0;
	FILE *stream = open_memstream(&messages, &bytes);
	struct diag diag;

	diag_init(&diag, stream);
	assert_int_equal(
		limit_parse_threshold("a=b.read.lat.p99.9=2.5%", &threshold, &arena, &diag), 0);
	assert_string_equal(threshold.name, "a=b.read.lat.p99.9");
	assert_true(threshold.fraction == 0.025);
	assert_int_equal(limit_parse_threshold("read.lat.p99=1000%", &threshold, &arena, &diag), 0);
	assert_int_equal(limit_parse_threshold("read.iops=0%", &threshold, &arena, &diag), 0);
	assert_int_equal(diag.error_count, 0);
	for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (limit_parse_threshold(wrong[i], &threshold, &arena, &diag) != -EINVAL)
			fail_msg("%s was taken", wrong[i]);
		assert_int_equal(diag.error_count, i + 1);
	}
	fclose(stream);
	free(messages);
	arena_free(&arena);
}

TEST(limits_are_of_metrics_that_exist)
{
	struct job_assertion items[] = {{"read.iops", "1", true, 1}, {"p99", "1us", false, 1000},
		{"read.iopz", "1", true, 1}};
	const struct job_assertions parsed = {3, items};
	struct assertion assertions[3];
	char *messages = NULL;
	size_t bytes = 0;
	FILE *stream = open_memstream(&messages, &bytes);
	struct diag diag;

	diag_init(&diag, stream);
	assert_int_equal(limit_resolve_assertions(&parsed, "j", NULL, assertions, &diag), -EINVAL);
	fclose(stream);
	assert_int_equal(assertions[0].metric, VALUE_READ_IOPS);
	assert_int_equal(assertions[0].relation, GATE_AT_LEAST);
	assert_string_equal(assertions[0].contender, "j");
	assert_true(assertions[0].limit == 1);
	assert_int_equal(assertions[1].metric, VALUE_LAT_P99);
	assert_true(assertions[1].limit == 1000);
	assert_int_equal(assertions[1].relation, GATE_AT_MOST);
	assert_non_null(strstr(messages, "no metric 'read.iopz'"));
	assert_non_null(strstr(messages, "did you mean 'read.iops'?"));
	free(messages);
}

/* With the contender or without it; a longer or shorter name is another one. */
TEST(a_threshold_names_a_metric_or_the_gate_of_one_arm)
{
	static const struct {
		const char *name;
		bool is_gate;
	} cases[] = {
		{"read.iops", true},
		{"a.read.iops", true},
		{"b.read.iops", false},
		{"a.read.lat.p50", false},
		{"iops", false},
		{"a_read.iops", false},
		{"a.b.read.iops", false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (limit_names_gate(cases[i].name, "a", "read.iops") != cases[i].is_gate)
			fail_msg("%s", cases[i].name);
	}
}

TEST(the_smallest_threshold_is_of_ratios)
{
	struct baseline_threshold asked[] = {
		{.name = "read.iops", .fraction = 0.2},
		{.name = "stalled_turns", .fraction = 0.01}, /* points */
		{.name = "a.read.lat.p50", .fraction = 0.03},
	};
	struct baseline_threshold stored[] = {{.name = "read.iops", .fraction = 0.02}};
	struct judge_settings settings = {.thresholds = asked, .threshold_count = 2};
	struct baseline baseline = {.thresholds = stored, .threshold_count = 1};

	assert_true(limit_smallest(&settings, NULL) == 0.05); /* the default */
	settings.threshold_count = 3;
	assert_true(limit_smallest(&settings, NULL) == 0.03);
	assert_true(limit_smallest(&settings, &baseline) == 0.02);
}

TEST_MAIN(NULL, NULL);

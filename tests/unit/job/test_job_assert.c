/* SPDX-License-Identifier: MIT */
#include "job/job_assert.h"
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

TEST(limits_are_read_in_their_metrics_units)
{
	static const struct {
		const char *text;
		double limit;
		bool is_at_least;
	} cases[] = {
		{"read.iops>=500k", 500000, true},
		{"iops>=1.5M", 1500000, true},
		{"read.lat.p99<=200us", 200000, false},
		{"p99.9<=2ms", 2000000, false},
		{"read.bandwidth>=1g", 1073741824, true},
		{"syscalls_per_io<=0.1", 0.1, false},
		{"cpu_ns_per_io<=900ns", 900, false},
		{"switches_per_io<=0", 0, false},
		{"lat <= 1ms", 1000000, false},
	};
	struct arena arena = {0};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct job_assertions list = {0};
		struct option_problem problem = {0};

		assert_int_equal(job_assert_parse(cases[i].text, &list, &arena, &problem), 0);
		assert_int_equal(list.count, 1);
		assert_true(list.items[0].limit == cases[i].limit);
		assert_int_equal(list.items[0].is_at_least, cases[i].is_at_least);
	}
	arena_free(&arena);
}

TEST(a_list_is_read_and_printed_the_same)
{
	const char *text = "read.iops>=500k, read.lat.p99<=200us, syscalls_per_io<=0.1";
	struct job_assertions list = {0}, again = {0};
	struct option_problem problem = {0};
	struct arena arena = {0};
	const char *printed;

	assert_int_equal(job_assert_parse(text, &list, &arena, &problem), 0);
	assert_int_equal(list.count, 3);
	assert_string_equal(list.items[1].metric, "read.lat.p99");
	printed = job_assert_print(&list, &arena);
	assert_string_equal(printed, text);
	assert_int_equal(job_assert_parse(printed, &again, &arena, &problem), 0);
	assert_int_equal(again.count, 3);
	arena_free(&arena);
}

TEST(what_is_wrong_is_marked)
{
	static const struct {
		const char *text;
		const char *what;
		size_t at;
		size_t length;
	} cases[] = {
		{"read.iops", "METRIC>=VALUE", 0, 9},
		{"read.iops>500k", "METRIC>=VALUE", 0, 14},
		{"read.iops==1", "METRIC>=VALUE", 0, 12},
		{">=5", "METRIC>=VALUE", 0, 3},
		{"iops>=", "METRIC>=VALUE", 0, 6},
		{"iops>=5x", "unknown unit", 0, 8},
		{"iops>=five", "is no number", 0, 10},
		{"iops>=1, p99<=200", "needs a unit", 9, 8},
		{"iops>=-1", "below 0", 0, 8},
		{"iops>=1,", "after the last comma", 7, 1},
		{"iops>=1,,p99<=1us", "METRIC>=VALUE", 8, 0},
		{"iops>=nan", "is no number", 0, 9},
		{"iops>=inf", "is no number", 0, 9},
	};
	struct arena arena = {0};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct job_assertions list = {0};
		struct option_problem problem = {0};

		assert_int_equal(job_assert_parse(cases[i].text, &list, &arena, &problem), -EINVAL);
		if (!strstr(problem.what, cases[i].what))
			fail_msg("%s: %s", cases[i].text, problem.what);
		assert_int_equal(problem.at, cases[i].at);
		assert_int_equal(problem.length, cases[i].length);
	}
	arena_free(&arena);
}

TEST_MAIN(NULL, NULL);

/* SPDX-License-Identifier: MIT */
/* Values of options: read, refused, printed. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "job/job_values.h"
#include "job_rig.h"
#include "test.h"

static struct arena arena;
static struct option_problem problem;

static int teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

/* Reads, prints and compares; `printed` NULL: it is refused. */
struct sample {
	const char *value;
	const char *printed;
};

static void check(
	job_parse *parse, job_print_value *print, const struct sample *samples, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct job field = {0}; /* larger than any value */
		int rc = parse(samples[i].value, &field, &arena, &problem);

		if ((rc == 0) != (samples[i].printed != NULL))
			fail_msg("'%s': %s", samples[i].value, rc ? problem.what : "was taken");
		if (rc == 0)
			assert_string_equal(print(&field, &arena), samples[i].printed);
		else
			assert_non_null(problem.what);
	}
}

#define CHECK(parse, print, ...)                                                                   \
	do {                                                                                       \
		static const struct sample samples[] = {__VA_ARGS__};                              \
		check(parse, print, samples, sizeof(samples) / sizeof(samples[0]));                \
	} while (0)

TEST(modes)
{
	struct job_rw_value rw;

	CHECK(job_rw_parse, job_rw_print, {"read", "read"}, {"write", "write"}, {"trim", "trim"},
		{"randread", "randread"}, {"randwrite", "randwrite"}, {"randtrim", "randtrim"},
		{"rw", "rw"}, {"readwrite", "rw"}, {"randrw", "randrw"}, {"trimwrite", "trimwrite"},
		{"randtrimwrite", "randtrimwrite"}, {"randread:8", "randread:8"},
		{"randread:4k", "randread:4096"}, {"write:4k", "write:4k"}, {"read:0", "read"},
		{"reads", NULL}, {"Read", NULL}, {"randread:0", NULL}, {"randread:x", NULL},
		{"randread:8g", NULL}, {"read:4q", NULL}, {"read:", NULL}, {":8", NULL});
	assert_int_equal(job_rw_parse("randwrite:3", &rw, &arena, &problem), 0);
	assert_int_equal(rw.mode, RW_RANDWRITE);
	assert_int_equal(rw.modifier, 3);
}

TEST(opposites)
{
	uint32_t share;
	bool direct;

	assert_int_equal(job_rwmixwrite_parse("30", &share, &arena, &problem), 0);
	assert_int_equal(share, 70);
	assert_int_equal(job_rwmixwrite_parse("x", &share, &arena, &problem), -EINVAL);
	assert_int_equal(job_buffered_parse("0", &direct, &arena, &problem), 0);
	assert_true(direct);
	assert_int_equal(job_buffered_parse("1", &direct, &arena, &problem), 0);
	assert_false(direct);
}

TEST(percentages)
{
	CHECK(job_percentages_parse, job_counts_print, {"50", "50"}, {"0,100", "0,100,100"},
		{"1,2,3", "1,2,3"}, {"101", NULL}, {"x", NULL}, {"1,2,3,4", NULL});
}

TEST(names)
{
	struct job_texts list = {0};

	CHECK(job_names_parse, job_names_print, {"a", "a"}, {"a:b", "a:b"}, {"a\\:b:c", "a\\:b:c"},
		{" a : b ", "a:b"}, {"a b", "a b"}, {"a::b", NULL}, {":a", NULL}, {"a:", NULL},
		{"a\\", NULL});
	assert_int_equal(job_names_append("a:b", &list, &arena, &problem), 0);
	assert_int_equal(job_names_append("c\\:d", &list, &arena, &problem), 0);
	assert_int_equal(list.count, 3);
	assert_string_equal(list.texts[2], "c:d");
	assert_int_equal(job_names_parse("e", &list, &arena, &problem), 0);
	assert_int_equal(list.count, 1);
}

/* [global]'s list must not grow when a job adds to its copy of it. */
TEST(appending_leaves_copies_alone)
{
	struct job_texts global = {0}, first, second;

	assert_int_equal(job_names_append("g", &global, &arena, &problem), 0);
	first = second = global;
	assert_int_equal(job_names_append("a", &first, &arena, &problem), 0);
	assert_int_equal(job_names_append("b", &second, &arena, &problem), 0);
	assert_int_equal(global.count, 1);
	assert_string_equal(first.texts[1], "a");
	assert_string_equal(second.texts[1], "b");
}

TEST(file_sizes)
{
	CHECK(job_filesize_parse, job_filesize_print, {"4m", "4m"}, {"1m-4m", "1m-4m"},
		{"4m:1m", "1m-4m"}, {"1000", "1000"}, {"0", NULL}, {"1m-", NULL}, {"50%", NULL});
}

TEST(percentiles)
{
	char many[5 * 70] = "1";

	CHECK(job_percentiles_parse, job_percentiles_print, {"99", "99"}, {"99.9:50", "50:99.9"},
		{"0:100:50:50", "0:50:100"}, {"-1", NULL}, {"100.1", NULL}, {"50:", NULL},
		{"p99", NULL});
	for (int i = 0; i < 64; i++)
		snprintf(many + strlen(many), 16, ":%d", i);
	assert_int_equal(
		job_percentiles_parse(many, &(struct job_percentiles){0}, &arena, &problem),
		-EINVAL);
}

TEST(cpus)
{
	CHECK(job_cpus_parse, job_cpus_print, {"0", "0"}, {"0,2-4", "0,2-4"}, {"3,1,2", "1-3"},
		{"4-4", "4"}, {"1,1", "1"}, {"0-1023", "0-1023"}, {"1024", NULL}, {"4-2", NULL},
		{"a", NULL}, {"1-", NULL}, {"0,", NULL}, {"-1", NULL});
}

TEST(cpu_masks)
{
	CHECK(job_cpumask_parse, job_cpus_print, {"1", "0"}, {"0x5", "0,2"}, {"10", "1,3"},
		{"0xf0", "4-7"}, {"0", NULL}, {"x", NULL}, {"-1", NULL});
}

TEST(file_services)
{
	CHECK(job_file_service_parse, job_file_service_print, {"roundrobin", "roundrobin"},
		{"random:8", "random:8"}, {"sequential:1", "sequential"}, {"zipf", NULL},
		{"random:0", NULL}, {"random:x", NULL});
}

TEST(patterns)
{
	CHECK(job_pattern_parse, job_pattern_print, {"0xdeadbeef", "0xdeadbeef"},
		{"\"ab\"", "0x6162"}, {"%o", "%o"}, {"\"a\"%o0xff", "0x61%o0xff"},
		{"0xff%o%o", "0xff%o%o"}, {"'name'", NULL}, {"0xzz", NULL});
}

TEST(lists_are_read_and_printed)
{
	static const struct {
		const char *value, *printed;
		size_t counts[3];
	} samples[] = {
		{"EIO", "EIO", {1, 0, 0}},
		{",28", ",ENOSPC", {0, 1, 0}},
		{"EAGAIN,ENOSPC:122", "EAGAIN,ENOSPC:EDQUOT", {1, 2, 0}},
		{"5,,EILSEQ", "EIO,,EILSEQ", {1, 0, 1}},
		{"NVME_UNRECOVERED_READ", "NVME_UNRECOVERED_READ", {1, 0, 0}},
	};
	struct job_error_lists lists;

	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		assert_int_equal(job_errors_parse(samples[i].value, &lists, &arena, &problem), 0);
		assert_int_equal(lists.read.count, samples[i].counts[0]);
		assert_int_equal(lists.write.count, samples[i].counts[1]);
		assert_int_equal(lists.verify.count, samples[i].counts[2]);
		assert_string_equal(job_errors_print(&lists, &arena), samples[i].printed);
	}
	assert_int_equal(job_errors_parse("EAGAIN,ENOSPC:122", &lists, &arena, &problem), 0);
	assert_int_equal(lists.read.errors[0], EAGAIN);
	assert_int_equal(lists.write.errors[1], EDQUOT);
}

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

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct job_assertions list = {0};
		assert_int_equal(job_assert_parse(cases[i].text, &list, &arena, &problem), 0);
		assert_int_equal(list.count, 1);
		assert_true(list.items[0].limit == cases[i].limit);
		assert_int_equal(list.items[0].is_at_least, cases[i].is_at_least);
	}
}

TEST(a_list_is_read_and_printed_the_same)
{
	const char *text = "read.iops>=500k, read.lat.p99<=200us, syscalls_per_io<=0.1";
	struct job_assertions list = {0}, again = {0};
	const char *printed;

	assert_int_equal(job_assert_parse(text, &list, &arena, &problem), 0);
	assert_int_equal(list.count, 3);
	assert_string_equal(list.items[1].metric, "read.lat.p99");
	printed = job_assert_print(&list, &arena);
	assert_string_equal(printed, text);
	assert_int_equal(job_assert_parse(printed, &again, &arena, &problem), 0);
	assert_int_equal(again.count, 3);
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
		{"iops>=five", "is not a number", 0, 10},
		{"iops>=1, p99<=200", "needs a unit", 9, 8},
		{"iops>=-1", "below 0", 0, 8},
		{"iops>=1,", "after the last comma", 7, 1},
		{"iops>=1,,p99<=1us", "METRIC>=VALUE", 8, 0},
		{"iops>=nan", "is not a number", 0, 9},
		{"iops>=inf", "is not a number", 0, 9},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct job_assertions list = {0};
		assert_int_equal(job_assert_parse(cases[i].text, &list, &arena, &problem), -EINVAL);
		if (!strstr(problem.what, cases[i].what))
			fail_msg("%s: %s", cases[i].text, problem.what);
		assert_int_equal(problem.at, cases[i].at);
		assert_int_equal(problem.length, cases[i].length);
	}
}

TEST_MAIN(NULL, teardown);

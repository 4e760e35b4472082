/* SPDX-License-Identifier: MIT */
/* job_values.c: each kind of value to its field, and back to text. */
#include "job_rig.h"
#include "test.h"

#include "job/job_values.h"

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

TEST_MAIN(NULL, teardown);

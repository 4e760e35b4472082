/* SPDX-License-Identifier: MIT */
/* Variables, keywords and arithmetic. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "job/job_bind.h"
#include "job_rig.h"
#include "test.h"

static struct arena arena;
static struct option_problem problem;
static struct job_variables used;

static int setup(void **state)
{
	(void)state;
	setenv("SIZE", "64k", 1);
	setenv("EMPTY", "", 1);
	setenv("LOOKS_LIKE_ONE", "${SIZE}", 1);
	unsetenv("UNSET");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

TEST(variables_are_replaced)
{
	static const char *const good[][2] = {
		{"plain", "plain"},
		{"${SIZE}", "64k"},
		{"a${SIZE}b${SIZE}", "a64kb64k"},
		{"${EMPTY}", ""},
		{"${SIZE:-1}", "64k"},
		{"${UNSET:-1}", "1"},
		{"${EMPTY:-1}", "1"},
		{"${UNSET:-}", ""},
		{"${UNSET:-${SIZE}m}", "64km"},
		{"${UNSET:-${UNSET:-x}}", "x"},
		{"${LOOKS_LIKE_ONE}", "${SIZE}"},
		{"$SIZE", "$SIZE"},
		{"$jobnum", "$jobnum"},
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		const char *expanded = job_variables_expand(good[i][0], &used, &arena, &problem);

		assert_non_null(expanded);
		assert_string_equal(expanded, good[i][1]);
	}
	/* Each once; defaults are no settings. */
	assert_int_equal(used.count, 2);
	assert_string_equal(used.settings[0], "SIZE=64k");
	assert_string_equal(used.settings[1], "LOOKS_LIKE_ONE=${SIZE}");
}

TEST(missing_ones_are_refused_with_their_place)
{
	static const struct {
		const char *value;
		const char *what;
		size_t at, length;
	} bad[] = {
		{"a${UNSET}b", "the environment has no UNSET", 1, 8},
		{"${SIZE}${UNSET}", "the environment has no UNSET", 7, 8},
		{"${UNSET:-${UNSET}}", "the environment has no UNSET", 9, 8},
		{"x${SIZE", "'${' is not closed by '}'", 1, 2},
		{"${}", "no variable's name", 0, 3},
		{"${1A}", "no variable's name", 0, 5},
		{"${SIZE:x}", "no variable's name", 0, 9},
		{"${a b}", "no variable's name", 0, 6},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_null(job_variables_expand(bad[i].value, &used, &arena, &problem));
		assert_string_equal(problem.what, bad[i].what);
		assert_int_equal(problem.at, bad[i].at);
		assert_int_equal(problem.length, bad[i].length);
	}
}

TEST(nesting_ends_somewhere)
{
	char deep[10 * 20 + 1];

	for (int i = 0; i < 20; i++)
		memcpy(deep + 10 * i, "${UNSET:-}", 10);
	for (int i = 0; i < 20; i++)
		memcpy(deep + 9 * i, "${UNSET:-", 9);
	memset(deep + 180, '}', 20);
	deep[200] = '\0';
	assert_null(job_variables_expand(deep, &used, &arena, &problem));
	assert_string_equal(problem.what, "variables are nested too deep");
}

static const struct job_ranks alone;

static const char *with_keywords(const char *name, const char *value)
{
	return job_keywords_expand(
		option_find(&job_option_table, name), value, &alone, &arena, &problem);
}

TEST(keywords_are_the_machines)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN), page = sysconf(_SC_PAGESIZE);

	assert_int_equal(strtol(with_keywords("numjobs", "$ncpus"), NULL, 10), cpus);
	assert_int_equal(strtol(with_keywords("bs", "$pagesize"), NULL, 10), page);
	assert_true(strtol(with_keywords("size", "$mb_memory"), NULL, 10) > 0);
	assert_string_equal(with_keywords("bs", "8k"), "8k");
	assert_string_equal(with_keywords("filename_format", "$jobname"), "$jobname");
}

TEST(numbers_are_computed_where_numbers_belong)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN), page = sysconf(_SC_PAGESIZE);
	char range[32];

	assert_int_equal(strtol(with_keywords("numjobs", "2*$ncpus+1"), NULL, 10), 2 * cpus + 1);
	assert_int_equal(strtol(with_keywords("iodepth", "($ncpus-0)*4"), NULL, 10), 4 * cpus);
	assert_int_equal(strtol(with_keywords("bs", "2*$pagesize"), NULL, 10), 2 * page);
	snprintf(range, sizeof(range), "0-%ld", cpus);
	assert_string_equal(with_keywords("cpus_allowed", "0-$ncpus"), range);
	snprintf(range, sizeof(range), "%ld*2", cpus);
	assert_string_equal(with_keywords("description", "$ncpus*2"), range);
	assert_null(with_keywords("numjobs", "$ncpus/0"));
	assert_non_null(strstr(problem.what, "/0' divides by zero"));
}

TEST(expressions_are_computed)
{
	static const struct {
		const char *text;
		int64_t result;
	} good[] = {
		{"7", 7},
		{"2+3*4", 14},
		{"(2+3)*4", 20},
		{"2*3+4", 10},
		{"10-3-2", 5},
		{"100/10/5", 2},
		{"7/2", 3},
		{"7%4*2", 6},
		{" 8 * 16 ", 128},
		{"((1))", 1},
		{"2-5", -3},
		{"9223372036854775807", INT64_MAX},
	};
	const char *what;
	int64_t result;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(job_arithmetic(good[i].text, &result, &what), 0);
		assert_int_equal(result, good[i].result);
	}
}

TEST(others_are_refused)
{
	static const struct {
		const char *text;
		const char *problem;
	} bad[] = {
		{"", "cannot be computed"},
		{"+", "cannot be computed"},
		{"1+", "cannot be computed"},
		{"(1", "cannot be computed"},
		{"1)", "cannot be computed"},
		{"1 2", "cannot be computed"},
		{"2*x", "cannot be computed"},
		{"1/0", "divides by zero"},
		{"5%(3-3)", "divides by zero"},
		{"9223372036854775808", "is too large"},
		{"9223372036854775807+1", "is too large"},
		{"9223372036854775807*2", "is too large"},
		{"(0-9223372036854775807-1)/(0-1)", "is too large"},
	};
	const char *what;
	char nested[200];
	int64_t result;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(job_arithmetic(bad[i].text, &result, &what), -EINVAL);
		assert_string_equal(what, bad[i].problem);
	}
	memset(nested, '(', sizeof(nested) - 1);
	nested[sizeof(nested) - 1] = '\0';
	assert_int_equal(job_arithmetic(nested, &result, &what), -EINVAL);
	assert_string_equal(what, "is nested too deep");
}

TEST_MAIN(setup, teardown);

/* SPDX-License-Identifier: MIT */
/* job_shares.c: pairs, percentages, and what is left of 100. */
#include "job_rig.h"
#include "test.h"

#include "job/job_shares.h"

TEST(pairs_are_split_at_colons)
{
	struct arena arena = {0};
	struct job_pair *pairs;

	assert_int_equal(job_pairs_split("4k/60:8k:/5:", &arena, &pairs), 3);
	assert_string_equal(pairs[0].first, "4k");
	assert_string_equal(pairs[0].second, "60");
	assert_string_equal(pairs[1].first, "8k");
	assert_string_equal(pairs[1].second, "");
	assert_int_equal(pairs[1].at, 6);
	assert_int_equal(pairs[1].length, 2);
	assert_string_equal(pairs[2].first, "");
	assert_string_equal(pairs[2].second, "5");
	assert_int_equal(job_pairs_split("", &arena, &pairs), 1);
	assert_string_equal(pairs[0].first, "");
	arena_free(&arena);
}

TEST(percentages_are_read)
{
	static const char *const bad[] = {"x", "-1", "101", "5%%", "1e999"};
	struct option_problem problem;
	double percent;

	assert_int_equal(job_percent_parse("60", &percent, &problem), 0);
	assert_true(percent == 60);
	assert_int_equal(job_percent_parse("33.3%", &percent, &problem), 0);
	assert_true(percent == 33.3);
	assert_int_equal(job_percent_parse("", &percent, &problem), 0);
	assert_true(percent == -1);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(job_percent_parse(bad[i], &percent, &problem), -EINVAL);
}

TEST(what_is_missing_shares_the_rest)
{
	double shares[] = {50, -1, 10, -1};
	struct arena arena = {0};
	struct option_problem problem;

	assert_int_equal(job_shares_fill(shares, 4, SHARES_MAKE_100, &arena, &problem), 0);
	assert_true(shares[0] == 50 && shares[1] == 20 && shares[2] == 10 && shares[3] == 20);
	arena_free(&arena);
}

TEST(thirds_of_33_make_100)
{
	double shares[] = {33, 33, 33};
	struct arena arena = {0};
	struct option_problem problem;

	assert_int_equal(job_shares_fill(shares, 3, SHARES_MAKE_100, &arena, &problem), 0);
	assert_true(shares[0] > 33.33 && shares[0] < 33.34);
	arena_free(&arena);
}

TEST(other_sums_are_refused)
{
	static const struct {
		double shares[3];
		enum job_share_rule rule;
		bool is_good;
	} cases[] = {
		{{60, 41, 0}, SHARES_MAKE_100, false},
		{{60, 41, 0}, SHARES_AT_MOST_100, false},
		{{60, 30, 0}, SHARES_MAKE_100, false},
		{{60, 30, 0}, SHARES_AT_MOST_100, true},
		{{60, 40, -1}, SHARES_MAKE_100, false},
		{{60, 39, -1}, SHARES_MAKE_100, true},
		{{60, 40, 0}, SHARES_MAKE_100, true},
	};
	struct arena arena = {0};
	struct option_problem problem;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		double shares[3];

		memcpy(shares, cases[i].shares, sizeof(shares));
		assert_int_equal(job_shares_fill(shares, 3, cases[i].rule, &arena, &problem) == 0,
			cases[i].is_good);
	}
	arena_free(&arena);
}

TEST(percentages_print_short_and_exact)
{
	struct arena arena = {0};

	assert_string_equal(job_percent_print(100, &arena), "100");
	assert_string_equal(job_percent_print(33.3, &arena), "33.3");
	assert_string_equal(job_percent_print(99.999, &arena), "99.999");
	assert_true(strtod(job_percent_print(100.0 / 3, &arena), NULL) == 100.0 / 3);
	assert_true(strtod(job_percent_print(1e-30, &arena), NULL) == 1e-30);
	arena_free(&arena);
}

TEST_MAIN(NULL, NULL);

/* SPDX-License-Identifier: MIT */
/* covers: src/job/job_distribution.c */
/* Pairs, percentages and what is left of 100; distributions. */
#include "job/job_values.h"
#include "job_rig.h"
#include "test.h"

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

static const struct distribution *read_one(struct job_rig *rig, const char *value)
{
	char text[256];

	snprintf(text, sizeof(text), "[a]\nsize=1m\nrw=randread\nrandom_distribution=%s\n", value);
	return &rig_job(rig, text)->rare->random_distribution;
}

TEST(parameters_and_centers)
{
	static const struct {
		const char *value;
		enum distribution_kind kind;
		double parameter, center;
	} good[] = {
		{"random", DISTRIBUTION_UNIFORM, 0, -1},
		{"zipf:1.2", DISTRIBUTION_ZIPF, 1.2, -1},
		{"zipf:0.5:0", DISTRIBUTION_ZIPF, 0.5, 0},
		{"pareto:0.2:1", DISTRIBUTION_PARETO, 0.2, 1},
		{"normal:100:0.25", DISTRIBUTION_NORMAL, 100, 0.25},
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct job_rig rig;
		const struct distribution *distribution = read_one(&rig, good[i].value);

		assert_int_equal(distribution->kind, good[i].kind);
		assert_true(distribution->parameter == good[i].parameter);
		assert_true(distribution->center == good[i].center);
		assert_string_equal(
			rig_setting(&rig, rig.set.jobs, "random_distribution"), good[i].value);
		rig_free(&rig);
	}
}

TEST(zones_share_the_region)
{
	struct job_rig rig;
	const struct distribution *distribution = read_one(&rig, "zoned:50/5:30/15:20/");

	assert_int_equal(distribution->kind, DISTRIBUTION_ZONED);
	assert_int_equal(distribution->zones[DIRECTION_TRIM].count, 3);
	assert_true(distribution->zones[DIRECTION_READ].items[0].access_percent == 50);
	assert_true(distribution->zones[DIRECTION_READ].items[1].size_percent == 15);
	assert_true(distribution->zones[DIRECTION_READ].items[2].size_percent == 80);
	rig_free(&rig);
}

TEST(zones_of_bytes)
{
	struct job_rig rig;
	const struct distribution *distribution = read_one(&rig, "zoned_abs:60/20g:/100g");

	assert_int_equal(distribution->kind, DISTRIBUTION_ZONED_ABS);
	assert_int_equal(distribution->zones[DIRECTION_READ].items[0].size_bytes, 20ull << 30);
	assert_true(distribution->zones[DIRECTION_READ].items[1].access_percent == 40);
	rig_free(&rig);
}

TEST(zones_of_directions_and_sequences_read_back)
{
	static const char *const values[] = {"zoned:50/10:50/90,30/20:70/80,30/20:70/80",
		"zoned:50/10:50/90", "zoned_abs:50/1m:50/1g,50/2m:50/1g,100/4m",
		"zoned:,50/10:50/90,50/10:50/90", "sequence:2,0,1", "sequence:7"};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct job_rig rig;

		(void)read_one(&rig, values[i]);
		assert_string_equal(
			rig_setting(&rig, rig.set.jobs, "random_distribution"), values[i]);
		rig_free(&rig);
	}
}

TEST(bad_ones_are_refused)
{
	static const char *const bad[] = {"zipf:", "zipf:0", "zipf:-1", "zipf:1", "zipf:x",
		"zipf:101", "zipf:1.2:2", "zipf:1.2:x", "pareto:0", "pareto:1", "normal:0",
		"normal:101", "random:1", "zipf:1.2,random", "zoned:60/10", "zoned:x/10:/",
		"zoned:60/10,40/90", "zoned_abs:60/:40/1g", "zoned_abs:50/0:50/1g", "sequence",
		"sequence:", "sequence:1,x", "sequence:-1", "random,zipf:1.2", "zoned,random",
		"zoned:50/10:50/90,50/10:50/90,50/10:50/90,50/10:50/90", "Zipf:1.2"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct job_rig rig;
		char text[256];

		snprintf(text, sizeof(text), "[a]\nsize=1m\nrandom_distribution=%s\n", bad[i]);
		rig_read(&rig, text);
		if (rig.rc != -EINVAL)
			fail_msg("%s was taken", bad[i]);
		rig_free(&rig);
	}
}

TEST_MAIN(NULL, NULL);

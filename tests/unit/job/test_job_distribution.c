/* SPDX-License-Identifier: MIT */
/* job_distribution.c: from text to the numbers that patterns are made of. */
#include "job_rig.h"
#include "test.h"

static const struct distribution *read_one(struct job_rig *rig, const char *value)
{
	char text[256];

	snprintf(text, sizeof(text), "[a]\nsize=1m\nrw=randread\nrandom_distribution=%s\n", value);
	return &rig_job(rig, text)->random_distribution;
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
	assert_int_equal(distribution->zone_count, 3);
	assert_true(distribution->zones[0].access_percent == 50);
	assert_true(distribution->zones[1].size_percent == 15);
	assert_true(distribution->zones[2].size_percent == 80);
	rig_free(&rig);
}

TEST(zones_of_bytes)
{
	struct job_rig rig;
	const struct distribution *distribution = read_one(&rig, "zoned_abs:60/20g:/100g");

	assert_int_equal(distribution->kind, DISTRIBUTION_ZONED_ABS);
	assert_int_equal(distribution->zones[0].size_bytes, 20ull << 30);
	assert_true(distribution->zones[1].access_percent == 40);
	rig_free(&rig);
}

TEST(bad_ones_are_refused)
{
	static const char *const bad[] = {"zipf:", "zipf:0", "zipf:-1", "zipf:1", "zipf:x",
		"zipf:101", "zipf:1.2:2", "zipf:1.2:x", "pareto:0", "pareto:1", "normal:0",
		"normal:101", "random:1", "zipf:1.2,random", "zoned:60/10", "zoned:x/10:/",
		"zoned:60/10,40/90", "zoned_abs:60/:40/1g", "zoned_abs:50/0:50/1g", "sequence:1,2",
		"Zipf:1.2"};

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

/* SPDX-License-Identifier: MIT */
/* What is said about the time of a comparison, and what bounds its ramp. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "session/contest_time.h"
#include "test.h"

enum { SLOW, QUICK, CONTENDERS };

static struct job jobs[CONTENDERS];
static struct contender_setup setups[CONTENDERS];
static struct contender_point point;
static struct contest_options options;
static struct record_point described;
static struct contest_slot slots[CONTENDERS];
static struct contest contest;

static int set_up(void **state)
{
	(void)state;
	memset(jobs, 0, sizeof(jobs));
	for (int i = 0; i < CONTENDERS; i++) {
		setups[i] = (struct contender_setup){.name = "job", .job = &jobs[i]};
		slots[i] = (struct contest_slot){.setup = &setups[i], .iops = 100000};
	}
	point = (struct contender_point){
		.name = "", .count = CONTENDERS, .contenders = setups, .reference = SIZE_MAX};
	options = (struct contest_options){
		.trial_ns = 2 * NS_PER_S,
		.ramp_ns = CONTEST_AUTO,
		.limit_ns = CONTEST_AUTO,
		.cooldown_ns = CONTEST_AUTO,
		.rule = stop_rule_default,
	};
	described = (struct record_point){.contender_count = CONTENDERS};
	contest = (struct contest){.options = &options, .point = &described, .slots = slots};
	return 0;
}

/* In a session whose time is over after so long. */
static uint64_t ramp(uint64_t limit_ns)
{
	options.limit_ns = limit_ns;
	contest.end_ns = clock_now() + limit_ns;
	contest_time_choose_ramp(&contest, CONTENDERS);
	assert_true(described.ramp_wanted_s >= described.ramp_s);
	assert_true(described.ramp_s == (double)contest.ramp_ns / 1e9);
	return contest.ramp_ns;
}

TEST_FIXTURE(set_up, NULL);

TEST(the_ramp_is_for_a_thousand_ios_between_a_quarter_and_all_of_the_trial)
{
	static const struct {
		double iops;
		uint64_t ramp_ms;
	} cases[] = {{1e6, 500}, {2000, 500}, {1000, 1000}, {500, 2000}, {100, 2000}, {0.1, 2000}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		slots[SLOW].iops = cases[i].iops;
		assert_int_equal(ramp(3600 * NS_PER_S), cases[i].ramp_ms * NS_PER_MS);
	}
}

TEST(a_ramp_that_somebody_asked_for_is_kept)
{
	slots[SLOW].iops = 1;
	jobs[QUICK].ramp_time_ns = 7 * NS_PER_S;
	assert_int_equal(ramp(3600 * NS_PER_S), 7 * NS_PER_S);
	options.ramp_ns = 0;
	assert_int_equal(ramp(3600 * NS_PER_S), 0);
	options.ramp_ns = 30 * NS_PER_S;
	assert_int_equal(ramp(NS_PER_S), 30 * NS_PER_S);
}

/* The first look is after 6 blocks: 12 trials. */
TEST(a_short_time_keeps_the_ramp_short)
{
	slots[SLOW].iops = 1;
	assert_in_range(ramp(12 * (3000 + 60) * NS_PER_MS), 501 * NS_PER_MS, NS_PER_S);
	assert_int_equal(ramp(NS_PER_S), 500 * NS_PER_MS);
}

/* Each part of what a session does is in what is said about it, whatever the I/O's speed. */
TEST(what_is_planned_holds_what_is_run)
{
	static const double speeds[] = {0.1, 100, 700, 1e6};

	jobs[SLOW].startdelay_ns = NS_PER_S;
	for (size_t i = 0; i < sizeof(speeds) / sizeof(speeds[0]); i++) {
		for (int has_control = 0; has_control < 2; has_control++) {
			struct contest_time time;
			uint64_t trial_ns, block_ns;

			options.has_control = has_control;
			contest_time_plan(&options, &point, &time);
			slots[SLOW].iops = speeds[i];
			trial_ns = options.trial_ns + ramp(3600 * NS_PER_S);
			block_ns = (CONTENDERS + (unsigned)has_control) * trial_ns +
				   (1 + (unsigned)has_control) * NS_PER_S;
			assert_int_equal(time.contender_count, CONTENDERS + has_control);
			assert_in_range(
				block_ns, time.block_ns - 200 * NS_PER_MS, time.block_most_ns);
			/* A fifth of the trials may be run again. */
			assert_true(
				contest_time_most_ns(&time, 20) > time.prime_ns + 24 * block_ns);
			assert_true(contest_time_least_ns(&time, 20) >=
				    time.prime_ns + 20 * time.block_ns);
		}
	}
}

TEST(a_job_that_cannot_run_takes_no_time)
{
	struct contest_time both, one;

	contest_time_plan(&options, &point, &both);
	setups[QUICK].job = NULL;
	contest_time_plan(&options, &point, &one);
	assert_int_equal(one.contender_count, 1);
	assert_int_equal(both.block_ns, 2 * one.block_ns);
}

TEST(the_limit_leaves_room_for_the_first_look)
{
	assert_int_equal(contest_time_limit_ns(&options, 3), 105 * NS_PER_S);
	options.trial_ns = 60 * NS_PER_S;
	assert_int_equal(contest_time_limit_ns(&options, 3), (uint64_t)3 * 6 * 120 * NS_PER_S);
	options.limit_ns = 5 * NS_PER_S;
	assert_int_equal(contest_time_limit_ns(&options, 3), 5 * NS_PER_S);
}

TEST(a_time_without_a_single_block_is_refused)
{
	struct contender_plan plan = {.point_count = 1, .points = &point};
	size_t bytes;
	char *said;
	FILE *stream = open_memstream(&said, &bytes);
	struct contest_time time;
	struct diag diag;

	assert_non_null(stream);
	diag_init(&diag, stream);
	assert_int_equal(contest_time_check(&options, &plan, &diag), 0);
	contest_time_plan(&options, &point, &time);
	options.limit_ns = contest_time_least_ns(&time, 1);
	assert_int_equal(contest_time_check(&options, &plan, &diag), 0);
	options.limit_ns--;
	assert_int_not_equal(contest_time_check(&options, &plan, &diag), 0);
	fclose(stream);
	assert_non_null(strstr(said, "before the first block"));
	free(said);
}

TEST_MAIN(NULL, NULL);

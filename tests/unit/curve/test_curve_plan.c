/* SPDX-License-Identifier: MIT */
/* Lines and loads before anything runs: lists, jobs at a load, what is refused, how long it takes.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "curve/curve_plan.h"
#include "near.h"
#include "session/rate.h"
#include "test.h"

static struct arena arena;
static struct option_problem problem;
static struct curve_options options;
static struct curve_plan plan;
static char *said;

static int start(void **state)
{
	(void)state;
	options = (struct curve_options){.point_count = 10};
	options.contest.ramp_ns = options.contest.cooldown_ns = options.contest.limit_ns =
		CONTEST_AUTO;
	return 0;
}

static int end(void **state)
{
	(void)state;
	curve_plan_free(&plan);
	arena_free(&arena);
	free(said);
	said = NULL;
	return 0;
}

/* Of job options that end with NULL. */
static int make(const char *const *texts)
{
	struct contender_request request = {.job = {.options = texts}};
	size_t bytes;
	FILE *stream = open_memstream(&said, &bytes);
	struct diag diag;
	int error;

	while (texts[request.job.option_count])
		request.job.option_count++;
	diag_init(&diag, stream);
	error = curve_plan_make(&plan, &request, &options, &diag);
	assert_int_equal(fclose(stream), 0);
	return error;
}

#define MAKE(...)                                                                                  \
	make((const char *const[]){                                                                \
		"--filename=/dev/zero", "--size=1m", "--ioengine=psync", __VA_ARGS__, NULL})

TEST_FIXTURE(start, end);

TEST(lists_are_read_in_order)
{
	struct curve_list list;

	assert_int_equal(curve_plan_parse_rates("20k,1k,1.5k,1m,1000", &list, &arena, &problem), 0);
	assert_int_equal(list.count, 4); /* 1k is 1000 */
	assert_near(list.values[0], 1000, 0);
	assert_near(list.values[1], 1500, 0);
	assert_near(list.values[3], 1e6, 0);
	assert_int_equal(curve_plan_parse_mixes("100,0,70", &list, &arena, &problem), 0);
	assert_near(list.values[1], 70, 0);
}

TEST(what_is_no_list_is_refused)
{
	struct curve_list list;

	assert_int_not_equal(curve_plan_parse_rates("1k,,2k", &list, &arena, &problem), 0);
	assert_int_not_equal(curve_plan_parse_rates("fast", &list, &arena, &problem), 0);
	assert_int_not_equal(curve_plan_parse_rates("0", &list, &arena, &problem), 0);
	assert_int_not_equal(curve_plan_parse_rates("-5", &list, &arena, &problem), 0);
	assert_int_not_equal(curve_plan_parse_rates("", &list, &arena, &problem), 0);
	assert_int_not_equal(curve_plan_parse_mixes("101", &list, &arena, &problem), 0);
	assert_non_null(strstr(problem.what, "'101'"));
	assert_int_not_equal(curve_plan_parse_mixes("0.5", &list, &arena, &problem), 0);
}

TEST(a_job_at_a_load_has_no_other_rate)
{
	struct job at;

	assert_int_equal(MAKE("--rw=randread", "--rate_iops=500", "--numjobs=2"), 0);
	assert_false(job_is_paced(plan.point.contenders[0].job));
	at = rate_job_at(plan.point.contenders[0].job, 3000, true);
	assert_near(job_pace_of(&at, DIRECTION_READ).ios_per_second, 1500, 0); /* of each clone */
	assert_true(job_pace_of(&at, DIRECTION_READ).is_poisson);
	assert_near(rate_job_least(&at), 2, 0);
	assert_non_null(strstr(said, "whatever rate_iops says"));
}

TEST(a_mix_divides_the_load)
{
	struct job at;

	assert_int_equal(MAKE("--rw=randrw", "--rwmixread=70"), 0);
	at = rate_job_at(plan.point.contenders[0].job, 1000, false);
	assert_int_equal(at.rate_iops_total.value[DIRECTION_READ], 700);
	assert_int_equal(at.rate_iops_total.value[DIRECTION_WRITE], 300);
	assert_int_equal(at.rate_process, RATE_LINEAR);
	assert_near(rate_job_least(&at), 4, 0); /* one write a second */
}

TEST(shares_of_reads_are_lines)
{
	static double mixes[] = {0, 50, 100};
	struct job at;

	options.mixes = (struct curve_list){3, mixes};
	assert_int_equal(MAKE("--rw=randrw"), 0);
	assert_int_equal(plan.point.count, 3);
	assert_string_equal(plan.point.contenders[1].name, "50 % reads");
	assert_near(plan.read_percent[2], 100, 0);
	at = rate_job_at(plan.point.contenders[0].job, 1000, false);
	assert_int_equal(at.rw.mode, RW_RANDWRITE);
	at = rate_job_at(plan.point.contenders[2].job, 1000, false);
	assert_int_equal(at.rw.mode, RW_RANDREAD);
	assert_int_equal(at.rate_iops_total.value[DIRECTION_WRITE], 0);
}

TEST(arrivals_are_random_unless_the_job_says_otherwise)
{
	assert_int_equal(MAKE("--rw=randread"), 0);
	assert_true(plan.is_poisson);
	end(NULL);
	assert_int_equal(MAKE("--rw=randread", "--rate_iops=9", "--rate_process=linear"), 0);
	assert_false(plan.is_poisson);
	end(NULL);
	options.arrivals = CURVE_ARRIVALS_POISSON;
	assert_int_equal(MAKE("--rw=randread", "--rate_iops=9", "--rate_process=linear"), 0);
	assert_true(plan.is_poisson);
}

TEST(jobs_that_can_have_no_load_are_refused_with_the_cure)
{
	static double rates[] = {2, 100};
	static double mixes[] = {50};

	assert_int_not_equal(MAKE("--rw=randread", "--thinktime=1ms"), 0);
	assert_non_null(strstr(said, "remove thinktime"));
	end(NULL);
	options.slo = (struct slo){CURVE_WRITE_P99, 1e6};
	assert_int_not_equal(MAKE("--rw=randread"), 0);
	assert_non_null(strstr(said, "no write.p99"));
	end(NULL);
	options.slo.limit_ns = 0;
	options.slo.metric = CURVE_P99;
	options.rates = (struct curve_list){2, rates};
	assert_int_not_equal(MAKE("--rw=randread", "--numjobs=4"), 0);
	assert_non_null(strstr(said, "the least is 4"));
	end(NULL);
	options.rates.count = 0;
	options.mixes = (struct curve_list){1, mixes};
	assert_int_not_equal(MAKE("--rw=randread"), 0);
	assert_non_null(strstr(said, "--mixed needs a job that reads and writes"));
}

static void two_lines(const double *maxima, struct curve_list *loads)
{
	assert_int_equal(MAKE("--rw=randread", "--name=a", "--name=b"), 0);
	curve_plan_loads(&options, &plan.point, maxima, false, loads, &arena);
}

TEST(maxima_that_are_near_have_the_same_loads)
{
	const double maxima[] = {10000, 7500};
	struct curve_list loads[2];

	two_lines(maxima, loads);
	assert_int_equal(loads[0].count, 10);
	assert_near(loads[0].values[0], 1000, 0);
	assert_near(loads[0].values[9], 10000, 0);
	assert_int_equal(loads[1].count, 8); /* one beyond its own maximum */
	assert_near(loads[1].values[7], 8000, 0);
}

TEST(others_have_loads_of_their_own)
{
	const double maxima[] = {10000, 4000};
	struct curve_list loads[2];

	two_lines(maxima, loads);
	assert_int_equal(loads[1].count, 10);
	assert_near(loads[1].values[9], 4000, 0);
}

TEST(a_line_that_does_not_run_has_none_and_few_ios_a_second_have_few)
{
	const double maxima[] = {NAN, 4};
	struct curve_list loads[2];

	two_lines(maxima, loads);
	assert_int_equal(loads[0].count, 0);
	assert_int_equal(loads[1].count, 4); /* 1 to 4 */
	assert_near(loads[1].values[0], 1, 0);
}

TEST(trials_last_for_a_thousand_ios_if_that_is_not_long)
{
	assert_int_equal(curve_plan_trial_ns(&options, 0), 500 * NS_PER_MS);
	assert_int_equal(curve_plan_trial_ns(&options, 5000), 500 * NS_PER_MS);
	assert_int_equal(curve_plan_trial_ns(&options, 1000), NS_PER_S);
	assert_int_equal(curve_plan_trial_ns(&options, 50), 2 * NS_PER_S);
	assert_int_equal(curve_plan_trial_ns(&options, 4), 5 * NS_PER_S); /* 20 in any case */
	options.slo = (struct slo){CURVE_P99, 1e6};                       /* 3000 I/Os */
	assert_int_equal(curve_plan_slo_trial_ns(&options, 3000), NS_PER_S);
	options.contest.trial_ns = 3 * NS_PER_S;
	assert_int_equal(curve_plan_trial_ns(&options, 10), 3 * NS_PER_S);
	assert_int_equal(curve_plan_slo_trial_ns(&options, 10), 3 * NS_PER_S);
}

TEST(the_time_is_told_before)
{
	struct curve_time time;

	assert_int_equal(MAKE("--rw=randread"), 0);
	options.contest.trial_ns = NS_PER_S;
	options.repeat = 4;
	curve_plan_time(&options, &plan, &time);
	assert_int_equal(time.trial_count, 10);
	assert_near(time.block_ns, 10 * (1.25e9 + 60e6), 1);
	assert_near(time.least_ns, time.prime_ns + 4 * time.block_ns, 1);
	assert_true(time.most_ns >= time.least_ns);
	assert_near(time.slo_ns, 0, 0);
	options.contest.limit_ns = 30 * NS_PER_S;
	curve_plan_time(&options, &plan, &time);
	assert_near(time.most_ns, 30e9, 1);
	assert_near(time.least_ns, 30e9, 1);
}

TEST(without_trials_given_a_line_has_35_seconds)
{
	assert_int_equal(curve_plan_limit_ns(&options, 2), 70 * NS_PER_S);
	assert_int_equal(curve_plan_repeat(&options), 3);
	options.repeat = 5;
	assert_int_equal(curve_plan_limit_ns(&options, 2), CONTEST_AUTO);
	options.contest.limit_ns = NS_PER_S;
	assert_int_equal(curve_plan_limit_ns(&options, 2), NS_PER_S);
}

TEST_MAIN(NULL, NULL);

/* SPDX-License-Identifier: MIT */
/* What sessions are asked for: times, counts, shares, seeds, policies, with their bounds. */
#include "command/session_options.h"

#include <errno.h>
#include <math.h>

#include "base/clock.h"
#include "near.h"
#include "test.h"
#include "unit/command/given.h"

#define DAY_NS (24 * 3600 * NS_PER_S)

struct compared {
	struct comparison_request session;
};
static const struct command_part compare_parts[] = {
	SESSION_OPTIONS_COMPARISON(struct compared, session),
	{.options = NULL},
};
static const struct command compare = {.name = "compare",
	.parts = compare_parts,
	.request_bytes = sizeof(struct compared),
	.takes_job_options = true};

struct checked {
	struct trials_request trials;
};
static const struct command_part check_parts[] = {
	SESSION_OPTIONS_TRIALS(struct checked, trials),
	SESSION_OPTIONS_CONTEST(struct checked, trials.contest),
	{.options = NULL},
};
static const struct command check = {.name = "check",
	.parts = check_parts,
	.request_bytes = sizeof(struct checked),
	.takes_job_options = true};

static struct compared compared;
static struct comparison_request *const session = &compared.session;
static struct contest_options *const contest = &compared.session.contest;
static struct contender_plan plan;

static int end(void **state)
{
	contender_plan_free(&plan);
	plan = (struct contender_plan){0};
	return forget(state);
}

/* A comparison by these options. */
static int read_options(const char *options)
{
	end(NULL);
	return given(&compare, &compared, options);
}

/* The same of one job, to its plan. */
static int asked(const char *options)
{
	char line[256];

	snprintf(line, sizeof(line), "--filename=/dev/zero --size=4k %s", options);
	assert_int_equal(read_options(line), 0);
	return session_options_plan(&arguments, session, &plan);
}

TEST_FIXTURE(NULL, end);

TEST(a_comparison_has_defaults)
{
	uint64_t seed;

	assert_int_equal(read_options(""), 0);
	assert_int_equal(contest->primary, VALUE_COUNT); /* for the jobs to say */
	assert_int_equal(asked(""), 0);
	assert_true(contest->trial_ns == 2 * NS_PER_S);
	assert_true(contest->ramp_ns == CONTEST_AUTO);
	assert_true(contest->limit_ns == CONTEST_AUTO);
	assert_true(contest->cooldown_ns == CONTEST_AUTO);
	assert_ptr_equal(contest->rule.looks, compare_stop_rule_default.looks);
	assert_int_equal(contest->primary, VALUE_IOPS);
	assert_true(contest->has_control);
	assert_false(session->has_limit);
	assert_false(session->is_quick);
	assert_near(session->least_effect, contrast_rule_default.least_effect, 1e-12);
	assert_near(session->equivalence, contrast_rule_default.equivalence, 1e-12);
	assert_near(contest->rule.half_width, 0.01, 1e-12);
	assert_string_equal(messages, "");
	/* Each has a seed of its own, that people can type. */
	seed = session->seed;
	assert_int_equal(read_options(""), 0);
	assert_true(session->seed != seed);
	assert_true(session->seed <= UINT32_MAX);
}

TEST(times_are_seconds_up_to_a_day)
{
	assert_int_equal(asked("--trial-time=3 --ramp-time=500ms --max-time=10m --cooldown=0"), 0);
	assert_true(contest->trial_ns == 3 * NS_PER_S);
	assert_true(contest->ramp_ns == 500 * NS_PER_MS);
	assert_true(contest->limit_ns == 600 * NS_PER_S);
	assert_true(session->has_limit);
	assert_true(contest->cooldown_ns == 0);
	assert_int_equal(read_options("--ramp-time=24h --trial-time=24h"), 0);
	assert_true(contest->ramp_ns == DAY_NS);
	assert_int_equal(read_options("--ramp-time=86401"), -EINVAL);
	assert_said("--ramp-time=86401: more than 1d");
	assert_int_equal(read_options("--trial-time=86401"), -EINVAL);
	assert_said("--trial-time=86401: more than 1d");
	assert_int_equal(read_options("--trial-time=0"), -EINVAL);
	assert_said("--trial-time=0: less than 1ns");
	assert_int_equal(read_options("--cooldown=soon"), -EINVAL);
	assert_said("--cooldown=soon: ");
	assert_int_equal(read_options("--ramp-time=3 --ramp-time=auto"), 0);
	assert_true(contest->ramp_ns == CONTEST_AUTO);
}

TEST(blocks_are_one_look)
{
	assert_int_equal(asked("--blocks=12"), 0);
	assert_int_equal(contest->rule.look_count, 1);
	assert_ptr_equal(contest->rule.looks, &session->block_look);
	assert_int_equal(session->block_look, 12);
	/* Then only a limit that was given ends it. */
	assert_true(contest->limit_ns > 300 * DAY_NS);
	assert_true(contest->limit_ns != CONTEST_AUTO);
	assert_false(session->has_limit);
	assert_int_equal(asked("--blocks=1 --max-time=60"), 0);
	assert_true(contest->limit_ns == 60 * NS_PER_S);
	assert_int_equal(read_options("--blocks=1000"), 0);
	assert_int_equal(read_options("--blocks=0"), -EINVAL);
	assert_said("--blocks=0: less than 1");
	assert_int_equal(read_options("--blocks=1001"), -EINVAL);
	assert_int_equal(read_options("--blocks=some"), -EINVAL);
}

TEST(quick_is_three_blocks_of_a_second_unless_others_are_given)
{
	assert_int_equal(asked("--quick"), 0);
	assert_true(session->is_quick);
	assert_int_equal(session->block_look, 3);
	assert_true(contest->trial_ns == NS_PER_S);
	assert_int_equal(asked("--quick --blocks=5 --trial-time=250ms --no-control"), 0);
	assert_int_equal(session->block_look, 5);
	assert_true(contest->trial_ns == 250 * NS_PER_MS);
	assert_false(contest->has_control);
}

TEST(the_margin_says_how_precise_it_gets)
{
	assert_int_equal(asked("--margin=5"), 0);
	assert_near(session->equivalence, 0.05, 1e-12);
	assert_near(contest->rule.half_width, 0.025, 1e-12);
	assert_int_equal(asked("--margin=5 --precision=1.5 --min-effect=0.1"), 0);
	assert_near(contest->rule.half_width, 0.015, 1e-12);
	assert_near(session->least_effect, 0.001, 1e-12);
	assert_string_equal(messages, "");
	assert_int_equal(asked("--margin=2 --precision=2"), 0);
	assert_string_equal(messages, "");
	assert_int_equal(asked("--margin=2 --precision=3"), 0);
	assert_said("--precision=3 is more than --margin (2): no two contenders");
	for (size_t i = 0; i < 4; i++) {
		static const char *const wrong[] = {"0", "100", "-1", "nan"};
		char option[32];

		snprintf(option, sizeof(option), "--margin=%s", wrong[i]);
		assert_int_equal(read_options(option), -EINVAL);
		snprintf(option, sizeof(option), "--min-effect=%s", wrong[i]);
		assert_int_equal(read_options(option), -EINVAL);
	}
}

TEST(a_metric_must_exist_and_all_mistakes_are_said)
{
	assert_int_equal(asked("--metric=p99"), 0);
	assert_int_equal(contest->primary, VALUE_LAT_P99);
	assert_int_equal(read_options("--metric=speed --blocks=0 --seed=x"), -EINVAL);
	assert_said("--metric=speed: there is no such metric");
	assert_said("hint: iops, bandwidth, lat");
	assert_said("--blocks=0: ");
	assert_said("--seed=x: ");
}

TEST(the_job_and_its_contenders_are_handed_on)
{
	const struct contender_request *contenders = &session->contenders;

	assert_int_equal(read_options("a.job --section=a --section=b --vary=iodepth=1,2 --ladder "
				      "--ref=x --engines=all --seed=18446744073709551615 "
				      "--destroy=/dev/x --contender=b.job"),
		0);
	assert_int_equal(contenders->job.section_count, 2);
	assert_string_equal(contenders->job.sections[1], "b");
	assert_string_equal(contenders->vary[0], "iodepth=1,2");
	assert_true(contenders->is_ladder);
	assert_string_equal(contenders->reference, "x");
	assert_string_equal(contenders->engines, "all");
	assert_string_equal(contenders->groups[0], "b.job");
	assert_true(session->seed == UINT64_MAX);
	assert_int_equal(contest->allowed.destroy_count, 1);
	assert_string_equal(contest->allowed.destroy[0], "/dev/x");
	assert_int_equal(read_options("/nonexistent.job"), 0);
	assert_int_equal(session_options_plan(&arguments, session, &plan), -EINVAL);
	assert_said("/nonexistent.job");
	assert_int_equal(read_options("--program=/nonexistent"), -EINVAL);
	assert_said("--program=/nonexistent: No such file or directory");
}

TEST(what_is_compared_must_be_named)
{
	assert_int_equal(read_options("--engines=all"), 0);
	assert_int_equal(session_options_plan(&arguments, session, &plan), -EINVAL);
	assert_said("nothing to compare: name a job file, or options");
	/* A plan has its contenders, and the guard was asked before anything is run. */
	assert_int_equal(asked("--engines=psync,null"), 0);
	assert_int_equal(plan.points[0].count, 2);
	assert_int_equal(asked("--max-time=1"), -EINVAL);
	assert_said("--max-time");
	assert_int_equal(asked("--filename=/proc/self/exe --rw=write"), -EINVAL);
}

TEST(a_sweep_of_one_contender_has_no_control)
{
	assert_int_equal(asked("--ioengine=null --vary=iodepth=1,2"), 0);
	assert_true(contest->is_sweep);
	assert_false(contest->has_control);
	assert_int_equal(asked("--engines=null,psync --vary=bs=1k,2k"), 0);
	assert_true(contest->is_sweep);
	assert_true(contest->has_control);
	/* At a rate the latency decides. */
	assert_int_equal(asked("--engines=null,psync --rate_iops=10"), 0);
	assert_false(contest->is_sweep);
	assert_int_equal(contest->primary, VALUE_LAT_P50);
}

TEST(cpus_are_those_that_may_be_used)
{
	assert_int_equal(read_options("--cpus=0"), 0);
	assert_int_equal(contest->cpus.count, 1);
	assert_int_equal(contest->cpus.cpus[0], 0);
	assert_int_equal(read_options("--cpus=0,1023"), -EINVAL);
	assert_said("--cpus=0,1023: this process may not run on CPU 1023");
	assert_int_equal(read_options("--cpus=two"), -EINVAL);
}

static struct checked checked;

TEST(a_check_has_defaults_and_bounds)
{
	const struct trials_request *trials = &checked.trials;

	assert_int_equal(given(&check, &checked, "a.job --rw=read"), 0);
	session_options_complete_trials(&arguments, &checked.trials, true);
	assert_true(trials->contest.trial_ns == 2 * NS_PER_S);
	assert_true(trials->contest.ramp_ns == CONTEST_AUTO);
	assert_true(trials->contest.cooldown_ns == CONTEST_AUTO);
	assert_true(trials->idle_ns == 60 * NS_PER_S);
	assert_true(trials->contest.limit_ns > 300 * DAY_NS);
	assert_true(trials->contest.limit_ns != CONTEST_AUTO);
	assert_true(trials->contest.has_control);
	assert_int_equal(trials->contest.primary, VALUE_IOPS);
	assert_false(trials->contest.is_unguarded);
	assert_string_equal(trials->job.files[0], "a.job");
	assert_string_equal(trials->job.options[0], "--rw=read");
	assert_int_equal(trials->argument_count, 2);
	assert_string_equal(trials->arguments[1], "--rw=read");
	assert_int_equal(
		given(&check, &checked, "--idle=0 --no-guards --seed=9 --trial-time=1 --section=s"),
		0);
	session_options_complete_trials(&arguments, &checked.trials, true);
	assert_true(trials->idle_ns == 0);
	assert_true(trials->contest.is_unguarded);
	assert_true(trials->seed == 9);
	assert_true(trials->contest.trial_ns == NS_PER_S);
	assert_string_equal(trials->job.sections[0], "s");
}

TEST(a_threshold_is_a_metric_and_a_share)
{
	static const char *const texts[] = {"read.iops=3%", "j.lat.p99=10%", "read.iops"};
	const struct baseline_threshold *thresholds;

	given(&check, &checked, "");
	assert_int_equal(session_options_thresholds(&arguments, texts, 2, &thresholds), 0);
	assert_string_equal(thresholds[0].name, "read.iops");
	assert_near(thresholds[1].fraction, 0.1, 1e-12);
	assert_int_equal(session_options_thresholds(&arguments, texts, 3, &thresholds), -EINVAL);
	assert_said("read.iops");
}

TEST(options_of_trials_are_a_mistake_where_none_is_run)
{
	given(&check, &checked, "a.json");
	assert_int_equal(session_options_refuse(&arguments, "nothing is run"), 0);
	given(&check, &checked, "a.json --bs=4k");
	assert_int_equal(session_options_refuse(&arguments, "nothing is run"), -EINVAL);
	assert_said("--bs=4k: nothing is run");
	given(&check, &checked, "a.json --idle=1");
	assert_int_equal(session_options_refuse(&arguments, "nothing is run"), -EINVAL);
	assert_said("--idle: nothing is run");
	given(&check, &checked, "a.json --cpus=0");
	assert_int_equal(session_options_refuse(&arguments, "nothing is run"), -EINVAL);
}

TEST_MAIN(NULL, NULL);

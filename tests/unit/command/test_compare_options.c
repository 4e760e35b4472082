/* SPDX-License-Identifier: MIT */
/* covers: src/command/shared_options.c src/command/check_options.c */
/* What sessions are asked for: times, counts, shares, seeds, policies, with their bounds. */
#include "command/compare_options.h"
#include "test.h"

#include <errno.h>
#include <math.h>

#include "base/clock.h"
#include "command/check_options.h"
#include "near.h"
#include "unit/command/given.h"

#define DAY_NS (24 * 3600 * NS_PER_S)

static const struct command_option compare_table[] = {COMPARE_OPTIONS, {NULL, NULL, NULL}};
static const struct command compare = {
	.name = "compare", .options = compare_table, .takes_job_options = true};

static const struct command_option check_table[] = {TRIALS_OPTIONS, {"threshold", "M=P", ""},
	{"allow-env", "KEY", ""}, {"allow-job", NULL, ""}, {"inconclusive", "WHAT", ""},
	{"improved", "WHAT", ""}, {"bisect", NULL, ""}, {NULL, NULL, NULL}};
static const struct command check = {
	.name = "check", .options = check_table, .takes_job_options = true};

static struct compare_request request;

/* A comparison by these options, of one job file. */
static int asked(const char *options)
{
	char line[256];

	snprintf(line, sizeof(line), "a.job %s", options);
	assert_int_equal(given(&compare, line), 0);
	return compare_options_read(&arguments, &request);
}

TEST_FIXTURE(NULL, forget);

TEST(a_comparison_has_defaults)
{
	uint64_t seed;

	assert_int_equal(asked(""), 0);
	assert_true(request.contest.trial_ns == 2 * NS_PER_S);
	assert_true(request.contest.ramp_ns == CONTEST_AUTO);
	assert_true(request.contest.limit_ns == CONTEST_AUTO);
	assert_true(request.contest.cooldown_ns == CONTEST_AUTO);
	assert_ptr_equal(request.contest.rule.looks, compare_stop_rule_default.looks);
	assert_int_equal(request.contest.primary, VALUE_COUNT); /* for the jobs to say */
	assert_true(request.contest.has_control);
	assert_false(request.is_exploratory);
	assert_near(request.least_effect, 0.01, 1e-12);
	assert_near(request.equivalence, 0.02, 1e-12);
	assert_near(request.contest.rule.half_width, 0.01, 1e-12);
	assert_string_equal(messages, "");
	/* Each has a seed of its own, that people can type. */
	seed = request.seed;
	assert_int_equal(asked(""), 0);
	assert_true(request.seed != seed);
	assert_true(request.seed <= UINT32_MAX);
}

TEST(times_are_seconds_up_to_a_day)
{
	assert_int_equal(asked("--trial-time=3 --ramp-time=500ms --max-time=10m --cooldown=0"), 0);
	assert_true(request.contest.trial_ns == 3 * NS_PER_S);
	assert_true(request.contest.ramp_ns == 500 * NS_PER_MS);
	assert_true(request.contest.limit_ns == 600 * NS_PER_S);
	assert_true(request.contest.cooldown_ns == 0);
	assert_int_equal(asked("--ramp-time=24h"), 0);
	assert_true(request.contest.ramp_ns == DAY_NS);
	assert_int_equal(asked("--ramp-time=86401"), -EINVAL);
	assert_said("--ramp-time=86401: more than a day");
	assert_int_equal(asked("--trial-time=0"), -EINVAL);
	assert_said("--trial-time=0: too short");
	assert_int_equal(asked("--cooldown=soon"), -EINVAL);
	assert_said("--cooldown=soon: ");
}

TEST(blocks_are_one_look)
{
	assert_int_equal(asked("--blocks=12"), 0);
	assert_int_equal(request.contest.rule.look_count, 1);
	assert_ptr_equal(request.contest.rule.looks, &request.block_look);
	assert_int_equal(request.block_look, 12);
	/* Then only a limit that was given ends it. */
	assert_true(request.contest.limit_ns > 300 * DAY_NS);
	assert_true(request.contest.limit_ns != CONTEST_AUTO);
	assert_int_equal(asked("--blocks=1 --max-time=60"), 0);
	assert_true(request.contest.limit_ns == 60 * NS_PER_S);
	assert_int_equal(asked("--blocks=1000"), 0);
	assert_int_equal(asked("--blocks=0"), -EINVAL);
	assert_said("--blocks=0: not from 1 to 1000");
	assert_int_equal(asked("--blocks=1001"), -EINVAL);
	assert_int_equal(asked("--blocks=some"), -EINVAL);
}

TEST(quick_is_three_blocks_of_a_second_unless_told)
{
	assert_int_equal(asked("--quick"), 0);
	assert_true(request.is_exploratory);
	assert_int_equal(request.block_look, 3);
	assert_true(request.contest.trial_ns == NS_PER_S);
	assert_int_equal(asked("--quick --blocks=5 --trial-time=250ms --no-control"), 0);
	assert_int_equal(request.block_look, 5);
	assert_true(request.contest.trial_ns == 250 * NS_PER_MS);
	assert_false(request.contest.has_control);
}

TEST(the_margin_says_how_precise_it_gets)
{
	assert_int_equal(asked("--margin=5"), 0);
	assert_near(request.equivalence, 0.05, 1e-12);
	assert_near(request.contest.rule.half_width, 0.025, 1e-12);
	assert_int_equal(asked("--margin=5 --precision=1.5 --min-effect=0.1"), 0);
	assert_near(request.contest.rule.half_width, 0.015, 1e-12);
	assert_near(request.least_effect, 0.001, 1e-12);
	assert_string_equal(messages, "");
	assert_int_equal(asked("--margin=2 --precision=2"), 0);
	assert_string_equal(messages, "");
	assert_int_equal(asked("--margin=2 --precision=3"), 0);
	assert_said("--precision=3 is more than --margin (2): no two contenders");
	for (size_t i = 0; i < 4; i++) {
		static const char *const wrong[] = {"0", "100", "-1", "nan"};
		char option[32];

		snprintf(option, sizeof(option), "--margin=%s", wrong[i]);
		assert_int_equal(asked(option), -EINVAL);
		snprintf(option, sizeof(option), "--min-effect=%s", wrong[i]);
		assert_int_equal(asked(option), -EINVAL);
	}
}

TEST(a_metric_must_exist_and_all_mistakes_are_said)
{
	assert_int_equal(asked("--metric=p99"), 0);
	assert_int_equal(request.contest.primary, VALUE_LAT_P99);
	assert_int_equal(asked("--metric=speed --blocks=0 --seed=x"), -EINVAL);
	assert_said("--metric=speed: there is no such metric");
	assert_said("--blocks=0: ");
	assert_said("--seed=x: ");
}

TEST(the_job_and_its_contenders_are_handed_on)
{
	const struct contender_request *contenders = &request.contenders;

	assert_int_equal(asked("--bs=8k --section=a --section=b --vary=iodepth=1,2 --ladder "
			       "--ref=x --engines=all --seed=18446744073709551615 "
			       "--destroy=/dev/x"),
		0);
	assert_string_equal(contenders->job.files[0], "a.job");
	assert_string_equal(contenders->job.options[0], "--bs=8k");
	assert_int_equal(contenders->job.section_count, 2);
	assert_string_equal(contenders->job.sections[1], "b");
	assert_string_equal(contenders->vary[0], "iodepth=1,2");
	assert_true(contenders->is_ladder);
	assert_string_equal(contenders->reference, "x");
	assert_string_equal(contenders->engines, "all");
	assert_true(request.seed == UINT64_MAX);
	assert_int_equal(request.contest.allowed.destroy_count, 1);
	assert_string_equal(request.contest.allowed.destroy[0], "/dev/x");
	assert_int_equal(given(&compare, "--engines=all"), 0);
	assert_int_equal(compare_options_read(&arguments, &request), -EINVAL);
	assert_said("nothing to compare: name a job file, or options");
	assert_int_equal(asked("--program=/nonexistent"), -EINVAL);
	assert_said("--program=/nonexistent: No such file or directory");
}

TEST(cpus_are_those_that_may_be_used)
{
	assert_int_equal(asked("--cpus=0"), 0);
	assert_int_equal(request.contest.cpus.count, 1);
	assert_int_equal(request.contest.cpus.cpus[0], 0);
	assert_int_equal(asked("--cpus=0,1023"), -EINVAL);
	assert_said("--cpus=0,1023: this process may not run on CPU 1023");
	assert_int_equal(asked("--cpus=two"), -EINVAL);
}

static struct trials_request trials;
static size_t blocks;

static int asked_of_check(const char *line)
{
	assert_int_equal(given(&check, line), 0);
	return check_options_trials(&arguments, &trials, &blocks);
}

TEST(a_check_has_defaults_and_bounds)
{
	assert_int_equal(asked_of_check("a.job --rw=read"), 0);
	assert_true(trials.contest.trial_ns == 2 * NS_PER_S);
	assert_true(trials.idle_ns == 60 * NS_PER_S);
	assert_true(trials.contest.limit_ns > 300 * DAY_NS);
	assert_true(trials.contest.has_control);
	assert_false(trials.contest.is_unguarded);
	assert_int_equal(blocks, 0);
	assert_string_equal(trials.job.files[0], "a.job");
	assert_string_equal(trials.job.options[0], "--rw=read");
	assert_int_equal(asked_of_check("--blocks=3 --idle=0 --no-guards --quiet --seed=9"), 0);
	assert_int_equal(blocks, 3);
	assert_true(trials.idle_ns == 0);
	assert_true(trials.contest.is_unguarded);
	assert_true(trials.contest.is_quiet);
	assert_true(trials.seed == 9);
	assert_int_equal(asked_of_check("--blocks=1000"), 0);
	assert_int_equal(asked_of_check("--blocks=2"), -EINVAL);
	assert_said("--blocks=2: not from 3 to 1000");
	assert_int_equal(asked_of_check("--blocks=1001"), -EINVAL);
	assert_int_equal(asked_of_check("--trial-time=0"), -EINVAL);
	assert_said("too short");
}

TEST(a_policy_is_one_of_the_words)
{
	static const struct {
		const char *line;
		int error;
		enum outcome_inconclusive inconclusive;
		bool improved_fails;
	} cases[] = {
		{"", 0, INCONCLUSIVE_STANDS, false},
		{"--inconclusive=3 --improved=pass", 0, INCONCLUSIVE_STANDS, false},
		{"--inconclusive=pass", 0, INCONCLUSIVE_PASSES, false},
		{"--inconclusive=fail --improved=fail", 0, INCONCLUSIVE_FAILS, true},
		{"--inconclusive=0", -EINVAL, INCONCLUSIVE_STANDS, false},
		{"--improved=no", -EINVAL, INCONCLUSIVE_STANDS, false},
		{"--threshold=read.iops", -EINVAL, INCONCLUSIVE_STANDS, false},
	};
	struct judge_settings settings;
	struct outcome_policy policy;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		given(&check, cases[i].line);
		assert_int_equal(
			check_options_judge(&arguments, &settings, &policy), cases[i].error);
		assert_int_equal(policy.inconclusive, cases[i].inconclusive);
		assert_int_equal(policy.improved_fails, cases[i].improved_fails);
		assert_true(settings.compares_jobs);
	}
	given(&check, "--allow-job --allow-env=a --allow-env=b --threshold=read.iops=3% "
		      "--threshold=j.lat.p99=10%");
	assert_int_equal(check_options_judge(&arguments, &settings, &policy), 0);
	assert_false(settings.compares_jobs);
	assert_int_equal(settings.allowed_count, 2);
	assert_string_equal(settings.allowed[1], "b");
	assert_int_equal(settings.threshold_count, 2);
	assert_near(settings.thresholds[1].fraction, 0.1, 1e-12);
}

TEST(options_of_trials_are_a_mistake_where_none_is_run)
{
	given(&check, "a.json --threshold=read.iops=3%");
	assert_int_equal(check_options_refuse_trials(&arguments, "nothing is run"), 0);
	given(&check, "a.json --bs=4k");
	assert_int_equal(check_options_refuse_trials(&arguments, "nothing is run"), -EINVAL);
	assert_said("--bs=4k: nothing is run");
	given(&check, "a.json --idle=1");
	assert_int_equal(check_options_refuse_trials(&arguments, "nothing is run"), -EINVAL);
	assert_said("--idle: nothing is run");
}

TEST_MAIN(NULL, NULL);

/* SPDX-License-Identifier: MIT */
/* From arguments to what a check is asked for. */
#include "command/check_options.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"
#include "check/limit.h"
#include "check/trials.h"
#include "command/shared_options.h"
#include "command/writing.h"

#define TRIAL_NS    (2 * NS_PER_S)
#define IDLE_NS     (60 * NS_PER_S)
#define NO_LIMIT_NS (365 * 24 * 3600 * NS_PER_S)

enum { BLOCKS_LEAST = 3, BLOCKS_LIMIT = 1000 };

static int read_blocks(struct arguments *arguments, size_t *blocks)
{
	const char *value = arguments_value(arguments, "blocks");
	const char *problem;
	uint64_t count;

	*blocks = 0;
	if (!value)
		return 0;
	if (units_parse_count(value, &count, &problem) != 0)
		return shared_refuse(arguments, "blocks", value, problem);
	if (count < BLOCKS_LEAST || count > BLOCKS_LIMIT)
		return shared_refuse(arguments, "blocks", value, "not from 3 to 1000");
	*blocks = (size_t)count;
	return 0;
}

int check_options_trials(struct arguments *arguments, struct trials_request *trials, size_t *blocks)
{
	struct contest_options *contest = &trials->contest;
	int error = 0;

	*trials = (struct trials_request){
		.job =
			{
				.files = arguments->operands,
				.file_count = arguments->operand_count,
				.options = arguments->job_options,
				.option_count = arguments->job_option_count,
			},
		.program = arguments_value(arguments, "program"),
		.contest =
			{
				.trial_ns = TRIAL_NS,
				.ramp_ns = CONTEST_AUTO,
				.limit_ns = NO_LIMIT_NS,
				.cooldown_ns = CONTEST_AUTO,
				.rule = compare_stop_rule_default,
				.primary = VALUE_IOPS,
				.has_control = true,
				.is_unguarded = arguments_value(arguments, "no-guards") != NULL,
				.is_quiet = arguments_value(arguments, "quiet") != NULL,
			},
		.idle_ns = IDLE_NS,
	};
	trials->job.section_count =
		arguments_values(arguments, "section", (const char ***)&trials->job.sections);
	contest->allowed.destroy_count =
		arguments_values(arguments, "destroy", (const char ***)&contest->allowed.destroy);
	error |= shared_time(arguments, "trial-time", &contest->trial_ns);
	error |= shared_time(arguments, "ramp-time", &contest->ramp_ns);
	error |= shared_time(arguments, "idle", &trials->idle_ns);
	if (contest->trial_ns == 0)
		error |= shared_refuse(arguments, "trial-time",
			arguments_value(arguments, "trial-time"), "too short");
	error |= read_blocks(arguments, blocks);
	error |= shared_seed(arguments, &trials->seed);
	error |= shared_cpus(arguments, &contest->cpus);
	return error ? -EINVAL : 0;
}

static int refuse(struct arguments *arguments, const char *given, const char *why)
{
	diag_error(&arguments->diag, NULL, "%s: %s", given, why);
	return -EINVAL;
}

int check_options_refuse(struct arguments *arguments, const char *const *names, const char *why)
{
	for (; *names; names++) {
		if (arguments_value(arguments, *names))
			return refuse(
				arguments, arena_printf(&arguments->arena, "--%s", *names), why);
	}
	return 0;
}

int check_options_refuse_trials(struct arguments *arguments, const char *why)
{
	static const char *const names[] = {"ref", "comparison", "section", "trial-time",
		"ramp-time", "blocks", "idle", "no-guards", "cpus", "seed", "program", "destroy",
		NULL};

	if (arguments->job_option_count > 0)
		return refuse(arguments, arguments->job_options[0], why);
	return check_options_refuse(arguments, names, why);
}

int check_options_thresholds(
	struct arguments *arguments, size_t *count, const struct baseline_threshold **thresholds)
{
	const char **values;
	struct baseline_threshold *read;
	int error = 0;

	*count = arguments_values(arguments, "threshold", &values);
	read = arena_alloc_array(&arguments->arena, *count, sizeof(*read));
	for (size_t i = 0; i < *count; i++)
		error |= limit_parse_threshold(
			values[i], &read[i], &arguments->arena, &arguments->diag);
	*thresholds = read;
	return error ? -EINVAL : 0;
}

static int read_policy(struct arguments *arguments, struct outcome_policy *policy)
{
	const char *inconclusive = arguments_value(arguments, "inconclusive");
	const char *improved = arguments_value(arguments, "improved");
	int error = 0;

	*policy = (struct outcome_policy){0};
	if (inconclusive && strcmp(inconclusive, "pass") == 0)
		policy->inconclusive = INCONCLUSIVE_PASSES;
	else if (inconclusive && strcmp(inconclusive, "fail") == 0)
		policy->inconclusive = INCONCLUSIVE_FAILS;
	else if (inconclusive && strcmp(inconclusive, "3") != 0)
		error = shared_refuse(arguments, "inconclusive", inconclusive, "pass, fail or 3");
	if (improved && strcmp(improved, "fail") == 0)
		policy->improved_fails = true;
	else if (improved && strcmp(improved, "pass") != 0)
		error = shared_refuse(arguments, "improved", improved, "pass or fail");
	return error;
}

int check_options_judge(
	struct arguments *arguments, struct judge_settings *settings, struct outcome_policy *policy)
{
	const char **allowed;
	int error;

	*settings = (struct judge_settings){
		.allows_disturbed = arguments_value(arguments, "allow-disturbed") != NULL,
		.compares_jobs = arguments_value(arguments, "allow-job") == NULL,
	};
	settings->allowed_count = arguments_values(arguments, "allow-env", &allowed);
	settings->allowed = allowed;
	error = check_options_thresholds(
		arguments, &settings->threshold_count, &settings->thresholds);
	return read_policy(arguments, policy) != 0 ? -EINVAL : error;
}

int check_options_spare_targets(struct arguments *arguments, const struct trials_plan *plan)
{
	int error = 0;

	for (size_t i = 0; i < plan->plan_count && error == 0; i++)
		error = writing_spare_targets(
			arguments, plan->plans[i].sets, plan->plans[i].set_count);
	return error;
}

const char *check_options_commit(struct arguments *arguments)
{
	const char *commit = arguments_value(arguments, "commit");

	return commit ? commit : trials_commit(".", &arguments->arena);
}

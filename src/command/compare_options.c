/* SPDX-License-Identifier: MIT */
/* From arguments to what a comparison is asked for. */
#include "command/compare_options.h"

#include <errno.h>
#include <string.h>
#include <sys/param.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/units.h"
#include "command/shared_options.h"
#include "session/rate.h"
#include "verdict/trial_values.h"

#define TRIAL_NS       (2 * NS_PER_S)
#define QUICK_TRIAL_NS (1 * NS_PER_S)
#define NO_LIMIT_NS    (365 * 24 * 3600 * NS_PER_S)

enum { QUICK_BLOCKS = 3, BLOCKS_LIMIT = 1000 };

static int read_share(struct arguments *arguments, const char *name, double *share)
{
	const char *value = arguments_value(arguments, name);
	const char *problem;
	double percent;

	if (!value)
		return 0;
	if (units_parse_double(value, &percent, &problem) != 0)
		return shared_refuse(arguments, name, value, problem);
	if (!(percent > 0 && percent < 100))
		return shared_refuse(arguments, name, value, "not between 0 and 100 percent");
	*share = percent / 100;
	return 0;
}

/* Equal contenders come to lie within the margin when half of it is the goal. */
static int read_precision(struct arguments *arguments, struct compare_request *request)
{
	double *half_width = &request->contest.rule.half_width;

	if (read_share(arguments, "margin", &request->equivalence) != 0)
		return -EINVAL;
	*half_width = request->equivalence / 2;
	if (read_share(arguments, "precision", half_width) != 0)
		return -EINVAL;
	if (*half_width > request->equivalence)
		diag_note(&arguments->diag, NULL,
			"--precision=%s is more than --margin (%g): no two contenders will be "
			"shown to be equal",
			arguments_value(arguments, "precision"), request->equivalence * 100);
	return 0;
}

static int read_times(struct arguments *arguments, struct contest_options *contest)
{
	int error = 0;

	error |= shared_time(arguments, "trial-time", &contest->trial_ns);
	error |= shared_time(arguments, "ramp-time", &contest->ramp_ns);
	error |= shared_time(arguments, "max-time", &contest->limit_ns);
	error |= shared_time(arguments, "cooldown", &contest->cooldown_ns);
	if (contest->trial_ns == 0)
		error |= shared_refuse(arguments, "trial-time",
			arguments_value(arguments, "trial-time"), "too short");
	return error ? -EINVAL : 0;
}

/* A fixed number of blocks is one look; time then ends it only where that is asked for. */
static int read_blocks(struct arguments *arguments, struct compare_request *request)
{
	const char *value = arguments_value(arguments, "blocks");
	const char *problem;
	uint64_t blocks = QUICK_BLOCKS;

	if (!value && !request->is_exploratory)
		return 0;
	if (value && units_parse_count(value, &blocks, &problem) != 0)
		return shared_refuse(arguments, "blocks", value, problem);
	if (blocks < 1 || blocks > BLOCKS_LIMIT)
		return shared_refuse(arguments, "blocks", value, "not from 1 to 1000");
	request->block_look = blocks;
	request->contest.rule.looks = &request->block_look;
	request->contest.rule.look_count = 1;
	if (request->contest.limit_ns == CONTEST_AUTO)
		request->contest.limit_ns = NO_LIMIT_NS;
	return 0;
}

static int read_metric(struct arguments *arguments, struct contest_options *contest)
{
	const char *value = arguments_value(arguments, "metric");

	if (!value)
		return 0;
	contest->primary = trial_value_find(value);
	if (contest->primary != VALUE_COUNT)
		return 0;
	diag_error(&arguments->diag, NULL, "--metric=%s: there is no such metric", value);
	diag_hint(&arguments->diag, "iops, bandwidth, lat, p99, p99.9, sync.lat, cpu, syscalls, "
				    "write.lat.p99, …: the keys of \"values\" in the JSON");
	return -EINVAL;
}

/* Each trial would fail otherwise, with the reason of one thing that is wrong. */
static int check_program(struct arguments *arguments)
{
	const char *program = arguments_value(arguments, "program");

	if (!program || access(program, X_OK) == 0)
		return 0;
	return shared_refuse(arguments, "program", program, strerror(errno));
}

static void read_contenders(struct arguments *arguments, struct contender_request *request)
{
	struct job_request *job = &request->job;

	job->files = arguments->operands;
	job->file_count = arguments->operand_count;
	job->options = arguments->job_options;
	job->option_count = arguments->job_option_count;
	job->section_count = arguments_values(arguments, "section", (const char ***)&job->sections);
	request->engines = arguments_value(arguments, "engines");
	request->group_count =
		arguments_values(arguments, "contender", (const char ***)&request->groups);
	request->is_ladder = arguments_value(arguments, "ladder") != NULL;
	request->vary_count = arguments_values(arguments, "vary", (const char ***)&request->vary);
	request->reference = arguments_value(arguments, "ref");
	request->program = arguments_value(arguments, "program");
}

int compare_options_read(struct arguments *arguments, struct compare_request *request)
{
	bool is_quick = arguments_value(arguments, "quick") != NULL;
	int error = 0;

	*request = (struct compare_request){
		.contest =
			{
				.trial_ns = is_quick ? QUICK_TRIAL_NS : TRIAL_NS,
				.ramp_ns = CONTEST_AUTO,
				.limit_ns = CONTEST_AUTO,
				.cooldown_ns = CONTEST_AUTO,
				.rule = compare_stop_rule_default,
				.primary = VALUE_COUNT,
				.has_control = !arguments_value(arguments, "no-control"),
			},
		.least_effect = contrast_rule_default.least_effect,
		.equivalence = contrast_rule_default.equivalence,
		.is_exploratory = is_quick,
	};
	read_contenders(arguments, &request->contenders);
	request->cpus = arguments_value(arguments, "cpus");
	request->contest.allowed.destroy_count = arguments_values(
		arguments, "destroy", (const char ***)&request->contest.allowed.destroy);
	error |= read_times(arguments, &request->contest);
	error |= read_blocks(arguments, request);
	error |= read_share(arguments, "min-effect", &request->least_effect);
	error |= read_precision(arguments, request);
	error |= read_metric(arguments, &request->contest);
	error |= shared_seed(arguments, &request->seed);
	error |= shared_cpus(arguments, &request->contest.cpus);
	error |= check_program(arguments);
	if (arguments->operand_count == 0 && arguments->job_option_count == 0 &&
		request->contenders.group_count == 0) {
		diag_error(
			&arguments->diag, NULL, "nothing to compare: name a job file, or options");
		diag_hint(&arguments->diag,
			"ringside %s --engines=psync,libaio,io_uring --filename=FILE "
			"--rw=randread --size=1g --direct=1 --iodepth=32",
			"compare");
		return -EINVAL;
	}
	return error ? -EINVAL : 0;
}

void compare_options_settle(struct compare_request *request, const struct contender_plan *plan)
{
	size_t most = 0;

	if (request->contest.primary == VALUE_COUNT)
		request->contest.primary = rate_default_metric(plan);
	request->contest.is_sweep = request->contenders.vary_count > 0;
	for (size_t i = 0; i < plan->point_count; i++)
		most = MAX(most, plan->points[i].count);
	if (request->contest.is_sweep && most == 1)
		request->contest.has_control = false;
}

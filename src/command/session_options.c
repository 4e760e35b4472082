/* SPDX-License-Identifier: MIT */
#include "command/session_options.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/param.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/peers.h"
#include "check/judge.h"
#include "command/documents.h"
#include "job/job_ranks.h"
#include "job/job_values.h"
#include "session/contest_plan.h"
#include "session/rate.h"
#include "verdict/trial_values.h"

#define TRIAL_NS       (2 * NS_PER_S)
#define QUICK_TRIAL_NS (1 * NS_PER_S)
#define LONGEST_NS     (24 * 3600 * NS_PER_S)
#define NO_LIMIT_NS    (365 * LONGEST_NS)

enum { QUICK_BLOCKS = 3 };

static const char auto_text[] = "auto";

static int parse_auto_time(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	static const struct option time = {
		.type = OPTION_TIME, .unit_ns = NS_PER_S, .max = LONGEST_NS};

	if (strcmp(value, auto_text) != 0)
		return option_read(&time, value, field, arena, problem);
	*(uint64_t *)field = CONTEST_AUTO;
	return 0;
}

/* Of turns: longer ones are trials. */
static int parse_window(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	int error = parse_auto_time(value, field, arena, problem);

	if (error != 0 || *(uint64_t *)field == CONTEST_AUTO || *(uint64_t *)field <= NS_PER_S)
		return error;
	problem->what = "a turn takes a second at the most";
	problem->hint = "--trial-time is for trials in a row";
	return -EINVAL;
}

/* Percent, to a fraction. */
static int parse_share(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	size_t length = strlen(value);
	double percent;

	if (length > 1 && value[length - 1] == '%')
		value = arena_printf(arena, "%.*s", (int)length - 1, value);
	if (units_parse_double(value, &percent, &problem->what) != 0)
		return -EINVAL;
	if (!(percent > 0 && percent < 100)) {
		problem->what = "not between 0 and 100 percent";
		return -EINVAL;
	}
	*(double *)field = percent / 100;
	return 0;
}

/* One that is drawn has 32 bits: people type it. */
static int parse_seed(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	struct timespec now;
	uint32_t fresh;

	(void)arena;
	if (strcmp(value, "random") != 0)
		return units_parse_count(value, field, &problem->what) == 0 ? 0 : -EINVAL;
	clock_gettime(CLOCK_REALTIME, &now); /* cannot fail: the clock exists */
	if (getrandom(&fresh, sizeof(fresh), 0) != sizeof(fresh))
		fresh = (uint32_t)now.tv_nsec;
	*(uint64_t *)field = fresh;
	return 0;
}

static int parse_cpus(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	const struct job_cpus *list = field;
	cpu_set_t allowed;

	if (job_cpus_parse(value, field, arena, problem) != 0)
		return -EINVAL;
	if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0)
		return 0; /* more CPUs than fit into a set: the trials report it */
	for (size_t i = 0; i < list->count; i++) {
		if (CPU_ISSET(list->cpus[i], &allowed))
			continue;
		problem->what =
			arena_printf(arena, "this process may not run on CPU %u", list->cpus[i]);
		return -EINVAL;
	}
	return 0;
}

/* Each trial would fail otherwise, with the reason of one thing that is wrong. */
static int parse_program(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	if (access(value, X_OK) != 0) {
		problem->what = arena_strdup(arena, strerror(errno));
		return -EINVAL;
	}
	*(const char **)field = value;
	return 0;
}

static int parse_metric(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	enum trial_value *metric = field;

	(void)arena;
	*metric = trial_value_find(value);
	if (*metric != VALUE_COUNT || strcmp(value, auto_text) == 0)
		return 0;
	problem->what = "there is no such metric";
	problem->hint = "iops, bandwidth, lat, p99, p99.9, sync.lat, cpu, syscalls, write.lat.p99, "
			"…: the keys of \"values\" in the JSON";
	return -EINVAL;
}

#define SECTION(request, job)                                                                      \
	{                                                                                          \
		OPTION_BIND_TEXTS(request, job.sections, job.section_count),                       \
			.name = "section", .syntax = "NAME",                                       \
			.help = "only the sections of this name; may be repeated"                  \
	}
#define SEED(request, member)                                                                      \
	{                                                                                          \
		OPTION_BIND_CUSTOM(request, member),                                               \
			.parse = parse_seed, .name = "seed", .syntax = "N",                        \
			.value_default = "random",                                                 \
			.help = "seed of orders and offsets, to repeat a session"                  \
	}
#define PROGRAM(request, member)                                                                   \
	{                                                                                          \
		OPTION_BIND_TEXT(request, member),                                                 \
			.parse = parse_program, .name = "program", .syntax = "FILE",               \
			.help = "the ringside that runs the trials (default: this one)"            \
	}

const struct option session_options_contest[] = {
	{OPTION_BIND_TIME(struct contest_options, trial_ns), .unit_ns = NS_PER_S, .min = 1,
		.max = LONGEST_NS, .name = "trial-time", .syntax = "TIME",
		.help = "how long each trial measures (default 2s)"},
	{OPTION_BIND_TIME(struct contest_options, ramp_ns), .parse = parse_auto_time,
		.name = "ramp-time", .syntax = "TIME", .value_default = auto_text,
		.help = "time before that, not measured; auto: a quarter or more"},
	{OPTION_BIND_TIME(struct contest_options, window_ns), .parse = parse_window,
		.unit_ns = NS_PER_S, .name = "window", .syntax = "TIME", .value_default = auto_text,
		.help = "of turns that contenders take; 0: trials in a row; auto: 5ms to 20ms"},
	{OPTION_BIND_CUSTOM(struct contest_options, cpus), .parse = parse_cpus,
		.print = job_cpus_print, .name = "cpus", .syntax = "LIST",
		.help = "CPUs that all threads of a trial share: 0,2-3"},
	{OPTION_BIND_TEXTS(struct contest_options, allowed.destroy, allowed.destroy_count),
		.name = "destroy", .syntax = "[HOST:]PATH",
		.help = "allow writing to this device although it carries data"},
	{.name = NULL},
};

const struct option session_options_trials[] = {
	SECTION(struct trials_request, job),
	{OPTION_BIND_TIME(struct trials_request, idle_ns), .unit_ns = NS_PER_S, .max = LONGEST_NS,
		.name = "idle", .syntax = "TIME", .value_default = "60s",
		.help = "pause between sessions"},
	{OPTION_BIND_FLAG(struct trials_request, contest.is_unguarded), .name = "no-guards",
		.help = "count disturbed trials, as for machines that are never quiet"},
	SEED(struct trials_request, seed),
	PROGRAM(struct trials_request, program),
	{.name = NULL},
};

#define BIND(type, member) OPTION_BIND_##type(struct comparison_request, member)

const struct option session_options_comparison[] = {
	{BIND(TEXT, contenders.engines), .name = "engines", .syntax = "LIST",
		.help = "engines to compare on each job: a,b+option+option=value; or all"},
	{OPTION_BIND_TEXTS(struct comparison_request, contenders.groups, contenders.group_count),
		.name = "contender", .syntax = "JOBFILE",
		.help = "its sections run together, as one contender; may be repeated"},
	{BIND(FLAG, contenders.is_ladder), .name = "ladder",
		.help = "compare io_uring's modes, one thing more at each step"},
	{OPTION_BIND_TEXTS(struct comparison_request, contenders.vary, contenders.vary_count),
		.name = "vary", .syntax = "KEY=V,V",
		.help = "sweep over these values; may be repeated"},
	{BIND(TEXT, contenders.reference), .name = "ref", .syntax = "NAME",
		.help = "contender that the others are compared to (default: the first)"},
	{BIND(CUSTOM, contest.primary), .parse = parse_metric, .name = "metric", .syntax = "NAME",
		.value_default = auto_text,
		.help = "what decides: iops, p99, cpu, …; auto: iops; lat at a rate"},
	SECTION(struct comparison_request, contenders.job),
	{BIND(COUNT, blocks), .min = 1, .max = SESSION_OPTIONS_BLOCKS_MOST, .name = "blocks",
		.syntax = "N",
		.help = "number of blocks (default: until it is precise enough, 6 to 20)"},
	{BIND(DOUBLE, precision), .parse = parse_share, .name = "precision", .syntax = "PERCENT",
		.help = "half-width that is enough (default: half of --margin)"},
	{BIND(TIME, contest.limit_ns), .parse = parse_auto_time, .name = "max-time",
		.syntax = "TIME", .value_default = auto_text,
		.help = "limit of a table, priming included; auto: 35s each"},
	{BIND(FLAG, is_quick), .name = "quick", .help = "3 blocks of 1s: exploratory, no claims"},
	{BIND(FLAG, is_uncontrolled), .name = "no-control",
		.help = "do not run the reference a second time"},
	{BIND(TIME, contest.cooldown_ns), .parse = parse_auto_time, .name = "cooldown",
		.syntax = "TIME", .value_default = auto_text,
		.help = "pause after each trial; auto: 250ms after writers"},
	{BIND(DOUBLE, least_effect), .parse = parse_share, .name = "min-effect",
		.syntax = "PERCENT", .value_default = "1",
		.help = "smaller differences are not reported as such"},
	{BIND(DOUBLE, equivalence), .parse = parse_share, .name = "margin", .syntax = "PERCENT",
		.value_default = "2", .help = "differences within it are equal"},
	SEED(struct comparison_request, seed),
	PROGRAM(struct comparison_request, contenders.program),
	{.name = NULL},
};

#undef BIND
#define BIND(type, member) OPTION_BIND_##type(struct curve_request, member)

static const struct option_choice arrivals[] = {
	{auto_text, CURVE_ARRIVALS_AUTO, "as rate_process of the job says, else poisson"},
	{"poisson", CURVE_ARRIVALS_POISSON, "at random, as those of independent clients are"},
	{"linear", CURVE_ARRIVALS_LINEAR, "at even distances"},
	{NULL, 0, NULL},
};

const struct option session_options_curve[] = {
	{BIND(TEXT, contenders.engines), .name = "engines", .syntax = "LIST",
		.help = "engines, a line each: a,b+option+option=value; or all"},
	{OPTION_BIND_TEXTS(struct curve_request, contenders.vary, contenders.vary_count),
		.name = "vary", .syntax = "KEY=V,V",
		.help = "a line for each of these values; may be repeated"},
	SECTION(struct curve_request, contenders.job),
	{BIND(COUNT, options.point_count), .min = 2, .max = CURVE_PLAN_POINTS_LIMIT,
		.name = "points", .syntax = "N",
		.help = "loads, at even distances up to the measured maximum (default 10)"},
	{BIND(CUSTOM, options.rates), .parse = curve_plan_parse_rates, .name = "rates",
		.syntax = "N,N",
		.help = "these loads instead, in I/Os a second of all clones (1k is 1000)"},
	{BIND(CUSTOM, options.slo), .parse = slo_parse, .name = "slo", .syntax = "P=TIME",
		.help = "find the largest load within a limit: p99=500us, mean=1ms, read.p99=…"},
	{BIND(CUSTOM, options.mixes), .parse = curve_plan_parse_mixes, .name = "mixed",
		.syntax = "N,N",
		.help = "a line for each share of reads, in percent: 0,50,100 (it writes)"},
	{BIND(COUNT, options.repeat), .min = 1, .max = SESSION_OPTIONS_BLOCKS_MOST,
		.name = "repeat", .syntax = "N",
		.help = "blocks: trials of each load (default 3; intervals need 3)"},
	{BIND(DOUBLE, options.precision), .parse = parse_share, .name = "precision",
		.syntax = "PERCENT",
		.help = "blocks, 3 to 20, until the half-width of p99 is no more than this"},
	{BIND(CHOICE, options.arrivals), .choices = arrivals, .name = "arrivals", .syntax = "NAME",
		.value_default = auto_text, .help = "when I/Os are due: poisson (default), linear"},
	{BIND(TIME, options.contest.trial_ns), .unit_ns = NS_PER_S, .min = 1, .max = LONGEST_NS,
		.name = "trial-time", .syntax = "TIME",
		.help = "how long each trial measures (default 500ms; 2s at low loads)"},
	{BIND(TIME, options.contest.ramp_ns), .parse = parse_auto_time, .name = "ramp-time",
		.syntax = "TIME", .value_default = auto_text,
		.help = "time before that, not measured; auto: a quarter"},
	{BIND(TIME, options.contest.limit_ns), .parse = parse_auto_time, .name = "max-time",
		.syntax = "TIME", .value_default = auto_text,
		.help = "limit of the whole; auto: 35s a line, unless trials are given"},
	{BIND(TIME, options.contest.cooldown_ns), .parse = parse_auto_time, .name = "cooldown",
		.syntax = "TIME", .value_default = auto_text,
		.help = "pause after each trial; auto: 250ms after writers"},
	{BIND(CUSTOM, options.contest.cpus), .parse = parse_cpus, .print = job_cpus_print,
		.name = "cpus", .syntax = "LIST",
		.help = "CPUs that all threads of a trial share: 0,2-3"},
	{OPTION_BIND_TEXTS(struct curve_request, options.contest.allowed.destroy,
		 options.contest.allowed.destroy_count),
		.name = "destroy", .syntax = "[HOST:]PATH",
		.help = "allow writing to this device although it carries data"},
	{BIND(FLAG, options.contest.is_unguarded), .name = "no-guards",
		.help = "count disturbed trials, as for machines that are never quiet"},
	SEED(struct curve_request, seed),
	PROGRAM(struct curve_request, contenders.program),
	{.name = NULL},
};

#undef BIND
#define BIND(type, member) OPTION_BIND_##type(struct claims_request, member)

const struct option session_options_claims[] = {
	{BIND(FLAG, plan.is_quick), .name = "quick",
		.help = "a short form, to see that all of it runs: no verdicts"},
	{BIND(TIME, plan.limit_ns), .parse = parse_auto_time, .name = "max-time", .syntax = "TIME",
		.value_default = auto_text,
		.help = "limit of all claims together; auto: what their files say"},
	{BIND(CUSTOM, plan.cpus), .parse = parse_cpus, .print = job_cpus_print, .name = "cpus",
		.syntax = "LIST", .help = "CPUs that all threads of a trial share: 0,2-3"},
	{OPTION_BIND_TEXTS(struct claims_request, plan.allowed.destroy, plan.allowed.destroy_count),
		.name = "destroy", .syntax = "PATH",
		.help = "allow writing to this device although it carries data"},
	{BIND(FLAG, plan.is_unguarded), .name = "no-guards",
		.help = "count disturbed trials, as for machines that are never quiet"},
	{BIND(FLAG, plan.is_quiet), .name = "quiet", .help = "no progress line"},
	SEED(struct claims_request, seed),
	PROGRAM(struct claims_request, plan.program),
	{.name = NULL},
};

static void take_operands(struct arguments *arguments, struct job_request *job)
{
	job->files = arguments->operands;
	job->file_count = arguments->operand_count;
	job->options = arguments->job_options;
	job->option_count = arguments->job_option_count;
	if (peers_are_several())
		job->ranks =
			(struct job_ranks){peers->rank, peers->count, peers->hosts, peers->seed};
}

/* What one of several hosts' guard wants to know. */
static void name_host(struct contest_options *contest)
{
	const struct job_ranks ranks = {
		.count = peers ? peers->count : 1, .hosts = peers ? peers->hosts : NULL};

	if (!peers_are_several())
		return;
	contest->allowed.host = peers->host;
	contest->allowed.needs_a_host = job_ranks_have_hosts(&ranks);
}

/* Equal contenders come to lie within the margin when half of it is the goal. */
static void set_precision(struct arguments *arguments, struct comparison_request *comparison)
{
	double margin = comparison->equivalence;

	if (comparison->precision == 0)
		comparison->precision = margin / 2;
	if (comparison->precision > margin)
		diag_note(&arguments->diag, NULL,
			"--precision=%g is more than --margin (%g): no two contenders will be "
			"shown to be equal",
			comparison->precision * 100, margin * 100);
	comparison->contest.rule.half_width = comparison->precision;
}

/* Who asks for trials of seconds has them; turns are for contenders that have a reference. */
static void set_window(struct contest_options *contest, bool is_wanted)
{
	bool asks_for_trials = contest->trial_ns != 0 || contest->ramp_ns != CONTEST_AUTO ||
			       (contest->cooldown_ns != CONTEST_AUTO && contest->cooldown_ns != 0);

	if (contest->window_ns == CONTEST_AUTO && (!is_wanted || asks_for_trials))
		contest->window_ns = 0;
}

/* A fixed number of blocks is one look; time then ends it only where that is asked for. */
static void set_blocks(struct comparison_request *comparison)
{
	struct contest_options *contest = &comparison->contest;

	if (comparison->is_quick && comparison->blocks == 0)
		comparison->blocks = QUICK_BLOCKS;
	if (comparison->blocks == 0)
		return;
	comparison->block_look = comparison->blocks;
	contest->rule.looks = &comparison->block_look;
	contest->rule.look_count = 1;
	if (!comparison->has_limit)
		contest->limit_ns = NO_LIMIT_NS;
}

static int complete(struct arguments *arguments, struct comparison_request *comparison)
{
	struct contest_options *contest = &comparison->contest;

	take_operands(arguments, &comparison->contenders.job);
	name_host(contest);
	comparison->has_limit = contest->limit_ns != CONTEST_AUTO;
	contest->rule = compare_stop_rule_default;
	contest->has_control = !comparison->is_uncontrolled;
	contest->carry_limit = comparison->least_effect;
	set_window(contest, !comparison->is_quick && comparison->blocks == 0);
	if (contest->trial_ns == 0)
		contest->trial_ns = comparison->is_quick ? QUICK_TRIAL_NS : TRIAL_NS;
	set_blocks(comparison);
	set_precision(arguments, comparison);
	if (arguments->operand_count > 0 || arguments->job_option_count > 0 ||
		comparison->contenders.group_count > 0)
		return 0;
	diag_error(&arguments->diag, NULL, "nothing to compare: name a job file, or options");
	diag_hint(&arguments->diag,
		"ringside compare --engines=psync,libaio,io_uring --filename=FILE "
		"--rw=randread --size=1g --direct=1 --iodepth=32");
	return -EINVAL;
}

/* The contenders decide these: in a sweep of a single one there is nothing to control. */
static void settle(struct comparison_request *comparison, const struct contender_plan *plan)
{
	struct contest_options *contest = &comparison->contest;
	size_t most = 0;

	if (contest->primary == VALUE_COUNT)
		contest->primary = rate_default_metric(plan);
	contest->is_sweep = comparison->contenders.vary_count > 0;
	for (size_t i = 0; i < plan->point_count; i++)
		most = MAX(most, plan->points[i].count);
	if (contest->is_sweep && most == 1)
		contest->has_control = false;
}

int session_options_plan(struct arguments *arguments, struct comparison_request *comparison,
	struct contender_plan *plan)
{
	struct contest_options *contest = &comparison->contest;

	if (complete(arguments, comparison) != 0 ||
		contender_plan_make(plan, &comparison->contenders, &arguments->diag) != 0)
		return -EINVAL;
	settle(comparison, plan);
	if (contest_plan_check(contest, plan, &arguments->diag) != 0)
		return -EINVAL;
	return contender_plan_guard(plan, &contest->allowed, &arguments->diag);
}

/* Not even one block fits into the time that was given. */
static int check_time(
	struct arguments *arguments, const struct curve_options *options, struct curve_plan *plan)
{
	char limit[UNITS_TEXT_BYTES], least[UNITS_TEXT_BYTES];
	struct curve_time time;

	curve_plan_time(options, plan, &time);
	if (options->contest.limit_ns == CONTEST_AUTO ||
		time.prime_ns + time.block_ns <= (double)options->contest.limit_ns)
		return 0;
	units_format_time(limit, (double)options->contest.limit_ns);
	units_format_time(least, time.prime_ns + time.block_ns);
	diag_error(&arguments->diag, NULL,
		"--max-time=%s is over before the first block: the maxima and one block of %zu "
		"trials take %s",
		limit, time.trial_count, least);
	diag_hint(&arguments->diag, "use a longer --max-time, fewer --points, or a shorter "
				    "--trial-time");
	return -EINVAL;
}

static int choose_points(struct curve_options *options, struct diag *diag)
{
	if (options->point_count == 0) {
		options->point_count = CURVE_PLAN_POINTS;
		return 0;
	}
	if (options->rates.count == 0)
		return 0;
	diag_error(diag, NULL, "--points and --rates: loads are either chosen or named");
	diag_hint(diag, "leave one of them out");
	return -EINVAL;
}

int session_options_plan_curve(
	struct arguments *arguments, struct curve_request *request, struct curve_plan *plan)
{
	*plan = (struct curve_plan){0};
	take_operands(arguments, &request->contenders.job);
	name_host(&request->options.contest);
	if (arguments->operand_count == 0 && arguments->job_option_count == 0) {
		diag_error(
			&arguments->diag, NULL, "nothing to measure: name a job file, or options");
		diag_hint(&arguments->diag,
			"ringside curve --filename=FILE --rw=randread --size=1g --direct=1 "
			"--ioengine=io_uring --iodepth=32");
		return -EINVAL;
	}
	if (choose_points(&request->options, &arguments->diag) != 0)
		return -EINVAL;
	if (curve_plan_make(plan, &request->contenders, &request->options, &arguments->diag) != 0)
		return -EINVAL;
	return check_time(arguments, &request->options, plan);
}

void session_options_complete_trials(
	struct arguments *arguments, struct trials_request *trials, bool wants_turns)
{
	struct contest_options *contest = &trials->contest;

	take_operands(arguments, &trials->job);
	name_host(contest);
	trials->argument_count = arguments->word_count;
	trials->arguments = arguments->words;
	contest->cooldown_ns = CONTEST_AUTO;
	set_window(contest, wants_turns && trials->reference_count > 0);
	if (contest->trial_ns == 0)
		contest->trial_ns = TRIAL_NS;
	contest->limit_ns = NO_LIMIT_NS;
	contest->rule = compare_stop_rule_default;
	contest->primary = VALUE_IOPS;
	contest->has_control = true;
	contest->carry_limit = metric_gate_of(METRIC_RATE)->threshold / 2;
}

int session_options_refuse(struct arguments *arguments, const char *why)
{
	if (arguments->job_option_count > 0) {
		diag_error(&arguments->diag, NULL, "%s: %s", arguments->job_options[0], why);
		return -EINVAL;
	}
	if (arguments_refuse(arguments, session_options_contest, why) != 0)
		return -EINVAL;
	return arguments_refuse(arguments, session_options_trials, why);
}

int session_options_thresholds(struct arguments *arguments, const char *const *texts, size_t count,
	const struct baseline_threshold **thresholds)
{
	struct baseline_threshold *read =
		arena_alloc_array(&arguments->arena, count, sizeof(*read));
	int error = 0;

	for (size_t i = 0; i < count; i++)
		error |= limit_parse_threshold(
			texts[i], &read[i], &arguments->arena, &arguments->diag);
	*thresholds = read;
	return error ? -EINVAL : 0;
}

int session_options_spare(struct arguments *arguments, const struct trials_plan *plan)
{
	int error = 0;

	for (size_t i = 0; i < plan->plan_count && error == 0; i++)
		error = documents_spare_targets(
			arguments, plan->plans[i].sets, plan->plans[i].set_count);
	return error;
}

int session_options_live(struct arguments *arguments, struct contest_options *contest, bool is_live,
	const char *command)
{
	contest->live = is_live ? command : NULL;
	if (!is_live || !contest->is_quiet)
		return 0;
	diag_error(&arguments->diag, NULL, "--live shows a screen, --quiet shows nothing");
	diag_hint(&arguments->diag, "leave out one of them");
	return -EINVAL;
}

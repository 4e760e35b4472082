/* SPDX-License-Identifier: MIT */
/* `ringside curve`: latency by offered load, and the largest load within a limit. */
#include <stdio.h>
#include <time.h>

#include "command/documents.h"
#include "command/session_options.h"
#include "curve/curve_report.h"
#include "curve/curve_run.h"
#include "run/stop_signal.h"

struct command_request {
	struct curve_request curve;
	struct documents documents;
	bool is_wide;
	bool is_dry_run;
	bool is_live;
};

static const struct document_formats *const kinds[] = {&curve_formats, NULL};

static const struct option curve_options[] = {
	{OPTION_BIND_FLAG(struct command_request, is_dry_run), .name = "dry-run",
		.help = "print what would be run, and how long that takes; run nothing"},
	{OPTION_BIND_FLAG(struct command_request, is_wide), .name = "wide",
		.help = "all figures of each line, wider than 100 characters"},
	{OPTION_BIND_FLAG(struct command_request, curve.options.contest.is_quiet), .name = "quiet",
		.help = "no progress line"},
	{OPTION_BIND_FLAG(struct command_request, is_live), .name = "live",
		.help = "a screen in place of the progress line, on a terminal of 80x20 or more"},
	{.name = NULL},
};

static const struct command_part parts[] = {
	SESSION_OPTIONS_CURVE(struct command_request, curve),
	DOCUMENTS_PART(struct command_request, documents, kinds),
	{.options = curve_options},
	{.options = NULL},
};

static void print_duration(const char *what, double time_ns)
{
	unsigned seconds = (unsigned)(time_ns / 1e9 + 0.5);

	printf("  %-34s %u:%02u min\n", what, seconds / 60, seconds % 60);
}

static int print_plan(const struct curve_options *options, const struct curve_plan *plan)
{
	struct curve_time time;

	for (size_t l = 0; l < plan->point.count; l++) {
		const struct contender_setup *setup = &plan->point.contenders[l];

		printf("  %-34s %s%s\n", setup->name, setup->job ? "" : "does not run: ",
			setup->job ? setup->job->ioengine : setup->refusal);
	}
	curve_plan_time(options, plan, &time);
	printf("  %zu blocks × %zu trials × %.3g s, %s arrivals\n", curve_plan_repeat(options),
		time.trial_count, (double)curve_plan_trial_ns(options, 0) / 1e9,
		plan->is_poisson ? "random" : "even");
	print_duration("the maxima", time.prime_ns);
	print_duration("a block", time.block_ns);
	if (time.slo_ns > 0)
		print_duration("the search for the limit, at most", time.slo_ns);
	print_duration("at least", time.least_ns);
	print_duration(
		options->contest.limit_ns == CONTEST_AUTO ? "at most, by estimate" : "at most",
		time.most_ns);
	return EXIT_DONE;
}

static void begin(struct arguments *arguments, struct curve *curve,
	const struct curve_request *request, const struct curve_plan *plan)
{
	curve_init(curve);
	clock_gettime(CLOCK_REALTIME, &curve->started); /* cannot fail: the clock exists */
	curve->arguments = contender_command(&plan->contenders, arguments->words,
		arguments->word_count, &curve->arena, &curve->argument_count);
	curve->seed = request->seed;
}

static int measure(
	struct arguments *arguments, struct curve_request *request, const struct curve_plan *plan)
{
	struct curve curve;
	int code;

	begin(arguments, &curve, request, plan);
	request->options.contest.save_path = documents_between(documents_file(arguments, "json"));
	stop_signal_catch();
	code = curve_run(&curve, plan, &request->options, &arguments->diag);
	arguments->has_measured = true;
	if (curve.line_count > 0 && documents_write(arguments, &curve_formats, &curve) != 0 &&
		code == EXIT_DONE)
		code = EXIT_RUN_FAILED;
	stop_signal_release();
	curve_free(&curve);
	return code;
}

static int curve_main(struct arguments *arguments, void *asked)
{
	struct command_request *request = asked;
	struct curve_plan plan = {0};
	int code = EXIT_BAD_REQUEST;

	if (session_options_live(
		    arguments, &request->curve.options.contest, request->is_live, "curve") != 0 ||
		documents_check(arguments, &curve_formats) != 0 ||
		documents_spare_operands(arguments, "the job file") != 0)
		return code;
	if (request->is_wide)
		documents_prefer(arguments, "wide");
	if (session_options_plan_curve(arguments, &request->curve, &plan) == 0 &&
		documents_spare_targets(
			arguments, plan.contenders.sets, plan.contenders.set_count) == 0)
		code = request->is_dry_run ? print_plan(&request->curve.options, &plan)
					   : measure(arguments, &request->curve, &plan);
	curve_plan_free(&plan);
	return code;
}

const struct command command_curve = {
	.name = "curve",
	.usage = "[OPTION]... [JOBFILE]...",
	.summary = "latency by offered load; the largest load within a limit",
	.detail =
		"Each section of the job files is a line, or each of --engines on each section, or "
		"each value of\n--vary. First every line runs without a rate, which tells its "
		"maximum. Then loads are offered,\nopen loop: an I/O is due by a schedule, whether "
		"those before it are done or not, and its latency\ncounts from then ('help "
		"rates'). Arrivals are at random unless rate_process or --arrivals say\n"
		"otherwise. In each block every load of every line has one trial, in random order "
		"and in a fresh\nprocess; disturbed trials are run again once.\n\n"
		"Lines whose maxima are within a factor of 2 have the same loads; others each have "
		"those up to\ntheir own maximum.\n\n"
		"  done       I/Os a second that were done\n"
		"  p50, p99   response time: from when an I/O was due\n"
		"  svc50      service time: from when it was sent\n"
		"  knee       the load from which on p99 stays above twice the least p99 of the "
		"line\n"
		"  saturated  less was done than offered, by 2 % and more than chance explains; "
		"response\n"
		"             times then grow with the length of a trial. Tables have a * there\n"
		"  by         target: I/Os waited for those in flight. CPU: the threads that send "
		"were busy.\n"
		"             generator: I/Os were sent late although there was room for them\n\n"
		"--slo finds the largest load within a limit of latency by bisection, all lines in "
		"turn. A load\nis within it, or beyond it, when its trials agree: 2 that are far "
		"from "
		"the limit, or 3, 5 or 8\nwhose interval excludes it (3 % each). The answer is "
		"where "
		"a straight line through the loads\naround it crosses the limit; its interval is "
		"that "
		"of the line (about 95 %), and never wider than from\nthe largest load that was "
		"within "
		"to "
		"the smallest that was beyond. A load that is not done is\nbeyond every limit.\n\n"
		"--mixed=0,50,100 of a job that reads and writes has a line for each share of "
		"reads, with loads\nup to the maximum of that share.\n\n"
		"Latencies have an interval by leaving out one trial after the other, the others a "
		"t interval.\n--precision goes on after 3 blocks until that of p99 (or of the "
		"figure "
		"of --slo) is as narrow at\neach load that is not saturated; it looks after 3, 6, "
		"9, "
		"13 and 20. --max-time keeps 40 % of it\nfor --slo. What was measured is written "
		"whenever it ends.",
	.parts = parts,
	.request_bytes = sizeof(struct command_request),
	.takes_job_options = true,
	.ranks = COMMAND_IN_TRIALS,
	.run = curve_main,
};

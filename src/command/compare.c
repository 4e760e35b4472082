/* SPDX-License-Identifier: MIT */
/* `ringside compare`: contenders side by side, and verdicts that statistics carry. */
#include <stdio.h>
#include <time.h>

#include "command/command.h"
#include "command/command_list.h"
#include "command/compare_options.h"
#include "command/comparison_output.h"
#include "command/writing.h"
#include "run/stop_signal.h"
#include "session/contest.h"

static const struct command_option compare_options[] = {
	COMPARE_OPTIONS,
	{"format", "NAME", "format of the comparison: text (default), json, csv, sweep, markdown"},
	{"output", "FILE", "write it to FILE, not to stdout"},
	{"json", "FILE", "save every trial to FILE as JSON, after each block"},
	{"csv", "FILE", "write it to FILE as CSV as well: a row for each contender and metric"},
	{"sweep", "FILE", "of several points: a row for each, as CSV with the values of --vary"},
	{"markdown", "FILE", "write it to FILE as Markdown as well"},
	{"wide", NULL, "all columns, wider than 100 characters"},
	{"quiet", NULL, "no progress line"},
	{NULL, NULL, NULL},
};

static void begin_record(struct record *record, const struct compare_request *request,
	const struct contender_plan *plan, int argc, char **argv)
{
	record_init(record);
	clock_gettime(CLOCK_REALTIME, &record->started); /* cannot fail: the clock exists */
	record->arguments = contender_command(plan, (const char *const *)argv, (size_t)argc,
		&record->arena, &record->argument_count);
	record->seed = request->seed;
	record->trial_s = (double)request->contest.trial_ns / 1e9;
	record->precision = request->contest.rule.half_width;
	record->least_effect = request->least_effect;
	record->equivalence = request->equivalence;
	record->is_adaptive = compare_stop_is_adaptive(&request->contest.rule);
	record->is_exploratory = request->is_exploratory;
	record->cpus = request->cpus;
	record->points =
		arena_alloc_array(&record->arena, plan->point_count, sizeof(*record->points));
}

/*
 * 2 when the write guard refused a trial; 5 when a contender went wrong; 4 when one that was asked
 * for by name cannot run here, or nothing could be compared; the figures of the others stand in
 * either case.
 */
static int exit_code(const struct contest *contest)
{
	const struct record *record = contest->record;
	int code = EXIT_DONE;

	if (record->signal != 0)
		return 128 + record->signal;
	if (contest->is_guarded)
		return EXIT_BAD_REQUEST;
	for (size_t i = 0; i < record->point_count; i++) {
		const struct record_point *point = &record->points[i];

		if (point->reference == SESSION_NONE || point->block_count == 0)
			code = code == EXIT_DONE ? EXIT_INCOMPARABLE : code;
		for (size_t c = 0; c < point->contender_count; c++) {
			const struct contender *contender = &point->contenders[c];

			if (!contender->problem || contender->is_control)
				continue;
			if (contender->exit_code == EXIT_RUN_FAILED)
				code = EXIT_RUN_FAILED;
			else if (!contender->is_optional && code == EXIT_DONE)
				code = EXIT_INCOMPARABLE;
		}
	}
	return code;
}

/* How long a job runs is for runs; nobody shall wonder where it went. */
static void note_length(
	struct arguments *arguments, const struct contender_plan *plan, const char *key)
{
	for (size_t i = 0; i < plan->points[0].count; i++) {
		const struct contender_setup *setup = &plan->points[0].contenders[i];

		for (size_t j = 0; j < contender_job_count(setup); j++) {
			const struct job *job = contender_job(setup, j);

			if (!job_sets(job, key))
				continue;
			diag_note(&arguments->diag, job_place(job, key),
				"trials take --trial-time, whatever %s says", key);
			return;
		}
	}
}

/* The job files, of which none is to be lost to an output. */
static int spare_job_files(struct arguments *arguments, const struct contender_request *request)
{
	int error = writing_spare_operands(arguments, "the job file");

	for (size_t i = 0; i < request->group_count && error == 0; i++)
		error = writing_spare(arguments, request->groups[i], "the job file");
	return error;
}

static int compare(struct arguments *arguments, struct compare_request *request,
	const struct contender_plan *plan, int argc, char **argv)
{
	struct record record;
	struct contest contest;
	int code = EXIT_RUN_FAILED;

	begin_record(&record, request, plan, argc, argv);
	request->contest.save_path = writing_path_between(arguments, "json");
	request->contest.is_quiet = arguments_value(arguments, "quiet") != NULL;
	stop_signal_catch();
	if (contest_open(&contest, &record, &request->contest, &arguments->diag) == 0) {
		for (size_t i = 0; i < plan->point_count && !contest_is_stopped(); i++)
			contest_run(&contest, &plan->points[i]);
		contest_close(&contest);
		code = exit_code(&contest);
		arguments->has_measured = true;
		if (comparison_output_write(arguments, &record) != 0 && code == EXIT_DONE)
			code = EXIT_RUN_FAILED;
	}
	stop_signal_release();
	record_free(&record);
	return code;
}

static int compare_main(const struct command *command, int argc, char **argv)
{
	struct arguments arguments;
	struct compare_request request;
	struct contender_plan plan = {0};
	int code = EXIT_BAD_REQUEST;

	if (arguments_read(&arguments, command, argc, argv) != 0 ||
		compare_options_read(&arguments, &request) != 0 ||
		comparison_output_check(&arguments) != 0 ||
		spare_job_files(&arguments, &request.contenders) != 0)
		goto out;
	if (contender_plan_make(&plan, &request.contenders, &arguments.diag) != 0)
		goto out;
	compare_options_settle(&request, &plan);
	if (contest_plan_check(&request.contest, &plan, &arguments.diag) == 0 &&
		writing_spare_targets(&arguments, plan.sets, plan.set_count) == 0 &&
		contender_plan_guard(&plan, &request.contest.allowed, &arguments.diag) == 0) {
		note_length(&arguments, &plan, "runtime");
		note_length(&arguments, &plan, "number_ios");
		code = compare(&arguments, &request, &plan, argc, argv);
	}
out:
	contender_plan_free(&plan);
	arguments_free(&arguments);
	return code;
}

const struct command command_compare = {
	.name = "compare",
	.usage = "[OPTION]... [JOBFILE]...",
	.summary = "run engines or jobs side by side and tell which wins",
	.detail =
		"Each section of the job files is a contender, or each of --engines on each "
		"section; or\neach --contender=JOBFILE, a job file whose sections run together: "
		"its figures are those of\nall its jobs, as group_reporting adds them up (read.* "
		"of the readers, write.* and sync.* of a\nlog; lat of the direction with the most "
		"I/Os).\n\n"
		"Every contender runs once in each block, in random order and in a "
		"fresh process; blocks follow\nuntil the differences are known to --precision. "
		"The reference runs twice: the second is\nthe control, whose difference is the "
		"session's own error.\n\n"
		"--trial-time stands in for runtime and number_ios. The ramp before it lasts a "
		"quarter of\nit; where I/O is slow, until 1000 I/Os are done, but no longer than "
		"the trial. --max-time\nends the trial that runs then, too.\n\n"
		"--vary sweeps: a table over all values comes first (--sweep writes it as CSV), "
		"then each\npoint's own, if it has something to compare. A single contender "
		"will do, and has no control.\n\n"
		"What is given with ± holds the drift of the session too: whether two "
		"contenders differ is\ntold by the difference to the reference, not by whether "
		"their ± overlap.\n\n"
		"  ▲ better   ▼ worse   ≈ equal within the margin   ~ not shown, and not "
		"excluded\n"
		"  ! the engine was not what its name says   ? too few I/Os beyond a percentile\n"
		"  Contenders with a letter in common were not shown to differ.\n\n"
		"rate and rate_iops are of each clone; contenders are held against each other by "
		"the sum over\nclones and directions. rate_iops_total and rate_total are of all "
		"clones together. At unlike\nrates nobody wins; at a rate that all keep, latency "
		"and CPU tell them apart.\n\n"
		"Marks and letters hold for all of them together: they take more than an "
		"interval that\nexcludes 0, and letters, which are about every pair, take the "
		"most.\n\n"
		"Figures are geometric means of the blocks, but plain means of what may be 0. "
		"In the table\nuser, system and helper are shares of CPU/IO and add up to it.",
	.options = compare_options,
	.takes_job_options = true,
	.run = compare_main,
};

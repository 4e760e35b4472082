/* SPDX-License-Identifier: MIT */
/* `ringside compare`: contenders side by side, and verdicts that statistics carry. */
#include <time.h>

#include "command/documents.h"
#include "command/session_options.h"
#include "job/job_values.h"
#include "run/stop_signal.h"
#include "session/contest.h"
#include "session/report.h"

struct compare_request {
	struct comparison_request session;
	struct documents documents;
	bool is_wide;
	bool is_live;
};

static const struct document_formats *const kinds[] = {&report_formats, NULL};

static const struct option compare_options[] = {
	{OPTION_BIND_FLAG(struct compare_request, is_wide), .name = "wide",
		.help = "all columns, wider than 100 characters"},
	{OPTION_BIND_FLAG(struct compare_request, session.contest.is_quiet), .name = "quiet",
		.help = "no progress line"},
	{OPTION_BIND_FLAG(struct compare_request, is_live), .name = "live",
		.help = "a screen in place of the progress line, on a terminal of 80x20 or more"},
	{.name = NULL},
};

static const struct command_part parts[] = {
	SESSION_OPTIONS_COMPARISON(struct compare_request, session),
	DOCUMENTS_PART(struct compare_request, documents, kinds),
	{.options = compare_options},
	{.options = NULL},
};

static void begin_record(struct arguments *arguments, struct record *record,
	const struct comparison_request *request, const struct contender_plan *plan)
{
	record_init(record);
	clock_gettime(CLOCK_REALTIME, &record->started); /* cannot fail: the clock exists */
	record->arguments = contender_command(plan, arguments->words, arguments->word_count,
		&record->arena, &record->argument_count);
	record->seed = request->seed;
	record->trial_s = (double)request->contest.trial_ns / 1e9;
	record->precision = request->contest.rule.half_width;
	record->least_effect = request->least_effect;
	record->equivalence = request->equivalence;
	record->is_adaptive = compare_stop_is_adaptive(&request->contest.rule);
	record->is_exploratory = request->is_quick;
	if (request->contest.cpus.count > 0)
		record->cpus = job_cpus_print(&request->contest.cpus, &record->arena);
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

/* What a job says of its length or its end does not count in trials, and that is said. */
static void note_replaced(struct arguments *arguments, const struct contender_plan *plan,
	const char *key, const char *what)
{
	for (size_t i = 0; i < plan->points[0].count; i++) {
		const struct contender_setup *setup = &plan->points[0].contenders[i];

		for (size_t j = 0; j < contender_job_count(setup); j++) {
			const struct job *job = contender_job(setup, j);

			if (!job_sets(job, key))
				continue;
			diag_note(&arguments->diag, job_place(job, key), "%s, whatever %s says",
				what, key);
			return;
		}
	}
}

static void note_all_replaced(struct arguments *arguments, const struct contender_plan *plan)
{
	static const char length[] = "trials take --trial-time", logs[] = "trials write no logs";

	note_replaced(arguments, plan, "runtime", length);
	note_replaced(arguments, plan, "number_ios", length);
	note_replaced(arguments, plan, "steadystate", length);
	note_replaced(arguments, plan, "latency_target", length);
	note_replaced(arguments, plan, "max_latency", "trials go on");
	note_replaced(arguments, plan, "write_bw_log", logs);
	note_replaced(arguments, plan, "write_iops_log", logs);
	note_replaced(arguments, plan, "write_lat_log", logs);
	note_replaced(arguments, plan, "write_hist_log", logs);
}

/* The job files, of which none is to be lost to an output. */
static int spare_job_files(struct arguments *arguments, const struct contender_request *request)
{
	int error = documents_spare_operands(arguments, "the job file");

	for (size_t i = 0; i < request->group_count && error == 0; i++)
		error = documents_spare(arguments, request->groups[i], "the job file");
	return error;
}

static int compare(struct arguments *arguments, struct compare_request *request,
	const struct contender_plan *plan)
{
	struct contest_options *options = &request->session.contest;
	struct record record;
	struct contest contest;
	int code = EXIT_RUN_FAILED;

	begin_record(arguments, &record, &request->session, plan);
	options->save_path = documents_between(documents_file(arguments, "json"));
	stop_signal_catch();
	if (contest_open(&contest, &record, options, &arguments->diag) == 0) {
		for (size_t i = 0; i < plan->point_count && stop_signal_number() == 0; i++)
			contest_run(&contest, &plan->points[i]);
		contest_close(&contest);
		code = exit_code(&contest);
		arguments->has_measured = true;
		if (documents_write(arguments, &report_formats, &record) != 0 && code == EXIT_DONE)
			code = EXIT_RUN_FAILED;
	}
	stop_signal_release();
	record_free(&record);
	return code;
}

static int compare_main(struct arguments *arguments, void *asked)
{
	struct compare_request *request = asked;
	struct comparison_request *session = &request->session;
	struct contender_plan plan = {0};
	int code = EXIT_BAD_REQUEST;

	if (session_options_live(arguments, &session->contest, request->is_live, "compare") != 0 ||
		documents_check(arguments, &report_formats) != 0 ||
		spare_job_files(arguments, &session->contenders) != 0)
		return code;
	if (request->is_wide)
		documents_prefer(arguments, "wide");
	if (session_options_plan(arguments, session, &plan) == 0 &&
		documents_spare_targets(arguments, plan.sets, plan.set_count) == 0) {
		note_all_replaced(arguments, &plan);
		code = compare(arguments, request, &plan);
	}
	contender_plan_free(&plan);
	return code;
}

const struct command command_compare = {
	.name = "compare",
	.usage = "[OPTION]... [JOBFILE]...",
	.summary = "run engines or jobs side by side and tell which wins",
	.detail =
		"Each section of the job files is a contender, or each of --engines on each "
		"section. Sections\nwith contender=NAME run together as the contender NAME, and so "
		"do all of a job file with\n--contender=JOBFILE: its figures are those of all its "
		"jobs, as group_reporting adds them up\n(read.* of the readers, write.* and "
		"sync.* of a log; lat of the direction with the most I/Os).\n\n"
		"Every contender runs once in each block, in random order and in a fresh process, "
		"or takes turns\nof milliseconds with the others there ('help statistics'); blocks "
		"follow until the differences\nare known to --precision. The reference runs twice: "
		"the second is\nthe control, whose difference is the session's own error.\n\n"
		"--trial-time stands in for runtime and number_ios. The ramp before it lasts a "
		"quarter of\nit; where I/O is slow, until 1000 I/Os are done, but no longer than "
		"the trial. --max-time\nends the trial that runs then, too.\n\n"
		"--vary sweeps: a table over all values comes first (--sweep writes it as CSV), "
		"then each\npoint's own, if it has something to compare. A single contender will "
		"do, and has no control.\n\n"
		"An interval given with ± includes the drift of the session: judge two contenders "
		"by their\ndifference to the reference, not by whether their ± overlap.\n\n"
		"  ▲ better   ▼ worse   ≈ equal within the margin   ~ not shown, and not excluded\n"
		"  ! the engine was not what its name says   ? too few I/Os beyond a percentile\n"
		"  Contenders with a letter in common were not shown to differ.\n\n"
		"rate and rate_iops are of each clone; contenders are held against each other by "
		"the sum over\nclones and directions. rate_iops_total and rate_total are of all "
		"clones together. At unlike\nrates nobody wins; at a rate that all keep, latency "
		"and CPU tell them apart.\n\n"
		"Marks and letters hold for all of them together: they take more than an interval "
		"that\nexcludes 0, and letters, which are about every pair, take the most.\n\n"
		"Figures are geometric means of the blocks, but plain means of what may be 0. In "
		"the table\nuser, system and helper are shares of CPU/IO and add up to it.",
	.parts = parts,
	.request_bytes = sizeof(struct compare_request),
	.takes_job_options = true,
	.ranks = COMMAND_IN_TRIALS,
	.run = compare_main,
};

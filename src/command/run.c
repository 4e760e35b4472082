/* SPDX-License-Identifier: MIT */
/* `ringside run`: jobs from files or the command line, to a result. */
#include "run/run.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>

#include "base/clock.h"
#include "command/documents.h"
#include "result/result_fields.h"
#include "run/stop_signal.h"

#define LEAST_INTERVAL_NS (100 * NS_PER_MS)

struct run_request {
	struct documents documents;
	struct job_request job;
	struct run_options run;
	bool is_dry_run;
	bool has_heat_map;
};

static const struct document_formats *const kinds[] = {&result_formats, NULL};

static const struct option run_options[] = {
	{OPTION_BIND_TEXTS(struct run_request, job.sections, job.section_count), .name = "section",
		.syntax = "NAME", .help = "run only the sections of this name; may be repeated"},
	{OPTION_BIND_FLAG(struct run_request, is_dry_run), .name = "dry-run",
		.help = "print the effective jobs, run nothing"},
	{OPTION_BIND_TEXTS(struct run_request, run.destroy, run.destroy_count), .name = "destroy",
		.syntax = "PATH", .help = "allow writing to this device although it carries data"},
	{OPTION_BIND_FLAG(struct run_request, has_heat_map), .name = "heatmap",
		.help = "with the text, a map of latency by time for each job"},
	{OPTION_BIND_FLAG(struct run_request, run.is_quiet), .name = "quiet",
		.help = "no progress line"},
	{OPTION_BIND_TIME(struct run_request, run.interval_ns), .name = "interval",
		.value_default = "1s", .unit_ns = NS_PER_S,
		.help = "length of the intervals of the series, from 100ms on; 0: no series"},
	{OPTION_BIND_COUNT(struct run_request, run.turns), .min = 3, .max = INT_MAX,
		.name = "turns", .syntax = "FD",
		.help = "take the turns that `ringside compare` gives"},
	{.name = NULL},
};

static const struct command_part parts[] = {
	DOCUMENTS_PART(struct run_request, documents, kinds),
	{.options = run_options},
	{.options = NULL},
};

static void print_jobs(const struct job_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		if (set->jobs[i].clone == 0)
			job_print(&set->jobs[i], stdout);
	}
}

/* As the user typed it, but for the path of the program. */
static const char *const *command_line(struct arguments *arguments)
{
	const char **line =
		arena_alloc_array(&arguments->arena, arguments->word_count + 2, sizeof(char *));

	line[0] = "ringside";
	line[1] = command_run.name;
	for (size_t i = 0; i < arguments->word_count; i++)
		line[i + 2] = arguments->words[i];
	return line;
}

static int run_and_write(
	struct arguments *arguments, struct run_request *request, const struct job_set *set)
{
	struct result result;
	int code;

	request->run.argument_count = arguments->word_count + 2;
	request->run.arguments = command_line(arguments);
	code = run_job_set(set, &request->run, &result, &arguments->diag);
	/* A job that the write guard refuses late leaves the result of the jobs before it. */
	if (code != EXIT_BAD_REQUEST || result.job_count > 0) {
		arguments->has_measured = true;
		if (documents_write(arguments, &result_formats, &result) != 0 && code == EXIT_DONE)
			code = EXIT_RUN_FAILED;
		stop_signal_release();
	}
	result_free(&result);
	return code;
}

static int check_interval(struct arguments *arguments, uint64_t interval_ns)
{
	if (interval_ns == 0 || interval_ns >= LEAST_INTERVAL_NS)
		return 0;
	diag_error(&arguments->diag, NULL, "--interval is shorter than 100ms");
	diag_hint(&arguments->diag, "--interval=100ms is the shortest, --interval=0 is no series");
	return -EINVAL;
}

static int run_main(struct arguments *arguments, void *asked)
{
	struct run_request *request = asked;
	struct job_request *job = &request->job;
	struct job_set set = {0};
	int code = EXIT_BAD_REQUEST;

	if (documents_check(arguments, &result_formats) != 0 ||
		check_interval(arguments, request->run.interval_ns) != 0)
		return code;
	if (arguments->operand_count == 0 && arguments->job_option_count == 0) {
		diag_error(&arguments->diag, NULL, "nothing to run: name a job file, or options");
		diag_hint(&arguments->diag, "ringside run jobs/quick.job, or "
					    "ringside run --filename=FILE --rw=randread --size=1g");
		return code;
	}
	if (request->has_heat_map)
		documents_prefer(arguments, "heatmap");
	job->files = arguments->operands;
	job->file_count = arguments->operand_count;
	job->options = arguments->job_options;
	job->option_count = arguments->job_option_count;
	if (job_set_read(&set, job, &arguments->diag) == 0 &&
		documents_spare_operands(arguments, "the job file") == 0 &&
		documents_spare_targets(arguments, &set, 1) == 0) {
		code = EXIT_DONE;
		if (request->is_dry_run)
			print_jobs(&set);
		else
			code = run_and_write(arguments, request, &set);
	}
	job_set_free(&set);
	return code;
}

const struct command command_run = {
	.name = "run",
	.usage = "[OPTION]... [JOBFILE]...",
	.summary = "run jobs and report IOPS, latency histograms and their cost",
	.detail = "Runs the jobs of fio job files, or one made of --key=value options.\n"
		  "Options with files act as a [global] section before them.\n"
		  "'ringside help options' lists the options of jobs.",
	.parts = parts,
	.request_bytes = sizeof(struct run_request),
	.takes_job_options = true,
	.run = run_main,
};

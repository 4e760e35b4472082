/* SPDX-License-Identifier: MIT */
/* `ringside run`: jobs from files or the command line, to a result. */
#include "run/run.h"

#include <stdio.h>

#include "command/command.h"
#include "command/command_list.h"
#include "command/output.h"
#include "command/writing.h"
#include "run/stop_signal.h"

static const struct command_option run_options[] = {
	OUTPUT_OPTIONS,
	{"section", "NAME", "run only the sections of this name; may be repeated"},
	{"dry-run", NULL, "print the effective jobs, run nothing"},
	{"destroy", "PATH", "allow writing to this device although it carries data"},
	{"quiet", NULL, "no progress line"},
	{NULL, NULL, NULL},
};

static void print_jobs(const struct job_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		if (set->jobs[i].clone == 0)
			job_print(&set->jobs[i], stdout);
	}
}

/* As the user typed it, but for the path of the program. */
static const char *const *command_line(struct arguments *arguments, int argc, char **argv)
{
	const char **line = arena_alloc_array(&arguments->arena, (size_t)argc + 2, sizeof(char *));

	line[0] = "ringside";
	line[1] = command_run.name;
	for (int i = 0; i < argc; i++)
		line[i + 2] = argv[i];
	return line;
}

static int run_and_write(
	struct arguments *arguments, const struct job_set *set, int argc, char **argv)
{
	struct run_options options = {
		.argument_count = (size_t)argc + 2,
		.arguments = command_line(arguments, argc, argv),
		.is_quiet = arguments_value(arguments, "quiet") != NULL,
	};
	const char **destroy;
	struct result result;
	int code;

	options.destroy_count = arguments_values(arguments, "destroy", &destroy);
	options.destroy = destroy;
	code = run_job_set(set, &options, &result, &arguments->diag);
	/* What the write guard refuses late has a result: that of the jobs before. */
	if (code != EXIT_BAD_REQUEST || result.job_count > 0) {
		arguments->has_measured = true;
		if (output_write(arguments, &result) != 0 && code == EXIT_DONE)
			code = EXIT_RUN_FAILED;
		stop_signal_release();
	}
	result_free(&result);
	return code;
}

static int run_main(const struct command *command, int argc, char **argv)
{
	struct arguments arguments;
	struct job_request request = {0};
	struct job_set set = {0};
	int code = EXIT_BAD_REQUEST;

	if (arguments_read(&arguments, command, argc, argv) != 0 || output_check(&arguments) != 0)
		goto out;
	if (arguments.operand_count == 0 && arguments.job_option_count == 0) {
		diag_error(&arguments.diag, NULL, "nothing to run: name a job file, or options");
		diag_hint(&arguments.diag, "ringside run jobs/quick.job, or "
					   "ringside run --filename=FILE --rw=randread --size=1g");
		goto out;
	}
	request.files = arguments.operands;
	request.file_count = arguments.operand_count;
	request.options = arguments.job_options;
	request.option_count = arguments.job_option_count;
	request.section_count =
		arguments_values(&arguments, "section", (const char ***)&request.sections);
	if (job_set_read(&set, &request, &arguments.diag) != 0 ||
		writing_spare_operands(&arguments, "the job file") != 0 ||
		writing_spare_targets(&arguments, &set, 1) != 0)
		goto out_set;
	if (arguments_value(&arguments, "dry-run")) {
		print_jobs(&set);
		code = EXIT_DONE;
	} else {
		code = run_and_write(&arguments, &set, argc, argv);
	}
out_set:
	job_set_free(&set);
out:
	arguments_free(&arguments);
	return code;
}

const struct command command_run = {
	.name = "run",
	.usage = "[OPTION]... [JOBFILE]...",
	.summary = "run jobs and report IOPS, latency histograms and their cost",
	.detail = "Runs the jobs of fio job files, or one made of --key=value options.\n"
		  "Options with files act as a [global] section before them.\n"
		  "'ringside help options' lists the options of jobs.",
	.options = run_options,
	.takes_job_options = true,
	.run = run_main,
};

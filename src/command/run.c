/* SPDX-License-Identifier: MIT */
/* `ringside run`: jobs from files or the command line, to a result. */
#include "run/run.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/peers.h"
#include "command/documents.h"
#include "command/fio_output.h"
#include "command/log_places.h"
#include "command/metrics_option.h"
#include "job/job_order_check.h"
#include "job/job_ranks.h"
#include "result/result_fields.h"
#include "result/text_series.h"
#include "run/stop_signal.h"
#include "session/child.h"
#include "session/trial_ranks.h"

#define LEAST_INTERVAL_NS (100 * NS_PER_MS)

struct run_request {
	struct documents documents;
	struct fio_output fio; /* its formats in place of --format */
	struct fio_printer printer;
	struct job_request job;
	struct run_options run;
	uint32_t followed; /* descriptor of the rank that it is a trial of; 0: none */
	bool is_dry_run;
	bool has_heat_map;
	bool tells_lines; /* intervals as JSON on stdout */
	struct metrics_option metrics;
};

static const struct document_formats *const kinds[] = {&result_formats, NULL};

static const struct option run_options[] = {
	{OPTION_BIND_TEXTS(struct run_request, job.sections, job.section_count), .name = "section",
		.syntax = "NAME", .help = "run only the sections of this name; may be repeated"},
	{OPTION_BIND_FLAG(struct run_request, is_dry_run), .name = "dry-run",
		.help = "print the effective jobs, and what they are refused for; run nothing"},
	{OPTION_BIND_TEXTS(struct run_request, run.destroy, run.destroy_count), .name = "destroy",
		.syntax = "[HOST:]PATH",
		.help = "allow writing to this device although it carries data"},
	{OPTION_BIND_FLAG(struct run_request, has_heat_map), .name = "heatmap",
		.help = "with the text, a map of latency by time for each job"},
	{OPTION_BIND_FLAG(struct run_request, run.is_quiet), .name = "quiet",
		.help = "no progress line"},
	{OPTION_BIND_FLAG(struct run_request, run.is_live), .name = "live",
		.help = "a screen in place of the progress line, on a terminal of 80x20 or more"},
	{OPTION_BIND_TIME(struct run_request, run.interval_ns), .name = "interval",
		.syntax = "TIME", .value_default = "1s", .unit_ns = NS_PER_S,
		.help = "length of the intervals of the series, from 100ms on; 0: no series"},
	{OPTION_BIND_TIME(struct run_request, run.status.period_ns), .name = "status-interval",
		.syntax = "TIME", .unit_ns = NS_PER_S,
		.help = "print what each so long brought, on stderr or as lines of jsonl"},
	{OPTION_BIND_FLAG(struct run_request, run.keeps_ranks), .name = "per-rank",
		.help = "ringside-mpi: the jobs of each rank in the result besides"},
	{OPTION_BIND_COUNT(struct run_request, run.turns), .min = 3, .max = INT_MAX,
		.name = "turns", .syntax = "FD",
		.help = "take the turns that `ringside compare` gives"},
	{OPTION_BIND_COUNT(struct run_request, followed), .min = 3, .max = INT_MAX,
		.name = "led-by", .syntax = "FD", .help = "follow the rank of MPI that started it"},
	{OPTION_BIND_CUSTOM(struct run_request, job.ranks), .parse = job_ranks_parse,
		.print = job_ranks_print, .name = "rank", .syntax = "R/N[:HOSTS]",
		.help = "be rank R of N; ringside-mpi asks MPI for it"},
	{.name = NULL},
};

static const struct command_part parts[] = {
	DOCUMENTS_PART(struct run_request, documents, kinds),
	FIO_OUTPUT_PART(struct run_request, fio),
	{.options = run_options},
	METRICS_PART(struct run_request, metrics),
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

static int write_result(
	struct arguments *arguments, struct run_request *request, struct result *result)
{
	int error, own;

	if (request->fio.formats == 0)
		return documents_write(arguments, &result_formats, result);
	error = documents_write_files(arguments, &result_formats, result);
	own = fio_printer_write(&request->printer, result, NULL);
	return error != 0 ? error : own;
}

/*
 * The run, scraped meanwhile. Signals are caught from before there is a socket's file: one that
 * comes while the run is planned shall not leave it.
 */
static int run_scraped(struct arguments *arguments, struct run_request *request,
	const struct job_set *set, struct result *result)
{
	struct metrics_server *server;
	int code = EXIT_BAD_REQUEST;

	*result = (struct result){0};
	stop_signal_catch();
	server = metrics_option_open(&request->metrics, arguments, request->run.is_quiet);
	if (server) {
		metrics_server_viewer(server)->next = request->run.viewers;
		request->run.viewers = metrics_server_viewer(server);
		code = run_job_set(set, &request->run, result, &arguments->diag);
	}
	metrics_server_close(server);
	stop_signal_release();
	return code;
}

static int run_and_write(
	struct arguments *arguments, struct run_request *request, const struct job_set *set)
{
	struct log_files logs = {0};
	struct result result;
	int code;

	if (getenv(CHILD_VARIABLE)) {
		request->run.interval_ns =
			0; /* the trial is the sample, and its document is kept */
	} else {
		log_files_plan(&logs, set);
		request->run.logs = &logs;
	}
	code = log_places_check(arguments, set, &logs) != 0 ? EXIT_BAD_REQUEST : EXIT_DONE;
	code = peers_agree(code);
	if (code != EXIT_DONE) {
		log_files_free(&logs);
		return code;
	}
	request->run.argument_count = arguments->word_count + 2;
	request->run.arguments = command_line(arguments);
	fio_printer_open(&request->printer, arguments, &request->fio, request->documents.output);
	code = request->metrics.place ? run_scraped(arguments, request, set, &result)
				      : run_job_set(set, &request->run, &result, &arguments->diag);
	/* A job that the write guard refuses late leaves the result of the jobs before it. */
	if (result.job_count > 0 || (!peers && code != EXIT_BAD_REQUEST)) {
		arguments->has_measured = true;
		if (peers_is_first() && write_result(arguments, request, &result) != 0 &&
			code == EXIT_DONE)
			code = EXIT_RUN_FAILED;
		/* After the result: long logs take long to write. */
		if (log_places_write(arguments, &logs) != 0 && code == EXIT_DONE)
			code = EXIT_RUN_FAILED;
		stop_signal_release();
	}
	fio_printer_close(&request->printer);
	result_free(&result);
	log_files_free(&logs);
	return code;
}

static bool was_given(const struct arguments *arguments, const char *name)
{
	for (size_t i = 0; i < arguments->given_count; i++) {
		if (strcmp(arguments->given[i]->name, name) == 0)
			return true;
	}
	return false;
}

static int refuse(struct arguments *arguments, const char *error, const char *hint)
{
	diag_error(&arguments->diag, NULL, "%s", error);
	diag_hint(&arguments->diag, "%s", hint);
	return -EINVAL;
}

static void tell(void *context, const struct result_interval_line *line)
{
	const struct run_request *request = context;

	/* A reader that has gone is told of with the result, which is written to the same place. */
	if (request->tells_lines)
		(void)result_write_interval(line, stdout);
	else if (line->interval.duration_ns >= request->run.status.period_ns / 2)
		text_interval(line, stderr); /* What is left at the end has no rate. */
}

static void tell_snapshot(void *context, const struct result *result)
{
	/* An error stays with the printer, and is seen at the end. */
	(void)fio_printer_write(context, result, NULL);
}

/* fio's formats are of the whole run so far, where jsonl and text are of a period. */
static void tell_in_fios_formats(struct run_request *request)
{
	struct run_options *run = &request->run;

	run->snapshots =
		(struct run_snapshots){run->status.period_ns, tell_snapshot, &request->printer};
	run->status.period_ns = 0;
}

/* 0 or -EINVAL, reported. The intervals are those of the status, where they do not fit it. */
static int check_status(struct arguments *arguments, struct run_request *request)
{
	struct documents *documents = &request->documents;
	uint64_t *interval_ns = &request->run.interval_ns;
	uint64_t period_ns = request->run.status.period_ns;

	if (period_ns == 0)
		return 0;
	if (period_ns < LEAST_INTERVAL_NS)
		return refuse(arguments, "--status-interval is shorter than 100ms",
			"--status-interval=100ms is the shortest");
	if (*interval_ns == 0 || (was_given(arguments, "interval") && period_ns % *interval_ns))
		return refuse(arguments, "--status-interval is no multiple of --interval",
			"leave out --interval, or choose one that it is a multiple of");
	if (period_ns % *interval_ns != 0)
		*interval_ns = period_ns;
	if (request->fio.formats != 0) {
		tell_in_fios_formats(request);
		return 0;
	}
	request->tells_lines = documents->format && strcmp(documents->format, "jsonl") == 0;
	if (request->tells_lines && documents->output)
		return refuse(arguments,
			"--status-interval writes lines of jsonl to stdout, not to --output",
			"leave out --output, or write the result to another file with --json=FILE");
	if (request->tells_lines)
		documents->format = "json-line"; /* The intervals were written by then. */
	request->run.status.tell = tell;
	request->run.status.context = request;
	return 0;
}

static bool needs_series(const struct run_request *request)
{
	const char *format = request->documents.format;

	return request->has_heat_map ||
	       (format && (strcmp(format, "heatmap") == 0 || strcmp(format, "csv-series") == 0));
}

static int check_formats(struct arguments *arguments, const struct run_request *request)
{
	if (request->fio.formats == 0 || (!request->documents.format && !request->has_heat_map))
		return 0;
	return refuse(arguments,
		"--output-format prints in fio's formats, --format and --heatmap in others",
		"choose one; --json=FILE and its like write ringside's own besides");
}

static int check_intervals(struct arguments *arguments, struct run_request *request)
{
	uint64_t interval_ns = request->run.interval_ns;

	if (interval_ns > 0 && interval_ns < LEAST_INTERVAL_NS)
		return refuse(arguments, "--interval is shorter than 100ms",
			"--interval=100ms is the shortest, --interval=0 is no series");
	if (request->run.is_live && request->run.is_quiet)
		return refuse(arguments, "--live shows a screen, --quiet shows nothing",
			"leave out one of them");
	if (interval_ns == 0 && request->run.is_live)
		return refuse(arguments, "--interval=0: the screen of --live shows intervals",
			"leave out --interval=0, or --live");
	if (interval_ns == 0 && needs_series(request))
		return refuse(arguments, "--interval=0: without a series there is nothing by time",
			"leave out --interval=0, or --heatmap and csv-series");
	return check_status(arguments, request);
}

/* Of several ranks the first prints and writes. */
static void print_nothing(struct run_request *request)
{
	request->documents = (struct documents){0};
	request->fio = (struct fio_output){0};
	request->run.status.period_ns = 0;
	request->run.is_quiet = true;
	request->has_heat_map = false;
}

/* All ranks read what the first has read. 0 or an error, reported by whoever found it. */
static int read_jobs(
	struct job_set *set, const struct job_request *request, struct arguments *arguments)
{
	int error = peers && peers->rank > 0 ? peers->share(0) : 0;

	if (error == 0)
		error = job_set_read(set, request, &arguments->diag);
	if (error == 0)
		job_order_note_contenders(set->jobs, set->count, &arguments->diag);
	if (peers && peers->rank == 0)
		(void)peers->share(error);
	return error;
}

/* What would tell of this process alone, as if it were the run. 0 or -EINVAL, reported. */
static int check_ranks(struct arguments *arguments, const struct run_request *request)
{
	static const char instead[] =
		"the live line has the sum of all ranks, and the result their series";

	if (!peers || peers->count == 1)
		return 0;
	if (request->run.status.period_ns > 0)
		return refuse(arguments, "--status-interval: intervals of many ranks are not told",
			instead);
	if (request->run.is_live)
		return refuse(arguments, "--live shows the jobs of one process", instead);
	if (request->metrics.place)
		return refuse(arguments, "--metrics has the figures of one process", instead);
	return 0;
}

/* Before the jobs are read: EXIT_DONE or EXIT_BAD_REQUEST, reported. */
static int check_request(struct arguments *arguments, struct run_request *request)
{
	if (documents_check(arguments, &result_formats) != 0 ||
		check_formats(arguments, request) != 0 ||
		check_intervals(arguments, request) != 0 ||
		metrics_option_check(&request->metrics, arguments, request->run.interval_ns) != 0)
		return EXIT_BAD_REQUEST;
	if (request->run.keeps_ranks && !peers) {
		(void)refuse(arguments, "--per-rank: this is the run of one process",
			"mpirun -n 4 ringside-mpi run --per-rank …");
		return EXIT_BAD_REQUEST;
	}
	if (arguments->operand_count == 0 && arguments->job_option_count == 0) {
		diag_error(&arguments->diag, NULL, "nothing to run: name a job file, or options");
		diag_hint(&arguments->diag, "ringside run jobs/quick.job, or "
					    "ringside run --filename=FILE --rw=randread --size=1g");
		return EXIT_BAD_REQUEST;
	}
	if (request->has_heat_map)
		documents_prefer(arguments, "heatmap");
	return EXIT_DONE;
}

static int run_main(struct arguments *arguments, void *asked)
{
	struct run_request *request = asked;
	struct job_request *job = &request->job;
	struct job_set set = {0};
	int code;

	if (request->followed > 0)
		trial_ranks_follow((int)request->followed);
	code = check_ranks(arguments, request) != 0 ? EXIT_BAD_REQUEST : EXIT_DONE;
	if (!peers_is_first())
		print_nothing(request);
	if (code == EXIT_DONE)
		code = check_request(arguments, request);
	code = peers_agree(code);
	if (code != EXIT_DONE)
		return code;
	job->files = arguments->operands;
	job->file_count = arguments->operand_count;
	job->options = arguments->job_options;
	job->option_count = arguments->job_option_count;
	if (peers_are_several())
		job->ranks =
			(struct job_ranks){peers->rank, peers->count, peers->hosts, peers->seed};
	if (read_jobs(&set, job, arguments) != 0 ||
		documents_spare_operands(arguments, "the job file") != 0 ||
		documents_spare_targets(arguments, &set, 1) != 0)
		code = EXIT_BAD_REQUEST;
	code = peers_agree(code);
	if (code == EXIT_DONE && !request->is_dry_run)
		code = run_and_write(arguments, request, &set);
	else if (code == EXIT_DONE && peers_is_first())
		print_jobs(&set);
	if (code == EXIT_DONE && request->is_dry_run)
		code = run_refuse(&set, &request->run, &arguments->diag);
	job_set_free(&set);
	return code;
}

const struct command command_run = {
	.name = "run",
	.usage = "[OPTION]... [JOBFILE]...",
	.summary = "run jobs and report IOPS, latency histograms and their cost",
	.detail =
		"Runs the jobs of fio job files, or one made of --key=value options.\n"
		"Options with files act as a [global] section before them.\n"
		"'ringside help options' lists the options of jobs.\n"
		"ringside-mpi runs them on many hosts: 'ringside help many-hosts'.\n\n"
		"--live shows each job by the figures of its last second. Arrows scroll; q leaves "
		"the screen,\nnot the run; messages are held until then. On a terminal that is too "
		"small, or has no screen,\nthe progress line goes on. Where the locale is not "
		"UTF-8 "
		"it is ASCII; it has no colours.",
	.parts = parts,
	.request_bytes = sizeof(struct run_request),
	.takes_job_options = true,
	.ranks = COMMAND_TOGETHER,
	.run = run_main,
};

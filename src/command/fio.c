/* SPDX-License-Identifier: MIT */
/* `ringside fio`, and the program under the name `fio`: fio's command line, output, exit codes. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "command/documents.h"
#include "command/fio_eta.h"
#include "command/fio_head.h"
#include "command/fio_help.h"
#include "command/fio_output.h"
#include "command/log_places.h"
#include "job/job_entries.h"
#include "run/run.h"
#include "run/stop_signal.h"

/* fio samples bandwidth and IOPS so often. */
#define SAMPLE_NS       (500 * NS_PER_MS)
#define LEAST_ETA_NS    (250 * NS_PER_MS)
#define LEAST_STATUS_NS (100 * NS_PER_MS)

enum { FIO_EXIT_ERROR = 1, FIO_EXIT_SIGNAL = 128 };

enum fio_eta_when { FIO_ETA_AUTO, FIO_ETA_ALWAYS, FIO_ETA_NEVER };
enum fio_idle_kind { FIO_IDLE_NONE, FIO_IDLE_SYSTEM, FIO_IDLE_CPUS };

struct fio_request {
	struct fio_output output;
	struct job_request job;
	struct run_options run;
	const char *path; /* of --output; NULL: stdout */
	const char *option_help, *engine_help, *bandwidth_log;
	int eta; /* enum fio_eta_when */
	uint64_t eta_period_ns;
	struct fio_eta eta_line;
	struct fio_printer printer;
	uint64_t status_ns;
	int idle; /* enum fio_idle_kind */
	bool is_version, is_show, is_parse, are_warnings_fatal;
};

static const struct option_choice etas[] = {
	{"auto", FIO_ETA_AUTO, "where stdout is a terminal"},
	{"always", FIO_ETA_ALWAYS, NULL},
	{"never", FIO_ETA_NEVER, NULL},
	{.text = NULL},
};

static const struct option_choice idles[] = {
	{"system", FIO_IDLE_SYSTEM, "of all CPUs together"},
	{"percpu", FIO_IDLE_CPUS, "of each, too"},
	{.text = NULL},
};

static int parse_idle(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	(void)arena;
	for (const struct option_choice *choice = idles; choice->text; choice++) {
		if (strcmp(choice->text, value) == 0) {
			*(int *)field = choice->value;
			return 0;
		}
	}
	*problem = (struct option_problem){
		.what = strcmp(value, "calibrate") == 0
				? "fio's units of work are not measured here"
				: "no such choice",
		.hint = "choices: system, percpu",
	};
	return -EINVAL;
}

#define FIELD(member) OPTION_BIND_FLAG(struct fio_request, member)

static const struct option fio_options[] = {
	{OPTION_BIND_TEXT(struct fio_request, path), .name = "output", .syntax = "FILE",
		.help = "write output to FILE, not to stdout"},
	{OPTION_BIND_TEXTS(struct fio_request, job.sections, job.section_count), .name = "section",
		.syntax = "NAME", .help = "run only the sections of this name; may be repeated"},
	{FIELD(is_version), .name = "version", .alias = "v",
		.help = "print fio-3.33, which this command stands in for"},
	{FIELD(is_show), .name = "showcmd", .help = "print jobs as a command line, run nothing"},
	{FIELD(is_parse), .name = "parse-only", .help = "read the jobs, run nothing"},
	{FIELD(are_warnings_fatal), .name = "warnings-fatal",
		.help = "a warning about the jobs is an error"},
	{OPTION_BIND_TEXT(struct fio_request, option_help), .name = "cmdhelp", .syntax = "OPTION",
		.value_alone = "all", .help = "explain an option of jobs, or all of them"},
	{OPTION_BIND_TEXT(struct fio_request, engine_help), .name = "enghelp",
		.syntax = "ENGINE[,OPTION]", .value_alone = ",",
		.help = "list the engines, or the options of one"},
	{OPTION_BIND_CHOICE(struct fio_request, eta), .name = "eta", .choices = etas,
		.syntax = "WHEN", .help = "when to tell what jobs do: always, never, auto"},
	{OPTION_BIND_TIME(struct fio_request, eta_period_ns), .name = "eta-interval",
		.syntax = "TIME", .unit_ns = NS_PER_S, .value_default = "1s", .min = LEAST_ETA_NS,
		.help = "how often, from 250ms on"},
	{OPTION_BIND_TIME(struct fio_request, eta_line.newline_ns), .name = "eta-newline",
		.syntax = "TIME", .unit_ns = NS_PER_S, .min = 1,
		.help = "leave a line to stay after so long"},
	{OPTION_BIND_TIME(struct fio_request, status_ns), .name = "status-interval",
		.syntax = "TIME", .unit_ns = NS_PER_S, .min = LEAST_STATUS_NS,
		.help = "print all of the output for the run so far, each so long"},
	{OPTION_BIND_TEXT(struct fio_request, bandwidth_log), .name = "bandwidth-log",
		.syntax = "NAME", .value_alone = "agg",
		.help = "write the bandwidth of all jobs together to NAME-read_bw.log and others"},
	{OPTION_BIND_TEXT(struct fio_request, run.state_folder), .name = "aux-path",
		.syntax = "FOLDER", .help = "where verify_state_save and _load have their files"},
	{OPTION_BIND_CHOICE(struct fio_request, idle), .parse = parse_idle, .name = "idle-prof",
		.choices = idles, .syntax = "WHICH",
		.help = "how long CPUs were idle: system, percpu"},
	{OPTION_BIND_TEXTS(struct fio_request, run.destroy, run.destroy_count), .name = "destroy",
		.syntax = "PATH", .help = "allow writing to this device although it carries data"},
	{.name = NULL},
};

static const struct command_part parts[] = {
	FIO_OUTPUT_PART(struct fio_request, output),
	{.options = fio_options},
	{.options = NULL},
};

static bool wants_eta(const struct fio_request *request)
{
	if (request->eta == FIO_ETA_AUTO)
		return isatty(STDOUT_FILENO) == 1 && !request->path;
	return request->eta == FIO_ETA_ALWAYS;
}

/* The command line, for the result: as the user typed it, but for the path of the program. */
static const char *const *command_line(struct arguments *arguments)
{
	const char **line =
		arena_alloc_array(&arguments->arena, arguments->word_count + 2, sizeof(char *));

	line[0] = "ringside";
	line[1] = "fio";
	for (size_t i = 0; i < arguments->word_count; i++)
		line[i + 2] = arguments->words[i];
	return line;
}

static void print_snapshot(void *context, const struct result *result)
{
	struct fio_request *request = context;

	fio_eta_close(&request->eta_line);
	/* An error stays with the printer, and is seen at the end. */
	(void)fio_printer_write(&request->printer, result, NULL);
}

static void print_eta(void *context, const struct live_figures *figures)
{
	struct fio_request *request = context;

	fio_eta_tell(&request->eta_line, figures);
}

/* What is told is as old as the last interval. */
static void plan_status(struct fio_request *request)
{
	struct run_options *run = &request->run;

	run->is_quiet = true;
	request->eta_line.stream = stdout;
	if (wants_eta(request))
		run->live = (struct live_listener){request->eta_period_ns, print_eta, request};

	run->interval_ns = SAMPLE_NS;
	if (request->status_ns == 0)
		return;
	if (request->status_ns < SAMPLE_NS)
		run->interval_ns = request->status_ns;
	run->snapshots = (struct run_snapshots){request->status_ns, print_snapshot, request};
}

/* What came between the two readings, for the writers. */
static struct fio_idle idle_of(const struct fio_request *request, struct run_idle *readings)
{
	struct arena *arena = &readings->arena;
	struct cpu_idle idle = cpu_idle_between(&readings->before, &readings->after, arena);
	struct fio_idle told = {.system_percent = cpu_idle_percent_of_all(&idle)};
	struct fio_idle_cpu *cpus = arena_alloc_array(arena, idle.count, sizeof(*cpus));

	for (size_t i = 0; i < idle.count; i++)
		cpus[i] =
			(struct fio_idle_cpu){idle.cpus[i].number, cpu_idle_percent(&idle.cpus[i])};
	if (request->idle == FIO_IDLE_CPUS) {
		told.cpu_count = idle.count;
		told.cpus = cpus;
	}
	return told;
}

static int print_result(
	struct fio_request *request, struct fio_printer *printer, const struct result *result)
{
	struct run_idle *readings = request->run.idle;
	struct fio_idle idle;

	if (!readings)
		return fio_printer_write(printer, result, NULL);
	idle = idle_of(request, readings);
	return fio_printer_write(printer, result, &idle);
}

static const char *bandwidth_path(
	struct arguments *arguments, const struct fio_request *request, int direction)
{
	return arena_printf(&arguments->arena, "%s-%s_bw.log", request->bandwidth_log,
		io_direction_name((enum io_direction)direction));
}

/* Before anything is run: 0 or -EINVAL, reported. */
static int check_bandwidth_log(struct arguments *arguments, const struct fio_request *request)
{
	int error = 0;

	for (int d = 0; d < DATA_DIRECTION_COUNT && request->bandwidth_log; d++)
		error |= documents_check_file(
			arguments, "bandwidth-log", bandwidth_path(arguments, request, d));
	return error ? -EINVAL : 0;
}

static int write_bandwidth_log(
	struct arguments *arguments, const struct fio_request *request, const struct result *result)
{
	int error = 0;

	for (int d = 0; d < DATA_DIRECTION_COUNT && request->bandwidth_log; d++) {
		AUTO_FREE char *text = NULL;
		size_t bytes = 0;
		FILE *stream = open_memstream(&text, &bytes);

		if (!stream)
			arena_exhausted();
		/* Into memory: what fails is the end of it. */
		(void)fio_bandwidth_log_write(result, SAMPLE_NS, (enum io_direction)d, stream);
		fclose(stream);
		error |= documents_save(
			arguments, bandwidth_path(arguments, request, d), text, bytes);
	}
	return error;
}

static bool is_folder(const char *path, size_t length, struct arena *arena)
{
	struct stat status;

	return stat(arena_strndup(arena, path, length), &status) == 0 && S_ISDIR(status.st_mode);
}

/* Of `path`, all that stands before its last slash and behind its first `from` characters. */
static void make_folders_of(const char *path, size_t from, struct arena *arena)
{
	for (const char *slash = strchr(path + from, '/'); slash; slash = strchr(slash + 1, '/')) {
		size_t length = (size_t)(slash - path);

		/* What cannot be made is told with the file. */
		if (length > 0)
			(void)mkdir(arena_strndup(arena, path, length), S_IRWXU);
	}
}

/* Whether its files have names that were made of its own (filename_format). */
static bool has_made_up_names(const struct job *job)
{
	return job->given.filename.count == 0 && !job->rare->replay.log &&
	       !job->rare->access.opendir;
}

/* How much of the path of its file `index` is `directory`, with the slash. */
static size_t folder_length(const struct job *job, size_t index)
{
	if (!has_made_up_names(job))
		return strlen(job->filename.texts[index]) -
		       strlen(job->given.filename.texts[index]);
	if (job->directory.count == 0)
		return 0;
	return strlen(job->directory.texts[job->clone % job->directory.count]) + 1;
}

static void make_folders_of_job(const struct job *job, struct arena *arena)
{
	bool is_made_up = has_made_up_names(job);
	size_t count = is_made_up ? job->filename.count : job->given.filename.count;

	if (!job->allow_file_create || (job->clone > 0 && !is_made_up) ||
		(is_made_up && job->engine->traits & ENGINE_TAKES_NO_TARGET))
		return;
	for (size_t i = 0; i < count; i++) {
		const char *path = job->filename.texts[i];
		size_t own = folder_length(job, i);

		if (own == 0 || is_folder(path, own, arena))
			make_folders_of(path, own, arena);
	}
}

/*
 * As fio: folders in `filename`, and in a job's name that its files have theirs from, are made;
 * those of `directory` must be there.
 */
static void make_folders(const struct job_set *set)
{
	struct arena arena = {0};

	for (size_t i = 0; i < set->count; i++)
		make_folders_of_job(&set->jobs[i], &arena);
	arena_free(&arena);
}

static int run_and_print(struct arguments *arguments, struct fio_request *request,
	const struct job_set *set, struct log_files *logs)
{
	struct run_idle readings = {.before = {0}};
	struct fio_printer *printer = &request->printer;
	struct result result;
	int code;

	request->run.logs = logs;
	request->run.idle = request->idle == FIO_IDLE_NONE ? NULL : &readings;
	request->run.argument_count = arguments->word_count + 2;
	request->run.arguments = command_line(arguments);
	fio_printer_open(printer, arguments, &request->output, request->path);
	plan_status(request);
	if (request->output.formats & FIO_FORMAT_NORMAL)
		fio_head_write(set, fio_printer_stream(printer));
	if (!request->path)
		(void)fio_printer_flush(printer); /* An error stays, and is seen at the end. */
	make_folders(set);
	code = run_job_set(set, &request->run, &result, &arguments->diag);
	if (code != EXIT_BAD_REQUEST || result.job_count > 0) {
		arguments->has_measured = true;
		fio_eta_close(&request->eta_line);
		if (print_result(request, printer, &result) != 0 && code == EXIT_DONE)
			code = EXIT_RUN_FAILED;
		if (log_places_write(arguments, logs) != 0 && code == EXIT_DONE)
			code = EXIT_RUN_FAILED;
		if (write_bandwidth_log(arguments, request, &result) != 0 && code == EXIT_DONE)
			code = EXIT_RUN_FAILED;
		stop_signal_release();
	}
	fio_printer_close(printer);
	arena_free(&readings.arena);
	result_free(&result);
	return code;
}

static int run_set(
	struct arguments *arguments, struct fio_request *request, const struct job_set *set)
{
	struct log_files logs = {0};
	int code = EXIT_BAD_REQUEST;

	if (request->is_show)
		fio_head_write_command(set, stdout);
	if (request->is_show || request->is_parse)
		return EXIT_DONE;
	if (documents_spare_operands(arguments, "the job file") != 0 ||
		documents_spare_targets(arguments, set, 1) != 0)
		return EXIT_BAD_REQUEST;
	log_files_plan(&logs, set);
	if (log_places_check(arguments, set, &logs) == 0 &&
		check_bandwidth_log(arguments, request) == 0)
		code = run_and_print(arguments, request, set, &logs);
	log_files_free(&logs);
	return code;
}

static bool is_fatal(struct arguments *arguments, const struct fio_request *request)
{
	if (!request->are_warnings_fatal || arguments->diag.warning_count == 0)
		return false;
	diag_error(&arguments->diag, NULL, "--warnings-fatal: there are warnings");
	return true;
}

static int run_jobs(struct arguments *arguments, struct fio_request *request)
{
	struct job_request *job = &request->job;
	struct job_set set = {0};
	int code = EXIT_BAD_REQUEST;

	if (request->output.formats == 0)
		request->output.formats = FIO_FORMAT_NORMAL;
	job->files = arguments->operands;
	job->file_count = arguments->operand_count;
	job->options = arguments->job_options;
	job->option_count = arguments->job_option_count;
	job->has_fios_globals = true;
	/* Where `ringside run` makes one job of all options, fio has options for jobs to come. */
	if (job->file_count == 0 && !job_command_line_has_name(job)) {
		diag_error(&arguments->diag, NULL, "No job(s) defined");
		diag_hint(&arguments->diag, "name a job file, or a job with --name=NAME, options "
					    "behind it; see fio --help");
		return code;
	}
	if (documents_check_file(arguments, "output", request->path) == 0 &&
		job_set_read(&set, job, &arguments->diag) == 0 && !is_fatal(arguments, request))
		code = run_set(arguments, request, &set);
	job_set_free(&set);
	return code;
}

static int fio_main(struct arguments *arguments, void *asked)
{
	struct fio_request *request = asked;

	if (request->is_version) {
		printf("%s\n", FIO_VERSION);
		return EXIT_DONE;
	}
	if (request->option_help) {
		fio_help_option(request->option_help);
		return EXIT_DONE;
	}
	if (request->engine_help)
		return fio_help_engine(request->engine_help) == 0 ? EXIT_DONE : EXIT_BAD_REQUEST;
	return run_jobs(arguments, request);
}

/* fio knows errors and signals; the page of the command has the table. */
static int map_code(const void *asked, int code)
{
	(void)asked;
	if (code > FIO_EXIT_SIGNAL)
		return FIO_EXIT_SIGNAL;
	return code == EXIT_DONE ? EXIT_DONE : FIO_EXIT_ERROR;
}

const struct command command_fio = {
	.name = "fio",
	.usage = "[OPTION]... [JOBFILE]...",
	.summary = "the same for programs that run fio: its options, its output",
	.detail = fio_help_detail,
	.parts = parts,
	.request_bytes = sizeof(struct fio_request),
	.takes_job_options = true,
	.takes_prefixes = true,
	.drops_notes = true,
	.ranks = COMMAND_ALONE,
	.run = fio_main,
	.map_code = map_code,
};

/* SPDX-License-Identifier: MIT */
/* A job file, a process, a result. */
#include "session/trial.h"

#include <errno.h>
#include <math.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/save_file.h"
#include "base/text.h"
#include "result/result_figures.h"
#include "run/collect.h"

static const char this_program[] = "/proc/self/exe";

static const char *file_path(
	const struct trial_request *request, enum trial_file file, struct arena *arena)
{
	return arena_printf(arena, "%s/%s%s", request->folder, trial_file_names[file],
		request->suffix ? request->suffix : "");
}

/* Writers find the same state each time when all blocks exist before they start. */
static bool needs_layout(const struct job *job)
{
	return job_writes(job) && !job_sets(job, "overwrite") && !job->create_on_open &&
	       !job->unlink;
}

/* A section; each has a group of its own, so that results are of one job each. */
static void print_job(const struct trial_request *request, const struct job *job, FILE *stream)
{
	job_print(job, stream);
	fprintf(stream,
		"randseed=%llu\ntime_based=1\nruntime=%lluns\nramp_time=%lluns\n"
		"number_ios=0\nsteadystate_duration=0\n"
		"latency_target=0\nmax_latency=0\ngroup_reporting=1\nstonewall=0\n"
		"new_group=1\n",
		(unsigned long long)request->seed, (unsigned long long)request->runtime_ns,
		(unsigned long long)request->ramp_ns);
	if (needs_layout(job))
		fputs("overwrite=1\n", stream);
	/* The cache stays as it is: from before the session, and between blocks. */
	if ((request->board > 0 || (request->keeps_cache && !job_sets(job, "invalidate"))) &&
		!job->direct)
		fputs("invalidate=0\n", stream);
	/* Between turns the poll thread sleeps: soon, or it takes a CPU from the others. */
	if (request->board > 0 && job_sets(job, "sqthread_poll") &&
		!job_sets(job, "sqthread_poll_idle"))
		fputs("sqthread_poll_idle=1ms\n", stream);
}

char *trial_job_text(const struct trial_request *request, struct arena *arena, const char **problem)
{
	AUTO_FREE char *text = NULL;
	size_t bytes;
	FILE *stream = open_memstream(&text, &bytes);

	if (!stream)
		arena_exhausted();
	print_job(request, request->job, stream);
	for (size_t i = 0; i < request->together_count; i++)
		print_job(request, request->together[i], stream);
	if (fclose(stream) != 0)
		arena_exhausted();
	*problem = NULL;
	if (strstr(text, "# cannot be read back")) /* by job_print; no value has a # */
		*problem = "a value of the job contains ';', '#' or '${', which a job file cannot "
			   "have";
	return *problem ? NULL : arena_strdup(arena, text);
}

static const char *const *list_arguments(const struct trial_request *request, struct arena *arena)
{
	const char **argv = arena_alloc_array(arena, request->destroy_count + 12, sizeof(*argv));
	size_t count = 0;

	argv[count++] = request->program ? request->program : "ringside";
	argv[count++] = "run";
	argv[count++] = "--quiet";
	argv[count++] = "--format=json";
	argv[count++] = arena_printf(arena, "--output=%s", file_path(request, TRIAL_RESULT, arena));
	for (size_t i = 0; i < request->destroy_count; i++)
		argv[count++] = arena_printf(arena, "--destroy=%s", request->destroy[i]);
	if (request->board > 0)
		argv[count++] = arena_printf(arena, "--turns=%d", request->board);
	if (request->rank) {
		argv[count++] = arena_printf(arena, "--rank=%s", request->rank);
		argv[count++] = arena_printf(arena, "--led-by=%d", request->followed);
	}
	argv[count++] = file_path(request, TRIAL_JOB, arena);
	return argv;
}

/* The first error that the program reported, without its job's name; else its first line. */
static const char *reported_problem(
	const struct trial_request *request, const char *path, struct arena *arena)
{
	const char *said = text_read_file(arena, path);
	const char *error = said ? strstr(said, "error: ") : NULL;
	const char *start = error ? error + strlen("error: ") : said;
	const char *whose =
		request->job ? arena_printf(arena, "job '%s': ", request->job->name) : "job '";

	if (!start || !*start)
		return NULL;
	/* What it warned of or noted is no reason for its end. */
	if (!error && (memmem(start, strcspn(start, "\n"), "warning: ", strlen("warning: ")) ||
			      memmem(start, strcspn(start, "\n"), "note: ", strlen("note: "))))
		return NULL;
	if (text_starts_with(start, whose))
		start += strlen(whose);
	return arena_strndup(arena, start, strcspn(start, "\n"));
}

static void describe_failure(const struct trial_request *request, const struct child_end *end,
	struct arena *arena, struct trial_outcome *outcome)
{
	const char *reported =
		reported_problem(request, file_path(request, TRIAL_MESSAGES, arena), arena);

	if (end->was_interrupted)
		outcome->problem = "interrupted";
	else if (end->was_late)
		outcome->problem = arena_printf(arena, "did not end within %.3g s and was killed",
			(double)request->timeout_ns / 1e9);
	else if (end->start_error != 0)
		outcome->problem = arena_printf(arena, "%s cannot be started: %s",
			request->program ? request->program : this_program,
			strerror(end->start_error));
	else if (outcome->has_result && outcome->result.job_count > 0 &&
		 outcome->result.jobs[0].error_message)
		outcome->problem = arena_strdup(arena, outcome->result.jobs[0].error_message);
	else
		outcome->problem =
			reported ? reported
				 : arena_printf(arena, "ended with code %d", end->exit_code);
}

static void read_result(
	const struct trial_request *request, struct arena *arena, struct trial_outcome *outcome)
{
	AUTO_FREE char *said = NULL;
	size_t said_bytes;
	struct diag diag;
	FILE *stream = open_memstream(&said, &said_bytes);
	int error;

	if (!stream)
		arena_exhausted();
	diag_init(&diag, stream);
	error = result_read(file_path(request, TRIAL_RESULT, arena), &outcome->result, &diag);
	if (fclose(stream) != 0)
		arena_exhausted();
	outcome->has_result =
		error == 0 && outcome->result.job_count == 1 + request->together_count;
	for (size_t i = 1; outcome->has_result && i < outcome->result.job_count; i++)
		result_merge_job(
			&outcome->result, &outcome->result.jobs[0], &outcome->result.jobs[i]);
	if (outcome->has_result)
		return;
	result_free(&outcome->result);
	outcome->problem = error == 0 ? "its result does not have as many jobs as were asked for"
				      : arena_printf(arena, "its result cannot be read: %.*s",
						(int)strcspn(said, "\n"), said);
}

static const char *find_mismatch(const struct result *result, struct arena *arena)
{
	for (size_t i = 0; i < result->warning_count; i++) {
		if (collect_is_mismatch(&result->warnings[i]))
			return arena_strdup(arena, result->warnings[i].message);
	}
	return NULL;
}

void trial_take(struct trial_outcome *outcome, struct arena *arena)
{
	const struct result_job *job = &outcome->result.jobs[0];

	trial_values_take(job, outcome->values);
	outcome->early_excess = trial_values_early_excess(job);
	outcome->window_s = (double)job->elapsed_ns / 1e9;
	/* Helpers (poll threads, io-wq) take turns with it: which preempted which is unknown. */
	if (outcome->values[VALUE_HELPER_PER_IO] > 0)
		outcome->own.preempted_count = NAN;
	outcome->mismatch = find_mismatch(&outcome->result, arena);
	/* I/Os that moved little are quick, and say nothing about those that were asked for. */
	if (!outcome->problem)
		outcome->problem = result_job_fault(job, arena);
	if (!outcome->problem && !(outcome->values[VALUE_IOPS] > 0))
		outcome->problem = "no I/O was done in the window";
}

static int write_job(
	const struct trial_request *request, struct arena *arena, struct trial_outcome *outcome)
{
	const char *text =
		request->text ? request->text : trial_job_text(request, arena, &outcome->problem);
	int error;

	if (!text)
		return -EINVAL;
	error = save_file(file_path(request, TRIAL_JOB, arena), text, strlen(text));
	if (error != 0)
		outcome->problem = arena_printf(
			arena, "cannot write to %s: %s", request->folder, strerror(-error));
	return error;
}

void trial_outcome_init(struct trial_outcome *outcome)
{
	*outcome = (struct trial_outcome){.early_excess = NAN, .carry_over = NAN};
	for (int i = 0; i < VALUE_COUNT; i++)
		outcome->values[i] = NAN;
	for (int i = 0; i < GUARD_CAUSE_COUNT; i++)
		outcome->others_guards[i] = NAN;
}

void trial_start(struct trial_process *process, const struct trial_request *request,
	struct arena *arena, struct trial_outcome *outcome)
{
	*process = (struct trial_process){
		.request = request,
		.child_request =
			{
				.program = request->program ? request->program : this_program,
				.arguments = list_arguments(request, arena),
				.messages_path = file_path(request, TRIAL_MESSAGES, arena),
				.timeout_ns = request->timeout_ns,
				.cpus = request->cpus,
				.inherited = request->rank ? request->followed : request->board,
				.on_wait = request->on_wait,
				.context = request->context,
			},
		.child.pid = -1,
	};
	trial_outcome_init(outcome);
	process->has_job = write_job(request, arena, outcome) == 0;
	if (!process->has_job) {
		outcome->exit_code = EXIT_BAD_REQUEST;
		return;
	}
	(void)unlink(file_path(request, TRIAL_RESULT, arena)); /* of the trial before */
	child_start(&process->child, &process->child_request, &process->end);
}

void trial_wait(struct trial_process *process, struct arena *arena, struct trial_outcome *outcome)
{
	const struct trial_request *request = process->request;
	struct child_end *end = &process->end;

	if (!process->has_job)
		return;
	child_wait(&process->child, &process->child_request, end);
	outcome->exit_code = end->exit_code;
	outcome->was_interrupted = end->was_interrupted;
	outcome->was_late = end->was_late;
	outcome->own = end->own;
	read_result(request, arena, outcome);
	if (end->exit_code != EXIT_DONE || end->was_late || end->was_interrupted)
		describe_failure(request, end, arena, outcome);
}

void trial_end(struct trial_process *process, struct arena *arena, struct trial_outcome *outcome)
{
	trial_wait(process, arena, outcome);
	if (outcome->has_result)
		trial_take(outcome, arena);
}

void trial_run(
	const struct trial_request *request, struct arena *arena, struct trial_outcome *outcome)
{
	struct trial_process process;

	trial_start(&process, request, arena, outcome);
	trial_end(&process, arena, outcome);
}

/* SPDX-License-Identifier: MIT */
/* `ringside baseline`: what checks are held against is recorded, updated and shown. */
#include "check/baseline.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/save_file.h"
#include "base/text.h"
#include "check/input.h"
#include "check/judge.h"
#include "command/documents.h"
#include "command/session_options.h"
#include "run/stop_signal.h"

struct baseline_request {
	struct trials_request trials;
	uint64_t sessions, blocks;
	size_t threshold_count;
	const char *const *thresholds;
	const char *output, *reason, *commit;
	bool rebases_anchor;
};

#define BIND(type, member) OPTION_BIND_##type(struct baseline_request, member)

static const struct option record_options[] = {
	{BIND(COUNT, sessions), .min = 1, .max = 100, .name = "sessions", .syntax = "N",
		.value_default = "5", .help = "record: number of sessions, --idle apart"},
	{OPTION_BIND_TEXTS(struct baseline_request, thresholds, threshold_count),
		.name = "threshold", .syntax = "METRIC=P%",
		.help = "record: tolerated loss in checks against it; may be repeated"},
	{.name = NULL},
};

static const struct option reference_options[] = {
	{OPTION_BIND_TEXTS(struct baseline_request, trials.references, trials.reference_count),
		.name = "ref", .syntax = "WHAT",
		.help = "record: ratios to a section, engine, option=value or binary"},
	{BIND(COUNT, blocks), .min = SESSION_OPTIONS_BLOCKS_LEAST,
		.max = SESSION_OPTIONS_BLOCKS_MOST, .name = "blocks", .syntax = "N",
		.value_default = "7", .help = "record: number of blocks"},
	{.name = NULL},
};

static const struct option output_options[] = {
	{BIND(TEXT, output), .name = "output", .syntax = "FILE",
		.help = "record: the baseline's file; update: another than the one read"},
	{.name = NULL},
};

static const struct option update_options[] = {
	{BIND(TEXT, reason), .name = "reason", .syntax = "TEXT",
		.help = "update: why, for those who read the file"},
	{BIND(FLAG, rebases_anchor), .name = "rebase-anchor",
		.help = "update: the new sessions become the anchor"},
	{.name = NULL},
};

static const struct option common_options[] = {
	{BIND(TEXT, commit), .name = "commit", .syntax = "HASH",
		.help = "commit that is measured (default: CI's variable, or git's HEAD)"},
	{BIND(FLAG, trials.contest.is_quiet), .name = "quiet", .help = "no progress line"},
	{.name = NULL},
};

static const struct command_part parts[] = {
	{.options = record_options},
	{.options = reference_options},
	{.options = output_options},
	{.options = update_options},
	SESSION_OPTIONS_TRIALS(struct baseline_request, trials),
	SESSION_OPTIONS_CONTEST(struct baseline_request, trials.contest),
	{.options = common_options},
	{.options = NULL},
};

/* Options of record, which would do nothing here. */
static int refuse_record_options(struct arguments *arguments)
{
	static const char why[] = "it is for `baseline record`";

	if (arguments_refuse(arguments, record_options, why) != 0 ||
		arguments_refuse(arguments, reference_options, why) != 0)
		return -EINVAL;
	return session_options_refuse(arguments, why);
}

/* An exit code. */
static int show(struct arguments *arguments, const struct baseline *baseline, const char *path,
	FILE *stream)
{
	int error = baseline_show(baseline, path, stream);

	/* A reader that stops early (head) has what it wanted. */
	if (error != -EPIPE)
		(void)documents_complain(arguments, "to stdout", error);
	return error == 0 ? EXIT_DONE : EXIT_RUN_FAILED;
}

static int save(struct arguments *arguments, const struct baseline *baseline, const char *path)
{
	AUTO_FREE char *text = baseline_print(baseline);
	int error = documents_save(arguments, path, text, strlen(text));
	int code = show(arguments, baseline, path, save_file_is_stdout(path) ? stderr : stdout);

	return error == 0 ? code : EXIT_RUN_FAILED;
}

/* The text of the first job file, or the options: for people who find the baseline. */
static const char *job_text(struct arguments *arguments)
{
	const char *text = "";

	if (arguments->operand_count > 0)
		return text_read_file(&arguments->arena, arguments->operands[0]);
	for (size_t i = 0; i < arguments->job_option_count; i++)
		text = arena_printf(
			&arguments->arena, "%s%s%s", text, i ? " " : "", arguments->job_options[i]);
	return text;
}

/* The baseline learns the machine's noise from such sessions too: but it may be a passing one. */
static void warn_of_session(struct arguments *arguments, const struct check_session *session)
{
	if (check_session_control_failed(session))
		diag_warning(&arguments->diag, NULL,
			"session %s: the control came out %+.1f %% off", session->id,
			100 * (session->control.ratio - 1));
	if (check_session_was_disturbed(session))
		diag_warning(&arguments->diag, NULL,
			"session %s: %u of %u trials were disturbed and run again (%s)",
			session->id, session->repeated_count, session->trial_count,
			session->disturbance ? session->disturbance : "?");
}

static void note_duration(struct arguments *arguments, const struct trials_plan *plan,
	const struct trials_request *trials, size_t blocks, uint64_t sessions)
{
	uint64_t idle_ns = trials->idle_ns * (sessions - 1);
	struct contest_time time;
	unsigned least_s, most_s;

	contest_plan_time(&trials->contest, &plan->point, &time);
	least_s =
		(unsigned)((contest_plan_least_ns(&time, blocks) * sessions + idle_ns) / NS_PER_S);
	most_s = (unsigned)((contest_plan_most_ns(&time, blocks) * sessions + idle_ns) / NS_PER_S);
	if (!trials->contest.is_quiet)
		diag_note(&arguments->diag, NULL,
			"%d sessions, %.3g s apart: about %u:%02u min, up to %u:%02u where I/O is "
			"slow or disturbed",
			(int)sessions, (double)trials->idle_ns / 1e9, least_s / 60, least_s % 60,
			most_s / 60, most_s % 60);
}

/* Sessions one after the other, each with an own process for each trial, idle between them. */
static int record_sessions(struct arguments *arguments, const struct trials_plan *plan,
	struct baseline_request *request, struct baseline *baseline)
{
	struct trials_request *trials = &request->trials;
	uint64_t seed = trials->seed;

	for (uint64_t i = 0; i < request->sessions; i++) {
		int signal = i > 0 ? trials_idle(trials->idle_ns) : 0;
		struct check_session session;
		int code;

		if (signal != 0)
			return 128 + signal;
		trials->seed = seed + i;
		code = trials_session(plan, trials, request->blocks, &session, &baseline->arena,
			&arguments->diag);
		if (code != EXIT_DONE)
			return code;
		session.commit = request->commit;
		warn_of_session(arguments, &session);
		baseline_add(baseline, &session, true);
		if (!trials->contest.is_quiet)
			diag_note(&arguments->diag, NULL, "session %d of %d recorded", (int)i + 1,
				(int)request->sessions);
	}
	return EXIT_DONE;
}

/*
 * On a signal, and when a session fails: those that are whole are kept where they are of use (one
 * shows no spread) and replace nothing.
 */
static void save_part(struct arguments *arguments, const struct baseline *baseline,
	const char *path, uint64_t sessions)
{
	const char *reason = NULL;

	if (access(path, F_OK) == 0)
		reason = "the baseline that is there is left as it was";
	else if (baseline->session_count < 2)
		reason = "nothing is saved: one session shows no spread";
	diag_note(&arguments->diag, NULL, "broken off after %zu of %d sessions: %s",
		baseline->session_count, (int)sessions, reason ? reason : "those are saved");
	if (!reason)
		(void)save(arguments, baseline, path); /* said; the code of what happened stands */
}

static int record(struct arguments *arguments, struct baseline_request *request)
{
	struct trials_request *trials = &request->trials;
	struct trials_plan plan;
	struct baseline baseline;
	const struct baseline_threshold *thresholds;
	int code = EXIT_BAD_REQUEST;

	if (session_options_thresholds(
		    arguments, request->thresholds, request->threshold_count, &thresholds) != 0)
		return code;
	baseline_init(&baseline);
	baseline.job = job_text(arguments);
	baseline.reference_count = trials->reference_count;
	baseline.references = trials->references;
	baseline.threshold_count = request->threshold_count;
	baseline.thresholds = (struct baseline_threshold *)thresholds;
	if (trials_plan_make(&plan, trials, &arguments->diag) == 0 &&
		session_options_spare(arguments, &plan) == 0) {
		note_duration(arguments, &plan, trials, request->blocks, request->sessions);
		stop_signal_catch();
		code = record_sessions(arguments, &plan, request, &baseline);
		if (code == EXIT_DONE)
			code = save(arguments, &baseline, request->output);
		else if (code > 128 || baseline.session_count > 0)
			save_part(arguments, &baseline, request->output, request->sessions);
		stop_signal_release();
	}
	trials_plan_free(&plan);
	baseline_free(&baseline);
	return code;
}

static int record_main(struct arguments *arguments, struct baseline_request *request)
{
	if (arguments_refuse(arguments, update_options, "it is for `baseline update`") != 0)
		return EXIT_BAD_REQUEST;
	session_options_complete_trials(arguments, &request->trials, true);
	if (!request->output ||
		(arguments->operand_count == 0 && arguments->job_option_count == 0)) {
		diag_error(&arguments->diag, NULL, "%s",
			request->output ? "nothing to record: name a job file, or options"
					: "--output=FILE is missing");
		diag_hint(&arguments->diag, "ringside baseline record jobs/nightly.job "
					    "--output=results/nightly.baseline.json");
		return EXIT_BAD_REQUEST;
	}
	if (documents_check_file(arguments, "output", request->output) != 0 ||
		documents_spare_operands(arguments, "the job file") != 0)
		return EXIT_BAD_REQUEST;
	return record(arguments, request);
}

/* Whether a session may join: the same jobs, the same machine, undisturbed. An exit code. */
static int may_join(struct arguments *arguments, const struct baseline *baseline,
	const struct check_session *session, const char *path)
{
	const struct check_session *newest = baseline_newest(baseline);
	struct place place = {.file = path};
	struct check_changes changes;

	comparable_environment(&newest->environment.hard, &session->environment.hard, NULL, 0,
		&changes, &arguments->arena);
	if (changes.count > 0) {
		diag_error(&arguments->diag, &place,
			"measured on another machine: %s was %s, is %s", changes.items[0].key,
			changes.items[0].before ? changes.items[0].before : "?",
			changes.items[0].now ? changes.items[0].now : "?");
		return EXIT_INCOMPARABLE;
	}
	for (size_t i = 0; i < newest->contender_count; i++) {
		const char *name = newest->contenders[i].name;
		const struct contender *contender = check_session_find(session, name);
		const char *difference =
			contender ? comparable_jobs(newest, session, name, &arguments->arena)
				  : "the result does not have it";

		if (difference || contender->problem) {
			diag_error(&arguments->diag, &place, "job '%s': %s", name,
				difference ? difference : contender->problem);
			return difference ? EXIT_INCOMPARABLE : EXIT_RUN_FAILED;
		}
	}
	if (check_session_control_failed(session) || check_session_was_disturbed(session)) {
		diag_error(&arguments->diag, &place,
			"the session was disturbed: a baseline must not learn from it");
		return EXIT_INCONCLUSIVE;
	}
	return EXIT_DONE;
}

/* The baseline's own contenders, in its order, with its references: no other gets in. */
static struct check_session *adopt(const struct baseline *baseline,
	const struct check_session *from, const char *commit, struct arena *arena)
{
	const struct check_session *newest = baseline_newest(baseline);
	struct check_session *session = ARENA_NEW(arena, struct check_session);

	*session = *from;
	session->commit = commit;
	session->reference = newest->reference;
	session->contender_count = newest->contender_count;
	session->contenders =
		arena_alloc_array(arena, newest->contender_count, sizeof(*session->contenders));
	for (size_t i = 0; i < newest->contender_count; i++) {
		session->contenders[i] = *check_session_find(from, newest->contenders[i].name);
		session->contenders[i].reference = newest->contenders[i].reference;
	}
	return session;
}

static void note_update(const struct baseline_request *request, struct baseline *baseline)
{
	struct baseline_update *updates =
		arena_alloc_array(&baseline->arena, baseline->update_count + 1, sizeof(*updates));
	char now[CHECK_TIME_BYTES];

	if (baseline->update_count > 0)
		memcpy(updates, baseline->updates, baseline->update_count * sizeof(*updates));
	updates[baseline->update_count++] = (struct baseline_update){
		.time = arena_strdup(&baseline->arena, check_time_text(now, time(NULL))),
		.commit = request->commit,
		.reason = request->reason,
	};
	baseline->updates = updates;
}

static int add_results(struct arguments *arguments, const struct baseline_request *request,
	struct baseline *baseline)
{
	bool is_anchor = request->rebases_anchor;
	int code = EXIT_DONE;

	for (size_t i = 0; is_anchor && i < baseline->session_count; i++)
		baseline->sessions[i].is_anchor = false;
	for (size_t i = 1; i < arguments->operand_count && code == EXIT_DONE; i++) {
		const char *path = arguments->operands[i];
		struct place place = {.file = path};
		struct input input;

		code = EXIT_BAD_REQUEST;
		if (input_read(path, &input, &baseline->arena, &arguments->diag) == 0) {
			if (input.is_baseline)
				diag_error(&arguments->diag, &place,
					"a baseline: results are what it is updated with");
			else if (baseline_has(baseline, &input.session))
				diag_error(&arguments->diag, &place,
					"the baseline has this session, of %s, already",
					input.session.id);
			else
				code = may_join(arguments, baseline, &input.session, path);
		}
		if (code == EXIT_DONE)
			baseline_add(baseline,
				adopt(baseline, &input.session, request->commit, &baseline->arena),
				is_anchor);
		input_free(&input);
	}
	return code;
}

/* A baseline and nothing else: a result would do as one for a check, but is none. */
static int read_baseline(struct arguments *arguments, const char *path, struct baseline *baseline)
{
	struct place place = {.file = path};
	struct input input;
	int error = input_read(path, &input, &arguments->arena, &arguments->diag);

	if (error == 0 && !input.is_baseline) {
		diag_error(&arguments->diag, &place, "a result, no baseline");
		error = -EINVAL;
	}
	if (error != 0)
		input_free(&input);
	else
		*baseline = input.baseline;
	return error;
}

/* The baseline may be replaced, the results that it is updated with not. */
static int spare_results(struct arguments *arguments)
{
	int error = 0;

	for (size_t i = 1; i < arguments->operand_count && error == 0; i++)
		error = documents_spare(arguments, arguments->operands[i], "a result");
	return error;
}

static int update_main(struct arguments *arguments, const struct baseline_request *request)
{
	const char *path = arguments->operand_count ? arguments->operands[0] : NULL;
	struct baseline baseline = {0};
	int code = EXIT_BAD_REQUEST;

	if (refuse_record_options(arguments) != 0)
		return code;
	if (arguments->operand_count < 2 || !request->reason) {
		diag_error(&arguments->diag, NULL, "%s",
			arguments->operand_count < 2 ? "name the baseline and new results"
						     : "--reason=TEXT is missing");
		diag_hint(&arguments->diag,
			"ringside baseline update FILE RESULT.json… --reason=\"new drive\"");
		return code;
	}
	if (documents_check_file(arguments, "output", request->output) == 0 &&
		spare_results(arguments) == 0 && read_baseline(arguments, path, &baseline) == 0) {
		code = add_results(arguments, request, &baseline);
		if (code == EXIT_DONE) {
			note_update(request, &baseline);
			code = save(arguments, &baseline, request->output ? request->output : path);
		}
	}
	baseline_free(&baseline);
	return code;
}

static int show_main(struct arguments *arguments)
{
	static const char why[] = "`baseline show` only shows";
	struct baseline baseline = {0};
	int code = EXIT_BAD_REQUEST;

	if (refuse_record_options(arguments) != 0 ||
		arguments_refuse(arguments, output_options, why) != 0 ||
		arguments_refuse(arguments, update_options, why) != 0)
		return code;
	if (arguments->operand_count != 1) {
		diag_error(&arguments->diag, NULL, "name one baseline");
		return code;
	}
	if (read_baseline(arguments, arguments->operands[0], &baseline) == 0)
		code = show(arguments, &baseline, arguments->operands[0], stdout);
	baseline_free(&baseline);
	return code;
}

static int baseline_main(struct arguments *arguments, void *asked)
{
	struct baseline_request *request = asked;
	const char *verb = arguments->operand_count ? arguments->operands[0] : "";

	if (arguments->operand_count) {
		arguments->operands++;
		arguments->operand_count--;
	}
	if (!request->commit)
		request->commit = trials_commit(".", &arguments->arena);
	if (strcmp(verb, "record") == 0)
		return record_main(arguments, request);
	if (strcmp(verb, "update") == 0)
		return update_main(arguments, request);
	if (strcmp(verb, "show") == 0)
		return show_main(arguments);
	diag_error(&arguments->diag, NULL, "record, update or show a baseline");
	diag_hint(&arguments->diag, "ringside help baseline");
	return EXIT_BAD_REQUEST;
}

const struct command command_baseline = {
	.name = "baseline",
	.usage = "record JOBFILE... --output=FILE | update FILE RESULT.json... | show FILE",
	.summary = "what checks are held against: record, update, show",
	.detail = "record runs the jobs in several sessions, --idle apart, and keeps every trial's "
		  "figures.\nWhat keeps sessions apart: fresh processes, the pause, files dropped "
		  "from the page cache\nbefore each trial (unless the job says invalidate=0), and "
		  "every job run once unmeasured.\nHow days differ, only sessions of several days "
		  "know: update adds them.\nBroken off by Ctrl-C or a failure, it keeps two or "
		  "more whole sessions, if no file is replaced.\nupdate adds sessions (of `check "
		  "--comparison` or `compare --json`) that were accepted;\nthe newest ten count, "
		  "and the first ones stay as the anchor, against which checks are\nmade with a "
		  "wider threshold: many small losses are one large one.\nshow tells how noisy the "
		  "machine is, and what loss a check can see.",
	.parts = parts,
	.request_bytes = sizeof(struct baseline_request),
	.takes_job_options = true,
	.ranks = COMMAND_IN_TRIALS,
	.run = baseline_main,
};

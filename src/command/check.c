/* SPDX-License-Identifier: MIT */
/* `ringside check`: is it worse than before, or than a reference? The exit code says. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/save_file.h"
#include "base/text.h"
#include "check/history.h"
#include "check/input.h"
#include "command/documents.h"
#include "command/session_options.h"
#include "job/job_values.h"
#include "run/stop_signal.h"

struct check_request {
	struct documents documents;
	struct trials_check check;
	size_t baseline_count, threshold_count;
	const char *const *baselines, *const *thresholds;
	const char *title, *history;
	int inconclusive; /* enum outcome_inconclusive */
	int improved;     /* enum outcome_improved */
	bool allows_jobs, is_bisecting, is_github, is_live;
};

static const struct document_formats *const kinds[] = {&check_formats, NULL};

static const struct option_choice inconclusive_choices[] = {
	{"3", INCONCLUSIVE_STANDS, "exit code 3"},
	{"pass", INCONCLUSIVE_PASSES, "exit code 0"},
	{"fail", INCONCLUSIVE_FAILS, "exit code 1"},
	{NULL, 0, NULL},
};

static const struct option_choice improved_choices[] = {
	{"pass", IMPROVED_PASSES, "exit code 0"},
	{"fail", IMPROVED_FAILS, "exit code 1"},
	{NULL, 0, NULL},
};

#define BIND(type, member)      OPTION_BIND_##type(struct check_request, member)
#define BIND_TEXTS(list, count) OPTION_BIND_TEXTS(struct check_request, list, count)

static const struct option check_options[] = {
	{BIND_TEXTS(baselines, baseline_count), .name = "baseline", .syntax = "BASELINE",
		.help = "compare with this baseline, or result (repeated: sessions)"},
	{BIND_TEXTS(thresholds, threshold_count), .name = "threshold", .syntax = "METRIC=P%",
		.help = "judge METRIC, and tolerate this loss; may be repeated"},
	{BIND_TEXTS(check.settings.allowed, check.settings.allowed_count), .name = "allow-env",
		.syntax = "FACT", .help = "a fact of the machine that may differ; may be repeated"},
	{BIND(FLAG, allows_jobs), .name = "allow-job",
		.help = "jobs may differ from the baseline's in options, from references in rates"},
	{BIND(FLAG, check.settings.allows_disturbed), .name = "allow-disturbed",
		.help = "judge disturbed trials, too, beside a baseline without any"},
	{BIND(CHOICE, inconclusive), .choices = inconclusive_choices, .name = "inconclusive",
		.syntax = "WHAT", .value_default = "3",
		.help = "pass or fail an inconclusive check; 3: the exit code"},
	{BIND(CHOICE, improved), .choices = improved_choices, .name = "improved", .syntax = "WHAT",
		.value_default = "pass",
		.help = "fail an improvement, so that the baseline is updated"},
	{BIND(FLAG, is_bisecting), .name = "bisect", .help = "exit codes for `git bisect run`"},
	{BIND(TEXT, title), .name = "title", .syntax = "NAME",
		.help = "title of the check in reports (default: the first file's name)"},
	{BIND(TEXT, history), .name = "history", .syntax = "FILE",
		.help = "add a line to FILE (JSON lines)"},
	{BIND(FLAG, is_github), .name = "github",
		.help = "annotations, step summary, output (by itself on GitHub)"},
	{BIND(TEXT, check.commit), .name = "commit", .syntax = "HASH",
		.help = "commit that is measured (default: CI's variable, or git's HEAD)"},
	{BIND(FLAG, check.trials.contest.is_quiet), .name = "quiet", .help = "no progress line"},
	{.name = NULL},
};

/* Beside those that baseline has, too: of trials that it runs itself. */
static const struct option run_options[] = {
	{BIND(FLAG, is_live), .name = "live",
		.help = "a screen in place of the progress line, on a terminal of 80x20 or more"},
	{BIND_TEXTS(check.trials.references, check.trials.reference_count), .name = "ref",
		.syntax = "WHAT",
		.help = "compare within the session: with a section, engine, option=value, binary"},
	{BIND(COUNT, check.blocks), .min = SESSION_OPTIONS_BLOCKS_LEAST,
		.max = SESSION_OPTIONS_BLOCKS_MOST, .name = "blocks", .syntax = "N",
		.help = "number of blocks (default: 7, and more where that settles it)"},
	{BIND(TEXT, check.trials.contest.save_path), .name = "comparison", .syntax = "FILE",
		.help = "save every trial to FILE, as `ringside compare --json` does"},
	{.name = NULL},
};

static const struct command_part parts[] = {
	{.options = check_options},
	DOCUMENTS_PART(struct check_request, documents, kinds),
	{.options = run_options},
	SESSION_OPTIONS_TRIALS(struct check_request, check.trials),
	SESSION_OPTIONS_CONTEST(struct check_request, check.trials.contest),
	{.options = NULL},
};

static const char *title_of(struct arguments *arguments, const char *title)
{
	const char *path = arguments->operand_count ? arguments->operands[0] : "command line";

	return title ? title : text_stem_of(path, &arguments->arena);
}

static bool has_contender(const struct check_session *sessions, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (check_session_find(&sessions[i], name))
			return true;
	}
	return false;
}

static bool has_assertion(const struct judge_settings *settings, const struct assertion *assertion)
{
	for (size_t i = 0; i < settings->assertion_count; i++) {
		const struct assertion *other = &settings->assertions[i];

		if (strcmp(other->contender, assertion->contender) == 0 &&
			other->metric == assertion->metric &&
			other->relation == assertion->relation && other->limit == assertion->limit)
			return true;
	}
	return false;
}

/* Adds the limits of one job. Jobs that run together may have some from [global], each of them. */
static int add_assertions(struct arguments *arguments, const struct job_assertions *list,
	const char *contender, const struct place *place, struct judge_settings *settings)
{
	size_t count = settings->assertion_count;
	struct assertion *assertions =
		arena_alloc_array(&arguments->arena, count + list->count, sizeof(*assertions));
	int error;

	if (count > 0)
		memcpy(assertions, settings->assertions, count * sizeof(*assertions));
	settings->assertions = assertions;
	error = limit_resolve_assertions(
		list, contender, place, assertions + count, &arguments->diag);
	for (size_t i = count; i < count + list->count; i++) {
		const struct assertion assertion = assertions[i];

		if (!has_assertion(settings, &assertion))
			assertions[settings->assertion_count++] = assertion;
	}
	return error;
}

/* Limits of each job, not of what it is held against: of its assert option. */
static int find_assertions(struct arguments *arguments, const struct trials_plan *plan,
	struct judge_settings *settings)
{
	const struct contender_point *jobs = plan->plans[0].points;
	int error = 0;

	for (size_t i = 0; i < jobs->count; i++) {
		const struct contender_setup *setup = &jobs->contenders[i];

		for (size_t j = 0; j < contender_job_count(setup); j++) {
			const struct job *job = contender_job(setup, j);

			error |= add_assertions(arguments, &job->assertions, setup->name,
				job_place(job, "assert"), settings);
		}
	}
	return error;
}

/* Copies of jobs that those are held against have the option too, and are not held to it. */
static bool is_copy(
	const struct baseline *baseline, const struct check_session *session, const char *contender)
{
	return check_session_is_own_reference(session, contender) ||
	       (baseline && check_session_is_own_reference(baseline_newest(baseline), contender));
}

/* "assert", and "log.assert" of jobs that ran together. */
static bool is_assertion(const struct setting *setting)
{
	const char *last = strrchr(setting->key, '.');

	return strcmp(last ? last + 1 : setting->key, "assert") == 0;
}

/* The same of one contender of a result. */
static int add_assertions_of(struct arguments *arguments, const struct contender *contender,
	struct judge_settings *settings)
{
	int error = 0;

	for (size_t i = 0; i < contender->options.count; i++) {
		const struct setting *setting = &contender->options.items[i];
		struct job_assertions list = {0};
		struct option_problem problem;

		/* It was read before the run: what is no limit is of another version. */
		if (is_assertion(setting) &&
			job_assert_parse(setting->value, &list, &arguments->arena, &problem) == 0)
			error |= add_assertions(arguments, &list, contender->name, NULL, settings);
	}
	return error;
}

/* The same of results, whose options are texts; a job of several results has one of each. */
static int find_assertions_of(struct arguments *arguments, const struct check_session *sessions,
	size_t count, const struct baseline *baseline, struct judge_settings *settings)
{
	int error = 0;

	for (size_t i = 0; i < count; i++) {
		for (size_t a = 0; a < sessions[i].contender_count; a++) {
			const struct contender *contender = &sessions[i].contenders[a];

			if (!has_contender(sessions, i, contender->name) &&
				!is_copy(baseline, &sessions[i], contender->name))
				error |= add_assertions_of(arguments, contender, settings);
		}
	}
	return error;
}

/* A threshold that no gate has is a mistake that would go unnoticed for ever. */
static void warn_of_thresholds(struct arguments *arguments, const struct judge_settings *settings,
	const struct check *report)
{
	for (size_t i = 0; i < settings->threshold_count; i++) {
		if (!judge_has_gate(report, settings->thresholds[i].name))
			diag_warning(&arguments->diag, NULL,
				"--threshold=%s: no gate has this name",
				settings->thresholds[i].name);
	}
}

static bool has_references(const struct check_session *session)
{
	for (size_t i = 0; i < session->contender_count; i++) {
		if (check_session_reference_of(session, &session->contenders[i]))
			return true;
	}
	return false;
}

static bool is_fact(const struct result_environment *environment, const char *key)
{
	return settings_value(&environment->hard, key) || settings_value(&environment->soft, key);
}

/* An allowance that allows nothing is a mistake, too. */
static void warn_of_allowances(struct arguments *arguments, const struct judge_settings *settings,
	const struct baseline *baseline, const struct check *report)
{
	if (!baseline && settings->allowed_count > 0)
		diag_warning(&arguments->diag, NULL,
			"--allow-env is about a baseline, and there is none");
	if (!baseline && !settings->compares_jobs && !has_references(report->today))
		diag_warning(&arguments->diag, NULL,
			"--allow-job is about a baseline or a reference, and there is none");
	for (size_t i = 0; baseline && i < settings->allowed_count; i++) {
		const char *key = settings->allowed[i];

		if (!is_fact(&baseline_newest(baseline)->environment, key) &&
			!is_fact(&report->today->environment, key))
			diag_warning(&arguments->diag, NULL,
				"--allow-env=%s: no machine's facts have this name", key);
	}
}

/* As if it had come out the same twice. */
static bool is_repeated(const struct check_session *sessions, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (check_session_is_same(&sessions[i], &sessions[index]))
			return true;
	}
	return false;
}

static int read_sessions(struct arguments *arguments, struct check *report, const char *commit,
	struct check_session *sessions)
{
	for (size_t i = 0; i < arguments->operand_count; i++) {
		struct place place = {.file = arguments->operands[i]};
		struct input input;
		int error = input_read(
			arguments->operands[i], &input, &report->arena, &arguments->diag);
		bool is_baseline = input.is_baseline;

		sessions[i] = input.session;
		sessions[i].commit = commit;
		input_free(&input);
		if (error == 0 && is_baseline) {
			diag_error(&arguments->diag, &place, "a baseline is not what is checked");
			diag_hint(&arguments->diag, "--baseline=%s", arguments->operands[i]);
			error = -EINVAL;
		} else if (error == 0 && is_repeated(sessions, i)) {
			diag_error(&arguments->diag, &place, "the session %s is named twice",
				sessions[i].id);
			error = -EINVAL;
		}
		if (error != 0)
			return error;
	}
	return 0;
}

/* Judges what others ran. */
static int judge_results(
	struct arguments *arguments, struct check *report, struct check_request *request)
{
	static const char why[] = "results are judged as they are";
	struct judge_settings *settings = &request->check.settings;
	const struct baseline *baseline = request->check.baseline;
	size_t count = arguments->operand_count;
	struct check_session *sessions =
		arena_alloc_array(&report->arena, count, sizeof(*sessions));
	struct judgement judgement;

	/* "new1 and 4 more": a session that was meant as the baseline's is seen here. */
	if (count > 1 && !request->title)
		report->title = arena_printf(
			&arguments->arena, "%s and %zu more", report->title, count - 1);
	if (arguments_refuse(arguments, run_options, why) != 0 ||
		session_options_refuse(arguments, why) != 0 ||
		read_sessions(arguments, report, request->check.commit, sessions) != 0 ||
		find_assertions_of(arguments, sessions, count, baseline, settings) != 0)
		return -EINVAL;
	if (!baseline && !has_references(&sessions[0]) && settings->assertion_count == 0) {
		diag_error(&arguments->diag, NULL, "there is nothing to compare with");
		diag_hint(&arguments->diag, "--baseline=FILE names a baseline or another result");
		return -EINVAL;
	}
	if (!baseline && has_references(&sessions[0]) && count > 1) {
		diag_error(&arguments->diag, NULL,
			"without --baseline one comparison is judged at a time");
		return -EINVAL;
	}
	for (size_t i = 0; i < count; i++)
		report->elapsed_s += check_session_window_s(&sessions[i]);
	judge_begin(&judgement, report, settings, baseline, sessions, count);
	decide_all(&judgement);
	check_conclude(report, &request->check.policy);
	return 0;
}

/* --ref, or what the baseline was recorded with. */
static int find_references(struct arguments *arguments, struct trials_check *check)
{
	struct trials_request *trials = &check->trials;

	if (!check->baseline)
		return 0;
	if (trials->reference_count > 0) {
		diag_error(&arguments->diag, NULL, "--ref and --baseline are two ways to check");
		diag_hint(&arguments->diag, "`ringside baseline record --ref=…` makes a baseline "
					    "of ratios to a reference");
		return -EINVAL;
	}
	trials->reference_count = check->baseline->reference_count;
	trials->references = check->baseline->references;
	return 0;
}

/* A baseline is held against what is measured as it was. */
static bool wants_turns(const struct trials_check *check)
{
	return check->baseline ? baseline_newest(check->baseline)->rounds > 0 : check->blocks == 0;
}

static bool has_something_to_judge_by(const struct trials_check *check)
{
	return check->baseline || check->trials.reference_count > 0 ||
	       check->settings.assertion_count > 0;
}

/* Runs jobs and judges them. */
static int judge_jobs(struct arguments *arguments, struct check *report, struct trials_check *check)
{
	struct trials_plan plan;
	int error;

	if (find_references(arguments, check) != 0)
		return -EINVAL;
	session_options_complete_trials(arguments, &check->trials, wants_turns(check));
	check->trials.contest.carry_limit = limit_smallest(&check->settings, check->baseline) / 2;
	if (!check->commit)
		check->commit = trials_commit(".", &arguments->arena);
	error = trials_plan_make(&plan, &check->trials, &arguments->diag);
	if (error == 0)
		error = session_options_spare(arguments, &plan);
	if (error == 0)
		error = find_assertions(arguments, &plan, &check->settings);
	if (error == 0 && !has_something_to_judge_by(check)) {
		diag_error(&arguments->diag, NULL, "there is nothing to compare with");
		diag_hint(&arguments->diag,
			"--baseline=FILE, --ref=WHAT, or assert=METRIC>=VALUE in the job");
		error = -EINVAL;
	}
	if (error == 0) {
		arguments->has_measured = true;
		error = trials_check(report, &plan, check, &arguments->diag);
	}
	trials_plan_free(&plan);
	return error;
}

static int judge_either(
	struct arguments *arguments, struct check *report, struct check_request *request)
{
	struct trials_check *check = &request->check;
	int error;

	report->title = title_of(arguments, request->title);
	if (arguments->operand_count > 0 && input_is_document(arguments->operands[0]))
		error = judge_results(arguments, report, request);
	else
		error = judge_jobs(arguments, report, check);
	if (error == 0 && !report->is_foreseen) {
		warn_of_thresholds(arguments, &check->settings, report);
		warn_of_allowances(arguments, &check->settings, check->baseline, report);
	}
	return error;
}

/* The report must not overwrite the results and baselines that it is made from. */
static int check_outputs(struct arguments *arguments, const struct check_request *request)
{
	int error = documents_check(arguments, &check_formats);

	error |= documents_check_growing(arguments, "history", request->history, false);
	error |= documents_check_growing(
		arguments, "comparison", request->check.trials.contest.save_path, true);
	if (error == 0)
		error = documents_spare_operands(arguments, "what is checked");
	for (size_t i = 0; i < request->baseline_count && error == 0; i++)
		error = documents_spare(arguments, request->baselines[i], "the baseline");
	return error;
}

static int append(struct arguments *arguments, const char *path, const char *text, size_t bytes)
{
	int descriptor = save_file_open(path, O_WRONLY | O_APPEND);
	FILE *stream = descriptor < 0 ? NULL : fdopen(descriptor, "a");
	int error = descriptor;

	if (stream)
		error = fwrite(text, 1, bytes, stream) == bytes ? 0 : -errno;
	else if (descriptor >= 0)
		error = -ENOMEM; /* all that fdopen(3) can lack */
	if (stream && fclose(stream) != 0 && error == 0)
		error = -errno;
	return documents_complain(arguments, path, error);
}

/* GitHub reads commands on stderr (stdout carries the result) and two files. */
static int write_github(struct arguments *arguments, struct check *report)
{
	const char *summary = getenv("GITHUB_STEP_SUMMARY");
	const char *output = getenv("GITHUB_OUTPUT");
	AUTO_FREE char *text = NULL;
	int worst = check_write_annotations(report, stderr);
	size_t bytes = 0;
	int error;

	if (summary && *summary) {
		error = documents_print(&check_formats, "markdown", report, &text, &bytes);
		error = error ? documents_complain(arguments, summary, error)
			      : append(arguments, summary, text, bytes);
		worst = error ? error : worst;
	}
	if (output && *output) {
		const char *values = arena_printf(&arguments->arena, "verdict=%s\nexit-code=%d\n",
			check_verdict(report), report->exit_code);

		error = append(arguments, output, values, strlen(values));
		worst = error ? error : worst;
	}
	return worst;
}

static int write_history(struct arguments *arguments, const char *path, const struct check *report)
{
	AUTO_FREE char *line = history_print(report);
	int error = documents_complain(arguments, path, history_append(path, line));

	if (error != 0)
		documents_keep(arguments, path, line, strlen(line));
	return error;
}

/* The report, the history, and what GitHub reads. 0 or -errno, reported. */
static int write_all(
	struct arguments *arguments, const struct check_request *request, struct check *report)
{
	const char *actions = getenv("GITHUB_ACTIONS");
	bool is_github = request->is_github || (actions && strcmp(actions, "true") == 0);
	int worst = documents_write(arguments, &check_formats, report);
	int error = 0;

	if (request->history)
		error = write_history(arguments, request->history, report);
	worst = error ? error : worst;
	error = is_github ? write_github(arguments, report) : 0;
	return error ? error : worst;
}

/* The settings that more than one option makes, and what it is held against. */
static int complete(struct arguments *arguments, struct check_request *request,
	struct baseline *baseline, struct check *report)
{
	struct trials_check *check = &request->check;
	size_t count = request->baseline_count;

	check->policy = (struct outcome_policy){
		.inconclusive = (enum outcome_inconclusive)request->inconclusive,
		.improved = (enum outcome_improved)request->improved,
	};
	check->settings.compares_jobs = !request->allows_jobs;
	check->settings.threshold_count = request->threshold_count;
	if (session_options_thresholds(arguments, request->thresholds, request->threshold_count,
		    &check->settings.thresholds) != 0)
		return -EINVAL;
	if (count > 0) {
		if (input_read_baseline(request->baselines, count, baseline, &arguments->diag) != 0)
			return -EINVAL;
		check->baseline = baseline;
		report->can_be_updated = baseline->is_file;
		report->baseline = request->baselines[0];
	}
	if (count > 1)
		report->baseline = arena_printf(
			&arguments->arena, "%s and %zu more", request->baselines[0], count - 1);
	if (arguments->operand_count > 0 || arguments->job_option_count > 0)
		return 0;
	diag_error(&arguments->diag, NULL, "nothing to check: name a job file or a result");
	diag_hint(&arguments->diag, "ringside check jobs/nightly.job --baseline=FILE");
	return -EINVAL;
}

static int check_main(struct arguments *arguments, void *asked)
{
	struct check_request *request = asked;
	struct baseline baseline = {0};
	struct check report;
	int code = EXIT_BAD_REQUEST;

	check_init(&report);
	if (session_options_live(
		    arguments, &request->check.trials.contest, request->is_live, "check") == 0 &&
		check_outputs(arguments, request) == 0 &&
		complete(arguments, request, &baseline, &report) == 0) {
		stop_signal_catch();
		if (judge_either(arguments, &report, request) == 0) {
			code = report.exit_code;
			if (write_all(arguments, request, &report) != 0 && code == EXIT_DONE)
				code = EXIT_RUN_FAILED;
		}
		stop_signal_release();
	}
	baseline_free(&baseline);
	check_free(&report);
	return code;
}

static int map_code(const void *asked, int code)
{
	const struct check_request *request = asked;

	return request->is_bisecting ? outcome_bisect_code(code) : code;
}

const struct command command_check = {
	.name = "check",
	.usage = "[OPTION]... JOBFILE... | RESULT.json...",
	.summary = "tell a regression from noise; the exit code says",
	.detail =
		"Three ways to check:\n"
		"  ringside check JOB --baseline=FILE           runs the job, against a baseline\n"
		"  ringside check NEW.json --baseline=BASE.json only judges: results, fio's too\n"
		"  ringside check JOB --ref=WHAT                against a reference, in one "
		"session:\n"
		"    a section of the job, an engine, option=value, or another ringside binary\n\n"
		"A loss is a regression when it is shown (1 % one-sided, by fresh trials) and "
		"above half\nthe threshold; a pass is a pass only when a loss as large as the "
		"threshold is excluded.\nA gate that shows neither is inconclusive. 'sees' is the "
		"smallest loss that would be found.\n"
		"A baseline of another job, or of levels of another machine, is refused before "
		"anything runs\n(exit code 4); ratios and counts are judged on any machine.\n"
		"Options of jobs (--bs=8k) act as a [global] section before the file: as "
		"defaults.\n\n"
		"  0 pass, improved   1 regression   2 wrong request   3 inconclusive\n"
		"  4 incomparable     5 the run went wrong",
	.parts = parts,
	.request_bytes = sizeof(struct check_request),
	.takes_job_options = true,
	.ranks = COMMAND_IN_TRIALS,
	.run = check_main,
	.map_code = map_code,
};

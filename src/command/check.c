/* SPDX-License-Identifier: MIT */
/* `ringside check`: is it worse than before, or than a reference? The exit code says. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "check/input.h"
#include "check/trials.h"
#include "command/check_options.h"
#include "command/check_output.h"
#include "command/command.h"
#include "command/command_list.h"
#include "command/writing.h"
#include "job/job_values.h"
#include "run/stop_signal.h"

static const struct command_option check_options[] = {
	{"baseline", "BASELINE",
		"what it is held against: a baseline, or results (repeated: sessions)"},
	{"ref", "WHAT",
		"held against in the same session: a section, engine, option=value, binary"},
	{"threshold", "METRIC=P%", "tolerated loss, and that METRIC is judged; may be repeated"},
	{"allow-env", "FACT", "a fact of the machine that may differ; may be repeated"},
	{"allow-job", NULL,
		"options of the jobs may differ from the baseline's, rates from the reference's"},
	{"allow-disturbed", NULL, "disturbed trials are judged, though the baseline had none"},
	{"inconclusive", "WHAT", "pass or fail what cannot be told (default: exit code 3)"},
	{"improved", "WHAT", "fail what got better, so that the baseline is updated"},
	{"bisect", NULL, "exit codes for `git bisect run`"},
	{"title", "NAME", "of the check in reports (default: the first file's name)"},
	{"comparison", "FILE", "save every trial to FILE, as `ringside compare --json` does"},
	CHECK_OUTPUT_OPTIONS,
	TRIALS_OPTIONS,
	{NULL, NULL, NULL},
};

static const char *title_of(struct arguments *arguments)
{
	const char *title = arguments_value(arguments, "title");
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

/* Adds the limits of one job. */
static int add_assertions(struct arguments *arguments, const struct job_assertions *list,
	const char *contender, const struct place *place, struct judge_settings *settings)
{
	size_t count = settings->assertion_count;
	struct assertion *assertions =
		arena_alloc_array(&arguments->arena, count + list->count, sizeof(*assertions));

	if (count > 0)
		memcpy(assertions, settings->assertions, count * sizeof(*assertions));
	settings->assertions = assertions;
	settings->assertion_count += list->count;
	return limit_resolve_assertions(
		list, contender, place, assertions + count, &arguments->diag);
}

/* Limits of each job, not of what it is held against: of its assert option. */
static int find_assertions(struct arguments *arguments, const struct trials_plan *plan,
	struct judge_settings *settings)
{
	const struct contender_point *jobs = plan->plans[0].points;
	int error = 0;

	for (size_t i = 0; i < jobs->count; i++) {
		const struct contender_setup *setup = &jobs->contenders[i];

		if (setup->job)
			error |= add_assertions(arguments, &setup->job->assertions, setup->name,
				job_place(setup->job, "assert"), settings);
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

/* The same of results, whose options are texts; a job of several results has one of each. */
static int find_assertions_of(struct arguments *arguments, const struct check_session *sessions,
	size_t count, const struct baseline *baseline, struct judge_settings *settings)
{
	int error = 0;

	for (size_t i = 0; i < count; i++) {
		for (size_t a = 0; a < sessions[i].contender_count; a++) {
			const struct check_contender *contender = &sessions[i].contenders[a];
			const char *text = result_setting_value(&contender->options, "assert");
			struct job_assertions list = {0};
			struct option_problem problem;

			/* It was read before the run: what is no limit is of another version. */
			if (text && !has_contender(sessions, i, contender->name) &&
				!is_copy(baseline, &sessions[i], contender->name) &&
				job_assert_parse(text, &list, &arguments->arena, &problem) == 0)
				error |= add_assertions(
					arguments, &list, contender->name, NULL, settings);
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
	return result_setting_value(&environment->hard, key) ||
	       result_setting_value(&environment->soft, key);
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

static int read_sessions(
	struct arguments *arguments, struct check *report, struct check_session *sessions)
{
	for (size_t i = 0; i < arguments->operand_count; i++) {
		struct place place = {.file = arguments->operands[i]};
		struct input input;
		int error = input_read(
			arguments->operands[i], &input, &report->arena, &arguments->diag);
		bool is_baseline = input.is_baseline;

		sessions[i] = input.session;
		sessions[i].commit = arguments_value(arguments, "commit");
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

/* "new1 and 4 more": a session that was meant as the baseline's is seen here. */
static void title_several(struct arguments *arguments, struct check *report)
{
	if (arguments->operand_count > 1 && !arguments_value(arguments, "title"))
		report->title = arena_printf(&arguments->arena, "%s and %zu more", report->title,
			arguments->operand_count - 1);
}

/* Judges what others ran. */
static int judge_results(struct arguments *arguments, struct check *report,
	struct judge_settings *settings, const struct outcome_policy *policy,
	const struct baseline *baseline)
{
	struct check_session *sessions =
		arena_alloc_array(&report->arena, arguments->operand_count, sizeof(*sessions));
	struct judgement judgement;

	title_several(arguments, report);
	if (check_options_refuse_trials(arguments, "results are judged as they are") != 0 ||
		read_sessions(arguments, report, sessions) != 0 ||
		find_assertions_of(
			arguments, sessions, arguments->operand_count, baseline, settings) != 0)
		return -EINVAL;
	if (!baseline && !has_references(&sessions[0]) && settings->assertion_count == 0) {
		diag_error(&arguments->diag, NULL, "nothing to hold it against");
		diag_hint(&arguments->diag, "--baseline=FILE names a baseline or another result");
		return -EINVAL;
	}
	if (!baseline && has_references(&sessions[0]) && arguments->operand_count > 1) {
		diag_error(&arguments->diag, NULL,
			"without --baseline one comparison is judged at a time");
		return -EINVAL;
	}
	for (size_t i = 0; i < arguments->operand_count; i++)
		report->elapsed_s += check_session_window_s(&sessions[i]);
	judge_begin(&judgement, report, settings, baseline, sessions, arguments->operand_count);
	decide_all(&judgement);
	check_conclude(report, policy);
	return 0;
}

/* --ref, or what the baseline was recorded with. */
static int find_references(struct arguments *arguments, struct trials_check *request)
{
	struct trials_request *trials = &request->trials;
	const char **references;

	trials->reference_count = arguments_values(arguments, "ref", &references);
	trials->references = references;
	if (!request->baseline)
		return 0;
	if (trials->reference_count > 0) {
		diag_error(&arguments->diag, NULL, "--ref and --baseline are two ways to check");
		diag_hint(&arguments->diag,
			"`ringside baseline record --ref=…` makes a baseline of ratios to a "
			"reference");
		return -EINVAL;
	}
	trials->reference_count = request->baseline->reference_count;
	trials->references = request->baseline->references;
	return 0;
}

static bool has_something_to_judge_by(const struct trials_check *request)
{
	return request->baseline || request->trials.reference_count > 0 ||
	       request->settings.assertion_count > 0;
}

/* Runs jobs and judges them. */
static int judge_jobs(struct arguments *arguments, struct check *report,
	struct trials_check *request, int argc, char **argv)
{
	struct trials_request *trials = &request->trials;
	struct trials_plan plan;
	int error;

	if (check_options_trials(arguments, trials, &request->blocks) != 0 ||
		find_references(arguments, request) != 0)
		return -EINVAL;
	trials->argument_count = (size_t)argc;
	trials->arguments = (const char *const *)argv;
	trials->contest.save_path = arguments_value(arguments, "comparison");
	request->commit = check_options_commit(arguments);
	error = trials_plan_make(&plan, trials, &arguments->diag);
	if (error == 0)
		error = check_options_spare_targets(arguments, &plan);
	if (error == 0)
		error = find_assertions(arguments, &plan, &request->settings);
	if (error == 0 && !has_something_to_judge_by(request)) {
		diag_error(&arguments->diag, NULL, "nothing to hold it against");
		diag_hint(&arguments->diag,
			"--baseline=FILE, --ref=WHAT, or assert=METRIC>=VALUE in the job");
		error = -EINVAL;
	}
	if (error == 0) {
		arguments->has_measured = true;
		error = trials_check(report, &plan, request, &arguments->diag);
	}
	trials_plan_free(&plan);
	return error;
}

static int judge_either(struct arguments *arguments, struct check *report,
	struct trials_check *request, int argc, char **argv)
{
	int error;

	report->title = title_of(arguments);
	if (arguments->operand_count > 0 && input_is_document(arguments->operands[0]))
		error = judge_results(
			arguments, report, &request->settings, &request->policy, request->baseline);
	else
		error = judge_jobs(arguments, report, request, argc, argv);
	if (error == 0 && !report->is_foreseen) {
		warn_of_thresholds(arguments, &request->settings, report);
		warn_of_allowances(arguments, &request->settings, request->baseline, report);
	}
	return error;
}

/* The report must not overwrite the results and baselines that it is made from. */
static int spare_inputs(struct arguments *arguments, const char **baselines, size_t count)
{
	int error = writing_spare_operands(arguments, "what is checked");

	for (size_t i = 0; i < count && error == 0; i++)
		error = writing_spare(arguments, baselines[i], "the baseline");
	return error;
}

static int check_all(struct arguments *arguments, int argc, char **argv)
{
	struct trials_check request = {0};
	struct baseline baseline = {0};
	const char **paths;
	size_t path_count = arguments_values(arguments, "baseline", &paths);
	struct check report;
	int code = EXIT_BAD_REQUEST;

	check_init(&report);
	if (check_output_check(arguments) != 0 || spare_inputs(arguments, paths, path_count) != 0 ||
		check_options_judge(arguments, &request.settings, &request.policy) != 0)
		goto out;
	if (path_count > 0) {
		if (input_read_baseline(paths, path_count, &baseline, &arguments->diag) != 0)
			goto out;
		request.baseline = &baseline;
		report.can_be_updated = baseline.is_file;
		report.baseline = path_count > 1
					  ? arena_printf(&arguments->arena, "%s and %zu more",
						    paths[0], path_count - 1)
					  : paths[0];
	}
	if (arguments->operand_count == 0 && arguments->job_option_count == 0) {
		diag_error(&arguments->diag, NULL, "nothing to check: name a job file or a result");
		diag_hint(&arguments->diag, "ringside check jobs/nightly.job --baseline=FILE");
		goto out;
	}
	stop_signal_catch();
	if (judge_either(arguments, &report, &request, argc, argv) == 0) {
		code = report.exit_code;
		if (check_output_write(arguments, &report) != 0 && code == EXIT_DONE)
			code = EXIT_RUN_FAILED;
	}
	stop_signal_release();
out:
	baseline_free(&baseline);
	check_free(&report);
	return code;
}

static int check_main(const struct command *command, int argc, char **argv)
{
	struct arguments arguments;
	int code = EXIT_BAD_REQUEST;
	bool is_bisecting = false;

	if (arguments_read(&arguments, command, argc, argv) == 0)
		code = check_all(&arguments, argc, argv);
	is_bisecting = arguments_value(&arguments, "bisect") != NULL;
	arguments_free(&arguments);
	return is_bisecting ? outcome_bisect_code(code) : code;
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
		"threshold is excluded.\nWhat shows neither is inconclusive. 'sees' is the "
		"smallest loss that would be found.\n"
		"A baseline of another job, or of levels of another machine, is refused before "
		"anything runs\n(exit code 4); ratios and counts are judged on any machine.\n"
		"Options of jobs (--bs=8k) act as a [global] section before the file: as "
		"defaults.\n\n"
		"  0 pass, improved   1 regression   2 wrong request   3 inconclusive\n"
		"  4 incomparable     5 the run went wrong",
	.options = check_options,
	.takes_job_options = true,
	.run = check_main,
};

/* SPDX-License-Identifier: MIT */
/* Screening and confirming with trials. */
#include "check/conduct.h"

#include <errno.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/save_file.h"

struct conduct {
	struct check *report;
	const struct conduct_request *request;
	struct trials trials;
	struct judge judge;
	struct diag *diag;
};

/* All that was measured from a block on, as gates. */
static void judge_from(
	struct conduct *conduct, struct judge *judge, struct check *report, size_t first_block)
{
	const struct conduct_request *request = conduct->request;
	struct sample *sample = ARENA_NEW(&report->arena, struct sample);

	trials_sample(&conduct->trials, first_block, sample, &report->arena);
	sample->commit = request->commit;
	check_restart(report);
	judge_begin(judge, report, &request->settings, request->baseline, sample, 1);
}

/* Looks until nothing is unsettled or there is no further look. False: broken off. */
static bool screen(struct conduct *conduct)
{
	const struct conduct_request *request = conduct->request;
	size_t blocks = 0;
	size_t next =
		request->blocks ? request->blocks : regress_next_look(&regress_rule_default, 0);
	bool goes_on = true;

	while (next > 0 && goes_on) {
		goes_on = trials_run(&conduct->trials, next - blocks, NULL, 0);
		blocks = next;
		judge_from(conduct, &conduct->judge, conduct->report, 0);
		/* More blocks tell no more about how sessions differ. */
		if (judge_screen(&conduct->judge) == 0 || request->baseline || request->blocks)
			break;
		next = regress_next_look(&regress_rule_default, blocks);
	}
	return goes_on;
}

static size_t list_candidates(const struct conduct *conduct, const char **arms)
{
	const struct judge *judge = &conduct->judge;
	size_t count = 0;

	for (size_t i = 0; i < judge->case_count; i++) {
		if (judge->cases[i].screen == SCREEN_CANDIDATE)
			arms[count++] = judge->report->gates[judge->cases[i].gate].arm;
	}
	return count;
}

/* What comes next takes as long again: people who wait for it know why. */
static void announce(struct conduct *conduct, size_t gates)
{
	const struct conduct_request *request = conduct->request;
	const char *verb = gates == 1 ? " looks" : "s look";

	if (request->trials.contest.is_quiet)
		return;
	progress_clear(&conduct->trials.contest.progress);
	if (request->baseline)
		diag_note(conduct->diag, NULL,
			"%zu gate%s like a loss: fresh trials in %.3g s will tell", gates, verb,
			(double)request->trials.idle_ns / 1e9);
	else
		diag_note(conduct->diag, NULL, "%zu gate%s like a loss: fresh trials will tell",
			gates, verb);
}

static bool confirm(struct conduct *conduct)
{
	const struct conduct_request *request = conduct->request;
	const char **arms = arena_alloc_array(
		&conduct->report->arena, conduct->judge.case_count, sizeof(*arms));
	size_t count = list_candidates(conduct, arms);
	size_t first = conduct->trials.contest.point->block_count;
	struct check fresh;
	struct judge judge;
	bool goes_on;

	if (count == 0) {
		judge_confirm(&conduct->judge, NULL);
		return true;
	}
	announce(conduct, count);
	if (request->baseline && trials_idle(request->trials.idle_ns) != 0)
		return false;
	goes_on = trials_run(&conduct->trials, regress_rule_default.confirm_blocks, arms, count);
	check_init(&fresh);
	judge_from(conduct, &judge, &fresh, first);
	judge_confirm(&conduct->judge, &judge);
	check_free(&fresh);
	return goes_on;
}

static void tell_duration(
	const struct conduct_request *request, const struct trials_plan *plan, struct diag *diag)
{
	const struct regress_rule *rule = &regress_rule_default;
	bool is_fixed = request->baseline || request->blocks;
	size_t least = request->blocks ? request->blocks : rule->looks[0];
	size_t most = is_fixed ? least : rule->looks[rule->look_count - 1];
	uint64_t pause_ns = request->baseline ? request->trials.idle_ns : 0;
	struct contest_time time;
	uint64_t least_s, most_s;

	contest_plan_time(&request->trials.contest, &plan->point, &time);
	least_s = contest_plan_least_ns(&time, least) / NS_PER_S;
	most_s = (contest_plan_most_ns(&time, most + rule->confirm_blocks) + pause_ns) / NS_PER_S;
	if (!request->trials.contest.is_quiet)
		diag_note(diag, NULL,
			"about %d:%02d min, up to %d:%02d where more trials are needed",
			(int)(least_s / 60), (int)(least_s % 60), (int)(most_s / 60),
			(int)(most_s % 60));
}

/* For reports that go where many machines' do. */
static void say_where(struct check *report, uint64_t started_ns)
{
	struct utsname name;

	report->elapsed_s = (double)(clock_now() - started_ns) / 1e9;
	if (uname(&name) == 0)
		report->host = arena_strdup(&report->arena, name.nodename);
}

/* What could not be saved where it was to be. */
static void keep_comparison(struct conduct *conduct)
{
	struct check *report = conduct->report;
	char *text AUTO_FREE = record_print(&conduct->trials.record);
	char kept[PATH_MAX];

	if (save_file_keep(conduct->request->trials.contest.save_path, text, strlen(text), kept) ==
		0)
		check_note(report, "the comparison could not be saved; it is kept in %s", kept);
	else
		check_note(report, "the comparison could not be saved");
	if (report->exit_code == EXIT_DONE)
		report->exit_code = EXIT_RUN_FAILED;
}

/*
 * Whether the baseline is of nothing that the plan would measure: then the report says so, and
 * minutes of trials would say no more. Where it is of a part, those who wait know what is left.
 */
static bool is_incomparable(struct check *report, const struct trials_plan *plan,
	const struct conduct_request *request, struct diag *diag)
{
	struct sample *sample = ARENA_NEW(&report->arena, struct sample);
	size_t left;

	trials_foresee(plan, &request->trials, sample, &report->arena);
	sample->commit = request->commit;
	left = judge_foresee(report, &request->settings, request->baseline, sample);
	if (left == 0 && request->settings.assertion_count == 0) {
		report->is_foreseen = true;
		check_note(report, "nothing was run: the baseline is of another job or machine");
		check_conclude(report, &request->policy);
		return true;
	}
	for (size_t i = 0; i < report->gate_count; i++)
		diag_warning(diag, NULL, "%s cannot be judged: %s", report->gates[i].arm,
			report->gates[i].reason);
	check_restart(report);
	return false;
}

int conduct_check(struct check *report, const struct trials_plan *plan,
	const struct conduct_request *request, struct diag *diag)
{
	struct conduct conduct = {.report = report, .request = request, .diag = diag};
	uint64_t started_ns = clock_now();
	bool goes_on = false;
	const char *ramp;
	int error;

	if (request->baseline && is_incomparable(report, plan, request, diag)) {
		say_where(report, started_ns);
		return 0;
	}
	tell_duration(request, plan, diag);
	error = trials_open(&conduct.trials, plan, &request->trials, diag);
	if (error == 0) {
		goes_on = screen(&conduct);
		if (goes_on)
			goes_on = confirm(&conduct);
	}
	if (error == 0 || error == -ECANCELED) {
		/* Who failed is told by its own gate; the others by what there is. */
		if (!goes_on) {
			judge_from(&conduct, &conduct.judge, report, 0);
			judge_all(&conduct.judge);
		}
		error = 0;
		check_conclude(report, &request->policy);
	}
	ramp = error == 0 ? record_ramp_note(conduct.trials.contest.point, &report->arena) : NULL;
	if (ramp)
		check_note(report, "%s", ramp);
	contest_close(&conduct.trials.contest);
	say_where(report, started_ns);
	if (error == 0 && conduct.trials.record.signal) {
		report->exit_code = 128 + conduct.trials.record.signal;
		check_note(report, "ended early by signal %d", conduct.trials.record.signal);
	}
	if (error == 0 && conduct.trials.contest.is_guarded)
		report->finding = report->exit_code = EXIT_BAD_REQUEST;
	if (error == 0 && conduct.trials.contest.save_error != 0)
		keep_comparison(&conduct);
	trials_close(&conduct.trials);
	return error;
}

/* Problems of contenders are the record's; a baseline is only worth something without any. */
static int find_problem(const struct sample *sample, struct diag *diag)
{
	int code = EXIT_DONE;

	for (size_t i = 0; i < sample->arm_count; i++) {
		const struct sample_arm *arm = &sample->arms[i];

		if (!arm->fault)
			continue;
		diag_error(diag, NULL, "%s: %s", arm->name, arm->fault);
		code = arm->fault_code;
	}
	return code;
}

int conduct_session(const struct trials_plan *plan, const struct trials_request *request,
	size_t blocks, struct sample *sample, struct arena *arena, struct diag *diag)
{
	struct trials trials;
	int error = trials_open(&trials, plan, request, diag);
	int code = EXIT_RUN_FAILED;
	const char *ramp;

	if (error == 0)
		(void)trials_run(&trials, blocks, NULL, 0); /* the record says how it went */
	if (error == 0 || error == -ECANCELED) {
		ramp = record_ramp_note(trials.contest.point, arena);
		if (ramp)
			diag_note(diag, NULL, "%s", ramp);
		trials_sample(&trials, 0, sample, arena);
		code = find_problem(sample, diag);
		contest_close(&trials.contest);
		if (trials.record.signal)
			code = 128 + trials.record.signal;
		else if (trials.contest.is_guarded)
			code = EXIT_BAD_REQUEST;
		else if (code == EXIT_DONE && error != 0)
			code = EXIT_RUN_FAILED;
	}
	trials_close(&trials);
	return code;
}

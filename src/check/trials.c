/* SPDX-License-Identifier: MIT */
/* Plans, sessions of them, and checks in two stages: screening and confirmation. */
#include "check/trials.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/save_file.h"
#include "base/text.h"
#include "check/decide.h"
#include "engine/engine_list.h"
#include "run/collect.h"
#include "run/plan.h"
#include "run/stop_signal.h"

enum { PARENTS_LIMIT = 64 };

/* How `--ref` is meant. */
enum reference_kind { REFERENCE_SECTION, REFERENCE_PROGRAM, REFERENCE_OPTIONS };

static enum reference_kind kind_of(const char *reference)
{
	if (strchr(reference, '=') || engine_find(reference))
		return REFERENCE_OPTIONS;
	return strchr(reference, '/') ? REFERENCE_PROGRAM : REFERENCE_SECTION;
}

static int make_plan(struct trials_plan *plan, const struct contender_request *request,
	struct diag *diag, struct contender_point **point)
{
	struct contender_plan *made = &plan->plans[plan->plan_count++];
	int error = contender_plan_make(made, request, diag);

	*point = error == 0 ? made->points : NULL;
	return error;
}

/* The same jobs again with what makes references of them. */
static int make_references(struct trials_plan *plan, const struct trials_request *request,
	struct diag *diag, struct contender_point **point)
{
	const char **overrides =
		arena_alloc_array(&plan->arena, request->reference_count, sizeof(*overrides));
	struct contender_request contenders = {
		.job = request->job,
		.program = request->program,
		.is_repeated = true,
	};
	size_t count = 0;

	for (size_t i = 0; i < request->reference_count; i++) {
		const char *reference = request->references[i];

		if (kind_of(reference) == REFERENCE_PROGRAM)
			contenders.program = reference;
		else if (strchr(reference, '='))
			overrides[count++] = reference;
		else
			overrides[count++] = arena_printf(&plan->arena, "ioengine=%s", reference);
	}
	contenders.job.overrides = overrides;
	contenders.job.override_count = count;
	return make_plan(plan, &contenders, diag, point);
}

static const char *label_of(struct trials_plan *plan, const struct trials_request *request)
{
	const char *label = request->references[0];

	for (size_t i = 1; i < request->reference_count; i++)
		label = arena_printf(&plan->arena, "%s %s", label, request->references[i]);
	return label;
}

/* Each job, and then its reference: "randread", "randread (libaio)". */
static void pair(struct trials_plan *plan, const struct trials_request *request,
	const struct contender_point *jobs, const struct contender_point *references)
{
	struct contender_setup *setups =
		arena_alloc_array(&plan->arena, 2 * jobs->count, sizeof(*setups));
	const char *label = label_of(plan, request);

	for (size_t i = 0; i < jobs->count; i++) {
		setups[2 * i] = jobs->contenders[i];
		setups[2 * i + 1] = references->contenders[i];
		setups[2 * i + 1].name =
			arena_printf(&plan->arena, "%s (%s)", jobs->contenders[i].name, label);
		setups[2 * i].reference = setups[2 * i + 1].name;
	}
	plan->point = *jobs;
	plan->point.count = 2 * jobs->count;
	plan->point.contenders = setups;
	plan->point.reference = 1;
}

static int check_references(const struct trials_request *request, struct diag *diag)
{
	for (size_t i = 0; i < request->reference_count; i++) {
		const char *reference = request->references[i];

		if (kind_of(reference) == REFERENCE_SECTION && request->reference_count > 1) {
			diag_error(diag, NULL, "--ref=%s: neither option, engine nor program",
				reference);
			return -EINVAL;
		}
		if (kind_of(reference) == REFERENCE_PROGRAM && access(reference, X_OK) != 0) {
			diag_error(diag, NULL, "--ref=%s: %s", reference, strerror(errno));
			return -EINVAL;
		}
	}
	return 0;
}

/* The reference of all other jobs. */
static int find_section(struct contender_point *jobs, const char *name, struct diag *diag)
{
	struct text_guess guess = {.name = name};

	for (size_t i = 0; engines[i]; i++)
		text_guess(&guess, engines[i]->name);
	for (size_t i = 0; i < jobs->count; i++) {
		if (strcmp(jobs->contenders[i].name, name) != 0)
			continue;
		jobs->reference = i;
		if (jobs->count > 1)
			return 0;
		diag_error(diag, NULL, "--ref=%s: the only job cannot be the reference", name);
		return -EINVAL;
	}
	diag_error(diag, NULL, "--ref=%s: it is neither a section of the jobs nor an engine", name);
	if (access(name, X_OK) == 0)
		diag_hint(diag, "for the program of this name: --ref=./%s", name);
	else if (guess.nearest)
		diag_hint(diag, "did you mean --ref=%s?", guess.nearest);
	else
		diag_hint(diag, "or option=value, or the path of another ringside: ./%s", name);
	return -EINVAL;
}

int trials_plan_make(
	struct trials_plan *plan, const struct trials_request *request, struct diag *diag)
{
	struct contender_request contenders = {.job = request->job, .program = request->program};
	struct contender_point *jobs, *references;
	bool is_section = request->reference_count == 1 &&
			  kind_of(request->references[0]) == REFERENCE_SECTION;
	int error = check_references(request, diag);

	*plan = (struct trials_plan){0};
	plan->plans = arena_alloc_array(&plan->arena, 2, sizeof(*plan->plans));
	if (error != 0)
		return error;
	error = make_plan(plan, &contenders, diag, &jobs);
	if (error == 0 && is_section)
		error = find_section(jobs, request->references[0], diag);
	if (error != 0)
		return error;
	if (request->reference_count == 0 || is_section) {
		plan->point = *jobs;
	} else {
		error = make_references(plan, request, diag, &references);
		if (error == 0)
			pair(plan, request, jobs, references);
	}
	plan->point.has_own_references = !is_section;
	for (size_t i = 0; i < plan->plan_count && error == 0; i++)
		error = contender_plan_guard(&plan->plans[i], &request->contest.allowed, diag);
	return error;
}

void trials_plan_free(struct trials_plan *plan)
{
	for (size_t i = 0; i < plan->plan_count; i++)
		contender_plan_free(&plan->plans[i]);
	arena_free(&plan->arena);
	*plan = (struct trials_plan){0};
}

/* A session that runs. */
struct trials {
	struct record record;
	struct contest contest;
};

/* The record that a session of the plan fills. */
static void begin_record(
	struct record *record, const struct trials_plan *plan, const struct trials_request *request)
{
	record_init(record);
	record->command = "check";
	clock_gettime(CLOCK_REALTIME, &record->started); /* cannot fail: the clock exists */
	record->arguments = contender_command(plan->plans, request->arguments,
		request->argument_count, &record->arena, &record->argument_count);
	record->seed = request->seed;
	record->trial_s = (double)request->contest.trial_ns / (double)NS_PER_S;
	record->points = arena_alloc_array(&record->arena, 1, sizeof(*record->points));
}

/*
 * As the first trial would report it. Problems of the job, whose targets are looked at for it, are
 * left to that trial.
 */
static void read_environment(const struct contender_point *point, const struct write_guard *allowed,
	struct result *result)
{
	size_t first = 0;
	char *said = NULL;
	size_t said_bytes;
	struct plan plan;
	struct diag diag;

	while (first < point->count && !point->contenders[first].job)
		first++;
	if (first == point->count)
		return;
	diag_init(&diag, open_memstream(&said, &said_bytes));
	if (!diag.stream)
		arena_exhausted();
	if (plan_make(&plan,
		    &(struct plan_request){
			    .set = &(struct job_set){.count = 1,
				    .jobs = (struct job *)point->contenders[first].job},
			    .allowed = *allowed},
		    &diag) == 0)
		collect_environment(result, &plan);
	plan_free(&plan);
	fclose(diag.stream);
	free(said);
}

/* A session of the plan before anything runs: the jobs, their machine, and no trial. */
static void foresee(const struct trials_plan *plan, const struct trials_request *request,
	struct check_session *session, struct arena *arena)
{
	struct record record;
	struct result result;

	begin_record(&record, plan, request);
	result_init(&result);
	contest_plan_describe(&record, &record.points[record.point_count++], &plan->point,
		request->contest.has_control);
	read_environment(&plan->point, &request->contest.allowed, &result);
	record.environment = result.environment;
	check_session_of_comparison(session, &record, 0, 0, arena);
	result_free(&result);
	record_free(&record);
}

/*
 * Begins a session and primes it. 0; -ECANCELED where nothing can be run (the record's contenders
 * say why) or a signal came; else -errno, reported. trials_close in every case.
 */
static int open_session(struct trials *trials, const struct trials_plan *plan,
	const struct trials_request *request, struct diag *diag)
{
	struct record *record = &trials->record;
	int error;

	*trials = (struct trials){0};
	begin_record(record, plan, request);
	error = contest_open(&trials->contest, record, &request->contest, diag);
	if (error != 0)
		return error;
	contest_begin(&trials->contest, &plan->point);
	return contest_prime(&trials->contest) ? 0 : -ECANCELED;
}

static void close_session(struct trials *trials)
{
	contest_close(&trials->contest);
	record_free(&trials->record);
}

/* Contenders that are named, the references of those, and the control with its reference. */
static bool *choose(const struct trials *trials, const char *const *contenders,
	size_t contender_count, struct arena *arena)
{
	const struct record_point *point = trials->contest.point;
	bool *takes_part = arena_alloc_array(arena, point->contender_count, sizeof(*takes_part));

	for (size_t c = 0; c < point->contender_count; c++) {
		takes_part[c] |=
			c == point->control || c == point->reference ||
			text_is_listed(point->contenders[c].name, contenders, contender_count);
		for (size_t r = 0; takes_part[c] && point->contenders[c].reference &&
				   r < point->contender_count;
			r++)
			takes_part[r] |= strcmp(point->contenders[r].name,
						 point->contenders[c].reference) == 0;
	}
	return takes_part;
}

/*
 * Until there are so many blocks, of the contenders that are named (NULL: all) and their
 * references. False when a signal came or a reference failed: there will be no more.
 */
static bool run_blocks(
	struct trials *trials, size_t blocks, const char *const *contenders, size_t contender_count)
{
	struct arena arena = {0};
	bool *takes_part = contenders ? choose(trials, contenders, contender_count, &arena) : NULL;
	bool goes_on = true;

	/* Blocks of turns may be given up, and begin anew. */
	while (trials->contest.point->block_count < blocks && goes_on)
		goes_on = contest_block(&trials->contest, takes_part);
	arena_free(&arena);
	return goes_on;
}

int trials_idle(uint64_t idle_ns)
{
	const struct timespec step = {.tv_nsec = 50 * (long)NS_PER_MS};
	uint64_t end_ns = clock_now() + idle_ns;

	while (clock_now() < end_ns && stop_signal_number() == 0) {
		(void)nanosleep(&step, NULL); /* broken off: looked at again */
	}
	return stop_signal_number();
}

struct checking {
	struct check *report;
	const struct trials_check *request;
	struct trials trials;
	struct judgement judgement;
	struct diag *diag;
};

/* All that was measured from a block on, as gates. */
static void judge_from(struct checking *checking, struct judgement *judgement, struct check *report,
	size_t first_block)
{
	const struct trials_check *request = checking->request;
	struct check_session *session = ARENA_NEW(&report->arena, struct check_session);

	check_session_of_comparison(
		session, &checking->trials.record, 0, first_block, &report->arena);
	session->commit = request->commit;
	check_restart(report);
	judge_begin(judgement, report, &request->settings, request->baseline, session, 1);
}

/* Looks until nothing is unsettled or there is no further look. False: broken off. */
static bool screen(struct checking *checking)
{
	const struct trials_check *request = checking->request;
	size_t blocks = 0;
	size_t next =
		request->blocks ? request->blocks : regress_next_look(&regress_rule_default, 0);
	bool goes_on = true;

	while (next > 0 && goes_on) {
		goes_on = run_blocks(&checking->trials, next, NULL, 0);
		blocks = next;
		judge_from(checking, &checking->judgement, checking->report, 0);
		/* More blocks do not show how sessions differ. */
		if (decide_screen(&checking->judgement) == 0 || request->baseline ||
			request->blocks)
			break;
		next = regress_next_look(&regress_rule_default, blocks);
	}
	return goes_on;
}

static size_t list_candidates(const struct checking *checking, const char **contenders)
{
	const struct judgement *judgement = &checking->judgement;
	size_t count = 0;

	for (size_t i = 0; i < judgement->case_count; i++) {
		if (judgement->cases[i].screen == SCREEN_CANDIDATE)
			contenders[count++] =
				judgement->report->gates[judgement->cases[i].gate].contender;
	}
	return count;
}

/* The fresh trials take as long again: users are told why they wait. */
static void announce(struct checking *checking, size_t gates)
{
	const struct trials_check *request = checking->request;
	const char *verb = gates == 1 ? " looks" : "s look";

	if (request->trials.contest.is_quiet)
		return;
	progress_clear(&checking->trials.contest.progress);
	if (request->baseline)
		diag_note(checking->diag, NULL,
			"%zu gate%s like a loss: fresh trials in %.3g s will decide", gates, verb,
			(double)request->trials.idle_ns / 1e9);
	else
		diag_note(checking->diag, NULL, "%zu gate%s like a loss: fresh trials will decide",
			gates, verb);
}

static bool confirm(struct checking *checking)
{
	const struct trials_check *request = checking->request;
	const char **contenders = arena_alloc_array(
		&checking->report->arena, checking->judgement.case_count, sizeof(*contenders));
	size_t count = list_candidates(checking, contenders);
	size_t first = checking->trials.contest.point->block_count;
	struct check fresh;
	struct judgement judgement;
	bool goes_on;

	if (count == 0) {
		decide_confirm(&checking->judgement, NULL);
		return true;
	}
	announce(checking, count);
	if (request->baseline && trials_idle(request->trials.idle_ns) != 0)
		return false;
	goes_on = run_blocks(
		&checking->trials, first + regress_rule_default.confirm_blocks, contenders, count);
	check_init(&fresh);
	judge_from(checking, &judgement, &fresh, first);
	decide_confirm(&checking->judgement, &judgement);
	check_free(&fresh);
	return goes_on;
}

static void tell_duration(
	const struct trials_check *request, const struct trials_plan *plan, struct diag *diag)
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

/* Saves the comparison elsewhere: its file could not be written. */
static void keep_comparison(struct checking *checking)
{
	struct check *report = checking->report;
	char *text AUTO_FREE = record_print(&checking->trials.record);
	char kept[PATH_MAX];

	if (save_file_keep(checking->request->trials.contest.save_path, text, strlen(text), kept) ==
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
	const struct trials_check *request, struct diag *diag)
{
	struct check_session *session = ARENA_NEW(&report->arena, struct check_session);
	size_t left;

	foresee(plan, &request->trials, session, &report->arena);
	session->commit = request->commit;
	left = judge_foresee(report, &request->settings, request->baseline, session);
	if (left == 0 && request->settings.assertion_count == 0) {
		report->is_foreseen = true;
		check_note(report, "nothing was run: the baseline is of another job or machine");
		check_conclude(report, &request->policy);
		return true;
	}
	for (size_t i = 0; i < report->gate_count; i++)
		diag_warning(diag, NULL, "%s cannot be judged: %s", report->gates[i].contender,
			report->gates[i].reason);
	return false;
}

int trials_check(struct check *report, const struct trials_plan *plan,
	const struct trials_check *request, struct diag *diag)
{
	struct checking checking = {.report = report, .request = request, .diag = diag};
	uint64_t started_ns = clock_now();
	bool goes_on = false;
	const char *ramp;
	int error;

	if (request->baseline && is_incomparable(report, plan, request, diag)) {
		say_where(report, started_ns);
		return 0;
	}
	tell_duration(request, plan, diag);
	error = open_session(&checking.trials, plan, &request->trials, diag);
	if (error == 0) {
		goes_on = screen(&checking);
		if (goes_on)
			goes_on = confirm(&checking);
	}
	if (error == 0 || error == -ECANCELED) {
		/* A contender that failed has a gate that says so; the others are judged by what
		 * there is. */
		if (!goes_on) {
			judge_from(&checking, &checking.judgement, report, 0);
			decide_all(&checking.judgement);
		}
		error = 0;
		check_conclude(report, &request->policy);
	}
	ramp = error == 0 ? record_ramp_note(checking.trials.contest.point, &report->arena) : NULL;
	if (ramp)
		check_note(report, "%s", ramp);
	contest_close(&checking.trials.contest);
	say_where(report, started_ns);
	if (error == 0 && checking.trials.record.signal) {
		report->exit_code = 128 + checking.trials.record.signal;
		check_note(report, "ended early by signal %d", checking.trials.record.signal);
	}
	if (error == 0 && checking.trials.contest.is_guarded)
		report->finding = report->exit_code = EXIT_BAD_REQUEST;
	if (error == 0 && checking.trials.contest.save_error != 0)
		keep_comparison(&checking);
	close_session(&checking.trials);
	return error;
}

/* Problems of contenders are the record's; a baseline is only worth something without any. */
static int find_problem(const struct check_session *session, struct diag *diag)
{
	int code = EXIT_DONE;

	for (size_t i = 0; i < session->contender_count; i++) {
		const struct contender *contender = &session->contenders[i];

		if (!contender->problem)
			continue;
		diag_error(diag, NULL, "%s: %s", contender->name, contender->problem);
		code = contender->exit_code;
	}
	return code;
}

int trials_session(const struct trials_plan *plan, const struct trials_request *request,
	size_t blocks, struct check_session *session, struct arena *arena, struct diag *diag)
{
	struct trials trials;
	int error = open_session(&trials, plan, request, diag);
	int code = EXIT_RUN_FAILED;
	const char *ramp;

	if (error == 0)
		(void)run_blocks(&trials, blocks, NULL, 0); /* the record says how it went */
	if (error == 0 || error == -ECANCELED) {
		ramp = record_ramp_note(trials.contest.point, arena);
		if (ramp)
			diag_note(diag, NULL, "%s", ramp);
		check_session_of_comparison(session, &trials.record, 0, 0, arena);
		code = find_problem(session, diag);
		contest_close(&trials.contest);
		if (trials.record.signal)
			code = 128 + trials.record.signal;
		else if (trials.contest.is_guarded)
			code = EXIT_BAD_REQUEST;
		else if (code == EXIT_DONE && error != 0)
			code = EXIT_RUN_FAILED;
	}
	close_session(&trials);
	return code;
}

/* Commits are read as git stores them (gitrepository-layout(5)). */
static bool is_hash(const char *text)
{
	size_t length = text ? strspn(text, "0123456789abcdef") : 0;

	return (length == 40 || length == 64) && text[length] == '\0';
}

/* packed-refs: "HASH NAME" a line. */
static const char *find_packed(const char *packed, const char *name, struct arena *arena)
{
	size_t length = strlen(name);

	while (packed && *packed) {
		const char *end = strchrnul(packed, '\n');
		const char *blank = memchr(packed, ' ', (size_t)(end - packed));

		if (blank && (size_t)(end - blank - 1) == length &&
			strncmp(blank + 1, name, length) == 0)
			return arena_strndup(arena, packed, (size_t)(blank - packed));
		packed = *end ? end + 1 : end;
	}
	return NULL;
}

static const char *read_head(const char *git, struct arena *arena)
{
	static const char symbolic[] = "ref: ";
	const char *head = text_read_file(arena, arena_printf(arena, "%s/HEAD", git));
	const char *common = text_read_file(arena, arena_printf(arena, "%s/commondir", git));
	const char *name, *hash;

	if (!head || !text_starts_with(head, symbolic))
		return is_hash(head) ? head : NULL;
	/* A worktree keeps its HEAD, and shares the rest. */
	if (common)
		git = *common == '/' ? common : arena_printf(arena, "%s/%s", git, common);
	name = head + strlen(symbolic);
	hash = text_read_file(arena, arena_printf(arena, "%s/%s", git, name));
	if (!hash)
		hash = find_packed(
			text_read_file(arena, arena_printf(arena, "%s/packed-refs", git)), name,
			arena);
	return is_hash(hash) ? hash : NULL;
}

const char *trials_commit(const char *folder, struct arena *arena)
{
	static const char *const variables[] = {"GITHUB_SHA", "CI_COMMIT_SHA"};
	static const char link[] = "gitdir: ";

	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		if (is_hash(getenv(variables[i])))
			return arena_strdup(arena, getenv(variables[i]));
	}
	for (int i = 0; i < PARENTS_LIMIT; i++) {
		const char *git = arena_printf(arena, "%s/.git", folder);
		const char *text = text_read_file(arena, git);
		const char *found;

		if (text && text_starts_with(text, link))
			git = text[strlen(link)] == '/'
				      ? text + strlen(link)
				      : arena_printf(arena, "%s/%s", folder, text + strlen(link));
		found = read_head(git, arena);
		if (found)
			return found;
		folder = arena_printf(arena, "%s/..", folder);
	}
	return NULL;
}

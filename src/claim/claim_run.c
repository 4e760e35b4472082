/* SPDX-License-Identifier: MIT */
#include "claim/claim_run.h"

#include <math.h>
#include <string.h>
#include <sys/param.h>

#include "base/cleanup.h"
#include "base/save_file.h"
#include "base/units.h"
#include "claim/claim_judge.h"
#include "claim/claim_load.h"
#include "run/stop_signal.h"
#include "session/contest.h"
#include "session/view.h"

#define LEAST_EFFECT 0.01
#define EQUIVALENCE  0.02

/* All claims, and the one that is tested now. */
struct testing {
	struct claims *claims;
	const struct claim_plan *plan;
	struct diag *diag;
	size_t index;
	uint64_t end_ns;       /* of all, on clock_now(); UINT64_MAX: no limit */
	uint64_t claim_end_ns; /* of the claim's share */
	uint64_t after_ns;     /* what those after it take at most */
	struct contest contest;
	bool is_guarded, has_failed;
};

static const struct planned_claim *now(const struct testing *testing)
{
	return &testing->plan->claims[testing->index];
}

static uint64_t left_ns(uint64_t end_ns)
{
	uint64_t moment = clock_now();

	return end_ns > moment ? end_ns - moment : 0;
}

/* "claim 3 of 14, sqpoll, 6 min left at most": before what the session itself shows. */
static void show_place(struct testing *testing)
{
	char left[UNITS_TEXT_BYTES];

	units_format_time(left, (double)MIN(left_ns(testing->end_ns),
					left_ns(testing->claim_end_ns) + testing->after_ns));
	snprintf(testing->contest.progress.prefix, sizeof(testing->contest.progress.prefix),
		"claim %zu of %zu, %s, at most %s left | ", testing->index + 1,
		testing->plan->count, now(testing)->claim.name, left);
}

static void on_result(void *context, const struct trial *trial, const struct result_job *result)
{
	(void)trial;
	(void)result;
	show_place(context);
}

static void begin_record(
	struct testing *testing, const struct contest_options *options, struct record *record)
{
	const struct planned_claim *planned = now(testing);

	record_init(record);
	record->command = "claims";
	record->started = testing->claims->started;
	record->argument_count = testing->claims->argument_count;
	record->arguments = testing->claims->arguments;
	record->seed = testing->claims->seed;
	record->trial_s = (double)options->trial_ns / 1e9;
	record->precision = options->rule.half_width;
	record->least_effect = LEAST_EFFECT;
	record->equivalence = EQUIVALENCE;
	record->is_adaptive = compare_stop_is_adaptive(&options->rule);
	record->is_exploratory = testing->claims->is_exploratory;
	record->points = arena_alloc_array(
		&record->arena, planned->contenders.point_count, sizeof(*record->points));
}

/* A point that was done sooner, or is not begun, leaves its time to the others. */
static void run_points(struct testing *testing, struct contest_options *options)
{
	const struct planned_claim *planned = now(testing);
	const struct contender_plan *plan = &planned->contenders;
	bool may_skip = testing->end_ns != UINT64_MAX; /* else nobody has what is left over */

	for (size_t i = 0; i < plan->point_count && stop_signal_number() == 0; i++) {
		struct contender_point point;

		if (!claim_load_set(&planned->claim, plan, i, testing->contest.record,
			    &testing->claims->arena, &point))
			continue;
		if (planned->is_limited)
			options->limit_ns = claim_plan_point_ns(
				planned, options, i, left_ns(testing->claim_end_ns));
		if (options->limit_ns == 0 && may_skip)
			continue;
		options->limit_ns = MAX(options->limit_ns, 1);
		show_place(testing);
		contest_run(&testing->contest, &point);
	}
}

static void note_failures(struct testing *testing, const struct record *record)
{
	for (size_t i = 0; i < record->point_count; i++) {
		for (size_t c = 0; c < record->points[i].contender_count; c++)
			testing->has_failed |=
				record->points[i].contenders[c].exit_code == EXIT_RUN_FAILED;
	}
	testing->is_guarded |= testing->contest.is_guarded;
}

/* Whether all its points have what a look asks for. */
static bool is_complete(const struct record *record, const struct contender_plan *plan)
{
	if (record->signal != 0 || record->point_count < plan->point_count)
		return false;
	for (size_t i = 0; i < record->point_count; i++) {
		if (record->points[i].block_count == 0)
			return false;
	}
	return true;
}

static int run_session(struct testing *testing, struct record *record, struct claims_entry *entry)
{
	const struct planned_claim *planned = now(testing);
	struct contest_options options;
	uint64_t started_ns = clock_now();
	uint64_t share_ns =
		claim_plan_share_ns(testing->plan, testing->index, left_ns(testing->end_ns));
	int error;

	claim_plan_fit(planned, share_ns, &options);
	options.on_result = on_result;
	options.context = testing;
	begin_record(testing, &options, record);
	testing->claim_end_ns = started_ns + share_ns;
	error = contest_open(&testing->contest, record, &options, testing->diag);
	if (error != 0)
		return error;
	run_points(testing, &options);
	contest_close(&testing->contest);
	note_failures(testing, record);
	claim_judge_measure(&entry->outcome, entry->claim, record, &testing->claims->arena);
	entry->is_complete = is_complete(record, &planned->contenders);
	entry->outcome.elapsed_s = (double)(clock_now() - started_ns) / 1e9;
	return 0;
}

static const enum trial_value shown_values[] = {VALUE_IOPS, VALUE_BANDWIDTH, VALUE_LAT_P50,
	VALUE_LAT_P99, VALUE_LAT_P999, VALUE_CORES, VALUE_CPU_PER_IO, VALUE_INSTRUCTIONS_PER_IO,
	VALUE_SYSCALLS_PER_IO, VALUE_DEPTH};

/* Those that tables show, and those that the claim is about. */
static void choose_values(const struct claim *claim, bool chosen[VALUE_COUNT])
{
	for (size_t i = 0; i < sizeof(shown_values) / sizeof(shown_values[0]); i++)
		chosen[shown_values[i]] = true;
	for (size_t i = 0; i < claim->line_count; i++) {
		chosen[claim->lines[i].left.value] = true;
		if (!claim->lines[i].is_level)
			chosen[claim->lines[i].right.value] = true;
	}
}

static void take_figures(struct claims_contender *contender, const struct view *view, size_t c,
	const bool chosen[VALUE_COUNT], struct arena *arena)
{
	contender->figures = arena_alloc_array(arena, VALUE_COUNT, sizeof(*contender->figures));
	for (int v = 0; v < VALUE_COUNT; v++) {
		const struct estimate *level = &view->comparison.columns[v].levels[c];
		const struct metric *metric = &trial_value_metrics[v];

		if (!chosen[v] || level->count == 0 || view_is_thin(view, (enum trial_value)v, c))
			continue;
		contender->figures[contender->figure_count++] = (struct claims_figure){
			.metric = metric->name,
			.level = metric_level(metric, level->value),
			.lo = metric_level(metric, level->lo),
			.hi = metric_level(metric, level->hi),
		};
	}
}

static void take_contenders(struct claims_point *into, const struct view *view,
	const bool chosen[VALUE_COUNT], struct arena *arena)
{
	const struct record_point *point = view->point;

	into->contenders =
		arena_alloc_array(arena, point->contender_count, sizeof(*into->contenders));
	for (size_t c = 0; c < point->contender_count; c++) {
		const struct contender *contender = &point->contenders[c];
		struct claims_contender *taken = &into->contenders[into->contender_count];

		if (contender->is_control)
			continue;
		into->contender_count++;
		*taken = (struct claims_contender){
			.name = contender->name,
			.engine = contender->engine,
			.problem = contender->problem,
			.options = contender->options,
		};
		if (view->has_figures)
			take_figures(taken, view, c, chosen, arena);
	}
}

static void take_point(struct claims_point *into, const struct claim *claim,
	const struct record *record, const struct record_point *point, struct arena *arena)
{
	bool chosen[VALUE_COUNT] = {false};
	struct view view;

	view_make(&view, record, point, arena);
	choose_values(claim, chosen);
	*into = (struct claims_point){
		.name = point->name,
		.summary = point->summary,
		.reference = point->reference == SESSION_NONE
				     ? NULL
				     : point->contenders[point->reference].name,
		.block_count = point->block_count,
		.trial_count = point->trial_count,
		.trial_s = record->trial_s,
		.rounds = point->rounds,
		.noise = NAN,
		.floor = NAN,
	};
	if (view.has_figures) {
		const struct control *control = &view.comparison.columns[point->primary].control;

		into->is_noisy = control->is_judged && control->has_failed;
		into->noise = control->is_judged ? control->half_width : NAN;
		into->floor = control->is_judged ? control->floor : NAN;
	}
	take_contenders(into, &view, chosen, arena);
}

static void take_points(
	struct claims *claims, struct claims_entry *entry, const struct record *record)
{
	entry->points =
		arena_alloc_array(&claims->arena, record->point_count, sizeof(*entry->points));
	for (size_t i = 0; i < record->point_count; i++)
		take_point(&entry->points[entry->point_count++], entry->claim, record,
			&record->points[i], &claims->arena);
	if (claims->environment.hard.count + claims->environment.soft.count == 0)
		claims->environment = record->environment;
}

/* One claim, which is judged together with the others later. 0 or -errno, reported. */
static int test_claim(struct testing *testing, struct claims_entry *entry)
{
	struct claims *claims = testing->claims;
	const struct planned_claim *planned = now(testing);
	struct record *record;
	int error;

	entry->claim = (struct claim *)&planned->claim;
	if (planned->obstacle) {
		claim_judge_refuse(
			&entry->outcome, entry->claim, planned->obstacle, &claims->arena);
		entry->is_complete = true;
		return 0;
	}
	testing->after_ns -= planned->limit_ns;
	record = &claims->records[claims->record_count++];
	error = run_session(testing, record, entry);
	if (error == 0)
		take_points(claims, entry, record);
	return error;
}

static void judge(struct claims *claims)
{
	struct claim_outcome **outcomes =
		arena_alloc_array(&claims->arena, claims->entry_count, sizeof(*outcomes));

	for (size_t i = 0; i < claims->entry_count; i++)
		outcomes[i] = &claims->entries[i].outcome;
	claim_judge_all(outcomes, claims->entry_count, &claims->arena);
}

static bool has_tested(const struct claims *claims)
{
	size_t lines = 0;

	for (size_t i = 0; i < claims->entry_count; i++)
		lines += claims->entries[i].outcome.line_count;
	return claims_count(claims, NULL, CLAIM_NOT_TESTABLE) < lines;
}

static int exit_code(const struct testing *testing)
{
	if (testing->claims->signal != 0)
		return 128 + testing->claims->signal;
	if (testing->is_guarded)
		return EXIT_BAD_REQUEST;
	if (testing->has_failed)
		return EXIT_RUN_FAILED;
	return has_tested(testing->claims) ? EXIT_DONE : EXIT_INCOMPARABLE;
}

/* What is known by now, verdicts included; the whole is written at the end. */
static void save(struct claims *claims, const char *path, struct diag *diag)
{
	AUTO_FREE char *text = NULL;
	int error;

	if (!path)
		return;
	judge(claims);
	text = document_print(&claims_document, claims);
	error = save_file(path, text, strlen(text));
	if (error != 0)
		diag_warning(diag, NULL, "cannot save to %s: %s", path, strerror(-error));
}

int claim_run(struct claims *claims, const struct claim_plan *plan, const char *save_path,
	struct diag *diag)
{
	struct testing testing = {
		.claims = claims, .plan = plan, .diag = diag, .end_ns = UINT64_MAX};
	uint64_t started_ns = clock_now();
	int error = 0;

	if (plan->limit_ns != CONTEST_AUTO)
		testing.end_ns = started_ns + plan->limit_ns;
	for (size_t i = 0; i < plan->count; i++)
		testing.after_ns += plan->claims[i].limit_ns;
	claims->entries = arena_alloc_array(&claims->arena, plan->count, sizeof(*claims->entries));
	claims->asked_count = plan->count;
	claims->records = arena_alloc_array(&claims->arena, plan->count, sizeof(*claims->records));
	stop_signal_catch();
	for (size_t i = 0; i < plan->count && error == 0 && stop_signal_number() == 0; i++) {
		testing.index = i;
		error = test_claim(&testing, &claims->entries[claims->entry_count++]);
		if (i + 1 < plan->count)
			save(claims, save_path, diag);
	}
	claims->signal = stop_signal_number();
	stop_signal_release();
	judge(claims);
	claims->elapsed_s = (double)(clock_now() - started_ns) / 1e9;
	return error != 0 ? EXIT_RUN_FAILED : exit_code(&testing);
}

int claim_run_require(const struct claims *claims)
{
	if (claims_count(claims, NULL, CLAIM_REFUTED) > 0)
		return EXIT_REGRESSION;
	if (claims_count(claims, NULL, CLAIM_NOT_RESOLVED) > 0)
		return EXIT_INCONCLUSIVE;
	if (claims_count(claims, NULL, CLAIM_NOT_TESTABLE) > 0)
		return EXIT_INCOMPARABLE;
	return EXIT_DONE;
}

/* SPDX-License-Identifier: MIT */
/* Notes beside the figures: contenders that are missing, inequalities, disturbances. */
#include <math.h>
#include <string.h>

#include "result/result_figures.h"
#include "session/rate.h"
#include "session/report.h"

/* Those that count. */
static size_t count_trials(const struct record_point *point, size_t contender)
{
	size_t count = 0;

	for (size_t i = 0; i < point->trial_count; i++)
		count += point->trials[i].contender == contender && point->trials[i].counts;
	return count;
}

/* Why the table has none. It is the reference once more: what that failed of is not told twice. */
static void say_failed_control(struct report_lines *notes, const struct contender *control)
{
	const struct record_point *point = notes->view->point;
	size_t trials = count_trials(point, (size_t)(control - point->contenders));

	if (point->reference < point->contender_count &&
		point->contenders[point->reference].problem)
		return;
	report_say(notes, "the control failed after %zu trial%s: %s", trials,
		trials == 1 ? "" : "s", control->problem);
}

static void say_missing(struct report_lines *notes)
{
	const struct record_point *point = notes->view->point;

	for (size_t c = 0; c < point->contender_count; c++) {
		const struct contender *contender = &point->contenders[c];
		size_t trials = count_trials(point, c);

		if (!contender->problem)
			continue;
		if (contender->is_control)
			say_failed_control(notes, contender);
		else if (trials > 0)
			report_say(notes, "%s failed after %zu trial%s: %s", contender->name,
				trials, trials == 1 ? "" : "s", contender->problem);
		else
			report_say(notes, "%s %s: %s", contender->name,
				contender->exit_code == EXIT_RUN_FAILED ? "failed" : "does not run",
				contender->problem);
	}
}

static bool takes_part(const struct contender *contender)
{
	return !contender->problem && !contender->is_control;
}

/* Why there is no table. */
static void say_nothing_compared(struct report_lines *notes)
{
	const struct record_point *point = notes->view->point;
	const char *only = NULL;
	size_t count = 0;

	for (size_t c = 0; c < point->contender_count; c++) {
		if (!takes_part(&point->contenders[c]))
			continue;
		only = point->contenders[c].name;
		count++;
	}
	if (notes->view->record->signal != 0)
		report_say(notes, "interrupted before the first block");
	else if (point->stop == STOP_OUT_OF_TIME)
		report_say(
			notes, "the time was over (--max-time) before the first block was whole");
	else if (count == 1)
		report_say(notes, "only %s runs: there is nothing to compare it with", only);
	else if (count == 0)
		report_say(notes, "no contender runs");
}

enum trait { TRAIT_DEPTH, TRAIT_BATCH, TRAIT_JOBS, TRAIT_DIRECT, TRAIT_COUNT };

static unsigned trait_of(const struct contender *contender, enum trait trait)
{
	switch (trait) {
	case TRAIT_DEPTH:
		return contender->depth;
	case TRAIT_BATCH:
		return contender->batch;
	case TRAIT_JOBS:
		return contender->numjobs;
	default:
		return contender->is_direct;
	}
}

/* Depth and batches are of engines that have a queue. */
static bool has_trait(const struct contender *contender, enum trait trait)
{
	return contender->queues || (trait != TRAIT_DEPTH && trait != TRAIT_BATCH);
}

/* "unequal: iodepth is a 1, b 32". */
static void say_unequal(struct report_lines *notes, enum trait trait)
{
	static const char *const names[TRAIT_COUNT] = {
		"iodepth", "iodepth_batch_submit", "numjobs", "direct"};
	const struct record_point *point = notes->view->point;
	const struct contender *first = NULL;
	const char *list = "";
	bool differs = false;

	for (size_t c = 0; c < point->contender_count; c++) {
		const struct contender *contender = &point->contenders[c];

		if (!takes_part(contender) || !has_trait(contender, trait))
			continue;
		differs =
			differs || (first && trait_of(first, trait) != trait_of(contender, trait));
		list = arena_printf(notes->view->arena, "%s%s%s %u", list, first ? ", " : "",
			contender->name, trait_of(contender, trait));
		first = first ? first : contender;
	}
	if (differs)
		report_say(notes, "unequal: %s is %s", names[trait], list);
}

/* Options that make another load of a job, or are another target. */
static const struct compared_option {
	const char *key;
	const char *unset; /* its value where it is not set; NULL: unknown */
} compared_options[] = {
	{"filename", NULL},
	{"rw", NULL},
	{"bs", NULL},
	{"size", NULL},
	{"rate_process", "linear"},
};

/* "unequal: filename is a /dev/nvme0n1, b /dev/ng0n1". */
static void say_unequal_option(struct report_lines *notes, const struct compared_option *option)
{
	const struct record_point *point = notes->view->point;
	const char *first = NULL;
	const char *list = "";
	bool differs = false;

	for (size_t c = 0; c < point->contender_count; c++) {
		const struct contender *contender = &point->contenders[c];
		const char *text = strcmp(option->key, "bs") == 0
					   ? result_block_sizes(&contender->options)
					   : settings_value(&contender->options, option->key);

		text = text ? text : option->unset;
		if (!takes_part(contender) || !text)
			continue;
		differs = differs || (first && strcmp(first, text) != 0);
		list = arena_printf(notes->view->arena, "%s%s%s %s", list, first ? ", " : "",
			contender->name, text);
		first = first ? first : text;
	}
	if (differs)
		report_say(notes, "unequal: %s is %s", option->key, list);
}

static const char *list_rates(const struct report_lines *notes, bool only_missed)
{
	const struct view *view = notes->view;
	const char *list = "";

	for (size_t c = 0; c < view->point->contender_count; c++) {
		const struct contender *contender = &view->point->contenders[c];
		const char *asked = rate_text(&contender->asked, view->arena);
		bool counts_ios = contender->asked.iops > 0;
		const struct rate done = {
			.iops = counts_ios ? view_level(view, VALUE_IOPS, c) : 0,
			.bandwidth = view_level(view, VALUE_BANDWIDTH, c),
		};

		if (!takes_part(contender) || (only_missed && !rate_is_missed(view->point, c)))
			continue;
		list = arena_printf(
			view->arena, "%s%s%s ", list, *list ? ", " : "", view_name(view, c));
		if (only_missed)
			list = arena_printf(
				view->arena, "%s%s of ", list, rate_text(&done, view->arena));
		list = arena_printf(view->arena, "%s%s", list, asked);
	}
	return list;
}

/* A contender with a rate is no faster than it is asked to be. */
static void say_rate(struct report_lines *notes)
{
	const char *missed;

	switch (rate_state_of(notes->view->point)) {
	case RATE_NONE:
		return;
	case RATE_UNEQUAL:
		report_say(notes,
			"warning: unequal loads: the rate is %s, of all clones together "
			"(rate_iops_total, rate_total give it so): no figure compares them",
			list_rates(notes, false));
		break;
	case RATE_EQUAL:
		report_say(notes,
			"all have the same rate, so IOPS show only whether it is kept; compare "
			"latencies, which count from when an I/O was due, and cores");
		break;
	}
	missed = list_rates(notes, true);
	if (*missed)
		report_say(notes, "warning: the rate was not kept: %s", missed);
}

/* A write and its fsync beside a write that is durable when it is done. */
static void say_syncs(struct report_lines *notes)
{
	const struct view *view = notes->view;
	size_t syncer = view_find_syncer(view);

	if (syncer != SESSION_NONE)
		report_say(notes,
			"warning: unequal: %s syncs by calls of their own, which its p50, p99 and "
			"p99.9 leave out: a durable write takes both; others may have the sync in "
			"their writes (see sync p50; iops compares them as they are)",
			view_name(view, syncer));
}

/* Engines without a queue are compared at depth 1, whatever was asked for. */
static void say_queueless(struct report_lines *notes)
{
	const struct record_point *point = notes->view->point;
	const char *list = "";
	unsigned depth = 0;

	for (size_t c = 0; c < point->contender_count; c++) {
		const struct contender *contender = &point->contenders[c];

		if (!takes_part(contender))
			continue;
		if (contender->depth > depth)
			depth = contender->depth;
		if (!contender->queues)
			list = arena_printf(notes->view->arena, "%s%s%s", list, *list ? ", " : "",
				contender->name);
	}
	if (*list && depth > 1)
		report_say(notes,
			"%s: one I/O at a time and thread, iodepth=%u does not apply (numjobs=%u "
			"makes as many threads)",
			list, depth, depth);
}

static void say_refused_settings(struct report_lines *notes)
{
	const struct record_point *point = notes->view->point;

	for (size_t c = 0; c < point->contender_count; c++) {
		const struct contender *contender = &point->contenders[c];

		for (size_t i = 0; takes_part(contender) && i < contender->refused.count; i++) {
			const struct setting *setting = &contender->refused.items[i];

			report_say(notes, "%s ran without %s: %s", contender->name, setting->key,
				setting->reason ? setting->reason : "refused");
		}
	}
}

/* Percentiles beyond which a trial has too few I/Os. */
static void say_thin(struct report_lines *notes)
{
	static const struct {
		enum trial_value value;
		const char *name;
	} shown[] = {{VALUE_LAT_P99, "p99"}, {VALUE_LAT_P999, "p99.9"}};
	const struct view *view = notes->view;

	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		const struct metric *metric = &trial_value_metrics[shown[i].value];
		const char *list = "";

		for (size_t c = 0; c < view->point->contender_count; c++) {
			if (takes_part(&view->point->contenders[c]) &&
				view_is_thin(view, shown[i].value, c))
				list = arena_printf(view->arena, "%s%s%s", list, *list ? ", " : "",
					view->point->contenders[c].name);
		}
		if (*list)
			report_say(notes,
				"? %s of %s: too few I/Os of a trial lie beyond it (%.0f are "
				"needed), no verdict; try a longer --trial-time",
				shown[i].name, list, metric_gate_of(metric->class)->tail_count);
	}
}

/* Contenders whose engine did something else than their name says. */
static void say_mismatches(struct report_lines *notes)
{
	const struct record_point *point = notes->view->point;

	for (size_t c = 0; c < point->contender_count; c++) {
		const char *what = "";
		size_t count = record_count_mismatches(point, c, &what);

		if (count > 0 && !point->contenders[c].is_control)
			report_say(notes,
				"warning: ! %s is not what its name says, in %zu trials: %s",
				point->contenders[c].name, count, what);
	}
}

/* "steal 2, foreign_io 1": trials by their causes. */
static const char *list_causes(const struct report_lines *notes, bool counted)
{
	const struct record_point *point = notes->view->point;
	const char *list = "";

	for (int cause = 0; cause < GUARD_CAUSE_COUNT; cause++) {
		size_t count = record_count_cause(point, (enum guard_cause)cause, counted);

		if (count > 0)
			list = arena_printf(notes->view->arena, "%s%s%s %zu", list,
				*list ? ", " : "", guard_thresholds[cause].name, count);
	}
	return list;
}

/* The problem of the first disturbed trial of this kind. */
static const char *first_problem(const struct record_point *point, bool counted)
{
	for (size_t i = 0; i < point->trial_count; i++) {
		const struct trial *trial = &point->trials[i];

		if (trial->causes != 0 && trial->counts == counted && trial->problem)
			return trial->problem;
	}
	return "";
}

/* Trials that a guard had run again, and those that it would have. */
static void say_disturbed(struct report_lines *notes)
{
	const struct record_point *point = notes->view->point;
	const char *redone = list_causes(notes, false);
	const char *kept = list_causes(notes, true);

	if (*redone)
		report_say(notes, "%zu of %zu trials were disturbed and run again: %s (%s)",
			notes->view->comparison.health.repeated_count,
			notes->view->comparison.health.slot_count, redone,
			first_problem(point, false));
	if (*kept && notes->view->point->rounds > 0)
		report_say(notes,
			"blocks were disturbed; their disturbed rounds have little weight: %s (%s)",
			kept, first_problem(point, true));
	else if (*kept)
		report_say(notes,
			"trials disturbed and kept, having been run again already or being too "
			"many: %s (%s)",
			kept, first_problem(point, true));
}

/* What a turn leaves behind for the next one is in the figures of all. */
static void say_carry_over(struct report_lines *notes)
{
	const struct record_point *point = notes->view->point;
	double *values = arena_alloc_array(notes->view->arena, point->trial_count, sizeof(*values));
	struct estimate estimate;
	size_t count = 0;

	for (size_t i = 0; point->rounds > 0 && i < point->trial_count; i++) {
		const struct trial *trial = &point->trials[i];

		if (trial->contender == point->control && trial->counts &&
			!isnan(trial->carry_over))
			values[count++] = trial->carry_over;
	}
	if (count < CONTRAST_COUNT_FOR_CLAIM)
		return;
	estimate = estimate_paired(values, count, 0.01, 1);
	if (estimate.p > 0.01 || fabs(expm1(estimate.value)) < notes->view->record->least_effect)
		return;
	report_say(notes,
		"warning: a turn of the reference is %.1f %% %s after its own than after "
		"another's: what a turn leaves behind is in these figures; --window=0 has trials "
		"in a row",
		fabs(expm1(estimate.value)) * 100, estimate.value > 0 ? "faster" : "slower");
}

/* A ramp that ends before 1000 I/Os are done; trials where turns were wanted. */
static void say_ramp(struct report_lines *notes)
{
	if (notes->view->point->why_trials)
		report_say(notes, "trials in a row, no turns of milliseconds: %s",
			notes->view->point->why_trials);
	const char *note = record_ramp_note(notes->view->point, notes->view->arena);

	if (note)
		report_say(notes, "%s", note);
}

static void say_conditions(struct report_lines *notes)
{
	const struct view *view = notes->view;
	const struct health *health = &view->comparison.health;

	if (health->flags & HEALTH_DRIFTS)
		report_say(notes,
			"warning: the session drifted by %+.0f %% (blocks cancel it): the device "
			"or the machine changes its state, as caches that fill up do",
			100 * expm1(health->drift));
	else if (health->drift_p < 0.01 && fabs(health->drift) >= 0.01)
		report_say(notes, "drift %+.1f %% over the session (cancelled by blocks)",
			100 * expm1(health->drift));
	if (health->flags & HEALTH_ORDER_MATTERS)
		report_say(notes,
			"warning: order effect %+.1f %% from first to last in a block: use "
			"--cooldown=1s",
			100 * expm1(health->order_effect));
	if (health->flags & HEALTH_REMEMBERS)
		report_say(notes,
			"neighbouring blocks are correlated (%.2f, %s); random order keeps the "
			"verdicts valid",
			health->memory, view->point->contenders[health->memory_contender].name);
	if (health->flags & HEALTH_IS_DISTURBED)
		report_say(notes,
			"warning: noisy machine: more than %.0f %% of the trials were disturbed",
			100 * HEALTH_REPEATED_SHARE);
	if (health->flags & HEALTH_RAMP_IS_SHORT)
		report_say(notes,
			"warning: %s is faster or slower at the start of its trials than later: "
			"use a longer --ramp-time",
			view->point->contenders[health->short_ramp_contender].name);
}

const char **report_notes(const struct view *view)
{
	struct report_lines notes = {.view = view};

	notes.room = 32;
	for (size_t c = 0; c < view->point->contender_count; c++)
		notes.room += 2 + view->point->contenders[c].refused.count;
	notes.lines = arena_alloc_array(view->arena, notes.room, sizeof(*notes.lines));
	say_missing(&notes);
	if (!view->has_figures) {
		say_nothing_compared(&notes);
		return notes.lines;
	}
	if (view->comparison.rank_count == 1 && view->record->point_count == 1)
		report_say(&notes, "only %s runs: there is nothing to compare it with but itself",
			view->point->contenders[view->comparison.ranks[0]].name);
	for (int trait = 0; trait < TRAIT_COUNT; trait++)
		say_unequal(&notes, (enum trait)trait);
	for (size_t i = 0; i < sizeof(compared_options) / sizeof(compared_options[0]); i++)
		say_unequal_option(&notes, &compared_options[i]);
	say_rate(&notes);
	say_syncs(&notes);
	say_queueless(&notes);
	say_refused_settings(&notes);
	say_mismatches(&notes);
	say_thin(&notes);
	say_disturbed(&notes);
	say_carry_over(&notes);
	say_ramp(&notes);
	say_conditions(&notes);
	return notes.lines;
}

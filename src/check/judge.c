/* SPDX-License-Identifier: MIT */
/* Which gates there are, their evidence, and how they end. */
#include "check/judge.h"

#include <math.h>
#include <string.h>

#include "check/comparable.h"
#include "check/making.h"
#include "session/rate.h"

/* Trials that are so many times as long as others measure another thing. */
#define LENGTH_FACTOR 5

/* Judged when nobody names others: one figure for each thing that can get worse. */
static const enum trial_value default_metrics[] = {
	VALUE_READ_IOPS,
	VALUE_READ_P50,
	VALUE_READ_P99,
	VALUE_WRITE_IOPS,
	VALUE_WRITE_P50,
	VALUE_WRITE_P99,
	VALUE_TRIM_IOPS,
	VALUE_TRIM_P50,
	VALUE_TRIM_P99,
	VALUE_SYNC_P50,
	VALUE_SYNC_P99,
	VALUE_CPU_PER_IO,
	VALUE_SYSCALLS_PER_IO,
};

bool judge_is_default(enum trial_value metric)
{
	for (size_t i = 0; i < sizeof(default_metrics) / sizeof(default_metrics[0]); i++) {
		if (default_metrics[i] == metric)
			return metric_gate_of(trial_value_metrics[metric].class)->is_gated;
	}
	return false;
}

static const struct sample_arm *first_today(const struct making *making, const char *arm)
{
	for (size_t i = 0; i < making->today_count; i++) {
		const struct sample_arm *found = sample_find_arm(&making->today[i], arm);

		if (found)
			return found;
	}
	return NULL;
}

/* Whether one of today's trials measured it at all. */
static bool is_measured(const struct making *making, const char *arm, enum trial_value metric)
{
	double *means;
	struct arena arena = {0};
	size_t trials, count;

	means = arena_alloc_array(&arena, making->today_count, sizeof(*means));
	count = making_means_today(making, arm, NULL, metric, means, &trials);
	arena_free(&arena);
	return count > 0;
}

static bool is_in_baseline(const struct making *making, const char *arm, enum trial_value metric)
{
	struct arena arena = {0};
	double *means;
	size_t count;

	if (!making->baseline)
		return false;
	means = arena_alloc_array(&arena, making->baseline->session_count, sizeof(*means));
	count = baseline_means(making->baseline, false, arm, NULL, metric, means);
	arena_free(&arena);
	return count > 0;
}

/* The anchor is judged once the window has moved on from it. */
static bool has_moved_on(const struct baseline *baseline)
{
	bool has_anchor = false, has_other = false;

	for (size_t i = 0; i < baseline->session_count; i++) {
		has_anchor |= baseline->sessions[i].is_anchor;
		has_other |= !baseline->sessions[i].is_anchor;
	}
	return has_anchor && has_other;
}

/* Default metrics with too thin a tail are no gates, but it is said. */
static bool is_thin(
	struct making *making, const char *arm, const char *reference, enum trial_value metric)
{
	const char *name = trial_value_metrics[metric].name;
	const char *thin = making_thin_arm(making, arm, reference, metric);

	if (!thin || making_threshold(making, arm, name))
		return false;
	check_note(making->judge->report,
		"%s.%s is not judged: fewer than %.0f I/Os of a trial%s%s lie beyond it", arm, name,
		metric_gate_of(trial_value_metrics[metric].class)->tail_count,
		thin == arm ? "" : " of ", thin == arm ? "" : thin);
	return true;
}

/*
 * What others are held against has levels of its own, but whoever records ratios does not want
 * those judged, which move from day to day, unless a threshold names that very gate.
 */
static bool is_left_to_ratios(
	const struct making *making, const struct sample_arm *arm, enum trial_value metric)
{
	const struct metric *kind = &trial_value_metrics[metric];
	const struct baseline_threshold *asked = making_threshold(making, arm->name, kind->name);

	return making->baseline && !metric_gate_of(kind->class)->is_exact &&
	       sample_is_reference(baseline_newest(making->baseline), arm->name) &&
	       !(asked && strcmp(asked->name, kind->name) != 0);
}

/* Whether the other side has no such figure: an older baseline, a reference without syncs. */
static bool is_news(const struct making *making, const char *arm, const char *reference,
	enum trial_value metric)
{
	if (metric < VALUE_SYNC_IOPS || metric > VALUE_SYNC_P999 ||
		making_threshold(making, arm, trial_value_metrics[metric].name))
		return false;
	return making->baseline ? !is_in_baseline(making, arm, metric)
				: !is_measured(making, reference, metric);
}

static void make_metric(struct making *making, const struct sample_arm *arm, const char *reference,
	enum trial_value metric)
{
	const struct metric *kind = &trial_value_metrics[metric];
	bool is_asked = making_threshold(making, arm->name, kind->name) != NULL;

	if (kind->class == METRIC_EXTREME || kind->class == METRIC_FAULTS)
		return;
	if ((!is_asked && !judge_is_default(metric)) || is_left_to_ratios(making, arm, metric))
		return;
	if (!is_measured(making, arm->name, metric) && !is_in_baseline(making, arm->name, metric))
		return;
	if (is_news(making, arm->name, reference, metric)) {
		check_note(making->judge->report, "%s.%s is not judged: %s does not have it",
			arm->name, kind->name, making->baseline ? "the baseline" : reference);
		return;
	}
	if (is_measured(making, arm->name, metric) && is_thin(making, arm->name, reference, metric))
		return;
	if (!making->baseline) {
		making_add_paired(making, arm, sample_find_arm(making->today, reference), metric);
		return;
	}
	making_add_stored(making, arm->name, reference, metric, false);
	if (has_moved_on(making->baseline) && !metric_gate_of(kind->class)->is_exact)
		making_add_stored(making, arm->name, reference, metric, true);
}

/* One line for an arm that cannot be judged at all. */
static void add_verdict(
	struct making *making, const char *arm, enum outcome outcome, const char *reason)
{
	struct check_gate *gate = making_add_gate(making, arm, VALUE_ERRORS, false);

	gate->name = gate->arm;
	gate->kind = GATE_EXACT;
	gate->outcome = outcome;
	gate->reason = arena_strdup(&making->judge->report->arena, reason);
}

static void add_fault(struct making *making, const struct sample_arm *arm)
{
	bool cannot_run = arm->fault_code == EXIT_INCOMPARABLE;

	add_verdict(
		making, arm->name, cannot_run ? OUTCOME_INCOMPARABLE : OUTCOME_ERROR, arm->fault);
}

static const struct sample_arm *faulty_today(const struct making *making, const char *arm)
{
	for (size_t i = 0; i < making->today_count; i++) {
		const struct sample_arm *found = sample_find_arm(&making->today[i], arm);

		if (found && found->fault)
			return found;
	}
	return NULL;
}

/* What makes the job another one in any session than in the baseline's newest; NULL: nothing. */
static const char *find_difference(const struct making *making, const char *arm)
{
	const struct baseline *baseline = making->baseline;
	const struct sample *newest = baseline_newest(baseline);
	struct arena *arena = &making->judge->report->arena;
	const char *found = NULL;

	for (size_t i = 0; i < baseline->session_count && !found; i++) {
		const struct sample *older = &baseline->sessions[i].sample;

		if (sample_find_arm(older, arm))
			found = comparable_jobs(older, newest, arm, arena);
		if (found)
			found = arena_printf(arena, "in the baseline itself %s", found);
	}
	for (size_t i = 0; i < making->today_count && !found; i++) {
		if (sample_find_arm(&making->today[i], arm))
			found = comparable_jobs(newest, &making->today[i], arm, arena);
	}
	return found;
}

/* Of one session: who is asked for more does more, and no binary made it faster. NULL: alike. */
static const char *find_unlike_rates(
	const struct making *making, const char *arm, const char *reference)
{
	const struct sample *today = making->today;
	const struct sample_arm *own = sample_find_arm(today, arm);
	const struct sample_arm *other = sample_find_arm(today, reference);
	struct arena *arena = &making->judge->report->arena;

	if (!own || !other ||
		rate_is_same(own->iops_asked, own->bandwidth_asked, other->iops_asked,
			other->bandwidth_asked))
		return NULL;
	return arena_printf(arena,
		"its rate is %s, that of %s %s, of all clones together: rate_iops_total or "
		"rate_total gives it so (--allow-job judges it)",
		rate_text(own->iops_asked, own->bandwidth_asked, arena), reference,
		rate_text(other->iops_asked, other->bandwidth_asked, arena));
}

/* Where the arm cannot be judged at all its verdict is added. */
static bool rule_out(struct making *making, const char *arm)
{
	struct arena *arena = &making->judge->report->arena;
	const struct sample_arm *faulty = faulty_today(making, arm);
	const char *difference = NULL;

	if (!first_today(making, arm)) {
		add_verdict(making, arm, OUTCOME_INCOMPARABLE,
			"the baseline has this job, today's result has not");
		return true;
	}
	if (faulty) {
		add_fault(making, faulty);
		return true;
	}
	if (making->baseline && making->judge->settings->compares_jobs)
		difference = find_difference(making, arm);
	if (difference)
		add_verdict(making, arm, OUTCOME_INCOMPARABLE,
			arena_printf(arena, "%s (--allow-job judges it)", difference));
	return difference != NULL;
}

static void make_arm(struct making *making, const struct sample_arm *arm, const char *reference)
{
	const char *difference;

	if (rule_out(making, arm->name))
		return;
	difference = reference ? find_unlike_rates(making, arm->name, reference) : NULL;
	if (difference && making->judge->settings->compares_jobs) {
		add_verdict(making, arm->name, OUTCOME_INCOMPARABLE, difference);
		return;
	}
	for (int v = 0; v < VALUE_COUNT; v++)
		make_metric(making, arm, reference, (enum trial_value)v);
}

/*
 * Whether today's trials were disturbed in a way that those of the baseline were not, which had
 * guards or a quieter machine. Against a reference in the same session both had the same.
 */
static bool is_more_disturbed(const struct making *making)
{
	const struct baseline *baseline = making->baseline;

	for (size_t i = 0; baseline && i < baseline->session_count; i++) {
		if (baseline_is_in_window(baseline, i) &&
			sample_is_disturbed(&baseline->sessions[i].sample))
			return false;
	}
	return baseline && !making->judge->settings->allows_disturbed;
}

/* A trial of a tenth of the time sees more of a start, of caches and of single stalls. */
static void look_at_length(struct making *making, const struct sample *today)
{
	const struct sample *newest = baseline_newest(making->baseline);
	double before_s = sample_trial_s(newest), now_s = sample_trial_s(today);

	if (!(before_s > LENGTH_FACTOR * now_s || now_s > LENGTH_FACTOR * before_s))
		return;
	making->judge->is_disturbed = true;
	check_note(making->judge->report,
		"trials of %.3g s against a baseline of trials of %.3g s: --trial-time makes them "
		"alike (--allow-job judges it)",
		now_s, before_s);
}

static void look_for_disturbance(struct making *making)
{
	struct judge *judge = making->judge;

	for (size_t i = 0; i < making->today_count; i++) {
		const struct sample *sample = &making->today[i];
		const char *cause =
			sample->disturbance ? sample->disturbance : "its cause was not kept";

		if (making->baseline && judge->settings->compares_jobs)
			look_at_length(making, sample);
		if (sample_control_failed(sample)) {
			judge->is_disturbed = true;
			check_note(judge->report,
				"the control, the reference a second time, came out %+.1f %% off: "
				"nothing this session measured can be trusted to that",
				100 * (sample->control.ratio - 1));
		}
		if (sample_was_disturbed(sample)) {
			judge->is_disturbed = true;
			check_note(judge->report,
				"%.0f %% of the trials were disturbed and run again (%s): a noisy "
				"machine, where --no-guards lets them count",
				100.0 * sample->repeated_count / sample->slot_count, cause);
		} else if (sample_is_disturbed(sample) && is_more_disturbed(making)) {
			judge->is_disturbed = true;
			check_note(judge->report,
				"%u of %u trials were disturbed and count all the same (%s), the "
				"baseline's were not: the difference may be the disturbance's "
				"(--allow-disturbed judges it)",
				sample->disturbed_count, sample->slot_count, cause);
		} else if (sample_is_disturbed(sample)) {
			check_note(judge->report,
				"%u of %u trials were disturbed and count all the same (%s)",
				sample->disturbed_count, sample->slot_count, cause);
		}
	}
}

/* All sessions: the facts that are told are those of two that are of different machines, if any. */
static void find_other_machine(struct making *making)
{
	struct check *report = making->judge->report;
	const struct judge_settings *settings = making->judge->settings;
	const struct baseline *baseline = making->baseline;
	size_t sessions = baseline->session_count;

	for (size_t i = making->today_count * sessions; i-- > 0 && !making->is_other_machine;) {
		size_t session = sessions - 1 - i % sessions;

		if (!baseline_is_in_window(baseline, session))
			continue;
		comparable_environment(&baseline->sessions[session].sample.environment.hard,
			&making->today[i / sessions].environment.hard, settings->allowed,
			settings->allowed_count, &report->hard, &report->arena);
		for (size_t c = 0; c < report->hard.count; c++)
			making->is_other_machine |= !report->hard.items[c].is_allowed;
	}
}

static void compare_machines(struct making *making)
{
	struct check *report = making->judge->report;
	const struct judge_settings *settings = making->judge->settings;
	const struct sample *newest = baseline_newest(making->baseline);

	find_other_machine(making);
	comparable_environment(&newest->environment.soft, &making->today->environment.soft,
		settings->allowed, settings->allowed_count, &report->soft, &report->arena);
	if (newest->environment.hard.count == 0 || making->today->environment.hard.count == 0)
		check_note(report, "%s does not say on which machine it was measured",
			newest->environment.hard.count == 0 ? "the baseline" : "today's result");
}

/* Jobs that the baseline does not have: that nothing judges them must be seen. */
static void tell_of_new_arms(struct making *making)
{
	const struct sample *newest = baseline_newest(making->baseline);

	for (size_t i = 0; i < making->today_count; i++) {
		const struct sample *today = &making->today[i];

		for (size_t a = 0; a < today->arm_count; a++) {
			const struct sample_arm *arm = &today->arms[a];

			if (sample_find_arm(newest, arm->name) ||
				first_today(making, arm->name) != arm)
				continue;
			if (arm->fault)
				add_fault(making, arm);
			else
				check_note(making->judge->report,
					"%s is not judged: the baseline does not have this job",
					arm->name);
		}
	}
}

/* Of a job in several sessions once. */
static void tell_of_mismatches(const struct making *making)
{
	for (size_t i = 0; i < making->today_count; i++) {
		const struct sample *today = &making->today[i];

		for (size_t a = 0; a < today->arm_count; a++) {
			const struct sample_arm *arm = &today->arms[a];

			if (arm->mismatch && first_today(making, arm->name) == arm)
				check_note(making->judge->report,
					"%s is not what its name says: %s", arm->name,
					arm->mismatch);
		}
	}
}

static void find_relative(struct making *making)
{
	const struct sample *base = baseline_newest(making->baseline);

	for (size_t i = 0; i < base->arm_count; i++)
		making->has_relative |= sample_reference_of(base, &base->arms[i]) != NULL;
}

static void make_gates(struct making *making)
{
	const struct sample *base =
		making->baseline ? baseline_newest(making->baseline) : making->today;

	if (making->baseline)
		find_relative(making);
	for (size_t i = 0; i < base->arm_count; i++) {
		const struct sample_arm *arm = &base->arms[i];
		const char *reference = sample_reference_of(base, arm);

		if (reference || making->baseline)
			make_arm(making, arm, reference);
		else if (arm->fault)
			add_fault(making, arm);
	}
	if (making->baseline)
		tell_of_new_arms(making);
}

static void begin_report(
	struct check *report, const struct baseline *baseline, const struct sample *today)
{
	report->today = today;
	report->session_count = 0;
	for (size_t i = 0; baseline && i < baseline->session_count; i++)
		report->session_count += baseline_is_in_window(baseline, i);
}

void judge_begin(struct judge *judge, struct check *report, const struct judge_settings *settings,
	const struct baseline *baseline, const struct sample *today, size_t today_count)
{
	struct making making = {
		.judge = judge,
		.baseline = baseline,
		.today = today,
		.today_count = today_count,
	};
	size_t arms = baseline ? baseline_newest(baseline)->arm_count : today->arm_count;

	*judge = (struct judge){.report = report, .settings = settings};
	judge->cases =
		arena_alloc_array(&report->arena, 2 * arms * VALUE_COUNT, sizeof(*judge->cases));
	begin_report(report, baseline, today);
	look_for_disturbance(&making);
	tell_of_mismatches(&making);
	if (baseline)
		compare_machines(&making);
	make_gates(&making);
	for (size_t i = 0; i < settings->assertion_count; i++)
		making_add_assertion(&making, &settings->assertions[i]);
}

/* A fact that only a trial finds out makes no other machine before one has run. */
static bool is_surely_other_machine(const struct making *making)
{
	const struct check_changes *hard = &making->judge->report->hard;

	for (size_t i = 0; making->is_other_machine && i < hard->count; i++) {
		const struct check_change *change = &hard->items[i];

		if (!change->is_allowed && change->before && change->now)
			return true;
	}
	return false;
}

size_t judge_foresee(struct check *report, const struct judge_settings *settings,
	const struct baseline *baseline, const struct sample *today)
{
	struct judge judge = {.report = report, .settings = settings};
	struct making making = {
		.judge = &judge, .baseline = baseline, .today = today, .today_count = 1};
	const struct sample *base = baseline_newest(baseline);
	size_t left = base->arm_count;
	bool is_hopeless;

	begin_report(report, baseline, today);
	find_relative(&making);
	find_other_machine(&making);
	/* Ratios are judged on any machine, and counts with them. */
	is_hopeless = is_surely_other_machine(&making) && !making.has_relative;
	for (size_t i = 0; i < base->arm_count; i++) {
		const char *arm = base->arms[i].name;

		if (rule_out(&making, arm)) {
			left--;
		} else if (is_hopeless) {
			add_verdict(&making, arm, OUTCOME_INCOMPARABLE,
				"the baseline is of another machine");
			left--;
		}
	}
	return left;
}

bool judge_has_gate(const struct check *report, const char *name)
{
	for (size_t i = 0; i < report->gate_count; i++) {
		if (making_names_gate(name, report->gates[i].arm, report->gates[i].metric->name))
			return true;
	}
	return false;
}

/* SPDX-License-Identifier: MIT */
/* Which gates there are, what each is held against, and its evidence. decide.c has the outcomes. */
#include "check/judge.h"

#include <math.h>
#include <string.h>

#include "base/doubles.h"
#include "check/sides.h"
#include "session/rate.h"

#define ANCHOR_THRESHOLD 0.10 /* a change of level since the anchor, in many small steps */

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
	VALUE_INSTRUCTIONS_PER_IO,
	VALUE_USER_INSTRUCTIONS_PER_IO, /* where those in the kernel cannot be counted */
	VALUE_SYSCALLS_PER_IO,
	VALUE_STALLS,
};

bool judge_is_default(enum trial_value metric)
{
	for (size_t i = 0; i < sizeof(default_metrics) / sizeof(default_metrics[0]); i++) {
		if (default_metrics[i] == metric)
			return metric_gate_of(trial_value_metrics[metric].class)->is_gated;
	}
	return false;
}

/* The last one that names the gate; NULL: none. */
static const struct baseline_threshold *find_threshold(const struct baseline_threshold *thresholds,
	size_t count, const char *contender, const char *metric)
{
	for (size_t i = count; i-- > 0;) {
		if (limit_names_gate(thresholds[i].name, contender, metric))
			return &thresholds[i];
	}
	return NULL;
}

/* The threshold that the command line or the baseline gives; NULL: none. */
static const struct baseline_threshold *asked_threshold(
	const struct sides *sides, const char *contender, const char *metric)
{
	const struct judge_settings *settings = sides->settings;
	const struct baseline_threshold *found =
		find_threshold(settings->thresholds, settings->threshold_count, contender, metric);

	if (!found && sides->baseline)
		found = find_threshold(sides->baseline->thresholds,
			sides->baseline->threshold_count, contender, metric);
	return found;
}

/* The tolerated loss two times over, of what the first has left. */
static double twice(const struct metric *metric, double fraction)
{
	return regress_loss(metric, 2 * regress_threshold(metric, fraction, 0, 1));
}

/* A gate with its threshold, by default or as asked for; not judged. */
static struct check_gate *add_gate(
	struct sides *sides, const char *contender, enum trial_value metric, bool is_anchor)
{
	struct check *report = sides->judgement->report;
	const struct metric *kind = &trial_value_metrics[metric];
	const struct metric_gate *usual = metric_gate_of(kind->class);
	const struct baseline_threshold *asked = asked_threshold(sides, contender, kind->name);
	struct check_gate *gate = check_add_gate(report);

	gate->contender = arena_strdup(&report->arena, contender);
	gate->metric = kind;
	gate->name = arena_printf(
		&report->arena, "%s.%s%s", contender, kind->name, is_anchor ? " (anchor)" : "");
	gate->threshold = asked ? asked->fraction : usual->threshold;
	gate->absolute = asked ? 0 : usual->absolute;
	/* A share of turns: percent of it are points. */
	if (asked && kind->class == METRIC_STALLS) {
		gate->threshold = 0;
		gate->absolute = asked->fraction;
	}
	gate->is_anchor = is_anchor;
	if (is_anchor)
		gate->threshold = fmax(ANCHOR_THRESHOLD, twice(kind, gate->threshold));
	return gate;
}

static struct decide_case *add_case(
	struct judgement *judgement, const struct check_gate *gate, double reference_level)
{
	struct decide_case *item = &judgement->cases[judgement->case_count++];

	item->gate = (size_t)(gate - judgement->report->gates);
	item->threshold =
		regress_threshold(gate->metric, gate->threshold, gate->absolute, reference_level);
	return item;
}

/* The evidence's worsening as a change of the figure, whichever way is worse. */
static void show_evidence(struct check_gate *gate, const struct regress_evidence *evidence)
{
	double sign = -metric_direction(gate->metric);
	double lo = sign > 0 ? evidence->lo : evidence->hi;
	double hi = sign > 0 ? evidence->hi : evidence->lo;

	gate->change = metric_effect(gate->metric, sign * evidence->worsening);
	gate->change_lo = metric_effect(gate->metric, sign * lo);
	gate->change_hi = metric_effect(gate->metric, sign * hi);
	gate->p_worse = evidence->p_worse;
	gate->smallest_loss = regress_loss(gate->metric, evidence->smallest_effect);
}

/*
 * The figures shown are the pairs': their means, and where the change is no mean of differences
 * (ranks) as far from the middle of both as the change says. So the change follows from what is
 * shown.
 */
static void show_pairs(struct check_gate *gate, const struct check_session *session,
	const struct contender *contender, const struct contender *reference,
	enum trial_value metric)
{
	const struct metric *kind = gate->metric;
	double change = metric_difference(kind, gate->change);
	double middle = 0;
	size_t count = 0;

	for (size_t b = 0; b < session->block_count; b++) {
		double own = check_session_value(session, contender, b, metric);
		double other = check_session_value(session, reference, b, metric);

		if (isnan(own) || isnan(other))
			continue;
		middle += (own + other) / 2;
		count++;
	}
	middle /= (double)count;
	gate->before_count = gate->now_count = count;
	if (isnan(change))
		return;
	gate->before = metric_level(kind, middle - change / 2);
	gate->now = metric_level(kind, middle + change / 2);
}

/* Without a baseline: the contender against the reference, block by block. */
static void add_paired(struct sides *sides, const struct contender *contender,
	const struct contender *reference, enum trial_value metric)
{
	const struct metric *kind = &trial_value_metrics[metric];
	struct check_gate *gate = add_gate(sides, contender->name, metric, false);
	const struct check_session *session = sides->today;
	struct arena arena = {0};
	double *values = arena_alloc_array(&arena, session->block_count, sizeof(*values));
	struct decide_case *item;
	double level;

	gate->kind = GATE_PAIRED;
	gate->before_count = check_session_values(session, reference, NULL, metric, values);
	level = doubles_mean(values, gate->before_count);
	gate->before = metric_level(kind, level);
	gate->now_count = check_session_values(session, contender, NULL, metric, values);
	gate->now = metric_level(kind, doubles_mean(values, gate->now_count));
	if (metric_gate_of(kind->class)->is_exact) {
		decide_exact(gate, gate->before, gate->now);
	} else if (sides_find_thin(sides, contender->name, reference->name, metric)) {
		decide_obstacle(gate, OBSTACLE_THIN_TAIL, NULL);
	} else {
		size_t count = check_session_values(session, contender, reference, metric, values);

		item = add_case(sides->judgement, gate, level);
		item->evidence = regress_from_pairs(kind, values, count, 1, &regress_rule_default);
		show_evidence(gate, &item->evidence);
		show_pairs(gate, session, contender, reference, metric);
	}
	arena_free(&arena);
}

/*
 * Sessions of fewer blocks than the stored ones have: their mean moves by more, which the spread of
 * the stored means does not show.
 */
static double shortness(const struct sides *sides, const char *contender, const char *reference,
	enum trial_value metric, size_t trials_today)
{
	const struct baseline *baseline = sides->baseline;
	double within = baseline_noise_of(baseline, contender, reference, metric).within;
	double stored = 0, sessions = 0;

	for (size_t i = 0; i < baseline->session_count; i++) {
		if (!baseline_is_in_window(baseline, i))
			continue;
		stored += (double)baseline->sessions[i].session.block_count;
		sessions++;
	}
	if (isnan(within) || (double)trials_today >= stored / sessions)
		return 0;
	return within * within * (1 / (double)trials_today - sessions / stored);
}

/* Against the window of the baseline, or its anchor; relative to `reference` where not NULL. */
static void add_stored(struct sides *sides, const char *contender, const char *reference,
	enum trial_value metric, bool is_anchor)
{
	const struct baseline *baseline = sides->baseline;
	const struct metric *kind = &trial_value_metrics[metric];
	bool is_exact = metric_gate_of(kind->class)->is_exact;
	struct check_gate *gate = add_gate(sides, contender, metric, is_anchor);
	struct arena arena = {0};
	double *stored = arena_alloc_array(&arena, baseline->session_count, sizeof(*stored));
	double *today = arena_alloc_array(&arena, sides->today_count, sizeof(*today));
	const char *versus = is_exact ? NULL : reference;
	size_t today_count =
		sides_means_today(sides, contender, versus, metric, today, &gate->now_count);
	double level;

	gate->kind = versus ? GATE_RELATIVE : GATE_ABSOLUTE;
	gate->before_count = baseline_means(baseline, is_anchor, contender, versus, metric, stored);
	level = doubles_mean(stored, gate->before_count);
	gate->before = metric_level(kind, level);
	gate->now = metric_level(kind, doubles_mean(today, today_count));
	if (is_exact) {
		decide_exact(gate, gate->before, gate->now);
	} else if (gate->before_count == 0 || today_count == 0) {
		decide_obstacle(gate, OBSTACLE_MISSING, NULL);
	} else if (sides->is_other_machine && !versus) {
		/* Where ratios are judged, levels of another machine may be left out; else nothing
		 * of weight would be compared, and that must not look like a pass. */
		decide_obstacle(
			gate, sides->has_relative ? OBSTACLE_LEVEL : OBSTACLE_OTHER_MACHINE, NULL);
	} else if (sides_find_thin(sides, contender, versus, metric)) {
		decide_obstacle(gate, OBSTACLE_THIN_TAIL, NULL);
	} else {
		struct decide_case *item = add_case(sides->judgement, gate, level);

		item->evidence = regress_from_sessions(kind, stored, gate->before_count, today,
			today_count, regress_prior_of(kind->class), item->threshold,
			shortness(sides, contender, versus, metric, gate->now_count),
			&regress_rule_default);
		show_evidence(gate, &item->evidence);
	}
	arena_free(&arena);
}

static void add_assertion(struct sides *sides, const struct assertion *assertion)
{
	const struct metric *kind = &trial_value_metrics[assertion->metric];
	struct check *report = sides->judgement->report;
	struct check_gate *gate = check_add_gate(report);
	struct arena arena = {0};
	double *values;
	size_t count = 0, blocks = 0;

	gate->contender = arena_strdup(&report->arena, assertion->contender);
	gate->metric = kind;
	gate->kind = GATE_ASSERTED;
	gate->relation = assertion->relation;
	gate->limit = assertion->limit;
	gate->name = arena_printf(&report->arena, "%s.%s", assertion->contender, kind->name);
	for (size_t i = 0; i < sides->today_count; i++)
		blocks += sides->today[i].block_count;
	values = arena_alloc_array(&arena, blocks, sizeof(*values));
	for (size_t i = 0; i < sides->today_count; i++) {
		const struct contender *own =
			check_session_find(&sides->today[i], assertion->contender);

		if (own)
			count += check_session_values(
				&sides->today[i], own, NULL, assertion->metric, values + count);
	}
	decide_asserted(gate, values, count, &report->arena);
	arena_free(&arena);
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
	struct sides *sides, const char *contender, const char *reference, enum trial_value metric)
{
	const char *name = trial_value_metrics[metric].name;
	const char *thin = sides_find_thin(sides, contender, reference, metric);

	if (!thin || asked_threshold(sides, contender, name))
		return false;
	check_note(sides->judgement->report,
		"%s.%s is not judged: fewer than %.0f I/Os of a trial%s%s lie beyond it", contender,
		name, metric_gate_of(trial_value_metrics[metric].class)->tail_count,
		thin == contender ? "" : " of ", thin == contender ? "" : thin);
	return true;
}

/*
 * A reference has levels of its own, but a baseline of ratios is not recorded to have
 * those judged, which move from day to day, unless a threshold names that very gate.
 */
static bool is_left_to_ratios(
	const struct sides *sides, const struct contender *contender, enum trial_value metric)
{
	const struct metric *kind = &trial_value_metrics[metric];
	const struct baseline_threshold *asked =
		asked_threshold(sides, contender->name, kind->name);

	return sides->baseline && !metric_gate_of(kind->class)->is_exact &&
	       check_session_is_reference(baseline_newest(sides->baseline), contender->name) &&
	       !(asked && strcmp(asked->name, kind->name) != 0);
}

/* Whether the other side has no such figure: an older baseline, a reference without syncs. */
static bool is_news(const struct sides *sides, const char *contender, const char *reference,
	enum trial_value metric)
{
	if (metric < VALUE_SYNC_IOPS || metric > VALUE_SYNC_P999 ||
		asked_threshold(sides, contender, trial_value_metrics[metric].name))
		return false;
	return sides->baseline ? !sides_stored(sides, contender, metric)
			       : !sides_measured(sides, reference, metric);
}

static void add_metric(struct sides *sides, const struct contender *contender,
	const char *reference, enum trial_value metric)
{
	const struct metric *kind = &trial_value_metrics[metric];
	bool is_asked = asked_threshold(sides, contender->name, kind->name) != NULL;

	if (kind->class == METRIC_EXTREME || kind->class == METRIC_FAULTS)
		return;
	if ((!is_asked && !judge_is_default(metric)) || is_left_to_ratios(sides, contender, metric))
		return;
	if (!is_asked && kind->class == METRIC_INSTRUCTIONS &&
		sides_lack_instructions(sides, contender->name, reference, metric))
		return;
	if (!sides_measured(sides, contender->name, metric) &&
		!sides_stored(sides, contender->name, metric))
		return;
	if (is_news(sides, contender->name, reference, metric)) {
		check_note(sides->judgement->report, "%s.%s is not judged: %s does not have it",
			contender->name, kind->name, sides->baseline ? "the baseline" : reference);
		return;
	}
	if (sides_measured(sides, contender->name, metric) &&
		is_thin(sides, contender->name, reference, metric))
		return;
	if (!sides->baseline) {
		add_paired(sides, contender, check_session_find(sides->today, reference), metric);
		return;
	}
	add_stored(sides, contender->name, reference, metric, false);
	if (has_moved_on(sides->baseline) && !metric_gate_of(kind->class)->is_exact &&
		(kind->class != METRIC_INSTRUCTIONS || is_asked ||
			sides_in_anchor(sides, contender->name, reference, metric)))
		add_stored(sides, contender->name, reference, metric, true);
}

/* One line for a contender that cannot be judged at all. */
static void rule_out(struct sides *sides, const char *contender, enum decide_obstacle obstacle,
	const char *reason)
{
	struct check_gate *gate = add_gate(sides, contender, VALUE_ERRORS, false);

	gate->name = gate->contender;
	gate->kind = GATE_EXACT;
	decide_obstacle(gate, obstacle, reason);
}

static void add_fault(struct sides *sides, const struct contender *contender)
{
	rule_out(sides, contender->name,
		contender->exit_code == EXIT_INCOMPARABLE ? OBSTACLE_CANNOT_RUN : OBSTACLE_FAULT,
		arena_strdup(&sides->judgement->report->arena, contender->problem));
}

static const struct contender *faulty_today(const struct sides *sides, const char *contender)
{
	for (size_t i = 0; i < sides->today_count; i++) {
		const struct contender *found = check_session_find(&sides->today[i], contender);

		if (found && found->problem)
			return found;
	}
	return NULL;
}

/* A baseline's run that went wrong: its figures are of nothing that should be. NULL: none did. */
static const char *faulty_before(const struct sides *sides, const char *contender)
{
	const struct baseline *baseline = sides->baseline;

	for (size_t i = 0; baseline && i < baseline->session_count; i++) {
		const struct contender *found =
			check_session_find(&baseline->sessions[i].session, contender);

		if (baseline_is_in_window(baseline, i) && found && found->problem)
			return arena_printf(&sides->judgement->report->arena,
				"in the baseline its run went wrong: %s", found->problem);
	}
	return NULL;
}

/* How the job differs in any session from the baseline's newest; NULL: it does not. */
static const char *find_difference(const struct sides *sides, const char *contender)
{
	const struct baseline *baseline = sides->baseline;
	const struct check_session *newest = baseline_newest(baseline);
	struct arena *arena = &sides->judgement->report->arena;
	const char *found = NULL;

	for (size_t i = 0; i < baseline->session_count && !found; i++) {
		const struct check_session *older = &baseline->sessions[i].session;

		if (check_session_find(older, contender))
			found = comparable_jobs(older, newest, contender, arena);
		if (found)
			found = arena_printf(arena, "in the baseline itself %s", found);
	}
	for (size_t i = 0; i < sides->today_count && !found; i++) {
		if (check_session_find(&sides->today[i], contender))
			found = comparable_jobs(newest, &sides->today[i], contender, arena);
	}
	return found;
}

/* Contenders of one session with unlike rates: the load differs, not the binary. NULL: alike. */
static const char *find_unlike_rates(
	const struct sides *sides, const char *contender, const char *reference)
{
	const struct check_session *today = sides->today;
	const struct contender *own = check_session_find(today, contender);
	const struct contender *other = check_session_find(today, reference);
	struct arena *arena = &sides->judgement->report->arena;

	if (!own || !other || rate_is_same(&own->asked, &other->asked))
		return NULL;
	return arena_printf(arena,
		"its rate is %s, and that of %s is %s (all clones together): rate_iops_total or "
		"rate_total can make them equal",
		rate_text(&own->asked, arena), reference, rate_text(&other->asked, arena));
}

/* Whether nothing of the contender can be judged: then one line says why. */
static bool is_ruled_out(struct sides *sides, const char *contender, const char *reference)
{
	const struct contender *faulty = faulty_today(sides, contender);
	const char *difference = NULL, *fault_before = faulty_before(sides, contender);

	if (!sides_first(sides, contender)) {
		rule_out(sides, contender, OBSTACLE_ABSENT, NULL);
		return true;
	}
	if (faulty) {
		add_fault(sides, faulty);
		return true;
	}
	if (fault_before) {
		rule_out(sides, contender, OBSTACLE_BASELINE_FAULT, fault_before);
		return true;
	}
	if (!sides->settings->compares_jobs)
		return false;
	if (sides->baseline)
		difference = find_difference(sides, contender);
	if (!difference && reference)
		difference = find_unlike_rates(sides, contender, reference);
	if (difference)
		rule_out(sides, contender, OBSTACLE_OTHER_JOB,
			arena_printf(&sides->judgement->report->arena, "%s (--allow-job judges it)",
				difference));
	return difference != NULL;
}

/* In all sessions: the facts that are reported are of the first two that differ, if any. */
static void find_other_machine(struct sides *sides)
{
	struct check *report = sides->judgement->report;
	const struct judge_settings *settings = sides->settings;
	const struct baseline *baseline = sides->baseline;
	size_t sessions = baseline->session_count;

	for (size_t i = sides->today_count * sessions; i-- > 0 && !sides->is_other_machine;) {
		size_t session = sessions - 1 - i % sessions;

		if (!baseline_is_in_window(baseline, session))
			continue;
		comparable_environment(&baseline->sessions[session].session.environment.hard,
			&sides->today[i / sessions].environment.hard, settings->allowed,
			settings->allowed_count, &report->hard, &report->arena);
		for (size_t c = 0; c < report->hard.count; c++)
			sides->is_other_machine |= !report->hard.items[c].is_allowed;
	}
}

static void compare_machines(struct sides *sides)
{
	struct check *report = sides->judgement->report;
	const struct judge_settings *settings = sides->settings;
	const struct check_session *newest = baseline_newest(sides->baseline);

	find_other_machine(sides);
	comparable_environment(&newest->environment.soft, &sides->today->environment.soft,
		settings->allowed, settings->allowed_count, &report->soft, &report->arena);
	if (newest->environment.hard.count == 0 || sides->today->environment.hard.count == 0)
		check_note(report, "%s does not say on which machine it was measured",
			newest->environment.hard.count == 0 ? "the baseline" : "today's result");
}

/* Jobs that the baseline does not have: that nothing judges them must be seen. */
static void tell_of_new_jobs(struct sides *sides)
{
	const struct check_session *newest = baseline_newest(sides->baseline);

	for (size_t i = 0; i < sides->today_count; i++) {
		const struct check_session *today = &sides->today[i];

		for (size_t a = 0; a < today->contender_count; a++) {
			const struct contender *contender = &today->contenders[a];

			if (check_session_find(newest, contender->name) ||
				sides_first(sides, contender->name) != contender)
				continue;
			if (contender->problem)
				add_fault(sides, contender);
			else
				check_note(sides->judgement->report,
					"%s is not judged: the baseline does not have this job",
					contender->name);
		}
	}
}

/* A job that is in several sessions is noted once. */
static void tell_of_mismatches(const struct sides *sides)
{
	for (size_t i = 0; i < sides->today_count; i++) {
		const struct check_session *today = &sides->today[i];

		for (size_t a = 0; a < today->contender_count; a++) {
			const struct contender *contender = &today->contenders[a];

			if (contender->mismatch && sides_first(sides, contender->name) == contender)
				check_note(sides->judgement->report,
					"%s is not what its name says: %s", contender->name,
					contender->mismatch);
		}
	}
}

static void find_relative(struct sides *sides)
{
	const struct check_session *base = baseline_newest(sides->baseline);

	for (size_t i = 0; i < base->contender_count; i++)
		sides->has_relative |=
			check_session_reference_of(base, &base->contenders[i]) != NULL;
}

static void add_gates(struct sides *sides)
{
	const struct check_session *base =
		sides->baseline ? baseline_newest(sides->baseline) : sides->today;

	if (sides->baseline)
		find_relative(sides);
	for (size_t i = 0; i < base->contender_count; i++) {
		const struct contender *contender = &base->contenders[i];
		const char *reference = check_session_reference_of(base, contender);

		if (!reference && !sides->baseline) {
			if (contender->problem)
				add_fault(sides, contender);
			continue;
		}
		if (is_ruled_out(sides, contender->name, reference))
			continue;
		for (int v = 0; v < VALUE_COUNT; v++)
			add_metric(sides, contender, reference, (enum trial_value)v);
	}
	if (sides->baseline)
		tell_of_new_jobs(sides);
}

static void begin_report(
	struct check *report, const struct baseline *baseline, const struct check_session *today)
{
	report->today = today;
	report->session_count = 0;
	for (size_t i = 0; baseline && i < baseline->session_count; i++)
		report->session_count += baseline_is_in_window(baseline, i);
}

void judge_begin(struct judgement *judgement, struct check *report,
	const struct judge_settings *settings, const struct baseline *baseline,
	const struct check_session *today, size_t today_count)
{
	struct sides sides = {
		.judgement = judgement,
		.settings = settings,
		.baseline = baseline,
		.today = today,
		.today_count = today_count,
	};
	size_t contenders =
		baseline ? baseline_newest(baseline)->contender_count : today->contender_count;

	*judgement = (struct judgement){.report = report};
	judgement->cases = arena_alloc_array(
		&report->arena, 2 * contenders * VALUE_COUNT, sizeof(*judgement->cases));
	begin_report(report, baseline, today);
	decide_disturbance(judgement, baseline, today, today_count, settings->allows_disturbed,
		settings->compares_jobs);
	tell_of_mismatches(&sides);
	if (baseline)
		compare_machines(&sides);
	add_gates(&sides);
	for (size_t i = 0; i < settings->assertion_count; i++)
		add_assertion(&sides, &settings->assertions[i]);
}

/* A fact that only a trial finds out makes no other machine before one has run. */
static bool is_surely_other_machine(const struct sides *sides)
{
	const struct check_changes *hard = &sides->judgement->report->hard;

	for (size_t i = 0; sides->is_other_machine && i < hard->count; i++) {
		const struct check_change *change = &hard->items[i];

		if (!change->is_allowed && change->before && change->now)
			return true;
	}
	return false;
}

size_t judge_foresee(struct check *report, const struct judge_settings *settings,
	const struct baseline *baseline, const struct check_session *today)
{
	struct judgement judgement = {.report = report};
	struct sides sides = {
		.judgement = &judgement,
		.settings = settings,
		.baseline = baseline,
		.today = today,
		.today_count = 1,
	};
	const struct check_session *base = baseline_newest(baseline);
	size_t left = base->contender_count;
	bool is_hopeless;

	begin_report(report, baseline, today);
	find_relative(&sides);
	find_other_machine(&sides);
	/* Ratios are judged on any machine, and counts with them. */
	is_hopeless = is_surely_other_machine(&sides) && !sides.has_relative;
	for (size_t i = 0; i < base->contender_count; i++) {
		const char *contender = base->contenders[i].name;

		if (is_ruled_out(&sides, contender, NULL)) {
			left--;
		} else if (is_hopeless) {
			rule_out(&sides, contender, OBSTACLE_OTHER_MACHINE, NULL);
			left--;
		}
	}
	return left;
}

bool judge_has_gate(const struct check *report, const char *name)
{
	for (size_t i = 0; i < report->gate_count; i++) {
		if (limit_names_gate(
			    name, report->gates[i].contender, report->gates[i].metric->name))
			return true;
	}
	return false;
}

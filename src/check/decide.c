/* SPDX-License-Identifier: MIT */
/* Outcomes and reasons. */
#include "check/decide.h"

#include <math.h>
#include <string.h>

#include "check/check_text.h"

/* Trials that are so many times as long as others measure another thing. */
#define LENGTH_FACTOR 5

void decide_obstacle(struct check_gate *gate, enum decide_obstacle obstacle, const char *reason)
{
	static const struct {
		enum outcome outcome;
		const char *reason;
	} obstacles[] = {
		[OBSTACLE_MISSING] = {OUTCOME_INCONCLUSIVE, "one side did not measure it"},
		[OBSTACLE_THIN_TAIL] = {OUTCOME_INCONCLUSIVE,
			"too few I/Os beyond the percentile in a trial"},
		[OBSTACLE_LEVEL] = {OUTCOME_SKIPPED, "the baseline is of another machine"},
		[OBSTACLE_OTHER_MACHINE] = {OUTCOME_INCOMPARABLE,
			"the baseline is of another machine"},
		[OBSTACLE_OTHER_JOB] = {OUTCOME_INCOMPARABLE, NULL},
		[OBSTACLE_ABSENT] = {OUTCOME_INCOMPARABLE, "today's result does not have this job"},
		[OBSTACLE_CANNOT_RUN] = {OUTCOME_INCOMPARABLE, NULL},
		[OBSTACLE_FAULT] = {OUTCOME_ERROR, NULL},
		[OBSTACLE_BASELINE_FAULT] = {OUTCOME_INCOMPARABLE, NULL},
	};

	gate->outcome = obstacles[obstacle].outcome;
	gate->reason = reason ? reason : obstacles[obstacle].reason;
}

void decide_exact(struct check_gate *gate, double before, double now)
{
	gate->kind = GATE_EXACT;
	gate->before = before;
	gate->now = now;
	gate->change = now - before;
	if (isnan(before) || isnan(now))
		decide_obstacle(gate, OBSTACLE_MISSING, NULL);
	else
		gate->outcome = outcome_gate_exact(
			gate->metric, before, now, gate->threshold, gate->absolute);
}

void decide_asserted(
	struct check_gate *gate, const double *values, size_t count, struct arena *arena)
{
	const struct metric *metric = gate->metric;
	struct estimate level = estimate_mean(values, count, 2 * regress_rule_default.alpha);

	gate->now = metric_level(metric, level.value);
	gate->now_count = count;
	gate->outcome = OUTCOME_INCONCLUSIVE;
	if (count > 0)
		gate->outcome = outcome_gate_asserted(
			metric, &level, gate->relation, metric_scaled(metric, gate->limit));
	if (gate->outcome != OUTCOME_INCONCLUSIVE)
		return;
	gate->reason =
		count == 0 ? "it was not measured"
		: count < 3
			? "one or two trials give no interval"
			: arena_printf(arena, "its interval, %s to %s, contains the limit",
				  check_text_level(gate, metric_level(metric, level.lo), arena),
				  check_text_level(gate, metric_level(metric, level.hi), arena));
}

/* Whether trials of the baseline were disturbed as well. */
static bool was_disturbed(const struct baseline *baseline)
{
	for (size_t i = 0; i < baseline->session_count; i++) {
		if (baseline_is_in_window(baseline, i) &&
			check_session_is_disturbed(&baseline->sessions[i].session))
			return true;
	}
	return false;
}

/* A trial of a tenth of the time sees more of a start, of caches and of single stalls. */
static void look_at_length(struct judgement *judgement, const struct check_session *newest,
	const struct check_session *today)
{
	double before_s = check_session_trial_s(newest), now_s = check_session_trial_s(today);

	if ((newest->rounds > 0) != (today->rounds > 0)) {
		judgement->is_disturbed = true;
		check_note(judgement->report,
			"%s are compared with %s in the baseline: their levels differ (--allow-job "
			"judges it)",
			today->rounds > 0 ? "turns of milliseconds" : "trials in a row",
			newest->rounds > 0 ? "turns of milliseconds" : "trials in a row");
		return;
	}
	if (!(before_s > LENGTH_FACTOR * now_s || now_s > LENGTH_FACTOR * before_s))
		return;
	judgement->is_disturbed = true;
	check_note(judgement->report,
		"trials of %.3g s are compared with trials of %.3g s in the baseline: --trial-time "
		"makes them alike (--allow-job judges it)",
		now_s, before_s);
}

/* `is_unlike`: the baseline's trials were not disturbed. They had guards, or a quieter machine. */
static void look_at_trials(
	struct judgement *judgement, const struct check_session *today, bool is_unlike)
{
	const char *cause = today->disturbance ? today->disturbance : "its cause was not kept";

	if (check_session_was_disturbed(today)) {
		judgement->is_disturbed = true;
		check_note(judgement->report,
			"%.0f %% of the trials were disturbed and run again (%s): on a noisy "
			"machine --no-guards lets them count",
			100.0 * today->repeated_count / today->trial_count, cause);
	} else if (check_session_is_disturbed(today)) {
		judgement->is_disturbed |= is_unlike;
		check_note(judgement->report,
			"%u of %u trials were disturbed and still count (%s)%s",
			today->disturbed_count, today->trial_count, cause,
			is_unlike ? ", while the baseline's were not: the disturbance may have "
				    "made the difference (--allow-disturbed judges it)"
				  : "");
	}
}

void decide_disturbance(struct judgement *judgement, const struct baseline *baseline,
	const struct check_session *today, size_t today_count, bool allows_disturbed,
	bool compares_length)
{
	/* Against a reference in the same session both had the same. */
	bool is_unlike = baseline && !allows_disturbed && !was_disturbed(baseline);

	for (size_t i = 0; i < today_count; i++) {
		if (baseline && compares_length)
			look_at_length(judgement, baseline_newest(baseline), &today[i]);
		if (check_session_control_failed(&today[i])) {
			judgement->is_disturbed = true;
			check_note(judgement->report,
				"the control, which is the reference measured again, differs from "
				"it by %+.1f %%: no smaller difference in this session can be "
				"trusted",
				100 * (today[i].control.ratio - 1));
		}
		look_at_trials(judgement, &today[i], is_unlike);
	}
}

static struct check_gate *gate_of(const struct judgement *judgement, size_t i)
{
	return &judgement->report->gates[judgement->cases[i].gate];
}

/* Why a gate with evidence is inconclusive. */
static const char *explain(const struct judgement *judgement, const struct decide_case *item)
{
	const struct check_gate *gate = &judgement->report->gates[item->gate];

	if (judgement->is_disturbed)
		return "the session was disturbed";
	if (isnan(item->evidence.lo))
		return "too few blocks for an interval";
	if (gate->before_count == 1)
		return "one stored session shows no spread: record more sessions";
	if (gate->metric->scale == METRIC_RATIO && gate->smallest_loss > gate->threshold)
		return "too noisy to see a loss as small as the threshold";
	return "a loss is not shown, and one as large as the threshold is not excluded";
}

static void set_outcome(struct judgement *judgement, size_t i, enum outcome outcome)
{
	struct check_gate *gate = gate_of(judgement, i);
	const struct decide_case *item = &judgement->cases[i];

	gate->outcome = judgement->is_disturbed ? OUTCOME_INCONCLUSIVE : outcome;
	gate->is_small_loss =
		gate->outcome == OUTCOME_PASS && regress_is_small_loss(&item->evidence);
	gate->reason = NULL;
	if (gate->outcome == OUTCOME_INCONCLUSIVE)
		gate->reason = explain(judgement, item);
	else if (gate->is_small_loss)
		gate->reason = "small but real, and within the threshold";
}

/* Confirms cases (all, or the candidates) by the evidence of `from`, which has the same cases. */
static void confirm(struct judgement *judgement, const struct judgement *from, bool candidates_only)
{
	struct arena *arena = &judgement->report->arena;
	size_t limit = judgement->case_count, count = 0;
	struct regress_evidence *evidence = arena_alloc_array(arena, limit, sizeof(*evidence));
	double *thresholds = arena_alloc_array(arena, limit, sizeof(*thresholds));
	enum outcome *outcomes = arena_alloc_array(arena, limit, sizeof(*outcomes));
	size_t *cases = arena_alloc_array(arena, limit, sizeof(*cases));

	for (size_t i = 0; i < judgement->case_count; i++) {
		if (candidates_only && judgement->cases[i].screen != SCREEN_CANDIDATE)
			continue;
		evidence[count] = from->cases[i].evidence;
		thresholds[count] = from->cases[i].threshold;
		cases[count++] = i;
	}
	regress_confirm(evidence, thresholds, count, &regress_rule_default, outcomes);
	for (size_t i = 0; i < count; i++)
		set_outcome(judgement, cases[i], outcomes[i]);
}

void decide_all(struct judgement *judgement)
{
	confirm(judgement, judgement, false);
}

size_t decide_screen(struct judgement *judgement)
{
	size_t unsettled = 0;

	for (size_t i = 0; i < judgement->case_count; i++) {
		struct decide_case *item = &judgement->cases[i];

		item->screen =
			regress_screen(&item->evidence, item->threshold, &regress_rule_default);
		/* Fresh trials could not accuse it either; more of these may calm the session. */
		if (judgement->is_disturbed && item->screen == SCREEN_CANDIDATE)
			item->screen = SCREEN_UNSETTLED;
		unsettled += item->screen == SCREEN_UNSETTLED;
	}
	return unsettled;
}

/* The case of the same gate in the fresh judgement; NULL where the fresh trials have none. */
static const struct decide_case *find_fresh(const struct judgement *fresh, const char *gate)
{
	for (size_t i = 0; i < fresh->case_count; i++) {
		if (strcmp(gate_of(fresh, i)->name, gate) == 0)
			return &fresh->cases[i];
	}
	return NULL;
}

/* A confirmed gate shows the figures that confirmed it. */
static void take_fresh(struct judgement *judgement, size_t i, const struct judgement *fresh)
{
	struct check_gate *gate = gate_of(judgement, i);
	const struct decide_case *item = fresh ? find_fresh(fresh, gate->name) : NULL;
	struct check_gate *from;

	if (!item) {
		judgement->cases[i].evidence = (struct regress_evidence){
			.worsening = NAN,
			.lo = NAN,
			.hi = NAN,
			.p_worse = NAN,
			.smallest_effect = NAN,
		};
		return;
	}
	judgement->cases[i].evidence = item->evidence;
	judgement->cases[i].threshold = item->threshold;
	from = &fresh->report->gates[item->gate];
	gate->before = from->before;
	gate->now = from->now;
	gate->change = from->change;
	gate->change_lo = from->change_lo;
	gate->change_hi = from->change_hi;
	gate->p_worse = from->p_worse;
	gate->smallest_loss = from->smallest_loss;
	gate->before_count = from->before_count;
	gate->now_count = from->now_count;
}

static bool has_note(const struct check *report, const char *note)
{
	for (size_t i = 0; i < report->note_count; i++) {
		if (strcmp(report->notes[i], note) == 0)
			return true;
	}
	return false;
}

/* Only the fresh report has what disturbed the fresh trials. */
static void take_notes(struct check *report, const struct check *fresh)
{
	for (size_t i = 0; i < fresh->note_count; i++) {
		if (!has_note(report, fresh->notes[i]))
			check_note(report, "fresh trials: %s", fresh->notes[i]);
	}
}

void decide_confirm(struct judgement *judgement, const struct judgement *fresh)
{
	for (size_t i = 0; i < judgement->case_count; i++) {
		struct decide_case *item = &judgement->cases[i];

		if (item->screen == SCREEN_CANDIDATE)
			take_fresh(judgement, i, fresh);
		else
			set_outcome(judgement, i, regress_decide(&item->evidence, item->threshold));
	}
	if (fresh && fresh->is_disturbed) {
		judgement->is_disturbed = true;
		take_notes(judgement->report, fresh->report);
	}
	confirm(judgement, judgement, true);
}

/* SPDX-License-Identifier: MIT */
/* The outcomes of gates that have evidence: as one family, or screened and then confirmed. */
#include "check/judge.h"

#include <math.h>
#include <string.h>

static struct check_gate *gate_of(const struct judge *judge, size_t i)
{
	return &judge->report->gates[judge->cases[i].gate];
}

/* Why there is no verdict, as far as the evidence tells. */
static const char *explain(const struct judge *judge, const struct judge_case *item)
{
	const struct check_gate *gate = &judge->report->gates[item->gate];

	if (judge->is_disturbed)
		return "the session was disturbed";
	if (isnan(item->evidence.lo))
		return "too few blocks for an interval";
	if (gate->kind != GATE_PAIRED && gate->before_count == 1)
		return "one stored session shows no spread: record more to be able to say";
	if (gate->metric->scale == METRIC_RATIO && gate->smallest_loss > gate->threshold)
		return "too noisy to see a loss as small as the threshold";
	return "neither a loss is shown nor one of the threshold excluded";
}

static void set_outcome(struct judge *judge, size_t i, enum outcome outcome)
{
	struct check_gate *gate = gate_of(judge, i);
	const struct judge_case *item = &judge->cases[i];

	gate->outcome = judge->is_disturbed ? OUTCOME_INCONCLUSIVE : outcome;
	gate->is_small_loss =
		gate->outcome == OUTCOME_PASS && regress_is_small_loss(&item->evidence);
	gate->reason = NULL;
	if (gate->outcome == OUTCOME_INCONCLUSIVE)
		gate->reason = explain(judge, item);
	else if (gate->is_small_loss)
		gate->reason = "small but real, and within the threshold";
}

/* Confirms cases (all, or the candidates) by the evidence of `from`, which has the same cases. */
static void confirm(struct judge *judge, const struct judge *from, bool candidates_only)
{
	struct arena *arena = &judge->report->arena;
	size_t limit = judge->case_count, count = 0;
	struct regress_evidence *evidence = arena_alloc_array(arena, limit, sizeof(*evidence));
	double *thresholds = arena_alloc_array(arena, limit, sizeof(*thresholds));
	enum outcome *outcomes = arena_alloc_array(arena, limit, sizeof(*outcomes));
	size_t *cases = arena_alloc_array(arena, limit, sizeof(*cases));

	for (size_t i = 0; i < judge->case_count; i++) {
		if (candidates_only && judge->cases[i].screen != SCREEN_CANDIDATE)
			continue;
		evidence[count] = from->cases[i].evidence;
		thresholds[count] = from->cases[i].threshold;
		cases[count++] = i;
	}
	regress_confirm(evidence, thresholds, count, &regress_rule_default, outcomes);
	for (size_t i = 0; i < count; i++)
		set_outcome(judge, cases[i], outcomes[i]);
}

void judge_all(struct judge *judge)
{
	confirm(judge, judge, false);
}

size_t judge_screen(struct judge *judge)
{
	size_t unsettled = 0;

	for (size_t i = 0; i < judge->case_count; i++) {
		struct judge_case *item = &judge->cases[i];

		item->screen =
			regress_screen(&item->evidence, item->threshold, &regress_rule_default);
		/* Fresh trials could not accuse it either; more of these may calm the session. */
		if (judge->is_disturbed && item->screen == SCREEN_CANDIDATE)
			item->screen = SCREEN_UNSETTLED;
		unsettled += item->screen == SCREEN_UNSETTLED;
	}
	return unsettled;
}

size_t judge_candidates(const struct judge *judge)
{
	size_t count = 0;

	for (size_t i = 0; i < judge->case_count; i++)
		count += judge->cases[i].screen == SCREEN_CANDIDATE;
	return count;
}

/* The case of the same gate in the fresh judgement; NULL where the fresh trials have none. */
static const struct judge_case *find_fresh(const struct judge *fresh, const char *gate)
{
	for (size_t i = 0; i < fresh->case_count; i++) {
		if (strcmp(gate_of(fresh, i)->name, gate) == 0)
			return &fresh->cases[i];
	}
	return NULL;
}

/* What is shown of a confirmed gate is what it was confirmed by. */
static void take_fresh(struct judge *judge, size_t i, const struct judge *fresh)
{
	struct check_gate *gate = gate_of(judge, i);
	const struct judge_case *item = fresh ? find_fresh(fresh, gate->name) : NULL;
	struct check_gate *from;

	if (!item) {
		judge->cases[i].evidence = (struct regress_evidence){
			.worsening = NAN,
			.lo = NAN,
			.hi = NAN,
			.p_worse = NAN,
			.smallest_effect = NAN,
		};
		return;
	}
	judge->cases[i].evidence = item->evidence;
	judge->cases[i].threshold = item->threshold;
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

/* What it was that disturbed them is on nobody else's record. */
static void take_notes(struct check *report, const struct check *fresh)
{
	for (size_t i = 0; i < fresh->note_count; i++) {
		if (!has_note(report, fresh->notes[i]))
			check_note(report, "fresh trials: %s", fresh->notes[i]);
	}
}

void judge_confirm(struct judge *judge, const struct judge *fresh)
{
	for (size_t i = 0; i < judge->case_count; i++) {
		struct judge_case *item = &judge->cases[i];

		if (item->screen == SCREEN_CANDIDATE)
			take_fresh(judge, i, fresh);
		else
			set_outcome(judge, i, regress_decide(&item->evidence, item->threshold));
	}
	if (fresh && fresh->is_disturbed) {
		judge->is_disturbed = true;
		take_notes(judge->report, fresh->report);
	}
	confirm(judge, judge, true);
}

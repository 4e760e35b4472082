/* SPDX-License-Identifier: MIT */
/* One gate each: what it is held against, its threshold, its evidence. */
#include "check/making.h"

#include <math.h>
#include <string.h>

#include "check/words.h"

#include "base/doubles.h"

#define ANCHOR_THRESHOLD 0.10 /* a change of level since the anchor, in many small steps */

static const char thin_tail[] = "too few I/Os beyond the percentile in a trial";

bool making_names_gate(const char *threshold, const char *arm, const char *metric)
{
	size_t length = strlen(arm);

	if (strcmp(threshold, metric) == 0)
		return true;
	return strncmp(threshold, arm, length) == 0 && threshold[length] == '.' &&
	       strcmp(threshold + length + 1, metric) == 0;
}

/* The last one that names the gate; NULL: none. */
static const struct baseline_threshold *find_threshold(const struct baseline_threshold *thresholds,
	size_t count, const char *arm, const char *metric)
{
	for (size_t i = count; i-- > 0;) {
		if (making_names_gate(thresholds[i].name, arm, metric))
			return &thresholds[i];
	}
	return NULL;
}

const struct baseline_threshold *making_threshold(
	const struct making *making, const char *arm, const char *metric)
{
	const struct judge_settings *settings = making->judge->settings;
	const struct baseline_threshold *found =
		find_threshold(settings->thresholds, settings->threshold_count, arm, metric);

	if (!found && making->baseline)
		found = find_threshold(making->baseline->thresholds,
			making->baseline->threshold_count, arm, metric);
	return found;
}

/* The tolerated loss two times over, of what the first has left. */
static double twice(const struct metric *metric, double fraction)
{
	return regress_loss(metric, 2 * regress_threshold(metric, fraction, 0, 1));
}

/* A gate with its threshold, by default or as asked for. */
struct check_gate *making_add_gate(
	struct making *making, const char *arm, enum trial_value metric, bool is_anchor)
{
	struct check *report = making->judge->report;
	const struct metric *kind = &trial_value_metrics[metric];
	const struct metric_gate *usual = metric_gate_of(kind->class);
	const struct baseline_threshold *asked = making_threshold(making, arm, kind->name);
	struct check_gate *gate = check_add_gate(report);

	gate->arm = arena_strdup(&report->arena, arm);
	gate->metric = kind;
	gate->name = arena_printf(
		&report->arena, "%s.%s%s", arm, kind->name, is_anchor ? " (anchor)" : "");
	gate->threshold = asked ? asked->fraction : usual->threshold;
	gate->absolute = asked ? 0 : usual->absolute;
	gate->is_anchor = is_anchor;
	if (is_anchor)
		gate->threshold = fmax(ANCHOR_THRESHOLD, twice(kind, gate->threshold));
	return gate;
}

static struct judge_case *add_case(
	struct judge *judge, const struct check_gate *gate, double reference_level)
{
	struct judge_case *item = &judge->cases[judge->case_count++];

	item->gate = (size_t)(gate - judge->report->gates);
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

/* Means of today's sessions; returns their number, and the number of trials in *trials. */
size_t making_means_today(const struct making *making, const char *arm, const char *reference,
	enum trial_value metric, double *means, size_t *trials)
{
	struct arena arena = {0};
	size_t count = 0;

	*trials = 0;
	for (size_t i = 0; i < making->today_count; i++) {
		const struct sample *sample = &making->today[i];
		const struct sample_arm *own = sample_find_arm(sample, arm);
		const struct sample_arm *other =
			reference ? sample_find_arm(sample, reference) : NULL;
		double *values = arena_alloc_array(&arena, sample->block_count, sizeof(*values));
		size_t n = 0;

		if (own && (other || !reference))
			n = sample_values(sample, own, other, metric, values);
		if (n > 0)
			means[count++] = doubles_mean(values, n);
		*trials += n;
	}
	arena_free(&arena);
	return count;
}

static bool has_tail(const struct making *making, const char *arm, enum trial_value metric)
{
	double needed = metric_gate_of(trial_value_metrics[metric].class)->tail_count;

	for (size_t i = 0; needed > 0 && i < making->today_count; i++) {
		const struct sample_arm *own = sample_find_arm(&making->today[i], arm);

		if (own && !(sample_tail_count(&making->today[i], own, metric) >= needed))
			return false;
	}
	return true;
}

const char *making_thin_arm(const struct making *making, const char *arm, const char *reference,
	enum trial_value metric)
{
	if (!has_tail(making, arm, metric))
		return arm;
	return reference && !has_tail(making, reference, metric) ? reference : NULL;
}

static void skip_other_machine(const struct making *making, struct check_gate *gate)
{
	/* Where ratios are judged, levels of another machine may be left out; else nothing of
	 * weight would be compared, and that must not look like a pass. */
	gate->outcome = making->has_relative ? OUTCOME_SKIPPED : OUTCOME_INCOMPARABLE;
	gate->reason = "the baseline is of another machine";
}

/*
 * What is shown are the pairs: their means, and where the change is no mean of differences (ranks)
 * as far from the middle of both as the change says. So the change follows from what is shown.
 */
static void show_pairs(struct check_gate *gate, const struct sample *sample,
	const struct sample_arm *arm, const struct sample_arm *reference, enum trial_value metric)
{
	const struct metric *kind = gate->metric;
	double change = metric_difference(kind, gate->change);
	double middle = 0;
	size_t count = 0;

	for (size_t b = 0; b < sample->block_count; b++) {
		double own = sample_value(sample, arm, b, metric);
		double other = sample_value(sample, reference, b, metric);

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

/* Without a baseline: the arm against the reference, block by block. */
void making_add_paired(struct making *making, const struct sample_arm *arm,
	const struct sample_arm *reference, enum trial_value metric)
{
	const struct metric *kind = &trial_value_metrics[metric];
	struct check_gate *gate = making_add_gate(making, arm->name, metric, false);
	const struct sample *sample = making->today;
	struct arena arena = {0};
	double *values = arena_alloc_array(&arena, sample->block_count, sizeof(*values));
	struct judge_case *item;
	double level;
	size_t count;

	count = sample_values(sample, reference, NULL, metric, values);
	level = doubles_mean(values, count);
	gate->before = metric_level(kind, level);
	gate->before_count = count;
	count = sample_values(sample, arm, NULL, metric, values);
	gate->now = metric_level(kind, doubles_mean(values, count));
	gate->now_count = count;
	if (metric_gate_of(kind->class)->is_exact) {
		gate->kind = GATE_EXACT;
		gate->change = gate->now - gate->before;
		gate->outcome =
			gate_exact(kind, gate->before, gate->now, gate->threshold, gate->absolute);
	} else if (making_thin_arm(making, arm->name, reference->name, metric)) {
		gate->kind = GATE_PAIRED;
		gate->outcome = OUTCOME_INCONCLUSIVE;
		gate->reason = thin_tail;
	} else {
		gate->kind = GATE_PAIRED;
		item = add_case(making->judge, gate, level);
		count = sample_values(sample, arm, reference, metric, values);
		item->evidence = regress_from_pairs(kind, values, count, 1, &regress_rule_default);
		show_evidence(gate, &item->evidence);
		show_pairs(gate, sample, arm, reference, metric);
	}
	arena_free(&arena);
}

static void decide_exact(struct check_gate *gate, double before, double now)
{
	gate->kind = GATE_EXACT;
	gate->before = before;
	gate->now = now;
	gate->change = now - before;
	gate->outcome = gate_exact(gate->metric, before, now, gate->threshold, gate->absolute);
	if (isnan(before) || isnan(now))
		gate->reason = "one side did not measure it";
}

/*
 * Sessions of fewer blocks than the stored ones have: their mean moves by more, which the spread of
 * the stored means does not show.
 */
static double shortness(const struct making *making, const char *arm, const char *reference,
	enum trial_value metric, size_t trials_today)
{
	const struct baseline *baseline = making->baseline;
	double within = baseline_noise_of(baseline, arm, reference, metric).within;
	double stored = 0, sessions = 0;

	for (size_t i = 0; i < baseline->session_count; i++) {
		if (!baseline_is_in_window(baseline, i))
			continue;
		stored += (double)baseline->sessions[i].sample.block_count;
		sessions++;
	}
	if (isnan(within) || (double)trials_today >= stored / sessions)
		return 0;
	return within * within * (1 / (double)trials_today - sessions / stored);
}

/* Against the window of the baseline, or its anchor. */
void making_add_stored(struct making *making, const char *arm, const char *reference,
	enum trial_value metric, bool is_anchor)
{
	const struct baseline *baseline = making->baseline;
	const struct metric *kind = &trial_value_metrics[metric];
	bool is_exact = metric_gate_of(kind->class)->is_exact;
	struct check_gate *gate = making_add_gate(making, arm, metric, is_anchor);
	struct arena arena = {0};
	double *stored = arena_alloc_array(&arena, baseline->session_count, sizeof(*stored));
	double *today = arena_alloc_array(&arena, making->today_count, sizeof(*today));
	const char *versus = is_exact ? NULL : reference;
	struct judge_case *item;
	size_t today_count;

	gate->before_count = baseline_means(baseline, is_anchor, arm, versus, metric, stored);
	today_count = making_means_today(making, arm, versus, metric, today, &gate->now_count);
	if (is_exact) {
		decide_exact(gate, doubles_mean(stored, gate->before_count),
			doubles_mean(today, today_count));
	} else {
		gate->kind = versus ? GATE_RELATIVE : GATE_ABSOLUTE;
		gate->before = metric_level(kind, doubles_mean(stored, gate->before_count));
		gate->now = metric_level(kind, doubles_mean(today, today_count));
		if (gate->before_count == 0 || today_count == 0) {
			gate->outcome = OUTCOME_INCONCLUSIVE;
			gate->reason = "one side did not measure it";
		} else if (making->is_other_machine && gate->kind == GATE_ABSOLUTE) {
			skip_other_machine(making, gate);
		} else if (making_thin_arm(making, arm, versus, metric)) {
			gate->outcome = OUTCOME_INCONCLUSIVE;
			gate->reason = thin_tail;
		} else {
			item = add_case(
				making->judge, gate, doubles_mean(stored, gate->before_count));
			item->evidence = regress_from_sessions(kind, stored, gate->before_count,
				today, today_count, &prediction_default_prior, item->threshold,
				shortness(making, arm, versus, metric, gate->now_count),
				&regress_rule_default);
			show_evidence(gate, &item->evidence);
		}
	}
	arena_free(&arena);
}

void making_add_assertion(struct making *making, const struct assertion *assertion)
{
	const struct metric *kind = &trial_value_metrics[assertion->metric];
	struct check *report = making->judge->report;
	struct check_gate *gate = check_add_gate(report);
	struct estimate level;
	struct arena arena = {0};
	double *means = arena_alloc_array(&arena, making->today_count, sizeof(*means));
	double *values;
	size_t count = 0, blocks = 0;

	gate->arm = arena_strdup(&report->arena, assertion->arm);
	gate->metric = kind;
	gate->kind = GATE_ASSERTED;
	gate->relation = assertion->relation;
	gate->limit = assertion->limit;
	gate->name = arena_printf(&report->arena, "%s.%s", assertion->arm, kind->name);
	for (size_t i = 0; i < making->today_count; i++)
		blocks += making->today[i].block_count;
	values = arena_alloc_array(&arena, blocks, sizeof(*values));
	for (size_t i = 0; i < making->today_count; i++) {
		const struct sample_arm *own = sample_find_arm(&making->today[i], assertion->arm);

		if (own)
			count += sample_values(
				&making->today[i], own, NULL, assertion->metric, values + count);
	}
	level = estimate_mean(values, count, 2 * regress_rule_default.alpha);
	gate->now = metric_level(kind, level.value);
	gate->now_count = count;
	gate->outcome = OUTCOME_INCONCLUSIVE;
	if (count > 0)
		gate->outcome = gate_asserted(
			kind, &level, assertion->relation, metric_scaled(kind, assertion->limit));
	if (gate->outcome == OUTCOME_INCONCLUSIVE)
		gate->reason = count == 0  ? "it was not measured"
			       : count < 3 ? "one or two trials are no interval"
					   : arena_printf(&report->arena,
						     "its interval, %s to %s, holds the limit",
						     words_level(gate, metric_level(kind, level.lo),
							     &report->arena),
						     words_level(gate, metric_level(kind, level.hi),
							     &report->arena));
	arena_free(&arena);
}

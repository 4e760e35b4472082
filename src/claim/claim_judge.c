/* SPDX-License-Identifier: MIT */
/*
 * What a record shows of a claim's lines: which points and contenders a test is of, its distances
 * from the border by blocks, and what makes it no test.
 */
#include "claim/claim_judge.h"

#include <math.h>
#include <string.h>

#include "claim/claim_evidence.h"
#include "claim/claim_family.h"
#include "measure/series.h"
#include "session/rate.h"
#include "verdict/contrast.h"
#include "verdict/health.h"
#include "verdict/regress.h"

/*
 * Ratios of contenders differ less between sessions than levels do, but more than the blocks of one
 * show: by 1 % (io_uring against pread on /dev/zero, in turns, five sessions).
 */
#define PAIRED_SHARE 0.5

/* A point of the record, as the statistics see it. */
struct table {
	const struct record_point *point; /* NULL: the session ended before it */
	struct session session;
	struct health health; /* of the values of */
	enum trial_value health_of;
};

struct measuring {
	const struct claim *claim;
	const struct record *record;
	struct contrast_rule rule;
	struct table *tables; /* one a point of the claim */
	struct arena *arena;
};

/* One side of a test. */
struct side {
	const struct claim_side *side;
	size_t index; /* of its table */
	const struct table *table;
	size_t contender;
	const struct metric *metric;
};

/* The values of `point` but for those that `side` has of its own. */
static size_t find_point(
	const struct claim *claim, const struct claim_point *point, const struct claim_point *own)
{
	for (size_t i = 0; i < claim->point_count; i++) {
		const struct claim_point *candidate = &claim->points[i];
		bool fits = claim_point_has(candidate, own);

		for (size_t k = 0; k < point->count && fits; k++) {
			const struct claim_point one = {.count = 1, .values = &point->values[k]};
			bool is_own = false;

			for (size_t o = 0; o < own->count; o++)
				is_own |= strcmp(own->values[o].key, one.values->key) == 0;
			fits = is_own || claim_point_has(candidate, &one);
		}
		if (fits)
			return i;
	}
	return 0; /* claim_line_read has found one: points are a whole grid */
}

static struct side make_side(
	const struct measuring *measuring, const struct claim_side *of, size_t index)
{
	const struct table *table = &measuring->tables[index];
	struct side side = {.side = of, .index = index, .table = table, .contender = SESSION_NONE};

	side.metric = &trial_value_metrics[of->value];
	if (table->point)
		side.contender = session_find(
			table->point->contenders, table->point->contender_count, of->contender);
	return side;
}

static void refuse(struct claim_test *test, enum claim_verdict verdict, const char *reason)
{
	if (test->reason)
		return; /* the first one is the cause of the others */
	test->verdict = verdict;
	test->reason = reason;
}

/* Sides of two points may have the same to say. */
static void add_caution(struct claim_test *test, const char *text, struct arena *arena)
{
	if (test->caution && strstr(test->caution, text))
		return;
	test->caution = test->caution ? arena_printf(arena, "%s; %s", test->caution, text) : text;
}

/* More than a quarter of its trials have too few I/Os beyond the percentile. */
static bool has_thin_tail(const struct side *side)
{
	const struct record_point *point = side->table->point;
	double least = metric_gate_of(side->metric->class)->tail_count;
	size_t count = 0, thin = 0;

	for (size_t i = 0; i < point->trial_count && least > 0; i++) {
		const struct trial *trial = &point->trials[i];

		if (trial->contender != side->contender || !trial->counts)
			continue;
		count++;
		/* Written so that an unknown number is too few. */
		thin += !(trial_values_tail(trial->values, trial->window_s, side->side->value) >=
			  least);
	}
	return 4 * thin > count;
}

static size_t count_values(const struct side *side)
{
	size_t count = 0;

	for (size_t b = 0; b < side->table->session.block_count; b++)
		count += !isnan(session_value(
			&side->table->session, side->side->value, b, side->contender));
	return count;
}

static size_t count_trials(const struct side *side)
{
	const struct session *session = &side->table->session;
	size_t count = 0;

	for (size_t b = 0; b < session->block_count; b++) {
		const struct trial *trial = session_trial(session, b, side->contender);

		count += trial && trial->counts;
	}
	return count;
}

/* Of a point that was not begun. */
static void refuse_point(
	const struct measuring *measuring, const struct side *side, struct claim_test *test)
{
	const struct claim_loads *loads = &measuring->claim->loads;
	const struct table *base = side->table - side->index % (1 + loads->count);
	size_t c = SESSION_NONE;

	if (base->point)
		c = session_find(base->point->contenders, base->point->contender_count, loads->of);
	if (c != SESSION_NONE && base->point->contenders[c].problem)
		refuse(test, CLAIM_NOT_TESTABLE,
			arena_printf(measuring->arena, "%s has no maximum: %s", loads->of,
				base->point->contenders[c].problem));
	refuse(test, CLAIM_NOT_RESOLVED,
		measuring->record->signal != 0
			? "the session ended before this point"
			: "the time left (--max-time) was too short for its blocks");
}

/*
 * What makes the side no side of a test. That it blocks inside its submit is no obstacle to how
 * much of its time it does.
 */
static void check_side(
	const struct measuring *measuring, const struct side *side, struct claim_test *test)
{
	const struct record_point *point = side->table->point;
	const char *name = side->side->contender, *what = NULL;
	struct arena *arena = measuring->arena;

	if (!point) {
		refuse_point(measuring, side, test);
		return;
	}
	if (side->contender == SESSION_NONE) {
		refuse(test, CLAIM_NOT_TESTABLE, arena_printf(arena, "%s did not take part", name));
		return;
	}
	if (side->side->value == VALUE_SUBMIT_SHARE &&
		record_count_mismatches(point, side->contender, &what) > 0)
		add_caution(test, arena_printf(arena, "%s: %s", name, what), arena);
	if (point->contenders[side->contender].problem) {
		refuse(test, CLAIM_NOT_TESTABLE,
			arena_printf(
				arena, "%s: %s", name, point->contenders[side->contender].problem));
	} else if (record_count_mismatches(point, side->contender, &what) > 0 &&
		   side->side->value != VALUE_SUBMIT_SHARE) {
		refuse(test, CLAIM_NOT_TESTABLE,
			arena_printf(arena, "%s was not what it is called: %s", name, what));
	} else if (count_trials(side) > 0 && count_values(side) == 0) {
		refuse(test, CLAIM_NOT_TESTABLE,
			arena_printf(arena, "%s was not measured of %s, or was always 0",
				side->metric->name, name));
	} else if (has_thin_tail(side)) {
		refuse(test, CLAIM_NOT_RESOLVED,
			arena_printf(arena,
				"%s has fewer than %.0f I/Os beyond its %s in a trial: use a "
				"longer "
				"trial-time",
				name, metric_gate_of(side->metric->class)->tail_count,
				side->metric->name));
	}
}

static bool misses_rate(const struct side *side)
{
	const struct record_point *point = side->table->point;

	return point && side->contender != SESSION_NONE && rate_is_missed(point, side->contender);
}

static bool is_latency(const struct metric *metric)
{
	return metric->class >= METRIC_TYPICAL && metric->class <= METRIC_EXTREME;
}

/* Latencies of those who cannot keep up are queues, and the longer the longer a trial is. */
static void check_rates(const struct measuring *measuring, const struct side *left,
	const struct side *right, struct claim_test *test)
{
	bool left_misses = misses_rate(left), right_misses = right && misses_rate(right);

	if (!is_latency(left->metric) || (!left_misses && !right_misses))
		return;
	if (left_misses && right_misses)
		refuse(test, CLAIM_NOT_RESOLVED,
			arena_printf(measuring->arena,
				"%s and %s did less than the rate they were asked for: their "
				"latencies are of queues that grow",
				left->side->contender, right->side->contender));
	else
		add_caution(test,
			arena_printf(measuring->arena,
				"%s did less than the rate it was asked for: its latency is that "
				"of a queue that grows",
				left_misses ? left->side->contender : right->side->contender),
			measuring->arena);
}

/* On the scale of the analysis; NAN: not measured. */
static double value_of(const struct side *side, size_t block, bool is_log)
{
	struct metric metric = *side->metric;
	const struct trial *trial = session_trial(&side->table->session, block, side->contender);

	if (!trial || !trial->counts)
		return NAN;
	metric.scale = is_log ? METRIC_RATIO : METRIC_DIFFERENCE;
	return metric_scaled(&metric, trial->values[side->side->value]);
}

static double level_of(const struct side *side, bool is_log)
{
	double sum = 0;
	size_t count = 0;

	for (size_t b = 0; b < side->table->session.block_count; b++) {
		double value = value_of(side, b, is_log);

		if (!isnan(value)) {
			sum += value;
			count++;
		}
	}
	sum /= (double)count;
	return is_log ? exp(sum) : sum;
}

/* How the mean of a session differs from that of another, as a fraction. */
static double spread_of(const struct metric *metric)
{
	if (metric->class == METRIC_COUNTS || metric->class == METRIC_FAULTS)
		return 0;
	return regress_prior_of(metric->class)->deviation;
}

static void set_borders(struct claim_evidence *evidence, const struct claim_line *line)
{
	double at = line->is_level ? line->level : line->factor;

	evidence->border_count = 1;
	evidence->borders[0].at = at;
	if (line->relation != CLAIM_WITHIN)
		return;
	evidence->border_count = 2;
	evidence->borders[0].at = at * (1 - line->tolerance);
	evidence->borders[1].at = at * (1 + line->tolerance);
}

/* Distances of a level from a border, or of a side from the other one, in each block. */
static void fill_border(struct claim_evidence *evidence, struct claim_border *border,
	const struct side *left, const struct side *right, struct arena *arena)
{
	size_t room = left->table->session.block_count;
	double shift = evidence->is_log ? log(border->at) : border->at;

	border->distances = arena_alloc_array(arena, room, sizeof(double));
	evidence->count = 0;
	for (size_t b = 0; b < room; b++) {
		double distance = value_of(left, b, evidence->is_log);

		if (!right)
			distance -= shift;
		else if (evidence->is_log)
			distance -= value_of(right, b, true) + shift;
		else
			distance -= value_of(right, b, false) * border->at;
		if (!isnan(distance))
			border->distances[evidence->count++] = distance;
	}
}

/* The same for sides of different points: blocks have nothing in common. */
static void fill_apart(struct claim_evidence *evidence, struct claim_border *border,
	const struct side *left, const struct side *right, struct arena *arena)
{
	size_t rooms[2] = {left->table->session.block_count, right->table->session.block_count};
	double shift = evidence->is_log ? log(border->at) : 0;

	border->distances = arena_alloc_array(arena, rooms[0], sizeof(double));
	border->others = arena_alloc_array(arena, rooms[1], sizeof(double));
	evidence->count = evidence->other_count = 0;
	for (size_t b = 0; b < rooms[0]; b++) {
		double value = value_of(left, b, evidence->is_log);

		if (!isnan(value))
			border->distances[evidence->count++] = value;
	}
	for (size_t b = 0; b < rooms[1]; b++) {
		double value = value_of(right, b, evidence->is_log);

		if (!isnan(value))
			border->others[evidence->other_count++] =
				evidence->is_log ? value + shift : value * border->at;
	}
}

/* Whether the two sides were measured in other sessions, as it were: minutes lie between. */
static bool is_apart(const struct side *left, const struct side *right)
{
	return right && left->index != right->index;
}

/* A failed control of this side's table on its metric: its floor on the scale of the evidence. */
static void take_control(
	const struct measuring *measuring, const struct side *side, struct claim_evidence *evidence)
{
	const struct session *session = &side->table->session;
	struct arena *arena = measuring->arena;
	struct metric metric = *side->metric;
	struct side reference = *side, again = *side;
	double *differences;
	struct control control;
	struct estimate difference;
	size_t count = 0;
	double level;

	if (session->control == SESSION_NONE || session->reference == SESSION_NONE)
		return;
	metric.scale = evidence->is_log ? METRIC_RATIO : METRIC_DIFFERENCE;
	reference.contender = session->reference;
	again.contender = session->control;
	differences = arena_alloc_array(arena, session->block_count, sizeof(double));
	for (size_t b = 0; b < session->block_count; b++) {
		double value = value_of(&again, b, evidence->is_log) -
			       value_of(&reference, b, evidence->is_log);

		if (!isnan(value))
			differences[count++] = value;
	}
	difference = estimate_paired(differences, count, measuring->rule.alpha, 1);
	level = level_of(&reference, evidence->is_log);
	control = contrast_control(
		&metric, evidence->is_log ? log(level) : level, &difference, &measuring->rule);
	if (!control.has_failed || metric_difference(&metric, control.floor) <= evidence->floor)
		return;
	evidence->floor = metric_difference(&metric, control.floor);
	evidence->control_effect = metric_effect(&metric, difference.value);
	if (!evidence->is_log)
		evidence->control_effect /= fabs(level);
}

static void measure_distances(const struct measuring *measuring, const struct claim_line *line,
	const struct side *left, const struct side *right, struct claim_test *test)
{
	struct claim_evidence *evidence = ARENA_NEW(measuring->arena, struct claim_evidence);
	bool is_apart_from = is_apart(left, right);
	double scale;

	test->evidence = evidence;
	evidence->relation = line->relation;
	evidence->is_log = left->metric->scale == METRIC_RATIO &&
			   (!right || right->metric->scale == METRIC_RATIO);
	set_borders(evidence, line);
	test->left = level_of(left, evidence->is_log);
	if (right)
		test->right = level_of(right, evidence->is_log);
	for (size_t i = 0; i < evidence->border_count; i++) {
		if (is_apart_from)
			fill_apart(evidence, &evidence->borders[i], left, right, measuring->arena);
		else
			fill_border(evidence, &evidence->borders[i], left, right, measuring->arena);
	}
	/* A plain difference of sides is shown as their ratio wherever there is one. */
	test->is_ratio = right && (evidence->is_log || test->right > 0);
	evidence->unit = right && !evidence->is_log && test->is_ratio ? test->right : 1;
	for (size_t i = 0; i < evidence->border_count && right && !test->is_ratio; i++)
		evidence->borders[i].at = 0;
	scale = right ? test->right * line->factor : line->level;
	evidence->least = evidence->is_log ? log1p(measuring->rule.least_effect)
					   : measuring->rule.least_effect * fabs(scale);
	evidence->is_alone = !right || is_apart_from;
	evidence->spread = spread_of(left->metric) * (evidence->is_log ? 1 : fabs(test->left)) *
			   (evidence->is_alone ? 1 : PAIRED_SHARE);
	take_control(measuring, left, evidence);
	if (right && (is_apart_from || right->metric != left->metric))
		take_control(measuring, right, evidence);
	test->block_count = evidence->count;
	if (is_apart_from && evidence->other_count < evidence->count)
		test->block_count = evidence->other_count;
}

/* What the session shows of itself on the metric of a side; NULL: there is no reference. */
static const struct health *health_of(const struct measuring *measuring, const struct side *side)
{
	struct table *table = &measuring->tables[side->index];
	struct session session = table->session;

	if (session.reference == SESSION_NONE)
		return NULL;
	session.primary = side->side->value;
	if (table->health_of != side->side->value)
		health_judge(&session, &table->health);
	table->health_of = side->side->value;
	return &table->health;
}

/*
 * Of a side that nothing beside it cancels: it may have been as far off before and after, too.
 * Drifts of two sides add up.
 */
static void take_drift(
	const struct measuring *measuring, const struct side *side, struct claim_test *test)
{
	struct arena *arena = measuring->arena;
	struct claim_evidence *evidence = test->evidence;
	size_t room = side->table->session.block_count, count = 0;
	double *values = arena_alloc_array(arena, room, sizeof(double));
	double drift, share;
	const char *text;

	for (size_t b = 0; b < room; b++) {
		double value = value_of(side, b, evidence->is_log);

		if (!isnan(value))
			values[count++] = value;
	}
	if (count < ESTIMATE_COUNT_FOR_INTERVAL || side->metric->scale != METRIC_RATIO)
		return;
	drift = series_median_slope(values, count) * (double)(count - 1);
	share = evidence->is_log ? expm1(drift) : drift / fabs(level_of(side, false));
	if (!(fabs(share) > HEALTH_DRIFT_LIMIT))
		return;
	evidence->drift += fabs(drift);
	text = arena_printf(arena, "%s of %s drifted by %+.0f %%", side->metric->name,
		side->side->contender, 100 * share);
	add_caution(test, text, arena);
	evidence->drift_text = evidence->drift_text
				       ? arena_printf(arena, "%s, %s", evidence->drift_text, text)
				       : text;
}

static void check_health(const struct measuring *measuring, const struct side *side, bool is_level,
	struct claim_test *test)
{
	struct arena *arena = measuring->arena;
	const struct health *health = health_of(measuring, side);

	if (!health)
		return;
	if (!is_level && health->flags & HEALTH_DRIFTS)
		add_caution(test,
			arena_printf(arena, "%s drifted by %+.0f %% (blocks cancel it)",
				side->metric->name, 100 * expm1(health->drift)),
			arena);
	if (health->flags & HEALTH_ORDER_MATTERS)
		add_caution(test,
			arena_printf(arena, "%s changes by %+.1f %% from first to last in a block",
				side->metric->name, 100 * expm1(health->order_effect)),
			arena);
	if (health->flags & HEALTH_IS_DISTURBED)
		add_caution(test,
			arena_printf(arena, "more than %.0f %% of the trials were disturbed",
				100 * HEALTH_REPEATED_SHARE),
			arena);
}

static void check_blocks(const struct measuring *measuring, struct claim_test *test)
{
	if (test->block_count < CONTRAST_COUNT_FOR_CLAIM)
		refuse(test, CLAIM_NOT_RESOLVED,
			arena_printf(measuring->arena, "%zu block%s: a verdict needs %d",
				test->block_count, test->block_count == 1 ? "" : "s",
				CONTRAST_COUNT_FOR_CLAIM));
	if (measuring->record->is_exploratory)
		refuse(test, CLAIM_NOT_RESOLVED, "a quick session makes no claims");
	if (test->reason)
		return;
	if (claim_evidence_is_tie(test->evidence)) {
		test->verdict = CLAIM_CONFIRMED; /* "at most" and "at least" have the border */
		return;
	}
	test->evidence->is_judged = true;
}

static struct claim_test empty_test(const struct claim_line *line)
{
	double at = line->is_level ? line->level : line->factor;

	return (struct claim_test){
		.point = "",
		.verdict = CLAIM_NOT_RESOLVED,
		.is_ratio = !line->is_level,
		.left = NAN,
		.right = NAN,
		.measured = NAN,
		.lo = NAN,
		.hi = NAN,
		.alpha = NAN,
		.border = at,
		.border_lo = at * (1 - line->tolerance),
		.border_hi = at * (1 + line->tolerance),
		.p = NAN,
		.p_adjusted = NAN,
	};
}

static void measure_test(const struct measuring *measuring, const struct claim_line *line,
	size_t left_index, size_t right_index, struct claim_test *test)
{
	const struct claim *claim = measuring->claim;
	struct side left = make_side(measuring, &line->left, left_index), right_side;
	const struct side *right = NULL;

	*test = empty_test(line);
	test->point = claim->points[left_index].name;
	check_side(measuring, &left, test);
	if (!line->is_level) {
		right_side = make_side(measuring, &line->right, right_index);
		right = &right_side;
		check_side(measuring, right, test);
		if (left_index != right_index)
			test->right_point = claim->points[right_index].name;
	}
	if (left.contender == SESSION_NONE || (right && right->contender == SESSION_NONE))
		return;
	check_rates(measuring, &left, right, test);
	measure_distances(measuring, line, &left, right, test);
	if (test->evidence->is_alone)
		take_drift(measuring, &left, test);
	if (is_apart(&left, right))
		take_drift(measuring, right, test);
	check_health(measuring, &left, test->evidence->is_alone, test);
	if (is_apart(&left, right))
		check_health(measuring, right, true, test);
	check_blocks(measuring, test);
	if (!line->is_level && !test->is_ratio) /* a difference, of what may be 0 */
		test->border = test->border_lo = test->border_hi = 0;
}

/* Each point that the line is about; sides that name their own make some of them the same test. */
static void measure_line(const struct measuring *measuring, const struct claim_line *line,
	struct claim_line_outcome *to)
{
	const struct claim *claim = measuring->claim;
	size_t(*pairs)[2] = arena_alloc_array(measuring->arena, claim->point_count, sizeof(*pairs));

	to->line = line;
	to->tests = arena_alloc_array(measuring->arena, claim->point_count, sizeof(*to->tests));
	for (size_t i = 0; i < claim->point_count; i++) {
		size_t left, right, same = 0;

		if (!claim_point_has(&claim->points[i], &line->at))
			continue;
		left = find_point(claim, &claim->points[i], &line->left.point);
		right = line->is_level ? left
				       : find_point(claim, &claim->points[i], &line->right.point);
		while (same < to->test_count && (pairs[same][0] != left || pairs[same][1] != right))
			same++;
		if (same < to->test_count)
			continue;
		pairs[same][0] = left;
		pairs[same][1] = right;
		measure_test(measuring, line, left, right, &to->tests[to->test_count++]);
	}
}

static void list_tables(struct measuring *measuring)
{
	const struct claim *claim = measuring->claim;
	const struct record *record = measuring->record;

	measuring->tables =
		arena_alloc_array(measuring->arena, claim->point_count, sizeof(struct table));
	for (size_t i = 0; i < claim->point_count; i++) {
		struct table *table = &measuring->tables[i];

		table->health_of = VALUE_COUNT;
		for (size_t k = 0; k < record->point_count && !table->point; k++) {
			if (strcmp(record->points[k].name, claim->points[i].name) == 0)
				table->point = &record->points[k];
		}
		if (table->point)
			record_session(table->point, measuring->arena, &table->session);
	}
}

static void start(struct claim_outcome *outcome, const struct claim *claim, struct arena *arena)
{
	*outcome = (struct claim_outcome){.claim = claim, .line_count = claim->line_count};
	outcome->lines = arena_alloc_array(arena, claim->line_count, sizeof(*outcome->lines));
}

enum claim_verdict claim_line_verdict(const struct claim_line_outcome *line)
{
	size_t counts[CLAIM_NOT_TESTABLE + 1] = {0};

	for (size_t t = 0; t < line->test_count; t++)
		counts[line->tests[t].verdict]++;
	if (counts[CLAIM_REFUTED] > 0)
		return CLAIM_REFUTED;
	if (counts[CLAIM_CONFIRMED] == line->test_count)
		return CLAIM_CONFIRMED;
	return counts[CLAIM_NOT_TESTABLE] == line->test_count ? CLAIM_NOT_TESTABLE
							      : CLAIM_NOT_RESOLVED;
}

void claim_judge_measure(struct claim_outcome *outcome, const struct claim *claim,
	const struct record *record, struct arena *arena)
{
	struct measuring measuring = {.claim = claim, .record = record, .arena = arena};

	start(outcome, claim, arena);
	outcome->is_adaptive = record->is_adaptive;
	measuring.rule = record_rule(record);
	list_tables(&measuring);
	for (size_t i = 0; i < record->point_count; i++)
		outcome->elapsed_s += record->points[i].elapsed_s;
	for (size_t l = 0; l < claim->line_count; l++) {
		measure_line(&measuring, &claim->lines[l], &outcome->lines[l]);
		outcome->lines[l].verdict = claim_line_verdict(&outcome->lines[l]);
	}
}

void claim_judge_refuse(struct claim_outcome *outcome, const struct claim *claim,
	const char *obstacle, struct arena *arena)
{
	start(outcome, claim, arena);
	outcome->obstacle = obstacle;
	for (size_t l = 0; l < claim->line_count; l++) {
		struct claim_line_outcome *line = &outcome->lines[l];

		line->line = &claim->lines[l];
		line->verdict = CLAIM_NOT_TESTABLE;
		line->test_count = 1;
		line->tests = ARENA_NEW(arena, struct claim_test);
		line->tests[0] = empty_test(line->line);
		line->tests[0].verdict = CLAIM_NOT_TESTABLE;
		line->tests[0].reason = obstacle;
		line->tests[0].point = line->line->at.name ? line->line->at.name : "";
	}
}

void claim_judge_all(struct claim_outcome *const *outcomes, size_t count, struct arena *arena)
{
	bool is_adaptive = false;
	struct claim_test **tests;
	size_t test_count = 0;

	for (size_t i = 0; i < count; i++) {
		is_adaptive |= outcomes[i]->is_adaptive;
		for (size_t l = 0; l < outcomes[i]->line_count; l++)
			test_count += outcomes[i]->lines[l].test_count;
	}
	tests = arena_alloc_array(arena, test_count, sizeof(struct claim_test *));
	test_count = 0;
	for (size_t i = 0; i < count; i++) {
		for (size_t l = 0; l < outcomes[i]->line_count; l++) {
			struct claim_line_outcome *line = &outcomes[i]->lines[l];

			for (size_t t = 0; t < line->test_count; t++)
				tests[test_count++] = &line->tests[t];
		}
	}
	claim_family_judge(tests, test_count, contrast_alpha(is_adaptive), arena);
	for (size_t i = 0; i < count; i++) {
		for (size_t l = 0; l < outcomes[i]->line_count; l++)
			outcomes[i]->lines[l].verdict = claim_line_verdict(&outcomes[i]->lines[l]);
	}
}

/* SPDX-License-Identifier: MIT */
/* Session to table; and the stop on precision at fixed looks. */
#include "verdict/compare.h"

#include <math.h>
#include <stdlib.h>

#include "measure/estimate.h"

static void fill_column(const struct session *session, size_t metric,
	const struct contrast_rule *rule, struct arena *arena, struct comparison_column *column)
{
	size_t count = session->contender_count;
	double *values = arena_alloc_array(arena, session->block_count, sizeof(*values));
	const struct metric *kind = &session->metrics[metric];

	column->levels = arena_alloc_array(arena, count, sizeof(*column->levels));
	column->contrasts = arena_alloc_array(arena, count, sizeof(*column->contrasts));
	for (size_t c = 0; c < count; c++)
		column->levels[c] = estimate_mean(
			values, session_values(session, metric, c, values), rule->alpha);
	contrast_all(session, metric, rule, column->contrasts);
	if (session->control == SESSION_NONE)
		return;
	column->control = contrast_control(kind, column->levels[session->reference].value,
		&column->contrasts[session->control].difference, rule);
	/* Not the control's own mark: it is the measure, and stays as it was found. */
	contrast_demote(&column->control, kind, column->contrasts, session->control);
	contrast_demote(&column->control, kind, column->contrasts + session->control + 1,
		count - session->control - 1);
}

struct ranked {
	bool has_failed;
	double goodness;
	size_t contender;
};

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a;
	const struct ranked *y = b;

	if (x->has_failed != y->has_failed)
		return x->has_failed ? 1 : -1;
	if (x->goodness != y->goodness)
		return x->goodness < y->goodness ? 1 : -1;
	return x->contender < y->contender ? -1 : 1;
}

static void rank(const struct session *session, struct arena *arena, struct comparison *comparison)
{
	size_t count = session->contender_count;
	double direction = metric_direction(&session->metrics[session->primary]);
	struct ranked *ranked = arena_alloc_array(arena, count, sizeof(*ranked));
	size_t found = 0;

	for (size_t c = 0; c < count; c++) {
		double level = comparison->columns[session->primary].levels[c].value;

		if (c != session->control && !isnan(level))
			ranked[found++] = (struct ranked){
				session->contenders[c].problem != NULL, direction * level, c};
	}
	qsort(ranked, found, sizeof(*ranked), compare_ranked);
	comparison->ranks = arena_alloc_array(arena, count, sizeof(*comparison->ranks));
	comparison->rank_count = found;
	for (size_t i = 0; i < found; i++)
		comparison->ranks[i] = ranked[i].contender;
}

/* All pairs of ranked contenders: pair[i * n + j] for i < j. */
struct pairs {
	size_t member_count;
	struct estimate *estimates;
	double *p;
	double *adjusted;
	bool *differs;
};

static void estimate_pairs(const struct session *session, const struct contrast_rule *rule,
	const size_t *members, struct pairs *pairs, struct arena *arena)
{
	double *differences = arena_alloc_array(arena, session->block_count, sizeof(double));
	size_t n = pairs->member_count;

	for (size_t i = 0; i < n * n; i++)
		pairs->p[i] = NAN;
	for (size_t i = 0; i < n; i++) {
		for (size_t j = i + 1; j < n; j++) {
			size_t count = session_differences(
				session, session->primary, members[i], members[j], differences);

			pairs->estimates[i * n + j] =
				estimate_paired(differences, count, rule->alpha, n * (n - 1) / 2);
			pairs->p[i * n + j] = pairs->estimates[i * n + j].p;
		}
	}
	estimate_holm(pairs->p, n * n, pairs->adjusted);
}

/* A pair differs by the same standard as a contender from the reference. */
static void judge_pairs(const struct session *session, const struct contrast_rule *rule,
	const struct comparison_column *column, struct pairs *pairs)
{
	const struct metric *metric = &session->metrics[session->primary];
	double reference_level = column->levels[session->reference].value;
	size_t n = pairs->member_count;

	for (size_t i = 0; i < n * n; i++) {
		struct contrast contrast = {
			.difference = pairs->estimates[i],
			.p_adjusted = pairs->adjusted[i],
		};

		if (isnan(contrast.p_adjusted))
			continue;
		contrast.mark = contrast_decide(
			metric, reference_level, &contrast.difference, contrast.p_adjusted, rule);
		contrast_demote(&column->control, metric, &contrast, 1);
		pairs->differs[i] = contrast.mark == MARK_BETTER || contrast.mark == MARK_WORSE;
		pairs->differs[i % n * n + i / n] = pairs->differs[i];
	}
}

/* Of those ranked, who ran to the end. Nobody, where one of them has too few blocks for a letter.
 */
static size_t list_members(const struct session *session, const struct comparison *comparison,
	const struct comparison_column *column, size_t *members)
{
	size_t count = 0;

	for (size_t i = 0; i < comparison->rank_count; i++) {
		size_t contender = comparison->ranks[i];

		if (session->contenders[contender].problem)
			continue;
		if (column->levels[contender].count < CONTRAST_COUNT_FOR_CLAIM)
			return 0;
		members[count++] = contender;
	}
	return count;
}

static void group(const struct session *session, const struct contrast_rule *rule,
	struct arena *arena, struct comparison *comparison)
{
	const struct comparison_column *column = &comparison->columns[session->primary];
	size_t *members = arena_alloc_array(arena, comparison->rank_count, sizeof(*members));
	size_t n = list_members(session, comparison, column, members);
	uint64_t *letters = arena_alloc_array(arena, n, sizeof(*letters));
	struct pairs pairs = {
		.member_count = n,
		.estimates = arena_alloc_array(arena, n * n, sizeof(struct estimate)),
		.p = arena_alloc_array(arena, n * n, sizeof(double)),
		.adjusted = arena_alloc_array(arena, n * n, sizeof(double)),
		.differs = arena_alloc_array(arena, n * n, sizeof(bool)),
	};

	comparison->letters =
		arena_alloc_array(arena, session->contender_count, sizeof(*comparison->letters));
	if (n < 2)
		return;
	estimate_pairs(session, rule, members, &pairs, arena);
	judge_pairs(session, rule, column, &pairs);
	comparison->letter_count = estimate_letters(pairs.differs, n, letters);
	if (comparison->letter_count == 0)
		return;
	for (size_t i = 0; i < n; i++) {
		comparison->letters[members[i]] = letters[i];
		comparison->top_count += letters[i] & 1;
	}
}

void compare_session(const struct session *session, const struct contrast_rule *rule,
	struct arena *arena, struct comparison *comparison)
{
	*comparison = (struct comparison){0};
	comparison->columns =
		arena_alloc_array(arena, session->metric_count, sizeof(*comparison->columns));
	for (size_t m = 0; m < session->metric_count; m++)
		fill_column(session, m, rule, arena, &comparison->columns[m]);
	rank(session, arena, comparison);
	group(session, rule, arena, comparison);
	health_judge(session, &comparison->health);
}

static const size_t default_looks[] = {6, 9, 13, 20};

const struct stop_rule compare_stop_rule_default = {
	.half_width = 0.01,
	.look_count = sizeof(default_looks) / sizeof(*default_looks),
	.looks = default_looks,
};

static bool is_look(const struct stop_rule *rule, size_t block_count)
{
	for (size_t i = 0; i < rule->look_count; i++) {
		if (rule->looks[i] == block_count)
			return true;
	}
	return false;
}

static bool is_precise(const struct stop_rule *rule, const struct stop_view *view)
{
	for (size_t i = 0; i < view->width_count; i++) {
		/* Written so that "no interval yet" is not precise. */
		if (!(view->half_widths[i] <= rule->half_width))
			return false;
	}
	return view->width_count > 0;
}

enum stop_decision compare_stop_decide(const struct stop_rule *rule, const struct stop_view *view)
{
	if (is_look(rule, view->block_count) && is_precise(rule, view))
		return STOP_PRECISE;
	if (compare_stop_next_look(rule, view->block_count) == 0)
		return STOP_BLOCK_LIMIT;
	return view->is_out_of_time ? STOP_OUT_OF_TIME : STOP_NOT_YET;
}

size_t compare_stop_next_look(const struct stop_rule *rule, size_t block_count)
{
	for (size_t i = 0; i < rule->look_count; i++) {
		if (rule->looks[i] > block_count)
			return rule->looks[i];
	}
	return 0;
}

bool compare_stop_is_adaptive(const struct stop_rule *rule)
{
	return rule->look_count > 1;
}

/* SPDX-License-Identifier: MIT */
/* Records, and how the statistics see them. */
#include "session/record.h"

#include <string.h>

#include "base/text.h"
#include "base/version.h"

enum { FIRST_TRIALS = 64 };

void record_init(struct record *record)
{
	*record = (struct record){
		.version = version_number,
		.git = version_git,
		.compiler = version_compiler,
	};
}

void record_free(struct record *record)
{
	arena_free(&record->arena);
	*record = (struct record){0};
}

struct trial *record_add_trial(struct record *record, struct record_point *point)
{
	if (point->trial_count == point->trial_limit) {
		size_t limit = point->trial_limit ? 2 * point->trial_limit : FIRST_TRIALS;
		struct trial *trials = arena_alloc_array(&record->arena, limit, sizeof(*trials));

		if (point->trial_count > 0)
			memcpy(trials, point->trials, point->trial_count * sizeof(*trials));
		point->trials = trials;
		point->trial_limit = limit;
	}
	return &point->trials[point->trial_count++];
}

size_t record_count_cause(const struct record_point *point, enum guard_cause cause, bool counted)
{
	size_t count = 0;

	for (size_t i = 0; i < point->trial_count; i++) {
		const struct trial *trial = &point->trials[i];

		count += trial->counts == counted && (trial->causes & 1u << cause) != 0;
	}
	return count;
}

size_t record_count_mismatches(
	const struct record_point *point, size_t contender, const char **what)
{
	size_t count = 0;

	for (size_t i = 0; i < point->trial_count; i++) {
		const struct trial *trial = &point->trials[i];

		if (trial->contender != contender || !trial->counts || !trial->mismatch)
			continue;
		if (count++ == 0)
			*what = trial->mismatch;
	}
	return count;
}

size_t record_reference(const struct record_point *point, size_t contender)
{
	size_t own = session_find(
		point->contenders, point->contender_count, point->contenders[contender].reference);

	if (own != SESSION_NONE)
		return own;
	if (contender == point->reference ||
		(point->has_own_references && contender != point->control))
		return SESSION_NONE;
	return point->reference;
}

const char *record_ramp_note(const struct record_point *point, struct arena *arena)
{
	if (!(point->ramp_s < point->ramp_wanted_s))
		return NULL;
	return arena_printf(arena,
		"the ramp was cut to %.3g s, the slowest contender takes %.3g s for 1000 I/Os: "
		"--ramp-time is kept as it is given",
		point->ramp_s, point->ramp_wanted_s);
}

void record_session(const struct record_point *point, struct arena *arena, struct session *session)
{
	const struct trial **trials = arena_alloc_array(
		arena, point->block_count * point->contender_count, sizeof(*trials));

	for (size_t i = 0; i < point->trial_count; i++) {
		const struct trial *trial = &point->trials[i];

		trials[trial->block * point->contender_count + trial->contender] = trial;
	}
	*session = (struct session){
		.contender_count = point->contender_count,
		.contenders = point->contenders,
		.reference = point->reference,
		.control = point->control,
		.metric_count = VALUE_COUNT,
		.metrics = trial_value_metrics,
		.primary = point->primary,
		.block_count = point->block_count,
		.trials = trials,
	};
}

struct contrast_rule record_rule(const struct record *record)
{
	struct contrast_rule rule = contrast_rule_default;

	rule.alpha = contrast_alpha(record->is_adaptive);
	if (record->least_effect > 0)
		rule.least_effect = record->least_effect;
	if (record->equivalence > 0)
		rule.equivalence = record->equivalence;
	return rule;
}

const char *record_command(const struct record *record)
{
	for (size_t i = 0; i < record->argument_count; i++) {
		if (text_starts_with(record->arguments[i], "--comparison"))
			return "check";
	}
	return "compare";
}

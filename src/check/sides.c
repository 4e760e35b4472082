/* SPDX-License-Identifier: MIT */
/* What was measured today and before, and what of it is too little to judge by. */
#include <string.h>

#include "check/sides.h"

#include "base/doubles.h"
#include "base/text.h"

const struct contender *sides_first(const struct sides *sides, const char *contender)
{
	for (size_t i = 0; i < sides->today_count; i++) {
		const struct contender *found = check_session_find(&sides->today[i], contender);

		if (found)
			return found;
	}
	return NULL;
}

size_t sides_means_today(const struct sides *sides, const char *contender, const char *reference,
	enum trial_value metric, double *means, size_t *trials)
{
	struct arena arena = {0};
	size_t count = 0;

	*trials = 0;
	for (size_t i = 0; i < sides->today_count; i++) {
		const struct check_session *session = &sides->today[i];
		const struct contender *own = check_session_find(session, contender);
		const struct contender *other = check_session_find(session, reference);
		double *values = arena_alloc_array(&arena, session->block_count, sizeof(*values));
		size_t n = 0;

		if (own && (other || !reference))
			n = check_session_values(session, own, other, metric, values);
		if (n > 0)
			means[count++] = doubles_mean(values, n);
		*trials += n;
	}
	arena_free(&arena);
	return count;
}

bool sides_measured(const struct sides *sides, const char *contender, enum trial_value metric)
{
	double *means;
	struct arena arena = {0};
	size_t trials, count;

	means = arena_alloc_array(&arena, sides->today_count, sizeof(*means));
	count = sides_means_today(sides, contender, NULL, metric, means, &trials);
	arena_free(&arena);
	return count > 0;
}

bool sides_stored(const struct sides *sides, const char *contender, enum trial_value metric)
{
	struct arena arena = {0};
	double *means;
	size_t count;

	if (!sides->baseline)
		return false;
	means = arena_alloc_array(&arena, sides->baseline->session_count, sizeof(*means));
	count = baseline_means(sides->baseline, false, contender, NULL, metric, means);
	arena_free(&arena);
	return count > 0;
}

static bool has_tail(const struct sides *sides, const char *contender, enum trial_value metric)
{
	double needed = metric_gate_of(trial_value_metrics[metric].class)->tail_count;

	for (size_t i = 0; needed > 0 && i < sides->today_count; i++) {
		const struct contender *own = check_session_find(&sides->today[i], contender);

		if (own && !(check_session_tail_count(&sides->today[i], own, metric) >= needed))
			return false;
	}
	return true;
}

const char *sides_find_thin(const struct sides *sides, const char *contender, const char *reference,
	enum trial_value metric)
{
	if (!has_tail(sides, contender, metric))
		return contender;
	return reference && !has_tail(sides, reference, metric) ? reference : NULL;
}

/* Whether today, and the other side, has the figure, and for a ratio the reference's. */
static bool has_today(const struct sides *sides, const char *contender, const char *reference,
	enum trial_value metric)
{
	return sides_measured(sides, contender, metric) &&
	       (!sides->baseline || !reference || sides_measured(sides, reference, metric));
}

static bool has_before(const struct sides *sides, const char *contender, const char *reference,
	enum trial_value metric)
{
	if (!sides->baseline)
		return sides_measured(sides, reference, metric);
	return sides_stored(sides, contender, metric) &&
	       (!reference || sides_stored(sides, reference, metric));
}

/* Of a run that had counters, or would have: host/fact.c. NULL: not known. */
static const char *counters_of(const struct check_session *session)
{
	return settings_value(&session->environment.soft, "cpu_counters");
}

/* Neither side has all instructions: what both have is of user mode at most. */
static void tell_of_counters(struct sides *sides, const char *contender, bool has_user)
{
	const char *counters = counters_of(sides->today);
	struct check *report = sides->judgement->report;

	if (!counters || sides->has_told_of_counters)
		return;
	sides->has_told_of_counters = true;
	if (has_user)
		check_note(report,
			"instructions per I/O are judged in user mode only: the CPU's counters "
			"count here: %s",
			counters);
	else if (text_starts_with(counters, "none"))
		check_note(report,
			"instructions per I/O are not judged: nothing counts them here %s",
			counters + strlen("none "));
	else
		check_note(report,
			"%s.instructions_per_io is not judged: neither side has it (the CPU's "
			"counters count here: %s)",
			contender, counters);
}

/* Only one side has them. */
static void tell_of_missing_counts(
	struct sides *sides, const char *contender, const char *reference, bool is_today)
{
	const struct baseline *baseline = sides->baseline;
	const char *counters = NULL;

	/* Both in one session have the same counters: the reference is an older ringside. */
	if (baseline)
		counters = counters_of(is_today ? sides->today : baseline_newest(baseline));
	check_note(sides->judgement->report,
		"%s.instructions_per_io is not judged: %s not have it%s%s%s", contender,
		is_today   ? baseline ? "today's trials do" : "its trials do"
		: baseline ? "the baseline does"
			   : arena_printf(&sides->judgement->report->arena, "%s does", reference),
		counters ? " (the CPU's counters count there: " : "", counters ? counters : "",
		counters ? ")" : "");
}

bool sides_lack_instructions(
	struct sides *sides, const char *contender, const char *reference, enum trial_value metric)
{
	bool now = has_today(sides, contender, reference, VALUE_INSTRUCTIONS_PER_IO);
	bool before = has_before(sides, contender, reference, VALUE_INSTRUCTIONS_PER_IO);
	bool has_user = has_today(sides, contender, reference, VALUE_USER_INSTRUCTIONS_PER_IO) &&
			has_before(sides, contender, reference, VALUE_USER_INSTRUCTIONS_PER_IO);

	if (metric == VALUE_USER_INSTRUCTIONS_PER_IO)
		return (now && before) || !has_user;
	if (now && before)
		return false;
	if (now || before)
		tell_of_missing_counts(sides, contender, reference, before);
	else
		tell_of_counters(sides, contender, has_user);
	return true;
}

bool sides_in_anchor(const struct sides *sides, const char *contender, const char *reference,
	enum trial_value metric)
{
	struct arena arena = {0};
	double *means = arena_alloc_array(&arena, sides->baseline->session_count, sizeof(*means));
	size_t count = baseline_means(sides->baseline, true, contender, reference, metric, means);

	arena_free(&arena);
	return count > 0;
}

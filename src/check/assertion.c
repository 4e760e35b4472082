/* SPDX-License-Identifier: MIT */
/* Metrics of assertions. */
#include "check/assertion.h"

#include <errno.h>

#include "base/text.h"

static const char *nearest_metric(const char *name)
{
	const char *nearest = NULL;
	unsigned best = 4;

	for (int v = 0; v < VALUE_COUNT; v++) {
		unsigned distance = text_distance(name, trial_value_metrics[v].name);

		if (distance < best) {
			best = distance;
			nearest = trial_value_metrics[v].name;
		}
	}
	return nearest;
}

int assertion_resolve(const struct job_assertions *parsed, const char *arm,
	const struct place *place, struct assertion *assertions, struct diag *diag)
{
	int error = 0;

	for (size_t i = 0; i < parsed->count; i++) {
		const struct job_assertion *from = &parsed->items[i];
		enum trial_value metric = trial_value_find(from->metric);
		const char *nearest;

		assertions[i] = (struct assertion){
			.arm = arm,
			.metric = metric,
			.relation = from->is_at_least ? GATE_AT_LEAST : GATE_AT_MOST,
			.limit = from->limit,
		};
		if (metric != VALUE_COUNT)
			continue;
		diag_error(diag, place, "assert: there is no metric '%s'", from->metric);
		nearest = nearest_metric(from->metric);
		if (nearest)
			diag_hint(diag, "did you mean '%s'?", nearest);
		error = -EINVAL;
	}
	return error;
}

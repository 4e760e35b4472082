/* SPDX-License-Identifier: MIT */
/* The search for a steady state: gate, looks, a fresh window. */
#include "measure/steady_search.h"

#include <math.h>
#include <string.h>

enum { LEAST_VALUES = 32 }; /* twice the parts of a window */

#define LOOK_GROWTH 1.1

void steady_search_open(struct steady_search *search, const struct steady_rule *rule,
	unsigned figure_count, double interval_s)
{
	memset(search, 0, sizeof(*search));
	search->rule = *rule;
	search->figure_count = figure_count;
	search->interval_s = interval_s;
	search->merged = 1;
}

static void merge_neighbours(struct steady_search *search)
{
	search->count /= 2;
	search->merged *= 2;
	for (unsigned f = 0; f < search->figure_count; f++) {
		double *values = search->values[f];

		for (size_t i = 0; i < search->count; i++)
			values[i] = (values[2 * i] + values[2 * i + 1]) / 2;
	}
}

static void keep(struct steady_search *search, const double *figures)
{
	if (search->count == STEADY_VALUE_LIMIT && search->partial == 0)
		merge_neighbours(search);
	for (unsigned f = 0; f < search->figure_count; f++) {
		double *value = &search->values[f][search->count];

		*value = search->partial == 0 ? 0 : *value;
		*value += figures[f] / search->merged;
		search->fresh[f] += figures[f];
	}
	search->added++;
	if (++search->partial < search->merged)
		return;
	search->partial = 0;
	search->count++;
}

static bool passes(struct steady_search *search, unsigned figure)
{
	size_t first = search->count / 2;
	size_t count = search->count - first;
	const double *window = &search->values[figure][first];

	search->last[figure] = steady_drift_of(window, count);
	return steady_is_level(window, count, &search->last[figure], &search->rule);
}

static void declare(struct steady_search *search)
{
	search->stage = STEADY_DECLARED;
	search->declared = search->added;
	search->window = (uint64_t)(search->count - search->count / 2) * search->merged;
	for (unsigned f = 0; f < search->figure_count; f++) {
		search->expected[f] = search->last[f].mean;
		search->fresh[f] = 0;
	}
}

static void look(struct steady_search *search)
{
	bool pass = search->count >= LEAST_VALUES;

	if ((double)search->added < search->next_look)
		return;
	for (unsigned f = 0; f < search->figure_count && search->count > 0; f++)
		pass = passes(search, f) && pass;
	search->next_look = ceil((double)search->added * LOOK_GROWTH);
	search->passes = pass ? search->passes + 1 : 0;
	if (search->passes >= search->rule.passes_needed)
		declare(search);
}

/* The fresh window is over: it must be what the last one led to expect. */
static void verify(struct steady_search *search)
{
	if (search->added - search->declared < search->window)
		return;
	search->stage = STEADY_CONFIRMED;
	for (unsigned f = 0; f < search->figure_count; f++) {
		double mean = search->fresh[f] / (double)search->window;

		if (fabs(mean / search->expected[f] - 1) > search->rule.equivalence)
			search->stage = STEADY_LOOKING;
	}
	search->passes = 0;
}

enum steady_stage steady_search_add(
	struct steady_search *search, const double *figures, uint64_t work_bytes)
{
	if (search->stage == STEADY_CONFIRMED)
		return search->stage;
	keep(search, figures);
	if (search->stage == STEADY_WORKING && work_bytes >= search->rule.work_bytes &&
		(double)search->added * search->interval_s >= search->rule.least_s)
		search->stage = STEADY_LOOKING;
	if (search->stage == STEADY_DECLARED)
		verify(search);
	if (search->stage == STEADY_LOOKING)
		look(search);
	return search->stage;
}

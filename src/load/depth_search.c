/* SPDX-License-Identifier: MIT */
/* The search for the largest depth whose latencies are within a target. */
#include "load/depth_search.h"

enum { STABLE_WINDOWS = 3 };

void depth_search_open(struct depth_search *search, double percentile, unsigned limit)
{
	*search = (struct depth_search){
		.percentile = percentile, .limit = limit, .depth = 1, .low = 1, .high = limit};
}

static void fall(struct depth_search *search)
{
	search->high = search->depth;
	if (search->low == search->depth)
		search->low--;
	search->depth = (search->depth + search->low) / 2;
	search->stable = 0;
}

static void rise(struct depth_search *search)
{
	search->low = search->depth;
	if (search->depth + 1 == search->high && ++search->stable >= STABLE_WINDOWS) {
		search->high++;
		search->stable = 0;
	}
	if (search->high != search->limit)
		search->depth = (search->depth + search->high) / 2;
	else
		search->depth *= 2;
	if (search->depth > search->limit)
		search->depth = search->limit;
}

void depth_search_begin(struct depth_search *search)
{
	search->ios = search->slow = 0;
}

static bool is_good(const struct depth_search *search)
{
	double good = (double)(search->ios - search->slow);

	return search->ios > 0 && 100 * good / (double)search->ios >= search->percentile;
}

bool depth_search_next(struct depth_search *search)
{
	unsigned before = search->depth;

	search->is_met = is_good(search);
	if (search->is_met)
		rise(search);
	else if (search->depth > 1)
		fall(search);
	return search->depth != before;
}

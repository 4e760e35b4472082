/* SPDX-License-Identifier: MIT */
/*
 * Series of ranks into one: intervals that end together become one, with the sums of what was in
 * them. Windows begin at one time, so that they mostly do; where they do not, as at the end of a
 * job that is over sooner on one rank, they are put together until both end there. All I/Os stay
 * in one interval each.
 */
#ifndef CLUSTER_MERGE_SERIES_H
#define CLUSTER_MERGE_SERIES_H

#include "base/arena.h"
#include "result/result_series.h"

/* `a` and `b` begin so much after the window that holds both. A part without one has no I/Os. */
struct result_series merge_series(const struct result_series *a, uint64_t a_ns,
	const struct result_series *b, uint64_t b_ns, struct arena *arena);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Flows: jobs that run at once and share I/Os by weights. Each member counts its own I/Os, and all
 * of them together; one whose share of the count is above its share of the weights waits. As fio's.
 */
#ifndef RUN_FLOW_H
#define RUN_FLOW_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct flow {
	uint32_t id;
	struct flow *next;
	_Atomic uint64_t ios; /* of all members, and one, so that it can be divided by */
	_Atomic uint64_t weights;
} __attribute__((aligned(64)));

struct flow_member {
	struct flow *flow; /* NULL: it belongs to none */
	uint64_t ios, weight;
};

/* Before any of them starts: those that have not yet done anything hold the others back. */
static inline void flow_join(struct flow *flow, uint32_t weight)
{
	atomic_fetch_add(&flow->weights, weight);
}

static inline bool flow_is_ahead(const struct flow_member *member)
{
	struct flow *flow = member->flow;
	uint64_t ios = atomic_load_explicit(&flow->ios, memory_order_relaxed);
	uint64_t weights = atomic_load_explicit(&flow->weights, memory_order_relaxed);

	return (double)member->ios / (double)ios > (double)member->weight / (double)weights;
}

static inline void flow_count(struct flow_member *member)
{
	member->ios++;
	atomic_fetch_add_explicit(&member->flow->ios, 1, memory_order_relaxed);
}

/* The others share what there is. */
static inline void flow_leave(struct flow_member *member)
{
	if (!member->flow)
		return;
	atomic_fetch_sub(&member->flow->ios, member->ios);
	atomic_fetch_sub(&member->flow->weights, member->weight);
	member->flow = NULL;
}

#endif

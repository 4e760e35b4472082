/* SPDX-License-Identifier: MIT */
/* Ranks that are left. */
#include "cluster/roster.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/arena.h"
#include "cluster/tree.h"

static struct {
	pthread_mutex_t lock;
	unsigned rank, count;
	bool *is_lost;
	struct roster_lost *lost;
	size_t lost_count;
} state = {.lock = PTHREAD_MUTEX_INITIALIZER};

void roster_open(unsigned rank, unsigned count)
{
	free(state.is_lost);
	free(state.lost);
	state.rank = rank;
	state.count = count;
	state.lost_count = 0;
	state.is_lost = calloc(count, sizeof(*state.is_lost));
	state.lost = calloc(count, sizeof(*state.lost));
	if (!state.is_lost || !state.lost)
		arena_exhausted();
}

bool roster_has(unsigned rank)
{
	bool has;

	pthread_mutex_lock(&state.lock);
	has = rank < state.count && !state.is_lost[rank];
	pthread_mutex_unlock(&state.lock);
	return has;
}

bool roster_lose(const struct roster_lost *lost)
{
	bool is_news;

	pthread_mutex_lock(&state.lock);
	is_news = lost->rank < state.count && !state.is_lost[lost->rank];
	if (is_news) {
		state.is_lost[lost->rank] = true;
		state.lost[state.lost_count++] = *lost;
	}
	pthread_mutex_unlock(&state.lock);
	return is_news;
}

size_t roster_lost(struct roster_lost *lost, size_t limit)
{
	size_t count;

	pthread_mutex_lock(&state.lock);
	count = state.lost_count;
	for (size_t i = 0; i < count && i < limit; i++)
		lost[i] = state.lost[i];
	pthread_mutex_unlock(&state.lock);
	return count;
}

unsigned roster_parent(void)
{
	unsigned rank = state.rank;

	pthread_mutex_lock(&state.lock);
	do {
		rank = rank == 0 ? ROSTER_NONE : tree_parent(rank);
	} while (rank != ROSTER_NONE && state.is_lost[rank]);
	pthread_mutex_unlock(&state.lock);
	return rank;
}

/* No deeper than the tree. */
static size_t add_children(unsigned rank, unsigned *children)
{
	unsigned own[TREE_CHILDREN_LIMIT];
	unsigned own_count = tree_children(rank, state.count, own);
	size_t count = 0;

	for (unsigned i = 0; i < own_count; i++) {
		if (state.is_lost[own[i]])
			count += add_children(own[i], children + count);
		else
			children[count++] = own[i];
	}
	return count;
}

size_t roster_children(unsigned rank, unsigned *children)
{
	size_t count;

	pthread_mutex_lock(&state.lock);
	count = add_children(rank, children);
	pthread_mutex_unlock(&state.lock);
	return count;
}

unsigned roster_count(void)
{
	return state.count;
}

/* SPDX-License-Identifier: MIT */
/*
 * Which ranks are left, and the tree of those. One that died, or was not heard of for too long, is
 * lost: what was below it in the tree is then below the next above it that is left. It does not
 * come back. Two threads ask; each call is whole.
 */
#ifndef CLUSTER_ROSTER_H
#define CLUSTER_ROSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ROSTER_NONE (~0u) /* no rank above is left */

struct roster_lost {
	uint32_t rank;
	uint32_t silent_ms; /* before it was given up */
	uint32_t is_stuck;  /* it was heard, but its main thread did nothing for so long */
};

void roster_open(unsigned rank, unsigned count);

bool roster_has(unsigned rank);

/* Whether that is news. */
bool roster_lose(const struct roster_lost *lost);

/* How many are lost; the first `limit` of them, in the order in which that became known. */
size_t roster_lost(struct roster_lost *lost, size_t limit);

/* Of this rank, in the tree of those that are left. ROSTER_NONE too for rank 0. */
unsigned roster_parent(void);

/*
 * Those that stand for `rank` below it, ascending: its children, in place of one that is lost those
 * below that. Room for all ranks (roster_count) is enough. Returns how many.
 */
size_t roster_children(unsigned rank, unsigned *children);

unsigned roster_count(void);

#endif

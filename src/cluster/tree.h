/* SPDX-License-Identifier: MIT */
/*
 * The binomial tree of ranks: rank 0 is its root, the parent of a rank is the rank without its
 * lowest set bit, and the ranks below one follow it without a gap. Of N ranks none has more than
 * log2(N) children, and none is further than that from the root.
 */
#ifndef CLUSTER_TREE_H
#define CLUSTER_TREE_H

#include <stdbool.h>

enum { TREE_CHILDREN_LIMIT = 32 };

/* Of a rank other than 0. */
static inline unsigned tree_parent(unsigned rank)
{
	return rank & (rank - 1);
}

/* Fills in the children, the nearest first; returns how many there are. */
static inline unsigned tree_children(
	unsigned rank, unsigned count, unsigned children[TREE_CHILDREN_LIMIT])
{
	unsigned found = 0;

	for (unsigned bit = 1; bit != 0 && (rank & bit) == 0 && rank + bit < count; bit <<= 1)
		children[found++] = rank + bit;
	return found;
}

#endif

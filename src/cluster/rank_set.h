/* SPDX-License-Identifier: MIT */
/* Sets of ranks as documents and messages have them: "0-3,7", ascending. */
#ifndef CLUSTER_RANK_SET_H
#define CLUSTER_RANK_SET_H

#include <stdbool.h>

#include "base/arena.h"

/* "7" */
const char *rank_set_of(unsigned rank, struct arena *arena);

/* Those of either; and those of `set` that are not in `without`, "" where there are none. */
const char *rank_set_join(const char *set, const char *other, struct arena *arena);
const char *rank_set_less(const char *set, const char *without, struct arena *arena);

unsigned rank_set_size(const char *set);
bool rank_set_has(const char *set, unsigned rank);

#endif

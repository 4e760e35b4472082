/* SPDX-License-Identifier: MIT */
/* What is possible here and what is not: answers with their reason, and what would change them. */
#ifndef HOST_ABILITY_H
#define HOST_ABILITY_H

#include <stddef.h>

#include "base/arena.h"

enum ability_answer {
	ABILITY_NO,
	ABILITY_YES,
	ABILITY_UNKNOWN, /* could not or must not be tried; `reason` says why */
};

struct ability {
	const char *name;  /* "SQPOLL", "hipri" */
	const char *value; /* of a setting: what was tried; of a fact: what it is; or NULL */
	enum ability_answer answer;
	const char *reason; /* of "no" and "unknown" always; of "yes" more about it, or NULL */
	const char *cure; /* what would make it a "yes", as a command where there is one; or NULL */
	struct ability *next;
};

struct ability_list {
	struct ability *first; /* in the order added */
	struct ability *last;
	size_t count;
};

/* `name` is copied; value, reason and cure are the caller's to set, kept as they are. */
struct ability *ability_add(struct ability_list *list, struct arena *arena, const char *name,
	enum ability_answer answer);

/* The first of this name, or NULL. */
struct ability *ability_find(const struct ability_list *list, const char *name);

/* "no", "yes", "unknown". */
const char *ability_answer_name(enum ability_answer answer);

#endif

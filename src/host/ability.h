/* SPDX-License-Identifier: MIT */
/* What is possible here and what is not: answers with their reason, and what would change them. */
#ifndef HOST_ABILITY_H
#define HOST_ABILITY_H

#include <stddef.h>
#include <string.h>

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
static inline struct ability *ability_add(struct ability_list *list, struct arena *arena,
	const char *name, enum ability_answer answer)
{
	struct ability *ability = ARENA_NEW(arena, struct ability);

	ability->name = arena_strdup(arena, name);
	ability->answer = answer;
	if (list->last)
		list->last->next = ability;
	else
		list->first = ability;
	list->last = ability;
	list->count++;
	return ability;
}

/* The first of this name, or NULL. */
static inline struct ability *ability_find(const struct ability_list *list, const char *name)
{
	for (struct ability *ability = list->first; ability; ability = ability->next) {
		if (strcmp(ability->name, name) == 0)
			return ability;
	}
	return NULL;
}

/* "no", "yes", "unknown". */
static inline const char *ability_answer_name(enum ability_answer answer)
{
	static const char *const names[] = {
		[ABILITY_NO] = "no",
		[ABILITY_YES] = "yes",
		[ABILITY_UNKNOWN] = "unknown",
	};

	return names[answer];
}

#endif

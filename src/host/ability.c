/* SPDX-License-Identifier: MIT */
/* Lists of answers. */
#include "host/ability.h"

#include <string.h>

struct ability *ability_add(struct ability_list *list, struct arena *arena, const char *name,
	enum ability_answer answer)
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

struct ability *ability_find(const struct ability_list *list, const char *name)
{
	for (struct ability *ability = list->first; ability; ability = ability->next) {
		if (strcmp(ability->name, name) == 0)
			return ability;
	}
	return NULL;
}

const char *ability_answer_name(enum ability_answer answer)
{
	static const char *const names[] = {
		[ABILITY_NO] = "no",
		[ABILITY_YES] = "yes",
		[ABILITY_UNKNOWN] = "unknown",
	};

	return names[answer];
}

/* SPDX-License-Identifier: MIT */
/* Looking up what a part of the environment said. Include after cmocka.h. */
#ifndef TESTS_UNIT_HOST_FACT_CHECK_H
#define TESTS_UNIT_HOST_FACT_CHECK_H

#include <string.h>

#include "host/fact.h"
#include "test.h"

/* The one fact with this key; NULL: there is none. Two are a failure. */
static inline const struct setting *find_fact(
	const struct fact_list *list, enum fact_tier tier, const char *key)
{
	const struct setting *found = NULL;

	for (size_t i = 0; i < list->tiers[tier].count; i++) {
		if (strcmp(list->tiers[tier].items[i].key, key) != 0)
			continue;
		if (found)
			fail_msg("'%s' is there twice", key);
		found = &list->tiers[tier].items[i];
	}
	return found;
}

/* `value` NULL: the fact is there, and not known. */
static inline void assert_fact(
	const struct fact_list *list, enum fact_tier tier, const char *key, const char *value)
{
	const struct setting *fact = find_fact(list, tier, key);

	if (!fact)
		fail_msg("there is no fact '%s'", key);
	else if (value && fact->value)
		assert_string_equal(fact->value, value);
	else if (value || fact->value)
		fail_msg("'%s' is %s, not %s", key, fact->value ? fact->value : "NULL",
			value ? value : "NULL");
}

#endif

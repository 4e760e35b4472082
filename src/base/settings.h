/* SPDX-License-Identifier: MIT */
/*
 * Lists of key and text: options of a job, what an engine made of its settings and what proves it,
 * facts about a machine. Texts are kept as they are given; memory is the arena's.
 */
#ifndef BASE_SETTINGS_H
#define BASE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct setting {
	const char *key;
	const char *value;  /* NULL: null, not known */
	const char *reason; /* refused settings: why */
	bool is_default;    /* options of a job: nobody set it, and nothing else implies another */
};

struct settings {
	size_t count;
	struct setting *items;
	size_t room; /* of `items`, for settings_add(); 0 where they were not added by it */
};

/* Adds to the end. An array that others may have is left to them: the list gets a longer one. */
struct setting *settings_add(
	struct settings *list, struct arena *arena, const char *key, const char *value);

/* The same with a value by format. */
void settings_printf(struct settings *list, struct arena *arena, const char *key,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The first with this key, or NULL. */
struct setting *settings_find(const struct settings *list, const char *key);

/* Its value, or NULL. */
const char *settings_value(const struct settings *list, const char *key);

/* A copy of list and texts that lives as long as `arena`. */
struct settings settings_copy(const struct settings *list, struct arena *arena);

#endif

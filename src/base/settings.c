/* SPDX-License-Identifier: MIT */
/* Growing arrays in an arena. */
#include "base/settings.h"

#include <stdarg.h>
#include <string.h>
#include <sys/param.h>

enum { FIRST_ROOM = 8 };

struct setting *settings_add(
	struct settings *list, struct arena *arena, const char *key, const char *value)
{
	if (list->count >= list->room) {
		size_t room = MAX(2 * list->count, FIRST_ROOM);
		struct setting *items = arena_alloc_array(arena, room, sizeof(*items));

		if (list->count > 0)
			memcpy(items, list->items, list->count * sizeof(*items));
		list->items = items;
		list->room = room;
	}
	list->items[list->count] = (struct setting){.key = key, .value = value};
	return &list->items[list->count++];
}

void settings_printf(
	struct settings *list, struct arena *arena, const char *key, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	settings_add(list, arena, key, arena_vprintf(arena, format, arguments));
	va_end(arguments);
}

struct setting *settings_find(const struct settings *list, const char *key)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->items[i].key, key) == 0)
			return &list->items[i];
	}
	return NULL;
}

const char *settings_value(const struct settings *list, const char *key)
{
	const struct setting *setting = settings_find(list, key);

	return setting ? setting->value : NULL;
}

struct settings settings_copy(const struct settings *list, struct arena *arena)
{
	struct settings copied = {0};

	copied.items = arena_alloc_array(arena, list->count, sizeof(*copied.items));
	for (; copied.count < list->count; copied.count++) {
		struct setting *setting = &copied.items[copied.count];

		*setting = list->items[copied.count];
		setting->key = arena_strdup(arena, setting->key);
		setting->value = arena_strdup(arena, setting->value);
		setting->reason = arena_strdup(arena, setting->reason);
	}
	return copied;
}

/* SPDX-License-Identifier: MIT */
/* Growing lists of facts, and small readers of sysfs and procfs. */
#include "host/environment_facts.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "base/text.h"

/* One line without blanks around it; NULL where nothing is left. */
static const char *clean(struct arena *arena, const char *text)
{
	size_t length;

	if (!text)
		return NULL;
	text += strspn(text, " \t\n");
	length = text_trimmed_length(text, strcspn(text, "\n"));
	return length ? arena_strndup(arena, text, length) : NULL;
}

void fact_add(
	struct fact_list *list, enum fact_tier tier, const char *value, const char *key_format, ...)
{
	va_list arguments;
	struct environment_fact *fact;

	if (list->counts[tier] == list->rooms[tier]) {
		size_t room = list->rooms[tier] ? 2 * list->rooms[tier] : 64;
		struct environment_fact *facts =
			arena_alloc_array(list->arena, room, sizeof(*facts));

		if (list->counts[tier])
			memcpy(facts, list->facts[tier], list->counts[tier] * sizeof(*facts));
		list->facts[tier] = facts;
		list->rooms[tier] = room;
	}
	fact = &list->facts[tier][list->counts[tier]++];
	va_start(arguments, key_format);
	fact->key = arena_vprintf(list->arena, key_format, arguments);
	va_end(arguments);
	fact->value = clean(list->arena, value);
}

const char *fact_read(struct fact_list *list, const char *path_format, ...)
{
	va_list arguments;
	const char *path;

	va_start(arguments, path_format);
	path = arena_vprintf(list->arena, path_format, arguments);
	va_end(arguments);
	return clean(list->arena, text_read_file(list->arena, path));
}

const char *fact_chosen(struct fact_list *list, const char *text)
{
	const char *open = text ? strchr(text, '[') : NULL;
	const char *close = open ? strchr(open, ']') : NULL;

	if (!close)
		return text;
	return arena_strndup(list->arena, open + 1, (size_t)(close - open - 1));
}

const char *fact_join(struct fact_list *list, const char *values, const char *value)
{
	size_t length = value ? strlen(value) : 0;

	if (!value)
		return values;
	if (!values)
		return value;
	for (const char *piece = values; *piece; piece += strcspn(piece, ",")) {
		piece += *piece == ',';
		if (strncmp(piece, value, length) == 0 && (piece[length] == ',' || !piece[length]))
			return values;
	}
	return arena_printf(list->arena, "%s,%s", values, value);
}

const char *fact_line(struct fact_list *list, const char *text, const char *key)
{
	size_t length = strlen(key);

	while (text && *text) {
		const char *value = text + length;

		if (strncmp(text, key, length) == 0) {
			value += strspn(value, " \t");
			if (*value == ':')
				return clean(list->arena, value + 1);
		}
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return NULL;
}

/* The salt stands on both sides: what is known of one text does not help with the next. */
const char *fact_hash_salted(struct fact_list *list, const char *salt, const char *text)
{
	return fact_hash(list, arena_printf(list->arena, "%s\n%s\n%s", salt, text, salt));
}

/* machine-id(5): 32 hexadecimal digits, "uninitialized" in an image that was not started yet. */
static const char *machine_salt(struct fact_list *list)
{
	enum { DIGITS = 32 };
	static const char *const paths[] = {"/etc/machine-id", "/var/lib/dbus/machine-id"};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		const char *id = fact_read(list, "%s", paths[i]);

		if (id && strlen(id) == DIGITS && strspn(id, "0123456789abcdef") == DIGITS)
			return arena_printf(list->arena, "ringside %s", id);
	}
	return NULL;
}

const char *fact_secret(struct fact_list *list, const char *text)
{
	const char *salt = text ? machine_salt(list) : NULL;

	return salt ? fact_hash_salted(list, salt, text) : NULL;
}

const char *fact_hash(struct fact_list *list, const char *text)
{
	if (!text)
		return NULL;
	return arena_printf(
		list->arena, "xxh64:%016" PRIx64, (uint64_t)XXH64(text, strlen(text), 0));
}

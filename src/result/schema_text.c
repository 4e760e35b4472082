/* SPDX-License-Identifier: MIT */
/* From the preprocessor's string to JSON. */
#include "result/schema_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/json.h"

/* Between the pieces of a text the preprocessor leaves `" "`, which JSON has nowhere else. */
static void join_pieces(char *text)
{
	char *end = text;

	while (*text) {
		if (strncmp(text, "\" \"", 3) == 0)
			text += 3;
		else
			*end++ = *text++;
	}
	*end = '\0';
}

static cJSON *parse(const char *text)
{
	char *whole = strdup(text);
	cJSON *parsed;

	if (!whole)
		arena_exhausted();
	join_pieces(whole);
	parsed = cJSON_Parse(whole);
	free(whole);
	if (!parsed)
		arena_exhausted();
	return parsed;
}

const char *schema_text_print_with(const char *text, const char *definitions, char **printed)
{
	cJSON *schema, *more;

	if (*printed)
		return *printed;
	schema = parse(text);
	more = parse(definitions);
	while (more->child) {
		cJSON *item = cJSON_DetachItemViaPointer(more, more->child);

		json_add_item(
			cJSON_GetObjectItemCaseSensitive(schema, "$defs"), item->string, item);
	}
	*printed = json_print(schema);
	cJSON_Delete(more);
	cJSON_Delete(schema);
	return *printed;
}

const char *schema_text_print(const char *text, char **printed)
{
	return schema_text_print_with(text, "{}", printed);
}

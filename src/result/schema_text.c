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

const char *schema_text_print(const char *text, char **printed)
{
	char *whole;
	cJSON *schema;

	if (*printed)
		return *printed;
	whole = strdup(text);
	if (!whole)
		arena_exhausted();
	join_pieces(whole);
	schema = cJSON_Parse(whole);
	free(whole);
	if (!schema)
		arena_exhausted();
	*printed = json_print(schema);
	cJSON_Delete(schema);
	return *printed;
}

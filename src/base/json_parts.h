/* SPDX-License-Identifier: MIT */
/*
 * A large document, read without all of it as nodes at a time: they take ten times as much memory
 * as its text. The objects in the arrays of its top level, the parts, are parsed when they are
 * asked for. Whether the document is JSON is only known when each of them was.
 */
#ifndef BASE_JSON_PARTS_H
#define BASE_JSON_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"

struct json_part {
	size_t start, end; /* in the text */
	bool is_json;      /* it was opened */
};

struct json_parts {
	const char *text; /* the caller's */
	size_t count, limit;
	struct json_part *parts;
};

/*
 * As json_parse, but with an empty object in the place of each part. NULL: it is no JSON, or has no
 * parts, or is nested too deep to be told from what json_parse refuses; then that is to be called.
 * json_parts_free in any case; the caller deletes the document.
 */
cJSON *json_parts_parse(struct json_parts *parts, const char *text, size_t length);
void json_parts_free(struct json_parts *parts);

/* Whether `item` stands for a part: an item of the document above, or of any that is whole. */
bool json_parts_has(const struct json_parts *parts, const cJSON *item);

/* The part, as json_parse would have it in the document; NULL: it is no JSON. The caller deletes
 * it. */
cJSON *json_parts_open(struct json_parts *parts, const cJSON *item);

/* Whether each part was opened and is JSON, and so all of the document. */
bool json_parts_are_json(const struct json_parts *parts);

#endif

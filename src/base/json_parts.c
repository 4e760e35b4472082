/* SPDX-License-Identifier: MIT */
/*
 * Parts are found by brackets and quotes alone, as cJSON takes them: up to the first thing that is
 * no JSON both have the same idea of what is a text, so that a document whose parts and whose rest
 * are JSON is JSON.
 */
#include "base/json_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

enum {
	PART_DEPTH = 2,    /* how many brackets are open around a part */
	DEPTH_LIMIT = 100, /* far below cJSON's, which is for the document, not for each part */
};

struct scan {
	const char *at, *end;
	size_t depth;
	char around[PART_DEPTH]; /* the brackets that are open */
};

static const char stand_in[] = "{}";

/* Whether the scan halts at a character: those between are most of a document. */
static const bool is_mark[256] = {
	['"'] = true, ['{'] = true, ['}'] = true, ['['] = true, [']'] = true};

/* The character after a text that begins at `at`; most have no backslash. */
static const char *skip_text(const char *at, const char *end)
{
	const char *quote = memchr(at + 1, '"', (size_t)(end - at) - 1);

	if (!quote)
		return end;
	if (quote[-1] != '\\')
		return quote + 1;
	for (at++; at < end && *at != '"'; at++)
		at += *at == '\\';
	return at + 1;
}

/* The next bracket; NULL: there is none. */
static const char *next_bracket(struct scan *scan)
{
	const char *at = scan->at, *end = scan->end;

	for (;;) {
		while (at < end && !is_mark[(unsigned char)*at])
			at++;
		if (at >= end)
			return NULL;
		if (*at != '"')
			break;
		at = skip_text(at, end);
	}
	scan->at = at + 1;
	return at;
}

static bool is_part_start(const struct scan *scan, char bracket)
{
	return scan->depth == PART_DEPTH && bracket == '{' && scan->around[0] == '{' &&
	       scan->around[1] == '[';
}

static struct json_part *add(struct json_parts *parts)
{
	if (parts->count == parts->limit) {
		parts->limit = parts->limit ? 2 * parts->limit : 64;
		parts->parts = reallocarray(parts->parts, parts->limit, sizeof(*parts->parts));
		if (!parts->parts)
			arena_exhausted();
	}
	parts->parts[parts->count] = (struct json_part){0};
	return &parts->parts[parts->count++];
}

/* False where brackets do not match in number, or are too deep. */
static bool find(struct json_parts *parts, size_t length)
{
	struct scan scan = {.at = parts->text, .end = parts->text + length};
	struct json_part *open = NULL;
	const char *bracket;

	while ((bracket = next_bracket(&scan))) {
		if (*bracket == '{' || *bracket == '[') {
			if (is_part_start(&scan, *bracket)) {
				open = add(parts);
				open->start = (size_t)(bracket - parts->text);
			}
			if (scan.depth < PART_DEPTH)
				scan.around[scan.depth] = *bracket;
			if (++scan.depth > DEPTH_LIMIT)
				return false;
			continue;
		}
		if (scan.depth == 0)
			return false;
		if (--scan.depth == PART_DEPTH && open) {
			open->end = (size_t)(bracket + 1 - parts->text);
			open = NULL;
		}
	}
	return scan.depth == 0;
}

/* The text with a stand-in for each part, which is never longer. */
static cJSON *parse_rest(const struct json_parts *parts, size_t length)
{
	char *rest = malloc(length), *to = rest;
	size_t from = 0, problem;
	cJSON *document;

	if (!rest)
		arena_exhausted();
	for (size_t i = 0; i < parts->count; i++) {
		const struct json_part *part = &parts->parts[i];

		to = mempcpy(to, parts->text + from, part->start - from);
		to = mempcpy(to, stand_in, strlen(stand_in));
		from = part->end;
	}
	to = mempcpy(to, parts->text + from, length - from);
	document = json_parse(rest, (size_t)(to - rest), &problem);
	free(rest);
	return document;
}

/* A stand-in knows its part by its number, from 1: objects have no value otherwise. */
static size_t number(cJSON *document)
{
	cJSON *member, *item;
	int count = 0;

	cJSON_ArrayForEach (member, document) {
		if (!cJSON_IsArray(member))
			continue;
		cJSON_ArrayForEach (item, member) {
			if (cJSON_IsObject(item))
				item->valueint = ++count;
		}
	}
	return (size_t)count;
}

cJSON *json_parts_parse(struct json_parts *parts, const char *text, size_t length)
{
	cJSON *document;

	*parts = (struct json_parts){.text = text};
	if (!find(parts, length) || parts->count == 0)
		return NULL;
	document = parse_rest(parts, length);
	if (document && number(document) != parts->count) {
		cJSON_Delete(document);
		return NULL;
	}
	return document;
}

void json_parts_free(struct json_parts *parts)
{
	free(parts->parts);
	*parts = (struct json_parts){0};
}

bool json_parts_has(const struct json_parts *parts, const cJSON *item)
{
	return cJSON_IsObject(item) && item->valueint > 0 && (size_t)item->valueint <= parts->count;
}

cJSON *json_parts_open(struct json_parts *parts, const cJSON *item)
{
	struct json_part *part = &parts->parts[item->valueint - 1];
	size_t problem;
	cJSON *opened = json_parse(parts->text + part->start, part->end - part->start, &problem);

	part->is_json = opened;
	return opened;
}

bool json_parts_are_json(const struct json_parts *parts)
{
	for (size_t i = 0; i < parts->count; i++) {
		if (!parts->parts[i].is_json)
			return false;
	}
	return true;
}

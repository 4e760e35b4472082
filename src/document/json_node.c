/* SPDX-License-Identifier: MIT */
/* Typed access to a document, with the place of what is wrong. */
#include "document/json_node.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { WAYS = 4 }; /* texts of which the hashes are alike, the newest first */

/* Of two hundred texts that each job has, hardly one pushes out another: by the lower bits of such
 * a sum six would share a place. */
static const char **place_of(struct json_walk *walk, uint32_t hash)
{
	return &walk->texts[(hash * 2654435761u >> 16) % (JSON_WALK_TEXTS / WAYS) * WAYS];
}

const char *json_walk_text(struct json_walk *walk, const char *text)
{
	uint32_t hash = 0;
	size_t length = 0;
	const char **known;

	for (; text[length]; length++)
		hash = hash * 31 + (unsigned char)text[length];
	known = place_of(walk, hash);
	for (size_t way = 0; way < WAYS && known[way]; way++) {
		if (strcmp(known[way], text) == 0)
			return known[way];
	}
	memmove(known + 1, known, (WAYS - 1) * sizeof(*known));
	known[0] = arena_strndup(walk->arena, text, length);
	return known[0];
}

void json_node_fail(const struct json_node *node, const char *key, const char *problem)
{
	struct json_walk *walk = node->walk;
	struct place place = {.file = walk->path};
	const char *where = node->where ? node->where : "";

	if (walk->has_failed)
		return;
	walk->has_failed = true;
	if (key)
		diag_error(walk->diag, &place, "%s%s'%s' %s", where, where[0] ? ": " : "", key,
			problem);
	else
		diag_error(walk->diag, &place, "%s%s%s", where, where[0] ? " " : "", problem);
}

static bool has_key(const cJSON *item, const char *key)
{
	return item && item->string && strcmp(item->string, key) == 0;
}

static const cJSON *find(const struct json_node *node, const char *key)
{
	const cJSON *found = node->found ? *node->found : NULL;

	if (!node->item)
		return NULL;
	if (found && !has_key(found, key))
		found = found->next;
	if (!has_key(found, key))
		found = cJSON_GetObjectItemCaseSensitive(node->item, key);
	if (found && node->found)
		*node->found = found;
	return found;
}

static struct json_node nothing(const struct json_node *node)
{
	return (struct json_node){.walk = node->walk};
}

/*
 * Thousands of places are named, and few are printed: arena_printf takes ten times as long. Nothing
 * is said of a document in parts, and so none of its places has a name.
 */
static const char *join(
	struct json_walk *walk, const char *first, const char *between, const char *last)
{
	const size_t lengths[] = {strlen(first), strlen(between), strlen(last)};
	char *joined;

	if (walk->parts)
		return first;
	joined = arena_alloc(walk->arena, lengths[0] + lengths[1] + lengths[2] + 1);
	memcpy(joined, first, lengths[0]);
	memcpy(joined + lengths[0], between, lengths[1]);
	memcpy(joined + lengths[0] + lengths[1], last, lengths[2]);
	return joined;
}

static struct json_node child(const struct json_node *node, const char *key, const cJSON *item)
{
	struct json_node found = {.walk = node->walk, .item = item, .owner = node->owner};

	found.where = join(node->walk, node->where, node->where[0] ? "." : "", key);
	return found;
}

struct json_node json_node_object(const struct json_node *node, const char *key)
{
	const cJSON *item = find(node, key);

	if (cJSON_IsObject(item))
		return child(node, key, item);
	json_node_fail(node, key, "is missing or no object");
	return nothing(node);
}

struct json_node json_node_array(const struct json_node *node, const char *key)
{
	const cJSON *item = find(node, key);

	if (cJSON_IsArray(item))
		return child(node, key, item);
	json_node_fail(node, key, "is missing or no array");
	return nothing(node);
}

bool json_node_is_null(const struct json_node *node, const char *key)
{
	const cJSON *item = find(node, key);

	return !item || cJSON_IsNull(item);
}

struct json_node json_node_object_or_null(const struct json_node *node, const char *key)
{
	return json_node_is_null(node, key) ? nothing(node) : json_node_object(node, key);
}

size_t json_node_count(const struct json_node *node)
{
	return (size_t)cJSON_GetArraySize(node->item);
}

bool json_node_pair(const cJSON *item, uint64_t *first, uint64_t *second)
{
	const cJSON *a = cJSON_IsArray(item) ? item->child : NULL;
	const cJSON *b = a ? a->next : NULL;

	return json_item_u64(a, first) && json_item_u64(b, second) && !b->next;
}

struct json_node json_node_element(const struct json_node *array, const cJSON *item, size_t index)
{
	struct json_node element = {.walk = array->walk, .item = item, .owner = array->owner};
	char place[32] = "";

	if (!array->walk->parts)
		snprintf(place, sizeof(place), "[%zu]", index);
	element.where = join(array->walk, array->where, "", place);
	if (!cJSON_IsObject(item)) {
		json_node_fail(&element, NULL, "is no object");
		element.item = NULL;
	}
	return element;
}

cJSON *json_node_open(struct json_node *node)
{
	struct json_parts *parts = node->walk->parts;
	cJSON *part;

	if (!parts || !json_parts_has(parts, node->item))
		return NULL;
	part = json_parts_open(parts, node->item);
	if (!part)
		json_node_fail(node, NULL, "is no JSON");
	node->item = part;
	return part;
}

uint64_t json_node_u64(const struct json_node *node, const char *key)
{
	uint64_t value = 0;

	if (!json_item_u64(find(node, key), &value)) {
		json_node_fail(node, key, "is missing or no whole number from 0 to 2^64 - 1");
		return 0;
	}
	return value;
}

uint64_t json_node_u64_or(const struct json_node *node, const char *key, uint64_t if_null)
{
	return json_node_is_null(node, key) ? if_null : json_node_u64(node, key);
}

unsigned json_node_unsigned(const struct json_node *node, const char *key)
{
	uint64_t value = json_node_u64(node, key);

	if (value > UINT_MAX) {
		json_node_fail(node, key, "is too large");
		return 0;
	}
	return (unsigned)value;
}

bool json_node_bool(const struct json_node *node, const char *key)
{
	const cJSON *item = find(node, key);

	if (!cJSON_IsBool(item))
		json_node_fail(node, key, "is missing or neither true nor false");
	return cJSON_IsTrue(item);
}

double json_node_number(const struct json_node *node, const char *key)
{
	double value = 0;

	if (!json_item_double(find(node, key), &value) || !isfinite(value)) {
		json_node_fail(node, key, "is missing or no number");
		return 0;
	}
	return value;
}

double json_node_number_or(const struct json_node *node, const char *key, double if_null)
{
	return json_node_is_null(node, key) ? if_null : json_node_number(node, key);
}

double json_node_amount(const struct json_node *node, const char *key)
{
	double value = json_node_number(node, key);

	if (value < 0)
		json_node_fail(node, key, "is below 0");
	return value;
}

double json_node_amount_or(const struct json_node *node, const char *key, double if_null)
{
	return json_node_is_null(node, key) ? if_null : json_node_amount(node, key);
}

const char *json_node_text(const struct json_node *node, const char *key)
{
	const char *text = cJSON_GetStringValue(find(node, key));

	if (!text) {
		json_node_fail(node, key, "is missing or no text");
		return "";
	}
	return json_walk_text(node->walk, text);
}

const char *json_node_text_or_null(const struct json_node *node, const char *key)
{
	return json_node_is_null(node, key) ? NULL : json_node_text(node, key);
}

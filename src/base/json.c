/* SPDX-License-Identifier: MIT */
/*
 * Building and reading documents. cJSON keeps numbers as doubles, so counters from 2^53 on are raw
 * items, which hold their text.
 */
#include "base/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"

#define EXACT_LIMIT (1ull << 53) /* below it every whole number is a double */

static cJSON *checked(cJSON *item)
{
	if (!item)
		arena_exhausted();
	return item;
}

cJSON *json_object(void)
{
	return checked(cJSON_CreateObject());
}

cJSON *json_array(void)
{
	return checked(cJSON_CreateArray());
}

void json_add_item(cJSON *parent, const char *key, cJSON *item)
{
	cJSON_bool is_added;

	if (key)
		is_added = cJSON_AddItemToObject(parent, key, item);
	else
		is_added = cJSON_AddItemToArray(parent, item);
	if (!is_added)
		arena_exhausted();
}

cJSON *json_add_object(cJSON *parent, const char *key)
{
	cJSON *object = json_object();

	json_add_item(parent, key, object);
	return object;
}

cJSON *json_add_array(cJSON *parent, const char *key)
{
	cJSON *array = json_array();

	json_add_item(parent, key, array);
	return array;
}

void json_add_u64(cJSON *parent, const char *key, uint64_t value)
{
	char text[24];

	if (value < EXACT_LIMIT) {
		json_add_item(parent, key, checked(cJSON_CreateNumber((double)value)));
		return;
	}
	snprintf(text, sizeof(text), "%" PRIu64, value);
	json_add_item(parent, key, checked(cJSON_CreateRaw(text)));
}

void json_add_i64(cJSON *parent, const char *key, int64_t value)
{
	char text[24];

	if (value > -(int64_t)EXACT_LIMIT && value < (int64_t)EXACT_LIMIT) {
		json_add_item(parent, key, checked(cJSON_CreateNumber((double)value)));
		return;
	}
	snprintf(text, sizeof(text), "%" PRId64, value);
	json_add_item(parent, key, checked(cJSON_CreateRaw(text)));
}

void json_add_double(cJSON *parent, const char *key, double value)
{
	if (isfinite(value))
		json_add_item(parent, key, checked(cJSON_CreateNumber(value)));
	else
		json_add_null(parent, key);
}

void json_add_bool(cJSON *parent, const char *key, bool value)
{
	json_add_item(parent, key, checked(cJSON_CreateBool(value)));
}

void json_add_null(cJSON *parent, const char *key)
{
	json_add_item(parent, key, checked(cJSON_CreateNull()));
}

void json_add_text(cJSON *parent, const char *key, const char *value)
{
	if (value)
		json_add_item(parent, key, checked(cJSON_CreateString(value)));
	else
		json_add_null(parent, key);
}

bool json_get_u64(const cJSON *object, const char *key, uint64_t *value)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

	if (cJSON_IsRaw(item) && item->valuestring[0] != '-') {
		*value = strtoull(item->valuestring, NULL, 10);
		return true;
	}
	if (!cJSON_IsNumber(item))
		return false;
	if (!(item->valuedouble >= 0) || item->valuedouble != floor(item->valuedouble))
		return false;
	if (item->valuedouble > 0x1p64)
		return false;
	/* 2^64 - 1 itself was rounded up by cJSON. */
	*value = item->valuedouble == 0x1p64 ? UINT64_MAX : (uint64_t)item->valuedouble;
	return true;
}

bool json_get_double(const cJSON *object, const char *key, double *value)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

	if (cJSON_IsRaw(item))
		*value = strtod(item->valuestring, NULL);
	else if (cJSON_IsNumber(item))
		*value = item->valuedouble;
	else
		return false;
	return true;
}

const char *json_get_text(const cJSON *object, const char *key)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
}

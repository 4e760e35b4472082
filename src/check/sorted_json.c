/* SPDX-License-Identifier: MIT */
/* Sorting a document's keys. */
#include "check/sorted_json.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

static int compare_keys(const void *a, const void *b)
{
	const cJSON *first = *(cJSON *const *)a;
	const cJSON *second = *(cJSON *const *)b;

	return strcmp(first->string, second->string);
}

void sorted_json(cJSON *document)
{
	size_t count = (size_t)cJSON_GetArraySize(document);
	struct arena arena = {0};
	cJSON **items = arena_alloc_array(&arena, count, sizeof(cJSON *));

	for (size_t i = 0; i < count; i++) {
		items[i] = i ? items[i - 1]->next : document->child;
		sorted_json(items[i]);
	}
	if (cJSON_IsObject(document)) {
		qsort(items, count, sizeof(cJSON *), compare_keys);
		for (size_t i = 0; i < count; i++)
			cJSON_DetachItemViaPointer(document, items[i]);
		for (size_t i = 0; i < count; i++) {
			char *key = strdup(items[i]->string);

			if (!key)
				arena_exhausted();
			json_add_item(document, key, items[i]);
			free(key);
		}
	}
	arena_free(&arena);
}

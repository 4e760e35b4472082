/* SPDX-License-Identifier: MIT */
#include "result/tally.h"

#include "base/json.h"

struct tally tally_make(const uint64_t *counts, size_t limit, struct arena *arena)
{
	struct tally tally = {0};
	size_t used = 0;

	for (size_t i = 0; i < limit; i++)
		used += counts[i] > 0;
	tally.items = arena_alloc_array(arena, used, sizeof(*tally.items));
	for (size_t i = 0; i < limit; i++) {
		if (counts[i] > 0)
			tally.items[tally.count++] = (struct tally_item){i, counts[i]};
	}
	return tally;
}

struct tally tally_merge(const struct tally *a, const struct tally *b, struct arena *arena)
{
	struct tally sum = {
		.items = arena_alloc_array(arena, a->count + b->count, sizeof(*sum.items))};
	size_t i = 0, j = 0;

	while (i < a->count || j < b->count) {
		bool is_of_a =
			j == b->count || (i < a->count && a->items[i].value <= b->items[j].value);
		struct tally_item next = is_of_a ? a->items[i++] : b->items[j++];

		if (sum.count > 0 && sum.items[sum.count - 1].value == next.value)
			sum.items[sum.count - 1].count += next.count;
		else
			sum.items[sum.count++] = next;
	}
	return sum;
}

void tally_write(cJSON *object, const char *key, const struct tally *tally)
{
	cJSON *list;

	if (tally->count == 0) {
		json_add_null(object, key);
		return;
	}
	list = json_add_array(object, key);
	for (size_t i = 0; i < tally->count; i++) {
		cJSON *pair = json_add_array(list, NULL);

		json_add_u64(pair, NULL, tally->items[i].value);
		json_add_u64(pair, NULL, tally->items[i].count);
	}
}

struct tally tally_read(const struct json_node *node, const char *key)
{
	struct json_node list = json_node_array_or_null(node, key);
	struct tally tally = {0};
	const cJSON *pair;

	if (!list.item)
		return tally;
	tally.items = arena_alloc_array(
		node->walk->arena, (size_t)cJSON_GetArraySize(list.item), sizeof(*tally.items));
	cJSON_ArrayForEach (pair, list.item) {
		struct tally_item item;

		if (!json_node_pair(pair, &item.value, &item.count) || item.count == 0 ||
			(tally.count > 0 && tally.items[tally.count - 1].value >= item.value)) {
			json_node_fail(node, key, "are not [value, count], ascending");
			return (struct tally){0};
		}
		tally.items[tally.count++] = item;
	}
	return tally;
}

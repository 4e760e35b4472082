/* SPDX-License-Identifier: MIT */
#include "result/result_fields.h"

#include "document/field_row.h"

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

static void write_tally(const struct field_spot *spot)
{
	const struct tally *tally = spot->member;
	cJSON *list;

	if (tally->count == 0) {
		json_add_null(spot->object, spot->name);
		return;
	}
	list = json_add_array(spot->object, spot->name);
	for (size_t i = 0; i < tally->count; i++) {
		cJSON *pair = json_add_array(list, NULL);

		json_add_u64(pair, NULL, tally->items[i].value);
		json_add_u64(pair, NULL, tally->items[i].count);
	}
}

static void read_tally(const struct json_node *object, const char *name, void *member)
{
	struct json_node list;
	struct tally *tally = member;
	const cJSON *pair;

	*tally = (struct tally){0};
	if (json_node_is_null(object, name))
		return;
	list = json_node_array(object, name);
	tally->items = arena_alloc_array(
		object->walk->arena, json_node_count(&list), sizeof(*tally->items));
	cJSON_ArrayForEach (pair, list.item) {
		struct tally_item item;

		if (!json_node_pair(pair, &item.value, &item.count) || item.count == 0 ||
			(tally->count > 0 && tally->items[tally->count - 1].value >= item.value)) {
			json_node_fail(object, name, "are not [value, count], ascending");
			*tally = (struct tally){0};
			return;
		}
		tally->items[tally->count++] = item;
	}
}

/* clang-format off */
const struct field_custom tally_field = {
	write_tally, read_tally, FIELD_JSON({
		"description": "[number, how often it came up], ascending; null: unknown.",
		"type": ["array", "null"],
		"items": {
			"type": "array",
			"prefixItems": [
				{"$ref": "#/$defs/count"}, {"$ref": "#/$defs/count", "minimum": 1}
			],
			"items": false,
			"minItems": 2
		}
	})};
/* clang-format on */

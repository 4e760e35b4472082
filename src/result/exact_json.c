/* SPDX-License-Identifier: MIT */
/*
 * cJSON parses; beside it the numbers of the text are counted, and those that no double holds are
 * noted. The tree has the same numbers in the same order, so that the noted ones are found by
 * their place in it.
 */
#include "result/exact_json.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define EXACT_LIMIT (1ull << 53) /* below it every whole number is a double */

enum { DIGITS_LIMIT = 20 }; /* of 2^64 - 1 */

struct large_number {
	size_t place; /* among all numbers of the document, from 0 */
	char digits[DIGITS_LIMIT + 1];
};

struct large_numbers {
	size_t count;
	size_t limit;
	struct large_number *items;
	size_t place; /* of the walk through the tree */
	size_t next;
};

static bool is_number_start(char c)
{
	return c == '-' || (c >= '0' && c <= '9');
}

static size_t number_length(const char *text, const char *end)
{
	const char *at = text;

	while (at < end && *at && strchr("0123456789+-.eE", *at))
		at++;
	return (size_t)(at - text);
}

static bool is_large(const char *text, size_t length)
{
	uint64_t value = 0;

	if (length > DIGITS_LIMIT)
		return false;
	for (size_t i = 0; i < length; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		if (__builtin_mul_overflow(value, 10, &value) ||
			__builtin_add_overflow(value, (uint64_t)(text[i] - '0'), &value))
			return false;
	}
	return value >= EXACT_LIMIT;
}

static void note(struct large_numbers *numbers, size_t place, const char *text, size_t length)
{
	struct large_number *number;

	if (numbers->count == numbers->limit) {
		numbers->limit = numbers->limit ? 2 * numbers->limit : 16;
		numbers->items =
			reallocarray(numbers->items, numbers->limit, sizeof(*numbers->items));
		if (!numbers->items)
			arena_exhausted();
	}
	number = &numbers->items[numbers->count++];
	*number = (struct large_number){.place = place};
	memcpy(number->digits, text, length);
}

/* The character after a string that begins at `text`. */
static const char *skip_string(const char *text, const char *end)
{
	for (text++; text < end && *text != '"'; text++)
		text += *text == '\\';
	return text + 1;
}

static void find_large_numbers(struct large_numbers *numbers, const char *text, const char *end)
{
	size_t place = 0;

	while (text < end) {
		size_t length = 1;

		if (*text == '"') {
			text = skip_string(text, end);
			continue;
		}
		if (is_number_start(*text)) {
			length = number_length(text, end);
			if (is_large(text, length))
				note(numbers, place, text, length);
			place++;
		}
		text += length;
	}
}

static void make_raw(cJSON *item, const char *digits)
{
	item->valuestring = strdup(digits);
	if (!item->valuestring)
		arena_exhausted();
	item->type = (item->type & ~0xff) | cJSON_Raw;
}

/* As deep as cJSON parses: CJSON_NESTING_LIMIT. */
static void restore_numbers(struct large_numbers *numbers, cJSON *item)
{
	for (; item && numbers->next < numbers->count; item = item->next) {
		if (cJSON_IsNumber(item)) {
			const struct large_number *large = &numbers->items[numbers->next];

			if (large->place == numbers->place) {
				make_raw(item, large->digits);
				numbers->next++;
			}
			numbers->place++;
		}
		restore_numbers(numbers, item->child);
	}
}

static bool is_blank(const char *text, const char *end)
{
	while (text < end && *text && strchr(" \t\r\n", *text))
		text++;
	return text == end;
}

cJSON *exact_json_parse(const char *text, size_t length, size_t *problem)
{
	const char *end = text + length;
	struct large_numbers numbers = {0};
	const char *stopped = NULL;
	cJSON *document;

	document = cJSON_ParseWithLengthOpts(text, length, &stopped, false);
	*problem = stopped ? (size_t)(stopped - text) : 0;
	if (!document)
		return NULL;
	if (!is_blank(stopped, end)) {
		cJSON_Delete(document);
		return NULL;
	}
	find_large_numbers(&numbers, text, end);
	restore_numbers(&numbers, document);
	free(numbers.items);
	return document;
}

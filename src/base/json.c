/* SPDX-License-Identifier: MIT */
/*
 * Building, parsing, reading and printing documents without loss. cJSON keeps every number as a
 * double, so whole numbers from 2^53 on are raw items, which hold their digits; its printer indents
 * by tabs, prints bytes that are not UTF-8, and rounds numbers from 2^50 on (it prints 15 digits
 * and takes a neighbour for the same): the printer here is our own.
 */
#include "base/json.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "base/units.h"

#define EXACT_LIMIT (1ull << 53)   /* below it every whole number is a double */
#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

enum { DIGITS_LIMIT = 20 }; /* of 2^64 - 1 */

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

void json_raw_begin(struct json_raw *raw, const char *separator)
{
	*raw = (struct json_raw){.separator = separator, .next = "["};
	raw->stream = open_memstream(&raw->text, &raw->bytes);
	if (!raw->stream)
		arena_exhausted();
}

FILE *json_raw_next(struct json_raw *raw)
{
	fputs(raw->next, raw->stream);
	raw->next = raw->separator;
	return raw->stream;
}

void json_raw_end(struct json_raw *raw, cJSON *parent, const char *key)
{
	fputs(raw->next == raw->separator ? "]" : "[]", raw->stream);
	if (ferror(raw->stream) | fclose(raw->stream))
		arena_exhausted();
	json_add_item(parent, key, checked(cJSON_CreateRaw(raw->text)));
	free(raw->text);
}

/* A type that cJSON has not. What the item holds is a struct later, which it frees as a text. */
enum { TYPE_LATER = 1 << 10 };

struct later {
	json_maker *make;
	_Alignas(void *) char context[]; /* memory of cJSON's is aligned no more */
};

void json_add_later(cJSON *array, json_maker *make, const void *context, size_t bytes)
{
	cJSON *item = checked(cJSON_CreateNull());
	struct later *later = cJSON_malloc(sizeof(*later) + bytes);

	if (!later)
		arena_exhausted();
	later->make = make;
	memcpy(later->context, context, bytes);
	item->type = TYPE_LATER;
	item->valuestring = (char *)later;
	json_add_item(array, NULL, item);
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

bool json_item_u64(const cJSON *item, uint64_t *value)
{
	if (cJSON_IsRaw(item) && item->valuestring[0] != '-') {
		*value = strtoull(item->valuestring, NULL, 10);
		return true;
	}
	if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0 && item->valuedouble < 0x1p64) ||
		item->valuedouble != floor(item->valuedouble))
		return false;
	*value = (uint64_t)item->valuedouble;
	return true;
}

bool json_get_u64(const cJSON *object, const char *key, uint64_t *value)
{
	return json_item_u64(cJSON_GetObjectItemCaseSensitive(object, key), value);
}

bool json_item_double(const cJSON *item, double *value)
{
	if (cJSON_IsRaw(item))
		*value = strtod(item->valuestring, NULL);
	else if (cJSON_IsNumber(item))
		*value = item->valuedouble;
	else
		return false;
	return true;
}

bool json_get_double(const cJSON *object, const char *key, double *value)
{
	return json_item_double(cJSON_GetObjectItemCaseSensitive(object, key), value);
}

const char *json_get_text(const cJSON *object, const char *key)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
}

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

static bool is_of_number(char c)
{
	return (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E';
}

static size_t number_length(const char *text, const char *end)
{
	const char *at = text;

	while (at < end && is_of_number(*at))
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
	size_t bytes = strlen(digits) + 1;

	item->valuestring = cJSON_malloc(bytes);
	if (!item->valuestring)
		arena_exhausted();
	memcpy(item->valuestring, digits, bytes);
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

static void hide_in(char *text)
{
	for (; text && *text; text++) {
		if (((unsigned char)*text < ' ' && !strchr("\t\n\r", *text)) || *text == 0x7f)
			*text = '?';
	}
}

/*
 * Documents come from anywhere: no text in them marks a page, or controls a terminal. True when
 * there are numbers of which the digits may be needed; a double is never below 2^53 for those.
 */
static bool hide_controls(cJSON *item)
{
	bool has_large = false;

	for (; item; item = item->next) {
		hide_in(item->string);
		if (cJSON_IsString(item))
			hide_in(item->valuestring);
		else if (cJSON_IsNumber(item) && item->valuedouble >= (double)EXACT_LIMIT)
			has_large = true;
		has_large = hide_controls(item->child) || has_large;
	}
	return has_large;
}

static bool is_blank(const char *text, const char *end)
{
	while (text < end && *text && strchr(" \t\r\n", *text))
		text++;
	return text == end;
}

cJSON *json_parse(const char *text, size_t length, size_t *problem)
{
	const char *end = text + length;
	struct large_numbers numbers = {0};
	const char *stopped = NULL;
	cJSON *document;

	errno = 0;
	document = cJSON_ParseWithLengthOpts(text, length, &stopped, false);
	if (!document && errno == ENOMEM) /* cJSON says no more than that there is none */
		arena_exhausted();
	*problem = stopped ? (size_t)(stopped - text) : 0;
	if (!document)
		return NULL;
	if (!is_blank(stopped, end)) {
		cJSON_Delete(document);
		return NULL;
	}
	if (hide_controls(document)) {
		find_large_numbers(&numbers, text, end);
		restore_numbers(&numbers, document);
		free(numbers.items);
	}
	return document;
}

/* One character below U+0080. */
static void put_ascii(FILE *stream, unsigned char c)
{
	if (c == '"' || c == '\\')
		fprintf(stream, "\\%c", c);
	else if (c == '\n')
		fputs("\\n", stream);
	else if (c == '\t')
		fputs("\\t", stream);
	else if (c < ' ' || c == 0x7f)
		fprintf(stream, "\\u%04x", c);
	else
		fputc(c, stream);
}

/* How many characters stand for themselves. */
static size_t plain_length(const char *text)
{
	size_t length = 0;

	while ((unsigned char)text[length] >= ' ' && (unsigned char)text[length] < 0x7f &&
		text[length] != '"' && text[length] != '\\')
		length++;
	return length;
}

static void put_text(FILE *stream, const char *text)
{
	fputc_unlocked('"', stream);
	while (*text) {
		size_t plain = plain_length(text), length;

		fwrite_unlocked(text, 1, plain, stream);
		text += plain;
		if (!*text)
			break;
		length = text_utf8_length(text);
		if (length == 0)
			fputs(REPLACEMENT, stream);
		else if (length == 1)
			put_ascii(stream, (unsigned char)*text);
		else
			fwrite(text, 1, length, stream);
		text += length ? length : 1;
	}
	fputc_unlocked('"', stream);
}

/* printf takes ten times as long, and a document is numbers for the most part. */
static void put_whole(FILE *stream, int64_t value)
{
	char text[24], *first = text + sizeof(text);
	uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;

	do {
		*--first = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (value < 0)
		*--first = '-';
	fwrite_unlocked(first, 1, (size_t)(text + sizeof(text) - first), stream);
}

static void put_number(FILE *stream, double value)
{
	char text[UNITS_TEXT_BYTES];

	if (!isfinite(value)) {
		fputs("null", stream);
		return;
	}
	if (value == floor(value) && fabs(value) < (double)EXACT_LIMIT) {
		put_whole(stream, (int64_t)value);
		return;
	}
	fputs(units_format_exact_double(text, value), stream);
}

static bool is_container(const cJSON *item)
{
	return cJSON_IsObject(item) || cJSON_IsArray(item) || item->type == TYPE_LATER;
}

static void put_scalar(FILE *stream, const cJSON *item)
{
	if (cJSON_IsString(item))
		put_text(stream, item->valuestring);
	else if (cJSON_IsNumber(item))
		put_number(stream, item->valuedouble);
	else if (cJSON_IsRaw(item))
		fputs(item->valuestring, stream);
	else if (cJSON_IsBool(item))
		fputs(cJSON_IsTrue(item) ? "true" : "false", stream);
	else
		fputs("null", stream);
}

/* Arrays of plain values. */
static bool is_flat(const cJSON *container)
{
	const cJSON *child;

	if (cJSON_IsObject(container))
		return false;
	cJSON_ArrayForEach (child, container) {
		if (is_container(child))
			return false;
	}
	return true;
}

static void put_break(FILE *stream, int depth)
{
	fputc_unlocked('\n', stream);
	for (int i = 0; i < depth; i++)
		fwrite_unlocked("  ", 1, 2, stream);
}

/* How a document is laid out. */
struct layout {
	const char *colon, *comma;
	bool has_lines; /* one for each member, indented */
	bool has_flat;  /* but none in arrays of plain values */
};

static const struct layout tidy = {": ", ", ", true, true};
static const struct layout dense = {":", ",", false, false};
static const struct layout fios = {" : ", ",", true, false};

static cJSON *make_now(const cJSON *item)
{
	const struct later *later = (const void *)item->valuestring;

	return later->make(later->context);
}

static void put_item(FILE *stream, const cJSON *item, const struct layout *layout, int depth)
{
	bool has_lines = layout->has_lines && item->child && !(layout->has_flat && is_flat(item));
	const cJSON *child;

	if (item->type == TYPE_LATER) {
		cJSON *made = make_now(item);

		put_item(stream, made, layout, depth);
		cJSON_Delete(made);
		return;
	}
	if (!is_container(item)) {
		put_scalar(stream, item);
		return;
	}
	fputc(cJSON_IsObject(item) ? '{' : '[', stream);
	cJSON_ArrayForEach (child, item) {
		if (has_lines)
			put_break(stream, depth + 1);
		if (cJSON_IsObject(item)) {
			put_text(stream, child->string);
			fputs(layout->colon, stream);
		}
		put_item(stream, child, layout, depth + 1);
		if (child->next)
			fputs(has_lines ? "," : layout->comma, stream);
	}
	if (has_lines)
		put_break(stream, depth);
	fputc(cJSON_IsObject(item) ? '}' : ']', stream);
}

static char *print(const cJSON *document, const struct layout *layout)
{
	char *text = NULL;
	size_t length;
	FILE *stream = open_memstream(&text, &length);

	if (!stream)
		arena_exhausted();
	put_item(stream, document, layout, 0);
	fputc('\n', stream);
	/* What a full memory refused to take is known at the latest now. */
	if (ferror(stream) | fclose(stream))
		arena_exhausted();
	return text;
}

void json_write(const cJSON *document, FILE *stream)
{
	put_item(stream, document, &tidy, 0);
	fputc('\n', stream);
}

char *json_print(const cJSON *document)
{
	return print(document, &tidy);
}

char *json_print_line(const cJSON *document)
{
	return print(document, &dense);
}

char *json_print_as_fio(const cJSON *document)
{
	return print(document, &fios);
}

/* SPDX-License-Identifier: MIT */
/*
 * A document as text. Not cJSON's printer: that one indents by tabs, prints bytes that are no
 * UTF-8, and rounds numbers from 2^50 on (it prints 15 digits and takes a neighbour for the same).
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/json.h"

#define EXACT_LIMIT 0x1p53         /* below it every whole number is a double */
#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* Bytes of the UTF-8 character at `text`, or 0 where none is (Unicode 15, table 3-7). */
static size_t utf8_length(const unsigned char *text)
{
	unsigned char lowest = 0x80, highest = 0xbf;
	size_t length;

	if (text[0] < 0x80)
		return 1;
	if (text[0] < 0xc2 || text[0] > 0xf4)
		return 0;
	length = text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;
	if (text[0] == 0xe0)
		lowest = 0xa0; /* shorter forms exist */
	else if (text[0] == 0xed)
		highest = 0x9f; /* surrogates */
	else if (text[0] == 0xf0)
		lowest = 0x90;
	else if (text[0] == 0xf4)
		highest = 0x8f; /* above U+10FFFF */
	if (text[1] < lowest || text[1] > highest)
		return 0;
	for (size_t i = 2; i < length; i++) {
		if (text[i] < 0x80 || text[i] > 0xbf)
			return 0;
	}
	return length;
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

static void put_text(FILE *stream, const char *text)
{
	fputc('"', stream);
	while (*text) {
		size_t length = utf8_length((const unsigned char *)text);

		if (length == 0)
			fputs(REPLACEMENT, stream);
		else if (length == 1)
			put_ascii(stream, (unsigned char)*text);
		else
			fwrite(text, 1, length, stream);
		text += length ? length : 1;
	}
	fputc('"', stream);
}

static void put_number(FILE *stream, double value)
{
	char text[40];

	if (!isfinite(value)) {
		fputs("null", stream);
		return;
	}
	if (value == floor(value) && fabs(value) < EXACT_LIMIT) {
		fprintf(stream, "%" PRId64, (int64_t)value);
		return;
	}
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	fputs(text, stream);
}

static bool is_container(const cJSON *item)
{
	return cJSON_IsObject(item) || cJSON_IsArray(item);
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

/* On one line: what is empty, and arrays of plain values. */
static bool is_flat(const cJSON *container)
{
	const cJSON *child;

	if (cJSON_IsObject(container))
		return !container->child;
	cJSON_ArrayForEach (child, container) {
		if (is_container(child))
			return false;
	}
	return true;
}

static void put_break(FILE *stream, int depth)
{
	fprintf(stream, "\n%*s", 2 * depth, "");
}

static void put_item(FILE *stream, const cJSON *item, int depth)
{
	bool flat = is_flat(item);
	const cJSON *child;

	if (!is_container(item)) {
		put_scalar(stream, item);
		return;
	}
	fputc(cJSON_IsObject(item) ? '{' : '[', stream);
	cJSON_ArrayForEach (child, item) {
		if (!flat)
			put_break(stream, depth + 1);
		if (cJSON_IsObject(item)) {
			put_text(stream, child->string);
			fputs(": ", stream);
		}
		put_item(stream, child, depth + 1);
		if (child->next)
			fputs(flat ? ", " : ",", stream);
	}
	if (!flat)
		put_break(stream, depth);
	fputc(cJSON_IsObject(item) ? '}' : ']', stream);
}

char *json_print(const cJSON *document)
{
	char *text = NULL;
	size_t length;
	FILE *stream = open_memstream(&text, &length);

	if (!stream)
		arena_exhausted();
	put_item(stream, document, 0);
	fputc('\n', stream);
	/* What a full memory refused to take is known at the latest now. */
	if (ferror(stream) | fclose(stream))
		arena_exhausted();
	return text;
}

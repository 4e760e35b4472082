/* SPDX-License-Identifier: MIT */
/*
 * A thin layer over cJSON, whose numbers are doubles: 64-bit counters keep their last digit on the
 * way out and back, and what is not a finite number is null. Keys are added in the order written.
 * Memory failure ends the program as arena.h says, so that no key is ever missing in silence.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cjson/cJSON.h>

cJSON *json_object(void);
cJSON *json_array(void);
/* Adds a new object / array to `parent` (an object: under `key`; an array: key is NULL). */
cJSON *json_add_object(cJSON *parent, const char *key);
cJSON *json_add_array(cJSON *parent, const char *key);
void json_add_u64(cJSON *parent, const char *key, uint64_t value);
void json_add_i64(cJSON *parent, const char *key, int64_t value);
void json_add_double(cJSON *parent, const char *key, double value);
void json_add_bool(cJSON *parent, const char *key, bool value);
/* NULL becomes null. Bytes that are not UTF-8 become U+FFFD: the document is always valid. */
void json_add_text(cJSON *parent, const char *key, const char *value);
void json_add_null(cJSON *parent, const char *key);
/* Moves `item` into `parent`. */
void json_add_item(cJSON *parent, const char *key, cJSON *item);

/* A long array as raw text, since a node for each number would take 64 bytes. */
struct json_raw {
	FILE *stream;
	char *text;
	size_t bytes;
	const char *separator, *next;
};

void json_raw_begin(struct json_raw *raw, const char *separator);
FILE *json_raw_next(struct json_raw *raw); /* where to write the next element */
void json_raw_end(struct json_raw *raw, cJSON *parent, const char *key);

/*
 * An element of `array` that is made when it is printed, and is gone again after that: of a long
 * array one at a time is in memory. `make` gets a copy of `context`, aligned as pointers are. Such
 * a document can be printed and deleted, and nothing else.
 */
typedef cJSON *json_maker(const void *context);
void json_add_later(cJSON *array, json_maker *make, const void *context, size_t bytes);

/*
 * The document as text with a newline at its end, two-space indent, an array of plain values on one
 * line; numbers as the shortest text that reads back the same. malloc'd, caller frees.
 */
char *json_print(const cJSON *document);

/* The same to a stream, without all of it in memory. */
void json_write(const cJSON *document, FILE *stream);

/* The same on one line, without blanks. */
char *json_print_line(const cJSON *document);

/*
 * The same byte for byte as fio lays it out, for scripts that read it with grep and awk: "key" :
 * value, each element of an array on a line of its own. But no line is empty: fio's are in what has
 * no members, which it never prints, and some of those scripts take one for the document's end.
 */
char *json_print_as_fio(const cJSON *document);

/*
 * The document in `length` bytes of `text`, and nothing but blanks after it. Whole numbers from
 * 2^53 to 2^64 - 1 become raw items with their digits (cJSON_IsNumber is false for them), and
 * control characters of texts '?', but for tabs and ends of lines. NULL when it is no JSON;
 * *problem is then the offset at which it ceases to be. The caller deletes it.
 */
cJSON *json_parse(const char *text, size_t length, size_t *problem);

/*
 * Values of items that json_add_u64, json_add_i64 or json_parse made, exactly. False where `key` is
 * missing or no number; of u64 also for a negative number, one with a fraction, one above 2^64 - 1.
 */
bool json_item_u64(const cJSON *item, uint64_t *value);
bool json_item_double(const cJSON *item, double *value);
bool json_get_u64(const cJSON *object, const char *key, uint64_t *value);
bool json_get_double(const cJSON *object, const char *key, double *value);
const char *json_get_text(const cJSON *object, const char *key); /* NULL when missing */

#endif

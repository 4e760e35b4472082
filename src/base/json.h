/* SPDX-License-Identifier: MIT */
/*
 * A thin layer over cJSON for writing results: 64-bit counters whole (cJSON's numbers are
 * doubles), and what is not a finite number as null. Keys are added in the order written.
 * Memory failure ends the program as arena.h says, so that no key is ever missing in silence.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

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

/*
 * The document as text with a newline at its end, two-space indent, an array of plain values on one
 * line; numbers as the shortest text that reads back the same. malloc'd, caller frees.
 */
char *json_print(const cJSON *document);

/*
 * Reads whole numbers up to 2^64 - 1 exactly where cJSON kept them (< 2^53), else the nearest.
 * Returns false where `key` is missing or no number; json_get_u64 also for a negative number, one
 * with a fraction and one above 2^64 - 1. Both read what json_add_u64 and json_add_i64 wrote
 * exactly (beyond 2^53 these are "raw" items, for which cJSON_IsNumber is false).
 */
bool json_get_u64(const cJSON *object, const char *key, uint64_t *value);
bool json_get_double(const cJSON *object, const char *key, double *value);
const char *json_get_text(const cJSON *object, const char *key); /* NULL when missing */

#endif

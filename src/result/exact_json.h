/* SPDX-License-Identifier: MIT */
/* Parsing without loss: cJSON alone keeps every number as a double. */
#ifndef RESULT_EXACT_JSON_H
#define RESULT_EXACT_JSON_H

#include <stddef.h>

#include "base/json.h"

/*
 * The document in `length` bytes of `text`, and nothing but blanks after it. Whole numbers from
 * 2^53 to 2^64 - 1 become raw items with their digits, which json_get_u64 reads. NULL when it is no
 * JSON; *problem is then the offset at which it ceases to be. The caller deletes it.
 */
cJSON *exact_json_parse(const char *text, size_t length, size_t *problem);

#endif

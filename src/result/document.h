/* SPDX-License-Identifier: MIT */
/* JSON documents as files: read whole, parsed without loss, and what is wrong said with its place.
 */
#ifndef RESULT_DOCUMENT_H
#define RESULT_DOCUMENT_H

#include <stddef.h>

#include "base/diag.h"
#include "base/json.h"

/* The whole file; malloc'd, caller frees. NULL: reported, errno says why. */
char *document_load(const char *path, size_t *length, struct diag *diag);

/* json_parse with a report of where it ceases to be JSON. The caller deletes it. */
cJSON *document_parse(const char *path, const char *text, size_t length, struct diag *diag);

#endif

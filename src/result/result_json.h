/* SPDX-License-Identifier: MIT */
/*
 * Parts of JSON documents: those that results have in both layouts, and those that comparisons and
 * baselines have, too; result/document_parts.h reads these back.
 */
#ifndef RESULT_RESULT_JSON_H
#define RESULT_RESULT_JSON_H

#include "base/json.h"
#include "result/result.h"

/* An object of texts and nulls. */
void result_json_add_settings(
	cJSON *parent, const char *key, const struct result_settings *settings);

/* An object of the hard and the soft facts, which is returned. */
cJSON *result_json_add_environment(
	cJSON *parent, const char *key, const struct result_environment *environment);

/* "refused": what an engine would not take, and why. */
void result_json_add_refused(cJSON *parent, const struct result_settings *refused);

/* tool, command, started, seed, signal, environment, warnings. */
void result_json_add_run(cJSON *object, const struct result *result);

/* Writes the document to `stream` and deletes it. 0 or -errno. */
int result_json_write(cJSON *document, FILE *stream);

#endif

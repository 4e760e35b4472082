/* SPDX-License-Identifier: MIT */
/* Parts of the JSON result, shared by its own writer and the one in fio's layout. */
#ifndef RESULT_RESULT_JSON_H
#define RESULT_RESULT_JSON_H

#include "base/json.h"
#include "result/result.h"

/* tool, command, started, seed, signal, environment, warnings. */
void result_json_add_run(cJSON *object, const struct result *result);

/* What the job was and what became of it: name to error. */
void result_json_add_job(cJSON *object, const struct result_job *job);

/* cpu to submit_share. */
void result_json_add_costs(cJSON *object, const struct result_job *job);

/* name to write_merges; the times and the utilisation have other names in fio's layout. */
void result_json_add_disk(cJSON *object, const struct result_disk *disk);

/* Writes the document to `stream` and deletes it. 0 or -errno. */
int result_json_write(cJSON *document, FILE *stream);

#endif

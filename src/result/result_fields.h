/* SPDX-License-Identifier: MIT */
/*
 * The result document: its tables, and those of them that other documents have parts of. A new
 * figure of a run is a member of the struct and a row here.
 */
#ifndef RESULT_RESULT_FIELDS_H
#define RESULT_RESULT_FIELDS_H

#include "document/document.h"
#include "result/result.h"

extern const struct document_kind result_document; /* of struct result */

extern const struct field_table result_run_table;  /* of struct result: tool to warnings */
extern const struct field_table result_what_table; /* of struct result_job: name to unreturned */
extern const struct field_table result_cost_table; /* of it, too: cpu to submit_share */
extern const struct field_table result_direction_table;
extern const struct field_table result_latency_table;
extern const struct field_table result_disk_count_table; /* of struct result_disk */
extern const struct field_table result_environment_table;
extern const struct field_table result_refused_table; /* of struct setting, with a reason */

/* struct settings: an object of texts and nulls. */
extern const struct field_custom result_settings_field;

#endif
